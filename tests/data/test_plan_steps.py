"""A plan is checked, approved and sent back; each step is kept."""

from uuid import UUID

import pytest
import small_town
from sqlalchemy import Connection, text

from data import plan_steps
from data.plan_errors import PlanError
from data.plans_read import problems_of

PLANNER, COMMANDER = small_town.account_id("planner"), small_town.account_id("commander")
AT = small_town.AT
KEY = (small_town.DISTRICT, 2)


@pytest.fixture
def drafted(town: Connection) -> Connection:
    """The town with a draft for community 11, grids 1 and 2 as they are, drawn by the planner."""
    town.execute(
        text(
            "INSERT INTO plan (district_id, id, area_id, name, created_by, created_at) "
            "VALUES (1, 2, 11, '调整', :planner, :at)"
        ),
        {"planner": PLANNER, "at": AT},
    )
    town.execute(
        text(
            "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
            "households, buildings, area_m2, geom, label) SELECT 1, grid_id, 2, area_path, code, "
            "name, households, 1, 1, geom, label FROM grid_version WHERE grid_id IN (1, 2)"
        )
    )
    return town


def status(town: Connection) -> str:
    return str(town.execute(text("SELECT status FROM plan WHERE id = 2")).scalar_one())


def edited(town: Connection, by: UUID) -> None:
    town.execute(text("UPDATE plan SET revision = revision + 1 WHERE id = 2"))
    town.execute(
        text(
            "INSERT INTO plan_edit (district_id, plan_id, seq, kind, asked, before, after, "
            "edited_by, edited_at) VALUES (1, 2, 1, 'move', '{}', '[]', '[]', :by, :at)"
        ),
        {"by": by, "at": AT},
    )


def test_each_step_is_kept_with_who_when_and_why(drafted: Connection) -> None:
    assert plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    assert problems_of(drafted, *KEY) == []
    plan_steps.approve(drafted, *KEY, by=COMMANDER, at=AT, reason="同意")
    assert status(drafted) == "approved"
    plan_steps.send_back(drafted, *KEY, by=COMMANDER, at=AT, reason="名称有误")
    assert status(drafted) == "draft"
    told = [(s.action, s.status, s.actor_id, s.reason) for s in plan_steps.steps_of(drafted, *KEY)]
    assert told == [
        ("check", "checked", PLANNER, ""),
        ("approve", "approved", COMMANDER, "同意"),
        ("send-back", "draft", COMMANDER, "名称有误"),
    ]


def test_a_plan_with_a_gap_stays_a_draft_and_says_where(drafted: Connection) -> None:
    drafted.execute(
        text("UPDATE grid_version SET geom = :geom WHERE plan_id = 2 AND grid_id = 2"),
        {"geom": small_town.ewkt((118.0101, 36.82, 118.02, 36.84))},
    )
    assert not plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    assert status(drafted) == "draft"
    assert plan_steps.steps_of(drafted, *KEY) == []
    (gap,) = [p for p in problems_of(drafted, *KEY) if p["code"] == "gap"]
    assert gap["forbids"]
    assert (gap["lon"], gap["lat"]) == pytest.approx((118.01005, 36.83), abs=1e-4)
    with pytest.raises(PlanError) as refused:
        plan_steps.approve(drafted, *KEY, by=COMMANDER, at=AT)
    assert (refused.value.code, refused.value.status) == ("state", "draft")


def test_a_code_in_force_elsewhere_forbids(drafted: Connection) -> None:
    drafted.execute(
        text("UPDATE grid_version SET code = :code WHERE plan_id = 2 AND grid_id = 2"),
        {"code": "370399001002001"},
    )
    assert plan_steps.codes_taken(drafted, *KEY, AT.date()) == ["370399001002001"]
    assert not plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    # In its own community the code ends with the grid that bears it.
    drafted.execute(text("UPDATE grid_version SET code = '370399001001009' WHERE grid_id = 2"))
    assert plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)


def test_an_edit_makes_it_a_draft_and_an_old_check_does_not_count(drafted: Connection) -> None:
    plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    edited(drafted, PLANNER)
    with pytest.raises(PlanError) as refused:
        plan_steps.approve(drafted, *KEY, by=COMMANDER, at=AT)
    assert refused.value.code == "not-checked"
    assert plan_steps.reopen(drafted, *KEY, by=PLANNER, at=AT)
    assert status(drafted) == "draft"
    assert not plan_steps.reopen(drafted, *KEY, by=PLANNER, at=AT), "a draft stays one"
    plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    plan_steps.approve(drafted, *KEY, by=COMMANDER, at=AT)


def test_another_approves_where_there_is_one_with_the_right(drafted: Connection) -> None:
    edited(drafted, COMMANDER)
    plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    drafted.execute(text("DELETE FROM assignment WHERE role = 'commander' AND area_id = 20"))
    for who in (PLANNER, COMMANDER):  # both drew it: nobody else could
        plan_steps.approve(drafted, *KEY, by=who, at=AT, by_another=True)
        plan_steps.send_back(drafted, *KEY, by=who, at=AT, reason="再看")
        plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    drafted.execute(text("DELETE FROM plan_edit"))
    with pytest.raises(PlanError) as refused:
        plan_steps.approve(drafted, *KEY, by=PLANNER, at=AT, by_another=True)
    assert refused.value.code == "same-person"
    plan_steps.approve(drafted, *KEY, by=COMMANDER, at=AT, by_another=True)


@pytest.mark.parametrize("change", ["active = false", None])
def test_who_has_left_or_works_elsewhere_is_not_another(
    drafted: Connection, change: str | None
) -> None:
    plan_steps.check(drafted, *KEY, by=PLANNER, at=AT)
    if change is not None:
        drafted.execute(text(f"UPDATE account SET {change} WHERE login = 'commander'"))
    else:
        drafted.execute(
            text(
                "UPDATE assignment SET validity = daterange('2026-01-01', '2026-02-01') "
                "WHERE role = 'commander' AND area_id = 1"
            )
        )
    plan_steps.approve(drafted, *KEY, by=PLANNER, at=AT, by_another=True)
    assert status(drafted) == "approved"


def test_a_plan_without_grids_or_unknown_has_nothing_to_check(drafted: Connection) -> None:
    drafted.execute(text('UPDATE plan SET generation = \'{"state": "running"}\' WHERE id = 2'))
    for plan_id, code in ((2, "not-generated"), (99, "unknown")):
        with pytest.raises(PlanError) as refused:
            plan_steps.check(drafted, 1, plan_id, by=PLANNER, at=AT)
        assert refused.value.code == code
    with pytest.raises(PlanError) as refused:
        plan_steps.check(drafted, 1, 1, by=PLANNER, at=AT)
    assert (refused.value.code, refused.value.status) == ("published", "published")
