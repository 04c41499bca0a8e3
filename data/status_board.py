"""Status of all grids of a district, kept in the memory of a process and brought up to date.

A hundred thousand grids are read once; from then on only what changed since the last reading is.
Whoever asks is answered from memory, filtered by the places that he may see.
"""

import hashlib
import itertools
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any, Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, CursorResult

from data.database import query
from data.scope import Places
from data.snapshot import Snapshot

Rows = NDArray[np.int32]
"""Numbers of rows of the board, in the order of grid ids."""

# Columns as they are told; -1 in `last_patrol_at` is none.
COLUMNS: Final[dict[str, type[np.generic]]] = {
    "grid_id": np.int64,
    "open": np.int32,
    "overdue": np.int32,
    "handled": np.int32,
    "closed": np.int32,
    "patrols_30d": np.int32,
    "patrol_seconds_30d": np.float64,
    "patrol_metres_30d": np.float64,
    "last_patrol_at": np.int64,
    "households": np.int32,
}
_STAMP: Final = "changed_in"
_PATH: Final = "area_path"
Read = Mapping[str, NDArray[Any]]
"""Columns as they were read."""

NEVER: Final = -1
MOST_SELECTIONS: Final = 1_000
# A notice may be lost, and a day ends without one: after so long the board is read again.
CURRENT_FOR_S: Final = 5.0
# After a change elsewhere was heard of, who may be told a little late is told what was read before.
BEHIND_S: Final = 1.0


@dataclass(frozen=True)
class Told:
    """An answer: which rows, whether they are all, and the cursor for what comes next.

    Parameters
    ----------
    version
        Differs whenever what is told to the same question does.
    """

    cursor: str
    full: bool
    rows: Rows
    version: str


