"""Working days 工作日 and the hours of work in them, for clocks that stand still at night.

Days come from a table of each year that somebody entered: the holidays of a coming year and their
make-up workdays 调休 are announced in the autumn before it, so a year nobody entered is never
guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

OFFICE_HOURS: Final = ((time(8), time(12)), (time(14), time(18)))

Span = tuple[datetime, datetime]


class NoCalendarError(Exception):
    """The working days of a year are needed and nobody entered them."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working days of {year} are not entered")
        self.year = year


@dataclass(frozen=True)
class Calendar:
    """When a district works.

    Parameters
    ----------
    zone
        Time zone in which a day is a day.
    years
        The working days of every year that was entered.
    hours
        Hours of work of a working day: one after the other, none over midnight.

    Raises
    ------
    ValueError
        If there are no hours, or they overlap or run backwards.
    """

    zone: ZoneInfo
    years: Mapping[int, frozenset[date]]
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS

    def __post_init__(self) -> None:
        ends = [moment for pair in self.hours for moment in pair]
        if not ends or any(first >= then for first, then in pairwise(ends)):
            raise ValueError("hours of work must follow one another within a day")

    @property
    def day_s(self) -> float:
        """Length of a working day in seconds: 8 h unless the hours say otherwise."""
        return sum(
            (datetime.combine(date.min, until) - datetime.combine(date.min, since)).total_seconds()
            for since, until in self.hours
        )

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked; `NoCalendarError` in a year that was not entered."""
        days = self.years.get(day.year)
        if days is None:
            raise NoCalendarError(day.year)
        return day in days

    def local_day(self, at: datetime) -> date:
        """The day on which a moment lies here."""
        return at.astimezone(self.zone).date()

    def working_spans(self, since: datetime, until: datetime | None = None) -> Iterator[Span]:
        """The spans of work from a moment on, in UTC, one after the other.

        The days after `until` are not asked for. Without it they end by `NoCalendarError` where
        the entered years do, so take no more than needed.
        """
        day = self.local_day(since)
        last = None if until is None else self.local_day(until)
        while last is None or day <= last:
            if self.is_workday(day):
                for opens, closes in self.hours:
                    start = datetime.combine(day, opens, self.zone).astimezone(UTC)
                    end = datetime.combine(day, closes, self.zone).astimezone(UTC)
                    if end > since:
                        yield max(start, since), end
            day += timedelta(days=1)
