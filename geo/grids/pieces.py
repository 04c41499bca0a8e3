"""The pieces of an area that no grid can reach across: islands, and what barriers cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import shapely

from geo.grids.faces import FloatArray, GeometryArray, IntArray, node_lines, polygonize
from geo.grids.standing import Standing

_MOSTLY: Final = 0.99
"""A grid lies in a piece that holds this share of it."""


@dataclass(frozen=True)
class Piece:
    """A piece of an area.

    Attributes
    ----------
    households
        Those who live there.
    grids
        Positions of the grids that lie in it whole.
    cut_by
        What keeps it apart from the rest of the area; None where it is all of it.
    """

    households: int
    grids: IntArray
    cut_by: Literal["island", "barrier"] | None


def find_pieces(
    standing: Standing, area: int, walls: GeometryArray, spots: GeometryArray, counts: IntArray
) -> list[Piece]:
    """The pieces of an area, each with the general grids that lie in it whole."""
    outline = standing.outlines[area]
    islands = shapely.get_parts(outline)
    shapes = islands
    near = walls[shapely.intersects(walls, outline)] if len(walls) else walls
    if len(near):
        flat = shapely.get_dimensions(near) == 2
        lines = np.where(flat, shapely.boundary(near), near)
        faces = polygonize(node_lines(np.append(lines, shapely.boundary(outline))))
        shapes = faces[shapely.intersects(outline, shapely.point_on_surface(faces))]
    mine = np.flatnonzero(standing.area == area)
    kinds = {standing.kind[at] for at in mine.tolist()}
    if len(kinds) > 1:
        return []
    shared = _shares(shapes, standing.shapes[mine])
    spot, piece = shapely.STRtree(shapes).query(spots, predicate="intersects")
    households = np.bincount(piece, counts[spot], minlength=len(shapes))
    sizes_m2 = shapely.area(islands)
    found = []
    for at, shape in enumerate(shapes):
        alone = bool((np.abs(sizes_m2 - shape.area) <= 0.001 * shape.area).any())
        cut: Literal["island", "barrier"] | None = "barrier"
        if alone:
            cut = "island" if len(islands) > 1 else None
        found.append(Piece(int(households[at]), mine[shared[at] >= _MOSTLY], cut))
    return found


def fitting_counts(households: int, low: float, high: float) -> list[int]:
    """Numbers of grids whose mean lies within the limits, fewest first."""
    if low <= 0 or households == 0:
        return []
    least, most = int(np.ceil(households / high - 1e-9)), int(np.floor(households / low + 1e-9))
    return list(range(max(1, least), most + 1))


def _shares(pieces: GeometryArray, grids: GeometryArray) -> FloatArray:
    """For each piece and grid the share of the grid that lies in it, shape (pieces, grids)."""
    shared = np.zeros((len(pieces), len(grids)))
    grid, piece = shapely.STRtree(pieces).query(grids, predicate="intersects")
    shared[piece, grid] = shapely.area(
        shapely.intersection(pieces[piece], grids[grid])
    ) / shapely.area(grids[grid])
    return shared
