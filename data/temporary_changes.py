"""Changing a temporary grid and ending it; what it was before is kept, with who did it and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from data.layers import touch_layer
from data.temporary_grids import TemporaryGridError, end_of, local_time, require_officers


@dataclass(frozen=True)
class Changed:
    """What of a temporary grid is to be another; None: it stays as it is."""

    name: str | None = None
    kind: str | None = None
    reason: str | None = None
    shape: BaseGeometry | None = None
    officer_ids: tuple[UUID, ...] | None = None


def end_temporary_grid(
    connection: Connection,
    district_id: int,
    grid_id: int,
    *,
    last_day: date | None,
    to_time: time | None = None,
    by: UUID,
    at: datetime,
) -> datetime | None:
    """End a temporary grid earlier or later than it was meant to; one yet to begin is called off.

    Parameters
    ----------
    last_day
        None: it ends now.
    to_time
        When it is over on that day, in the district's time zone; None: at midnight.

    Returns
    -------
    When it ends, in the district's time zone; None when it never began.

    Raises
    ------
    TemporaryGridError
        `unknown`, `over`, or `days` when the end lies in the past or before its beginning.
    """
    now = local_time(connection, district_id, at)
    begins = _hold(connection, district_id, grid_id, now)
    ends = now if last_day is None else end_of(last_day, to_time)
    if last_day is not None and ends <= max(now, begins):
        raise TemporaryGridError("days", "It ends later than now, and later than it begins.")
    _keep_as_it_was(connection, district_id, grid_id, by=by, at=at)
    _set_end(connection, district_id, grid_id, ends if begins < ends else None, by=by, at=at)
    touch_layer(connection, district_id, "temporary", at)
    return ends if begins < ends else None


def change_temporary_grid(
    connection: Connection,
    district_id: int,
    grid_id: int,
    changed: Changed,
    path: str,
    *,
    by: UUID,
    at: datetime,
) -> None:
    """Give a temporary grid that has not ended another name, kind, reason, outline or officers.

    What it was is kept. Reports made in it go on naming it.

    Parameters
    ----------
    path
        Of the lowest area that holds it afterwards.

    Raises
    ------
    TemporaryGridError
        `unknown`, `over`, or `officer` when an account named is no active one of the district.
    """
    _hold(connection, district_id, grid_id, local_time(connection, district_id, at))
    require_officers(connection, district_id, changed.officer_ids or ())
    _keep_as_it_was(connection, district_id, grid_id, by=by, at=at)
    officers, shape = changed.officer_ids, changed.shape
    connection.execute(
        text(
            "UPDATE temporary_grid SET name = coalesce(:name, name), kind = coalesce(:kind, kind), "
            "reason = coalesce(:reason, reason), area_path = CAST(:path AS ltree), "
            "officer_ids = coalesce(CAST(:officers AS uuid[]), officer_ids), "
            "geom = coalesce(ST_Multi(ST_GeomFromWKB(CAST(:shape AS bytea), 4326)), geom) "
            "WHERE district_id = :district_id AND id = :id"
        ),
        {
            "district_id": district_id,
            "id": grid_id,
            "path": path,
            "name": changed.name,
            "kind": changed.kind,
            "reason": changed.reason,
            "officers": None if officers is None else list(officers),
            "shape": None if shape is None else shapely.to_wkb(shapely.force_2d(shape)),
        },
    )
    touch_layer(connection, district_id, "temporary", at)


def _hold(connection: Connection, district_id: int, grid_id: int, now: datetime) -> datetime:
    """Hold a temporary grid that has not ended against others; when it begins."""
    row = connection.execute(
        text(
            "SELECT lower(period) AS begins, upper(period) AS ends "
            "FROM temporary_grid WHERE district_id = :district_id AND id = :id FOR UPDATE"
        ),
        {"district_id": district_id, "id": grid_id},
    ).one_or_none()
    if row is None:
        raise TemporaryGridError("unknown", "There is no such temporary grid.")
    if row.ends is None or row.ends <= now:
        raise TemporaryGridError("over", "The temporary grid has ended.")
    begins: datetime = row.begins
    return begins


def _keep_as_it_was(
    connection: Connection, district_id: int, grid_id: int, *, by: UUID, at: datetime
) -> None:
    """Keep what a temporary grid is, before it is changed: what, by whom, when."""
    connection.execute(
        text(
            "INSERT INTO temporary_grid_change "
            "(district_id, temporary_grid_id, was, changed_by, changed_at) "
            "SELECT t.district_id, t.id, to_jsonb(t) - 'district_id' - 'id', :by, :at "
            "FROM temporary_grid AS t WHERE t.district_id = :district_id AND t.id = :id"
        ),
        {"district_id": district_id, "id": grid_id, "by": by, "at": at},
    )


def _set_end(
    connection: Connection,
    district_id: int,
    grid_id: int,
    ends: datetime | None,
    *,
    by: UUID,
    at: datetime,
) -> None:
    midnight = ends is not None and ends.time() == time.min
    connection.execute(
        text(
            "UPDATE temporary_grid SET ended_by = :by, ended_at = :at, to_time = :to_time, "
            "validity = CASE WHEN CAST(:upper AS date) IS NULL THEN CAST('empty' AS daterange) "
            "ELSE daterange(lower(validity), CAST(:upper AS date)) END "
            "WHERE district_id = :district_id AND id = :id"
        ),
        {
            "district_id": district_id,
            "id": grid_id,
            "upper": None if ends is None else ends.date() + timedelta(days=0 if midnight else 1),
            "to_time": None if ends is None or midnight else ends.time(),
            "by": by,
            "at": at,
        },
    )
