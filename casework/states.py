"""The course of a hazard case 问题: one table, and what follows from it.

A case is a ledger of events. `decide` says whether an action may be taken and writes the next
event; `replay` derives the present state from the events; neither reads a clock or a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args
from uuid import UUID

State = Literal["reported", "dispatched", "handled", "verified", "closed", "void"]
Action = Literal["report", "dispatch", "handle", "verify", "rework", "close", "place", "void"]
STATES: Final[tuple[State, ...]] = get_args(State)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

# Still to be put right: these can become overdue.
UNHANDLED: Final[frozenset[State]] = frozenset({"reported", "dispatched"})
# Put right, but not yet checked and closed.
HANDLED: Final[frozenset[State]] = frozenset({"handled", "verified"})
# On the list 清单 until struck off 销号.
OPEN: Final[frozenset[State]] = UNHANDLED | HANDLED

# state, action → next state. None: there is no case yet. What is not here is refused.
COURSE: Final[Mapping[tuple[State | None, Action], State]] = {
    (None, "report"): "reported",
    ("reported", "dispatch"): "dispatched",
    ("reported", "handle"): "handled",  # 即时处置: put right on the spot
    ("reported", "void"): "void",
    ("reported", "place"): "reported",
    ("dispatched", "dispatch"): "dispatched",  # to another unit
    ("dispatched", "handle"): "handled",
    ("dispatched", "void"): "void",
    ("dispatched", "place"): "dispatched",
    ("handled", "verify"): "verified",
    ("handled", "rework"): "dispatched",
    ("handled", "place"): "handled",
    ("verified", "close"): "closed",
    ("verified", "rework"): "dispatched",
    ("verified", "place"): "verified",
}

# action → roles that may take it, where the role covers the case's place.
WHO: Final[Mapping[Action, frozenset[str]]] = {
    "report": frozenset({"officer", "commander", "administrator"}),
    "dispatch": frozenset({"commander"}),
    "handle": frozenset({"officer", "handler", "commander"}),
    "verify": frozenset({"officer", "commander"}),
    "rework": frozenset({"officer", "commander"}),
    "close": frozenset({"commander"}),
    "place": frozenset({"commander"}),
    "void": frozenset({"commander"}),
}


@dataclass(frozen=True)
class Actor:
    """Who wants to act, with the roles that cover this case."""

    account_id: UUID
    roles: frozenset[str]


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case; `seq` counts from 1 without a gap.

    `occurred_at` is the device's clock, `received_at` ours: deadlines run on ours.
    """

    seq: int
    action: Action
    state: State
    actor_id: UUID
    occurred_at: datetime
    received_at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """Why an action may not be taken: `state`, `role` or `same-person`."""

    action: Action
    state: State | None
    reason: Literal["state", "role", "same-person"]


@dataclass(frozen=True)
class Case:
    """What the events come to. Before the first event: `Case()`."""

    state: State | None = None
    seq: int = 0
    severity: str = ""
    grid_id: int | None = None
    unit_id: int | None = None
    reported_by: UUID | None = None
    handled_by: UUID | None = None
    received_at: datetime | None = None
    deadline_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    reworks: int = 0


def deadline(received_at: datetime, limit_minutes: int) -> datetime:
    """By when a case is to be put right, on a clock that never stands still."""
    return received_at + timedelta(minutes=limit_minutes)


def is_overdue(state: State | None, deadline_at: datetime | None, at: datetime) -> bool:
    """Whether a case is still to be put right after its deadline."""
    return state in UNHANDLED and deadline_at is not None and deadline_at < at


def refusal(case: Case, action: Action, actor: Actor) -> Refusal | None:
    """Why this actor may not act now, or None when he may."""
    if not WHO[action] & actor.roles:
        return Refusal(action, case.state, "role")
    if (case.state, action) not in COURSE:
        return Refusal(action, case.state, "state")
    # 核查: a repair is checked by someone other than the one who made it.
    if action == "verify" and case.handled_by == actor.account_id:
        return Refusal(action, case.state, "same-person")
    return None


def allowed_actions(case: Case, actor: Actor) -> list[Action]:
    """What this actor may do with the case now, in the order of its course."""
    return [action for action in ACTIONS if refusal(case, action, actor) is None]


def next_state(case: Case, action: Action) -> State:
    """Where an action leads; `KeyError` when it is not allowed in this state.

    Work sent back goes to the unit that was charged with it; what nobody was charged with waits
    for dispatch again.
    """
    state = COURSE[case.state, action]
    return "reported" if action == "rework" and case.unit_id is None else state


def decide(
    case: Case,
    action: Action,
    actor: Actor,
    at: datetime,
    *,
    occurred_at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
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
    facts
        What the action says: `dispatch` a `unit_id`; `report` and `place` a `grid_id`; `report`
        also `severity` and `limit_minutes`.

    Returns
    -------
    Event or Refusal
        The next line of the ledger, or why there is none.
    """
    refused = refusal(case, action, actor)
    if refused is not None:
        return refused
    return Event(
        seq=case.seq + 1,
        action=action,
        state=next_state(case, action),
        actor_id=actor.account_id,
        occurred_at=at if occurred_at is None else occurred_at,
        received_at=at,
        facts=dict(facts or {}),
    )


def apply(case: Case, event: Event) -> Case:
    """The case after one more event.

    Raises
    ------
    ValueError
        If the event does not follow: a gap in `seq`, or a step that the course does not know.
    """
    if event.seq != case.seq + 1:
        raise ValueError(f"event {event.seq} follows event {case.seq}")
    if (case.state, event.action) not in COURSE or event.state != next_state(case, event.action):
        raise ValueError(f"{event.action} does not lead from {case.state} to {event.state}")
    return replace(case, state=event.state, seq=event.seq, **_changes(case, event))


def _changes(case: Case, event: Event) -> dict[str, Any]:  # noqa: PLR0911 (one an action)
    at, facts = event.received_at, event.facts
    match event.action:
        case "report":
            return {
                "severity": facts["severity"],
                "grid_id": facts["grid_id"],
                "reported_by": event.actor_id,
                "received_at": at,
                "deadline_at": deadline(at, facts["limit_minutes"]),
            }
        case "dispatch":
            return {"unit_id": facts["unit_id"], "dispatched_at": at}
        case "handle":
            return {"handled_at": at, "handled_by": event.actor_id}
        case "verify":
            return {"verified_at": at}
        case "rework":
            return {
                "handled_at": None,
                "handled_by": None,
                "verified_at": None,
                "reworks": case.reworks + 1,
            }
        case "close":
            return {"closed_at": at}
        case "place":
            return {"grid_id": facts["grid_id"]}
        case "void":
            return {"closed_at": at}


def replay(events: Iterable[Event]) -> Case:
    """The present state of a case, from all its events in order. Errors as in `apply`."""
    case = Case()
    for event in events:
        case = apply(case, event)
    return case
