"""Locked grids: they come back as they are, and the rest of their area is divided around them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.errors import GridInputError
from geo.grids.faces import (
    GeometryArray,
    IntArray,
    node_lines,
    polygonize,
)
from geo.grids.inputs import HALF_TOLERANCE_M, check_shapes, row_of
from geo.grids.local import LocalFrame
from geo.grids.options import KINDS

SLIVER_M = 1.0
"""Ground narrower than this that is left beside a locked grid is a mistake in its drawing."""


@dataclass(frozen=True)
class Kept:
    """Locked grids, one value each.

    Attributes
    ----------
    given
        As they came, in the system of the areas.
    shapes
        Polygons in local metres.
    area
        Position of the area among all areas.
    code
        Fifteen digits, or empty where it has none yet.
    name
        Or empty.
    kind
        One of ``KINDS``.
    """

    given: gpd.GeoDataFrame
    shapes: GeometryArray
    area: IntArray
    code: list[str]
    name: list[str]
    kind: list[str]

    def some(self, chosen: IntArray) -> Kept:
        """Return some of them, by position."""
        return Kept(
            self.given.iloc[chosen],
            self.shapes[chosen],
            self.area[chosen],
            *([texts[at] for at in chosen] for texts in (self.code, self.name, self.kind)),
        )


def no_kept(areas: gpd.GeoDataFrame) -> Kept:
    """Return what there is where no grid is locked."""
    empty = np.empty(0, dtype=np.object_)
    return Kept(areas.iloc[:0], empty, np.empty(0, dtype=np.int64), [], [], [])


def bring_kept(  # noqa: PLR0917 (what is known of the areas)
    kept: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    codes: list[str],
    kinds: list[str],
    local_areas: GeometryArray,
    frame: LocalFrame,
) -> Kept:
    """Check locked grids and bring them into local metres.

    Parameters
    ----------
    kept
        Polygons; ``code``, ``name``, ``area`` (code of the area) and ``kind`` where known. A
        grid without an area lies where its inner point does; one without a kind is of its area's.
    areas, codes, kinds
        All areas, and the code and kind of each.
    local_areas
        All areas in local metres.
    frame
        The local system.

    Raises
    ------
    GridInputError
        Not one polygon, not inside its area, over another locked grid, a code that is used twice
        or does not begin with its area's.
    """
    if len(kept) == 0:
        return no_kept(areas)
    check_shapes(kept, "kept", (3, 6))
    if kept.crs != areas.crs:
        kept = kept.to_crs(areas.crs)
    parts, owner = shapely.get_parts(kept.geometry.to_numpy(), return_index=True)
    several = np.bincount(owner) > 1
    if several.any():
        row = row_of(kept, int(np.argmax(several)))
        raise GridInputError(
            "kept_pieces",
            f"锁定网格第 {row} 行由多块组成。一个网格只能是一块，请拆成几行。",
            f"Locked grid, row {row}: it is in several pieces. A grid is one piece: make it "
            "several rows.",
        )
    given = gpd.GeoDataFrame(geometry=shapely.force_2d(parts), crs=areas.crs)
    shapes = np.asarray(frame.bring_kept(given), dtype=np.object_)
    area = _areas_of(kept, shapes, codes, local_areas)
    found = Kept(
        given,
        shapes,
        area,
        code=_codes_of(kept, [codes[at] for at in area]),
        name=_texts(kept, "name"),
        kind=_kinds_of(kept, [kinds[at] for at in area]),
    )
    _check_inside(kept, found, local_areas, codes)
    _check_apart(kept, shapes)
    return found


def _texts(kept: gpd.GeoDataFrame, column: str) -> list[str]:
    if column not in kept.columns:
        return [""] * len(kept)
    return ["" if pd.isna(value) else str(value) for value in kept[column]]


def _areas_of(
    kept: gpd.GeoDataFrame, shapes: GeometryArray, codes: list[str], local_areas: GeometryArray
) -> IntArray:
    place = {code: at for at, code in enumerate(codes)}
    inner = shapely.point_on_surface(shapes)
    found = np.full(len(shapes), -1, dtype=np.int64)
    grid, area = shapely.STRtree(local_areas).query(inner, predicate="intersects")
    found[grid[::-1]] = area[::-1]
    for position, code in enumerate(_texts(kept, "area")):
        if code:
            found[position] = place.get(code, -1)
        if found[position] < 0:
            row = row_of(kept, position)
            raise GridInputError(
                "kept_area",
                f"锁定网格第 {row} 行不在任何区域内，或区域编码“{code}”不存在。",
                f"Locked grid, row {row}: it lies in no area, or there is no area “{code}”.",
            )
    return found


def _codes_of(kept: gpd.GeoDataFrame, area_codes: list[str]) -> list[str]:
    codes = _texts(kept, "code")
    for position, (code, area) in enumerate(zip(codes, area_codes, strict=True)):
        row = row_of(kept, position)
        proper = len(code) == 15 and code.isascii() and code.isdigit() and code[12:] != "000"
        if code and not (proper and code.startswith(area)):
            raise GridInputError(
                "kept_code",
                f"锁定网格第 {row} 行的编码“{code}”应为 15 位数字，前 12 位是区域编码 {area}。",
                f"Locked grid, row {row}: the code “{code}” must be fifteen digits that begin "
                f"with its area's, {area}.",
            )
        if code and code in codes[:position]:
            raise GridInputError(
                "kept_code_twice",
                f"锁定网格第 {row} 行的编码 {code} 重复。",
                f"Locked grid, row {row}: the code {code} is used twice.",
            )
    return codes


def _kinds_of(kept: gpd.GeoDataFrame, of_area: list[str]) -> list[str]:
    kinds = [said or usual for said, usual in zip(_texts(kept, "kind"), of_area, strict=True)]
    for position, kind in enumerate(kinds):
        if kind not in KINDS:
            row = row_of(kept, position)
            raise GridInputError(
                "kept_kind",
                f"锁定网格第 {row} 行的类型“{kind}”不对，只能是 {'、'.join(KINDS)}。",
                f"Locked grid, row {row}: “{kind}” is no kind of grid: {', '.join(KINDS)}.",
            )
    return kinds


def _check_inside(
    kept: gpd.GeoDataFrame, found: Kept, local_areas: GeometryArray, codes: list[str]
) -> None:
    over = shapely.difference(found.shapes, local_areas[found.area])
    core = shapely.buffer(over, -HALF_TOLERANCE_M)
    outside = ~shapely.is_empty(core)
    if outside.any():
        at = int(np.flatnonzero(outside)[0])
        row, code = row_of(kept, at), codes[found.area[at]]
        size = f"{over[at].area:,.1f} m²"
        raise GridInputError(
            "kept_outside",
            f"锁定网格第 {row} 行有 {size} 超出所属区域 {code}，请先修正边界。",
            f"Locked grid, row {row}: {size} of it lie outside its area {code}. Mend its border "
            "first.",
        )


def _check_apart(kept: gpd.GeoDataFrame, shapes: GeometryArray) -> None:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    core = shapely.buffer(shapely.intersection(shapes[one], shapes[other]), -HALF_TOLERANCE_M)
    both = np.flatnonzero(~shapely.is_empty(core))
    if len(both):
        at = int(both[0])
        rows = f"{row_of(kept, int(one[at]))}, {row_of(kept, int(other[at]))}"
        raise GridInputError(
            "kept_overlap",
            f"锁定网格第 {rows} 行互相重叠，请先修正边界。",
            f"The locked grids in rows {rows} overlap: mend their borders first.",
        )


def rest_of(area: BaseGeometry, kept: GeometryArray, code: str) -> BaseGeometry:
    """Ground of an area that no locked grid holds; sharing their vertices.

    Raises
    ------
    GridInputError
        Where a strip is left that is too narrow to be anything but a mistake.
    """
    if len(kept) == 0:
        return area
    rims = np.concatenate([[shapely.boundary(area)], shapely.boundary(kept)])
    faces = polygonize(node_lines(rims))
    inner = shapely.point_on_surface(faces)
    free = shapely.intersects(area, inner)
    free[shapely.STRtree(inner).query(kept, predicate="intersects")[1]] = False
    free[free] = ~shapely.is_empty(shapely.buffer(faces[free], -HALF_TOLERANCE_M))
    if not free.any():
        return shapely.MultiPolygon()
    rest: BaseGeometry = shapely.coverage_union_all(faces[free])
    parts = shapely.get_parts(rest)
    narrow = shapely.is_empty(shapely.buffer(parts, -SLIVER_M / 2))
    if narrow.any():
        size = f"{shapely.area(parts[narrow]).sum():,.2f} m²"
        raise GridInputError(
            "kept_sliver",
            f"区域 {code} 的锁定网格旁边留下了不到 1 米宽的缝（共 {size}）。"
            "请把锁定网格的边界捕捉到区域边界或相邻网格上。",
            f"Beside the locked grids of area {code} a strip of less than a metre is left "
            f"({size}). Snap their borders to the area's border or to one another.",
        )
    return rest


def with_points(given: BaseGeometry, drawn: BaseGeometry) -> BaseGeometry:
    """Return a polygon as it was given, with the points put on its edges that ``drawn`` has more.

    Parameters
    ----------
    given, drawn
        The same polygon in the same system; ``drawn`` has all vertices of ``given``.
    """
    known = set(map(tuple, shapely.get_coordinates(given).tolist()))
    more = [point for point in shapely.get_coordinates(drawn).tolist() if tuple(point) not in known]
    if not more:
        return given
    points = np.asarray(shapely.points(np.unique(np.array(more), axis=0)), dtype=np.object_)
    rings = shapely.get_rings(given)
    ends = [shapely.get_coordinates(ring) for ring in rings]
    edges = [np.asarray(shapely.linestrings(np.stack([e[:-1], e[1:]], axis=1))) for e in ends]
    ring_of_edge = np.repeat(np.arange(len(rings)), [len(part) for part in edges])
    first_edge = np.cumsum([0, *[len(part) for part in edges]])
    flat = np.concatenate(edges)
    _, nearest = shapely.STRtree(flat).query_nearest(points, all_matches=False)
    where = shapely.line_locate_point(flat[nearest], points)
    longer = []
    for ring, corners in enumerate(ends):
        mine = np.flatnonzero(ring_of_edge[nearest] == ring)
        order = mine[np.lexsort((where[mine], nearest[mine]))]
        slots = nearest[order] - first_edge[ring] + 1
        new = shapely.get_coordinates(points[order])
        longer.append(np.insert(corners, slots, new, axis=0))
    return shapely.Polygon(longer[0], longer[1:])
