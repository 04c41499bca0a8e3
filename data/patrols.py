"""Patrols in the database: shifts, their track points, and what they come to in each grid.

A track exists only between "start duty" and "end duty" and near the duty's grids; every other
point is refused with a reason and never stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, Row, select, text, update
from sqlalchemy.dialects.postgresql import insert

from data.database import query
from data.match_queue import ask_match
from data.schema import Shift, ShiftGrid
from data.status import refresh_patrol_counters
from geo.locate import OUTSIDE, GridIndex
from geo.tracks import TrackOnGrids, share_track

LONGEST_SHIFT: Final = timedelta(hours=24)
NEAR_DUTY_M: Final = 200.0
CLOCK_AHEAD: Final = timedelta(minutes=10)
"""How far a phone's clock may run ahead of ours."""
FIRST_TIMED_SEQ: Final = 1_000_000_000
_METRES_PER_DEGREE: Final = 111_320.0

RefusalReason = Literal["before-start", "after-end", "in-future", "far-from-duty", "too-old"]


class PatrolError(Exception):
    """A shift cannot be begun, ended or added to as asked."""


class UnknownGridError(PatrolError):
    """The duty names a grid that is not in force."""


class ShiftExistsError(PatrolError):
    """A shift with this id was begun before."""


class NotTrackedError(PatrolError):
    """This kind of duty keeps no track."""


class ShiftEndedError(PatrolError):
    """The shift was ended before, at `ended_at`."""

    def __init__(self, ended_at: datetime) -> None:
        super().__init__(ended_at.isoformat())
        self.ended_at = ended_at


class ShiftTimeError(PatrolError):
    """A shift would end before it began, or last longer than a day."""


@dataclass(frozen=True)
class NewShift:
    """A stretch of duty that begins."""

    id: UUID
    account_id: UUID
    kind: str
    grid_ids: tuple[int, ...]
    tracked: bool
    started_at: datetime
    source: str = "phone"


@dataclass(frozen=True)
class Fix:
    """One position of a track, WGS 84 degrees; `seq` is the phone's count of it."""

    seq: int
    occurred_at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a batch of points."""

    accepted: int
    duplicates: int
    refused: tuple[tuple[int, RefusalReason], ...]


def seq_of_moment(at: datetime, started_at: datetime) -> int:
    """The number of a fix that no phone has counted: its tenth of a second in the shift.

    The same fix has the same number in whatever it comes; all of them lie above what phones count.
    """
    return FIRST_TIMED_SEQ + round((at - started_at) / timedelta(milliseconds=100))


def find_shift(
    connection: Connection, district_id: int, shift_id: UUID, *, lock: bool = False
) -> Row[Any] | None:
    """A shift's row, or None; with `lock` nobody else changes it before this transaction ends."""
    asked = select(Shift).where(Shift.district_id == district_id, Shift.id == shift_id)
    return connection.execute(asked.with_for_update() if lock else asked).one_or_none()


def begin_shift(connection: Connection, district_id: int, new: NewShift, at: datetime) -> None:
    """Begin a shift; its day, fixed from now on, is the one it starts in the district.

    Raises
    ------
    UnknownGridError, ShiftExistsError, ShiftTimeError
    """
    if new.started_at > at + CLOCK_AHEAD:
        raise ShiftTimeError("a shift begins now or began before")
    day = connection.execute(
        query("shift_day"),
        {"district_id": district_id, "at": new.started_at, "grid_ids": sorted({*new.grid_ids})},
    ).one()
    if day.grids != len({*new.grid_ids}) or not new.grid_ids:
        raise UnknownGridError("the duty names a grid that is not in force")
    connection.execute(text("SELECT make_track_week(:day)"), {"day": day.day})
    begun = connection.execute(
        insert(Shift)
        .on_conflict_do_nothing()
        .values(
            district_id=district_id,
            shift_day=day.day,
            id=new.id,
            account_id=new.account_id,
            kind=new.kind,
            grid_ids=list(new.grid_ids),
            tracked=new.tracked,
            source=new.source,
            started_at=new.started_at,
            received_at=at,
        )
        .returning(Shift.id)
    ).scalar()
    if begun is None:
        raise ShiftExistsError(str(new.id))


