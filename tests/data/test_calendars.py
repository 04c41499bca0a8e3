"""The table of working days: begun from what ships, changed by hand, never guessed."""

from datetime import UTC, date, datetime, time

import pytest
import small_town
from sqlalchemy import Connection, text

from casework.calendar import NoCalendarError
from casework.deadlines import Limit, due_at
from data.calendars import (
    SpecialDay,
    calendar_of,
    find_year,
    hours_of,
    list_years,
    put_hours,
    put_year,
    seed_calendar,
    shipped_days,
    shipped_years,
)

MADE_UP = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
AT = small_town.AT


def test_the_years_that_ship_have_the_make_up_days(town: Connection) -> None:
    assert seed_calendar(town, 1, AT) == shipped_years()
    assert {2025, 2026} <= set(list_years(town, 1))
    year = find_year(town, 1, 2026)
    assert year is not None
    assert year.source == "chinesecalendar"
    made_up = [(day.day.month, day.day.day) for day in year.days if day.worked]
    assert made_up == MADE_UP
    names = {day.day: day.name for day in year.days}
    assert names[date(2026, 2, 17)] == "春节"
    calendar = calendar_of(town, 1)
    assert [calendar.is_workday(date(2026, *day)) for day in MADE_UP] == [True] * 6
    assert not calendar.is_workday(date(2026, 2, 16))
    assert calendar.is_workday(date(2026, 2, 25))


def test_a_year_the_library_does_not_know_is_not_guessed(town: Connection) -> None:
    unknown = shipped_years()[-1] + 1
    assert shipped_days(unknown) is None
    seed_calendar(town, 1, AT)
    with pytest.raises(NoCalendarError) as failed:
        calendar_of(town, 1).is_workday(date(unknown, 3, 1))
    assert failed.value.year == unknown
    # Until somebody enters it.
    put_year(town, 1, unknown, [], source="hand", at=AT)
    assert calendar_of(town, 1).is_workday(date(unknown, 3, 1)) == (
        date(unknown, 3, 1).weekday() < 5
    )


def test_seeding_again_leaves_what_was_changed(town: Connection) -> None:
    seed_calendar(town, 1, AT)
    put_year(town, 1, 2026, [SpecialDay(date(2026, 11, 20), False, "停电")], source="hand", at=AT)
    assert seed_calendar(town, 1, AT) == []
    year = find_year(town, 1, 2026)
    assert year is not None
    assert [day.name for day in year.days] == ["停电"]
    assert not calendar_of(town, 1).is_workday(date(2026, 11, 20))


def test_only_days_that_differ_from_their_weekday_are_kept(town: Connection) -> None:
    days = [
        SpecialDay(date(2026, 11, 20), True),
        SpecialDay(date(2026, 11, 21), False),
        SpecialDay(date(2026, 11, 22), True, "补班"),
    ]
    put_year(town, 1, 2026, days, source="hand", at=AT)
    year = find_year(town, 1, 2026)
    assert year is not None
    assert [day.day.day for day in year.days] == [22]
    with pytest.raises(ValueError, match="2026"):
        put_year(town, 1, 2026, [SpecialDay(date(2025, 1, 1), False)], source="hand", at=AT)


def test_nothing_is_entered_where_nobody_did(town: Connection) -> None:
    assert list_years(town, 1) == []
    assert find_year(town, 1, 2026) is None
    with pytest.raises(NoCalendarError):
        calendar_of(town, 1).is_workday(date(2026, 1, 5))


def test_hours_of_work_are_the_districts(town: Connection) -> None:
    seed_calendar(town, 1, AT)
    assert hours_of(town, 1) == ((time(8), time(12)), (time(14), time(18)))
    put_hours(town, 1, [(time(9), time(12)), (time(13, 30), time(17, 30))])
    assert hours_of(town, 1) == ((time(9), time(12)), (time(13, 30), time(17, 30)))
    # 2026-11-20 is a Friday; 08:00 in China is midnight in UTC.
    due = due_at(
        datetime(2026, 11, 20, 0, tzinfo=UTC), Limit("working-days", 1), calendar_of(town, 1)
    )
    assert due == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="follow"):
        put_hours(town, 1, [(time(9), time(12)), (time(11), time(17))])


def test_no_chinese_holidays_ship_for_other_countries(town: Connection) -> None:
    town.execute(text("UPDATE district SET time_zone = 'Indian/Maldives'"))
    assert seed_calendar(town, 1, AT) == []


def test_days_are_days_of_the_districts_zone(town: Connection) -> None:
    seed_calendar(town, 1, AT)
    town.execute(text("UPDATE district SET time_zone = 'America/New_York'"))
    due = due_at(
        datetime(2026, 11, 20, 12, 30, tzinfo=UTC), Limit("working-hours", 60), calendar_of(town, 1)
    )
    assert due == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
