"""What is left until a deadline, by the clock it runs on, and whether that clock runs now."""

from dataclasses import dataclass
from datetime import UTC, datetime

from casework.calendar import Calendar, NoCalendarError, Span
from casework.deadlines import Clock, counted_spans, elapsed_s


@dataclass(frozen=True)
class TimeLeft:
    """How a deadline stands at a moment.

    Attributes
    ----------
    left_s
        Seconds of its clock until the deadline; below 0: so long past it. None: a year that it
        reaches was not entered.
    runs
        Whether the clock counts at this moment: two of the three rest outside hours of work.
    turns_at
        When it stops or goes on again; None: it runs without end, or that is not known.
    """

    left_s: float | None
    runs: bool
    turns_at: datetime | None


def time_left(at: datetime, deadline: datetime, clock: Clock, calendar: Calendar) -> TimeLeft:
    """Tell what is left until a deadline.

    Raises
    ------
    ValueError
        If a time has no zone.
    """
    try:
        past = deadline < at
        between = elapsed_s(min(at, deadline), max(at, deadline), clock, calendar)
        left_s = -between if past else between
    except NoCalendarError:
        left_s = None
    span = _next_span(at, clock, calendar)
    if span is None:
        return TimeLeft(left_s, False, None)
    start, end = span
    runs = start <= at
    turns_at = end if runs else start
    endless = clock == "continuous"
    return TimeLeft(left_s, runs, None if endless else turns_at)


def _next_span(at: datetime, clock: Clock, calendar: Calendar) -> Span | None:
    try:
        return next(counted_spans(at.astimezone(UTC), clock, calendar))
    except NoCalendarError:
        return None
