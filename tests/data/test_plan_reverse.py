"""A published plan is taken back by a draft of the grids before it."""

from datetime import date, timedelta

import pytest
import small_town
from drafts import draft
from sqlalchemy import Connection, text

from data import plan_steps
from data.plan_errors import PlanError
from data.plan_reverse import reverse_plan
from data.publication import publish_plan

TODAY = date(2026, 11, 20)
PLANNER = small_town.account_id("planner")


def publish(town: Connection, plan_id: int, day: date) -> None:
    publish_plan(
        town,
        1,
        plan_id,
        effective_on=day,
        reason=None,
        published_by=PLANNER,
        at=small_town.AT,
    )


def reverse(town: Connection, plan_id: int = 2) -> int:
    return reverse_plan(
        town, 1, plan_id, name=None, reason="有误", created_by=PLANNER, at=small_town.AT
    )


def drawn(town: Connection, plan_id: int) -> list[tuple[int, str, str, int, int]]:
    rows = town.execute(
        text(
            "SELECT grid_id, code, name, households, buildings FROM grid_version "
            "WHERE plan_id = :id ORDER BY grid_id"
        ),
        {"id": plan_id},
    )
    return [tuple(row) for row in rows]


def in_force(town: Connection, on: date) -> list[int]:
    found = town.execute(
        text("SELECT grid_id FROM grid_version WHERE validity @> :on ORDER BY 1"), {"on": on}
    )
    return list(found.scalars())


def test_a_plan_is_taken_back_like_any_plan_is_made(town: Connection) -> None:
    case = small_town.file_case(town, 118.005, 36.835)
    draft(town)
    publish(town, 2, TODAY)
    back = reverse(town)
    assert drawn(town, back) == [
        (1, "370399001001001", "第一网格", 300, 1),
        (2, "370399001001002", "第二网格", 300, 1),
    ]
    name, reverses, status = town.execute(
        text("SELECT name, reverses, status FROM plan WHERE id = :id"), {"id": back}
    ).one()
    assert (name, reverses, status) == ("恢复：调整", 2, "draft")
    key = (small_town.DISTRICT, back)
    assert plan_steps.check(town, *key, by=PLANNER, at=small_town.AT)
    plan_steps.approve(town, *key, by=PLANNER, at=small_town.AT)
    publish(town, back, TODAY + timedelta(days=1))
    assert in_force(town, TODAY) == [3, 4, 5, 6, 7, 8, 201, 202]
    assert in_force(town, TODAY + timedelta(days=1)) == [1, 2, 3, 4, 5, 6, 7, 8]
    now = text("SELECT grid_id FROM hazard_case WHERE id = :id")
    assert town.execute(now, {"id": case}).scalar_one() == 201, "it moves on the day"


def test_a_code_used_elsewhere_meanwhile_is_replaced(town: Connection) -> None:
    draft(town)
    town.execute(text("UPDATE grid_version SET code = '370399001001009' WHERE grid_id = 201"))
    publish(town, 2, TODAY)
    town.execute(
        text(
            "UPDATE grid_version SET code = '370399001001001', "
            "validity = daterange('2026-11-20', NULL) WHERE grid_id = 5"
        )
    )
    codes = [code for _, code, *_ in drawn(town, reverse(town))]
    assert codes == ["370399001001010", "370399001001002"]


def test_households_are_those_of_today(town: Connection) -> None:
    draft(town)
    publish(town, 2, TODAY)
    town.execute(text("UPDATE building SET households = 280 WHERE id = 1"))
    assert drawn(town, reverse(town))[0][3] == 280


@pytest.mark.parametrize(
    ("plan_id", "code"), [(1, "nothing-before"), (2, "not-published"), (99, "unknown")]
)
def test_what_cannot_be_taken_back(town: Connection, plan_id: int, code: str) -> None:
    draft(town)
    with pytest.raises(PlanError) as refused:
        reverse(town, plan_id)
    assert refused.value.code == code
