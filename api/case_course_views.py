"""What the API tells of the course of a case: who held it, who was called, what it hangs on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Row

from casework import deadlines
from casework.holding import held_spans
from casework.states import LEVELS, Case, Event, State
from data.case_deadlines import CaseClock

Level = Literal["grid", "community", "zone", "street", "district"]
Charged = Callable[[datetime, datetime], float | None]
Relation = Literal["duplicate-of", "duplicate", "part-of", "part"]


class UnitRef(BaseModel):
    """A responsible unit."""

    id: int
    name: str
    name_en: str | None


class CalledUnit(BaseModel):
    """A unit that was called 吹哨, and when it reported in 报到."""

    unit: UnitRef
    called_at: AwareDatetime
    reported_in_at: AwareDatetime | None


class HeldSpan(BaseModel):
    """A span in which one unit or desk had the case in hand; `until` null: it has it now."""

    holder: Literal["commander", "officer", "unit", "nobody"]
    unit: UnitRef | None
    since: AwareDatetime
    until: AwareDatetime | None
    seconds: float | None = Field(
        description="On the clock of the case, to now where it has it now; null: a year that it"
        " reaches is not in the calendar."
    )


class RelatedCase(BaseModel):
    """Another case of the same thing, or of which this is a part, or that is a part of this."""

    id: UUID
    number: str
    state: State
    relation: Relation


class CaseTime(BaseModel):
    """The clock of a case as it stands: what is left until its deadline, counted by that clock."""

    at: AwareDatetime = Field(description="The moment this was worked out: our clock.")
    clock: deadlines.Clock
    limit_s: float = Field(description="All the time that it may take, as the limit is now.")
    day_s: float = Field(description="Seconds of a working day.")
    left_s: float | None = Field(
        description="Seconds of the clock; below 0: so long past. Null: the days are not entered."
    )
    runs: bool = Field(description="False: it stands still, for the night or a suspension.")
    turns_at: AwareDatetime | None = Field(description="When it stops, or goes on again.")


class Course(BaseModel):
    """How a case has come along, beside its state."""

    filed_at: AwareDatetime | None
    dispatched_at: AwareDatetime | None
    accepted_at: AwareDatetime | None
    handled_at: AwareDatetime | None
    verified_at: AwareDatetime | None
    answered_at: AwareDatetime | None = Field(description="When who reported it was last told.")
    suspended_until: AwareDatetime | None
    paused_s: float = Field(description="Seconds for which its clock stood, up to now.")
    extensions: int = Field(description="How often its deadline was moved.")
    extension_until: AwareDatetime | None = Field(description="What is asked for now.")
    returns: int
    reworks: int
    reopenings: int
    supervisions: int
    appealed_at: AwareDatetime | None
    level: Level = Field(description="How far up it has been passed.")
    called: list[CalledUnit]
    related: list[RelatedCase]
    held: list[HeldSpan]
    clock: deadlines.Clock = Field(description="On which the time of `held` is counted.")
    day_s: float = Field(description="Seconds of a working day of that clock.")
    units: list[UnitRef] = Field(description="Units that its ledger names.")


def units_named(case: Case, ledger: Sequence[Row[Any]]) -> set[int]:
    """Ids of the units that a case and its ledger name."""
    named = {one.unit_id for one in case.standing.called}
    for line in ledger:
        named |= {*line.facts.get("unit_ids", ())}
        named |= {line.facts[name] for name in ("unit_id", "for_unit") if name in line.facts}
    return named


def clock_told(clock: CaseClock, case: Case, at: datetime) -> CaseTime | None:
    """Tell what is left of the time of a case; None where nothing runs out."""
    left = clock.left(case, at)
    if left is None:
        return None
    return CaseTime(
        at=at,
        clock=clock.limit.clock,
        limit_s=clock.limit.seconds(clock.calendar),
        day_s=clock.calendar.day_s,
        left_s=left.left_s,
        runs=left.runs,
        turns_at=left.turns_at,
    )


def course_of(
    case: Case,
    ledger: Sequence[Row[Any]],
    units: Sequence[Row[Any]],
    related: Sequence[Row[UUID, str, str]],
    *,
    clock: CaseClock,
    at: datetime,
) -> Course:
    """Tell how a case has come along.

    Parameters
    ----------
    units
        Those that `units_named` found.
    clock
        Of the case.
    """
    names = {row.id: UnitRef(id=row.id, name=row.name, name_en=row.name_en) for row in units}
    standing = case.standing
    plain = {name: getattr(case, name) for name in _OF_CASE}
    counted = {name: getattr(standing, name) for name in _OF_STANDING}
    return Course(
        **plain,
        **counted,
        paused_s=_paused_s(case, at),
        level=LEVELS[case.level],
        called=[
            CalledUnit(
                unit=names[one.unit_id],
                called_at=one.called_at,
                reported_in_at=one.reported_in_at,
            )
            for one in standing.called
        ],
        related=[_related(case, row) for row in related],
        held=_held(ledger, names, clock.charged, at),
        clock=clock.limit.clock,
        day_s=clock.calendar.day_s,
        units=list(names.values()),
    )


_OF_CASE = (
    *("filed_at", "dispatched_at", "accepted_at", "handled_at", "verified_at", "answered_at"),
    *("suspended_until", "reworks"),
)
_OF_STANDING = (
    *("extensions", "extension_until", "returns", "reopenings", "supervisions", "appealed_at"),
)


def _paused_s(case: Case, at: datetime) -> float:
    pauses = list(case.standing.paused)
    if case.standing.suspended_at is not None and case.suspended_until is not None:
        pauses.append((case.standing.suspended_at, min(at, case.suspended_until)))
    return sum((until - since).total_seconds() for since, until in pauses)


def _related(case: Case, row: Row[UUID, str, str]) -> RelatedCase:
    relation: Relation = "part"
    if row.id == case.merged_into:
        relation = "duplicate-of"
    elif row.id in case.standing.duplicates:
        relation = "duplicate"
    elif row.id == case.parent_id:
        relation = "part-of"
    return RelatedCase(
        id=row.id, number=row.number, state=cast("State", row.state), relation=relation
    )


def _held(
    ledger: Sequence[Row[Any]], names: Mapping[int, UnitRef], charged: Charged, at: datetime
) -> list[HeldSpan]:
    events = [
        Event(
            seq=line.seq,
            action=line.action,
            state=line.state,
            actor_id=line.actor_id,
            occurred_at=line.occurred_at,
            received_at=line.received_at,
            facts=line.facts,
        )
        for line in ledger
    ]
    return [
        HeldSpan(
            holder=span.holder,
            unit=None if span.unit_id is None else names[span.unit_id],
            since=span.since,
            until=span.until,
            seconds=charged(span.since, span.until or max(at, span.since)),
        )
        for span in held_spans(events)
    ]
