"""Tiles kept in memory, up to a bound: what was asked for least recently goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Generic, TypeVar

Kept = TypeVar("Kept", bound=Sized)
# What Python needs for a key, its entry and the object around the bytes.
ENTRY_BYTES: Final = 400


@dataclass
class _Turn:
    """Those who want the same thing that is not there yet."""

    lock: Lock = field(default_factory=Lock)
    waiting: int = 0


class Memory(Generic[Kept]):
    """A bounded memory that threads share; of what is kept, `len` tells how many bytes it takes.

    Parameters
    ----------
    most_bytes
        What all entries take together at most; 0 keeps nothing.

    Notes
    -----
    The key of an entry names all that makes it differ, so that none is ever stale.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._held = 0
        self._entries: OrderedDict[Hashable, Kept] = OrderedDict()
        self._turns: dict[Hashable, _Turn] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def held_bytes(self) -> int:
        """What all entries take together."""
        return self._held

    def get(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key, or None; it counts as asked for."""
        with self._lock:
            kept = self._entries.get(key)
            if kept is not None:
                self._entries.move_to_end(key)
            return kept

    def get_or_make(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under a key, or make it.

        Many who ask at once wait for the first: it is made once. Where making it fails,
        whoever made it is told why and the next one tries.
        """
        kept = self.get(key)
        if kept is not None:
            return kept
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.waiting += 1
        try:
            with turn.lock:
                kept = self.get(key)
                if kept is None:
                    kept = make()
                    self._keep(key, kept)
                return kept
        finally:
            with self._lock:
                turn.waiting -= 1
                if turn.waiting == 0:
                    del self._turns[key]

    def _keep(self, key: Hashable, made: Kept) -> None:
        size = len(made) + ENTRY_BYTES
        if size > self.most_bytes:
            return
        with self._lock:
            self._entries[key] = made
            self._held += size
            while self._held > self.most_bytes:
                _, dropped = self._entries.popitem(last=False)
                self._held -= len(dropped) + ENTRY_BYTES

    def forget(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self._held = 0


ByteMemory = Memory[bytes]
