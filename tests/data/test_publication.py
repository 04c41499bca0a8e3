"""A plan is a dated transaction: published whole, history kept, open cases moved with a line."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import small_town
from drafts import draft
from sqlalchemy import Connection, text

from data.grids import grids_of_points
from data.layers import layer_version
from data.plan_errors import PlanError
from data.publication import discard_draft, place_open_cases, publish_plan

TODAY = date(2026, 11, 20)
TOMORROW = TODAY + timedelta(days=1)
PLANNER = small_town.account_id("planner")


def publish(town: Connection, day: date, plan_id: int = 2) -> int:
    return publish_plan(
        town,
        small_town.DISTRICT,
        plan_id,
        effective_on=day,
        reason="新建小区入住",
        published_by=PLANNER,
        at=small_town.AT,
    )


def grid_of(town: Connection, case_id: UUID) -> tuple[int | None, int | None, int]:
    row = town.execute(
        text("SELECT grid_id, grid_id_filed, seq FROM hazard_case WHERE id = :id"),
        {"id": case_id},
    ).one()
    return row.grid_id, row.grid_id_filed, row.seq


def in_force(town: Connection, on: date) -> list[int]:
    return list(
        town.execute(
            text("SELECT grid_id FROM grid_version WHERE validity @> :on ORDER BY 1"), {"on": on}
        ).scalars()
    )


def test_old_grids_stay_until_the_day_and_new_ones_begin_on_it(town: Connection) -> None:
    draft(town)
    assert publish(town, TOMORROW) == 0
    assert in_force(town, TODAY) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert in_force(town, TOMORROW) == [3, 4, 5, 6, 7, 8, 201, 202]
    status, reason = town.execute(text("SELECT status, reason FROM plan WHERE id = 2")).one()
    assert (status, reason) == ("published", "新建小区入住")
    drawn = "SELECT count(*) FROM grid_shape s JOIN grid_version v ON v.id = s.grid_version_id"
    assert town.execute(text(f"{drawn} WHERE v.plan_id = 2")).scalar_one() == 2 * 4


def test_the_version_of_tiles_changes_with_the_plan_and_on_its_day(town: Connection) -> None:
    before = layer_version(town, 1, "grids", TODAY)
    draft(town)
    publish(town, TOMORROW)
    today, tomorrow = (layer_version(town, 1, "grids", day) for day in (TODAY, TOMORROW))
    assert len({before, today, tomorrow}) == 3


def test_open_cases_move_with_a_line_in_their_ledger_and_counters_follow(
    town: Connection,
) -> None:
    moved = small_town.file_case(town, 118.005, 36.835)
    elsewhere = small_town.file_case(town, 118.035, 36.835)
    draft(town)
    assert publish(town, TODAY) == 1
    assert grid_of(town, moved) == (201, 1, 2)
    assert grid_of(town, elsewhere) == (6, 6, 1)
    line = town.execute(
        text("SELECT action, facts, actor_id FROM case_event WHERE case_id = :id AND seq = 2"),
        {"id": moved},
    ).one()
    assert (line.action, line.facts["plan_id"], line.actor_id) == ("place", 2, PLANNER)
    counted = town.execute(text("SELECT grid_id, open_cases FROM grid_status"))
    open_by_grid = {row.grid_id: row.open_cases for row in counted}
    assert (open_by_grid[1], open_by_grid[201]) == (0, 1)


def test_cases_move_on_the_day_when_it_lies_ahead_and_only_once(town: Connection) -> None:
    case = small_town.file_case(town, 118.005, 36.835)
    draft(town)
    publish(town, TOMORROW)
    assert grid_of(town, case) == (1, 1, 1)
    on_the_day = small_town.AT + timedelta(days=1)
    assert place_open_cases(town, 1, 2, on_the_day) == 1
    assert grid_of(town, case) == (201, 1, 2)
    assert place_open_cases(town, 1, 2, on_the_day) == 0


@pytest.mark.parametrize(
    ("days", "filed"),
    [(-1, 1), (0, 201), (1, 201), (-400, 201)],
    ids=["written offline before", "today", "a clock ahead", "before there were grids"],
)
def test_an_offline_report_lands_in_todays_grid_and_remembers_that_of_its_day(
    town: Connection, days: int, filed: int
) -> None:
    draft(town)
    publish(town, TODAY)
    occurred_at = small_town.AT + timedelta(days=days)
    case = small_town.file_case(town, 118.005, 36.835, occurred_at)
    assert grid_of(town, case) == (201, filed, 1)
    facts = town.execute(
        text("SELECT facts FROM case_event WHERE case_id = :id"), {"id": case}
    ).scalar_one()
    assert facts["grid_id"] == 201
    assert facts.get("grid_id_filed", 201) == filed


def test_a_clock_that_is_ahead_does_not_reach_tomorrows_grids(town: Connection) -> None:
    draft(town)
    publish(town, TOMORROW)
    case = small_town.file_case(town, 118.005, 36.835, small_town.AT + timedelta(days=1))
    assert grid_of(town, case) == (1, 1, 1)


def test_a_redrawn_grid_keeps_its_identity_and_its_counts(town: Connection) -> None:
    small_town.file_case(town, 118.005, 36.835)
    draft(town, keep=1)
    assert publish(town, TODAY) == 0
    assert in_force(town, TODAY) == [1, 3, 4, 5, 6, 7, 8, 202]
    days = town.execute(
        text("SELECT upper(validity) FROM grid_version WHERE grid_id = 1 ORDER BY validity")
    ).scalars()
    assert list(days) == [TODAY, None]
    count = "SELECT open_cases FROM grid_status WHERE grid_id = 1"
    assert town.execute(text(count)).scalar_one() == 1


@pytest.mark.parametrize(
    ("day", "code"),
    [(TODAY - timedelta(days=1), "day-passed"), (date(2026, 1, 1), "later-plan")],
)
def test_history_is_not_rewritten(town: Connection, day: date, code: str) -> None:
    draft(town)
    with pytest.raises(PlanError) as refused:
        publish(town, day)
    assert refused.value.code == code


def test_a_plan_is_published_once_and_not_over_a_later_one(town: Connection) -> None:
    draft(town)
    draft(town, 3)
    publish(town, TOMORROW)
    for plan_id, code in ((2, "published"), (3, "later-plan"), (99, "unknown")):
        with pytest.raises(PlanError) as refused:
            publish(town, TOMORROW, plan_id)
        assert refused.value.code == code


def test_a_draft_without_grids_is_not_published(town: Connection) -> None:
    draft(town)
    town.execute(text('UPDATE plan SET generation = \'{"state": "running"}\' WHERE id = 2'))
    with pytest.raises(PlanError, match="not generated"):
        publish(town, TOMORROW)


def test_a_discarded_draft_leaves_only_what_was_there_before(town: Connection) -> None:
    draft(town, keep=1)
    discard_draft(town, 1, 2)
    assert town.execute(text("SELECT array_agg(id ORDER BY id) FROM grid")).scalar_one() == [
        *range(1, 9)
    ]
    for plan_id, code in ((1, "published"), (2, "unknown")):
        with pytest.raises(PlanError) as refused:
            discard_draft(town, 1, plan_id)
        assert refused.value.code == code


def test_a_point_has_one_grid_also_on_borders_and_none_outside(town: Connection) -> None:
    lons = [118.005, 118.01, 118.02, 118.0, 117.99, 118.02]
    lats = [36.83, 36.83, 36.82, 36.84, 36.83, 36.81]
    found = grids_of_points(town, 1, TODAY, lons, lats)
    assert [None if grid is None else grid.grid_id for grid in found] == [1, 1, 2, 1, None, 4]
    assert grids_of_points(town, 1, TODAY, [], []) == []
    assert grids_of_points(town, 1, date(2025, 1, 1), [118.005], [36.83]) == [None]
