"""Who listens, and who of them may see a thing: found by its place, not by asking everybody."""

import asyncio
from collections import deque
from collections.abc import Hashable, Iterator
from typing import Final, Generic, TypeVar
from uuid import UUID

from api.live import events
from api.permissions import Caller
from data.changed_cases import Standing
from data.scope import Places, Scope

Value = TypeVar("Value", bound=Hashable)
# A client that has so much unread is told to load everything anew instead.
MOST_UNREAD_BYTES: Final = 512 * 1024


class Listener:
    """One open stream: whose it is, what he may see, and what he has not read yet.

    Belongs to the event loop; no thread touches it.
    """

    def __init__(self, token: str, caller: Caller, grids: Places, cases: Scope) -> None:
        self.token = token
        self.caller = caller
        self.grids = grids
        self.cases = cases
        self.ended = False
        self._unread: deque[bytes] = deque()
        self._unread_bytes = 0
        self._arrived = asyncio.Event()

    def put(self, chunk: bytes) -> None:
        """Let the client read this next."""
        if self.ended:
            return
        if self._unread_bytes + len(chunk) > MOST_UNREAD_BYTES:
            self._unread.clear()
            self._unread_bytes = 0
            chunk = events.look_again(*events.EVERYTHING)
        self._unread.append(chunk)
        self._unread_bytes += len(chunk)
        self._arrived.set()

    def end(self, last: bytes) -> None:
        """Let the client read this at last."""
        self.put(last)
        self.ended = True

    async def read(self) -> bytes:
        """Wait until there is something, and take all of it; empty when the stream has ended."""
        if not self._unread and not self.ended:
            await self._arrived.wait()
        self._arrived.clear()
        chunk = b"".join(self._unread)
        self._unread.clear()
        self._unread_bytes = 0
        return chunk


class PlaceIndex(Generic[Value]):
    """Values by the places that they see."""

    def __init__(self) -> None:
        self._by_path: dict[str, set[Value]] = {}
        self._by_grid: dict[int, set[Value]] = {}

    def add(self, places: Places, value: Value) -> None:
        """Let a value see these places."""
        for path in places.area_paths:
            self._by_path.setdefault(path, set()).add(value)
        for grid_id in places.grid_ids:
            self._by_grid.setdefault(grid_id, set()).add(value)

    def remove(self, places: Places, value: Value) -> None:
        """Let a value see these places no longer."""
        for path in places.area_paths:
            _drop(self._by_path, path, value)
        for grid_id in places.grid_ids:
            _drop(self._by_grid, grid_id, value)

    def seeing(self, area_path: str | None, grid_id: int | None) -> set[Value]:
        """Values that see what lies in an area or in a grid."""
        found: set[Value] = set()
        for path in _upwards(area_path or ""):
            found |= self._by_path.get(path, set())
        if grid_id is not None:
            found |= self._by_grid.get(grid_id, set())
        return found


def _upwards(area_path: str) -> Iterator[str]:
    """The area itself and all that it lies in."""
    while area_path:
        yield area_path
        area_path = area_path.rpartition(".")[0]


Key = TypeVar("Key", bound=Hashable)


def _drop(sets: dict[Key, set[Value]], key: Key, value: Value) -> None:
    held = sets[key]
    held.discard(value)
    if not held:
        del sets[key]


class Audience:
    """All listeners of one district."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        # Many see the same grids: what they are told is made once.
        self.groups: dict[Places, set[Listener]] = {}
        self._grids: PlaceIndex[Places] = PlaceIndex()
        self._cases: PlaceIndex[Listener] = PlaceIndex()
        self._of_unit: dict[int, set[Listener]] = {}
        self._of_account: dict[UUID, set[Listener]] = {}

    def join(self, listener: Listener) -> None:
        """Begin to tell a listener."""
        self.listeners.add(listener)
        if listener.grids not in self.groups:
            self._grids.add(listener.grids, listener.grids)
        self.groups.setdefault(listener.grids, set()).add(listener)
        self._cases.add(listener.cases.places, listener)
        if listener.cases.unit_id is not None:
            self._of_unit.setdefault(listener.cases.unit_id, set()).add(listener)
        self._of_account.setdefault(listener.caller.account_id, set()).add(listener)

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing more."""
        self.listeners.discard(listener)
        _drop(self.groups, listener.grids, listener)
        if listener.grids not in self.groups:
            self._grids.remove(listener.grids, listener.grids)
        self._cases.remove(listener.cases.places, listener)
        if listener.cases.unit_id is not None:
            _drop(self._of_unit, listener.cases.unit_id, listener)
        _drop(self._of_account, listener.caller.account_id, listener)

    def groups_seeing(self, area_path: str, grid_id: int) -> set[Places]:
        """Groups that see a grid."""
        return self._grids.seeing(area_path, grid_id)

    def seeing_case(self, standing: Standing, reported_by: UUID) -> set[Listener]:
        """Listeners who may see a case that stands so."""
        found = self._cases.seeing(standing.area_path, standing.grid_id)
        if standing.unit_id is not None:
            found |= self._of_unit.get(standing.unit_id, set())
        return found | self._of_account.get(reported_by, set())
