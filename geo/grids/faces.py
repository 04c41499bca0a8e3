"""Faces of a noded line work, and who borders on whom.

Everything here is a planar arrangement: lines are noded on one fixed grid of
``NODE_GRID_M``, so two faces that meet share the very same vertices, and borders can be
found by comparing coordinates instead of by computing intersections.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

NODE_GRID_M = 0.001
"""Lines are noded on a grid of one millimetre, a tenth of what a plan may be off by."""

POLYGON = 3
"""Type of a polygon, as :func:`shapely.get_type_id` tells it."""

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
GeometryArray = NDArray[np.object_]


@dataclass(frozen=True)
class Borders:
    """Straight pieces of border between faces, one row each.

    Attributes
    ----------
    left, right : int array
        Indices of the two faces; ``right`` is -1 where nothing lies beyond.
    length_m : float array
        Length of the piece.
    middle : float array, shape (n, 2)
        Its middle point, local metres.
    """

    left: IntArray
    right: IntArray
    length_m: FloatArray
    middle: FloatArray


def node_lines(lines: GeometryArray) -> BaseGeometry:
    """Node lines with one another by snap rounding on ``NODE_GRID_M``.

    Parameters
    ----------
    lines
        Lines in local metres, of any number of parts, crossing as they like.
    """
    noded: BaseGeometry = shapely.union_all(lines, grid_size=NODE_GRID_M)
    return noded


def polygonize(noded: BaseGeometry) -> GeometryArray:
    """Return the faces of a noded line work, in an order that depends on shape alone."""
    faces = shapely.get_parts(shapely.polygonize([noded]))
    bounds = shapely.bounds(faces)
    order = np.lexsort((shapely.area(faces), bounds[:, 3], bounds[:, 1], bounds[:, 0]))
    return np.asarray(faces[order], dtype=np.object_)


def find_borders(faces: GeometryArray) -> Borders:
    """Find which faces of a coverage share which straight pieces of border.

    Parameters
    ----------
    faces
        Polygons of one arrangement, every vertex on the node grid.
    """
    rings, face_of_ring = shapely.get_rings(faces, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(ring_of_point[1:] == ring_of_point[:-1])
    keys = point_keys(points)
    low = np.minimum(keys[starts], keys[starts + 1])
    high = np.maximum(keys[starts], keys[starts + 1])
    order = np.lexsort((high, low))
    low, high, starts = low[order], high[order], starts[order]
    face = face_of_ring[ring_of_point[starts]]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    at = np.flatnonzero(first)
    twin = np.minimum(at + 1, len(low) - 1)
    has_twin = (twin > at) & ~first[twin]
    begin, end = points[starts[at]], points[starts[at] + 1]
    return Borders(
        left=face[at].astype(np.int64),
        right=np.where(has_twin, face[twin], -1).astype(np.int64),
        length_m=np.hypot(*(end - begin).T),
        middle=(begin + end) / 2,
    )


def point_keys(points: FloatArray) -> IntArray:
    cells = np.rint(points / NODE_GRID_M).astype(np.int64)
    return np.asarray((cells[:, 0] << 32) + cells[:, 1], dtype=np.int64)


def border_matrix(left: IntArray, right: IntArray, value: FloatArray, size: int) -> csr_array:
    """Sum border pieces into a symmetric matrix; pieces inside one unit are left out."""
    apart = (left != right) & (left >= 0) & (right >= 0)
    left, right, value = left[apart], right[apart], value[apart]
    both = coo_array(
        (
            np.concatenate([value, value]),
            (np.concatenate([left, right]), np.concatenate([right, left])),
        ),
        shape=(size, size),
    )
    return csr_array(both.tocsr())


def split_pieces(labels: IntArray, borders: Borders, pen: IntArray) -> IntArray:
    """Number the connected pieces that faces of equal label and pen form (0 … pieces-1)."""
    size = len(labels)
    inner = borders.right >= 0
    left, right = borders.left[inner], borders.right[inner]
    same = (labels[left] == labels[right]) & (pen[left] == pen[right])
    links = coo_array((np.ones(int(same.sum())), (left[same], right[same])), shape=(size, size))
    _, pieces = connected_components(links, directed=False)
    return np.asarray(pieces, dtype=np.int64)


def absorb(pieces: IntArray, orphan: BoolArray, borders: Borders, pen: IntArray) -> IntArray:
    """Give orphan pieces to the neighbour with whom they share the longest border.

    Parameters
    ----------
    pieces
        Piece (0 … pieces-1) that each face belongs to; a piece is never torn apart.
    orphan
        For each piece, whether it may not stay alone where a neighbour will have it.
    borders
        Border pieces of the faces.
    pen
        Pen of each face (its block, its area); orphans only join within their pen.

    Returns
    -------
    For each face the piece that it belongs to now.
    """
    host = np.arange(len(orphan))
    orphan = orphan.copy()
    usable = (borders.right >= 0) & (pen[borders.left] == pen[borders.right])
    a, b = pieces[borders.left[usable]], pieces[borders.right[usable]]
    left, right = np.concatenate([a, b]), np.concatenate([b, a])
    length_m = np.concatenate([borders.length_m[usable]] * 2)
    touching = orphan[left] & ~orphan[right]
    while touching.any():
        joiner, best = _longest(left[touching], host[right[touching]], length_m[touching])
        host[joiner] = best
        orphan[joiner] = False
        touching = orphan[left] & ~orphan[right]
    return np.asarray(host[pieces], dtype=np.int64)


def _longest(who: IntArray, whom: IntArray, length_m: FloatArray) -> tuple[IntArray, IntArray]:
    """For each distinct ``who`` the ``whom`` with the greatest total; the lowest on a tie."""
    order = np.lexsort((whom, who))
    who, whom, length_m = who[order], whom[order], length_m[order]
    new = np.ones(len(who), dtype=bool)
    new[1:] = (who[1:] != who[:-1]) | (whom[1:] != whom[:-1])
    starts = np.flatnonzero(new)
    total = np.add.reduceat(length_m, starts)
    who, whom = who[starts], whom[starts]
    best = np.lexsort((whom, -total, who))
    distinct, first = np.unique(who[best], return_index=True)
    return distinct, whom[best[first]]


def are_sound(shapes: GeometryArray) -> BoolArray:
    """Whether polygons are valid, and still one polygon each when put on the node grid."""
    sound = np.asarray(shapely.is_valid(shapes), dtype=np.bool_)
    rounded = shapely.set_precision(shapes[sound], NODE_GRID_M)
    sound[sound] = shapely.get_type_id(rounded) == POLYGON
    return sound
