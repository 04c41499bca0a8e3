"""Buildings, and finding things by where they are or by what they are called."""

import re
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from data.areas import like
from data.database import query
from data.scope import Scope, in_cases, in_place

PlaceRow = Row[*tuple[Any, ...]]
Bbox = tuple[float, float, float, float]

ADDRESS_WITHIN_M = 150.0
INDEXED_SIGNS = 3
"""Parts of words are indexed in threes."""


def list_buildings(
    connection: Connection,
    scope: Scope,
    on: date,
    *,
    building_id: int | None = None,
    grid_id: int | None = None,
    area_id: int | None = None,
    bbox: Bbox | None = None,
    named: str | None = None,
    after_id: int | None = None,
    limit: int = 50,
) -> list[PlaceRow]:
    """List buildings by id; one row more than `limit` tells of a next page.

    Parameters
    ----------
    on
        The day whose grids are meant.
    grid_id
        Buildings whose inner point lies in this grid.
    area_id
        Buildings of this area or one below it.
    bbox
        West, south, east, north in degrees.
    named
        Part of the name, compound or address.
    """
    west, south, east, north = bbox or (None, None, None, None)
    return list(
        connection.execute(
            query("buildings_in_scope"),
            scope.parameters()
            | {
                "on": on,
                "building_id": building_id,
                "grid_id": grid_id,
                "area_id": area_id,
                "boxed": bbox is not None,
                "west": west,
                "south": south,
                "east": east,
                "north": north,
                "named": None if named is None else like(named),
                "after_id": after_id,
                "limit": limit + 1,
            },
        ).all()
    )


def building_geojson(connection: Connection, district_id: int, building_id: int) -> str:
    """Return a building's outline as a GeoJSON geometry, WGS 84 with seven decimals."""
    geojson: str = connection.execute(
        text(
            "SELECT ST_AsGeoJSON(geom, 7) FROM building "
            "WHERE district_id = :district_id AND id = :building_id"
        ),
        {"district_id": district_id, "building_id": building_id},
    ).scalar_one()
    return geojson


def nearest_address(connection: Connection, district_id: int, lon: float, lat: float) -> str | None:
    """Put a point into words: the nearest building's address, else the nearest named road.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees.

    Returns
    -------
    None where neither lies within `ADDRESS_WITHIN_M`.
    """
    address: str | None = connection.execute(
        query("nearest_address"),
        {"district_id": district_id, "lon": lon, "lat": lat, "within_m": ADDRESS_WITHIN_M},
    ).scalar_one_or_none()
    return address


def search(
    connection: Connection, scope: Scope, cases: Scope | None, typed: str, *, on: date, limit: int
) -> list[PlaceRow]:
    """Find grids, cases, places, buildings, roads and areas by what somebody typed.

    Parameters
    ----------
    scope
        Where the caller may read the map.
    cases
        Where the caller may read cases; None: no case is found.
    typed
        Part of a name, code, number or address.
    on
        The day whose grids are meant.

    Returns
    -------
    `type, id, title, subtitle` and where it lies: exact codes and numbers first, then names
    that begin with what was typed, then names that hold it, the shortest first.
    """
    wanted = typed.strip()
    if not wanted:
        return []
    return list(
        connection.execute(
            query(
                "search", grids_in_scope=in_place("v", scope), cases_in_scope=_cases_in_scope(cases)
            ),
            scope.parameters()
            | _named_apart(cases)
            | {
                "typed": wanted,
                "named": _indexed(wanted),
                "anywhere": like(wanted),
                "compound": _indexed(re.split(r"[0-9]", wanted, maxsplit=1)[0]),
                "on": on,
                "limit": limit,
            },
        ).all()
    )


def _indexed(typed: str) -> str | None:
    """The pattern that an index of three signs each finds: fewer must stand at the beginning."""
    if not typed:
        return None
    return like(typed) if len(typed) >= INDEXED_SIGNS else like(typed).removeprefix("%")


def _cases_in_scope(cases: Scope | None) -> str:
    if cases is None:
        return "false"
    condition = in_cases("c", cases)
    for name in cases.parameters():
        condition = condition.replace(f":{name}", f":cases_{name}")
    return condition


def _named_apart(cases: Scope | None) -> dict[str, Any]:
    """The scope for cases may differ from that for the map, so its parameters are named apart."""
    if cases is None:
        return {}
    return {f"cases_{name}": value for name, value in cases.parameters().items()}