def add_points(
    connection: Connection, shift: Row[Any], fixes: Sequence[Fix], at: datetime
) -> Taken:
    """Add a batch of points to a shift; the same `seq` again is a duplicate and changes nothing.

    Points that come after the shift was ended (a phone that had no net) are taken when they lie
    within it, and the shares of the grids are worked out anew.

    Raises
    ------
    NotTrackedError
    """
    if not shift.tracked:
        raise NotTrackedError(str(shift.id))
    if not fixes:
        return Taken(0, 0, ())
    if shift.track_kept != "whole":
        # What the shift came to was worked out from a track that is not whole any more.
        return Taken(0, 0, tuple((fix.seq, "too-old") for fix in fixes))
    lon = np.array([fix.lon for fix in fixes])
    lat = np.array([fix.lat for fix in fixes])
    ids, shapes = grids_around(connection, shift, lon, lat)
    index = GridIndex(ids, shapes)
    far = far_from(shapes[np.isin(ids, shift.grid_ids)], lon, lat)
    reasons = [
        "far-from-duty" if away and why is None else why
        for away, why in zip(far, (_untimely(fix, shift, at) for fix in fixes), strict=True)
    ]
    grid_ids = index.locate(lon, lat)
    taken = [i for i, why in enumerate(reasons) if why is None]
    refused = tuple(
        (fix.seq, why) for fix, why in zip(fixes, reasons, strict=True) if why is not None
    )
    accepted = _insert_points(
        connection,
        shift,
        at,
        {
            "seqs": [fixes[i].seq for i in taken],
            "times": [fixes[i].occurred_at for i in taken],
            "lons": [fixes[i].lon for i in taken],
            "lats": [fixes[i].lat for i in taken],
            "accuracies": [fixes[i].accuracy_m for i in taken],
            "grids": [None if grid_ids[i] == OUTSIDE else int(grid_ids[i]) for i in taken],
        },
    )
    if accepted and shift.ended_at is not None:
        share_over_grids(connection, shift, shift.ended_at, at)
        ask_match(connection, shift, at)
    return Taken(accepted, len(taken) - accepted, refused)


def end_shift(
    connection: Connection,
    shift: Row[Any],
    ended_at: datetime,
    at: datetime,
    *,
    refresh: bool = True,
) -> set[int]:
    """End a shift and share its seconds and metres over the grids, until its track is matched.

    Parameters
    ----------
    refresh
        Bring the counters of grids along; False where the caller does so after many shifts.

    Returns
    -------
    set of int
        Grids whose counters are concerned.

    Raises
    ------
    ShiftEndedError, ShiftTimeError
    """
    if shift.ended_at is not None:
        raise ShiftEndedError(shift.ended_at)
    if not shift.started_at <= ended_at <= shift.started_at + LONGEST_SHIFT:
        raise ShiftTimeError("a shift ends after it began and within a day")
    connection.execute(_of(update(Shift), shift).values(ended_at=ended_at))
    touched = share_over_grids(connection, shift, ended_at, at, refresh=refresh)
    if shift.tracked:
        ask_match(connection, shift, at, bulk=not refresh)
    return touched


def share_over_grids(
    connection: Connection,
    shift: Row[Any],
    ended_at: datetime,
    at: datetime,
    *,
    refresh: bool = True,
) -> set[int]:
    """Work out what a shift comes to in each grid, from its points, and bring counters along.

    A shift without a track is taken at its word: it was in each of its grids, for no measured
    time. Returns the grids whose counters are concerned.
    """
    before = connection.execute(
        _of(select(ShiftGrid.grid_id), shift, ShiftGrid, "shift_id")
    ).scalars()
    touched = set(before)
    connection.execute(text(_DELETE_SHARES), _key(shift))
    if shift.tracked:
        touched |= _share_track(connection, shift)
    else:
        touched |= set(shift.grid_ids)
        connection.execute(
            query("declare_shift_grids"),
            {**_key(shift), "grids": sorted({*shift.grid_ids}), "at": ended_at},
        )
    if refresh:
        refresh_patrol_counters(
            connection, at, district_id=shift.district_id, grid_ids=sorted(touched)
        )
    return touched


