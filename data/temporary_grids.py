"""Temporary grids in the database: draw and list them, find those that hold a point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, text

from data.database import query
from data.layers import touch_layer
from data.scope import Scope

TemporaryRow = Row[*tuple[Any, ...]]
MOST_VERTICES = 2_000


class TemporaryGridError(Exception):
    """A temporary grid cannot be drawn, changed or ended as asked.

    Parameters
    ----------
    code
        `shape`, `vertices`, `outside`, `days`, `officer`, `unknown` or `over`.
    detail
        One English sentence: what to mend.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class NewTemporaryGrid:
    """A temporary grid to be drawn; its shape in WGS 84, its last day included.

    `from_time` is when it begins on the first day, `to_time` when it is over on the last; None: at
    midnight.
    """

    name: str
    kind: str
    reason: str
    shape: BaseGeometry
    first_day: date
    last_day: date
    from_time: time | None = None
    to_time: time | None = None
    officer_ids: tuple[UUID, ...] = ()


def lowest_area(connection: Connection, district_id: int, shape: BaseGeometry) -> str:
    """Path of the lowest area that holds all of a shape.

    Raises
    ------
    TemporaryGridError
        `shape` when it is no valid polygon, `vertices` when it has too many, `outside` when it
        reaches beyond the district.
    """
    if shapely.count_coordinates(shape) > MOST_VERTICES:
        raise TemporaryGridError("vertices", f"Draw it with {MOST_VERTICES} vertices at most.")
    if not shape.is_valid or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_empty:
        raise TemporaryGridError("shape", f"Not a valid polygon: {shapely.is_valid_reason(shape)}.")
    path: str | None = connection.execute(
        text(
            "SELECT CAST(path AS text) FROM area WHERE district_id = :district_id "
            "AND geom && ST_GeomFromWKB(:shape, 4326) "
            "AND ST_Covers(geom, ST_GeomFromWKB(:shape, 4326)) "
            "ORDER BY nlevel(path) DESC, id LIMIT 1"
        ),
        {"district_id": district_id, "shape": shapely.to_wkb(shape)},
    ).scalar_one_or_none()
    if path is None:
        raise TemporaryGridError("outside", "Part of it lies outside the district.")
    return path


def draw_temporary_grid(
    connection: Connection,
    district_id: int,
    new: NewTemporaryGrid,
    path: str,
    *,
    by: UUID,
    at: datetime,
) -> int:
    """Store a temporary grid and return its id; `path` is that of `lowest_area`.

    Raises
    ------
    TemporaryGridError
        `days` unless it begins today or later and ends after it begins, and not in the past;
        `officer` when an account named is no active one of the district.
    """
    now = local_time(connection, district_id, at)
    ends = end_of(new.last_day, new.to_time)
    begins = datetime.combine(new.first_day, new.from_time or time.min)
    if new.first_day < now.date() or ends <= max(begins, now):
        raise TemporaryGridError(
            "days", "It begins today or later, and ends later than it begins and than now."
        )
    require_officers(connection, district_id, new.officer_ids)
    made: int = connection.execute(
        text(
            "INSERT INTO temporary_grid (district_id, area_path, name, kind, reason, validity, "
            "from_time, to_time, officer_ids, geom, created_by, created_at) VALUES (:district_id, "
            "CAST(:path AS ltree), :name, :kind, :reason, "
            "daterange(CAST(:first_day AS date), CAST(:last_day AS date), '[]'), "
            ":from_time, :to_time, CAST(:officers AS uuid[]), "
            "ST_Multi(ST_GeomFromWKB(:shape, 4326)), :by, :at) "
            "RETURNING id"
        ),
        {
            "district_id": district_id,
            "path": path,
            "name": new.name,
            "kind": new.kind,
            "reason": new.reason,
            "first_day": new.first_day,
            "last_day": new.last_day,
            "from_time": new.from_time,
            "to_time": new.to_time,
            "officers": list(new.officer_ids),
            "shape": shapely.to_wkb(shapely.force_2d(new.shape)),
            "by": by,
            "at": at,
        },
    ).scalar_one()
    touch_layer(connection, district_id, "temporary", at)
    return made


def end_of(last_day: date, to_time: time | None) -> datetime:
    """When it is over: an hour of the last day, or the midnight after it."""
    if to_time is None:
        return datetime.combine(last_day + timedelta(days=1), time.min)
    return datetime.combine(last_day, to_time)


def local_time(connection: Connection, district_id: int, at: datetime) -> datetime:
    """A moment in the district's time zone, to the minute."""
    local: datetime = connection.execute(
        text(
            "SELECT date_trunc('minute', CAST(:at AS timestamptz) AT TIME ZONE time_zone) "
            "FROM district WHERE id = :district_id"
        ),
        {"district_id": district_id, "at": at},
    ).scalar_one()
    return local


def list_temporary_grids(
    connection: Connection,
    scope: Scope,
    from_day: date,
    to_day: date,
    *,
    grid_id: int | None = None,
    after_id: int | None = None,
    limit: int = 50,
) -> Sequence[TemporaryRow]:
    """List temporary grids in force between two days; one more than `limit` tells of a next page.

    Parameters
    ----------
    from_day, to_day
        Both included.
    """
    return connection.execute(
        query("temporary_grids"),
        scope.parameters()
        | {
            "from_day": from_day,
            "to_day": to_day,
            "id": grid_id,
            "after_id": after_id,
            "limit": limit + 1,
        },
    ).all()


def temporary_grid_place(connection: Connection, district_id: int, grid_id: int) -> str | None:
    """Path of the area a temporary grid lies in, or None where there is no such grid."""
    path: str | None = connection.execute(
        text(
            "SELECT CAST(area_path AS text) FROM temporary_grid "
            "WHERE district_id = :district_id AND id = :id"
        ),
        {"district_id": district_id, "id": grid_id},
    ).scalar_one_or_none()
    return path


def temporary_grids_at(
    connection: Connection, district_id: int, lon: float, lat: float, at: datetime
) -> Sequence[TemporaryRow]:
    """Temporary grids that hold a point (WGS 84 degrees) at a moment: `id`, `name`."""
    return connection.execute(
        text(
            "SELECT t.id, t.name FROM temporary_grid AS t "
            "JOIN district AS d ON d.id = t.district_id "
            "WHERE t.district_id = :district_id "
            "AND t.period @> (CAST(:at AS timestamptz) AT TIME ZONE d.time_zone) "
            "AND ST_Intersects(t.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) ORDER BY t.id"
        ),
        {"district_id": district_id, "lon": lon, "lat": lat, "at": at},
    ).all()


def temporary_grids_named(
    connection: Connection, district_id: int, ids: Sequence[int]
) -> Sequence[TemporaryRow]:
    """What some temporary grids are called, over or not: `id`, `name`."""
    if not ids:
        return []
    return connection.execute(
        text(
            "SELECT id, name FROM temporary_grid WHERE district_id = :district_id "
            "AND id = ANY(CAST(:ids AS bigint[])) ORDER BY id"
        ),
        {"district_id": district_id, "ids": list(ids)},
    ).all()


def require_officers(
    connection: Connection, district_id: int, officer_ids: tuple[UUID, ...]
) -> None:
    """Refuse officers who are no active accounts of the district."""
    known: int = connection.execute(
        text(
            "SELECT count(*) FROM account WHERE district_id = :district_id AND active "
            "AND id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"district_id": district_id, "ids": list(officer_ids)},
    ).scalar_one()
    if known != len(set(officer_ids)):
        raise TemporaryGridError("officer", "An officer named is no active account here.")
