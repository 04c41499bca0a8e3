"""A coverage of one community's grids, and the proof that an edit has kept it one.

Grids share their vertices digit by digit, so who borders on whom, and what is the community's
own border, is found by comparing coordinates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.grids.faces import GeometryArray
from geo.redraw.errors import RedrawError
from geo.redraw.plane import Plane

Point = tuple[float, float]
Edge = tuple[Point, Point]
"""The two ends of a straight piece of boundary, the lesser first."""

SAME_PLACE_M = 1e-6
"""A vertex put into an edge of degrees lies this near to it: what their last digit allows."""
SMALLEST_M2 = 1.0


@dataclass(frozen=True)
class Coverage:
    """The grids of one community.

    Attributes
    ----------
    ids
        Of each grid.
    shapes : array of Polygon, EPSG:4326
    locked
        Ids of grids that no edit may change.
    """

    ids: tuple[int, ...]
    shapes: GeometryArray
    locked: frozenset[int] = frozenset()

    def shape(self, grid_id: int) -> shapely.Polygon:
        """The polygon of a grid.

        Raises
        ------
        RedrawError
            `unknown-grid`.
        """
        if grid_id not in self.ids:
            raise RedrawError("unknown-grid", grid_id=grid_id)
        shape: shapely.Polygon = self.shapes[self.ids.index(grid_id)]
        return shape

    def require_free(self, grid_ids: Iterable[int]) -> None:
        """Refuse unknown and locked grids.

        Raises
        ------
        RedrawError
            `unknown-grid` or `locked`.
        """
        for grid_id in grid_ids:
            self.shape(grid_id)
        shut = sorted(self.locked.intersection(grid_ids))
        if shut:
            raise RedrawError("locked", grid_ids=shut)

    def replaced(self, shapes: dict[int, shapely.Polygon], removed: Iterable[int]) -> Coverage:
        """The coverage with some grids changed or added and some gone."""
        gone = frozenset(removed)
        kept = {
            grid_id: shape
            for grid_id, shape in zip(self.ids, self.shapes, strict=True)
            if grid_id not in gone
        }
        now = kept | shapes
        return Coverage(tuple(now), as_array(now.values()), self.locked - gone)


@dataclass(frozen=True)
class Redrawn:
    """What an edit made of a coverage.

    Attributes
    ----------
    shapes
        New polygons, EPSG:4326, of the grids whose outline is written differently, with negative
        ids for grids that are new.
    removed
        Ids of grids that are no more.
    reshaped
        Ids of grids that were there before and have other ground now. A neighbour that only
        took a vertex into a straight edge is in `shapes` but not here.
    cut
        Ids of buildings that a boundary cuts now and none did before.
    """

    shapes: dict[int, shapely.Polygon]
    removed: tuple[int, ...]
    reshaped: frozenset[int]
    cut: tuple[int, ...] = ()


def as_array(shapes: Iterable[Any]) -> GeometryArray:
    """Geometries as an array of objects, also when there is none."""
    listed = list(shapes)
    array = np.empty(len(listed), dtype=np.object_)
    array[:] = listed
    return array


def rings_of(shape: shapely.Polygon) -> list[list[Point]]:
    """The rings of a polygon, outer one first, each a closed list of points."""
    rings = [shape.exterior, *shape.interiors]
    return [[(x, y) for x, y in shapely.get_coordinates(ring).tolist()] for ring in rings]


def edge(a: Point, b: Point) -> Edge:
    """Name the edge between two points, whichever way it is walked."""
    return (a, b) if a < b else (b, a)


def edges_of(shape: shapely.Polygon) -> Iterator[Edge]:
    """All edges of a polygon."""
    for ring in rings_of(shape):
        for at in range(len(ring) - 1):
            yield edge(ring[at], ring[at + 1])


def border_of(shapes: Iterable[shapely.Polygon]) -> set[Edge]:
    """Edges that only one of the polygons has: the border of their union."""
    uses = Counter(side for shape in shapes for side in edges_of(shape))
    return {side for side, times in uses.items() if times == 1}


def prove(before: Coverage, after: Coverage) -> None:
    """Prove that an edit kept the coverage one, and its union what it was.

    Every grid must be one valid polygon, neighbours must match vertex by vertex (Shapely's
    coverage check), and the border of the union must be the old one: its vertices all there, and
    new ones only on its edges. Validity alone would miss a gap at the community's border.

    Raises
    ------
    RedrawError
        `torn`, `crossing` or `unclean`.
    """
    shapes = after.shapes
    if (shapely.get_type_id(shapes) != 3).any():
        raise RedrawError("torn")
    if not shapely.is_valid(shapes).all() or not shapely.coverage_is_valid(shapes):
        raise RedrawError("crossing")
    # Grids that no edit touched cancel out of the union's border.
    gone, made = _only_in(before, after), _only_in(after, before)
    if len(made) == 0:
        return
    plane = Plane.around(before.shapes)
    was_m2, now_m2 = shapely.area(plane.bring(gone)), shapely.area(plane.bring(made))
    if (now_m2 < SMALLEST_M2).any():
        raise RedrawError("too-small")
    old, new = border_of(gone), border_of(made)
    if old != new:
        _prove_border(old, new, plane)
    if abs(float(was_m2.sum() - now_m2.sum())) > 1e-9 * float(was_m2.sum()) + 1e-6:
        raise RedrawError("unclean")


def _only_in(one: Coverage, other: Coverage) -> GeometryArray:
    """Shapes of one coverage that the other does not hold as they are."""
    held = {id(shape) for shape in other.shapes}
    return as_array(shape for shape in one.shapes if id(shape) not in held)


def _prove_border(old: set[Edge], new: set[Edge], plane: Plane) -> None:
    lost, gained = old - new, new - old
    there = {point for side in new for point in side}
    if not lost or any(point not in there for side in lost for point in side):
        raise RedrawError("unclean")
    lines = plane.bring(shapely.linestrings([list(side) for side in sorted(lost)]))
    points = plane.forward(np.array(sorted({point for side in gained for point in side})))
    away_m = shapely.distance(shapely.multilinestrings(list(lines)), shapely.points(points))
    lengths_m = shapely.length(plane.bring(shapely.linestrings([list(s) for s in sorted(gained)])))
    slack_m = SAME_PLACE_M * (1 + len(gained))
    if (away_m > SAME_PLACE_M).any() or abs(
        lengths_m.sum() - shapely.length(lines).sum()
    ) > slack_m:
        raise RedrawError("unclean")
