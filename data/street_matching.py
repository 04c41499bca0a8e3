"""After a shift: its track cleaned, matched to streets, and put on grids, by the worker.

A shift that ends, and points that come after its end, ask for it; until it is done the figures of
the shift are provisional. Done twice, it writes the same rows. Nothing is held while it computes:
points that come meanwhile ask again, and are found before anything is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection, Engine, Row, text

from data.database import query
from data.match_queue import MANY, match_later, shift_key
from data.patrols import find_shift, grids_around, read_track
from data.status import refresh_patrol_counters
from data.street_parts import refresh_walked_at, renew_streets
from geo.locate import OUTSIDE, GridIndex
from geo.patrol.shift_track import ShiftTrack, walk_of_shift
from geo.tracks import TrackOnGrids, share_track

_TURNS: Final = 5
_AROUND_DEG: Final = 0.003
"""So far around a track streets are looked at: more than its noise, a few hundred metres."""


@dataclass(frozen=True)
class _Measured:
    """What a shift's track came to."""

    walk: ShiftTrack
    grids: TrackOnGrids
    part_ids: Sequence[int]


def match_waiting(engine: Engine, district_id: int, at: datetime) -> int:
    """Match some shifts that wait for it, the newest first, and queue the rest; how many."""
    with engine.connect() as connection:
        ids = list(
            connection.execute(
                text(
                    "SELECT id FROM shift WHERE district_id = :district_id"
                    " AND match_done < match_asked ORDER BY started_at DESC LIMIT :many"
                ),
                {"district_id": district_id, "many": MANY},
            ).scalars()
        )
    for shift_id in ids:
        match_shift(engine, district_id, shift_id, at)
    if len(ids) == MANY:
        with engine.begin() as connection:
            match_later(connection, district_id)
    return len(ids)


def match_shift(engine: Engine, district_id: int, shift_id: UUID, at: datetime) -> bool:
    """Clean and match the track of a shift that has ended; whether its figures are final now."""
    for _ in range(_TURNS):
        with engine.begin() as connection:
            shift = find_shift(connection, district_id, shift_id)
            if shift is None or not shift.tracked or shift.ended_at is None:
                return False
            renew_streets(connection, district_id, at)
            measured = _measure(connection, shift)
        with engine.begin() as connection:
            now = find_shift(connection, district_id, shift_id, lock=True)
            if now is not None and now.match_asked == shift.match_asked:
                _write(connection, now, measured, at)
                return True
    return False


def _measure(connection: Connection, shift: Row[Any]) -> _Measured | None:
    points = read_track(connection, shift)
    if not points:
        return None
    time = np.array([point.time_s for point in points])
    lon = np.array([point.lon for point in points])
    lat = np.array([point.lat for point in points])
    accuracy = np.array([point.accuracy_m for point in points], dtype=np.float64)
    rows = connection.execute(
        query("parts_around"),
        {
            "district_id": shift.district_id,
            "west": float(lon.min()) - _AROUND_DEG,
            "south": float(lat.min()) - _AROUND_DEG,
            "east": float(lon.max()) + _AROUND_DEG,
            "north": float(lat.max()) + _AROUND_DEG,
        },
    ).all()
    lines = shapely.from_wkb(np.array([row.geometry for row in rows], dtype=object))
    walk = walk_of_shift(time, lon, lat, accuracy, lines)
    believed = walk.believed
    index = GridIndex(*grids_around(connection, shift, lon, lat))
    unknown = np.full(len(believed), np.nan)
    grids = share_track(time[believed], walk.lon, walk.lat, unknown, index)
    return _Measured(walk, grids, [row.id for row in rows])


def _write(
    connection: Connection, shift: Row[Any], measured: _Measured | None, at: datetime
) -> None:
    connection.execute(
        text(
            "UPDATE shift SET match_done = match_asked WHERE district_id = :district_id"
            " AND shift_day = :shift_day AND id = :shift_id"
        ),
        shift_key(shift),
    )
    if measured is None:
        return
    walk, grids = measured.walk, measured.grids
    connection.execute(
        text(
            "UPDATE shift SET seconds = :seconds, metres = :metres, gap_seconds = :gap_seconds,"
            " left_out = :left_out, standing_seconds = :standing WHERE district_id = :district_id"
            " AND shift_day = :shift_day AND id = :shift_id"
        ),
        {
            **shift_key(shift),
            "seconds": grids.total_s,
            "metres": walk.length_m,
            "gap_seconds": grids.gap_s + grids.jump_s,
            "left_out": len(walk.flags) - len(walk.believed),
            "standing": walk.standing_s,
        },
    )
    _write_grids(connection, shift, measured, at)
    changed = connection.execute(
        query("put_street_walks"),
        {
            **shift_key(shift),
            "parts": [measured.part_ids[i] for i in walk.part.tolist()],
            "shares": walk.share.tolist(),
            "times": [_moment(time_s) for time_s in walk.walked_s.tolist()],
        },
    ).scalars()
    refresh_walked_at(connection, shift.district_id, list(changed))


def _write_grids(
    connection: Connection, shift: Row[Any], measured: _Measured, at: datetime
) -> None:
    grids = measured.grids
    inside = grids.grid_ids != OUTSIDE
    # Shared over grids are the metres along streets, as the cleaned fixes lie in them.
    scale = measured.walk.length_m / grids.total_m if grids.total_m > 0 else 0.0
    touched = set(
        connection.execute(
            text(
                "DELETE FROM shift_grid WHERE district_id = :district_id"
                " AND shift_day = :shift_day AND shift_id = :shift_id RETURNING grid_id"
            ),
            shift_key(shift),
        ).scalars()
    )
    shares = {
        "grids": grids.grid_ids[inside].tolist(),
        "seconds": grids.seconds[inside].tolist(),
        "metres": (grids.metres[inside] * scale).tolist(),
    }
    connection.execute(query("share_shift_grids"), {**shift_key(shift), **shares})
    refresh_patrol_counters(
        connection,
        at,
        district_id=shift.district_id,
        grid_ids=sorted(touched | {*shares["grids"]}),
    )


def _moment(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)
