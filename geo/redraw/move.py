"""Moving vertices: every grid that shares one follows."""

from __future__ import annotations

import numpy as np
import shapely

from geo.redraw.coverage import (
    Coverage,
    Edge,
    Point,
    Redrawn,
    border_of,
    edge,
    edges_of,
    rings_of,
)
from geo.redraw.edits import Move
from geo.redraw.errors import RedrawError
from geo.redraw.mosaic import Inserted, with_points
from geo.redraw.plane import Plane

FOUND_M = 0.01
"""A vertex asked for is the one within this distance."""
MEETS_M = 0.05
"""A vertex put down this near to another becomes one with it."""


def move(coverage: Coverage, asked: Move) -> Redrawn:
    """Move vertices, and put new ones into edges.

    Raises
    ------
    RedrawError
        `unknown-vertex`, `unknown-edge`, `border`, `locked` or `crossing`.
    """
    finder = _Finder(coverage)
    moved = {finder.vertex(old): finder.place(new) for old, new in asked.vertices}
    inserted: Inserted = {}
    for (a, b), to in asked.inserted:
        inserted.setdefault(finder.edge(a, b), []).append(finder.place(to))
    touched = [
        (grid_id, shape)
        for grid_id, shape in zip(coverage.ids, coverage.shapes, strict=True)
        if _concerns(shape, moved, inserted)
    ]
    coverage.require_free([grid_id for grid_id, _ in touched])
    shapes = {grid_id: _redraw(shape, moved, inserted) for grid_id, shape in touched}
    return Redrawn(shapes=shapes, removed=(), reshaped=frozenset(shapes))


class _Finder:
    """Finds the vertices and edges that a planner points at."""

    def __init__(self, coverage: Coverage) -> None:
        self._plane = Plane.around(coverage.shapes)
        self._vertices = np.unique(shapely.get_coordinates(coverage.shapes), axis=0)
        self._flat = self._plane.forward(self._vertices)
        self._border = border_of(coverage.shapes)
        self._on_border = {point for side in self._border for point in side}
        self._edges = {side for shape in coverage.shapes for side in edges_of(shape)}

    def vertex(self, at: Point) -> Point:
        """The vertex at a place, not on the community's border."""
        found = self._within(at, FOUND_M)
        if found is None:
            raise RedrawError("unknown-vertex", lon=at[0], lat=at[1])
        if found in self._on_border:
            raise RedrawError("border", lon=at[0], lat=at[1])
        return found

    def edge(self, a: Point, b: Point) -> Edge:
        """The edge between two places, not on the community's border."""
        one, other = self._within(a, FOUND_M), self._within(b, FOUND_M)
        if one is None or other is None or edge(one, other) not in self._edges:
            raise RedrawError("unknown-edge", between=[a, b])
        if edge(one, other) in self._border:
            raise RedrawError("border", lon=a[0], lat=a[1])
        return edge(one, other)

    def place(self, at: Point) -> Point:
        """Where a vertex goes: a place, or the vertex that is there."""
        return self._within(at, MEETS_M) or at

    def _within(self, at: Point, most_m: float) -> Point | None:
        away_m = np.hypot(*(self._flat - self._plane.forward(np.array([at]))).T)
        nearest = int(away_m.argmin())
        if away_m[nearest] > most_m:
            return None
        lon, lat = self._vertices[nearest].tolist()
        return lon, lat


def _concerns(shape: shapely.Polygon, moved: dict[Point, Point], inserted: Inserted) -> bool:
    return any(a in moved or b in moved or (a, b) in inserted for a, b in edges_of(shape))


def _redraw(
    shape: shapely.Polygon, moved: dict[Point, Point], inserted: Inserted
) -> shapely.Polygon:
    rings = []
    for ring in rings_of(shape):
        placed = [moved.get(point, point) for point in with_points(ring, inserted)[:-1]]
        kept = [p for at, p in enumerate(placed) if p != placed[at - 1]]
        if len(kept) < 3:
            raise RedrawError("crossing")
        rings.append([*kept, kept[0]])
    return shapely.Polygon(rings[0], rings[1:])
