"""Lines half way between the walls of buildings.

They are edges of the Voronoi diagram of points on walls, taken from its dual: each side of a
Delaunay triangle between the walls of two buildings is crossed by one edge, from the middle of
the triangle's circle to that of its neighbour's. Only these edges are made, already in chains.
"""

from __future__ import annotations

import numpy as np
import shapely
from numba import njit
from scipy.spatial import Delaunay, QhullError

from geo.grids.faces import FloatArray, GeometryArray, IntArray

SMOOTH_M = 0.6
"""Dividing lines may be straightened by this much; walls hold them where it matters."""


def halfway_lines(points: FloatArray, owner: IntArray) -> GeometryArray:
    """Draw the lines half way between points of different owners.

    Parameters
    ----------
    points
        Shape (n, 2), local metres, all different.
    owner
        Of each point, 0 and up: the building whose wall it lies on.

    Returns
    -------
    Linestrings from junction to junction; none where all points have one owner or lie on one
    straight line. They may reach far beyond the points.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    middle, reach = (low + high) / 2, 10 * float(np.hypot(*(high - low))) + 1000
    # Four points far off: every edge between two buildings then ends somewhere.
    far = reach * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    sites = np.concatenate([points - middle, far])
    try:
        net = Delaunay(sites)
    except QhullError:
        return np.empty(0, dtype=np.object_)
    of_corner = np.concatenate([owner, np.full(4, -1)])[net.simplices]
    one, other = of_corner[:, [1, 2, 0]], of_corner[:, [2, 0, 1]]
    crossed = (one != other) & (one >= 0) & (other >= 0)
    beyond = np.where(crossed, net.neighbors, -1).astype(np.int64)
    walked, chain = _chains(beyond, (beyond >= 0).sum(axis=1))
    if len(walked) == 0:
        return np.empty(0, dtype=np.object_)
    centres = _circle_centres(sites[net.simplices]) + middle
    lines = shapely.linestrings(centres[walked], indices=chain)
    return np.asarray(shapely.simplify(lines, SMOOTH_M), dtype=np.object_)


def _circle_centres(corners: FloatArray) -> FloatArray:
    """Centres of the circles through the corners of triangles, shape (n, 3, 2) to (n, 2)."""
    first = corners[:, 0]
    b, c = corners[:, 1] - first, corners[:, 2] - first
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    # Three points on a line have no circle; a side of next to nothing leads nowhere new.
    twice[twice == 0] = np.finfo(float).tiny ** 0.5
    b2, c2 = (b * b).sum(axis=1), (c * c).sum(axis=1)
    x = (c[:, 1] * b2 - b[:, 1] * c2) / twice
    y = (b[:, 0] * c2 - c[:, 0] * b2) / twice
    return np.stack([x, y], axis=1) + first


def _chains(beyond: IntArray, ways: IntArray) -> tuple[IntArray, IntArray]:
    """Order triangles into chains: the triangles walked through, and the chain of each."""
    room = int(ways.sum()) + len(ways)
    walked, chain = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    used = np.zeros(beyond.shape, dtype=np.bool_)
    count: int = _walk(beyond, ways, used, walked, chain)
    return walked[:count], chain[:count]


@njit(cache=True, nogil=True)
def _walk(beyond, ways, used, walked, chain):  # type: ignore[no-untyped-def]
    """Walk each crossed side once: first from junctions and ends, then round what is left."""
    count, number = 0, 0
    for closed in (False, True):
        for begin in range(len(beyond)):
            if (ways[begin] == 2) != closed:
                continue
            for way in range(3):
                if beyond[begin, way] < 0 or used[begin, way]:
                    continue
                here, side = begin, way
                walked[count], chain[count] = here, number
                count += 1
                while side >= 0:
                    there = beyond[here, side]
                    used[here, side] = True
                    onward = -1
                    arrived = False
                    for at in range(3):
                        if used[there, at] or beyond[there, at] < 0:
                            continue
                        if beyond[there, at] == here and not arrived:
                            used[there, at] = True
                            arrived = True
                        else:
                            onward = at
                    walked[count], chain[count] = there, number
                    count += 1
                    here = there
                    side = onward if ways[there] == 2 else -1
                number += 1
    return count
