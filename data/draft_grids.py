"""The grids of a draft plan, stored as versions without a validity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from pyproj import Geod
from sqlalchemy import Connection, delete, insert, select

from data.frames import read_frame
from data.plan_history import begin_anew
from data.schema import Grid, GridVersion, Plan

SAME_GRID = 0.5
"""Intersection over union above which a new grid is the old one, redrawn."""
_NONE: Final[Mapping[str, int]] = {}


def store_draft(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    areas: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    now: datetime,
    identities: Mapping[str, int] = _NONE,
    locked: Collection[str] = (),
) -> None:
    """Store generated grids as versions of a draft plan, in place of those it may have had.

    A grid that mostly covers one in force (intersection over union above one half) keeps its
    identity, so that its cases, officers and history stay with it.

    Parameters
    ----------
    areas
        The communities divided, with ``id``, ``code`` and ``path``.
    buildings
        Counted into the grids.
    grids
        As :func:`geo.grids.generate` returns them, in EPSG:4326.
    identities
        Code → id of the grids that are known to continue one, whatever they cover.
    locked
        Codes of the grids that edits leave alone.
    """
    gone = _clear_draft(connection, district_id, plan_id)
    revision = _next_revision(connection, district_id, plan_id) if gone else 0
    ids = dict(zip(areas["code"], areas["id"].astype(int), strict=True))
    paths = dict(zip(areas["code"], areas["path"], strict=True))
    communities = [ids[code] for code in grids["area"]]
    known = {at: identities[code] for at, code in enumerate(grids["code"]) if code in identities}
    like = _kept_identities(connection, district_id, grids, communities, now.date())
    taken = set(known.values())
    kept = known | {
        at: grid_id for at, grid_id in like.items() if at not in known and grid_id not in taken
    }
    fresh = [at for at in range(len(grids)) if at not in kept]
    made = _new_identities(connection, district_id, [communities[at] for at in fresh], now)
    identity = kept | dict(zip(fresh, made, strict=True))
    shapes = grids.geometry.to_numpy()
    facts = measure(shapes, buildings)
    rows = [
        {
            "district_id": district_id,
            "grid_id": identity[at],
            "plan_id": plan_id,
            "area_path": paths[row.area],
            "code": row.code,
            "name": row.name,
            "kind": getattr(row, "kind", "general"),
            "locked": row.code in locked,
            "revision": revision,
            "households": int(row.households),
            "geom": from_shape(shapely.multipolygons([shapes[at]]), srid=4326),
        }
        | facts[at]
        for at, row in enumerate(grids.itertuples(index=False, name="GridRow"))
    ]
    connection.execute(insert(GridVersion), rows)
    if gone:
        _drop_unused(connection, district_id, gone)
        begin_anew(connection, district_id, plan_id)


def _clear_draft(connection: Connection, district_id: int, plan_id: int) -> list[int]:
    """Drop the draft's versions; the identities that they had."""
    return list(
        connection.execute(
            delete(GridVersion)
            .where(
                GridVersion.district_id == district_id,
                GridVersion.plan_id == plan_id,
                GridVersion.validity.is_(None),
            )
            .returning(GridVersion.grid_id)
        ).scalars()
    )


def _next_revision(connection: Connection, district_id: int, plan_id: int) -> int:
    """The revision that `begin_anew` will give the plan."""
    of_plan = (Plan.district_id == district_id) & (Plan.id == plan_id)
    return int(connection.execute(select(Plan.revision + 1).where(of_plan)).scalar_one())


def _drop_unused(connection: Connection, district_id: int, grid_ids: list[int]) -> None:
    """Drop those of some identities that nothing draws any more."""
    used = select(GridVersion.grid_id).where(GridVersion.district_id == district_id)
    connection.execute(
        delete(Grid).where(
            Grid.district_id == district_id, Grid.id.in_(grid_ids), Grid.id.not_in(used)
        )
    )


def _kept_identities(
    connection: Connection,
    district_id: int,
    grids: gpd.GeoDataFrame,
    communities: list[int],
    on: date,
) -> dict[int, int]:
    """Position of a new grid → id of the grid in force that it mostly covers."""
    old = read_frame(
        connection,
        "grids_in_force",
        {"district_id": district_id, "communities": sorted(set(communities)), "on": on},
    )
    was, shapes = old.geometry.to_numpy(), grids.geometry.to_numpy()
    at, before = shapely.STRtree(was).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[at], was[before]))
    both = shapely.area(shapes[at]) + shapely.area(was[before]) - shared
    same = np.array(communities)[at] == old["community_id"].to_numpy(dtype=int)[before]
    like = same & (shared > SAME_GRID * both)
    # More than half of the union can be shared with one partner only, so no id is given twice.
    ids = old["id"].to_numpy(dtype=int)[before[like]]
    return dict(zip(at[like].tolist(), ids.tolist(), strict=True))


def _new_identities(
    connection: Connection, district_id: int, communities: list[int], now: datetime
) -> list[int]:
    if not communities:
        return []
    rows = [
        {"district_id": district_id, "community_id": community, "created_at": now}
        for community in communities
    ]
    made = connection.execute(insert(Grid).returning(Grid.id, sort_by_parameter_order=True), rows)
    return [int(grid_id) for grid_id in made.scalars()]


def measure(shapes: Any, buildings: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Buildings, size on the ellipsoid and a point for the label of each grid."""
    inner = shapely.point_on_surface(buildings.geometry.to_numpy())
    building, grid = shapely.STRtree(shapes).query(inner, predicate="intersects")
    _, first = np.unique(building, return_index=True)
    counts = np.bincount(grid[first], minlength=len(shapes))
    geod = Geod(ellps="WGS84")
    labels = shapely.get_point(shapely.maximum_inscribed_circle(shapes), 0)
    return [
        {
            "buildings": int(counts[at]),
            "area_m2": abs(geod.geometry_area_perimeter(shape)[0]),
            "label": from_shape(labels[at], srid=4326),
        }
        for at, shape in enumerate(shapes)
    ]
