"""The course of a plan."""

from pathlib import Path
from uuid import UUID

import pytest

from casework.plan_states import (
    PLAN_ACTIONS,
    PLAN_COURSE,
    PLAN_STATES,
    WHO_PLANS,
    PlanAction,
    PlanState,
    plan_refusal,
)

DOCS = Path(__file__).parents[2] / "docs" / "states.md"
DRAWER, OTHER = UUID(int=1), UUID(int=2)


def test_the_table_of_the_documentation_is_the_one_of_the_code() -> None:
    told = DOCS.read_text(encoding="utf-8").split("# 方案的流程")[1]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in told.splitlines()
        if line.startswith("| ") and "from 从" not in line
    ]
    assert {(state, step): target for state, step, target, _ in rows} == dict(PLAN_COURSE)
    for _, step, _, who in rows:
        assert {word.strip(",") for word in who.split() if word.isascii() or "," in word} == set(
            WHO_PLANS[step]
        ), step


def test_every_state_is_reached_and_a_published_plan_never_changes() -> None:
    assert set(PLAN_COURSE.values()) == set(PLAN_STATES)
    assert all(state != "published" for state, _ in PLAN_COURSE)
    assert {action for _, action in PLAN_COURSE} == set(PLAN_ACTIONS) == set(WHO_PLANS)


@pytest.mark.parametrize(
    ("state", "action"),
    [("draft", "publish"), ("checked", "publish"), ("draft", "approve"), ("published", "edit")],
)
def test_no_step_is_left_out(state: PlanState, action: PlanAction) -> None:
    refused = plan_refusal(state, action, OTHER)
    assert refused is not None
    assert refused.reason == "state"


def test_who_drew_a_plan_approves_it_unless_another_must() -> None:
    drawn = frozenset({DRAWER})
    assert plan_refusal("checked", "approve", DRAWER, drawn_by=drawn) is None
    refused = plan_refusal("checked", "approve", DRAWER, drawn_by=drawn, another_must_approve=True)
    assert refused is not None
    assert refused.reason == "same-person"
    assert (
        plan_refusal("checked", "approve", OTHER, drawn_by=drawn, another_must_approve=True) is None
    )
    assert (
        plan_refusal("checked", "send-back", DRAWER, drawn_by=drawn, another_must_approve=True)
        is None
    )
