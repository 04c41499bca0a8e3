"""Passwords: argon2id, a few at a time, and the same work whether or not the login is known."""

import secrets

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MOST_WAITING = 16
SHORTEST = 8
LONGEST = 200


class TooBusyError(Exception):
    """More people sign in at once than passwords can be checked in good time."""


class Passwords:
    """Hashes and checks passwords.

    Parameters
    ----------
    at_once
        Checks that run side by side; each takes a core and 64 MiB.
    """

    def __init__(self, at_once: int) -> None:
        self._hasher = PasswordHasher()
        self._limiter = CapacityLimiter(at_once)
        # Checked in place of a login that does not exist, so that the time tells nothing.
        self._nobody = self._hasher.hash("nobody's password")
        self._unknown: str | None = None

    def hash(self, password: str) -> str:
        """Hash a new password."""
        return self._hasher.hash(password)

    def hash_or_none(self, password: str | None) -> str:
        """Hash a new password; None: the hash of one that nobody knows, so that none is right."""
        if password is not None:
            return self.hash(password)
        if self._unknown is None:
            # One for all: made once, since each takes 64 MiB and a twentieth of a second.
            self._unknown = self.hash(secrets.token_urlsafe(32))
        return self._unknown

    async def hash_in_turn(self, password: str) -> str:
        """Hash a new password when a check is free; errors as of `verify`."""
        self._require_turn()
        return await to_thread.run_sync(self._hasher.hash, password, limiter=self._limiter)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password is the one stored; `stored` None: a login nobody has.

        Raises
        ------
        TooBusyError
            If too many wait already; nobody waits without end.
        """
        self._require_turn()
        right = await to_thread.run_sync(
            self._matches, stored or self._nobody, password, limiter=self._limiter
        )
        return right and stored is not None

    def _require_turn(self) -> None:
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise TooBusyError

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
