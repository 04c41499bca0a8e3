"""Fit grids that were drawn anew exactly into the ground that they were made from.

Cells are noded on a grid of one millimetre, so what is drawn of them may lie half a millimetre
beside the grids around it; where one of these runs out in a sharp tip, the tip is cut off. Here
the rim of what was drawn is replaced by that of the ground, and what ends on it is led to it.
"""

from __future__ import annotations

import numpy as np
import shapely

from geo.grids.faces import (
    POLYGON,
    BoolArray,
    FloatArray,
    GeometryArray,
    IntArray,
    are_sound,
    point_keys,
)
from geo.grids.revision.outlines import trace

REACH_M = 0.002
"""Noding moves a line by less than this."""
_Corners = dict[tuple[int, int], list[tuple[float, FloatArray]]]


def fit_in(
    drawn: GeometryArray, before: GeometryArray, around: GeometryArray
) -> tuple[GeometryArray, GeometryArray]:
    """Let the rim of some grids be that of the ground that they were made from.

    Parameters
    ----------
    drawn
        Polygons that form a coverage, local metres, vertices on the node grid.
    before
        A coverage of the same ground, but for the rounding of the node grid.
    around
        Polygons beside that ground, a coverage with ``before``.

    Returns
    -------
    ``drawn`` with the rim of ``before``, and ``around`` with a corner where a boundary of
    ``drawn`` ends on one of their edges. Both as they came where that makes no coverage.
    """
    old, new = trace(before), trace(drawn)
    rim, own = old.pieces()[old.alone()], new.pieces()
    if np.array_equal(_keys(rim), _keys(own[new.alone()])):
        return drawn, around
    tree = shapely.STRtree(_lines(rim))
    inner = own[~new.alone() & ~_along(own, tree)]
    ends, corners = _lead(inner, rim, tree)
    pieces = np.concatenate([_with_corners(rim, corners), ends])
    fitted = _polygons(pieces, drawn)
    beside = _give_corners(around, corners)
    if fitted is None:
        return drawn, around
    both = np.concatenate([fitted, beside])
    good = are_sound(both).all() and shapely.coverage_is_valid(both)
    return (fitted, beside) if good else (drawn, around)


def _lines(pieces: FloatArray) -> GeometryArray:
    return np.asarray(shapely.linestrings(pieces), dtype=np.object_)


def _keys(pieces: FloatArray) -> IntArray:
    """Pieces by the keys of their ends, in an order of their own; shape (n, 2)."""
    ends = np.sort(point_keys(pieces.reshape(-1, 2)).reshape(-1, 2), axis=1)
    return np.unique(ends, axis=0)


def _along(pieces: FloatArray, rim: shapely.STRtree) -> BoolArray:
    """Whether pieces run along the rim."""
    found = np.ones(len(pieces), dtype=bool)
    for points in (pieces[:, 0], pieces[:, 1], pieces.mean(axis=1)):
        near = np.zeros(len(pieces), dtype=bool)
        near[rim.query(shapely.points(points), predicate="dwithin", distance=REACH_M)[0]] = True
        found &= near
    return found


def _lead(inner: FloatArray, rim: FloatArray, tree: shapely.STRtree) -> tuple[FloatArray, _Corners]:
    """Lead what ends beside the rim to it; also the corners that the rim gets by that."""
    ends = inner.reshape(-1, 2).copy()
    keys = point_keys(ends)
    known, first = np.unique(point_keys(rim.reshape(-1, 2)), return_index=True)
    places = rim.reshape(-1, 2)[first]
    at, edge = tree.query_nearest(shapely.points(ends), max_distance=REACH_M, all_matches=False)
    loose = ~np.isin(keys[at], known)
    at, edge = at[loose], edge[loose]
    corners: _Corners = {}
    nodes = shapely.STRtree(np.asarray(shapely.points(places), dtype=np.object_))
    for point, piece in zip(at.tolist(), edge.tolist(), strict=True):
        near = nodes.query_nearest(shapely.Point(ends[point]), max_distance=REACH_M)
        if len(near):
            ends[point] = places[near[0]]
            continue
        begin, end = rim[piece]
        where = float((ends[point] - begin) @ (end - begin) / ((end - begin) @ (end - begin)))
        low, high = point_keys(rim[piece]).tolist()
        corners.setdefault((low, high), []).append((where, ends[point].copy()))
    led = ends.reshape(-1, 2, 2)
    return led[(led[:, 0] != led[:, 1]).any(axis=1)], corners


def _with_corners(rim: FloatArray, corners: _Corners) -> FloatArray:
    """Pieces of the rim, divided at its new corners."""
    keys = point_keys(rim.reshape(-1, 2)).reshape(-1, 2).tolist()
    found = []
    for piece, (low, high) in zip(rim, keys, strict=True):
        more = _between(corners, low, high)
        way = np.concatenate([piece[:1], *more, piece[1:]])
        found.append(np.stack([way[:-1], way[1:]], axis=1))
    return np.concatenate(found)


def _between(corners: _Corners, begin: int, end: int) -> list[FloatArray]:
    """Corners to be put between two vertices, in their order, each once."""
    given = {(where, *point): point for where, point in corners.get((begin, end), [])}
    if given:
        return [given[place][None] for place in sorted(given)]
    given = {(-where, *point): point for where, point in corners.get((end, begin), [])}
    return [given[place][None] for place in sorted(given)]


def _polygons(pieces: FloatArray, drawn: GeometryArray) -> GeometryArray | None:
    """What pieces enclose, each the shape that it lies in; None if that is not one each."""
    ends = np.sort(point_keys(pieces.reshape(-1, 2)).reshape(-1, 2), axis=1)
    once = np.unique(ends, axis=0, return_index=True)[1]
    faces = shapely.get_parts(shapely.polygonize(_lines(pieces[once])))
    holder = holders(np.asarray(faces, dtype=np.object_), drawn)
    fitted = np.empty(len(drawn), dtype=np.object_)
    for at in range(len(drawn)):
        fitted[at] = shapely.coverage_union_all(faces[holder == at])
    return fitted if (shapely.get_type_id(fitted) == POLYGON).all() else None


def holders(faces: GeometryArray, shapes: GeometryArray) -> IntArray:
    """The shape that holds most of each face, or -1 where most of it lies in none."""
    face, shape = shapely.STRtree(shapes).query(faces, predicate="intersects")
    share = shapely.area(shapely.intersection(faces[face], shapes[shape]))
    share /= shapely.area(faces)[face]
    order = np.argsort(share, kind="stable")
    order = order[share[order] > 0.5]
    found = np.full(len(faces), -1, dtype=np.int64)
    found[face[order]] = shape[order]
    return found


def _give_corners(shapes: GeometryArray, corners: _Corners) -> GeometryArray:
    """Put corners into the edges of shapes."""
    found = shapes.copy()
    if not corners:
        return found
    concerned = {key for ends in corners for key in ends}
    for at, shape in enumerate(shapes):
        if concerned.isdisjoint(point_keys(shapely.get_coordinates(shape)).tolist()):
            continue
        rings = []
        for ring in shapely.get_rings(shape):
            points = shapely.get_coordinates(ring)
            keys = point_keys(points).tolist()
            way = [points[:1]]
            for step in range(len(points) - 1):
                way += _between(corners, keys[step], keys[step + 1])
                way.append(points[step + 1 : step + 2])
            rings.append(np.concatenate(way))
        found[at] = shapely.Polygon(rings[0], rings[1:])
    return found
