"""Who is on call: the rota 值班表 of a unit, its gaps, and who is called next.

Times are aware; a shift is half-open: who comes at eight is on call at eight, who goes is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

NOBODY: Final = "nobody"
"""Everyone on call was called and none accepted, or there is none: the command centre acts."""


@dataclass(frozen=True)
class Entry:
    """Somebody on call for a unit from one moment to another.

    Parameters
    ----------
    turn
        Who is called first has 1; the next is called when the one before did not accept.
    account_id, post
        One of them: an account, or for a unit without accounts the name of its post.
    desk_number
        Of the office, to be called from the duty desk.
    """

    id: int
    unit_id: int
    starts_at: datetime
    ends_at: datetime
    turn: int
    account_id: UUID | None = None
    post: str | None = None
    desk_number: str | None = None

    @property
    def who(self) -> str:
        """The same for all shifts of one account, or of one post of a unit."""
        if self.account_id is not None:
            return str(self.account_id)
        return f"{self.unit_id}/{self.post}"


@dataclass(frozen=True)
class Called:
    """That somebody was told of an urgent case; `who` as of his entry, or `NOBODY`."""

    who: str
    at: datetime


def on_call(entries: Iterable[Entry], unit_id: int, at: datetime) -> tuple[Entry, ...]:
    """Who is on call for a unit at a moment, in the order of calling."""
    present = [e for e in entries if e.unit_id == unit_id and e.starts_at <= at < e.ends_at]
    return tuple(sorted(present, key=lambda entry: (entry.turn, entry.starts_at, entry.id)))


def next_call(
    entries: Sequence[Entry], called: Sequence[Called], at: datetime, patience: timedelta
) -> Entry | Literal["nobody"] | None:
    """Tell who is to be called now about a case that none has accepted yet.

    However long nobody asked, one is called at a time, and nobody twice: after a night in which
    nothing ran, whoever is on call now is the next.

    Parameters
    ----------
    entries
        Who is on call at `at`, in the order of calling (`on_call`).
    called
        Who was called about it since the unit was charged, first to last.
    patience
        How long one has to accept before the next is called.

    Returns
    -------
    The next, `NOBODY` once when there is none left, or None: there is nothing to do yet.
    """
    if called and at < called[-1].at + patience:
        return None
    known = {call.who for call in called}
    following = next((entry for entry in entries if entry.who not in known), None)
    if following is not None:
        return following
    return None if NOBODY in known else NOBODY


def gaps(
    entries: Iterable[Entry], unit_id: int, since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Stretches between two moments in which nobody is on call for a unit, in order."""
    shifts = sorted(
        (entry.starts_at, entry.ends_at)
        for entry in entries
        if entry.unit_id == unit_id and entry.ends_at > since and entry.starts_at < until
    )
    found = []
    covered = since
    for starts_at, ends_at in shifts:
        if starts_at > covered:
            found.append((covered, starts_at))
        covered = max(covered, ends_at)
    if covered < until:
        found.append((covered, until))
    return found


def clashes(entries: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """Entries that want a turn of a unit while it is taken, each behind the one that has it."""
    lasting: dict[tuple[int, int], Entry] = {}
    found = []
    for entry in sorted(entries, key=lambda one: (one.starts_at, one.id)):
        turn = (entry.unit_id, entry.turn)
        before = lasting.get(turn)
        if before is not None and entry.starts_at < before.ends_at:
            found.append((before, entry))
        if before is None or entry.ends_at > before.ends_at:
            lasting[turn] = entry
    return found
