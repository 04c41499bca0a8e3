"""What a plan would do: the preview says it, and publishing then does it."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import small_town
from drafts import draft
from sqlalchemy import Connection, text

from data.plan_errors import PlanError
from data.plan_officers import Charge
from data.plan_preview import (
    Load,
    buildings_between,
    cases_between,
    moving_buildings,
    moving_cases,
    preview_plan,
)
from data.publication import publish_plan

TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
OFFICER, PLANNER = small_town.account_id("officer"), small_town.account_id("planner")


def preview(town: Connection, on: date | None = None, plan_id: int = 2):
    return preview_plan(town, small_town.DISTRICT, plan_id, on=on, at=small_town.AT)


def publish(town: Connection, day: date, *chosen: Charge) -> None:
    publish_plan(
        town,
        small_town.DISTRICT,
        2,
        effective_on=day,
        reason=None,
        published_by=PLANNER,
        at=small_town.AT,
        charges=chosen,
    )


def charges(town: Connection) -> list[tuple[int, str]]:
    rows = town.execute(
        text(
            "SELECT grid_id, CAST(validity AS text) AS days FROM assignment "
            "WHERE account_id = :id ORDER BY validity, grid_id"
        ),
        {"id": OFFICER},
    )
    return [(row.grid_id, row.days) for row in rows]


def low_building(town: Connection) -> None:
    """Move grid 1's only building to its south, where grid 202 will take it."""
    town.execute(
        text("UPDATE building SET geom = :geom WHERE id = 1"),
        {"geom": small_town.ewkt((118.005, 36.822, 118.0052, 36.8222))},
    )


def test_a_preview_tells_who_gives_what_to_whom(town: Connection) -> None:
    case = small_town.file_case(town, 118.005, 36.835)
    small_town.file_case(town, 118.035, 36.835)
    low_building(town)
    draft(town)
    found = preview(town)
    assert found.on == TODAY
    assert found.obstacle is None
    moves = {(m.from_id, m.to_id): m for m in found.difference.moves}
    assert set(moves) == {(1, 201), (1, 202), (2, 201), (2, 202)}
    assert (moves[1, 202].buildings, moves[1, 202].households) == (1, 300)
    assert (moves[1, 201].buildings, moves[1, 201].open_cases) == (0, 1)
    # Each of the four is a box of 0.01° by 0.01°: some 890 m by 1110 m here.
    assert [round(m.area_m2 / 1e6, 2) for m in moves.values()] == [0.99] * 4
    assert found.names[202] == ("370399001001002", "新网格")
    assert [(g.grid_id, g.change) for g in found.grids] == [
        *[(1, "ended"), (2, "ended"), (201, "begun"), (202, "begun")]
    ]
    assert found.difference.successors[1] == 202, "it takes the households of grid 1"
    (chosen, was, becomes), *rest = cases_between(found, None, None)
    assert (was, becomes, rest) == (1, 201, [])
    assert [row.id for row in moving_cases(town, 1, found, [chosen])] == [case]
    (place, *_), *_ = buildings_between(found, 1, 202)
    assert moving_buildings(town, 1, found, [place])[0].name == "1号楼"
    assert buildings_between(found, 2, 1) == []


def test_load_of_each_officer_before_and_after(town: Connection) -> None:
    small_town.file_case(town, 118.005, 36.835)
    town.execute(
        text(
            "INSERT INTO assignment (district_id, account_id, role, grid_id, validity) "
            "VALUES (1, :id, 'officer', 5, daterange('2026-01-01', NULL))"
        ),
        {"id": OFFICER},
    )
    low_building(town)
    draft(town)
    (officer,) = preview(town).officers
    assert (officer.grids_before, officer.grids_after) == ((1, 5), (5, 202))
    # Grid 5 lies elsewhere: it counts as it is stored, 300 households in one building.
    assert officer.before == Load(households=600, buildings=2, open_cases=1)
    # The case lies in the north, which is not his any more.
    assert officer.after == Load(households=600, buildings=2, open_cases=0)
    assert 201 in preview(town).without_officer
    assert 202 not in preview(town).without_officer


def test_officers_follow_the_parts_of_a_divided_tower_as_the_preview_says(
    town: Connection,
) -> None:
    # Its middle lies in the south, half of its four parts in the north beside a house of 300.
    place = "UPDATE building SET geom = :geom, households = :households WHERE id = :id"
    tower = small_town.ewkt((118.005, 36.8249, 118.0052, 36.8349))
    house = small_town.ewkt((118.003, 36.835, 118.0032, 36.8352))
    town.execute(text(place), {"id": 1, "geom": tower, "households": 1000})
    town.execute(text(place), {"id": 2, "geom": house, "households": 300})
    draft(town)
    assert preview(town, TOMORROW).difference.successors[1] == 201
    publish(town, TOMORROW)
    assert [grid_id for grid_id, days in charges(town) if days.endswith(",)")] == [201]


