"""Notices: what somebody is to know, told once however often it is found out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text
from sqlalchemy.dialects.postgresql import insert

from data.database import query
from data.schema import Notice


def notify(
    connection: Connection,
    district_id: int,
    *,
    at: datetime,
    key: str,
    kind: str,
    case_id: UUID | None = None,
    account_id: UUID | None = None,
    unit_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """Leave a notice for an account, or for everybody of a unit.

    Parameters
    ----------
    at
        Our clock.
    key
        What it is about, to whom: a second notice with this key is not made.
    kind
        Kebab-case name that the client puts into words, with the facts in them.

    Returns
    -------
    bool
        False when it was there already.
    """
    made = connection.execute(
        insert(Notice)
        .values(
            district_id=district_id,
            key=key,
            kind=kind,
            case_id=case_id,
            account_id=account_id,
            unit_id=unit_id,
            facts=dict(facts or {}),
            made_at=at,
        )
        .on_conflict_do_nothing(index_elements=["district_id", "key"])
        .returning(Notice.id)
    )
    return made.scalar() is not None


def notify_role(
    connection: Connection,
    district_id: int,
    role: str,
    *,
    at: datetime,
    key: str,
    kind: str,
    area_path: str | None = None,
    case_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Leave a notice for each account that holds a role today; how many were made.

    Parameters
    ----------
    area_path
        Those whose role is nearest above this place; None: all in the district.
    """
    return sum(
        notify(
            connection,
            district_id,
            at=at,
            key=f"{key}:{account_id}",
            kind=kind,
            case_id=case_id,
            account_id=account_id,
            facts=facts,
        )
        for account_id in holders(connection, district_id, role, at, area_path=area_path)
    )


def holders(
    connection: Connection,
    district_id: int,
    role: str,
    at: datetime,
    *,
    area_path: str | None = None,
) -> list[UUID]:
    """Accounts that hold a role today; with a place, those whose area is the smallest around it."""
    rows = connection.execute(
        query("holders_of_role"),
        {"district_id": district_id, "role": role, "at": at, "area_path": area_path},
    )
    return list(rows.scalars())


def list_notices(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    unit_id: int | None,
    *,
    limit: int,
    before_id: int | None = None,
    unread: bool = False,
) -> Sequence[Row[Any]]:
    """Notices for an account and its unit, the newest first, with when it read them."""
    return connection.execute(
        query("list_notices"),
        {
            "district_id": district_id,
            "account_id": account_id,
            "unit_id": unit_id,
            "before_id": before_id,
            "unread": unread,
            "limit": limit,
        },
    ).all()


def count_unread(
    connection: Connection, district_id: int, account_id: UUID, unit_id: int | None
) -> int:
    """How many notices an account has not read; counted up to 1000."""
    found: int = connection.execute(
        text(
            "SELECT count(*) FROM (SELECT 1 FROM notice AS n WHERE n.district_id = :district_id"
            " AND (n.account_id = :account_id OR n.unit_id = :unit_id)"
            " AND NOT EXISTS (SELECT 1 FROM notice_read AS r WHERE r.district_id = n.district_id"
            " AND r.notice_id = n.id AND r.account_id = :account_id) LIMIT 1000) AS unread"
        ),
        {"district_id": district_id, "account_id": account_id, "unit_id": unit_id},
    ).scalar_one()
    return found


def mark_read(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    unit_id: int | None,
    *,
    up_to_id: int,
    at: datetime,
    only: bool = False,
) -> int:
    """Mark a notice as read, and unless `only` every older one; how many were unread."""
    done = connection.execute(
        text(
            "INSERT INTO notice_read (district_id, notice_id, account_id, read_at)"
            " SELECT n.district_id, n.id, :account_id, :at FROM notice AS n"
            " WHERE n.district_id = :district_id"
            " AND (n.account_id = :account_id OR n.unit_id = :unit_id)"
            " AND (n.id = :up_to_id OR (n.id < :up_to_id AND NOT :only))"
            " ON CONFLICT DO NOTHING"
        ),
        {
            "district_id": district_id,
            "account_id": account_id,
            "unit_id": unit_id,
            "up_to_id": up_to_id,
            "only": only,
            "at": at,
        },
    )
    return done.rowcount
