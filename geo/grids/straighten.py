"""Shorten the boundaries between grids where nothing stands in the way.

Cells end half way between walls, so a boundary made of them zigzags. Here each boundary between
two grids is pulled taut: a vertex is left out, or moved towards its neighbours, as long as what
the boundary sweeps over holds no building and no other boundary, and no less of it follows a
road than before. What the grids hold, whom they border on and their rims stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from geo.grids.along import Guides
from geo.grids.faces import (
    NODE_GRID_M,
    BoolArray,
    FloatArray,
    GeometryArray,
    IntArray,
    are_sound,
    point_keys,
)

DRIFT_M = 1.0
"""Where it follows one it is moved by no more than this at a time."""
GRAZE_M2 = 0.002
"""Sweeping over less than this of a building is rounding."""
SAMPLE_M = 4.0
ROUNDS = 12
TRIES = 4
WORTH_M = 0.05
"""A vertex is moved for a gain of at least this much length."""


@dataclass(frozen=True)
class _Arcs:
    """Boundaries between grids as chains of points, one after the other.

    Attributes
    ----------
    points, arc
        Coordinates, and the chain of each point.
    fixed
        Ends of chains and points on a rim.
    settled, still
        Points that could not be left out, or moved, since their neighbours last changed.
    left, right
        Grid on either side of each chain, seen in its direction.
    """

    points: FloatArray
    arc: IntArray
    fixed: BoolArray
    settled: BoolArray
    still: BoolArray
    left: IntArray
    right: IntArray


@dataclass(frozen=True)
class _Ground:
    """What a boundary may not sweep over, and what it should follow."""

    walls: shapely.STRtree
    rims: FloatArray
    lines: Guides


def straighten(
    grids: GeometryArray,
    buildings: GeometryArray,
    lines: GeometryArray,
    held: IntArray | None = None,
) -> GeometryArray:
    """Pull the boundaries between grids taut.

    Parameters
    ----------
    grids
        Polygons that form a coverage, local metres, vertices on the node grid.
    buildings
        Polygons that may not be cut, nor change sides.
    lines
        Roads and water that a boundary should follow.
    held
        Keys of vertices that stay where they are; see `geo.grids.faces.point_keys`.

    Returns
    -------
    The grids in their order, a coverage of the same ground. Grids that would no longer be one
    sound polygon keep their boundaries.
    """
    grids = np.asarray(shapely.orient_polygons(grids), dtype=np.object_)
    edges = _directed_edges(grids)
    arcs = _chain(edges)
    if arcs is None:
        return grids
    if held is not None:
        arcs = replace(arcs, fixed=arcs.fixed | np.isin(point_keys(arcs.points), held))
    ground = _Ground(shapely.STRtree(buildings), edges.rims(), Guides(lines))
    frozen = ~are_sound(grids)
    for _ in range(TRIES):
        kept = (frozen[arcs.left] | frozen[arcs.right])[arcs.arc]
        drawn = _rebuild(grids, edges, _taut(replace(arcs, fixed=arcs.fixed | kept), ground))
        if drawn is None:
            break
        wrong = ~are_sound(drawn) & ~frozen
        if not wrong.any():
            return drawn if shapely.coverage_is_valid(drawn) else grids
        frozen |= wrong
    return grids


def _taut(arcs: _Arcs, ground: _Ground) -> _Arcs:
    for turn in range(ROUNDS):
        before = len(arcs.points)
        for parity in (0, 1):
            arcs = _pull(arcs, ground, parity, leave_out=turn % 4 != 2)
        if turn % 4 == 3 and before == len(arcs.points) and arcs.settled[~arcs.fixed].all():
            break
    return arcs


@dataclass(frozen=True)
class _Edges:
    """Edges of all rings, the grid to the left of each."""

    begin: FloatArray
    end: FloatArray
    begin_key: IntArray
    end_key: IntArray
    grid: IntArray
    on_rim: BoolArray

    def rims(self) -> FloatArray:
        """Edges with no grid beyond, shape (n, 2, 2)."""
        return np.stack([self.begin[self.on_rim], self.end[self.on_rim]], axis=1)


def _directed_edges(grids: GeometryArray) -> _Edges:
    rings, grid_of_ring = shapely.get_rings(grids, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    at = np.flatnonzero(ring[1:] == ring[:-1])
    keys = point_keys(points)
    begin, end = keys[at], keys[at + 1]
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    order = np.lexsort((high, low))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    run = np.cumsum(new) - 1
    alone = np.empty(len(order), dtype=bool)
    alone[order] = np.bincount(run)[run] == 1
    return _Edges(points[at], points[at + 1], begin, end, grid_of_ring[ring[at]], alone)


def _chain(edges: _Edges) -> _Arcs | None:
    inner = ~edges.on_rim
    once = inner & (edges.begin_key < edges.end_key)
    if not once.any():
        return None
    pieces = np.asarray(shapely.linestrings(np.stack([edges.begin[once], edges.end[once]], axis=1)))
    chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces)))
    points, arc = shapely.get_coordinates(chains, return_index=True)
    first = np.flatnonzero(np.r_[True, arc[1:] != arc[:-1]])
    fixed = np.isin(point_keys(points), edges.begin_key[edges.on_rim])
    fixed[first] = True
    fixed[np.r_[first[1:] - 1, len(points) - 1]] = True
    keys = point_keys(points)
    beside = _lookup(edges.begin_key, edges.end_key, edges.grid)
    pairs = list(zip(keys[first].tolist(), keys[first + 1].tolist(), strict=True))
    left = np.array([beside[a, b] for a, b in pairs], dtype=np.int64)
    right = np.array([beside[b, a] for a, b in pairs], dtype=np.int64)
    new = np.zeros(len(points), dtype=bool)
    return _Arcs(points, arc, fixed, new, new, left, right)


def _lookup(begin: IntArray, end: IntArray, grid: IntArray) -> dict[tuple[int, int], int]:
    """Grid to the left of each directed edge, by the keys of its ends."""
    return dict(zip(zip(begin.tolist(), end.tolist(), strict=True), grid.tolist(), strict=True))


def _pull(arcs: _Arcs, ground: _Ground, parity: int, *, leave_out: bool) -> _Arcs:
    """Leave out every other vertex, or move it half way, where that shortens a chain."""
    points = arcs.points
    first = np.flatnonzero(np.r_[True, arcs.arc[1:] != arcs.arc[:-1]])
    place = np.arange(len(points)) - first[arcs.arc]
    done = arcs.settled if leave_out else arcs.still
    middle = np.flatnonzero(~arcs.fixed & ~done & (place % 2 == parity))
    if len(middle) == 0:
        return arcs
    a, b, c = points[middle - 1], points[middle], points[middle + 1]
    foot = _foot(a, b, c)
    if leave_out:
        goal = foot
        rings = np.stack([a, b, c, a], axis=1)
        ways: _Ways = ((a, c),)
    else:
        goal = np.rint((b + foot) / 2 / NODE_GRID_M) * NODE_GRID_M
        rings = np.stack([a, b, c, goal, a], axis=1)
        ways = ((a, goal), (goal, c))
    was = ((a, b), (b, c))
    saved_m = _length_of(was) - _length_of(ways)
    flat = _length(b, foot) <= NODE_GRID_M
    if leave_out:
        good = flat | _is_free(rings, arcs, ground, ~flat)
    else:
        # Beside the ends of a line that is moved half way the ground swept over folds.
        beside = (foot == a).all(axis=1) | (foot == c).all(axis=1)
        good = _is_free(rings, arcs, ground, (saved_m > WORTH_M) & ~flat & ~beside)
    at = np.flatnonzero(good)
    open_was = _open_of(was, at, ground)
    kept = _open_of(ways, at, ground) <= open_was + 1e-6
    kept &= (open_was > 0) | (_length(b[at], foot[at]) <= DRIFT_M)
    at = _one_of_each(rings, at[kept])
    settled, still, moved = arcs.settled.copy(), arcs.still.copy(), points.copy()
    (settled if leave_out else still)[middle] = True
    for near in (middle[at] - 1, middle[at], middle[at] + 1):
        settled[near] = still[near] = False
    stay = np.ones(len(points), dtype=bool)
    if leave_out:
        stay[middle[at]] = False
    else:
        moved[middle[at]] = goal[at]
    return _Arcs(
        moved[stay], arcs.arc[stay], arcs.fixed[stay], settled[stay], still[stay],
        arcs.left, arcs.right,
    )  # fmt: skip


_Ways = tuple[tuple[FloatArray, FloatArray], ...]


def _length_of(ways: _Ways) -> FloatArray:
    return np.asarray(np.sum([_length(begin, end) for begin, end in ways], axis=0))


def _open_of(ways: _Ways, at: IntArray, ground: _Ground) -> FloatArray:
    open_m = [_open_m(begin[at], end[at], ground.lines) for begin, end in ways]
    return np.asarray(np.sum(open_m, axis=0))


def _foot(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Nearest point of the straight line from ``a`` to ``c``."""
    along = c - a
    size = np.maximum((along**2).sum(axis=1), 1e-12)
    where = np.clip(((b - a) * along).sum(axis=1) / size, 0, 1)
    return np.asarray(a + where[:, None] * along)


