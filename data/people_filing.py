"""Making what a list of people asks for: accounts, their roles, and a code for each new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from data.accounts import LoginTakenError
from data.database import query
from data.people_lists import Wish
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
    _make(connection, district_id, [(ids[wish.login], wish) for wish in new], password_hash, at)
    _give(connection, district_id, [(ids[wish.login], wish) for wish in wishes])
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


def _make(
    connection: Connection,
    district_id: int,
    people: Sequence[tuple[UUID, Wish]],
    password_hash: str,
    at: datetime,
) -> None:
    made = connection.execute(
        query("add_people"),
        {
            "district_id": district_id,
            "ids": [account_id for account_id, _ in people],
            "logins": [wish.login for _, wish in people],
            "names": [wish.display_name for _, wish in people],
            "units": [wish.unit_id for _, wish in people],
            "hash": password_hash,
            "at": at,
        },
    )
    if made.rowcount < len(people):
        raise LoginTakenError("one of a list")


def _give(connection: Connection, district_id: int, people: Sequence[tuple[UUID, Wish]]) -> None:
    posts = [(account_id, role, days) for account_id, wish in people for role, days in wish.roles]
    connection.execute(
        query("add_posts"),
        {
            "district_id": district_id,
            "accounts": [account_id for account_id, _, _ in posts],
            "roles": [role.role for _, role, _ in posts],
            "areas": [role.area_id for _, role, _ in posts],
            "grids": [role.grid_id for _, role, _ in posts],
            "since": [days.since for _, _, days in posts],
            "until": [days.until for _, _, days in posts],
        },
    )
