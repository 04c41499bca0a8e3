"""Corners of grids on a border of areas, put into the grids on its other side as well."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import NODE_GRID_M, BoolArray, FloatArray, GeometryArray, IntArray, point_keys

REACH_M = 1.5 * NODE_GRID_M


def share_corners(shapes: GeometryArray, area: IntArray) -> GeometryArray:
    """Give neighbours in different areas the same vertices along their common border.

    Each area is divided on its own, so a boundary that ends on its border ends there for it
    alone. Where neighbours do not share vertices, simplifying them opens cracks.

    Parameters
    ----------
    shapes
        Polygons, local metres, on the node grid.
    area
        Area of each; those of one area share their vertices already.
    """
    rings, shape_of_ring = shapely.get_rings(shapes, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    keys = point_keys(points)
    owner = area[shape_of_ring[ring]]
    at = np.flatnonzero(ring[1:] == ring[:-1])
    rim = at[_alone(keys[at], keys[at + 1], owner[at])]
    corners = np.unique(np.concatenate([rim, rim + 1]))
    edges = np.asarray(shapely.linestrings(np.stack([points[rim], points[rim + 1]], axis=1)))
    corner, edge = shapely.STRtree(edges).query(
        shapely.points(points[corners]), predicate="dwithin", distance=REACH_M
    )
    new, old = corners[corner], rim[edge]
    missing = (owner[new] != owner[old]) & (keys[new] != keys[old]) & (keys[new] != keys[old + 1])
    additions: dict[int, dict[int, FloatArray]] = {}
    for corner_at, edge_at in zip(new[missing].tolist(), old[missing].tolist(), strict=True):
        additions.setdefault(edge_at, {})[int(keys[corner_at])] = points[corner_at]
    changed = sorted({int(shape_of_ring[ring[edge_at]]) for edge_at in additions})
    shapes = shapes.copy()
    for shape in changed:
        shapes[shape] = _rebuilt(np.flatnonzero(shape_of_ring == shape), ring, points, additions)
    return shapes


def _alone(begin: IntArray, end: IntArray, owner: IntArray) -> BoolArray:
    """Whether an edge has no twin within its own area."""
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    order = np.lexsort((owner, high, low))
    new = np.ones(len(order), dtype=bool)
    for value in (low[order], high[order], owner[order]):
        new[1:] &= value[1:] == value[:-1]
    new[:1] = False
    run = np.cumsum(~new) - 1
    alone = np.empty(len(order), dtype=bool)
    alone[order] = np.bincount(run)[run] == 1
    return alone


def _rebuilt(
    rings: IntArray,
    ring: IntArray,
    points: FloatArray,
    additions: dict[int, dict[int, FloatArray]],
) -> BaseGeometry:
    drawn = []
    for one in rings.tolist():
        first, last = np.searchsorted(ring, [one, one + 1])
        chain = []
        for at in range(first, last):
            chain.append(points[at])
            more = list(additions.get(at, {}).values())
            more.sort(key=lambda corner, start=points[at]: float(np.hypot(*(corner - start))))  # type: ignore[misc]
            chain += more
        drawn.append(np.array(chain))
    return Polygon(drawn[0], drawn[1:])