class StatusBoard:
    """The grids in force of one district with their counters; threads share it."""

    def __init__(self, district_id: int) -> None:
        self._district_id = district_id
        # Revisions count changes of this board alone.
        self._serial = uuid4().hex
        # One reads the database; what stands here changes under the lock alone.
        self._reading = Lock()
        self._lock = Lock()
        self._era: tuple[date, int] | None = None
        self._snapshot = Snapshot(0, 0, frozenset())
        self._columns = {name: np.empty(0, kind) for name, kind in COLUMNS.items()}
        self._changed_in = np.empty(0, np.int64)
        self._revisions = np.empty(0, np.int64)
        self._revision = 0
        self._loaded = ""
        self._midnight_s = 0.0
        self._notices = 0
        self._strict_notices = 0
        self._read_notices = -1
        self._read_at_s = 0.0
        # When the first notice came that was not read yet, or somewhat earlier.
        self._behind_since_s = 0.0
        self._asked_at_s = 0.0
        self._paths: list[str] = []
        self._path_of = np.empty(0, np.int32)
        self._selections: OrderedDict[tuple[Places, str | None], Rows] = OrderedDict()

    def bring_up(
        self, connection: Connection, at: datetime, *, unless_current: bool = False
    ) -> None:
        """Read what changed since the last time; everything, when other grids are in force.

        Parameters
        ----------
        unless_current
            Read nothing where nothing was heard of: of many who ask at once, one reads. Only for
            a process that hears notices.
        """
        asked: dict[str, Any] = {"district_id": self._district_id, "at": at}
        with self._reading:
            if unless_current and self.current:
                return
            # A notice that comes from now on may tell of what is not read here.
            notices, begun_s = self._notices, time.monotonic()
            # Read before the rows: whatever commits in between is only read once more.
            mark = connection.execute(query("status_mark"), asked).one()
            era = (mark.day, int(mark.grids_version))
            snapshot = Snapshot.parse(mark.snapshot)
            # A snapshot that lies behind is of another database: a backup was restored.
            same = era == self._era and snapshot.newest >= self._snapshot.newest
            known = self._snapshot if same else None
            asked |= {
                "day": mark.day,
                "known": None if known is None else str(known),
                "oldest": None if known is None else str(known.oldest),
            }
            read = _columns(connection.execute(query("grid_status"), asked))
            # Whoever asks meanwhile waits for this alone, not for the database.
            with self._lock:
                if known is None:
                    self._load(read)
                elif len(read[_STAMP]):
                    self._change(read)
                self._era, self._snapshot = era, snapshot
                self._midnight_s = float(mark.midnight_s)
            self._behind_since_s = begun_s
            self._read_notices, self._read_at_s = notices, begun_s

    def note_change(self, *, elsewhere: bool = False) -> None:
        """Hear that something changed: the board is no longer current.

        Parameters
        ----------
        elsewhere
            Nobody who asks this process knows of it yet: he may be told a little later.
        """
        if self._read_notices == self._notices:
            self._behind_since_s = time.monotonic()
        self._notices += 1
        if not elsewhere:
            self._strict_notices = self._notices

    @property
    def current(self) -> bool:
        """Whether it was read a moment ago, and nothing was heard of since."""
        fresh = time.monotonic() - self._read_at_s < CURRENT_FOR_S
        return fresh and self._read_notices == self._notices

    def may_tell(self) -> bool:
        """Whether to tell what stands here: it is current, or a change elsewhere is being read.

        Not later than `BEHIND_S` after the change was heard of; and what this process itself did
        is told at once. Whoever asks lets the board be kept up (`wanted`).
        """
        now_s = self._asked_at_s = time.monotonic()
        if now_s - self._read_at_s >= CURRENT_FOR_S or self._read_notices < self._strict_notices:
            return False
        return self._read_notices == self._notices or now_s - self._behind_since_s < BEHIND_S

    @property
    def wanted(self) -> bool:
        """Whether somebody asked a moment ago, and there is something to read for him."""
        asked = time.monotonic() - self._asked_at_s < CURRENT_FOR_S
        return asked and self._era is not None and self._read_notices != self._notices

    @property
    def changes(self) -> int:
        """How often anything on the board changed: at the same number, all stands as it stood."""
        return self._revision

    @property
    def loaded(self) -> str:
        """Names the grids on the board: another name whenever all were read anew."""
        return self._loaded

    @property
    def snapshot(self) -> Snapshot:
        """What had been committed when the board was brought up to date."""
        return self._snapshot

    @property
    def era(self) -> tuple[date, int] | None:
        """Day and version of the grids that are on the board; None: it was never filled."""
        return self._era

    def tell(
        self, places: Places, *, area_path: str | None = None, since: str | None = None
    ) -> Told:
        """Tell the status of the grids of some places, or what changed since a cursor.

        Parameters
        ----------
        area_path
            Only grids at or below this area.
        since
            The cursor of an answer to the same question; one that does not fit (other places,
            another day, other grids, another database) is answered in full.
        """
        with self._lock:
            rows = self._select(places, area_path)
            era = self._name(places, area_path)
            known = self._known(since, era)
            if known is not None:
                rows = rows[known.unseen(self._changed_in[rows])]
            cursor = f"{era}.{self._snapshot.mark}"
            if since is not None and known is not None and not len(rows):
                cursor = since
            version = f"{self._serial}.{era}.{self._revisions[rows].max(initial=0)}"
            return Told(cursor, known is None, rows, version)

    def cursor(self, places: Places) -> str:
        """The cursor of somebody who was told everything that is on the board."""
        with self._lock:
            return f"{self._name(places, None)}.{self._snapshot.mark}"

    def unseen(self, since: Snapshot) -> Rows:
        """The rows that changed after a snapshot was taken."""
        with self._lock:
            return np.flatnonzero(since.unseen(self._changed_in)).astype(np.int32)

    def whereabouts(self, rows: Rows) -> list[tuple[str, int]]:
        """Area path and id of the grid of each row."""
        with self._lock:
            paths = [self._paths[number] for number in self._path_of[rows].tolist()]
            return list(zip(paths, self._columns["grid_id"][rows].tolist(), strict=True))

    def columns(self, rows: Rows) -> dict[str, list[Any]]:
        """What rows say, a list for each of `COLUMNS`."""
        with self._lock:
            # Copies: the board goes on changing while the answer is written.
            taken = {name: values[rows] for name, values in self._columns.items()}
        told: dict[str, list[Any]] = {name: values.tolist() for name, values in taken.items()}
        told["last_patrol_at"] = [None if at == NEVER else at for at in told["last_patrol_at"]]
        return told

    def find(self, places: Places, grid_ids: Sequence[int]) -> tuple[str, Rows]:
        """Find grids on the board: `loaded`, and the row of each; -1 for one not of the places."""
        ids = np.array(grid_ids, np.int64)
        with self._lock:
            rows = self._select(places, None)
            held = self._columns["grid_id"][rows]
            at = np.minimum(np.searchsorted(held, ids), max(len(held) - 1, 0))
            if not len(held):
                return self._loaded, np.full(len(ids), -1, np.int32)
            return self._loaded, np.where(held[at] == ids, rows[at], -1).astype(np.int32)

    def revision(self, loaded: str, rows: Rows) -> int | None:
        """The number of the latest change of some rows; None: other grids are on the board now."""
        with self._lock:
            return None if loaded != self._loaded else int(self._revisions[rows].max(initial=0))

    def take(self, loaded: str, rows: Rows) -> tuple[int, dict[str, NDArray[Any]], float] | None:
        """Take rows as arrays, with their revision and when the day began (seconds since 1970).

        None: other grids are on the board than those that `rows` were found among.
        """
        with self._lock:
            if loaded != self._loaded:
                return None
            taken = {name: values[rows] for name, values in self._columns.items()}
            return int(self._revisions[rows].max(initial=0)), taken, self._midnight_s

    def _load(self, read: Read) -> None:
        self._columns = {name: read[name] for name in COLUMNS}
        self._changed_in = read[_STAMP]
        paths = read[_PATH].tolist()
        self._paths = sorted(set(paths))
        number = {path: i for i, path in enumerate(self._paths)}
        self._path_of = np.array([number[path] for path in paths], np.int32)
        self._revisions = np.full(len(self._changed_in), self._revision + 1, np.int64)
        self._revision += 1
        self._loaded = f"{self._serial}.{self._revision}"
        self._selections.clear()

    def _change(self, read: Read) -> None:
        ids, held = read["grid_id"], self._columns["grid_id"]
        numbers = np.searchsorted(held, ids)
        # A grid that is not on the board came into force just now: the next reading is a full one.
        there = np.flatnonzero(numbers < len(held))
        there = there[held[numbers[there]] == ids[there]]
        if not len(there):
            return
        for name in COLUMNS:
            self._columns[name][numbers[there]] = read[name][there]
        self._changed_in[numbers[there]] = read[_STAMP][there]
        self._revisions[numbers[there]] = self._revision + 1
        self._revision += 1

    def _select(self, places: Places, area_path: str | None) -> Rows:
        key = (places, area_path)
        rows = self._selections.get(key)
        if rows is None:
            seen = self._below(places.area_paths)
            seen |= np.isin(self._columns["grid_id"], places.grid_ids)
            if area_path is not None:
                seen &= self._below((area_path,))
            rows = self._selections[key] = np.flatnonzero(seen).astype(np.int32)
            if len(self._selections) > MOST_SELECTIONS:
                self._selections.popitem(last=False)
        self._selections.move_to_end(key)
        return rows

    def _below(self, area_paths: tuple[str, ...]) -> NDArray[np.bool_]:
        below = [
            any(path == area or path.startswith(f"{area}.") for area in area_paths)
            for path in self._paths
        ]
        return np.array(below, np.bool_)[self._path_of]

    def _name(self, places: Places, area_path: str | None) -> str:
        """Name what a cursor is of: other places, another day or other grids are another's."""
        day, version = self._era or (date.min, 0)
        asked = f"{self._district_id}|{places.area_paths}|{places.grid_ids}|{area_path}"
        digest = hashlib.sha256(asked.encode()).hexdigest()[:12]
        return f"{digest}.{version}.{day:%Y%m%d}"

    def _known(self, since: str | None, era: str) -> Snapshot | None:
        """What was told up to a cursor; None: begin anew."""
        told, _, mark = (since or "").rpartition(".")
        known = Snapshot.read(mark) if told == era else None
        # One that lies ahead was given out by another database, before a restore.
        return known if known is not None and known.newest <= self._snapshot.newest else None


