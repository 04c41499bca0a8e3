"""Who held a case when, as its ledger tells: time is charged to whoever held it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from casework.case_state import Event
from casework.course import State
from casework.moments import moment

Holder = Literal["commander", "officer", "unit", "nobody"]
Hand = tuple[Holder, int | None]

# Where no unit holds it: who is to take the next step.
_DESKS: Final[Mapping[State, Holder]] = {
    "reported": "commander",
    "filed": "commander",
    "dispatched": "unit",
    "accepted": "unit",
    "handled": "officer",
    "verified": "commander",
}


@dataclass(frozen=True)
class Held:
    """A span in which one unit or desk had the case in hand.

    Attributes
    ----------
    holder
        `commander`, `officer` or `unit`; `nobody` while it is suspended.
    unit_id
        The unit, where it is one.
    until
        None: now.
    """

    holder: Holder
    unit_id: int | None
    since: datetime
    until: datetime | None


def held_spans(events: Iterable[Event]) -> list[Held]:
    """Who held the case when, first to last; nobody holds what is closed or void.

    A ledger that breaks the course is told of as far as it goes: this judges nothing.
    """
    spans: list[Held] = []
    holder, since = None, None
    for now, at in _holders(events):
        if now == holder:
            continue
        if holder is not None and since is not None and at > since:
            spans.append(Held(*holder, since, at))
        holder, since = now, at
    if holder is not None and since is not None:
        spans.append(Held(*holder, since, None))
    return spans


def _holders(
    events: Iterable[Event],
) -> Iterator[tuple[Hand | None, datetime]]:
    unit_id, confirm_first = None, False
    suspended_until: datetime | None = None
    for event in events:
        facts, at = event.facts, event.received_at
        if event.action == "report":
            confirm_first = bool(facts.get("confirm_first"))
        if event.action == "dispatch":
            unit_id = facts["unit_id"]
        if event.action == "return":
            unit_id = None
        if event.action == "resume" and suspended_until is not None:
            # On its day it was in hand again, whenever that was noticed.
            at = min(at, suspended_until)
        if event.action == "suspend":
            suspended_until = moment(facts["until"])
        yield _holder(event.state, unit_id, checked=not confirm_first), at


def _holder(state: State, unit_id: int | None, *, checked: bool) -> Hand | None:
    if state == "suspended":
        return "nobody", None
    if state == "reported" and not checked:
        return "officer", None
    desk = _DESKS.get(state)
    if desk is None:
        return None
    return (desk, unit_id) if desk == "unit" else (desk, None)
