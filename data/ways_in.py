"""Codes for a new password, which an administrator gives out where there is neither mail nor SMS.

A code is good once and for a day. Only its digest is kept; a newer one takes the place of an older.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, insert, text, update

from data.accounts import end_sessions
from data.schema import Account, SignInCode

RESET_HOLDS: Final = timedelta(hours=24)
# Without letters and digits that are taken for each other when read out.
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 4, 4


def make_reset_code(
    connection: Connection, district_id: int, account_id: UUID, *, by: UUID, at: datetime
) -> tuple[str, datetime]:
    """Give out a code for a new password; the code, and when it is over."""
    codes = make_reset_codes(connection, district_id, [account_id], by=by, at=at)
    return codes[account_id], at + RESET_HOLDS


def make_reset_codes(
    connection: Connection,
    district_id: int,
    account_ids: Sequence[UUID],
    *,
    by: UUID | None,
    at: datetime,
    holds: timedelta = RESET_HOLDS,
) -> dict[UUID, str]:
    """Give out codes for new passwords: account → code.

    Parameters
    ----------
    by
        None: on the server itself.
    """
    codes = {account_id: _new_code() for account_id in account_ids}
    connection.execute(
        delete(SignInCode).where(
            SignInCode.district_id == district_id,
            SignInCode.account_id.in_(account_ids),
            SignInCode.kind == "reset",
        )
    )
    rows = [
        {
            "digest": _digest(code),
            "district_id": district_id,
            "account_id": account_id,
            "kind": "reset",
            "once": True,
            "made_by": by or account_id,
            "made_at": at,
            "expires_at": at + holds,
        }
        for account_id, code in codes.items()
    ]
    if rows:
        connection.execute(insert(SignInCode), rows)
    return codes


def _new_code() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def use_reset_code(
    connection: Connection, district_id: int, account_id: UUID, code: str, at: datetime
) -> bool:
    """Use a code up; False when it is not this account's, is used or over."""
    used = connection.execute(
        update(SignInCode)
        .where(
            SignInCode.digest == _digest(code),
            SignInCode.district_id == district_id,
            SignInCode.account_id == account_id,
            SignInCode.kind == "reset",
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > at,
        )
        .values(used_at=at)
    )
    return used.rowcount == 1


def choose_password(
    connection: Connection, district_id: int, account_id: UUID, password_hash: str
) -> None:
    """Set a password that the person chose himself, and end every session of the account."""
    connection.execute(
        update(Account)
        .where(Account.district_id == district_id, Account.id == account_id)
        .values(password_hash=password_hash, must_change=False)
    )
    end_sessions(connection, district_id, account_id)


def remove_old_codes(connection: Connection, at: datetime) -> int:
    """Remove codes that open nothing any more; how many."""
    return connection.execute(
        text("DELETE FROM sign_in_code WHERE expires_at < :at"), {"at": at}
    ).rowcount


def _digest(code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"reset:{plain}".encode()).digest()
