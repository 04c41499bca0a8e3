"""What the duty officer has before him: what just came in, what is urgent, and how much is open."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row

from casework.states import OPEN, UNHANDLED
from data.database import query
from data.duty_settings import duty_settings
from data.scope import Scope, in_cases

MOST_SHOWN: Final = 60
Rows = Sequence[Row[Any]]


def urgent_cases(connection: Connection, scope: Scope) -> Rows:
    """Cases still to be put right that are urgent, by deadline, as `case_briefs.sql` tells them.

    Urgent are the severities that the district says, and what somebody on call was told of.
    """
    told = "SELECT 1 FROM duty_alert AS a WHERE (a.district_id, a.case_id) = (c.district_id, c.id)"
    urgent = f"(c.severity = ANY(:urgent) OR EXISTS ({told}))"
    where = f"{in_cases('c', scope)} AND c.state = ANY(:unhandled) AND {urgent}"
    return connection.execute(
        query("case_briefs", where=where, order="coalesce(c.deadline_at, 'infinity'), c.id"),
        {
            **scope.parameters(),
            "unhandled": sorted(UNHANDLED),
            "urgent": list(duty_settings(connection, scope.district_id).urgent),
            "limit": MOST_SHOWN,
        },
    ).all()


def incoming_cases(connection: Connection, scope: Scope, since: datetime) -> Rows:
    """Cases that came in since a moment, the newest first."""
    return connection.execute(
        query(
            "case_briefs",
            where=f"{in_cases('c', scope)} AND c.received_at >= :since",
            order="c.received_at DESC, c.id DESC",
        ),
        {**scope.parameters(), "since": since, "limit": MOST_SHOWN},
    ).all()


def duty_counts(connection: Connection, scope: Scope, since: datetime) -> Row[Any]:
    """How many are `open`, `overdue`, came in, and were struck off since a moment."""
    return connection.execute(
        query("duty_counts", seen=in_cases("c", scope)),
        {**scope.parameters(), "open": sorted(OPEN), "since": since},
    ).one()


def routes_of(connection: Connection, district_id: int, case_ids: Sequence[UUID]) -> Rows:
    """Where the rules sent these cases, as `data.routing.read_route` tells it, by `case_id`."""
    return connection.execute(
        query("routes_of_cases"), {"district_id": district_id, "ids": list(case_ids)}
    ).all()
