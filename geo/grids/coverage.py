"""Do the grids tile their area? Valid coverage, nothing missing, nothing over, one piece each.

A valid coverage alone is not enough: a gap at the rim of an area leaves it valid. So the union
is compared with the area too. Shapely's coverage functions are used (GEOS 3.12 and later).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import GeometryArray, IntArray
from geo.grids.local import LocalFrame

TOLERANCE_M = 0.01
"""Gaps and overlaps narrower than this are not there."""

Kind = Literal["gap", "overlap", "outside", "pieces", "edges"]


@dataclass(frozen=True)
class Fault:
    """One thing that keeps grids from tiling their area.

    Attributes
    ----------
    kind
        ``gap`` (part of the area without a grid), ``overlap`` (two grids), ``outside`` (a grid
        beyond the area), ``pieces`` (a grid that is not one valid polygon), ``edges`` (vertices
        of neighbours do not match).
    grids
        Positions of the grids concerned.
    x, y
        A place to look at, in the system of the shapes checked.
    size_m2
        Size of the gap, overlap or overhang; 0 for the other kinds.
    """

    kind: Kind
    grids: tuple[int, ...]
    x: float
    y: float
    size_m2: float


def find_faults(grids: GeometryArray, area: BaseGeometry) -> list[Fault]:
    """Find all that keeps grids from tiling one area.

    Parameters
    ----------
    grids
        Polygons, metres.
    area
        Polygon or multipolygon in the same system.
    """
    whole = shapely.is_valid(grids) & (shapely.get_type_id(grids) == 3)
    faults = [_fault("pieces", (at,), grids[at], 0.0) for at in np.flatnonzero(~whole).tolist()]
    # In a valid coverage nothing overlaps: neighbours need not be intersected.
    valid = bool(whole.all() and shapely.coverage_is_valid(grids))
    overlaps = [] if valid else _overlaps(grids)
    faults += overlaps
    if valid:
        union = shapely.coverage_union_all(grids)
    else:
        union = shapely.union_all(grids[shapely.is_valid(grids)])
        if whole.all() and not overlaps:
            edges = shapely.coverage_invalid_edges(grids)
            wrong = np.flatnonzero(~shapely.is_empty(edges))
            faults += [_fault("edges", (at,), edges[at], 0.0) for at in wrong.tolist()]
    faults += [_fault("gap", (), hole, hole.area) for hole in _wide(area.difference(union))]
    faults += [_fault("outside", (), over, over.area) for over in _wide(union.difference(area))]
    return faults


def find_plan_faults(
    grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, area_of_grid: IntArray, frame: LocalFrame
) -> list[Fault]:
    """Find all faults of a plan over several areas, in the local metres of ``frame``.

    Parameters
    ----------
    grids, areas
        The plan and its areas, each with a CRS.
    area_of_grid
        Position of its area for each grid.
    frame
        The metric system to measure in.
    """
    shapes, outlines = frame.bring(grids), frame.bring_areas(areas)
    faults: list[Fault] = []
    for at, outline in enumerate(outlines):
        members = np.flatnonzero(area_of_grid == at)
        for fault in find_faults(shapes[members], outline):
            named = tuple(int(members[grid]) for grid in fault.grids)
            faults.append(Fault(fault.kind, named, fault.x, fault.y, fault.size_m2))
    return faults


def _overlaps(grids: GeometryArray) -> list[Fault]:
    usable = np.flatnonzero(shapely.is_valid(grids))
    shapes = grids[usable]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.intersection(shapes[one], shapes[other])
    faults = []
    for at in np.flatnonzero(shapely.area(shared) > 0).tolist():
        pair = (int(usable[one[at]]), int(usable[other[at]]))
        faults += [_fault("overlap", pair, lap, lap.area) for lap in _wide(shared[at])]
    return faults


def _wide(shape: BaseGeometry) -> list[BaseGeometry]:
    """Parts of a shape that are wider than the tolerance somewhere."""
    parts = shapely.get_parts(shape)
    core = shapely.buffer(parts, -TOLERANCE_M / 2, join_style="mitre")
    return list(parts[~shapely.is_empty(core)])


def _fault(kind: Kind, grids: tuple[int, ...], place: BaseGeometry | None, size_m2: float) -> Fault:
    if place is None or place.is_empty:
        return Fault(kind, grids, float("nan"), float("nan"), size_m2)
    point = place.representative_point()
    return Fault(kind, grids, point.x, point.y, size_m2)
