"""Grids with all that a file, a ledger or an atlas says of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection, text

from data.exports.grid_file import GridFileError
from data.exports.household_basis import BasisShare, read_basis
from data.frames import WGS84, read_frame
from data.plans import PlanKey
from geo.grids.local import local_frame
from geo.limits import SIDES, Language, Limits, Surroundings, find_limits


@dataclass(frozen=True)
class GridBook:
    """Grids of one area on one day, or of one plan.

    Attributes
    ----------
    title
        Name of the area.
    district_id, area_id, plan
        What was asked for; ``plan`` is None for the grids in force.
    on
        The day whose officers (and grids, without a plan) are shown.
    grids
        ``id, code, name, area, community, households, buildings, area_m2, officers`` and
        polygons in EPSG:4326, ordered by code.
    limits
        The four limits of each, in the same order.
    communities, lines
        What lies around: ``code, name`` and ``kind`` (road, water), ``name, class``.
    basis
        How the households of the grids' communities were counted.
    """

    title: str
    district_id: int
    area_id: int
    plan: int | None
    on: date
    grids: gpd.GeoDataFrame
    limits: list[Limits]
    communities: gpd.GeoDataFrame
    lines: gpd.GeoDataFrame
    basis: tuple[BasisShare, ...]


def book_of_plan(connection: Connection, plan: PlanKey, on: date) -> GridBook:
    """Read the grids of a plan, in whatever state it is.

    Raises
    ------
    GridFileError
        When it has none yet.
    """
    return _book(connection, plan.district_id, plan.area_id, plan.id, on)


def book_in_force(connection: Connection, district_id: int, area_id: int, on: date) -> GridBook:
    """Read the grids of an area that are in force on a day.

    Raises
    ------
    GridFileError
        When there are none.
    """
    return _book(connection, district_id, area_id, None, on)


def _book(
    connection: Connection, district_id: int, area_id: int, plan: int | None, on: date
) -> GridBook:
    place = {"district_id": district_id, "area_id": area_id}
    area = connection.execute(
        text(
            "SELECT name, CAST(path AS text) AS path FROM area "
            "WHERE district_id = :district_id AND id = :area_id"
        ),
        place,
    ).one()
    grids = _read_grids(connection, district_id, plan, area.path, on)
    if len(grids) == 0:
        what_zh = "还没有网格" if plan is not None else f"在 {on} 没有生效的网格"
        what = "has no grids yet" if plan is not None else f"has no grids in force on {on}"
        name_zh = f"方案 {plan}" if plan is not None else area.name
        name = f"Plan {plan}" if plan is not None else area.name
        raise GridFileError(f"{name_zh}{what_zh}。", f"{name} {what}.")
    communities = read_frame(connection, "communities_around", place)
    lines = read_frame(connection, "named_lines", place)
    lines["name"] = lines["name"].fillna("")
    limits = _limits(grids, communities, lines)
    basis = read_basis(connection, district_id, list(grids["area"]))
    return GridBook(
        area.name, district_id, area_id, plan, on, grids, limits, communities, lines, basis
    )


def _read_grids(
    connection: Connection, district_id: int, plan: int | None, path: str, on: date
) -> gpd.GeoDataFrame:
    which = (
        "version.plan_id = :plan_id"
        if plan is not None
        else "version.validity @> CAST(:on AS date) AND version.area_path <@ CAST(:path AS ltree)"
    )
    parameters = {"district_id": district_id, "on": on}
    parameters |= {"plan_id": plan} if plan is not None else {"path": path}
    frame = read_frame(connection, "grid_sheets", parameters, which=which)
    frame["officers"] = frame["officers"].fillna("")
    shapes = frame.geometry.to_numpy()
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=WGS84))


def _limits(
    grids: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, lines: gpd.GeoDataFrame
) -> list[Limits]:
    frame = local_frame(grids)
    place = {code: at for at, code in enumerate(communities["code"])}
    around = Surroundings(
        areas=frame.bring_areas(communities),
        area_names=list(communities["name"]),
        lines=frame.bring(lines) if len(lines) else np.array([], dtype=np.object_),
        line_names=list(lines["name"]),
    )
    homes = np.array([place[code] for code in grids["area"]], dtype=np.int64)
    return find_limits(frame.bring_areas(grids), list(grids["name"]), homes, around)


def limit_columns(book: GridBook, language: Language) -> dict[str, list[str]]:
    """The four limits of each grid as four columns of text, in "zh" or "en"."""
    return {side: [limits.side_text(side, language) for limits in book.limits] for side in SIDES}
