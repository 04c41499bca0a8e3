"""A district's working days: a table of each year that its administrators keep.

The table is begun from chinesecalendar for the years that it knows, and changed by hand or by a
list from then on. A year that it does not know is entered when the State Council has announced it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from casework.calendar import OFFICE_HOURS, Calendar
from data.database import query
from data.schema import CalendarDay, CalendarYear, WorkHours

FIRST_YEAR: Final = 2025
SHIPPED: Final = "chinesecalendar"
CHINA: Final = frozenset(
    ("Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "Asia/Urumqi", "Asia/Kashgar", "PRC")
)
Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says: worked on a weekend, or free on a weekday."""

    day: date
    worked: bool
    name: str | None = None


@dataclass(frozen=True)
class Year:
    """A year as it was entered, and from where."""

    year: int
    source: str
    changed_at: datetime
    days: tuple[SpecialDay, ...]


def calendar_of(connection: Connection, district_id: int) -> Calendar:
    """The calendar that a district's deadlines are counted on."""
    row = connection.execute(query("calendar_of"), {"district_id": district_id}).one()
    hours = tuple((opens, closes) for opens, closes in row.hours or ())
    return _calendar(
        row.time_zone,
        hours or OFFICE_HOURS,
        tuple(row.years or ()),
        tuple(row.worked or ()),
        tuple(row.free or ()),
    )


@lru_cache(maxsize=16)
def _calendar(
    zone: str,
    hours: Hours,
    years: tuple[int, ...],
    worked: tuple[date, ...],
    free: tuple[date, ...],
) -> Calendar:
    """Work out the days of every year; the same rows give the same calendar."""
    special = frozenset(worked), frozenset(free)
    return Calendar(
        ZoneInfo(zone),
        {
            year: frozenset(
                day
                for day in days_of(year)
                if day in special[0] or (day.weekday() < 5 and day not in special[1])
            )
            for year in years
        },
        hours,
    )


def days_of(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def shipped_years() -> list[int]:
    """The years from `FIRST_YEAR` on whose days chinesecalendar knows."""
    years: list[int] = []
    while (days := shipped_days(FIRST_YEAR + len(years))) is not None:
        years.append(days[0].day.year)
    return years


def shipped_days(year: int) -> list[SpecialDay] | None:
    """The special days of a year as chinesecalendar has them; None: it does not know that year."""
    found = []
    try:
        for day in days_of(year):
            free, name = chinese_calendar.get_holiday_detail(day)
            if free == (day.weekday() < 5):
                found.append(SpecialDay(day, not free, _chinese(name)))
    except NotImplementedError:
        return None
    return found


def shipped_calendar(zone: ZoneInfo) -> Calendar:
    """The calendar of a district in which nothing was changed."""
    special = [day for year in shipped_years() for day in shipped_days(year) or []]
    return _calendar(
        zone.key,
        OFFICE_HOURS,
        tuple(shipped_years()),
        tuple(day.day for day in special if day.worked),
        tuple(day.day for day in special if not day.worked),
    )


def _chinese(name: str | None) -> str | None:
    return next((h.chinese for h in chinese_calendar.Holiday if h.value == name), name)


def seed_calendar(connection: Connection, district_id: int, at: datetime) -> list[int]:
    """Enter the years that ship; those that were entered before stay as they are.

    Returns
    -------
    list of int
        The years entered now; none where the district is not in China's time: its holidays are
        others.
    """
    if calendar_of(connection, district_id).zone.key not in CHINA:
        return []
    known = set(list_years(connection, district_id))
    added = [year for year in shipped_years() if year not in known]
    for year in added:
        put_year(connection, district_id, year, shipped_days(year) or [], source=SHIPPED, at=at)
    return added


def list_years(connection: Connection, district_id: int) -> list[int]:
    """The years that were entered."""
    years = select(CalendarYear.year).where(CalendarYear.district_id == district_id)
    return list(connection.execute(years.order_by(CalendarYear.year)).scalars())


def find_year(connection: Connection, district_id: int, year: int) -> Year | None:
    """A year as it was entered, or None."""
    row = connection.execute(
        select(CalendarYear.source, CalendarYear.changed_at).where(
            CalendarYear.district_id == district_id, CalendarYear.year == year
        )
    ).one_or_none()
    if row is None:
        return None
    days = connection.execute(
        select(CalendarDay.day, CalendarDay.worked, CalendarDay.name)
        .where(CalendarDay.district_id == district_id, CalendarDay.year == year)
        .order_by(CalendarDay.day)
    ).all()
    special = tuple(SpecialDay(day.day, day.worked, day.name) for day in days)
    return Year(year, row.source, row.changed_at, special)


def put_year(
    connection: Connection,
    district_id: int,
    year: int,
    days: Iterable[SpecialDay],
    *,
    source: str,
    at: datetime,
) -> None:
    """Enter a year, in place of what was entered before.

    Deadlines that are set already stay: they were promised by the days known then.

    Parameters
    ----------
    days
        Only those that are not what their weekday says are kept; all of this year.

    Raises
    ------
    ValueError
        If a day lies in another year.
    """
    kept = {day.day: day for day in days}
    if any(day.year != year for day in kept):
        raise ValueError(f"a day does not lie in {year}")
    written = {"source": source, "changed_at": at}
    connection.execute(
        insert(CalendarYear)
        .values(district_id=district_id, year=year, **written)
        .on_conflict_do_update(index_elements=["district_id", "year"], set_=written)
    )
    connection.execute(
        delete(CalendarDay).where(CalendarDay.district_id == district_id, CalendarDay.year == year)
    )
    rows = [
        {
            "district_id": district_id,
            "day": day.day,
            "year": year,
            "worked": day.worked,
            "name": day.name,
        }
        for day in kept.values()
        if day.worked == (day.day.weekday() >= 5)
    ]
    if rows:
        connection.execute(insert(CalendarDay), rows)


def hours_of(connection: Connection, district_id: int) -> Hours:
    """The hours of work of a working day."""
    rows = connection.execute(
        select(WorkHours.opens, WorkHours.closes)
        .where(WorkHours.district_id == district_id)
        .order_by(WorkHours.opens)
    ).all()
    return tuple((row.opens, row.closes) for row in rows) or OFFICE_HOURS


def put_hours(connection: Connection, district_id: int, hours: Sequence[tuple[time, time]]) -> None:
    """Set the hours of work; `ValueError` unless they follow one another within a day."""
    Calendar(ZoneInfo("UTC"), {}, tuple(hours))
    connection.execute(delete(WorkHours).where(WorkHours.district_id == district_id))
    connection.execute(
        insert(WorkHours),
        [{"district_id": district_id, "opens": a, "closes": b} for a, b in hours],
    )
