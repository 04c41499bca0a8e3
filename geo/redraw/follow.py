"""Laying the boundary between two grids on roads and banks beside it."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import BoolArray, GeometryArray
from geo.redraw.coverage import Coverage, Edge, Redrawn, as_array, edges_of
from geo.redraw.edits import Snap
from geo.redraw.errors import RedrawError
from geo.redraw.ground import Ground
from geo.redraw.mosaic import Mosaic, Piece

NEAR_M = 0.2
ON_LINE_M = 0.5
ROAD_WEIGHT = 0.2
"""What a metre of boundary on a road counts against one across open ground."""
WHOLE = 1_000_000_000


def snap(coverage: Coverage, ground: Ground, asked: Snap) -> Redrawn:
    """Choose, among roads near the boundary of two grids and that boundary itself, the best.

    The ground beside the boundary is cut along the roads, and the pieces are dealt out so that
    the boundary is cheapest, a metre on a road counting a fifth: a minimum cut.

    Raises
    ------
    RedrawError
        `no-road`, `not-adjacent`, `torn`, `locked` …
    """
    one, other = asked.grid_ids
    if one == other:
        raise RedrawError("too-few")
    coverage.require_free([one, other])
    mosaic = Mosaic(coverage)
    pair = [mosaic.of(one)[0], mosaic.of(other)[0]]
    shared = set(edges_of(pair[0].shape)) & set(edges_of(pair[1].shape))
    if not shared:
        raise RedrawError("not-adjacent", grid_ids=[one, other])
    walls = mosaic.plane.bring(ground.buildings)
    lines = mosaic.plane.bring(ground.lines)
    boundary = shapely.multilinestrings([list(side) for side in sorted(shared)])
    beside = _lines_beside(boundary, lines, walls, asked.tolerance_m)
    for piece in pair:
        mosaic.cut(piece, beside, NEAR_M)
    pieces = mosaic.of(one) + mosaic.of(other)
    fixed = _outside_zone(pieces, boundary, asked.tolerance_m)
    _deal_out(pieces, fixed, lines, one, other)
    done = mosaic.finish()
    if not done.reshaped:
        raise RedrawError("no-road", grid_ids=[one, other])
    return done


def _lines_beside(
    boundary: BaseGeometry, lines: GeometryArray, walls: GeometryArray, tolerance_m: float
) -> GeometryArray:
    """Roads in the zone beside a boundary, tied to it where they leave the zone."""
    zone = shapely.buffer(boundary, tolerance_m)
    near = shapely.intersection(lines[shapely.intersects(lines, zone)], zone)
    houses = shapely.union_all(walls[shapely.intersects(walls, zone)])
    whole = shapely.difference(shapely.union_all(near), houses)
    roads = [part for part in shapely.get_parts(whole) if part.length > 0]
    if not roads:
        return as_array([])
    ends = shapely.points([c for r in roads for c in (r.coords[0], r.coords[-1])])
    ties = [shapely.shortest_line(end, boundary) for end in ends]
    kept = [tie for tie in ties if tie.length > 0 and not tie.intersects(houses)]
    return as_array([*roads, *kept])


def _outside_zone(pieces: list[Piece], boundary: BaseGeometry, tolerance_m: float) -> BoolArray:
    """Pieces that reach out of the zone beside the boundary: those stay whose they are."""
    zone = shapely.buffer(boundary, tolerance_m + ON_LINE_M)
    beyond = shapely.difference(as_array(piece.shape for piece in pieces), zone)
    return np.asarray(shapely.area(beyond) > 1.0)


def _deal_out(
    pieces: list[Piece], fixed: BoolArray, lines: GeometryArray, one: int, other: int
) -> None:
    """Give each piece to one of two grids so that the boundary between them is cheapest."""
    cost: dict[tuple[int, int], int] = defaultdict(int)
    first: dict[Edge, int] = {}
    pairs: list[tuple[Edge, int, int]] = []
    for at, piece in enumerate(pieces):
        for side in edges_of(piece.shape):
            if side in first:
                pairs.append((side, first[side], at))
            first[side] = at
    on_road = _on_lines([side for side, _, _ in pairs], lines)
    for (side, a, b), road in zip(pairs, on_road, strict=True):
        millimetres = math.dist(*side) * 1000 * (ROAD_WEIGHT if road else 1.0)
        cost[min(a, b), max(a, b)] += max(1, round(millimetres))
    source, sink = len(pieces), len(pieces) + 1
    for at, piece in enumerate(pieces):
        if fixed[at]:
            cost[(source, at) if piece.owner == one else (at, sink)] = WHOLE
    for at in _near_side(cost, source, sink):
        pieces[at].owner = 0
    for piece in pieces:
        piece.owner = one if piece.owner == 0 else other


def _near_side(cost: dict[tuple[int, int], int], source: int, sink: int) -> list[int]:
    """Nodes on the source's side of a minimum cut."""
    size = sink + 1
    rows, columns = np.array(list(cost)).T
    values = np.array(list(cost.values()), dtype=np.int32)
    both = csr_array(
        (
            np.concatenate([values, values]),
            (np.concatenate([rows, columns]), np.concatenate([columns, rows])),
        ),
        shape=(size, size),
    )
    flow = maximum_flow(both, source, sink).flow
    left = both - flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    return [int(at) for at in reached if at < source]


def _on_lines(sides: list[Edge], lines: GeometryArray) -> BoolArray:
    if not sides or len(lines) == 0:
        return np.zeros(len(sides), dtype=bool)
    drawn = shapely.linestrings([list(side) for side in sides])
    middle = shapely.line_interpolate_point(drawn, 0.5, normalized=True)
    near = np.zeros(len(sides), dtype=bool)
    tree = shapely.STRtree(lines)
    near[tree.query(middle, predicate="dwithin", distance=ON_LINE_M)[0]] = True
    return near
