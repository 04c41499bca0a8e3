"""By when a hazard is to be put right: three clocks, and pauses that do not count.

紧急工作时 `continuous` runs through nights and holidays; 工作时 `working-hours` runs in hours of
work only; 工作日 `working-days` counts days of work, each as long as its hours (8 h by default). A
deadline is the first moment at which the clock has run as long as the limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args

from casework.calendar import Calendar, Span

Clock = Literal["continuous", "working-hours", "working-days"]
CLOCKS: Final[tuple[Clock, ...]] = get_args(Clock)

_ENDLESS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Limit:
    """How long something may take.

    Parameters
    ----------
    clock
        The clock it is counted on.
    amount
        Minutes; for `working-days`, days. `ValueError` unless it is greater than 0.
    """

    clock: Clock
    amount: int

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise ValueError("a limit must be greater than 0")

    def seconds(self, calendar: Calendar) -> float:
        """The limit in seconds of its clock."""
        return self.amount * (calendar.day_s if self.clock == "working-days" else 60)


def due_at(
    since: datetime, limit: Limit, calendar: Calendar, *, paused: Sequence[Span] = ()
) -> datetime:
    """The moment at which a limit ends.

    Parameters
    ----------
    since
        When the clock starts; it has a time zone.
    limit
        How long it may run.
    paused
        Spans in which the clock stands still, in any order; they may overlap.

    Returns
    -------
    datetime
        In UTC.

    Raises
    ------
    NoCalendarError
        If the deadline reaches a year whose working days were not entered.
    ValueError
        If a time has no zone.
    """
    return run_out(since, limit.seconds(calendar), limit.clock, calendar, paused=paused)


def run_out(
    since: datetime,
    seconds: float,
    clock: Clock,
    calendar: Calendar,
    *,
    paused: Sequence[Span] = (),
) -> datetime:
    """The moment in UTC at which a clock has run so many seconds. Errors as in `due_at`."""
    left = timedelta(seconds=seconds)
    for start, end in counted_spans(since, clock, calendar, paused=paused):
        if end - start >= left:
            return start + left
        left -= end - start
    raise AssertionError("spans of time end only by an error")


def put_off(
    deadline: datetime, stopped: datetime, resumed: datetime, clock: Clock, calendar: Calendar
) -> datetime:
    """A deadline after its clock stood still for a while: what was left then is left again.

    One that had passed when the clock was stopped stays. Errors as in `due_at`.
    """
    if deadline <= stopped:
        return deadline
    return run_out(resumed, elapsed_s(stopped, deadline, clock, calendar), clock, calendar)


def elapsed_s(
    since: datetime,
    until: datetime,
    clock: Clock,
    calendar: Calendar,
    *,
    paused: Sequence[Span] = (),
) -> float:
    """Seconds that a clock ran between two moments; 0 when `until` is not later.

    Errors as in `due_at`.
    """
    if until <= since:
        return 0.0
    total = timedelta(0)
    for start, end in counted_spans(since, clock, calendar, until=until, paused=paused):
        total += max(min(end, until) - start, timedelta(0))
    return total.total_seconds()


def counted_spans(
    since: datetime,
    clock: Clock,
    calendar: Calendar,
    *,
    until: datetime | None = None,
    paused: Sequence[Span] = (),
) -> Iterator[Span]:
    """The spans in UTC that a clock counts from a moment on, pauses left out.

    Without `until` the last of them has no end on `continuous`, and on the other clocks they go
    on until they end by `NoCalendarError`; with it, none begins on a later day.
    """
    if since.tzinfo is None or (until is not None and until.tzinfo is None):
        raise ValueError("a time without a zone is no moment")
    start = since.astimezone(UTC)
    spans: Iterator[Span] = (
        iter([(start, _ENDLESS)]) if clock == "continuous" else calendar.working_spans(start, until)
    )
    pauses = merged(paused)
    for span in spans:
        yield from _without(span, pauses)


@dataclass(frozen=True)
class Gap:
    """A stretch of time that a clock leaves out, and why.

    Attributes
    ----------
    why
        `break`: between two spells of work of one day. `night`: from one working day to the next,
        or before work. `days-off`: at least one day off lies in it.
    """

    start: datetime
    end: datetime
    why: Literal["break", "night", "days-off"]


def gaps(since: datetime, until: datetime, clock: Clock, calendar: Calendar) -> list[Gap]:
    """What a clock leaves out between two moments, in order; nothing on `continuous`.

    Errors as in `due_at`.
    """
    found, last = [], since.astimezone(UTC)
    for start, end in counted_spans(since, clock, calendar, until=until):
        if start >= until:
            break
        if start > last:
            found.append(Gap(last, start, _why(last, start, calendar)))
        last = end
    return found


def _why(
    start: datetime, end: datetime, calendar: Calendar
) -> Literal["break", "night", "days-off"]:
    first, last = calendar.local_day(start), calendar.local_day(end)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    if not all(calendar.is_workday(day) for day in days):
        return "days-off"
    opened = start.astimezone(calendar.zone).time() >= calendar.hours[0][0]
    return "break" if first == last and opened else "night"


def merged(spans: Sequence[Span]) -> list[Span]:
    """Spans in UTC in order, those that meet or overlap made one; empty ones left out."""
    found: list[Span] = []
    for start, end in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in spans if a < b):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _without(span: Span, pauses: Sequence[Span]) -> Iterator[Span]:
    start, end = span
    for stops, resumes in pauses:
        if resumes <= start:
            continue
        if stops >= end:
            break
        if stops > start:
            yield start, stops
        start = max(start, resumes)
    if start < end:
        yield start, end
