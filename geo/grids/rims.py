"""Corners of grids on a border of areas, put into the grids on its other side as well.

Each area is divided on its own, so a boundary that ends on its border ends there for it alone.
Where neighbours do not share their vertices, simplifying them opens cracks.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.grids.faces import (
    NODE_GRID_M,
    BoolArray,
    FloatArray,
    GeometryArray,
    IntArray,
    are_sound,
    point_keys,
)

REACH_M = 1.5 * NODE_GRID_M


def share_corners(shapes: GeometryArray, area: IntArray) -> GeometryArray:
    """Give neighbours in different areas the same vertices along their common border.

    Parameters
    ----------
    shapes
        Polygons, local metres, on the node grid.
    area
        Area of each; those of one area share their vertices already.

    Returns
    -------
    The same ground to a millimetre. A shape that would not be valid with more corners keeps its
    own.
    """
    shapes = _meet(shapes, area)
    rings, shape_of_ring = shapely.get_rings(shapes, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    owner = area[shape_of_ring[ring]]
    keys = point_keys(points)
    at = np.flatnonzero(ring[1:] == ring[:-1])
    # An edge that is one with a neighbour's needs no corner: what is near it lies across a thorn.
    rim = at[_alone(keys[at], keys[at + 1])]
    corners = np.unique(np.concatenate([rim, rim + 1]))
    edges = np.asarray(shapely.linestrings(np.stack([points[rim], points[rim + 1]], axis=1)))
    corner, edge = shapely.STRtree(edges).query(
        shapely.points(points[corners]), predicate="dwithin", distance=REACH_M
    )
    new, old = corners[corner], rim[edge]
    where = _along(points[new], points[old], points[old + 1])
    own = (keys[new] == keys[old]) | (keys[new] == keys[old + 1])
    missing = (owner[new] != owner[old]) & ~own & (where > 0) & (where < 1)
    new, old, where = new[missing], old[missing], where[missing]
    # A corner that lies beside a vertex of a shape is near two of its edges: it goes into one.
    off_m = np.hypot(
        *(points[old] + where[:, None] * (points[old + 1] - points[old]) - points[new]).T
    )
    nearest = np.lexsort((off_m, keys[new], shape_of_ring[ring[old]]))
    place = np.stack([shape_of_ring[ring[old]], keys[new]])[:, nearest]
    once = nearest[np.unique(place, axis=1, return_index=True)[1]]
    return _insert(shapes, (new[once], old[once], where[once]))


def _meet(shapes: GeometryArray, area: IntArray) -> GeometryArray:
    """Let vertices of two areas that are one but for rounding be one: the first area's."""
    points, shape = shapely.get_coordinates(shapes, return_index=True)
    keys, owner = point_keys(points), area[shape]
    order = np.lexsort((owner, keys))
    one = order[np.unique(np.stack([keys, owner])[:, order], axis=1, return_index=True)[1]]
    pairs = cKDTree(points[one]).query_pairs(REACH_M, output_type="ndarray")
    first, second = one[pairs[:, 0]], one[pairs[:, 1]]
    apart = (owner[first] != owner[second]) & (keys[first] != keys[second])
    low = np.where(owner[first] < owner[second], first, second)[apart]
    high = np.where(owner[first] < owner[second], second, first)[apart]
    held = set(zip(keys.tolist(), owner.tolist(), strict=True))
    goal = {
        (int(keys[b]), int(owner[b])): points[a]
        for a, b in zip(low.tolist(), high.tolist(), strict=True)
        # Not where that area has both, a millimetre apart.
        if (int(keys[a]), int(owner[b])) not in held and (int(keys[b]), int(owner[a])) not in held
    }
    while goal:
        moved = points.copy()
        for at in np.flatnonzero(np.isin(keys, keys[high])).tolist():
            moved[at] = goal.get((int(keys[at]), int(owner[at])), points[at])
        met = np.asarray(shapely.set_coordinates(shapes.copy(), moved), dtype=np.object_)
        wrong = np.isin(shape, np.flatnonzero(~are_sound(met)))
        bad = set(zip(keys[wrong].tolist(), owner[wrong].tolist(), strict=True)) & goal.keys()
        if not bad:
            return met
        # A vertex is moved for all grids of its area or for none.
        goal = {key: point for key, point in goal.items() if key not in bad}
    return shapes


def _alone(begin: IntArray, end: IntArray) -> BoolArray:
    """Whether an edge has no twin."""
    ends = np.sort(np.stack([begin, end]), axis=0)
    _, name, count = np.unique(ends, axis=1, return_inverse=True, return_counts=True)
    return np.asarray(count[name.ravel()] == 1, dtype=np.bool_)


def _along(points: FloatArray, begin: FloatArray, end: FloatArray) -> FloatArray:
    """Where points lie along straight lines, 0 at the beginning and 1 at the end."""
    line = end - begin
    return np.asarray(((points - begin) * line).sum(axis=1) / (line**2).sum(axis=1))


def _insert(shapes: GeometryArray, found: tuple[IntArray, IntArray, FloatArray]) -> GeometryArray:
    """Put points into edges; both are counted over the points of all rings."""
    rings, shape_of_ring = shapely.get_rings(shapes, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    new, old, where = found
    # An edge's first point has its own place; what is put in comes after it, in its order.
    place = np.concatenate([np.arange(len(points), dtype=np.float64), old + where])
    order = np.argsort(place, kind="stable")
    longer = np.concatenate([points, points[new]])[order]
    of_ring = np.concatenate([ring, ring[old]])[order]
    lines = np.asarray(shapely.linearrings(longer, indices=of_ring), dtype=np.object_)
    changed = np.unique(shape_of_ring[ring[old]])
    drawn = shapes.copy()
    for shape in changed.tolist():
        first, *holes = lines[shape_of_ring == shape]
        better = shapely.polygons(first, holes=holes or None)
        if are_sound(np.array([better])).all():
            drawn[shape] = better
    return drawn
