"""The course of a case, and what the ledger comes to."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from casework.course import CALLED, MOVES, REPORTER, Move
from casework.holding import held_spans
from casework.moments import utc_text
from casework.states import (
    ACTIONS,
    LEVELS,
    OPEN,
    STATES,
    SYSTEM_ACTOR,
    UNHANDLED,
    WHO,
    Action,
    Actor,
    Case,
    Event,
    Refusal,
    Rules,
    Shown,
    State,
    allowed_actions,
    apply,
    decide,
    is_overdue,
    is_sampled,
    replay,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
FINDER, REPAIRER, CHIEF, OTHER_CASE = (UUID(int=n) for n in (1, 2, 3, 4))
EVERYBODY = frozenset({"officer", "handler", "commander", CALLED, REPORTER})
DEADLINE = AT + timedelta(hours=4)
PHOTOS = Shown(before=1, after=1)
# What each action may say; one that needs no such thing does not mind.
FACTS: dict[str, Any] = {
    "severity": "blue",
    "grid_id": 7,
    "unit_id": 5,
    "unit_ids": [5, 6],
    "how": "phone",
    "case_id": str(OTHER_CASE),
    "kind": "order",
}


class Ledger:
    """A case on its way: what was taken, and what it comes to."""

    def __init__(self, **report: Any) -> None:
        self.case, self.events, self.at = Case(), [], AT
        self.take("report", who=FINDER, deadline_at=utc_text(DEADLINE), **report)

    def decide(
        self,
        action: Action,
        who: UUID | None = CHIEF,
        roles: frozenset[str] = EVERYBODY,
        *,
        text: str | None = "因为",
        rules: Rules | None = None,
        shown: Shown = PHOTOS,
        **facts: Any,
    ) -> Event | Refusal:
        actor = SYSTEM_ACTOR if who is None else Actor(who, roles)
        said = {**(FACTS if who else {}), **facts}
        if action not in {"report", "resume", "reopen", "grant-extension"}:
            said.pop("deadline_at", None)
        return decide(
            self.case, action, actor, self.at, text=text, facts=said, rules=rules, shown=shown
        )

    def take(self, action: Action, who: UUID | None = CHIEF, **said: Any) -> "Ledger":
        event = self.decide(action, who, **said)
        assert isinstance(event, Event), event
        self.events.append(event)
        self.case = apply(self.case, event)
        assert replay(self.events) == self.case
        return self

    def refused(self, action: Action, who: UUID | None = CHIEF, **said: Any) -> str:
        refused = self.decide(action, who, **said)
        assert isinstance(refused, Refusal), refused
        return refused.reason

    def later(self, **by: float) -> "Ledger":
        self.at += timedelta(**by)
        return self


def after(*actions: Action, **report: Any) -> Ledger:
    ledger = Ledger(**report)
    for action in actions:
        who = {"handle": REPAIRER, "rectify": FINDER}.get(action, CHIEF)
        ledger.take(action, who)
    return ledger


def test_the_whole_course() -> None:
    ledger = after("confirm", "dispatch", "accept").later(hours=1)
    ledger.take("handle", REPAIRER).later(hours=1).take("verify").later(hours=1).take("close")
    case = ledger.case
    assert (case.state, case.seq, case.handled_by) == ("closed", 7, REPAIRER)
    assert (case.deadline_at, case.filed_at, case.accepted_at) == (DEADLINE, AT, AT)
    assert case.closed_at == AT + timedelta(hours=3)


def test_who_put_it_right_does_not_check_it() -> None:
    ledger = after("handle")
    assert ledger.refused("verify", REPAIRER) == "same-person"
    assert "verify" not in allowed_actions(ledger.case, Actor(REPAIRER, EVERYBODY), AT)
    assert ledger.take("verify").case.state == "verified"


@pytest.mark.parametrize(
    ("proof", "shown", "reason"),
    [
        ("none", Shown(), None),
        ("photo", Shown(before=1), "photo"),
        ("photo", Shown(after=1), None),
        ("before-and-after", Shown(after=1), "photo"),
        ("before-and-after", PHOTOS, None),
    ],
)
def test_a_repair_is_found_good_on_the_proof_that_the_category_asks(
    proof: Any, shown: Shown, reason: str | None
) -> None:
    found = after("handle").decide("verify", rules=Rules(proof=proof), shown=shown)
    assert (found.reason if isinstance(found, Refusal) else None) == reason


def test_work_sent_back_goes_to_the_unit_or_waits_for_one() -> None:
    charged = after("dispatch", "accept", "handle", "rework").case
    assert (charged.state, charged.reworks, charged.handled_at) == ("dispatched", 1, None)
    assert (charged.accepted_at, charged.standing.proof_from) == (None, 5)
    on_the_spot = after("handle", "rework").case
    assert (on_the_spot.state, on_the_spot.handled_by) == ("filed", None)


def test_put_right_at_once_is_closed_or_in_the_sample() -> None:
    closed = after("rectify").case
    assert (closed.state, closed.handled_at, closed.closed_at) == ("closed", AT, AT)
    sampled = Ledger().take("rectify", FINDER, rules=Rules(sampled=True))
    assert (sampled.case.state, sampled.case.closed_at) == ("handled", None)
    assert sampled.refused("verify", FINDER) == "same-person"
    assert sampled.take("verify").case.state == "verified"
    assert Ledger().refused("rectify", CHIEF) == "other-person"
    assert Ledger().refused("rectify", FINDER, shown=Shown(after=1)) == "photos"


def test_the_sample_has_its_share_and_is_the_same_each_time() -> None:
    ids = [uuid5(UUID(int=0), str(number)) for number in range(4000)]
    drawn = [case_id for case_id in ids if is_sampled(case_id, 0.1)]
    assert 320 < len(drawn) < 480
    assert all(is_sampled(case_id, 0.3) for case_id in drawn)
    assert not any(is_sampled(case_id, 0) for case_id in ids)
    assert all(is_sampled(case_id, 1) for case_id in ids)


def test_what_is_to_be_checked_first_is_not_dispatched_before() -> None:
    ledger = after(confirm_first=True)
    assert ledger.refused("dispatch") == "unconfirmed"
    assert ledger.refused("reject", text=None) == "text"
    assert after("reject", confirm_first=True).case.state == "void"
    assert ledger.take("confirm").take("dispatch").case.state == "dispatched"


def test_a_unit_returns_what_is_not_its_own() -> None:
    case = after("dispatch", "accept", "return").case
    assert (case.state, case.unit_id, case.standing.returns) == ("filed", None, 1)


def test_a_mistaken_handling_is_withdrawn_by_who_made_it() -> None:
    ledger = after("dispatch", "accept", "handle")
    assert ledger.refused("withdraw", FINDER, roles=frozenset({"officer"})) == "other-person"
    case = ledger.take("withdraw", REPAIRER).case
    assert (case.state, case.handled_at, case.unit_id) == ("accepted", None, 5)
    again = after("handle", "withdraw").case
    assert (again.state, again.filed_at) == ("reported", None)


def test_more_time_is_asked_for_before_the_deadline_and_twice_at_most() -> None:
    ledger = after("dispatch")
    assert ledger.refused("grant-extension") == "nothing"
    assert ledger.refused("ask-extension", until=utc_text(DEADLINE)) == "date"
    for more in (1, 2):
        until = utc_text(DEADLINE + timedelta(days=more))
        ledger.take("ask-extension", until=until)
        assert ledger.refused("ask-extension", until=until) == "too-many"
        ledger.take("grant-extension")
    assert ledger.case.deadline_at == DEADLINE + timedelta(days=2)
    assert ledger.refused("ask-extension", until=utc_text(AT + timedelta(days=9))) == "too-many"
    late = after("dispatch").later(hours=5)
    assert late.refused("ask-extension", until=utc_text(AT + timedelta(days=9))) == "late"
    asked = after("dispatch").take("ask-extension", until=utc_text(AT + timedelta(days=9)))
    assert asked.take("refuse-extension").case.deadline_at == DEADLINE


def test_a_suspension_stops_the_clock_and_ends_by_itself_on_its_day() -> None:
    ledger = after("dispatch", "accept").later(hours=1)
    until = ledger.at + timedelta(days=30)
    for wrong in (ledger.at, ledger.at + timedelta(days=400)):
        assert ledger.refused("suspend", until=utc_text(wrong)) == "date"
    ledger.take("suspend", until=utc_text(until))
    assert not is_overdue(ledger.case.state, ledger.case.deadline_at, AT + timedelta(days=9))
    assert ledger.refused("resume", who=None) == "not-yet"
    # The clock comes a day late; the pause ends on its day all the same.
    ledger.later(days=31).take("resume", who=None)
    case = ledger.case
    assert (case.state, case.suspended_until) == ("accepted", None)
    assert case.deadline_at == DEADLINE + timedelta(days=30)
    assert case.standing.paused == ((AT + timedelta(hours=1), until),)
    assert ledger.refused("resume", who=None) == "state"
    assert ledger.events[-1].actor_id is None


def test_a_suspension_ended_by_hand_counts_what_it_took() -> None:
    ledger = after("dispatch").take("suspend", until=utc_text(AT + timedelta(days=30)))
    ledger.later(days=2).take("resume")
    assert ledger.case.deadline_at == DEADLINE + timedelta(days=2)
    told = after("dispatch").take("suspend", until=utc_text(AT + timedelta(days=30)))
    told.take("resume", deadline_at=utc_text(AT + timedelta(days=7)))
    assert told.case.deadline_at == AT + timedelta(days=7)


def test_a_case_is_passed_up_level_by_level_and_by_the_clock_once() -> None:
    ledger = after("dispatch")
    assert ledger.refused("escalate", text=None) == "text"
    assert ledger.take("escalate", who=None, text=None, level=1).case.level == 1
    assert ledger.refused("escalate", who=None, text=None, level=1) == "level"
    for _ in LEVELS[2:]:
        ledger.take("escalate")
    assert LEVELS[ledger.case.level] == "district"
    assert ledger.refused("escalate") == "level"


def test_supervision_orders_are_numbered_and_change_no_state() -> None:
    ledger = after("dispatch", "supervise", "supervise")
    assert [e.facts["number"] for e in ledger.events if e.action == "supervise"] == [1, 2]
    assert ledger.case.state == "dispatched"
    assert ledger.refused("supervise", text="") == "text"


def test_called_units_report_in_once_each() -> None:
    ledger = after("whistle")
    assert ledger.refused("whistle") == "nothing"
    ledger.later(minutes=5).take("report-in", unit_id=5)
    assert ledger.refused("report-in", unit_id=5) == "nothing"
    assert ledger.refused("report-in", unit_id=9) == "nothing"
    first, second = ledger.case.standing.called
    assert (first.unit_id, first.reported_in_at) == (5, AT + timedelta(minutes=5))
    assert (second.unit_id, second.reported_in_at) == (6, None)
    ledger.take("report-in", unit_id=6, roles=frozenset({"commander"}))
    assert ledger.events[-1].facts["for_unit"] == 6


def test_the_ledger_says_for_whom_the_office_acted() -> None:
    ledger = after("dispatch")
    ledger.take("accept", roles=frozenset({"commander"}))
    assert ledger.events[-1].facts["for_unit"] == 5
    ledger.take("handle", roles=frozenset({"handler"}))
    assert "for_unit" not in ledger.events[-1].facts


def test_duplicates_are_merged_and_parted() -> None:
    one, other = after("dispatch", "accept"), after("dispatch")
    one.take("merge")
    other.take("absorb")
    assert (one.case.state, one.case.merged_into) == ("void", OTHER_CASE)
    assert other.case.standing.duplicates == (OTHER_CASE,)
    assert other.refused("merge") == "merged"
    assert one.refused("reopen") == "merged"
    one.take("unmerge")
    other.take("release")
    assert (one.case.state, one.case.merged_into, one.case.closed_at) == ("accepted", None, None)
    assert other.case.standing.duplicates == ()
    assert other.refused("unmerge") == "state"


def test_a_case_closes_after_its_parts() -> None:
    part = after("join")
    assert part.case.parent_id == OTHER_CASE
    assert part.take("leave").case.parent_id is None
    whole = after("handle", "verify")
    assert whole.refused("close", shown=Shown(open_parts=1)) == "parts-open"
    assert whole.take("close").case.state == "closed"


def test_after_the_end_there_is_an_appeal_and_another_beginning() -> None:
    ledger = after("dispatch", "handle", "verify", "close")
    assert ledger.refused("dismiss-appeal") == "nothing"
    ledger.take("appeal", FINDER, roles=frozenset({REPORTER})).take("dismiss-appeal")
    ledger.take("appeal").take("answer").take("reopen")
    case = ledger.case
    assert (case.state, case.closed_at, case.verified_at) == ("dispatched", None, None)
    assert (case.answered_at, case.standing.reopenings) == (AT, 1)
    assert case.standing.appealed_at is None
    assert ledger.refused("answer", how="pigeon") == "how"


@pytest.mark.parametrize("action", ACTIONS)
def test_without_the_role_nobody_acts(action: Action) -> None:
    move = next(move for move in MOVES if move.action == action)
    roles = frozenset({"planner", "auditor", *EVERYBODY}) - WHO[action]
    refused = decide(Case(state=move.before[0]), action, Actor(CHIEF, roles), AT)
    assert isinstance(refused, Refusal)
    assert refused.reason == "role"


def test_the_clock_does_only_what_it_may() -> None:
    may = {action for action in ACTIONS if SYSTEM_ACTOR.roles & WHO[action]}
    assert may == {"dispatch", "resume", "escalate", "set-deadline"}


@pytest.mark.parametrize("need", ["text", "unit", "units", "date", "place", "case", "how"])
def test_an_action_says_what_it_needs(need: str) -> None:
    name = {"unit": "unit_id", "units": "unit_ids", "date": "until", "place": "grid_id"}
    said = {name.get(need, "case_id" if need == "case" else need): None}
    if need == "place":
        said = {}
    for move in MOVES:
        if need not in move.needs or move.action in {"report", "report-in", "appeal"}:
            continue
        ledger = _ready_for(move)
        if need == "place":
            refused = decide(ledger.case, move.action, Actor(CHIEF, EVERYBODY), AT, facts={})
            assert isinstance(refused, Refusal)
            reason = refused.reason
        else:
            text = None if need == "text" else "因为"
            until = utc_text(DEADLINE + timedelta(days=1))
            reason = ledger.refused(move.action, **{"text": text, "until": until, **said})
        assert reason == need, move.action


def _ready_for(move: Move) -> Ledger:
    """A case from which the move may be taken."""
    ways: dict[State, tuple[Action, ...]] = {
        "reported": (),
        "dispatched": ("dispatch",),
        "handled": ("handle",),
        "closed": ("dispatch", "handle", "verify", "close", "appeal"),
    }
    ledger = next(after(*way) for state, way in ways.items() if state in move.before)
    if move.action == "refuse-extension":
        ledger.take("ask-extension", until=utc_text(DEADLINE + timedelta(days=1)))
    return ledger


def test_only_what_is_to_be_put_right_becomes_overdue() -> None:
    late = AT + timedelta(hours=5)
    assert not is_overdue("reported", DEADLINE, DEADLINE)
    assert {state for state in STATES if is_overdue(state, DEADLINE, late)} == UNHANDLED
    assert not is_overdue("reported", None, late)
    assert set(STATES) - OPEN == {"closed", "void"}


def test_time_is_charged_to_whoever_held_it() -> None:
    ledger = Ledger(confirm_first=True).later(hours=1).take("confirm").later(hours=1)
    ledger.take("dispatch").later(hours=2).take("supervise").later(hours=1)
    ledger.take("suspend", until=utc_text(ledger.at + timedelta(days=1))).later(days=3)
    ledger.take("resume", who=None).take("return").take("dispatch", unit_id=6).later(hours=1)
    ledger.take("handle", REPAIRER).later(hours=1).take("verify")
    spans = [
        (span.holder, span.unit_id, ((span.until or ledger.at) - span.since) / timedelta(hours=1))
        for span in held_spans(ledger.events)
    ]
    assert spans == [
        ("officer", None, 1),
        ("commander", None, 1),
        ("unit", 5, 3),
        ("nobody", None, 24),
        # On its day it was in hand again, though the clock came two days late.
        ("unit", 5, 48),
        ("unit", 6, 1),
        ("officer", None, 1),
        ("commander", None, 0),
    ]
    assert held_spans(ledger.take("close").events)[-1].until == ledger.at


def test_a_ledger_with_a_hole_or_a_step_unknown_does_not_replay() -> None:
    first, second = after("dispatch").events
    with pytest.raises(ValueError, match="follows"):
        replay([second])
    with pytest.raises(ValueError, match="does not lead"):
        replay([first, Event(2, "close", "closed", CHIEF, AT, AT)])
    with pytest.raises(ValueError, match="does not lead"):
        replay([first, Event(2, "handle", "verified", CHIEF, AT, AT)])
