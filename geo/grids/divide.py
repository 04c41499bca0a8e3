"""Divide one area: cells, grids of cells, boundaries pulled taut. Areas do not know each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geo.grids.cells import Cells, Town, make_cells
from geo.grids.constraints import Constraints
from geo.grids.faces import BoolArray, FloatArray, GeometryArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.joined import join_light
from geo.grids.partition import Partitioner
from geo.grids.straighten import straighten
from geo.grids.towers import SplitBuilding, split_towers

LINES_WITHIN_M = 10.0
"""Roads no farther than this from an area are looked at: a county's are many."""

LIGHT = 7
"""A cell with less than this part of what divides a block is joined with another: houses."""


@dataclass(frozen=True)
class Wish:
    """What one area is divided for; see :class:`geo.grids.GridOptions`.

    Attributes
    ----------
    households
        Households in a grid.
    tolerance
        How far off a grid may be, as a share.
    seed
        Same input, same seed: same grids.
    block_households
        A block with more than this may be divided.
    partitioner
        What puts cells together.
    whole
        Each piece of the area is one grid, whatever the count.
    """

    households: int
    tolerance: float
    seed: int
    block_households: int
    partitioner: Partitioner
    whole: bool = False


@dataclass(frozen=True)
class Divided:
    """The grids of one area in local metres.

    Attributes
    ----------
    shapes
        Polygons.
    households
        Of each.
    target
        Fair target of all of them; 0 where the area has no households.
    split
        Buildings that were divided.
    """

    shapes: GeometryArray
    households: IntArray
    target: float
    split: list[SplitBuilding] = field(default_factory=list)


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
                units=town.units[inside],
                rows=town.rows[inside],
                constraints=_near(town.constraints, area),
            )
        )
    return parts


def _near(asked: Constraints, area: BaseGeometry) -> Constraints:
    kinds = (asked.barriers, asked.wide, asked.preferred, asked.compounds)
    return Constraints(
        *(one[shapely.dwithin(one, area, LINES_WITHIN_M)] if len(one) else one for one in kinds)
    )


def divide_area(town: Town, wish: Wish) -> Divided:
    """Divide the one area of a town.

    Parameters
    ----------
    town
        One area, and what lies in it or near it. A building belongs to the area if its inner
        point lies there.
    wish
        How large the grids are to be.
    """
    area = town.areas[0]
    if area.is_empty:
        return Divided(np.empty(0, dtype=np.object_), np.empty(0, dtype=np.int64), 0.0)
    total = int(town.households[within(town, area)].sum())
    ideal = total / max(1, round(total / wish.households))
    if wish.whole:
        return _pieces(town, area)
    town, split = split_towers(town, wish.households)
    town = replace(town, constraints=settle_compounds(town, ideal * (1 + wish.tolerance)))
    light = max(1, wish.block_households // LIGHT)
    cells = join_light(make_cells(town, wish.block_households), light, 2 * light)
    labels = _partition_places(cells, wish, ideal)
    obstacles = np.concatenate([town.buildings, town.constraints.walls()])
    shapes = straighten(_draw(cells, labels), obstacles, town.lines)
    households = np.bincount(labels, cells.households, minlength=len(shapes))
    return Divided(shapes, households.astype(np.int64), ideal, split)


def within(town: Town, shape: BaseGeometry) -> BoolArray:
    inner = shapely.point_on_surface(town.buildings)
    return np.asarray(shapely.intersects(shape, inner), dtype=np.bool_)


def _pieces(town: Town, area: BaseGeometry) -> Divided:
    """Each piece of an area as one grid."""
    shapes = np.asarray(shapely.get_parts(area), dtype=np.object_)
    inner = shapely.point_on_surface(town.buildings)
    house, piece = shapely.STRtree(shapes).query(inner, predicate="intersects")
    house, first = np.unique(house, return_index=True)
    counted = np.bincount(piece[first], town.households[house], minlength=len(shapes))
    return Divided(shapes, counted.astype(np.int64), float("nan"))


def settle_compounds(town: Town, most: float) -> Constraints:
    """Keep the compounds that fit a grid; of larger ones the outline is a line to prefer."""
    asked = town.constraints
    if len(asked.compounds) == 0:
        return asked
    here = within(town, town.areas[0])
    inner = shapely.point_on_surface(town.buildings[here])
    compound, house = shapely.STRtree(inner).query(asked.compounds, predicate="intersects")
    held = np.bincount(compound, town.households[here][house], minlength=len(asked.compounds))
    fits = held <= most
    outlines = shapely.get_parts(shapely.boundary(asked.compounds[~fits]))
    return replace(
        asked,
        compounds=asked.compounds[fits],
        preferred=np.concatenate([asked.preferred, outlines]),
    )


def _partition_places(cells: Cells, wish: Wish, ideal: float) -> IntArray:
    """Divide each connected place (the area, or one island of it) on its own."""
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
