"""The course of a case, and what the ledger comes to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.states import (
    ACTIONS,
    COURSE,
    OPEN,
    STATES,
    WHO,
    Action,
    Actor,
    Case,
    Event,
    Refusal,
    allowed_actions,
    apply,
    decide,
    is_overdue,
    replay,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DOCS = Path(__file__).parents[2] / "docs" / "states.md"
FINDER, REPAIRER, CHIEF = (UUID(int=n) for n in (1, 2, 3))
ROLES = frozenset({"officer", "handler", "commander", "planner", "auditor", "administrator"})
FACTS = {"severity": "blue", "grid_id": 7, "limit_minutes": 240, "unit_id": 5}
EVERYBODY = frozenset({"officer", "handler", "commander"})


def taken(case: Case, action: Action, who: UUID = CHIEF, at: datetime = AT) -> Event:
    event = decide(case, action, Actor(who, EVERYBODY), at, facts=FACTS)
    assert isinstance(event, Event), event
    return event


def after(*actions: Action, who: UUID = CHIEF) -> Case:
    case = Case()
    for action in actions:
        case = apply(case, taken(case, action, who))
    return case


def test_the_simple_course() -> None:
    case = after("report", "dispatch")
    case = apply(case, taken(case, "handle", REPAIRER, AT + timedelta(hours=1)))
    case = apply(case, taken(case, "verify", FINDER, AT + timedelta(hours=2)))
    case = apply(case, taken(case, "close", CHIEF, AT + timedelta(hours=3)))
    assert (case.state, case.seq, case.handled_by) == ("closed", 5, REPAIRER)
    assert case.deadline_at == AT + timedelta(minutes=240)
    assert case.closed_at == AT + timedelta(hours=3)


def test_who_put_it_right_does_not_check_it() -> None:
    case = after("report", "handle", who=REPAIRER)
    refused = decide(case, "verify", Actor(REPAIRER, EVERYBODY), AT)
    assert refused == Refusal("verify", "handled", "same-person")
    assert "verify" not in allowed_actions(case, Actor(REPAIRER, EVERYBODY))
    assert isinstance(decide(case, "verify", Actor(CHIEF, EVERYBODY), AT), Event)


def test_work_sent_back_goes_to_the_unit_or_waits_for_one() -> None:
    charged = after("report", "dispatch", "handle", "rework")
    assert (charged.state, charged.reworks, charged.handled_at) == ("dispatched", 1, None)
    on_the_spot = after("report", "handle", "rework")
    assert (on_the_spot.state, on_the_spot.handled_by) == ("reported", None)


@pytest.mark.parametrize("action", ACTIONS)
def test_without_the_role_nobody_acts(action: Action) -> None:
    state = next(before for before, taken_action in COURSE if taken_action == action)
    refused = decide(Case(state=state), action, Actor(CHIEF, ROLES - WHO[action]), AT)
    assert refused == Refusal(action, state, "role")


def test_closed_and_void_are_final() -> None:
    for state in ("closed", "void"):
        assert not any(before == state for before, _ in COURSE)
        assert state not in OPEN


def test_only_what_is_to_be_put_right_becomes_overdue() -> None:
    late = AT + timedelta(hours=5)
    case = after("report")
    assert not is_overdue(case.state, case.deadline_at, AT + timedelta(minutes=240))
    assert is_overdue(case.state, case.deadline_at, late)
    assert not is_overdue("handled", case.deadline_at, late)


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from([FINDER, REPAIRER, CHIEF]))))
def test_whatever_is_tried_the_ledger_replays_to_the_case(
    tries: list[tuple[Action, UUID]],
) -> None:
    case, events = Case(), []
    for action, who in tries:
        actor = Actor(who, EVERYBODY)
        could = action in allowed_actions(case, actor)
        decided = decide(case, action, actor, AT, facts=FACTS)
        assert could == isinstance(decided, Event)
        if isinstance(decided, Event):
            case = apply(case, decided)
            events.append(decided)
    assert replay(events) == case
    assert case.seq == len(events)
    if case.handled_by is not None and case.verified_at is not None:
        checker = [event.actor_id for event in events if event.action == "verify"][-1]
        assert checker != case.handled_by


def test_a_ledger_with_a_hole_or_a_step_unknown_does_not_replay() -> None:
    first = taken(Case(), "report")
    second = taken(apply(Case(), first), "dispatch")
    with pytest.raises(ValueError, match="follows"):
        replay([second])
    with pytest.raises(ValueError, match="does not lead"):
        replay([first, Event(2, "close", "closed", CHIEF, AT, AT)])


def test_the_documentation_shows_the_course() -> None:
    """`docs/states.md` holds the same table as the code: every step and no other."""
    rows = [
        [cell.strip() for cell in line.strip("| \n").split("|")]
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith(("| from", "|--"))
    ]
    told = {(row[0], row[1]): row[2] for row in rows if row[1] in ACTIONS}
    assert told == {(before or "–", action): state for (before, action), state in COURSE.items()}
    assert {state for pair in COURSE.items() for state in (pair[0][0], pair[1])} == {None, *STATES}
