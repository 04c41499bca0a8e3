"""Telephone calls about a case: with which unit or post, what was promised and by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, update
from sqlalchemy.exc import IntegrityError

from casework.states import UNHANDLED
from data.database import query
from data.schema import DutyCall
from data.scope import Scope, in_cases

MOST_CALLS = 200


class CallExistsError(Exception):
    """A call with this id was logged before."""


@dataclass(frozen=True)
class NewCall:
    """A call as it is logged; `post` is whom one spoke to by office, never by name."""

    id: UUID
    case_id: UUID
    post: str
    outcome: str
    said: str
    called_at: datetime
    unit_id: int | None = None
    desk_number: str | None = None
    promised_by: datetime | None = None


def log_call(
    connection: Connection, district_id: int, new: NewCall, *, by: UUID, at: datetime
) -> None:
    """Log a call about a case that the caller may see.

    Raises
    ------
    CallExistsError
    """
    try:
        connection.execute(
            insert(DutyCall).values(
                district_id=district_id,
                id=new.id,
                case_id=new.case_id,
                unit_id=new.unit_id,
                post=new.post,
                desk_number=new.desk_number,
                outcome=new.outcome,
                said=new.said,
                promised_by=new.promised_by,
                called_at=new.called_at,
                logged_by=by,
                logged_at=at,
            )
        )
    except IntegrityError as error:
        raise CallExistsError(str(new.id)) from error


def settle_call(
    connection: Connection, district_id: int, call_id: UUID, *, by: UUID, at: datetime
) -> None:
    """Say that a promise is kept, or holds no longer; saying it twice changes nothing."""
    connection.execute(
        update(DutyCall)
        .where(
            DutyCall.district_id == district_id,
            DutyCall.id == call_id,
            DutyCall.settled_at.is_(None),
        )
        .values(settled_by=by, settled_at=at)
    )


def list_calls(
    connection: Connection, scope: Scope, case_id: UUID | None = None, call_id: UUID | None = None
) -> Sequence[Row[Any]]:
    """Calls about cases in a scope, the newest first, as `duty_calls.sql` tells them."""
    return connection.execute(
        query(
            "duty_calls",
            seen=in_cases("c", scope),
            which="(CAST(:case_id AS uuid) IS NULL OR d.case_id = :case_id)"
            " AND (CAST(:call_id AS uuid) IS NULL OR d.id = :call_id)",
            order="d.called_at DESC, d.id",
        ),
        {
            **scope.parameters(),
            "case_id": case_id,
            "call_id": call_id,
            "limit": MOST_CALLS,
        },
    ).all()


def open_promises(connection: Connection, scope: Scope) -> Sequence[Row[Any]]:
    """Promises about cases still to be put right that are not settled, the nearest first."""
    return connection.execute(
        query(
            "duty_calls",
            seen=in_cases("c", scope),
            which="d.promised_by IS NOT NULL AND d.settled_at IS NULL"
            " AND c.state = ANY(:unhandled)",
            order="d.promised_by, d.id",
        ),
        {**scope.parameters(), "unhandled": sorted(UNHANDLED), "limit": MOST_CALLS},
    ).all()
