"""Quiet hours: over midnight, to the minute, never where they begin when they end."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from casework.quiet import QuietHours, may_disturb

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = QuietHours(time(22), time(7))
NOON = QuietHours(time(12), time(14))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the district's clock, told in UTC as ours is."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "moment", "until"),
    [
        (NIGHT, at(20, 21, 59), None),
        (NIGHT, at(20, 22), at(21, 7)),
        (NIGHT, at(21, 2, 10), at(21, 7)),
        (NIGHT, at(21, 7), None),
        (NOON, at(20, 11, 59), None),
        (NOON, at(20, 12), at(20, 14)),
        (NOON, at(20, 14), None),
        (QuietHours(time(8), time(8)), at(20, 8), None),
    ],
)
def test_quiet_ends(hours: QuietHours, moment: datetime, until: datetime | None) -> None:
    assert hours.until(moment, ZONE) == until


def test_red_cases_and_calls_to_who_is_on_duty_pass() -> None:
    assert may_disturb("half-time", "red")
    assert may_disturb("on-call-nobody", None)
    assert not may_disturb("half-time", "yellow")
    assert not may_disturb("calendar-missing", None)
