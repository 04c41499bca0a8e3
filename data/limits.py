"""Limits of a district: how long each step of a case may take, by category and severity."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Connection, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from casework.calendar import NoCalendarError, Span
from casework.deadlines import Clock, Limit
from casework.limits import DeadlineRules, LimitRule, Limits, Step
from data.calendars import calendar_of
from data.notices import notify_role
from data.schema import TimeLimit

# What a new district begins with, beside the limits of the categories that ship; local values.
SHIPPED = (
    LimitRule("handle", Limit("working-days", 5)),
    LimitRule("handle", Limit("continuous", 4 * 60), severity="red"),
    LimitRule("handle", Limit("working-days", 2), severity="yellow"),
    LimitRule("handle", Limit("working-days", 5), severity="blue"),
)


def rules_of(connection: Connection, district_id: int) -> DeadlineRules:
    """The rules of a district, in two queries."""
    return DeadlineRules(calendar_of(connection, district_id), limits_of(connection, district_id))


def limits_of(connection: Connection, district_id: int) -> Limits:
    """All limits of a district."""
    return Limits(_rules(connection, district_id))


def limit_of(connection: Connection, district_id: int, category_id: int, severity: str) -> Limit:
    """How long putting a case right may take.

    The category's own limit for this severity, else the category's, else the severity's, else the
    district's.
    """
    return limits_of(connection, district_id).handling(category_id, severity)


def deadline_of(
    connection: Connection,
    district_id: int,
    category_id: int,
    severity: str,
    since: datetime,
    *,
    paused: Sequence[Span] = (),
) -> datetime:
    """By when a case is to be put right.

    Raises
    ------
    NoCalendarError
        If the deadline reaches a year whose working days were not entered.
    """
    rules = rules_of(connection, district_id)
    return rules.due(category_id, severity, since, paused=paused)


def due_or_told(
    connection: Connection,
    district_id: int,
    rules: DeadlineRules,
    kind: tuple[int, str],
    at: datetime,
) -> datetime | None:
    """By when a case is to be put right whose clock starts now.

    None where that reaches a year whose working days nobody has entered: what is reported must not
    be lost for that. The administrators are told, and the watch sets the deadline once the days are
    there.

    Parameters
    ----------
    kind
        Category and severity.
    """
    try:
        return rules.due(*kind, at)
    except NoCalendarError as missing:
        tell_of_missing_year(connection, district_id, missing, at)
        return None


def tell_of_missing_year(
    connection: Connection, district_id: int, missing: NoCalendarError, at: datetime
) -> None:
    """Tell the administrators, once, that cases wait for a year's working days."""
    notify_role(
        connection,
        district_id,
        "administrator",
        at=at,
        key=f"calendar-missing:{missing.year}",
        kind="calendar-missing",
        facts={"year": missing.year},
    )


def seed_limits(connection: Connection, district_id: int, categories: Sequence[LimitRule]) -> int:
    """Give a new district the limits that ship; those it has stay. How many were added."""
    rows = [
        {
            "district_id": district_id,
            "step": rule.step,
            "category_id": rule.category_id,
            "severity": rule.severity,
            "clock": rule.limit.clock,
            "amount": rule.limit.amount,
        }
        for rule in (*SHIPPED, *categories)
    ]
    added = insert(TimeLimit).values(rows).on_conflict_do_nothing().returning(TimeLimit.id)
    return len(connection.execute(added).all())


def list_limits(
    connection: Connection, district_id: int, *, category_id: int | None = None
) -> list[LimitRule]:
    """The district's own limits and each severity's; or those of one category."""
    column = TimeLimit.category_id
    return _rules(
        connection, district_id, column.is_(None) if category_id is None else column == category_id
    )


def _rules(
    connection: Connection, district_id: int, *conditions: ColumnElement[bool]
) -> list[LimitRule]:
    table = TimeLimit
    rows = connection.execute(
        select(table.step, table.category_id, table.severity, table.clock, table.amount)
        .where(table.district_id == district_id, *conditions)
        .order_by(table.step, table.category_id, table.severity)
    ).all()
    return [
        LimitRule(
            cast("Step", row.step),
            Limit(cast("Clock", row.clock), row.amount),
            row.category_id,
            row.severity,
        )
        for row in rows
    ]


def put_limit(connection: Connection, district_id: int, rule: LimitRule) -> None:
    """Set a limit, in place of the one for the same step, category and severity.

    Cases that are on the list keep the deadlines that they were given.
    """
    written: dict[str, Clock | int] = {"clock": rule.limit.clock, "amount": rule.limit.amount}
    connection.execute(
        insert(TimeLimit)
        .values(
            district_id=district_id,
            step=rule.step,
            category_id=rule.category_id,
            severity=rule.severity,
            **written,
        )
        .on_conflict_do_update(
            index_elements=["district_id", "step", "category_id", "severity"], set_=written
        )
    )


def remove_limit(
    connection: Connection,
    district_id: int,
    step: Step,
    category_id: int | None,
    severity: str | None,
) -> bool:
    """Remove a limit, so that the wider one holds; False when there was none.

    The district's own limit of handling stays: a case must have some deadline.
    """
    if (step, category_id, severity) == ("handle", None, None):
        return False
    table = TimeLimit
    gone = connection.execute(
        delete(table).where(
            table.district_id == district_id,
            table.step == step,
            text("category_id IS NOT DISTINCT FROM :category_id"),
            text("severity IS NOT DISTINCT FROM :severity"),
        ),
        {"category_id": category_id, "severity": severity},
    )
    return gone.rowcount > 0
