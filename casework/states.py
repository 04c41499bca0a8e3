"""What the course of a case comes to: who may act now, what is written, and the state after it.

A case is a ledger of events. `decide` says whether an action may be taken and writes the next
event; `replay` derives the present state from the events; neither reads a clock or a database.
The table of all moves is `casework.course`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.case_changes import changes_of, paused_now
from casework.case_state import (
    LEVELS,
    SYSTEM_ACTOR,
    Actor,
    Called,
    Case,
    Event,
    Proof,
    Reason,
    Refusal,
    Rules,
    Shown,
    Standing,
)
from casework.course import (
    ACTIONS,
    COUNTERPARTS,
    HANDLED,
    MOVES,
    OPEN,
    STATES,
    UNHANDLED,
    WHO,
    Action,
    State,
    move_of,
)
from casework.moments import utc_text
from casework.refusals import lack, refusal

__all__ = [
    "ACTIONS",
    "COUNTERPARTS",
    "HANDLED",
    "LEVELS",
    "MOVES",
    "OPEN",
    "STATES",
    "SYSTEM_ACTOR",
    "UNHANDLED",
    "WHO",
    "Action",
    "Actor",
    "Called",
    "Case",
    "Event",
    "Proof",
    "Reason",
    "Refusal",
    "Rules",
    "Shown",
    "Standing",
    "State",
    "allowed_actions",
    "apply",
    "decide",
    "is_overdue",
    "is_sampled",
    "next_state",
    "paused_now",
    "refusal",
    "replay",
]

# Done for a unit by somebody who is not of it: the ledger says so.
_OF_UNIT = frozenset({"accept", "return", "handle", "ask-extension", "report-in"})


def is_overdue(state: State | None, deadline_at: datetime | None, at: datetime) -> bool:
    """Whether a case is still to be put right after its deadline."""
    return state in UNHANDLED and deadline_at is not None and deadline_at < at


def is_sampled(case_id: UUID, share: float) -> bool:
    """Whether a case is in the sample of a share that is checked though it was put right at once.

    Its id decides, through a digest: nobody can choose, and the same case is asked for again.
    """
    drawn = int.from_bytes(hashlib.sha256(case_id.bytes).digest()[:8], "big")
    return drawn < share * 2**64


def allowed_actions(case: Case, actor: Actor, at: datetime) -> list[Action]:
    """What this actor may do with the case now, in the order of its course."""
    return [
        action
        for action in ACTIONS
        if action not in COUNTERPARTS and refusal(case, action, actor, at) is None
    ]


def next_state(case: Case, action: Action, facts: Mapping[str, Any]) -> State:
    """Where an action leads from where it may be taken.

    Work sent back goes to the unit that was charged with it; what nobody was charged with waits
    for dispatch again.
    """
    standing = case.standing
    back: dict[Action, State | None] = {
        "rectify": "handled" if facts.get("sampled") else "closed",
        "withdraw": standing.handled_from,
        "resume": standing.suspended_from,
        "unmerge": standing.merged_from,
        "rework": "filed" if case.unit_id is None else "dispatched",
        "reopen": "filed" if case.unit_id is None else "dispatched",
    }
    move = move_of(case.state, action)
    if move is None:
        raise ValueError(f"{action} does not lead from {case.state}")
    state = back.get(action, move.after[0] if move.after else case.state)
    if state is None:
        raise ValueError(f"{action} leads nowhere from {case.state}")
    return state


def decide(
    case: Case,
    action: Action,
    actor: Actor,
    at: datetime,
    *,
    occurred_at: datetime | None = None,
    text: str | None = None,
    facts: Mapping[str, Any] | None = None,
    rules: Rules | None = None,
    shown: Shown | None = None,
) -> Event | Refusal:
    """Decide on an action.

    Parameters
    ----------
    case
        The case as it is; `Case()` for a report.
    at
        Our clock.
    occurred_at
        The device's clock; None: the same as ours.
    text
        What is said with it, which does not stand in the ledger itself.
    facts
        What the action says, as JSON: `dispatch` and `report-in` a `unit_id`, `whistle` `unit_ids`;
        `report` and `place` a `grid_id`, `report` also `severity`; `ask-extension` and `suspend` a
        moment `until`; `answer` says `how`; `merge`, `join`, `absorb` and `release` name a
        `case_id`. `report`, `resume`, `reopen` and `grant-extension` may set `deadline_at`, which
        whoever asks has worked out
        (null: its days are not in the calendar yet); without it, going on after a suspension puts
        the deadline off by the time it took.
    rules
        What the district and the category have set; None: the defaults.
    shown
        What there is to see; None: nothing.

    Returns
    -------
    Event or Refusal
        The next line of the ledger, or why there is none.
    """
    said = dict(facts or {})
    rules = rules or Rules()
    refused = refusal(case, action, actor, at) or lack(
        case, action, actor, at, text=text, facts=said, rules=rules, shown=shown or Shown()
    )
    if refused is not None:
        return refused
    said |= _further_facts(case, action, actor, at, said, rules)
    return Event(
        seq=case.seq + 1,
        action=action,
        state=next_state(case, action, said),
        actor_id=actor.account_id,
        occurred_at=at if occurred_at is None else occurred_at,
        received_at=at,
        facts=said,
    )


def _further_facts(  # noqa: PLR0917 (as `decide`)
    case: Case,
    action: Action,
    actor: Actor,
    at: datetime,
    said: Mapping[str, Any],
    rules: Rules,
) -> dict[str, Any]:
    """What the ledger says beside what was said, so that it replays by itself."""
    further: dict[str, Any] = {}
    if action in _OF_UNIT and not actor.roles & {"handler", "called", "officer"}:
        unit_id = said.get("unit_id", case.unit_id)
        further = {} if unit_id is None else {"for_unit": unit_id}
    match action:
        case "rectify" if rules.sampled:
            further["sampled"] = True
        case "supervise":
            further["number"] = case.standing.supervisions + 1
        case "escalate":
            further["level"] = case.level + 1
        case "grant-extension" if "deadline_at" not in said and case.standing.extension_until:
            further["deadline_at"] = utc_text(case.standing.extension_until)
        case "resume" if "deadline_at" not in said and case.deadline_at is not None:
            since, until = paused_now(case, at)
            if case.deadline_at > since:
                further["deadline_at"] = utc_text(case.deadline_at + (until - since))
    return further


def apply(case: Case, event: Event) -> Case:
    """The case after one more event.

    Raises
    ------
    ValueError
        If the event does not follow: a gap in `seq`, or a step that the course does not know.
    """
    if event.seq != case.seq + 1:
        raise ValueError(f"event {event.seq} follows event {case.seq}")
    expected = next_state(case, event.action, event.facts)
    if event.state != expected:
        raise ValueError(f"{event.action} does not lead from {case.state} to {event.state}")
    return replace(case, state=event.state, seq=event.seq, **changes_of(case, event))


def replay(events: Iterable[Event]) -> Case:
    """The present state of a case, from all its events in order. Errors as in `apply`."""
    case = Case()
    for event in events:
        case = apply(case, event)
    return case
