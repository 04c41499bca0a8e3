"""Making what a list of people asks for: accounts, their roles, and a code for each new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, insert
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from uuid_utils.compat import uuid7

from data.accounts import LoginTakenError
from data.people_lists import Wish
from data.schema import Account, Assignment
from data.ways_in import make_reset_codes

FIRST_CODE_HOLDS: Final = timedelta(days=14)
"""Long enough to hand sheets of codes out in a street."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody who was made an account for, with the code by which he chooses a password."""

    id: UUID
    login: str
    display_name: str
    code: str
    expires_at: datetime


def file_people(
    connection: Connection,
    district_id: int,
    wishes: Sequence[Wish],
    *,
    password_hash: str,
    by: UUID | None,
    at: datetime,
) -> list[Newcomer]:
    """Make accounts and give roles as a list asks; who is new, in its order.

    Parameters
    ----------
    password_hash
        Of a password that nobody knows: each newcomer chooses his own by his code.
    by
        None: on the server itself.

    Raises
    ------
    LoginTakenError
        If somebody took one of the logins meanwhile; nothing then stays of this transaction.
    """
    ids = {wish.login: wish.account_id or uuid7() for wish in wishes}
    new = [wish for wish in wishes if wish.account_id is None]
    made = [
        {
            "district_id": district_id,
            "id": ids[wish.login],
            "login": wish.login,
            "display_name": wish.display_name,
            "password_hash": password_hash,
            "unit_id": wish.unit_id,
            "must_change": True,
            "created_at": at,
        }
        for wish in new
    ]
    if made:
        _make(connection, made)
    posts = [
        {
            "district_id": district_id,
            "account_id": ids[wish.login],
            "role": role.role,
            "area_id": role.area_id,
            "grid_id": role.grid_id,
            "validity": days.range(),
        }
        for wish in wishes
        for role, days in wish.roles
    ]
    if posts:
        connection.execute(insert(Assignment), posts)
    newcomers = [ids[wish.login] for wish in new]
    codes = make_reset_codes(
        connection, district_id, newcomers, by=by, at=at, holds=FIRST_CODE_HOLDS
    )
    return [
        Newcomer(
            ids[wish.login],
            wish.login,
            wish.display_name,
            codes[ids[wish.login]],
            at + FIRST_CODE_HOLDS,
        )
        for wish in new
    ]


def _make(connection: Connection, rows: list[dict[str, Any]]) -> None:
    # One statement of all rows: executemany does not tell how many were left out.
    made = connection.execute(
        insert_or_leave(Account)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["login"])
        .returning(Account.id)
    ).all()
    if len(made) < len(rows):
        raise LoginTakenError("one of a list")
