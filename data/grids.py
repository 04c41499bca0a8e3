"""Grids as the API shows them, and the grid that holds a point."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import shapely
from sqlalchemy import Connection, Row, text

from data.areas import like
from data.database import query
from data.grid_memory import find_kept, grids_of_day
from data.scope import Scope, in_place
from geo.locate import OUTSIDE, GridIndex

GridRow = Row[*tuple[Any, ...]]
Bbox = tuple[float, float, float, float]
KEPT_FROM: Final = 50
"""From so many points on, grids that are in memory are faster than a query."""
LOADED_FROM: Final = 5_000
"""From so many points on, it pays to bring a district's grids into memory for them."""


def list_grids(
    connection: Connection,
    scope: Scope,
    on: date,
    *,
    grid_id: int | None = None,
    plan_id: int | None = None,
    area_id: int | None = None,
    bbox: Bbox | None = None,
    named: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[GridRow]:
    """List grids by code; one row more than `limit` tells of a next page.

    Parameters
    ----------
    on
        Grids in force on this day are listed, unless a plan is named.
    plan_id
        Grids as this plan draws them, published or not.
    area_id
        Grids of this area or one below it.
    bbox
        West, south, east, north in degrees.
    named
        The beginning of the code, or part of the name.
    after
        Code and id of the last grid of the page before.
    """
    code, last_id = after or (None, None)
    west, south, east, north = bbox or (None, None, None, None)
    return list(
        connection.execute(
            query("grids_in_scope", in_scope=in_place("v", scope)),
            scope.parameters()
            | {
                "on": on,
                "grid_id": grid_id,
                "plan_id": plan_id,
                "area_id": area_id,
                "boxed": bbox is not None,
                "west": west,
                "south": south,
                "east": east,
                "north": north,
                "named": None if named is None else like(named),
                "code_from": named,
                "after_code": code,
                "after_id": last_id,
                "limit": limit + 1,
            },
        ).all()
    )


def grid_geojson(connection: Connection, district_id: int, version_id: int) -> str:
    """Return a grid version's outline as a GeoJSON geometry, WGS 84 with seven decimals."""
    geojson: str = connection.execute(
        text(
            "SELECT ST_AsGeoJSON(geom, 7) FROM grid_version "
            "WHERE district_id = :district_id AND id = :version_id"
        ),
        {"district_id": district_id, "version_id": version_id},
    ).scalar_one()
    return geojson


def publication_days(connection: Connection, scope: Scope, *, limit: int) -> Sequence[Row[Any]]:
    """List the days on which plans replaced grids within a scope, newest first, plan by plan."""
    return connection.execute(
        query("publication_days"), scope.parameters() | {"limit": limit}
    ).all()


def versions_of_grid(connection: Connection, district_id: int, grid_id: int) -> list[GridRow]:
    """List how a grid was drawn over time, newest first; drafts are left out."""
    return list(
        connection.execute(
            text(
                "SELECT v.plan_id, p.name AS plan, v.code, v.name, v.households, "
                "lower(v.validity) AS valid_from, upper(v.validity) AS valid_to "
                "FROM grid_version AS v JOIN plan AS p "
                "ON p.district_id = v.district_id AND p.id = v.plan_id "
                "WHERE v.district_id = :district_id AND v.grid_id = :grid_id "
                "AND v.validity IS NOT NULL ORDER BY v.validity DESC LIMIT 200"
            ),
            {"district_id": district_id, "grid_id": grid_id},
        ).all()
    )


def officers_of_grid(
    connection: Connection, district_id: int, grid_id: int, on: date
) -> list[GridRow]:
    """List the accounts charged with a grid on a day: `id`, `display_name`."""
    return list(
        connection.execute(
            text(
                "SELECT DISTINCT a.id, a.display_name FROM assignment AS s JOIN account AS a "
                "ON a.district_id = s.district_id AND a.id = s.account_id AND a.active "
                "WHERE s.district_id = :district_id AND s.grid_id = :grid_id "
                "AND s.role = 'officer' AND s.validity @> CAST(:on AS date) "
                "ORDER BY a.display_name LIMIT 50"
            ),
            {"district_id": district_id, "grid_id": grid_id, "on": on},
        ).all()
    )


def status_of_grid(connection: Connection, district_id: int, grid_id: int) -> GridRow | None:
    """Return the kept counters of a grid, or None before it was published."""
    return connection.execute(
        text(
            "SELECT open_cases, overdue_cases, handled_cases, closed_cases, patrols_30d, "
            "patrol_seconds_30d, patrol_metres_30d, last_patrol_at, last_case_at "
            "FROM grid_status WHERE district_id = :district_id AND grid_id = :grid_id"
        ),
        {"district_id": district_id, "grid_id": grid_id},
    ).one_or_none()


def grids_of_points(
    connection: Connection,
    district_id: int,
    on: date,
    lons: Sequence[float],
    lats: Sequence[float],
) -> list[GridRow | None]:
    """Find the grid in force that holds each point, exactly.

    Parameters
    ----------
    on
        The day whose grids are meant.
    lons, lats
        WGS 84 degrees.

    Returns
    -------
    For each point `grid_id, code, name, community_id, area_path`, or None outside all grids. On
    a boundary it is always the grid with the smallest id.

    Notes
    -----
    Of few points PostGIS finds candidates by their boxes, of many the grids in memory are asked
    (`data.grid_memory`). In both ways GEOS decides, for it decides with exact arithmetic (see
    `geo.locate.GridIndex`). Whoever writes what he finds holds the grids first
    (`data.case_places.hold_grids`).
    """
    if len(lons) == 0:
        return []
    found = _from_memory(connection, district_id, on, lons, lats)
    if found is not None:
        return found
    candidates = connection.execute(
        query("grids_near_points"),
        {"district_id": district_id, "on": on, "lons": list(lons), "lats": list(lats)},
    ).all()
    index = GridIndex(
        [row.grid_id for row in candidates],
        shapely.from_wkb([bytes(row.geometry) for row in candidates]),
    )
    by_id = {row.grid_id: row for row in candidates}
    return [None if i == OUTSIDE else by_id[i] for i in index.locate(lons, lats).tolist()]


def _from_memory(
    connection: Connection,
    district_id: int,
    on: date,
    lons: Sequence[float],
    lats: Sequence[float],
) -> list[GridRow | None] | None:
    """Ask the grids in memory; None where that does not pay, or they changed meanwhile."""
    if len(lons) < KEPT_FROM:
        return None
    look_up = grids_of_day if len(lons) >= LOADED_FROM else find_kept
    kept = look_up(connection, district_id, on)
    if kept is None:
        return None
    grid_ids = kept.locate(lons, lats)
    wanted = sorted({*grid_ids.tolist()} - {OUTSIDE})
    rows = connection.execute(
        query("grids_by_id"), {"district_id": district_id, "on": on, "grid_ids": wanted}
    )
    by_id: dict[int, GridRow | None] = {row.grid_id: row for row in rows}
    if len(by_id) < len(wanted):
        return None
    by_id[OUTSIDE] = None
    return [by_id[grid_id] for grid_id in grid_ids.tolist()]
