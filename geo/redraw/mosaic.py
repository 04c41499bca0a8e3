"""Cutting grids into pieces and putting the pieces together anew.

A mosaic holds the grids of a community as pieces in metres, each with an owner. Cutting a piece
along lines never moves what was there: where a line meets the old boundary, a point is put into
the boundary's edge, here and in the neighbour. Lines that run along the boundary are taken to be
the boundary. In the end the pieces of each owner become one polygon again, in degrees, and every
old vertex comes back digit by digit.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import FloatArray, GeometryArray, node_lines
from geo.redraw.coverage import (
    Coverage,
    Edge,
    Point,
    Redrawn,
    as_array,
    edge,
    edges_of,
    rings_of,
)
from geo.redraw.errors import RedrawError
from geo.redraw.ground import Ground
from geo.redraw.plane import Plane

Inserted = dict[Edge, list[Point]]
"""Points to be put into edges."""


@dataclass(eq=False)
class Piece:
    """Ground of one grid, metres; `owner` is the grid's id."""

    shape: shapely.Polygon
    owner: int


def groups(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Sort pieces into groups that hang together by common edges."""
    host = list(range(len(pieces)))

    def root(at: int) -> int:
        while host[at] != at:
            at = host[at]
        return at

    first: dict[Edge, int] = {}
    for at, piece in enumerate(pieces):
        for side in edges_of(piece.shape):
            host[root(at)] = root(first.setdefault(side, at))
    sorted_: dict[int, list[Piece]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        sorted_[root(at)].append(piece)
    return list(sorted_.values())


def shared_m(one: Sequence[Piece], other: Sequence[Piece]) -> float:
    """Length of the edges that two groups of pieces have in common, metres."""
    mine = {side for piece in one for side in edges_of(piece.shape)}
    theirs = {side for piece in other for side in edges_of(piece.shape)}
    return sum(math.dist(*side) for side in mine & theirs)


class Mosaic:
    """The grids of a community while an edit is worked out.

    Parameters
    ----------
    coverage
        As it is before the edit.

    Attributes
    ----------
    plane
        Metres around the community.
    pieces
        What the grids are made of now.
    """

    def __init__(self, coverage: Coverage) -> None:
        self.plane = Plane.around(coverage.shapes)
        self._coverage = coverage
        self._known: dict[Point, Point] = {}
        self._feet: set[Point] = set()
        flat = self.plane.bring(coverage.shapes)
        for shape, there in zip(flat, coverage.shapes, strict=True):
            self._known.update(zip(_points(shape), _points(there), strict=True))
        owners = zip(flat, coverage.ids, strict=True)
        self.pieces = [Piece(shape, owner) for shape, owner in owners]
        self._start = {piece.owner: piece.shape for piece in self.pieces}

    def of(self, owner: int) -> list[Piece]:
        """The pieces of a grid."""
        return [piece for piece in self.pieces if piece.owner == owner]

    def households(self, pieces: Sequence[Piece], ground: Ground) -> list[int]:
        """Households of the buildings whose inner point lies in each piece."""
        points = self.plane.bring(ground.inner)
        tree = shapely.STRtree(points)
        inside = tree.query(as_array(piece.shape for piece in pieces), predicate="intersects")
        piece, building = inside
        counts = np.bincount(piece, ground.households[building], minlength=len(pieces))
        return [int(count) for count in counts]

    def join(self, owners: Sequence[int], into: int) -> Piece:
        """Make one piece of several grids; its owner is `into`.

        Raises
        ------
        RedrawError
            `not-adjacent`, where they do not hang together.
        """
        chosen = [piece for piece in self.pieces if piece.owner in owners]
        whole = dissolve([piece.shape for piece in chosen])
        if len(whole) > 1:
            raise RedrawError("not-adjacent", grid_ids=list(owners))
        joined = Piece(whole[0], into)
        self.pieces = [piece for piece in self.pieces if piece not in chosen] + [joined]
        return joined

    def cut(self, piece: Piece, lines: GeometryArray, near_m: float) -> list[Piece]:
        """Cut a piece along lines; returns what it fell into, in no order that means anything.

        Parameters
        ----------
        lines
            In metres. What ends inside the piece without meeting another line cuts nothing.
        near_m
            Within this distance of the piece's boundary a line is the boundary.
        """
        inner = _inner_lines(piece.shape, lines, near_m)
        if len(inner) == 0:
            return [piece]
        ties, inserted = _tie(piece.shape, inner, near_m)
        rings = [with_points(ring, inserted) for ring in rings_of(piece.shape)]
        sides = [pair for ring in rings for pair in itertools.pairwise(ring)]
        drawn = shapely.get_parts(shapely.union_all([*inner, *ties]))
        faces = _faces(piece.shape, [*drawn, *shapely.linestrings(sides)])
        if len(faces) < 2:
            return [piece]
        made = [Piece(face, piece.owner) for face in faces]
        self.pieces = [other for other in self.pieces if other is not piece]
        self._put_in(inserted)
        self.pieces += made
        return made

    def finish(self) -> Redrawn:
        """Put the pieces together: what is different now.

        Raises
        ------
        RedrawError
            `torn`, where the pieces of a grid do not hang together.
        """
        by_owner: dict[int, list[shapely.Polygon]] = defaultdict(list)
        for piece in self.pieces:
            by_owner[piece.owner].append(piece.shape)
        parts = {owner: dissolve(shapes) for owner, shapes in by_owner.items()}
        torn = [owner for owner, shapes in parts.items() if len(shapes) > 1]
        if torn:
            raise RedrawError("torn", grid_ids=[owner for owner in torn if owner > 0])
        whole = {owner: shapes[0] for owner, shapes in parts.items()}
        self._drop_idle_feet(whole)
        changed = {
            owner: shape
            for owner, shape in whole.items()
            if owner not in self._start or not _same(shape, self._start[owner])
        }
        reshaped = {
            owner
            for owner, shape in changed.items()
            if owner in self._start and _other_ground(shape, self._start[owner])
        }
        removed = tuple(owner for owner in self._start if owner not in whole)
        return Redrawn(
            shapes={owner: self._to_degrees(shape) for owner, shape in changed.items()},
            removed=removed,
            reshaped=frozenset(reshaped | set(removed)),
        )

    def _put_in(self, inserted: Inserted) -> None:
        """Give the neighbours the points that were put into common edges."""
        for points in inserted.values():
            self._feet.update(points)
        for piece in self.pieces:
            rings = rings_of(piece.shape)
            fuller = [with_points(ring, inserted) for ring in rings]
            if fuller != rings:
                piece.shape = shapely.Polygon(fuller[0], fuller[1:])

    def _drop_idle_feet(self, whole: dict[int, shapely.Polygon]) -> None:
        """Take out points that were put into an edge where no boundary begins after all."""
        beside: dict[Point, set[Point]] = defaultdict(set)
        for shape in whole.values():
            for ring in rings_of(shape):
                for a, b in itertools.pairwise(ring):
                    beside[a].add(b)
                    beside[b].add(a)
        idle = {foot for foot in self._feet if len(beside[foot]) == 2}
        if not idle:
            return
        for owner, shape in whole.items():
            rings = [_without(ring, idle) for ring in rings_of(shape)]
            whole[owner] = shapely.Polygon(rings[0], rings[1:])

    def _to_degrees(self, shape: shapely.Polygon) -> shapely.Polygon:
        def restore(points: FloatArray) -> FloatArray:
            there = self.plane.back(points)
            for at, point in enumerate(map(tuple, points.tolist())):
                if point in self._known:
                    there[at] = self._known[point]
            return there

        moved: shapely.Polygon = shapely.transform(shape, restore)
        return moved


def _points(shape: BaseGeometry) -> list[Point]:
    return [(x, y) for x, y in shapely.get_coordinates(shape).tolist()]


def dissolve(shapes: list[shapely.Polygon]) -> list[shapely.Polygon]:
    """Unite polygons that share their vertices; more than one where they do not hang together."""
    if len(shapes) == 1:
        return shapes
    return list(shapely.get_parts(shapely.coverage_union_all(as_array(shapes))))


def _same(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two polygons have the same points, wherever their rings begin."""
    return bool(shapely.equals_exact(shapely.normalize(one), shapely.normalize(other)))


def _other_ground(one: BaseGeometry, other: BaseGeometry) -> bool:
    gone_m2 = shapely.area(shapely.symmetric_difference(one, other))
    return bool(gone_m2 > 1e-6 * (1 + shapely.length(other)))


def _inner_lines(shape: shapely.Polygon, lines: GeometryArray, near_m: float) -> list[BaseGeometry]:
    """Lines noded with one another, without what lies outside or along the boundary."""
    here = lines[shapely.intersects(lines, shape)]
    if len(here) == 0:
        return []
    core = shapely.buffer(shape, -near_m)
    kept = shapely.intersection(node_lines(here), core)
    parts = shapely.get_parts(kept)
    drawn = parts[shapely.get_dimensions(parts) == 1]
    if len(drawn) == 0:
        return []
    # Noded once more: where parts were clipped, ends may have come to lie on other parts.
    noded = shapely.union_all(drawn)
    return list(shapely.get_parts(shapely.line_merge(noded)))


def _tie(
    shape: shapely.Polygon, inner: list[BaseGeometry], near_m: float
) -> tuple[list[BaseGeometry], Inserted]:
    """Tie the ends of lines that were cut off near the boundary to the boundary."""
    rings = rings_of(shape)
    corners = [point for ring in rings for point in ring[:-1]]
    places = np.array(corners)
    sides = [pair for ring in rings for pair in itertools.pairwise(ring)]
    tree = shapely.STRtree(shapely.linestrings(sides))
    ties: list[BaseGeometry] = []
    inserted: Inserted = defaultdict(list)
    for end in _loose_ends(inner):
        spot = shapely.Point(end)
        at = int(tree.nearest(spot))
        side = shapely.LineString(sides[at])
        if side.distance(spot) > 1.05 * near_m + 0.001:
            continue
        away = np.hypot(*(places - np.array(end)).T)
        nearest = int(away.argmin())
        foot = corners[nearest]
        over = shapely.crosses(shapely.LineString([end, foot]), shape.exterior)
        if over or away[nearest] > 2 * near_m:
            foot = _foot(side, spot, inserted[edge(*sides[at])], near_m)
        ties.append(shapely.LineString([end, foot]))
    return ties, {side: points for side, points in inserted.items() if points}


def _loose_ends(inner: list[BaseGeometry]) -> list[Point]:
    """Ends of lines at which no other line ends."""
    uses: dict[Point, int] = defaultdict(int)
    for line in inner:
        points = _points(line)
        if points[0] != points[-1]:
            uses[points[0]] += 1
            uses[points[-1]] += 1
        else:
            uses[points[0]] += 2
    return sorted(point for point, times in uses.items() if times == 1)


def _foot(
    side: shapely.LineString, spot: shapely.Point, there: list[Point], near_m: float
) -> Point:
    """The point of an edge next to a spot: one that was put in before, if it is near enough."""
    foot = side.interpolate(side.project(spot))
    for other in there:
        if math.dist(other, (foot.x, foot.y)) <= near_m:
            return other
    made = (float(foot.x), float(foot.y))
    there.append(made)
    return made


def with_points(ring: list[Point], inserted: Inserted) -> list[Point]:
    """A ring with points put into its edges, in the order in which they are passed."""
    fuller = [ring[0]]
    for a, b in itertools.pairwise(ring):
        points = inserted.get(edge(a, b), [])
        fuller += sorted(points, key=partial(math.dist, a))
        fuller.append(b)
    return fuller


def _without(ring: list[Point], idle: set[Point]) -> list[Point]:
    kept = [point for point in ring[:-1] if point not in idle]
    return [*kept, kept[0]]


def _faces(shape: shapely.Polygon, lines: list[BaseGeometry]) -> list[shapely.Polygon]:
    """What noded lines, the polygon's own rings among them, divide the polygon into."""
    faces = shapely.get_parts(shapely.polygonize(lines))
    inside = shapely.contains_properly(shape, shapely.point_on_surface(faces))
    kept = faces[inside]
    if not math.isclose(shapely.area(kept).sum(), shape.area, rel_tol=1e-9):
        # Lines cross where they are not noded: rather refuse than lose ground.
        raise RedrawError("unclean")
    order = np.lexsort(shapely.bounds(kept).T[::-1]) if len(kept) else np.empty(0, dtype=int)
    return list(kept[order])
