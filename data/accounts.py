"""Accounts, their dated assignments and their sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, text

from data.database import query
from data.schema import Account, Session


@dataclass(frozen=True)
class Held:
    """An account with the assignments that hold on a day."""

    district_id: int
    account_id: UUID
    login: str
    display_name: str
    unit_id: int | None
    assignments: tuple[Row[*tuple[Any, ...]], ...]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def password_hash_of(connection: Connection, login: str) -> Row[int, UUID, str] | None:
    """The active account of this login: `district_id`, `id`, `password_hash`."""
    return connection.execute(
        select(Account.district_id, Account.id, Account.password_hash).where(
            Account.login == login, Account.active
        )
    ).one_or_none()


def open_session(
    connection: Connection, district_id: int, account_id: UUID, at: datetime, hours: float
) -> str:
    """Begin a session and return its token, of which only a digest is kept."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(Session).values(
            token_digest=_digest(token),
            district_id=district_id,
            account_id=account_id,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
        )
    )
    return token


def close_session(connection: Connection, token: str) -> None:
    """End a session; ending it twice is no error."""
    connection.execute(delete(Session).where(Session.token_digest == _digest(token)))


def caller_of_session(connection: Connection, token: str, at: datetime) -> Held | None:
    """Who holds this session at this moment, or None when it is unknown or over."""
    account = connection.execute(
        text(
            "SELECT a.district_id, a.id, a.login, a.display_name, a.unit_id "
            "FROM session s JOIN account a "
            "ON a.district_id = s.district_id AND a.id = s.account_id "
            "WHERE s.token_digest = :digest AND s.expires_at > :at AND a.active"
        ),
        {"digest": _digest(token), "at": at},
    ).one_or_none()
    if account is None:
        return None
    assignments = connection.execute(
        query("assignments_of"),
        {"district_id": account.district_id, "account_id": account.id, "at": at},
    ).all()
    return Held(
        district_id=account.district_id,
        account_id=account.id,
        login=account.login,
        display_name=account.display_name,
        unit_id=account.unit_id,
        assignments=tuple(assignments),
    )
