"""Deadlines that a step of a case sets: after a pause what was left, from a new start all."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from casework.calendar import NoCalendarError
from casework.deadlines import elapsed_s, put_off
from casework.moments import utc_text
from casework.states import Action, paused_now
from data.case_types import StoredCase
from data.limits import due_or_told, rules_of, tell_of_missing_year


def charged_by(
    connection: Connection, stored: StoredCase
) -> Callable[[datetime, datetime], float | None]:
    """How many seconds a case was held between two moments, on the clock of its limit.

    None where a year that it reaches is not in the calendar.
    """
    rules = rules_of(connection, stored.district_id)
    clock = rules.limits.handling(stored.category_id, stored.case.severity).clock

    def charged(since: datetime, until: datetime) -> float | None:
        try:
            return elapsed_s(since, until, clock, rules.calendar)
        except NoCalendarError:
            return None

    return charged


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
