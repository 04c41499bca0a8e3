"""Divide one area: cells, grids of cells, boundaries pulled taut. Areas do not know each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Cells, Town, make_cells
from geo.grids.faces import FloatArray, GeometryArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.partition import Partitioner
from geo.grids.straighten import straighten

LINES_WITHIN_M = 10.0
"""Roads no farther than this from an area are looked at: a county's are many."""


@dataclass(frozen=True)
class Wish:
    """What one area is divided for; see :class:`geo.grids.GridOptions`."""

    households: int
    seed: int
    block_households: int
    partitioner: Partitioner


@dataclass(frozen=True)
class Divided:
    """The grids of one area in local metres, and the households of each."""

    shapes: GeometryArray
    households: IntArray


def split_town(town: Town) -> list[Town]:
    """Take a town apart into its areas, each with the buildings and lines that touch it."""
    buildings, lines = shapely.STRtree(town.buildings), shapely.STRtree(town.lines)
    parts = []
    for at, area in enumerate(town.areas):
        inside = np.sort(buildings.query(area, predicate="intersects"))
        near = np.sort(lines.query(area, predicate="dwithin", distance=LINES_WITHIN_M))
        parts.append(
            Town(
                areas=town.areas[at : at + 1],
                buildings=town.buildings[inside],
                households=town.households[inside],
                lines=town.lines[near],
            )
        )
    return parts


def divide_area(town: Town, wish: Wish) -> Divided:
    """Divide the one area of a town.

    Parameters
    ----------
    town
        One area, and what lies in it or near it.
    wish
        How large the grids are to be.
    """
    cells = make_cells(town, wish.block_households)
    labels = _partition_places(cells, wish)
    shapes = straighten(_draw(cells, labels), town.buildings, town.lines)
    households = np.bincount(labels, cells.households, minlength=len(shapes))
    return Divided(shapes, households.astype(np.int64))


def _partition_places(cells: Cells, wish: Wish) -> IntArray:
    """Divide each connected place (the area, or one island of it) on its own."""
    total = int(cells.households.sum())
    ideal = total / max(1, round(total / wish.households))
    _, place = connected_components(cells.border_m, directed=False)
    labels = np.zeros(len(place), dtype=np.int64)
    used = 0
    order = np.argsort(place, kind="stable")
    for members in np.split(order, np.cumsum(np.bincount(place))[:-1]):
        graph = _graph(cells, members)
        own = int(graph.households.sum())
        parts = max(1, round(own / ideal)) if own else 1
        found = wish.partitioner(graph, parts, wish.seed)
        labels[members] = used + found
        used += int(found.max()) + 1
    return labels


def _graph(cells: Cells, members: IntArray) -> CellGraph:
    nothing: FloatArray = np.zeros(len(members))
    return CellGraph(
        households=cells.households[members],
        block=cells.block[members],
        size_m2=cells.size_m2[members],
        outer_m=cells.outer_m[members],
        outer_open_m=nothing,
        border_m=cells.border_m[members][:, members],
        open_m=cells.open_m[members][:, members],
    )


def _draw(cells: Cells, labels: IntArray) -> GeometryArray:
    grid_of_face = labels[cells.cell_of_face]
    order = np.argsort(grid_of_face, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(grid_of_face))[:-1])
    shapes = np.empty(len(parts), dtype=np.object_)
    for at, faces in enumerate(parts):
        shapes[at] = shapely.coverage_union_all(cells.faces[faces])
    return shapes