def read_track(connection: Connection, shift: Row[Any]) -> Sequence[Row[Any]]:
    """All points of a shift by time: `time_s` since 1970, `lon`, `lat`, `accuracy_m`, `grid_id`."""
    return connection.execute(query("track_of_shift"), _key(shift)).all()


def measure(points: Sequence[Row[Any]], index: GridIndex) -> TrackOnGrids:
    """Share a track over grids; see `geo.tracks.share_track`."""
    return share_track(
        [point.time_s for point in points],
        [point.lon for point in points],
        [point.lat for point in points],
        [np.nan if point.accuracy_m is None else point.accuracy_m for point in points],
        index,
    )


def grids_around(connection: Connection, shift: Row[Any], lon: Any, lat: Any) -> tuple[Any, Any]:
    """Grids in force on the shift's day that its own duty names or that lie around points.

    Returns
    -------
    ids, polygons
        numpy arrays of int64 and of shapely geometries.
    """
    rows = connection.execute(
        query("grids_around"),
        {
            "district_id": shift.district_id,
            "day": shift.shift_day,
            "grid_ids": shift.grid_ids,
            "west": float(np.min(lon)),
            "south": float(np.min(lat)),
            "east": float(np.max(lon)),
            "north": float(np.max(lat)),
        },
    ).all()
    ids = np.array([row.grid_id for row in rows], dtype=np.int64)
    return ids, shapely.from_wkb(np.array([row.geometry for row in rows], dtype=object))


def _untimely(fix: Fix, shift: Row[Any], at: datetime) -> RefusalReason | None:
    latest = shift.ended_at or shift.started_at + LONGEST_SHIFT
    if fix.occurred_at < shift.started_at:
        return "before-start"
    if fix.occurred_at > latest:
        return "after-end"
    return "in-future" if fix.occurred_at > at + CLOCK_AHEAD else None


def far_from(duty: Any, lon: Any, lat: Any) -> Any:
    """Whether points lie farther than `NEAR_DUTY_M` from all grids of the duty."""
    # Metres on a plane around the place: good to a per mille over some kilometres.
    scale = np.array([np.cos(np.radians(np.mean(lat))), 1.0]) * _METRES_PER_DEGREE
    whole = shapely.transform(shapely.union_all(duty), lambda xy: xy * scale)
    shapely.prepare(whole)
    return ~shapely.dwithin(shapely.points(lon * scale[0], lat * scale[1]), whole, NEAR_DUTY_M)


def _insert_points(
    connection: Connection, shift: Row[Any], at: datetime, columns: dict[str, list[Any]]
) -> int:
    if not columns["seqs"]:
        return 0
    accepted: int = connection.execute(
        query("add_track_points"), {**_key(shift), **columns, "at": at}
    ).scalar_one()
    return accepted


def _share_track(connection: Connection, shift: Row[Any]) -> set[int]:
    points = read_track(connection, shift)
    if not points:
        return set()
    lon = [point.lon for point in points]
    lat = [point.lat for point in points]
    index = GridIndex(*grids_around(connection, shift, lon, lat))
    track = measure(points, index)
    connection.execute(
        _of(update(Shift), shift).values(
            seconds=track.total_s, metres=track.total_m, gap_seconds=track.gap_s + track.jump_s
        )
    )
    inside = track.grid_ids != OUTSIDE
    shares = {
        "grids": track.grid_ids[inside].tolist(),
        "seconds": track.seconds[inside].tolist(),
        "metres": track.metres[inside].tolist(),
    }
    connection.execute(query("share_shift_grids"), {**_key(shift), **shares})
    return set(shares["grids"])


_DELETE_SHARES = (
    "DELETE FROM shift_grid WHERE district_id = :district_id AND shift_day = :shift_day"
    " AND shift_id = :shift_id"
)


def _key(shift: Row[Any]) -> dict[str, Any]:
    return {
        "district_id": shift.district_id,
        "shift_day": shift.shift_day,
        "shift_id": shift.id,
    }


def _of(statement: Any, shift: Row[Any], table: Any = Shift, name: str = "id") -> Any:
    return statement.where(
        table.district_id == shift.district_id,
        table.shift_day == shift.shift_day,
        getattr(table, name) == shift.id,
    )