def _length(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(*(b - a).T))


def _is_free(rings: FloatArray, arcs: _Arcs, ground: _Ground, asked: BoolArray) -> BoolArray:
    """Whether what is swept over holds no building and no other boundary."""
    free = asked.copy()
    at = np.flatnonzero(free)
    swept = np.asarray(shapely.polygons(rings[at]), dtype=np.object_)
    which, wall = ground.walls.query(swept, predicate="intersects")
    # A boundary may run along a wall: touching it is no harm.
    shared = shapely.intersection(swept[which], ground.walls.geometries[wall])
    free[at[which[shapely.area(shared) > GRAZE_M2]]] = False
    same = arcs.arc[1:] == arcs.arc[:-1]
    own = np.stack([arcs.points[:-1][same], arcs.points[1:][same]], axis=1)
    ends = np.concatenate([own, ground.rims])
    tree = shapely.STRtree(np.asarray(shapely.linestrings(ends), dtype=np.object_))
    at = np.flatnonzero(free)
    centre = rings[at, :-1].mean(axis=1, keepdims=True)
    wide = centre + 1.02 * (rings[at] - centre)
    tight = centre + 0.999 * (rings[at] - centre)
    which, edge = tree.query(shapely.polygons(wide), predicate="intersects")
    touching = (ends[edge][:, :, None, :] == rings[at[which]][:, None, :3, :]).all(axis=3)
    near = touching.any(axis=(1, 2))
    free[at[which[~near]]] = False
    inside = shapely.intersects(
        shapely.polygons(tight[which[near]]), shapely.linestrings(ends[edge[near]])
    )
    free[at[which[near][inside]]] = False
    return free


