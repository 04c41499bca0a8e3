"""Check what a town is made of, and bring it into local metres.

Nothing is mended silently: a shape that is not valid is named, with the place and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Town
from geo.grids.codes import provisional_area_code
from geo.grids.constraints import Constraints, no_shapes
from geo.grids.errors import GridInputError
from geo.grids.faces import BoolArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame

HALF_TOLERANCE_M = 0.005
_POLYGONS, _LINES = (3, 6), (1, 2, 5)
_LAYERS_ZH = {
    "areas": "区域",
    "buildings": "建筑",
    "roads": "道路",
    "water": "水系",
    "barriers": "不可跨越线",
    "preferred": "优先边界线",
    "compounds": "小区",
    "kept": "锁定网格",
}


@dataclass(frozen=True)
class Asked:
    """Layers of what planners ask of the ground; None where nothing is asked.

    Attributes
    ----------
    barriers
        Lines or polygons that no grid may lie across.
    preferred
        Lines or polygons whose edges a boundary should follow before others.
    compounds
        Polygons that are kept whole where they fit.
    """

    barriers: gpd.GeoDataFrame | None = None
    preferred: gpd.GeoDataFrame | None = None
    compounds: gpd.GeoDataFrame | None = None


def check_areas(areas: gpd.GeoDataFrame) -> list[str]:
    """Check areas and return their twelve-digit codes, provisional ones where they have none.

    Raises
    ------
    GridInputError
        No areas, no CRS, a shape that is not a valid polygon, a code that is not twelve digits
        or is used twice.
    """
    if len(areas) == 0:
        raise GridInputError(
            "areas_empty",
            "区域图层是空的：至少需要一个社区边界。",
            "The areas layer is empty: at least one community boundary is needed.",
        )
    check_shapes(areas, "areas", _POLYGONS)
    if "code" not in areas.columns or areas["code"].isna().all():
        return [provisional_area_code(position) for position in range(1, len(areas) + 1)]
    codes = [str(code) for code in areas["code"]]
    for position, code in enumerate(codes):
        if len(code) != 12 or not (code.isascii() and code.isdigit()):
            row = row_of(areas, position)
            raise GridInputError(
                "area_code",
                f"区域第 {row} 行的编码“{code}”不是 12 位数字（6 位区县 + 3 位街道 + 3 位社区）。"
                "请改正，或去掉 code 列改用临时编码。",
                f"Area row {row}: code “{code}” is not twelve digits (6 county, 3 street, "
                "3 community). Correct it, or drop the code column to get provisional codes.",
            )
        if code in codes[:position]:
            rows = f"{row_of(areas, codes.index(code))}, {row_of(areas, position)}"
            raise GridInputError(
                "area_code_twice",
                f"区域第 {rows} 行的编码都是 {code}，每个社区的编码只能用一次。",
                f"Area rows {rows} share the code {code}: each community needs its own.",
            )
    return codes


def bring_town(  # noqa: PLR0917 (the layers, and where they are brought)
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame,
    frame: LocalFrame,
    asked: Asked | None = None,
) -> Town:
    """Check buildings, roads and water and bring the whole town into local metres.

    Parameters
    ----------
    buildings, roads, water, areas
        See :func:`geo.grids.generate`.
    frame
        The local system.
    asked
        What planners ask of the ground.

    Raises
    ------
    GridInputError
        Names the layer, the row and what to mend.
    """
    local_areas = frame.bring_areas(areas)
    _check_overlaps(areas, local_areas)
    check_shapes(buildings, "buildings", _POLYGONS)
    houses = _unite(_parts(buildings, frame.bring(buildings)))
    constraints = _bring_asked(asked or Asked(), local_areas, frame)
    lines = [_lines_of(roads, "roads", frame), constraints.lines()]
    if water is not None:
        lines.append(_lines_of(water, "water", frame))
    return Town(
        areas=local_areas,
        buildings=houses.shapes,
        households=houses.households,
        lines=_near(np.concatenate(lines), local_areas),
        units=houses.units,
        rows=houses.rows,
        constraints=constraints,
    )


def _bring_asked(asked: Asked, areas: GeometryArray, frame: LocalFrame) -> Constraints:
    lines = {
        kind: no_shapes() if layer is None else _near(_lines_of(layer, kind, frame), areas)
        for kind, layer in (("barriers", asked.barriers), ("preferred", asked.preferred))
    }
    wide = no_shapes()
    if asked.barriers is not None and len(asked.barriers):
        shapes = frame.bring(asked.barriers)
        wide = shapely.get_parts(shapes[shapely.get_dimensions(shapes) == 2])
    compounds = no_shapes()
    if asked.compounds is not None and len(asked.compounds):
        check_shapes(asked.compounds, "compounds", _POLYGONS)
        compounds = frame.bring(asked.compounds)
    return Constraints(lines["barriers"], _near(wide, areas), lines["preferred"], compounds)


def row_of(layer: gpd.GeoDataFrame, position: int) -> object:
    """The row as a person counts it in the file: from ``source_row`` where the reader kept it."""
    if "source_row" in layer.columns:
        return layer["source_row"].iloc[position]
    return position + 1


def check_shapes(layer: gpd.GeoDataFrame, kind: str, types: Iterable[int]) -> None:
    """Check that a layer has a CRS, and valid shapes of the types it should have.

    Raises
    ------
    GridInputError
        Names the layer, the row and what to mend.
    """
    name_zh = _LAYERS_ZH[kind]
    if layer.crs is None:
        raise GridInputError(
            "crs_missing",
            f"{name_zh}图层没有坐标系，请在文件中注明（如 EPSG:4326）。",
            f"The {kind} layer has no coordinate system: state it in the file (as EPSG:4326).",
        )
    shapes = layer.geometry.to_numpy()
    wrong = ~np.isin(shapely.get_type_id(shapes), list(types)) | shapely.is_empty(shapes)
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        found = "—" if shapes[position] is None else shapes[position].geom_type
        row = row_of(layer, position)
        raise GridInputError(
            f"{kind}_shape",
            f"{name_zh}第 {row} 行的图形类型不对或为空（{found}），请补画或删除该行。",
            f"The shape in row {row} of {kind} is empty or of the wrong kind ({found}): "
            "draw it again or delete the row.",
        )
    _check_valid(layer, kind, shapes)


def _check_valid(layer: gpd.GeoDataFrame, kind: str, shapes: GeometryArray) -> None:
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = ~shapely.is_valid(shapes)
    bad[owner[~np.isfinite(points).all(axis=1)]] = True
    if bad.any():
        position = int(np.flatnonzero(bad)[0])
        row, reason = row_of(layer, position), shapely.is_valid_reason(shapes[position])
        raise GridInputError(
            f"{kind}_invalid",
            f"{_LAYERS_ZH[kind]}第 {row} 行的图形无效（{reason}），共 {int(bad.sum())} 处。"
            "请在 QGIS 中用“修正几何图形”处理并核对后再试。",
            f"The shape in row {row} of {kind} is not valid ({reason}); {int(bad.sum())} such "
            "rows. Mend them, for example with “Fix geometries” in QGIS, look at the result "
            "and try again.",
        )


def _check_overlaps(areas: gpd.GeoDataFrame, shapes: GeometryArray) -> None:
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    core = shapely.buffer(shared, -HALF_TOLERANCE_M)
    if not (~shapely.is_empty(core)).any():
        return
    at = int(np.argmax(shapely.area(core)))
    rows = f"{row_of(areas, int(one[at]))}, {row_of(areas, int(other[at]))}"
    size = f"{shapely.area(shared[at]):,.1f} m²"
    raise GridInputError(
        "areas_overlap",
        f"区域第 {rows} 行互相重叠 {size}。社区之间不能重叠，请修正共同边界。",
        f"The areas in rows {rows} overlap by {size}. Communities may not overlap: mend the "
        "border that they share.",
    )


def _whole_households(buildings: gpd.GeoDataFrame) -> IntArray:
    if "households" not in buildings.columns:
        raise GridInputError(
            "households_missing",
            "建筑图层缺少 households（户数）列。",
            "The buildings layer has no households column.",
        )
    values = pd.to_numeric(buildings["households"], errors="coerce").to_numpy(dtype=float)
    wrong = ~np.isfinite(values) | (values < 0) | (values != np.floor(values))
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        row, value = row_of(buildings, position), buildings["households"].iloc[position]
        raise GridInputError(
            "households_wrong",
            f"建筑第 {row} 行的户数“{value}”不是 0 或正整数，共 {int(wrong.sum())} 行，请改正。",
            f"Row {row} of buildings: households “{value}” is not a whole number from 0 up; "
            f"{int(wrong.sum())} such rows. Correct them.",
        )
    return np.asarray(values, dtype=np.int64)


@dataclass(frozen=True)
class _Houses:
    """Buildings, each one polygon, and what is known of each."""

    shapes: GeometryArray
    households: IntArray
    units: IntArray
    rows: IntArray


def _units(buildings: gpd.GeoDataFrame) -> IntArray:
    """Units of each building, 0 where they are not known."""
    if "units" not in buildings.columns:
        return np.zeros(len(buildings), dtype=np.int64)
    said = buildings["units"].notna().to_numpy()
    values = pd.to_numeric(buildings["units"], errors="coerce").to_numpy(dtype=float)
    wrong = said & ~(np.isfinite(values) & (values >= 1) & (values == np.floor(values)))
    if wrong.any():
        position = int(np.flatnonzero(wrong)[0])
        row, value = row_of(buildings, position), buildings["units"].iloc[position]
        raise GridInputError(
            "units_wrong",
            f"建筑第 {row} 行的单元数“{value}”不是正整数，共 {int(wrong.sum())} 行，请改正。",
            f"Row {row} of buildings: units “{value}” is not a whole number from 1 up; "
            f"{int(wrong.sum())} such rows. Correct them.",
        )
    return np.where(said, values, 0).astype(np.int64)


def _parts(buildings: gpd.GeoDataFrame, shapes: GeometryArray) -> _Houses:
    """Take buildings of several parts apart; the largest part keeps households and units."""
    households, units = _whole_households(buildings), _units(buildings)
    lost = shapely.is_empty(shapes) & (households > 0)
    if lost.any():
        row = row_of(buildings, int(np.flatnonzero(lost)[0]))
        raise GridInputError(
            "buildings_tiny",
            f"建筑第 {row} 行有户数，但图形小得看不见，请补画。",
            f"Row {row} of buildings has households but next to no size: draw it again.",
        )
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest = np.zeros(len(parts), dtype=np.int64)
    largest[order[np.unique(owner[order], return_index=True)[1]]] = 1
    return _Houses(
        np.asarray(parts, dtype=np.object_),
        households[owner] * largest,
        units[owner] * largest,
        owner.astype(np.int64),
    )


def _unite(found: _Houses) -> _Houses:
    """Unite buildings that overlap, so that each is wholly inside or outside a grid."""
    shapes = found.shapes
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    lap = ~shapely.is_empty(shapely.buffer(shared, -HALF_TOLERANCE_M))
    if not lap.any():
        return found
    size = len(shapes)
    links = coo_array((np.ones(int(lap.sum())), (one[lap], other[lap])), shape=(size, size))
    count, group = connected_components(links, directed=False)
    united = np.empty(count, dtype=np.object_)
    rows = np.zeros(count, dtype=np.int64)
    order = np.argsort(group, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(group))[:-1]):
        united[group[members[0]]] = (
            shapes[members[0]] if len(members) == 1 else shapely.union_all(shapes[members])
        )
        rows[group[members[0]]] = found.rows[members[np.argmax(found.households[members])]]
    return _Houses(
        united,
        np.bincount(group, found.households, minlength=count).astype(np.int64),
        np.bincount(group, found.units, minlength=count).astype(np.int64),
        rows,
    )


def _lines_of(layer: gpd.GeoDataFrame, kind: str, frame: LocalFrame) -> GeometryArray:
    if len(layer) == 0:
        return np.empty(0, dtype=np.object_)
    check_shapes(layer, kind, _LINES if kind == "roads" else _LINES + _POLYGONS)
    shapes = frame.bring(layer)
    flat = shapely.get_dimensions(shapes) == 2
    shapes[flat] = shapely.boundary(shapes[flat])
    parts = shapely.get_parts(shapes)
    return np.asarray(parts[~shapely.is_empty(parts)], dtype=np.object_)


def _near(lines: GeometryArray, areas: GeometryArray) -> GeometryArray:
    """Leave out lines that no area comes near: a county's roads are many."""
    if len(lines) == 0:
        return lines
    near: BoolArray = np.zeros(len(lines), dtype=bool)
    near[shapely.STRtree(lines).query(areas, predicate="dwithin", distance=10.0)[1]] = True
    return lines[near]
