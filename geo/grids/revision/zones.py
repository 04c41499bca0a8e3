"""The present grids laid over an area as it is now: zones, which tile it exactly.

Between the day a plan was drawn and today, houses were built across its boundaries and the border
of a community may have moved. A zone is what is left of one grid in one piece, with a building
that it would cut either whole or not at all; ground without a grid is a zone too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo.grids.cells import Town
from geo.grids.faces import (
    NODE_GRID_M,
    BoolArray,
    Borders,
    FloatArray,
    GeometryArray,
    IntArray,
    absorb,
    find_borders,
    node_lines,
    point_keys,
    polygonize,
    split_pieces,
)
from geo.grids.revision.outlines import leave_out, trace

CUT_M2 = 0.1
"""A building is cut when two grids hold more than this of it."""
ON_LINE_M = 2 * NODE_GRID_M
"""Noding moves a line by less than this."""
SLIVER_M = 0.5
"""Ground without households that is nowhere wider than this is rounding: a neighbour's."""


@dataclass(frozen=True)
class Zones:
    """Zones of one area, local metres.

    Attributes
    ----------
    shapes
        Polygons: a coverage of the area.
    grid
        Position of the present grid that each is the chief part of, or -1.
    origin
        Position of the present grid that each lies in, or -1 where there is none.
    households
        Of each, by the inner points of buildings.
    """

    shapes: GeometryArray
    grid: IntArray
    origin: IntArray
    households: IntArray


def lay_zones(town: Town, present: GeometryArray, own: IntArray) -> Zones:
    """Lay present grids over an area.

    Parameters
    ----------
    town
        One area with its buildings.
    present
        All present grids, local metres, on the node grid.
    own
        Positions of those that belong to this area: each is the grid of one zone at most.
    """
    outline = town.areas[0]
    near = np.sort(shapely.STRtree(present).query(outline, predicate="intersects"))
    cut, keeper = _cut_buildings(town, present, near)
    lines = np.concatenate([[outline], present[near], town.buildings[cut]])
    faces = polygonize(node_lines(np.asarray(shapely.boundary(lines), dtype=np.object_)))
    points = shapely.point_on_surface(faces)
    inside = shapely.within(points, outline)
    faces, points = faces[inside], points[inside]
    origin = _holder(points, present, near)
    walled = _holder(points, town.buildings[cut], np.arange(len(cut)))
    origin[walled >= 0] = keeper[walled[walled >= 0]]
    homes = shapely.point_on_surface(town.buildings)
    zones = _unite(faces, origin, own, homes, town.households)
    return replace(zones, shapes=_tidy(zones.shapes, lines))


def _cut_buildings(town: Town, present: GeometryArray, near: IntArray) -> tuple[IntArray, IntArray]:
    """Buildings that two grids hold a part of, and for each the grid that holds most."""
    building, grid = shapely.STRtree(present[near]).query(town.buildings, predicate="intersects")
    crossed = np.bincount(building, minlength=len(town.buildings)) > 1
    crossed &= shapely.within(town.buildings, town.areas[0])
    asked = crossed[building]
    building, grid = building[asked], grid[asked]
    shared = shapely.intersection(town.buildings[building], present[near[grid]])
    size_m2: FloatArray = shapely.area(shared)
    count = np.bincount(building[size_m2 > CUT_M2], minlength=len(town.buildings))
    order = np.lexsort((grid, -size_m2, building))
    first, at = np.unique(building[order], return_index=True)
    cut = count[first] > 1
    return first[cut], near[grid[order[at[cut]]]].astype(np.int64)


def _holder(points: GeometryArray, shapes: GeometryArray, named: IntArray) -> IntArray:
    """Name of the first shape that holds each point, or -1."""
    found = np.full(len(points), -1, dtype=np.int64)
    if len(named):
        held = shapes[named] if len(shapes) != len(named) else shapes
        point, shape = shapely.STRtree(held).query(points, predicate="intersects")
        order = np.argsort(-shape, kind="stable")
        found[point[order]] = named[shape[order]]
    return found


def _unite(
    faces: GeometryArray,
    origin: IntArray,
    own: IntArray,
    homes: GeometryArray,
    households: IntArray,
) -> Zones:
    """Make one polygon of the faces of each grid that hang together; slivers join a neighbour."""
    borders = find_borders(faces)
    pen = np.zeros(len(faces), dtype=np.int64)
    face_of_home = _holder(homes, faces, np.arange(len(faces)))
    inside = face_of_home >= 0
    held = np.bincount(face_of_home[inside], households[inside], minlength=len(faces))
    held = held.astype(np.int64)
    piece = split_pieces(origin, borders, pen)
    piece = absorb(piece, _slivers(faces, piece, held, borders), borders, pen)
    _, zone = np.unique(piece, return_inverse=True)
    size = int(zone.max()) + 1
    weight = np.bincount(zone, held, minlength=size).astype(np.int64)
    order = np.argsort(zone, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(zone))[:-1])
    shapes = np.empty(size, dtype=np.object_)
    of_zone = np.full(size, -1, dtype=np.int64)
    for at, members in enumerate(parts):
        shapes[at] = shapely.coverage_union_all(faces[members])
        ground_m2 = shapely.area(faces[members])
        of_zone[at] = origin[members[np.argmax(ground_m2)]]
    return Zones(shapes, _chief(of_zone, own, weight, shapely.area(shapes)), of_zone, weight)


def _tidy(shapes: GeometryArray, given: GeometryArray) -> GeometryArray:
    """Leave out vertices that only noding made: where two lines are one but for rounding."""
    outlines = trace(shapes)
    known = np.unique(point_keys(shapely.get_coordinates(given)))
    return leave_out(outlines, outlines.needless(ON_LINE_M) & ~np.isin(outlines.names, known))


def _slivers(faces: GeometryArray, piece: IntArray, held: IntArray, borders: Borders) -> BoolArray:
    """Whether each piece is too narrow to be ground of its own."""
    count = int(piece.max()) + 1
    left, right = piece[borders.left], piece[np.maximum(borders.right, 0)]
    rim = (borders.right < 0) | (left != right)
    round_m = np.bincount(left[rim], borders.length_m[rim], minlength=count)
    beyond = rim & (borders.right >= 0)
    round_m += np.bincount(right[beyond], borders.length_m[beyond], minlength=count)
    size_m2 = np.bincount(piece, shapely.area(faces), minlength=count)
    empty = np.bincount(piece, held, minlength=count) == 0
    return np.asarray(empty & (2 * size_m2 < SLIVER_M * round_m), dtype=np.bool_)


def _chief(origin: IntArray, own: IntArray, weight: IntArray, size_m2: FloatArray) -> IntArray:
    """Of the zones of each own grid the one with most households, then ground, keeps it."""
    grid = np.full(len(origin), -1, dtype=np.int64)
    order = np.lexsort((-size_m2, -weight, origin))
    first = order[np.unique(origin[order], return_index=True)[1]]
    mine = first[np.isin(origin[first], own)]
    grid[mine] = origin[mine]
    return grid
