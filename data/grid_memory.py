"""Grids in memory: in which of them many points lie, without asking the database for each.

An index of a district's grids is kept in the process for as long as they stay as they are. Which
state that is, the row of the layer `grids` says, which every publication writes: it is read before
each use, and a transaction that writes what it found holds it until its end, so that nothing is
put into a grid that ended meanwhile.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, Engine

from data.database import query
from geo.locate import GridIndex, IdArray

BYTES_PER_CORNER: Final = 80
"""What a corner of an outline takes with its share of the tree and of the prepared shape."""
DEFAULT_MB: Final = 512


@dataclass(frozen=True)
class GridState:
    """How a district's grids stand: how often they were changed, and by which transaction last.

    The transaction counts, since one that is rolled back gives its version to another.
    """

    version: int
    written_in: int


@dataclass(frozen=True)
class KeptGrids:
    """The grids of a district that are in force on some days.

    Attributes
    ----------
    first_day, end_day
        In force from the one until before the other; None: without a bound.
    index
        Grids in the order of their ids.
    """

    state: GridState
    first_day: date | None
    end_day: date | None
    index: GridIndex
    _turn: Any = field(default_factory=Lock, repr=False, compare=False)

    def holds(self, day: date) -> bool:
        """Whether these are the grids of a day."""
        begun = self.first_day is None or self.first_day <= day
        return begun and (self.end_day is None or day < self.end_day)

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> IdArray:
        """Find the grid of each point; as `geo.locate.GridIndex.locate`, from any thread."""
        # Prepared shapes complete themselves when they are first used, which two must not do.
        with self._turn:
            return self.index.locate(lon, lat)

    def shapes_of(self, grid_ids: Sequence[int]) -> npt.NDArray[np.object_]:
        """Outlines of those of the grids that are in force."""
        ids = self.index.ids
        place = np.searchsorted(ids, grid_ids)
        there = place[place < len(ids)]
        return self.index.polygons[there[np.isin(ids[there], grid_ids)]]

    @property
    def size_bytes(self) -> int:
        """Memory they take, estimated."""
        return int(shapely.get_num_coordinates(self.index.polygons).sum()) * BYTES_PER_CORNER


class GridMemory:
    """Indexes of grids, as many as fit; those that were not used for longest go first.

    Parameters
    ----------
    most_mb
        Memory they may take together, in MiB; one alone may take more.
    """

    def __init__(self, most_mb: int = DEFAULT_MB) -> None:
        self._most_bytes = most_mb * 1024 * 1024
        self._kept: OrderedDict[tuple[int, date | None], KeptGrids] = OrderedDict()
        self._change = Lock()
        self.loading = Lock()

    def find(self, district_id: int, state: GridState, day: date) -> KeptGrids | None:
        """Return the grids of a day in a state, or None where they are not in memory."""
        with self._change:
            for key, kept in self._kept.items():
                if key[0] == district_id and kept.state == state and kept.holds(day):
                    self._kept.move_to_end(key)
                    return kept
        return None

    def keep(self, district_id: int, kept: KeptGrids) -> None:
        """Keep an index; those of the district in another state go, and old ones for room."""
        with self._change:
            for key, other in list(self._kept.items()):
                if key[0] == district_id and other.state != kept.state:
                    del self._kept[key]
            self._kept[district_id, kept.first_day] = kept
            taken = {key: each.size_bytes for key, each in self._kept.items()}
            while len(self._kept) > 1 and sum(taken.values()) > self._most_bytes:
                del taken[self._kept.popitem(last=False)[0]]

    def __len__(self) -> int:
        """How many indexes there are."""
        return len(self._kept)


_MEMORIES: WeakKeyDictionary[Engine, GridMemory] = WeakKeyDictionary()
_OPENING: Final = Lock()


def memory_of(engine: Engine, most_mb: int = DEFAULT_MB) -> GridMemory:
    """Return the memory of grids that belongs to an engine; it goes with it.

    Parameters
    ----------
    most_mb
        Its bound when it is made, that is at the first call.
    """
    with _OPENING:
        memory = _MEMORIES.get(engine)
        if memory is None:
            memory = _MEMORIES[engine] = GridMemory(most_mb)
        return memory


def find_kept(connection: Connection, district_id: int, on: date) -> KeptGrids | None:
    """Return the grids of a day if they are in memory, as they stand now."""
    state = _read_state(connection, district_id, hold=False)
    return memory_of(connection.engine).find(district_id, state, on)


def grids_of_day(
    connection: Connection, district_id: int, on: date, *, hold: bool = False
) -> KeptGrids:
    """Return the grids in force on a day, from memory where it has them.

    Parameters
    ----------
    hold
        Keep the grids as they are until this transaction ends: for whoever writes what he finds.
        Publications wait for it; and it for them, then with the grids they brought.
    """
    memory = memory_of(connection.engine)
    state = _read_state(connection, district_id, hold=hold)
    kept = memory.find(district_id, state, on)
    if kept is not None:
        return kept
    # Whoever loads waits for nobody's transaction: the row is held, if at all, before.
    with memory.loading:
        while kept is None:
            kept = memory.find(district_id, state, on)
            if kept is None:
                loaded = _load(connection, district_id, on, state)
                state = state if hold else _read_state(connection, district_id, hold=False)
                if loaded.state == state:
                    memory.keep(district_id, loaded)
                    kept = loaded
    return kept


def _read_state(connection: Connection, district_id: int, *, hold: bool) -> GridState:
    asked = {"district_id": district_id}
    row = connection.execute(query("grids_held" if hold else "grids_state"), asked).one_or_none()
    # Nothing was published yet.
    return GridState(0, 0) if row is None else GridState(row.version, row.written_in)


def _load(connection: Connection, district_id: int, on: date, state: GridState) -> KeptGrids:
    asked = {"district_id": district_id, "on": on}
    days = connection.execute(query("days_of_grids"), asked).one()
    rows = connection.execute(query("grids_of_day"), asked).all()
    shapes = np.array([row.geometry for row in rows], dtype=object)
    index = GridIndex([row.grid_id for row in rows], shapely.from_wkb(shapes))
    return KeptGrids(state, days.first_day, days.end_day, index)
