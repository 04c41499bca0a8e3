"""Who was found signed in a moment ago, so that a screen full of tiles asks the database once."""

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from api.permissions import Caller

MOST_SESSIONS: Final = 20_000


class SignedIn:
    """Sessions as they were looked up in the last seconds.

    For what is the same for everybody who is signed in, such as the shapes of grids, and for the
    status inside tiles while notices are heard (so that rights that change are known at once);
    whatever else is filtered by rights looks the session up itself.

    Parameters
    ----------
    seconds
        How long a look-up holds; 0: every request looks up anew.

    Notes
    -----
    When a session ends or rights change, PostgreSQL tells every process (`api.live`), which then
    forgets all look-ups at once. The seconds are the bound for when that word is lost, and for
    a session that ends by time alone.
    """

    def __init__(self, seconds: float) -> None:
        self._holds = timedelta(seconds=seconds)
        self._found: OrderedDict[bytes, tuple[datetime, Caller]] = OrderedDict()
        self._lock = Lock()

    def get(self, token: str, at: datetime) -> Caller | None:
        """Who holds a session, if it was looked up in the last seconds."""
        seen, who = self._found.get(_digest(token), (None, None))
        if seen is None or not timedelta() <= at - seen < self._holds:
            return None
        return who

    def keep(self, token: str, who: Caller, at: datetime) -> None:
        """Remember who was found to hold a session."""
        if not self._holds:
            return
        with self._lock:
            self._found[_digest(token)] = (at, who)
            self._found.move_to_end(_digest(token))
            if len(self._found) > MOST_SESSIONS:
                self._found.popitem(last=False)

    def forget(self) -> None:
        """Look everybody up anew."""
        with self._lock:
            self._found.clear()


def _digest(token: str) -> bytes:
    # The token itself is kept nowhere.
    return hashlib.sha256(token.encode()).digest()
