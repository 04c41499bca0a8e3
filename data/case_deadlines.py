"""Deadlines that a step of a case sets: after a pause what was left, from a new start all."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from casework.calendar import Calendar, NoCalendarError
from casework.deadlines import Limit, elapsed_s, put_off
from casework.moments import utc_text
from casework.states import UNHANDLED, Action, Case, paused_now
from casework.time_left import TimeLeft, time_left
from data.case_types import StoredCase
from data.limits import due_or_told, rules_of, tell_of_missing_year


@dataclass(frozen=True)
class CaseClock:
    """The clock that the deadline of a case runs on, and the days and hours it counts."""

    limit: Limit
    calendar: Calendar

    def charged(self, since: datetime, until: datetime) -> float | None:
        """Seconds that it ran between two moments; None where a year of them is not entered."""
        try:
            return elapsed_s(since, until, self.limit.clock, self.calendar)
        except NoCalendarError:
            return None

    def left(self, case: Case, at: datetime) -> TimeLeft | None:
        """What is left of its time; None where nothing runs out: it has no deadline, or is done."""
        if case.deadline_at is None:
            return None
        if case.state == "suspended":
            stopped, _ = paused_now(case, at)
            told = time_left(stopped, case.deadline_at, self.limit.clock, self.calendar)
            return replace(told, runs=False, turns_at=case.suspended_until)
        if case.state not in UNHANDLED:
            return None
        return time_left(at, case.deadline_at, self.limit.clock, self.calendar)


def clock_of_case(connection: Connection, stored: StoredCase) -> CaseClock:
    """The clock of a case."""
    rules = rules_of(connection, stored.district_id)
    limit = rules.limits.handling(stored.category_id, stored.case.severity)
    return CaseClock(limit, rules.calendar)


def deadline_facts(
    connection: Connection, stored: StoredCase, action: Action, at: datetime
) -> dict[str, Any]:
    """The fact `deadline_at` of a step that sets a deadline anew; empty for every other."""
    case = stored.case
    if action == "reopen":
        kind = stored.category_id, case.severity
        rules = rules_of(connection, stored.district_id)
        due = due_or_told(connection, stored.district_id, rules, kind, at)
        return {"deadline_at": None if due is None else utc_text(due)}
    if action != "resume" or case.deadline_at is None:
        return {}
    rules = rules_of(connection, stored.district_id)
    clock = rules.limits.handling(stored.category_id, case.severity).clock
    stopped, resumed = paused_now(case, at)
    try:
        deadline = put_off(case.deadline_at, stopped, resumed, clock, rules.calendar)
    except NoCalendarError as missing:
        # Nothing is guessed: it has no deadline until somebody enters the year.
        tell_of_missing_year(connection, stored.district_id, missing, at)
        return {"deadline_at": None}
    return {"deadline_at": utc_text(deadline)}
