"""Check what a town is made of, and bring it into local metres.

Nothing is mended silently: a shape that is not valid is named, with the place and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Town
from geo.grids.codes import provisional_area_code
from geo.grids.errors import GridInputError
from geo.grids.faces import BoolArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame

HALF_TOLERANCE_M = 0.005
_POLYGONS, _LINES = (3, 6), (1, 2, 5)
_LAYERS_ZH = {"areas": "区域", "buildings": "建筑", "roads": "道路", "water": "水系"}


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
    _check_shapes(areas, "areas", _POLYGONS)
    if "code" not in areas.columns or areas["code"].isna().all():
        return [provisional_area_code(position) for position in range(1, len(areas) + 1)]
    codes = [str(code) for code in areas["code"]]
    for position, code in enumerate(codes):
        if len(code) != 12 or not (code.isascii() and code.isdigit()):
            row = _row(areas, position)
            raise GridInputError(
                "area_code",
                f"区域第 {row} 行的编码“{code}”不是 12 位数字（6 位区县 + 3 位街道 + 3 位社区）。"
                "请改正，或去掉 code 列改用临时编码。",
                f"Area row {row}: code “{code}” is not twelve digits (6 county, 3 street, "
                "3 community). Correct it, or drop the code column to get provisional codes.",
            )
        if code in codes[:position]:
            rows = f"{_row(areas, codes.index(code))}, {_row(areas, position)}"
            raise GridInputError(
                "area_code_twice",
                f"区域第 {rows} 行的编码都是 {code}，每个社区的编码只能用一次。",
                f"Area rows {rows} share the code {code}: each community needs its own.",
            )
    return codes


def bring_town(
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame,
    frame: LocalFrame,
) -> Town:
    """Check buildings, roads and water and bring the whole town into local metres.

    Raises
    ------
    GridInputError
        Names the layer, the row and what to mend.
    """
    local_areas = frame.bring_areas(areas)
    _check_overlaps(areas, local_areas)
    _check_shapes(buildings, "buildings", _POLYGONS)
    households = _whole_households(buildings)
    shapes, households = _unite(_parts(buildings, frame.bring(buildings), households))
    lines = [_lines_of(roads, "roads", frame)]
    if water is not None:
        lines.append(_lines_of(water, "water", frame))
    return Town(local_areas, shapes, households, _near(np.concatenate(lines), local_areas))


def _row(layer: gpd.GeoDataFrame, position: int) -> object:
    """The row as a person counts it in the file: from ``source_row`` where the reader kept it."""
    if "source_row" in layer.columns:
        return layer["source_row"].iloc[position]
    return position + 1


def _check_shapes(layer: gpd.GeoDataFrame, kind: str, types: Iterable[int]) -> None:
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
        row = _row(layer, position)
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
        row, reason = _row(layer, position), shapely.is_valid_reason(shapes[position])
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
    rows = f"{_row(areas, int(one[at]))}, {_row(areas, int(other[at]))}"
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
        row, value = _row(buildings, position), buildings["households"].iloc[position]
        raise GridInputError(
            "households_wrong",
            f"建筑第 {row} 行的户数“{value}”不是 0 或正整数，共 {int(wrong.sum())} 行，请改正。",
            f"Row {row} of buildings: households “{value}” is not a whole number from 0 up; "
            f"{int(wrong.sum())} such rows. Correct them.",
        )
    return np.asarray(values, dtype=np.int64)


def _parts(
    buildings: gpd.GeoDataFrame, shapes: GeometryArray, households: IntArray
) -> tuple[GeometryArray, IntArray]:
    """Take buildings of several parts apart; the largest part keeps the households."""
    lost = shapely.is_empty(shapes) & (households > 0)
    if lost.any():
        row = _row(buildings, int(np.flatnonzero(lost)[0]))
        raise GridInputError(
            "buildings_tiny",
            f"建筑第 {row} 行有户数，但图形小得看不见，请补画。",
            f"Row {row} of buildings has households but next to no size: draw it again.",
        )
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    largest = order[np.unique(owner[order], return_index=True)[1]]
    share = np.zeros(len(parts), dtype=np.int64)
    share[largest] = households[owner[largest]]
    return np.asarray(parts, dtype=np.object_), share


def _unite(parts: tuple[GeometryArray, IntArray]) -> tuple[GeometryArray, IntArray]:
    """Unite buildings that overlap, so that each is wholly inside or outside a grid."""
    shapes, households = parts
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    lap = ~shapely.is_empty(shapely.buffer(shared, -HALF_TOLERANCE_M))
    if not lap.any():
        return shapes, households
    size = len(shapes)
    links = coo_array((np.ones(int(lap.sum())), (one[lap], other[lap])), shape=(size, size))
    count, group = connected_components(links, directed=False)
    united = np.empty(count, dtype=np.object_)
    order = np.argsort(group, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(group))[:-1]):
        united[group[members[0]]] = (
            shapes[members[0]] if len(members) == 1 else shapely.union_all(shapes[members])
        )
    return united, np.bincount(group, households, minlength=count).astype(np.int64)


def _lines_of(layer: gpd.GeoDataFrame, kind: str, frame: LocalFrame) -> GeometryArray:
    if len(layer) == 0:
        return np.empty(0, dtype=np.object_)
    _check_shapes(layer, kind, _LINES if kind == "roads" else _LINES + _POLYGONS)
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
