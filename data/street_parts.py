"""Parts of a district's streets, and the grids they belong to: made anew when either changes.

A part depends on how roads are drawn, and on nothing else: a new plan puts it into other grids, and
all that was walked of it stays. Which roads and grids they were made of is kept; whoever needs
them asks first, and the worker does every minute, so that an import, a publication, and a plan that
takes effect by the calendar alone need not think of them.
"""

from datetime import date, datetime
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.dialects.postgresql import insert

from data.database import query
from data.housekeeping import district_ids
from data.layers import district_today, layer_version, layer_versions
from data.schema import StreetState
from geo.metric import local_crs, on_plane
from geo.patrol.parts import cut_parts, parts_in_grids
from geo.patrol.streets import LineArray

NOT_WALKED: Final = (
    *("motorway", "motorway_link", "trunk_link", "construction", "proposed"),
    *("rail", "railway", "light_rail", "narrow_gauge", "subway", "tram", "monorail"),
)
"""Classes of roads on which nobody goes on patrol."""
VISITED_SHARE: Final = 0.5
"""So much of a part must be walked for it to count as visited."""
_DIGITS: Final = 7
"""Of a degree: a centimetre."""
_NEAR_M: Final = 5.0
_M_PER_DEGREE: Final = 111_320.0

LongArray = npt.NDArray[np.int64]


def renew_all_streets(engine: Engine, at: datetime) -> int:
    """Bring the parts of every district along; in how many there was something to do."""
    with engine.connect() as connection:
        districts = district_ids(connection)
    done = 0
    for district_id in districts:
        with engine.begin() as connection:
            done += renew_streets(connection, district_id, at)
    return done


def renew_streets(connection: Connection, district_id: int, at: datetime) -> bool:
    """Bring parts of streets along with roads and grids; whether there was something to do."""
    today = district_today(connection, district_id, at)
    roads, grids = _state(connection, district_id, today)
    if _made_of(connection, district_id) == (roads, grids):
        return False
    connection.execute(
        insert(StreetState)
        .values(district_id=district_id, roads="", grids="", made_at=at)
        .on_conflict_do_nothing()
    )
    # Whoever else makes them now is waited for, and has then done it.
    made = _made_of(connection, district_id, lock=True)
    if made == (roads, grids):
        return False
    if made is None or made[0] != roads:
        _put_parts(connection, district_id, at)
    _put_into_grids(connection, district_id, today)
    connection.execute(
        text(
            "UPDATE street_state SET roads = :roads, grids = :grids, made_at = :at"
            " WHERE district_id = :district_id"
        ),
        {"district_id": district_id, "roads": roads, "grids": grids, "at": at},
    )
    return True


def refresh_walked_at(connection: Connection, district_id: int, parts: list[int]) -> None:
    """Bring along when parts were last visited, after what was walked of them changed."""
    if parts:
        connection.execute(
            query("refresh_walked_at"),
            {"district_id": district_id, "parts": sorted(parts), "visited": VISITED_SHARE},
        )


def _state(connection: Connection, district_id: int, today: date) -> tuple[str, str]:
    """Name the roads and the grids as they are today."""
    roads = str(layer_versions(connection, district_id).get("roads", 0))
    return roads, layer_version(connection, district_id, "grids", today)


def _made_of(
    connection: Connection, district_id: int, *, lock: bool = False
) -> tuple[str, str] | None:
    asked = select(StreetState.roads, StreetState.grids).where(
        StreetState.district_id == district_id
    )
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    return None if row is None else (row.roads, row.grids)


def _put_parts(connection: Connection, district_id: int, at: datetime) -> None:
    rows = connection.execute(
        query("roads_to_walk"), {"district_id": district_id, "not_walked": list(NOT_WALKED)}
    ).all()
    lines = shapely.from_wkb(np.array([row.geometry for row in rows], dtype=object))
    real = np.flatnonzero(~shapely.is_empty(lines) & (shapely.length(lines) > 0))
    columns: dict[str, list[Any]] = {
        name: [] for name in ("digests", "names", "highways", "lengths", "shapes")
    }
    seen: set[bytes] = set()
    if len(real):
        lines = lines[real]
        plane = _plane_of(lines)
        parts = cut_parts(on_plane(lines, plane))
        drawn = shapely.to_wkb(_degrees(parts.lines, plane), byte_order=1)
        for shape, street, length in zip(drawn, parts.street, parts.length_m, strict=True):
            digest = blake2b(shape, digest_size=16).digest()
            # A street that is drawn twice is one.
            if digest not in seen and length > 0:
                seen.add(digest)
                row = rows[real[street]]
                values = (digest, row.name, row.highway, float(length), shape)
                for column, value in zip(columns.values(), values, strict=True):
                    column.append(value)
    changed = connection.execute(
        query("put_street_parts"), {"district_id": district_id, "at": at, **columns}
    ).one()
    if changed.ended and changed.begun:
        connection.execute(
            query("inherit_street_walks"),
            {
                "district_id": district_id,
                "ended": changed.ended,
                "begun": changed.begun,
                "near_deg": _NEAR_M / _M_PER_DEGREE,
            },
        )
        refresh_walked_at(connection, district_id, changed.begun)


def _put_into_grids(connection: Connection, district_id: int, today: date) -> None:
    rows = connection.execute(
        text(
            "SELECT id, ST_AsBinary(geom) AS geometry FROM street_part"
            " WHERE district_id = :district_id AND until IS NULL ORDER BY id"
        ),
        {"district_id": district_id},
    ).all()
    drawn = connection.execute(
        query("grids_of_day"), {"district_id": district_id, "on": today}
    ).all()
    grids: list[int] = []
    parts: list[int] = []
    if rows and drawn:
        lines = shapely.from_wkb(np.array([row.geometry for row in rows], dtype=object))
        shapes = shapely.from_wkb(np.array([row.geometry for row in drawn], dtype=object))
        plane = _plane_of(shapes)
        part, grid = parts_in_grids(on_plane(lines, plane), on_plane(shapes, plane))
        parts = [rows[i].id for i in part.tolist()]
        grids = [drawn[i].grid_id for i in grid.tolist()]
    connection.execute(
        query("put_parts_in_grids"),
        {"district_id": district_id, "grids": grids, "parts": parts},
    )


def _plane_of(shapes: LineArray) -> CRS:
    west, south, east, north = shapely.total_bounds(shapes)
    return local_crs([west, east], [south, north])


def _degrees(lines: LineArray, plane: CRS) -> LineArray:
    """Lines in degrees, rounded so that the same road gives the same part each time."""
    rounded = shapely.transform(
        on_plane(lines, plane, back=True), lambda lonlat: np.round(lonlat, _DIGITS)
    )
    return np.asarray(shapely.normalize(rounded), dtype=np.object_)
