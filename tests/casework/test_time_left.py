"""What is left until a deadline, by each clock, and when that clock rests."""

from datetime import UTC, datetime, timedelta

import pytest
from test_deadlines import CALENDAR, at

from casework.deadlines import Clock
from casework.time_left import TimeLeft, time_left

HOUR = 3600.0


def utc(text: str) -> datetime:
    return at(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "deadline", "clock", "left_h", "runs", "turns"),
    [
        ("11-20 02:10", "11-20 04:10", "continuous", 2, True, None),
        ("11-20 05:10", "11-20 04:10", "continuous", -1, True, None),
        # Lunch is left out, and the clock rests in it.
        ("11-20 10:00", "11-20 15:00", "working-hours", 3, True, "11-20 12:00"),
        ("11-20 13:00", "11-20 15:00", "working-hours", 1, False, "11-20 14:00"),
        # Over the weekend nothing of a working day goes by.
        ("11-21 09:00", "11-23 18:00", "working-days", 8, False, "11-23 08:00"),
        # Past since Friday evening: by this clock no time has gone since.
        ("11-21 09:00", "11-20 18:00", "working-days", 0, False, "11-23 08:00"),
        # A make-up Saturday counts.
        ("02-14 09:00", "02-14 18:00", "working-hours", 7, True, "02-14 12:00"),
    ],
)
def test_left_by_its_own_clock(  # noqa: PLR0917 (a table)
    now: str, deadline: str, clock: Clock, left_h: float, runs: bool, turns: str | None
) -> None:
    turns_at = None if turns is None else utc(turns)
    told = time_left(at(now), at(deadline), clock, CALENDAR)
    assert told == TimeLeft(left_h * HOUR, runs, turns_at)


def test_a_year_that_nobody_entered_is_not_guessed() -> None:
    late = at("12-31 20:00")
    assert time_left(late, late + timedelta(days=1), "working-days", CALENDAR) == TimeLeft(
        None, False, None
    )
    # The clock that never rests needs no calendar.
    assert time_left(late, late + timedelta(days=1), "continuous", CALENDAR).left_s == 24 * HOUR