def _columns(told: CursorResult[Any]) -> Read:
    """Read all rows as arrays, one for each column."""
    names, rows = list(told.keys()), told.all()
    turned = zip(*rows, strict=True) if rows else itertools.repeat((), len(names))
    kinds = {**COLUMNS, _STAMP: np.int64, _PATH: np.object_}
    return {name: np.array(read, kinds[name]) for name, read in zip(names, turned, strict=True)}


class StatusBoards:
    """The boards of all districts that somebody asked for."""

    def __init__(self) -> None:
        self._boards: dict[int, StatusBoard] = {}
        self._lock = Lock()

    def of(self, district_id: int) -> StatusBoard:
        """The board of a district; a new one is filled when it is first brought up to date."""
        board = self._boards.get(district_id)
        if board is not None:
            return board
        with self._lock:
            return self._boards.setdefault(district_id, StatusBoard(district_id))

    def note_change(self, *, elsewhere: bool = False) -> None:
        """Hear that something changed, in whichever district."""
        with self._lock:
            for board in self._boards.values():
                board.note_change(elsewhere=elsewhere)

    def wanted(self) -> list[StatusBoard]:
        """Boards that are behind and were asked for a moment ago."""
        with self._lock:
            return [board for board in self._boards.values() if board.wanted]

    def forget(self) -> None:
        """Begin anew, with empty boards."""
        with self._lock:
            self._boards.clear()
