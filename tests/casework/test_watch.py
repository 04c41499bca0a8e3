"""What becomes due on a case by time alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_deadlines import CALENDAR, at

from casework.calendar import Calendar
from casework.deadlines import CLOCKS, Limit
from casework.limits import DeadlineRules, LimitRule, Limits, Step
from casework.states import Case, Standing
from casework.watch import Watched, all_steps, due_steps, next_at

FRIDAY = at("11-20 09:00")
CASE = Case(state="dispatched", seq=3, severity="red", received_at=FRIDAY)
EVERY: dict[Step, int] = {
    "confirm": 30, "accept": 20, "verify": 90, "grid": 60, "community": 120, "street": 240
}  # fmt: skip


def rules(*, calendar: Calendar = CALENDAR, handle: Limit | None = None) -> DeadlineRules:
    """Every limit there can be, on the clock that never stands still."""
    handling = LimitRule("handle", handle or Limit("working-hours", 240))
    others = [LimitRule(step, Limit("continuous", minutes)) for step, minutes in EVERY.items()]
    return DeadlineRules(calendar, Limits([handling, *others]))


def watched(case: Case, level_since: datetime = FRIDAY, *, has_zone: bool = False) -> Watched:
    return Watched(case, 1, level_since, has_zone)


def told(case: Watched, by: DeadlineRules) -> dict[str, str]:
    """Local time of each step, by its name."""
    zone = ZoneInfo("Asia/Shanghai")
    return {s.name: f"{s.due.astimezone(zone):%m-%d %H:%M}" for s in all_steps(case, by)}


def test_reminders_come_at_half_time_and_before_the_end_of_work_time() -> None:
    # Four hours of work from 16:30 on Friday end at 10:30 on Monday... 1.5 h on Friday.
    case = replace(CASE, received_at=at("11-20 16:30"), deadline_at=at("11-23 10:30"))
    steps = told(watched(case), rules())
    assert steps["half-time"] == "11-23 08:30"
    assert steps["soon-due"] == "11-23 10:06"
    assert steps["overdue"] == "11-23 10:30"
    # What is put right is reminded of no more.
    assert "overdue" not in told(watched(replace(case, state="handled")), rules())


def test_time_that_was_suspended_is_no_part_of_half_the_time() -> None:
    pause = (at("11-20 10:00"), at("11-23 10:00"))
    case = replace(CASE, deadline_at=at("11-23 15:00"), standing=Standing(paused=(pause,)))
    assert told(watched(case), rules())["half-time"] == "11-23 11:00"


def test_a_deadline_set_by_hand_into_a_year_without_days_is_reminded_of_all_the_same() -> None:
    late = replace(
        CASE, received_at=at("12-31 17:00"), deadline_at=at("12-31 17:00") + timedelta(2)
    )
    assert told(watched(late), rules())["half-time"] == "01-01 17:00"


def test_each_wait_has_its_limit() -> None:
    reported = replace(CASE, state="reported", standing=Standing(confirm_first=True))
    assert told(watched(reported), rules())["confirm-late"] == "11-20 09:30"
    assert "confirm-late" not in told(watched(replace(reported, standing=Standing())), rules())
    dispatched = replace(CASE, dispatched_at=at("11-20 22:00"))
    assert told(watched(dispatched), rules())["accept-late"] == "11-20 22:20"
    accepted = replace(dispatched, state="accepted", accepted_at=at("11-20 22:05"))
    assert "accept-late" not in told(watched(accepted), rules())
    handled = replace(CASE, state="handled", handled_at=at("11-20 11:00"))
    assert told(watched(handled), rules()) == {"verify-late": "11-20 12:30"}


def test_it_is_passed_up_when_it_has_lain_on_its_level() -> None:
    case = replace(CASE, state="accepted")
    assert told(watched(case), rules())["escalate"] == "11-20 10:00"
    higher = watched(replace(case, level=1), at("11-20 10:07"))
    assert told(higher, rules())["escalate"] == "11-20 12:07"
    top = watched(replace(case, level=4), at("11-20 20:00"))
    assert "escalate" not in told(top, rules())
    # There is no limit for a zone: where there is one, it stays; where there is none, it passes.
    zone = replace(case, level=2)
    assert "escalate" not in told(watched(zone, has_zone=True), rules())
    assert told(watched(zone, at("11-20 12:07")), rules())["escalate"] == "11-20 12:07"


def test_what_is_suspended_only_waits_for_its_day() -> None:
    case = replace(
        CASE, state="suspended", suspended_until=at("12-01 00:00"), deadline_at=at("11-20 18:00")
    )
    assert told(watched(case), rules()) == {"resume": "12-01 00:00"}


def test_a_case_without_a_deadline_waits_for_the_days_of_its_year() -> None:
    late = watched(replace(CASE, received_at=at("12-31 17:00")))
    assert "set-deadline" not in told(late, rules())
    weekdays = frozenset(
        day for n in range(365)
        if (day := (at("01-01 12:00") + timedelta(365 + n)).date()).weekday() < 5
    )  # fmt: skip
    longer = replace(CALENDAR, years={**CALENDAR.years, 2027: weekdays})
    assert told(late, rules(calendar=longer))["set-deadline"] == "12-31 17:00"


@pytest.mark.parametrize("state", ["closed", "void", "verified"])
def test_nothing_becomes_due_on_what_is_done(state: str) -> None:
    case = replace(CASE, state=state, deadline_at=FRIDAY, dispatched_at=FRIDAY)
    assert all_steps(watched(case), rules()) == []


LIMITS = st.builds(Limit, st.sampled_from(CLOCKS), st.integers(1, 14))
LATER = st.timedeltas(timedelta(0), timedelta(days=20))


@given(LIMITS, st.sampled_from(["reported", "dispatched", "accepted"]), LATER, LATER)
def test_what_is_not_due_yet_is_due_at_the_moment_it_says(
    limit: Limit, state: str, since: timedelta, looked: timedelta
) -> None:
    by = rules(handle=limit)
    start = at("02-01 00:00") + since
    case = replace(CASE, state=state, received_at=start, dispatched_at=start)
    case = replace(case, deadline_at=by.due(1, "red", start))
    seen, now = watched(case, start), start + looked
    due = {step.key for step in due_steps(seen, by, now)}
    later = next_at(seen, by, now)
    assert (later is None) == (len(due) == len(all_steps(seen, by)))
    if later is not None:
        assert later > now
        assert due < {step.key for step in due_steps(seen, by, later)}
        just_before = later - timedelta(microseconds=1)
        assert due == {step.key for step in due_steps(seen, by, just_before)}


@given(st.lists(LIMITS, min_size=2, max_size=4, unique=True))
def test_a_key_names_step_and_deadline(limits: list[Limit]) -> None:
    keys = set()
    deadlines = set()
    for limit in limits:
        by = rules(handle=limit)
        case = replace(CASE, deadline_at=by.due(1, "red", FRIDAY))
        deadlines.add(case.deadline_at)
        keys |= {s.key for s in all_steps(watched(case), by) if s.name == "overdue"}
    assert len(keys) == len(deadlines)
