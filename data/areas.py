"""Areas as the API lists them: their place in the tree, extent, households and grids."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from data.database import query
from data.layers import layer_versions, touch_layer
from data.scope import Scope

AreaRow = Row[*tuple[Any, ...]]

# An area is seen by whoever has a right in it, above it (the way down) or below it.
_SEEN = """
(a.path <@ CAST(:scope_paths AS ltree[]) OR a.path @> CAST(:scope_paths AS ltree[])
 OR EXISTS (
     SELECT 1 FROM grid AS g
     JOIN area AS home ON home.district_id = g.district_id AND home.id = g.community_id
     WHERE g.district_id = a.district_id AND g.id = ANY(:scope_grids) AND a.path @> home.path
 ))
"""


def list_areas(
    connection: Connection,
    scope: Scope,
    *,
    area_id: int | None = None,
    parent_id: int | None = None,
    level: str | None = None,
    named: str | None = None,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[AreaRow]:
    """List areas by code; one row more than `limit` tells of a next page.

    Parameters
    ----------
    named
        Part of the name, or the beginning of the code.
    after
        Code and id of the last area of the page before.
    """
    code, last_id = after or (None, None)
    return list(
        connection.execute(
            query("areas_in_scope", seen=_SEEN),
            scope.parameters()
            | {
                "area_id": area_id,
                "parent_id": parent_id,
                "level": level,
                "named": None if named is None else like(named),
                "code_from": named,
                "after_code": code,
                "after_id": last_id,
                "limit": limit + 1,
            },
        ).all()
    )


def sums_version(connection: Connection, district_id: int, on: date) -> str:
    """Name all that `sum_areas` depends on: two results that differ have different names."""
    versions = layer_versions(connection, district_id)
    return ".".join(
        [f"{versions.get(layer, 0)}" for layer in ("areas", "buildings", "grids")] + [f"{on}"]
    )


def sum_areas(connection: Connection, district_id: int, on: date) -> dict[str, tuple[int, int]]:
    """Add up what lies in each area and below it: path → households, grids in force on a day."""
    sums: dict[str, tuple[int, int]] = {}
    asked = {"district_id": district_id, "on": on}
    for row in connection.execute(query("area_sums"), asked):
        path = row.path
        while path:
            households, grids = sums.get(path, (0, 0))
            sums[path] = (households + row.households, grids + row.grids)
            path = path.rpartition(".")[0]
    return sums


def area_geojson(connection: Connection, district_id: int, area_id: int) -> str:
    """Return an area's outline as a GeoJSON geometry, WGS 84 with seven decimals (1 cm)."""
    geojson: str = connection.execute(
        text(
            "SELECT ST_AsGeoJSON(geom, 7) FROM area "
            "WHERE district_id = :district_id AND id = :area_id"
        ),
        {"district_id": district_id, "area_id": area_id},
    ).scalar_one()
    return geojson


def area_path(connection: Connection, district_id: int, area_id: int) -> str | None:
    """Return an area's ltree path, or None where there is no such area."""
    path: str | None = connection.execute(
        text(
            "SELECT CAST(path AS text) FROM area WHERE district_id = :district_id AND id = :area_id"
        ),
        {"district_id": district_id, "area_id": area_id},
    ).scalar_one_or_none()
    return path


def name_area(
    connection: Connection,
    district_id: int,
    area_id: int,
    *,
    name: str,
    name_en: str | None,
    at: datetime,
) -> None:
    """Call an area something else, on maps as well."""
    connection.execute(
        text(
            "UPDATE area SET name = :name, name_en = :name_en"
            " WHERE district_id = :district_id AND id = :id"
        ),
        {"district_id": district_id, "id": area_id, "name": name, "name_en": name_en},
    )
    touch_layer(connection, district_id, "areas", at)


def district_bounds(connection: Connection, district_id: int) -> tuple[float, float, float, float]:
    """West, south, east, north of a district in degrees; the whole world before it has areas."""
    row = connection.execute(
        text(
            "SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, "
            "ST_YMax(e) AS north FROM (SELECT ST_Extent(geom) AS e FROM area "
            "WHERE district_id = :district_id AND level = 'district') AS extent"
        ),
        {"district_id": district_id},
    ).one()
    if row.west is None:
        return (-180.0, -85.0, 180.0, 85.0)
    return (row.west, row.south, row.east, row.north)


def like(typed: str) -> str:
    """Turn what somebody typed into a pattern for LIKE that finds it anywhere."""
    return "%" + "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in typed) + "%"


def area_of_points(
    connection: Connection, district_id: int, lons: Sequence[float], lats: Sequence[float]
) -> list[AreaRow | None]:
    """Find the lowest area that holds each point; on a common border the smaller id.

    Parameters
    ----------
    lons, lats
        WGS 84 degrees.

    Returns
    -------
    For each point `id, code, name, level, path`, or None outside the district.
    """
    rows = connection.execute(
        query("areas_of_points"),
        {"district_id": district_id, "lons": list(lons), "lats": list(lats)},
    ).all()
    found = {row.position: row for row in rows}
    return [found.get(position) for position in range(1, len(lons) + 1)]


def district_root(connection: Connection, district_id: int) -> str:
    """Return the ltree path of the district itself."""
    path: str = connection.execute(
        text(
            "SELECT CAST(path AS text) FROM area "
            "WHERE district_id = :district_id AND level = 'district'"
        ),
        {"district_id": district_id},
    ).scalar_one()
    return path