def test_a_preview_writes_nothing_and_says_what_stands_in_the_way(town: Connection) -> None:
    draft(town)
    draft(town, 3)
    publish(town, TOMORROW)
    found = preview(town, TOMORROW, plan_id=3)
    assert found.obstacle is not None
    assert (found.obstacle.code, found.obstacle.day) == ("later-plan", TOMORROW)
    assert preview(town, TOMORROW + timedelta(days=1), plan_id=3).obstacle is None
    status = "SELECT status FROM plan WHERE id = 3"
    assert town.execute(text(status)).scalar_one() == "approved"
    for plan_id, code in ((2, "published"), (99, "unknown")):
        with pytest.raises(PlanError) as refused:
            preview(town, plan_id=plan_id)
        assert refused.value.code == code


def test_a_grid_that_keeps_its_identity_changes(town: Connection) -> None:
    draft(town, keep=1)
    assert [(g.grid_id, g.change) for g in preview(town).grids] == [
        *[(1, "changed"), (2, "ended"), (202, "begun")]
    ]


def test_a_shape_that_is_not_valid_is_refused(town: Connection) -> None:
    draft(town)
    bow_tie = "SRID=4326;MULTIPOLYGON(((118 36.82,118.01 36.83,118.01 36.82,118 36.83,118 36.82)))"
    town.execute(text("UPDATE grid_version SET geom = :g WHERE grid_id = 201"), {"g": bow_tie})
    with pytest.raises(PlanError) as refused:
        preview(town)
    assert refused.value.code == "not-checked"


def test_a_first_division_comes_from_nowhere(town: Connection) -> None:
    town.execute(text("UPDATE grid_version SET validity = NULL WHERE grid_id IN (1, 2)"))
    draft(town)
    found = preview(town)
    assert (found.grids_before, found.grids_after) == (0, 2)
    assert {(m.from_id, m.to_id) for m in found.difference.moves} == {(-1, 201), (-1, 202)}
    assert found.officers == []


def test_officers_go_on_with_the_grid_that_took_most_households(town: Connection) -> None:
    low_building(town)
    draft(town)
    publish(town, TOMORROW)
    assert charges(town) == [(1, "[2026-01-01,2026-11-21)"), (202, "[2026-11-21,)")]


def test_officers_stay_with_a_grid_that_stays(town: Connection) -> None:
    draft(town, keep=1)
    publish(town, TOMORROW)
    assert charges(town) == [(1, "[2026-01-01,)")]


@pytest.mark.parametrize(
    ("chosen", "after"),
    [
        ({201: [OFFICER]}, [(201, "[2026-11-21,)"), (202, "[2026-11-21,)")]),
        ({201: [OFFICER], 202: []}, [(201, "[2026-11-21,)")]),
        ({202: [OFFICER]}, [(202, "[2026-11-21,)")]),
        ({202: []}, []),
    ],
)
def test_a_publication_may_say_otherwise(
    town: Connection, chosen: dict[int, list[UUID]], after: list[tuple[int, str]]
) -> None:
    low_building(town)
    draft(town)
    named = [Charge(grid_id, frozenset(officers)) for grid_id, officers in chosen.items()]
    publish(town, TOMORROW, *named)
    assert charges(town) == [(1, "[2026-01-01,2026-11-21)"), *after]


@pytest.mark.parametrize(
    ("grid_id", "account_id", "code"),
    [
        (1, OFFICER, "unknown-grid"),
        (8, OFFICER, "unknown-grid"),
        (201, PLANNER, "unknown-officer"),
        (201, UUID(int=9), "unknown-officer"),
    ],
)
def test_a_charge_with_what_is_not_there_is_refused(
    town: Connection, grid_id: int, account_id: UUID, code: str
) -> None:
    draft(town)
    with pytest.raises(PlanError) as refused:
        publish(town, TOMORROW, Charge(grid_id, frozenset({account_id})))
    assert refused.value.code == code
    assert charges(town) == [(1, "[2026-01-01,)")]


def test_a_charge_that_ends_or_begins_later_keeps_its_days(town: Connection) -> None:
    low_building(town)
    for days in ("[2026-11-20,2026-12-01)", "[2027-01-01,)", "[2026-02-01,2026-11-21)"):
        town.execute(
            text(
                "INSERT INTO assignment (district_id, account_id, role, grid_id, validity) "
                "VALUES (1, :id, 'officer', 2, CAST(:days AS daterange))"
            ),
            {"id": OFFICER, "days": days},
        )
    town.execute(
        text("DELETE FROM assignment WHERE account_id = :id AND grid_id = 1"), {"id": OFFICER}
    )
    draft(town)
    publish(town, TOMORROW)
    # The building of grid 2 stands on the new border: it is counted in the grid of smaller id.
    heir = 201
    assert charges(town) == [
        (2, "[2026-02-01,2026-11-21)"),
        (2, "[2026-11-20,2026-11-21)"),
        (heir, "[2026-11-21,2026-12-01)"),
        (heir, "[2027-01-01,)"),
    ]
