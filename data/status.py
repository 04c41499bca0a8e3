"""Status per grid, kept with each change so that a map never counts, and recounted on demand.

`open` is every case that is neither closed nor void; `overdue` and `handled` are parts of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from casework.states import HANDLED, OPEN, State
from data.database import query

PATROL_S: Final = 60.0
"""A shift counts as a patrol of a grid from so many seconds in it; less is passing by."""
OVERDUE_BATCH: Final = 5000


@dataclass(frozen=True)
class Counts:
    """What one case adds to its grid."""

    open: int = 0
    overdue: int = 0
    handled: int = 0
    closed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.open + other.open,
            self.overdue + other.overdue,
            self.handled + other.handled,
            self.closed + other.closed,
        )

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(
            self.open - other.open,
            self.overdue - other.overdue,
            self.handled - other.handled,
            self.closed - other.closed,
        )


def counts_of(state: State | None, *, overdue: bool) -> Counts:
    """What a case in this state adds to its grid."""
    return Counts(
        open=int(state in OPEN),
        overdue=int(overdue),
        handled=int(state in HANDLED),
        closed=int(state == "closed"),
    )


def change_counts(
    connection: Connection,
    district_id: int,
    changes: dict[int, Counts],
    area_path: str,
    last_case_at: datetime | None,
) -> None:
    """Add to the counters of grids, in the transaction of the event that causes it.

    Parameters
    ----------
    changes
        Grid id → what to add.
    area_path
        Path of the area the grids lie in, for a grid that has no counters yet.
    last_case_at
        Our clock when a case was last reported there; None: not by this.
    """
    # Always in the same order, so that two writers never wait for each other.
    for grid_id in sorted(changes):
        delta = changes[grid_id]
        values = {
            "district_id": district_id,
            "grid_id": grid_id,
            "area_path": area_path,
            "open": delta.open,
            "overdue": delta.overdue,
            "handled": delta.handled,
            "closed": delta.closed,
            "last_case_at": last_case_at,
        }
        if connection.execute(_ADD, values).rowcount == 0:
            connection.execute(_BEGIN, values)
            connection.execute(_ADD, values)


_ADD = text(
    "UPDATE grid_status SET open_cases = open_cases + :open,"
    " overdue_cases = overdue_cases + :overdue, handled_cases = handled_cases + :handled,"
    " closed_cases = closed_cases + :closed,"
    " last_case_at = greatest(last_case_at, :last_case_at), changed_in = pg_current_xact_id()"
    " WHERE district_id = :district_id AND grid_id = :grid_id"
)
_BEGIN = text(
    "INSERT INTO grid_status (district_id, grid_id, area_path)"
    " VALUES (:district_id, :grid_id, CAST(:area_path AS ltree)) ON CONFLICT DO NOTHING"
)


_HOLD = text(
    "SELECT 1 FROM grid_status"
    " WHERE (CAST(:district_id AS integer) IS NULL OR district_id = :district_id)"
    " AND (CAST(:grid_ids AS bigint[]) IS NULL OR grid_id = ANY(:grid_ids))"
    " ORDER BY district_id, grid_id FOR NO KEY UPDATE"
)


_HOLD_AREAS = text(
    "SELECT 1 FROM area_version WHERE district_id = :district_id"
    " AND area_path = ANY(CAST(:paths AS ltree[]))"
    ' ORDER BY CAST(area_path AS text) COLLATE "C" FOR NO KEY UPDATE'
)


def hold_counts(
    connection: Connection, district_id: int, grid_ids: Iterable[int], paths: Iterable[str]
) -> None:
    """Keep counters of grids, then of areas, for whoever changes several one after the other."""
    connection.execute(_HOLD, {"district_id": district_id, "grid_ids": sorted(grid_ids)})
    connection.execute(_HOLD_AREAS, {"district_id": district_id, "paths": sorted(paths)})


def bump_areas(connection: Connection, district_id: int, paths: Iterable[str]) -> None:
    """Count one more change of what is shown of these areas."""
    for path in sorted(set(paths)):
        connection.execute(
            text(
                "INSERT INTO area_version (district_id, area_id, area_path, version)"
                " SELECT a.district_id, a.id, a.path, 1 FROM area AS a"
                " WHERE a.district_id = :district_id AND a.path = CAST(:path AS ltree)"
                " ON CONFLICT (district_id, area_id)"
                " DO UPDATE SET version = area_version.version + 1"
            ),
            {"district_id": district_id, "path": path},
        )


def mark_overdue(connection: Connection, at: datetime) -> int:
    """Mark the cases whose deadline has passed, and count them; safe to repeat.

    Returns
    -------
    int
        Cases newly overdue. Equal to `OVERDUE_BATCH` when there may be more: call again, in
        another transaction.
    """
    found = connection.execute(query("mark_overdue"), {"at": at, "batch": OVERDUE_BATCH}).all()
    # In the order in which every writer takes the counters of grids.
    for row in sorted(found, key=lambda row: (row.district_id, row.grid_id or 0)):
        if row.grid_id is not None:
            change = {row.grid_id: Counts(overdue=row.cases)}
            change_counts(connection, row.district_id, change, row.area_path, None)
    for district_id in sorted({row.district_id for row in found}):
        paths = [row.area_path for row in found if row.district_id == district_id]
        bump_areas(connection, district_id, paths)
    return sum(row.cases for row in found)


def refresh_patrol_counters(
    connection: Connection,
    at: datetime,
    *,
    district_id: int | None = None,
    grid_ids: Sequence[int] | None = None,
) -> int:
    """Bring the patrols of the last 30 days up to date; safe to repeat.

    Parameters
    ----------
    district_id, grid_ids
        Only these; None: all.

    Returns
    -------
    int
        Grids whose counters changed.
    """
    chosen = {
        "district_id": district_id,
        "grid_ids": None if grid_ids is None else sorted(grid_ids),
    }
    # Rows are locked in one order first: an UPDATE takes them as they come, and two shifts that
    # end at once on the same grids would wait for each other.
    connection.execute(_HOLD, chosen)
    changed = connection.execute(
        query("refresh_patrol_counters"),
        {
            "at": at,
            "patrol_s": PATROL_S,
            **chosen,
        },
    ).all()
    for touched in sorted({row.district_id for row in changed}):
        paths = [row.area_path for row in changed if row.district_id == touched]
        bump_areas(connection, touched, paths)
    return len(changed)
