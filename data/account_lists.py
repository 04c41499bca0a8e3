"""Accounts as administrators list them: those whose roles lie where they administer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row

from data.areas import like
from data.database import query
from data.scope import Scope


@dataclass(frozen=True)
class Wanted:
    """Which accounts; what is None, or left out, does not matter.

    Parameters
    ----------
    words
        Part of login or name.
    logins
        Whole logins.
    active
        Whether they may sign in.
    holds
        Whether they hold a role that day.
    role, area_path
        A role that they hold that day, at or below an area; both together: this one there.
    """

    account_id: UUID | None = None
    words: str | None = None
    logins: Sequence[str] | None = None
    unit_id: int | None = None
    active: bool | None = None
    holds: bool | None = None
    role: str | None = None
    area_path: str | None = None


EVERYBODY: Final = Wanted()


def list_accounts(
    connection: Connection,
    scope: Scope,
    day: date,
    *,
    limit: int,
    after: str | None = None,
    wanted: Wanted = EVERYBODY,
) -> Sequence[Row[Any]]:
    """Accounts by login, with their roles on a day; only those whose roles lie in the scope."""
    return connection.execute(
        query("list_accounts"),
        {
            **scope.parameters(),
            "whole": scope.is_whole,
            "day": day,
            "after": after,
            "words": None if wanted.words is None else like(wanted.words),
            "id": wanted.account_id,
            "logins": None if wanted.logins is None else list(wanted.logins),
            "unit_id": wanted.unit_id,
            "active": wanted.active,
            "holds": wanted.holds,
            "role": wanted.role,
            "area_path": wanted.area_path,
            "limit": limit,
        },
    ).all()


def find_account(
    connection: Connection, scope: Scope, day: date, account_id: UUID
) -> Row[Any] | None:
    """One account as it is listed; None where it is not there or its roles lie elsewhere."""
    rows = list_accounts(connection, scope, day, limit=1, wanted=Wanted(account_id))
    return rows[0] if rows else None
