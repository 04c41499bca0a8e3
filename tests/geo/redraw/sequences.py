"""Edits made from a few numbers, whatever the draft looks like by then."""

from collections.abc import Sequence

import numpy as np
import shapely

from geo.redraw.coverage import Coverage, border_of, edges_of
from geo.redraw.edits import (
    EvenOut,
    GiveBlock,
    GiveBuilding,
    LonLat,
    Merge,
    Move,
    ShapeEdit,
    Snap,
    Split,
)
from geo.redraw.ground import Ground

KINDS = ("move", "insert", "split", "merge", "building", "block", "snap", "even")


def choose(  # noqa: PLR0911 (one a kind)
    kind: str, numbers: Sequence[float], coverage: Coverage, ground: Ground
) -> ShapeEdit:
    """An edit of a kind; `numbers`, each from 0 to 1, say where and how."""
    a, b, c, d = numbers
    grid = coverage.ids[int(a * len(coverage.ids) * 0.999)]
    beside = neighbours(coverage, grid)
    other = beside[int(b * len(beside) * 0.999)] if beside else grid
    shape = coverage.shape(grid)
    match kind:
        case "move":
            return _move(coverage, a, b, c, d)
        case "insert":
            return _insert(coverage, a, b, c, d)
        case "split":
            return Split(grid, _across(shape, b, c, d))
        case "merge":
            return Merge((grid, other))
        case "building":
            return _give_building(coverage, ground, other, c)
        case "block":
            return GiveBlock(within(shape, c, d), other)
        case "snap":
            return Snap((grid, other), 5 + 25 * c)
        case _:
            return EvenOut((grid, other))


def neighbours(coverage: Coverage, grid: int) -> list[int]:
    """Ids of the grids that share an edge with a grid."""
    mine = set(edges_of(coverage.shape(grid)))
    others = zip(coverage.ids, coverage.shapes, strict=True)
    return [i for i, shape in others if i != grid and mine & set(edges_of(shape))]


def within(shape: shapely.Polygon, x: float, y: float) -> LonLat:
    """A place in the box around a polygon."""
    west, south, east, north = shape.bounds
    return west + x * (east - west), south + y * (north - south)


def _give_building(coverage: Coverage, ground: Ground, to: int, c: float) -> GiveBuilding:
    """Mostly a building of another grid that stands close to the one it is given to."""
    away = shapely.distance(ground.inner, coverage.shape(to))
    outside = np.flatnonzero(away > 0)
    near = outside[np.argsort(away[outside], kind="stable")]
    return GiveBuilding(int(ground.ids[near[int(c * c * 0.5 * len(near) * 0.999)]]), to)


def _across(shape: shapely.Polygon, a: float, b: float, c: float) -> tuple[LonLat, ...]:
    """A line through a place in the box, in some direction, from side to side."""
    x, y = within(shape, 0.2 + 0.6 * a, 0.2 + 0.6 * b)
    west, south, east, north = shape.bounds
    reach = (east - west) + (north - south)
    dx, dy = reach * np.cos(c * np.pi), reach * np.sin(c * np.pi)
    bend = (x + 0.03 * dy, y - 0.03 * dx)
    return ((x - dx, y - dy), bend, (x + dx, y + dy))


def _move(coverage: Coverage, a: float, b: float, c: float, d: float) -> Move:
    vertices = np.unique(shapely.get_coordinates(coverage.shapes), axis=0).tolist()
    border = {point for side in border_of(coverage.shapes) for point in side}
    inner = [(x, y) for x, y in vertices if (x, y) not in border]
    if not inner or b > 0.95:
        inner = [(x, y) for x, y in vertices]
    x, y = inner[int(a * len(inner) * 0.999)]
    if b < 0.1:
        other = vertices[int(c * len(vertices) * 0.999)]
        return Move((((x, y), (other[0], other[1])),))
    reach = 0.0003 * b
    return Move((((x, y), (x + reach * (c - 0.5), y + reach * (d - 0.5))),))


def _insert(coverage: Coverage, a: float, b: float, c: float, d: float) -> Move:
    border = border_of(coverage.shapes)
    sides = sorted({side for shape in coverage.shapes for side in edges_of(shape)} - border)
    sides = sides or sorted(border)
    one, other = sides[int(a * len(sides) * 0.999)]
    at = 0.2 + 0.6 * b
    x, y = (one[i] + at * (other[i] - one[i]) for i in (0, 1))
    return Move((), (((one, other), (x + 0.0002 * (c - 0.5), y + 0.0002 * (d - 0.5))),))
