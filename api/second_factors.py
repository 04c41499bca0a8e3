"""Asking for the second factor: whoever lets somebody in asks here first."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from api.context import Context
from api.errors import Problem
from data.account_events import note_event
from data.accounts import Held
from data.sealing import SealError
from data.second_factor import (
    DIGITS,
    factor_of,
    step_of_code,
    take_step,
    use_recovery_code,
)
from data.sign_in import begin_attempt_at, forget_attempts_at

# A code is one of a million and good for ninety seconds; wherever the attempts come from.
PATIENCE: Final = 10


def count_code(parts: Context, account_id: UUID, address: str, at: datetime) -> int | None:
    """Count an attempt at an account's code in a transaction of its own.

    Returns
    -------
    int or None
        Seconds to wait before the next attempt is let through; None: go on with this one.
    """
    with parts.engine.begin() as connection:
        return begin_attempt_at(connection, _thing(account_id), address, at, patience=PATIENCE)


def is_asked_of(parts: Context, held: Held) -> bool:
    """Whether a role that the account holds today asks for a second factor."""
    asked = parts.settings.asks_second_factor_of
    return any(row.role in asked for row in held.assignments)


def require_code(
    connection: Connection, parts: Context, held: Held, code: str | None, at: datetime
) -> None:
    """Let through whom no code is asked of, and who gives a right one.

    Raises
    ------
    Problem
        401 `second-factor-needed` or `wrong-code`; 403 `second-factor-must-enrol` where a role asks
        for one and the account has none yet.
    """
    found = factor_of(connection, held.district_id, held.account_id)
    if found is None or found[1] is None:
        if is_asked_of(parts, held):
            raise Problem(
                403, "second-factor-must-enrol", "Your role asks for a second factor: set it up."
            )
        return
    if code is None:
        raise Problem(401, "second-factor-needed", "Give the code of your app as well.")
    if not take_code(connection, parts, held.district_id, held.account_id, code, at):
        raise wrong_code()


def take_code(  # noqa: PLR0917 (where, whose, what, when)
    connection: Connection,
    parts: Context,
    district_id: int,
    account_id: UUID,
    code: str,
    at: datetime,
) -> bool:
    """Use up a code of the app, or a recovery code; False when it is wrong or was used."""
    plain = "".join(code.split())
    found = factor_of(connection, district_id, account_id)
    if found is None:
        return False
    if plain.isascii() and plain.isdecimal() and len(plain) == DIGITS:
        step = step_of_code(secret_of(parts, found[0]), plain, at)
        return step is not None and take_step(connection, district_id, account_id, step)
    if not use_recovery_code(connection, district_id, account_id, plain, at):
        return False
    note_event(connection, district_id, account_id, "recovery-code-used", by=account_id, at=at)
    return True


def forget_codes(connection: Connection, account_id: UUID, address: str) -> None:
    """Begin anew after a right code."""
    forget_attempts_at(connection, _thing(account_id), address)


def secret_of(parts: Context, sealed: bytes) -> str:
    """The secret that was sealed; 409 when the server's key was changed since."""
    try:
        return parts.seal.open(sealed)
    except SealError:
        raise Problem(
            409,
            "second-factor-unreadable",
            "The server's key was changed: have your administrator reset the second factor.",
        ) from None


def wrong_code() -> Problem:
    """The code is wrong, over, or was used."""
    return Problem(401, "wrong-code", "The code is wrong, over, or was used before.")


def _thing(account_id: UUID) -> str:
    return f"code:{account_id}"
