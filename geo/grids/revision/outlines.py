"""The edges that shapes of a coverage have in common, and vertices that can be left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.grids.faces import BoolArray, FloatArray, GeometryArray, IntArray, point_keys


@dataclass(frozen=True)
class Outlines:
    """Vertices and edges of some polygons, each edge once.

    Attributes
    ----------
    shapes
        The polygons.
    names
        Keys of all vertices, sorted; see `geo.grids.faces.point_keys`.
    places
        Coordinates of these vertices, shape (n, 2).
    ends
        Positions in ``names`` of the two ends of each edge, shape (2, n).
    middle
        Middle of each edge, shape (n, 2).
    sides
        How many of the polygons have each edge.
    """

    shapes: GeometryArray
    names: IntArray
    places: FloatArray
    ends: IntArray
    middle: FloatArray
    sides: IntArray

    def pieces(self) -> FloatArray:
        """Both ends of each edge, shape (n, 2, 2)."""
        return np.stack([self.places[self.ends[0]], self.places[self.ends[1]]], axis=1)

    def alone(self) -> BoolArray:
        """Whether only one polygon has an edge."""
        return np.asarray(self.sides == 1, dtype=np.bool_)

    def count(self, edges: BoolArray | None = None) -> IntArray:
        """How many edges end in each vertex; of some edges only where they are given."""
        ends = self.ends if edges is None else self.ends[:, edges]
        return np.bincount(ends.ravel(), minlength=len(self.names)).astype(np.int64)

    def needless(self, off_m: float) -> BoolArray:
        """Vertices between two edges that are straight on, but for ``off_m`` at most."""
        vertex = np.concatenate([self.ends[0], self.ends[1]])
        other = np.concatenate([self.ends[1], self.ends[0]])
        order = np.argsort(vertex, kind="stable")
        count = self.count()
        at = np.flatnonzero(count == 2)
        first = (np.cumsum(count) - count)[at]
        one, two = other[order[first]], other[order[first + 1]]
        chords = shapely.linestrings(np.stack([self.places[one], self.places[two]], axis=1))
        found = np.zeros(len(self.names), dtype=bool)
        found[at] = shapely.distance(shapely.points(self.places[at]), chords) <= off_m
        return found


def trace(shapes: GeometryArray) -> Outlines:
    """Find vertices and edges of polygons on the node grid."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapes), return_index=True)
    keys = point_keys(points)
    at = np.flatnonzero(ring[1:] == ring[:-1])
    ends, first, sides = np.unique(
        np.sort(np.stack([keys[at], keys[at + 1]]), axis=0),
        axis=1,
        return_index=True,
        return_counts=True,
    )
    names, where = np.unique(keys, return_index=True)
    name = np.searchsorted(names, ends)
    middle = (points[at[first]] + points[at[first] + 1]) / 2
    return Outlines(shapes, names, points[where], name, middle, sides)


def leave_out(outlines: Outlines, needless: BoolArray) -> GeometryArray:
    """Draw polygons without some of their vertices.

    Parameters
    ----------
    outlines
        As traced.
    needless
        For each of ``outlines.names`` whether it is left out. What would not be a polygon
        without them keeps its vertices.
    """
    drawn = outlines.shapes.copy()
    if not needless.any():
        return drawn
    rings, shape_of_ring = shapely.get_rings(drawn, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    kept = ~np.isin(point_keys(points), outlines.names[needless])
    changed = np.unique(shape_of_ring[ring[~kept]])
    for shape in changed.tolist():
        members = np.flatnonzero(shape_of_ring == shape)
        corners = [points[kept & (ring == one)] for one in members.tolist()]
        if min(len(np.unique(one, axis=0)) for one in corners) >= 3:
            outer, *holes = (shapely.linearrings(one) for one in corners)
            drawn[shape] = shapely.polygons(outer, holes=holes or None)
    return drawn
