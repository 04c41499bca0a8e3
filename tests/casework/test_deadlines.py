"""Deadlines on the three clocks, over holidays, make-up workdays and pauses."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.calendar import Calendar, NoCalendarError
from casework.deadlines import CLOCKS, Clock, Limit, due_at, elapsed_s, gaps, put_off

CHINA = ZoneInfo("Asia/Shanghai")
# The State Council's notice for 2026: days off between Monday and Friday, and make-up workdays.
DAYS_OFF = frozenset(
    date(2026, month, day)
    for month, days in {
        1: (1, 2),
        2: (16, 17, 18, 19, 20, 23),
        4: (6,),
        5: (1, 4, 5),
        6: (19,),
        9: (25,),
        10: (1, 2, 5, 6, 7),
    }.items()
    for day in days
)
MADE_UP = frozenset(
    date(2026, month, day) for month, day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))
)


def _of_2026() -> frozenset[date]:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    weekdays = {day for day in days if day.weekday() < 5}
    return frozenset(weekdays - DAYS_OFF | MADE_UP)


CALENDAR = Calendar(CHINA, {2026: _of_2026()})
MANHOLE = Limit("continuous", 120)
FIRE_LANE = Limit("working-hours", 120)
RUBBISH = Limit("working-hours", 240)
SMALL_ADS = Limit("working-days", 1)
DAMAGED_ROAD = Limit("working-days", 5)
ILLEGAL_STRUCTURE = Limit("working-days", 15)


def at(text: str) -> datetime:
    """A moment of 2026 in China, written `02-13 17:30`."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("since", "limit", "due"),
    [
        # In the night before the Spring Festival ends: the urgent clock does not care.
        ("02-17 02:10", MANHOLE, "02-17 04:10"),
        ("11-20 23:30", MANHOLE, "11-21 01:30"),
        # Late on the Friday before the holiday: half an hour, then the make-up Saturday.
        ("02-13 17:30", FIRE_LANE, "02-14 09:30"),
        # Late on an ordinary Friday: on to Monday.
        ("11-20 17:00", FIRE_LANE, "11-23 09:00"),
        # Over lunch, and up to the very end of the morning.
        ("11-20 11:00", FIRE_LANE, "11-20 15:00"),
        ("11-20 10:00", FIRE_LANE, "11-20 12:00"),
        ("11-20 08:00", RUBBISH, "11-20 12:00"),
        ("11-20 13:00", RUBBISH, "11-20 18:00"),
        ("11-20 16:30", RUBBISH, "11-23 10:30"),
        # On the make-up Saturday before the festival: nine days off, then Tuesday.
        ("02-14 16:00", RUBBISH, "02-24 10:00"),
        # In the holiday itself the clock waits for the first working day.
        ("02-18 10:00", SMALL_ADS, "02-24 18:00"),
        ("02-13 10:00", SMALL_ADS, "02-14 10:00"),
        ("02-14 10:00", SMALL_ADS, "02-24 10:00"),
        # A day is over on the 13th, 14th, 24th, 25th and 26th.
        ("02-12 10:00", DAMAGED_ROAD, "02-26 10:00"),
        ("02-24 08:00", DAMAGED_ROAD, "02-28 18:00"),
        ("02-11 14:00", ILLEGAL_STRUCTURE, "03-10 12:00"),
        # Each make-up day counts, each holiday does not.
        ("01-01 09:00", SMALL_ADS, "01-04 18:00"),
        ("04-30 17:00", FIRE_LANE, "05-06 09:00"),
        ("05-08 17:00", FIRE_LANE, "05-09 09:00"),
        ("09-18 17:00", FIRE_LANE, "09-20 09:00"),
        ("09-30 17:00", FIRE_LANE, "10-08 09:00"),
        ("10-09 17:00", FIRE_LANE, "10-10 09:00"),
        ("12-31 16:00", FIRE_LANE, "12-31 18:00"),
    ],
)
def test_deadline(since: str, limit: Limit, due: str) -> None:
    assert due_at(at(since), limit, CALENDAR) == at(due)


@pytest.mark.parametrize("day", sorted(MADE_UP))
def test_a_made_up_weekend_is_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_workday(day)
    opens = datetime.combine(day, time(8), CHINA)
    assert elapsed_s(opens, opens + timedelta(hours=12), "working-hours", CALENDAR) == 8 * 3600


