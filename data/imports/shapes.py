"""Checks of shapes: there, of the right kind, valid, and where they should be.

Broken shapes are refused, never repaired: a repair that runs for minutes on a hostile polygon
stops the import, and one that guesses moves somebody's border.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from data.imports.columns import GeometryKind, Kind
from data.imports.limits import MAX_VERTICES, MAX_VERTICES_PER_SHAPE
from data.imports.position import Shapes, hint_for_metres, is_off_zone, lonlat_of
from data.imports.problems import ImportFileError, Problem
from data.imports.raw import RawTable

Mask = npt.NDArray[np.bool_]
Fault = tuple[int, str, Problem]
ToProblem = Callable[[int], Problem]

_TYPE_IDS: Final[dict[GeometryKind, tuple[int, ...]]] = {
    "point": (0, 4),
    "line": (1, 5),
    "polygon": (3, 6),
    "line-or-polygon": (1, 3, 5, 6),
    "any": (0, 1, 3, 4, 5, 6),
}
_NEEDED: Final[dict[GeometryKind, tuple[str, str]]] = {
    "point": ("点", "points"),
    "line": ("线", "lines"),
    "polygon": ("面", "polygons"),
    "line-or-polygon": ("线或面", "lines or polygons"),
    "any": ("点、线或面", "points, lines or polygons"),
}
_FOUND: Final = {
    0: ("点", "points"),
    1: ("线", "lines"),
    2: ("线环", "rings"),
    3: ("面", "polygons"),
    4: ("多点", "multipoints"),
    5: ("线", "lines"),
    6: ("面", "polygons"),
    7: ("混合图形", "collections"),
}
_REASONS_ZH: Final = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界自相碰",
    "Hole lies outside shell": "内洞在外边界之外",
    "Holes are nested": "内洞互相嵌套",
    "Nested holes": "内洞互相嵌套",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "外边界互相嵌套",
    "Too few points in geometry component": "顶点太少",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "边界没有闭合",
}
_REASON = re.compile(r"^(?P<reason>[^\[]+)(\[(?P<x>\S+) (?P<y>\S+)\])?")


@dataclass
class ShapeCheck:
    """Shapes of a file with the faults found so far; a faulty shape is checked no further."""

    shapes: Shapes
    good: Mask
    faults: list[Fault]

    def refuse(self, bad: Mask, problem: ToProblem) -> None:
        """Record a fault for each still good shape that `bad` marks."""
        for at in np.flatnonzero(self.good & bad):
            self.faults.append((int(at), "geometry", problem(int(at))))
        self.good &= ~bad


def check_shapes(raw: RawTable, kind: Kind) -> ShapeCheck:
    """Check that shapes are there, small enough, of the right kind and valid.

    Parameters
    ----------
    raw
        A table with shapes, in whatever coordinates.
    kind
        What is imported; tells which shapes it needs.

    Raises
    ------
    ImportFileError
        If no shape at all is of the right kind, or there are too many vertices.
    """
    shapes = raw.frame["geometry"].to_numpy(dtype=object, copy=True)
    check = ShapeCheck(shapes, np.ones(len(shapes), dtype=bool), [])
    check.refuse(
        shapely.is_missing(shapes) | shapely.is_empty(shapes), lambda _: Problem("geometry_missing")
    )
    _check_size(check)
    _check_kind(check, raw, kind.geometry)
    _check_valid(check)
    _unwrap_single_points(check, kind.geometry)
    return check


def _check_size(check: ShapeCheck) -> None:
    vertices = shapely.get_num_coordinates(check.shapes)
    total = int(vertices.sum())
    if total > MAX_VERTICES:
        raise ImportFileError("too_many_vertices", vertices=total, limit=MAX_VERTICES)
    check.refuse(
        vertices > MAX_VERTICES_PER_SHAPE,
        lambda at: Problem(
            "geometry_too_large",
            {"vertices": int(vertices[at]), "limit": MAX_VERTICES_PER_SHAPE},
        ),
    )


def _check_kind(check: ShapeCheck, raw: RawTable, needed: GeometryKind) -> None:
    types = shapely.get_type_id(check.shapes)
    wrong = ~np.isin(types, _TYPE_IDS[needed])
    if needed == "point":
        wrong |= (types == 4) & (shapely.get_num_geometries(check.shapes) != 1)
    needed_zh, needed_en = _NEEDED[needed]
    names = {"needed_zh": needed_zh, "needed_en": needed_en}
    if check.good.any() and bool(wrong[check.good].all()):
        found_zh, found_en = _FOUND[int(types[check.good][0])]
        others = [name for name in raw.layers if name != raw.layer]
        raise ImportFileError(
            "geometry_kind_wrong",
            layer=raw.layer,
            found_zh=found_zh,
            found_en=found_en,
            layers=", ".join(others) or "–",
            needed_zh=needed_zh,
            needed_en=needed_en,
        )

    def problem(at: int) -> Problem:
        found_zh, found_en = _FOUND[int(types[at])]
        return Problem("geometry_type", {"found_zh": found_zh, "found_en": found_en, **names})

    check.refuse(wrong, problem)


def _check_valid(check: ShapeCheck) -> None:
    valid = np.zeros(len(check.shapes), dtype=bool)
    valid[check.good] = shapely.is_valid(check.shapes[check.good])
    check.refuse(~valid, lambda at: _invalid(check.shapes[at]))
    dimensions = shapely.get_dimensions(check.shapes)
    with np.errstate(over="ignore", invalid="ignore"):  # huge numbers are told of as places
        extent = np.where(dimensions == 2, shapely.area(check.shapes), shapely.length(check.shapes))
    check.refuse((dimensions > 0) & (extent == 0), lambda _: Problem("geometry_zero"))


def _invalid(shape: shapely.Geometry) -> Problem:
    match = _REASON.match(shapely.is_valid_reason(shape))
    reason = match["reason"] if match is not None else "Invalid"
    params = {"reason_zh": _REASONS_ZH.get(reason, reason), "reason_en": reason}
    for axis in ("x", "y"):
        number = match[axis] if match is not None else None
        params[axis] = "?" if number is None else f"{float(number):.6f}"
    return Problem("geometry_invalid", params)


def _unwrap_single_points(check: ShapeCheck, needed: GeometryKind) -> None:
    if needed == "point":
        wrapped = check.good & (shapely.get_type_id(check.shapes) == 4)
        check.shapes[wrapped] = shapely.get_geometry(check.shapes[wrapped], 0)


def check_places(check: ShapeCheck, crs: CRS) -> None:
    """Check that the shapes lie on earth, longitude first, and where their system is made for.

    One wrong row is that row's fault; when most rows are wrong, it is the file's.

    Raises
    ------
    ImportFileError
        If most rows are swapped, not in degrees, or outside the system's area.
    """
    at = np.flatnonzero(check.good)
    if len(at) == 0:
        return
    if crs.is_geographic:
        _check_degrees(check, at)
    else:
        _check_zone(check, at, crs)


def _check_degrees(check: ShapeCheck, at: npt.NDArray[np.intp]) -> None:
    bounds = shapely.bounds(check.shapes[at])
    west, south, east, north = bounds.T
    in_range = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
    flipped = (south >= -180) & (north <= 180) & (west >= -90) & (east <= 90)
    # Nobody maps grids between 73° and 90° north, but China lies between 73° and 90° east too.
    arctic = in_range & (west >= 15) & (east <= 55) & (south >= 73)
    swapped = (~in_range & flipped) | arctic
    lost = ~in_range & ~flipped
    x, y = float(np.median(west)), float(np.median(south))
    if 2 * swapped.sum() > len(at):
        first = int(np.argmax(swapped))
        raise ImportFileError(
            "coordinates_swapped", x=f"{west[first]:.6f}", y=f"{south[first]:.6f}"
        )
    if 2 * lost.sum() > len(at):
        hint_zh, hint_en = hint_for_metres(x, y)
        raise ImportFileError(
            "coordinates_not_degrees",
            x=f"{x:.3f}",
            y=f"{y:.3f}",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    _refuse_some(check, at, ~in_range & flipped, lambda _: Problem("coordinate_swapped"))
    _refuse_some(check, at, lost, lambda i: _out_of_range(west[i], south[i]))
    at_zero = (west == 0) & (east == 0) & (south == 0) & (north == 0)
    _refuse_some(check, at, at_zero, lambda _: Problem("coordinate_zero"))


def _check_zone(check: ShapeCheck, at: npt.NDArray[np.intp], crs: CRS) -> None:
    lon, lat = lonlat_of(check.shapes[at], crs)
    off = is_off_zone(lon, lat, crs)
    if 2 * off.sum() > len(at):
        first = int(np.argmax(off))
        x, y = shapely.get_coordinates(check.shapes[at[first]])[0]
        hint_zh, hint_en = hint_for_metres(float(x), float(y))
        raise ImportFileError(
            "coordinates_off_crs",
            crs=crs.name,
            x=f"{x:.3f}",
            y=f"{y:.3f}",
            hint_zh=hint_zh,
            hint_en=hint_en,
        )
    _refuse_some(check, at, off, lambda i: _out_of_range(lon[i], lat[i]))


def _out_of_range(lon: float, lat: float) -> Problem:
    return Problem("coordinate_range", {"lon": f"{lon:.6f}", "lat": f"{lat:.6f}"})


def _refuse_some(
    check: ShapeCheck, at: npt.NDArray[np.intp], bad: Mask, problem: ToProblem
) -> None:
    """Refuse the shapes that `bad` marks among those at `at`; `problem` gets the place in `at`."""
    marks = np.zeros(len(check.shapes), dtype=bool)
    marks[at[bad]] = True
    order = {int(place): index for index, place in enumerate(at)}
    check.refuse(marks, lambda place: problem(order[place]))
