"""Sessions of one account: which there are, and ending them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, select

from data.accounts import token_digest
from data.schema import Session

MOST_SHOWN: Final = 50


def sessions_of(
    connection: Connection, district_id: int, account_id: UUID, at: datetime
) -> Sequence[Row[Any]]:
    """Sessions of an account that hold at a moment, the latest first; 50 at most."""
    return connection.execute(
        select(Session.__table__)
        .where(
            Session.district_id == district_id,
            Session.account_id == account_id,
            Session.expires_at > at,
        )
        .order_by(Session.created_at.desc(), Session.id)
        .limit(MOST_SHOWN)
    ).all()


def end_session(
    connection: Connection, district_id: int, account_id: UUID, session_id: UUID
) -> bool:
    """End one session of an account; False when it has none of this id."""
    ended = connection.execute(
        delete(Session).where(
            Session.district_id == district_id,
            Session.account_id == account_id,
            Session.id == session_id,
        )
    )
    return ended.rowcount == 1


def end_other_sessions(
    connection: Connection, district_id: int, account_id: UUID, token: str
) -> int:
    """End all sessions of an account but the one of this token; how many."""
    return connection.execute(
        delete(Session).where(
            Session.district_id == district_id,
            Session.account_id == account_id,
            Session.token_digest != token_digest(token),
        )
    ).rowcount