def _open_m(begin: FloatArray, end: FloatArray, lines: Guides) -> FloatArray:
    """Length of each straight piece that follows nothing."""
    length = _length(begin, end)
    count = np.maximum(1, np.ceil(length / SAMPLE_M).astype(np.int64))
    piece = np.repeat(np.arange(len(length)), count)
    step = np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)
    where = ((step + 0.5) / count[piece])[:, None]
    away = ~lines.near(begin[piece] + where * (end - begin)[piece])
    return np.asarray(np.bincount(piece, away * (length / count)[piece], minlength=len(length)))


def _one_of_each(rings: FloatArray, at: IntArray) -> IntArray:
    """Of moves that sweep over the same ground only the first."""
    centre = rings[at, :-1].mean(axis=1, keepdims=True)
    tight = shapely.polygons(centre + 0.999 * (rings[at] - centre))
    one, other = shapely.STRtree(tight).query(tight, predicate="intersects")
    late = np.zeros(len(at), dtype=bool)
    late[np.maximum(one, other)[one != other]] = True
    return at[~late]


def _rebuild(grids: GeometryArray, edges: _Edges, arcs: _Arcs) -> GeometryArray | None:
    """Put rims and chains together again; None if they do not make one polygon a grid."""
    same = np.flatnonzero(arcs.arc[1:] == arcs.arc[:-1])
    chain, rim = arcs.arc[same], edges.on_rim
    begin, end = arcs.points[same], arcs.points[same + 1]
    lines = np.concatenate([np.stack([begin, end], axis=1), edges.rims()])
    drawn_lines = np.asarray(shapely.linestrings(lines), dtype=np.object_)
    faces = shapely.get_parts(shapely.polygonize(drawn_lines))
    faces = np.asarray(shapely.orient_polygons(faces), dtype=np.object_)
    beside = _lookup(
        np.concatenate([point_keys(begin), point_keys(end), edges.begin_key[rim]]),
        np.concatenate([point_keys(end), point_keys(begin), edges.end_key[rim]]),
        np.concatenate([arcs.left[chain], arcs.right[chain], edges.grid[rim]]),
    )
    drawn = np.full(len(grids), None, dtype=np.object_)
    for face in faces:
        keys = point_keys(shapely.get_coordinates(face.exterior)[:2])
        # A face that no grid lies in is a hole in the ground: a neighbouring area, a lake.
        owner = beside.get((int(keys[0]), int(keys[1])))
        if owner is not None:
            if drawn[owner] is not None:
                return None
            drawn[owner] = face
    return drawn if all(shape is not None for shape in drawn) else None