def test_a_year_that_nobody_entered_is_not_guessed() -> None:
    with pytest.raises(NoCalendarError) as failed:
        CALENDAR.is_workday(date(2027, 1, 4))
    assert failed.value.year == 2027
    with pytest.raises(NoCalendarError) as failed:
        due_at(at("12-31 17:00"), FIRE_LANE, CALENDAR)
    assert failed.value.year == 2027
    with pytest.raises(NoCalendarError):
        elapsed_s(
            at("12-31 17:00"), at("12-31 23:00") + timedelta(days=1), "working-days", CALENDAR
        )
    # The clock that never stands still needs no calendar.
    assert due_at(at("12-31 23:00"), MANHOLE, CALENDAR) == at("12-31 23:00") + timedelta(hours=2)
    # Nor does what ends in the year that is there ask for the next.
    assert elapsed_s(at("12-31 17:00"), at("12-31 23:00"), "working-hours", CALENDAR) == 3600


def test_a_pause_does_not_count() -> None:
    pause = (at("11-20 09:00"), at("11-20 10:30"))
    assert due_at(at("11-20 08:00"), FIRE_LANE, CALENDAR, paused=[pause]) == at("11-20 11:30")
    assert due_at(at("11-20 08:00"), MANHOLE, CALENDAR, paused=[pause]) == at("11-20 11:30")
    # One that begins when the time is up, lies before, or in the night, changes nothing.
    for harmless in (
        (at("11-20 10:00"), at("11-25 10:00")),
        (at("11-19 10:00"), at("11-20 08:00")),
    ):
        assert due_at(at("11-20 08:00"), MANHOLE, CALENDAR, paused=[harmless]) == at("11-20 10:00")
    night = (at("11-20 18:00"), at("11-21 08:00"))
    assert due_at(at("11-20 17:00"), FIRE_LANE, CALENDAR, paused=[night]) == at("11-23 09:00")
    # A season: the clock stands from February to April.
    season = (at("02-13 10:00"), at("04-01 10:00"))
    assert due_at(at("02-13 09:00"), SMALL_ADS, CALENDAR, paused=[season]) == at("04-02 09:00")


def test_what_is_left_out_is_said() -> None:
    def told(since: str, until: str, clock: Clock = "working-hours") -> list[tuple[str, str, str]]:
        return [
            (
                f"{gap.start.astimezone(CHINA):%m-%d %H:%M}",
                f"{gap.end.astimezone(CHINA):%m-%d %H:%M}",
                gap.why,
            )
            for gap in gaps(at(since), at(until), clock, CALENDAR)
        ]

    assert told("11-20 11:00", "11-20 15:00") == [("11-20 12:00", "11-20 14:00", "break")]
    assert told("11-19 17:00", "11-20 09:00") == [("11-19 18:00", "11-20 08:00", "night")]
    assert told("11-20 06:00", "11-20 09:00") == [("11-20 06:00", "11-20 08:00", "night")]
    assert told("11-20 12:30", "11-20 15:00") == [("11-20 12:30", "11-20 14:00", "break")]
    assert told("02-14 17:00", "02-24 09:00") == [("02-14 18:00", "02-24 08:00", "days-off")]
    # Friday before a make-up Saturday: only the night lies between.
    assert told("02-13 17:30", "02-14 09:00") == [("02-13 18:00", "02-14 08:00", "night")]
    assert told("02-18 10:00", "02-24 08:30") == [("02-18 10:00", "02-24 08:00", "days-off")]
    assert told("11-20 09:00", "11-20 10:00") == []
    assert told("02-14 17:00", "02-24 09:00", "continuous") == []


def test_a_deadline_is_put_off_by_what_was_left() -> None:
    due = at("11-20 16:00")
    # Stopped with two hours of work left; resumed late on the Friday after.
    later = put_off(due, at("11-20 11:00"), at("11-27 17:00"), "working-hours", CALENDAR)
    assert later == at("11-30 10:00")
    late = put_off(due, at("11-20 17:00"), at("11-27 17:00"), "continuous", CALENDAR)
    assert late == due


