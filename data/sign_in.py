"""Slowing down guesses at passwords, without locking anybody out.

Every attempt is counted before the password is checked, so that many at once are counted too.
From the sixth wrong one in a row each further attempt has to wait, twice as long each time, at
most five minutes; a right password or a quiet quarter of an hour begins anew. It is counted per
login *and* address, so that a stranger cannot keep somebody out, and per address with more
patience, since an office shares one.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from data.database import query
from data.schema import SignInAttempt

LONGEST_WAIT_S: Final = 300
FORGOTTEN_AFTER: Final = timedelta(minutes=15)
PATIENCE_LOGIN: Final = 5
PATIENCE_ADDRESS: Final = 50


@dataclass(frozen=True)
class _Counter:
    key: bytes
    patience: int


def _counters(login: str, address: str) -> tuple[_Counter, _Counter]:
    both = f"{len(login)}:{login}{address}"
    return (
        _Counter(hashlib.sha256(f"login:{both}".encode()).digest(), PATIENCE_LOGIN),
        _of_address(address),
    )


def begin_attempt(connection: Connection, login: str, address: str, at: datetime) -> int | None:
    """Count an attempt to sign in.

    Returns
    -------
    int or None
        Seconds to wait before the next attempt is let through; None: go on with this one.
    """
    waits = [_count(connection, counter, at) for counter in _counters(login, address)]
    return max((wait for wait in waits if wait is not None), default=None)


def begin_attempt_at(
    connection: Connection, thing: str, address: str, at: datetime, *, patience: int
) -> int | None:
    """Count an attempt at what is guessed wherever one is: a card's PIN, an account's codes.

    Parameters
    ----------
    thing
        What is guessed at; it is counted for all addresses together.
    patience
        Wrong ones before the first wait.

    Returns
    -------
    int or None
        As of `begin_attempt`.
    """
    counters = (_of_thing(thing, patience), _of_address(address))
    waits = [_count(connection, counter, at) for counter in counters]
    return max((wait for wait in waits if wait is not None), default=None)


def forget_attempts_at(connection: Connection, thing: str, address: str) -> None:
    """Begin anew after a right one, as `forget_attempts` does."""
    _forget(connection, _of_thing(thing, 0), _of_address(address))


def _of_thing(thing: str, patience: int) -> _Counter:
    return _Counter(hashlib.sha256(f"thing:{thing}".encode()).digest(), patience)


def _of_address(address: str) -> _Counter:
    digest = hashlib.sha256(f"address:{address}".encode()).digest()
    return _Counter(digest, PATIENCE_ADDRESS)


def _count(connection: Connection, counter: _Counter, at: datetime) -> int | None:
    values = {
        "key": counter.key,
        "at": at,
        "patience": counter.patience,
        "longest_s": LONGEST_WAIT_S,
        "forgotten": at - FORGOTTEN_AFTER,
    }
    if connection.execute(query("sign_in_count"), values).one_or_none() is not None:
        return None
    until: datetime = connection.execute(query("sign_in_wait"), values).scalar_one()
    return max(1, math.ceil((until - at).total_seconds()))


def forget_attempts(connection: Connection, login: str, address: str) -> None:
    """Begin anew after a right password; the address keeps what others have tried from it."""
    _forget(connection, *_counters(login, address))


def _forget(connection: Connection, of_thing: _Counter, of_address: _Counter) -> None:
    connection.execute(delete(SignInAttempt).where(SignInAttempt.key == of_thing.key))
    connection.execute(
        update(SignInAttempt)
        .where(SignInAttempt.key == of_address.key, SignInAttempt.failures > 0)
        .values(failures=SignInAttempt.failures - 1)
    )


def remove_old_attempts(connection: Connection, at: datetime) -> int:
    """Remove counters that no longer slow anybody down; how many.

    Those that somebody counts on just now stay: who signs in takes his own counter and then that
    of his address, and waiting for one while holding the other could be waited for in turn.
    """
    old = (
        select(SignInAttempt.key)
        .where(SignInAttempt.last_at < at - FORGOTTEN_AFTER)
        .with_for_update(skip_locked=True)
    )
    done = connection.execute(delete(SignInAttempt).where(SignInAttempt.key.in_(old)))
    return done.rowcount