def test_pauses_that_overlap_count_once() -> None:
    pauses = [
        (at("11-20 10:00"), at("11-20 11:00")),
        (at("11-20 09:00"), at("11-20 10:30")),
        (at("11-20 10:15"), at("11-20 10:20")),
    ]
    assert due_at(at("11-20 08:00"), MANHOLE, CALENDAR, paused=pauses) == at("11-20 12:00")
    ran = elapsed_s(at("11-20 08:00"), at("11-20 12:00"), "continuous", CALENDAR, paused=pauses)
    assert ran == 2 * 3600


def test_a_working_day_is_as_long_as_the_hours_say() -> None:
    short = Calendar(CHINA, CALENDAR.years, ((time(9), time(12)), (time(13), time(17))))
    assert short.day_s == 7 * 3600
    assert due_at(at("11-20 10:00"), SMALL_ADS, short) == at("11-23 10:00")


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(12)), (time(11), time(18))),
        ((time(8), time(8)),),
    ],
)
def test_hours_must_follow_one_another(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="follow"):
        Calendar(CHINA, {}, hours)


def test_a_limit_is_greater_than_nothing() -> None:
    with pytest.raises(ValueError, match="greater"):
        Limit("continuous", 0)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        due_at(datetime(2026, 1, 5, 9), MANHOLE, CALENDAR)  # noqa: DTZ001


MOMENTS = st.timedeltas(timedelta(0), timedelta(days=180)).map(
    lambda later: datetime(2026, 1, 1, tzinfo=UTC) + later
)
SPANS = st.tuples(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9))).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
MOST: dict[Clock, int] = {"continuous": 43_200, "working-hours": 4_800, "working-days": 20}
LIMITS = st.sampled_from(CLOCKS).flatmap(
    lambda clock: st.builds(Limit, st.just(clock), st.integers(1, MOST[clock]))
)


@given(MOMENTS, LIMITS, st.lists(SPANS, max_size=4))
def test_the_clock_runs_as_long_as_the_limit(
    since: datetime, limit: Limit, paused: list[tuple[datetime, datetime]]
) -> None:
    due = due_at(since, limit, CALENDAR, paused=paused)
    ran = elapsed_s(since, due, limit.clock, CALENDAR, paused=paused)
    assert ran == limit.seconds(CALENDAR)
    a_moment = timedelta(microseconds=1)
    assert elapsed_s(since, due - a_moment, limit.clock, CALENDAR, paused=paused) < ran


@given(MOMENTS, LIMITS, st.integers(1, 20), st.lists(SPANS, max_size=3))
def test_a_longer_limit_ends_later(
    since: datetime, limit: Limit, more: int, paused: list[tuple[datetime, datetime]]
) -> None:
    longer = Limit(limit.clock, limit.amount + more)
    first = due_at(since, limit, CALENDAR, paused=paused)
    assert first < due_at(since, longer, CALENDAR, paused=paused)


@given(MOMENTS, LIMITS, st.lists(SPANS, max_size=3), SPANS)
def test_a_pause_never_shortens(
    since: datetime,
    limit: Limit,
    paused: list[tuple[datetime, datetime]],
    another: tuple[datetime, datetime],
) -> None:
    before = due_at(since, limit, CALENDAR, paused=paused)
    after = due_at(since, limit, CALENDAR, paused=[*paused, another])
    assert after >= before


@given(MOMENTS, LIMITS, SPANS)
def test_putting_off_is_a_pause(
    since: datetime, limit: Limit, pause: tuple[datetime, datetime]
) -> None:
    due = due_at(since, limit, CALENDAR)
    stopped, resumed = max(pause[0], since), max(pause[1], since)
    put = put_off(due, stopped, resumed, limit.clock, CALENDAR)
    assert put == due_at(since, limit, CALENDAR, paused=[(stopped, resumed)])


@given(st.sampled_from(CLOCKS), st.lists(MOMENTS, min_size=3, max_size=6), st.lists(SPANS))
def test_what_ran_adds_up(
    clock: Clock, moments: list[datetime], paused: list[tuple[datetime, datetime]]
) -> None:
    ordered = sorted(moments)
    parts = [elapsed_s(a, b, clock, CALENDAR, paused=paused) for a, b in pairwise(ordered)]
    whole = elapsed_s(ordered[0], ordered[-1], clock, CALENDAR, paused=paused)
    assert sum(parts) == pytest.approx(whole, abs=1e-3)
