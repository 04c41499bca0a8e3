"""Drawing grids whose cells changed hands, and leaving every other boundary as it was.

A boundary that was there before keeps its vertices: what noding put on it is taken off again. A
new boundary is pulled taut between them.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components

from geo.grids.along import NEAR_LINE_M, Guides
from geo.grids.cells import Cells, Town
from geo.grids.constraints import TOUCH_M, preference_m
from geo.grids.faces import (
    BoolArray,
    FloatArray,
    GeometryArray,
    IntArray,
    absorb,
    border_matrix,
    find_borders,
    point_keys,
)
from geo.grids.graph import CellGraph
from geo.grids.joined import put_together
from geo.grids.revision.outlines import leave_out, trace
from geo.grids.revision.zones import ON_LINE_M, SLIVER_M
from geo.grids.straighten import straighten


def graph_across(cells: Cells, town: Town) -> CellGraph:
    """See cells made zone by zone as those of one area, zones bordering on zones.

    Zones do not border across a barrier; one that lies across it already is not torn.

    Parameters
    ----------
    cells
        As `geo.grids.cells.make_cells` makes them of a town whose areas are zones.
    town
        With the lines that a boundary should follow.
    """
    borders, size = find_borders(cells.faces), len(cells.area)
    left = cells.cell_of_face[borders.left]
    right = np.where(borders.right >= 0, cells.cell_of_face[borders.right], -1)
    open_m = borders.length_m * ~Guides(town.lines).near(borders.middle)
    open_m -= preference_m(town.constraints, borders, NEAR_LINE_M)
    barred = (right >= 0) & (left != right) & (cells.area[left] != cells.area[right])
    barred &= _on_lines(borders.middle, town.constraints.barriers, TOUCH_M)
    outer_m: FloatArray = np.zeros(size)
    np.add.at(outer_m, right[barred], borders.length_m[barred])
    right[barred] = -1
    rim = right < 0
    np.add.at(outer_m, left[rim], borders.length_m[rim])
    nothing: FloatArray = np.zeros(size)
    return CellGraph(
        households=cells.households,
        block=cells.block,
        size_m2=cells.size_m2,
        outer_m=outer_m,
        outer_open_m=nothing,
        border_m=border_matrix(left, right, borders.length_m, size),
        open_m=border_matrix(left, right, open_m, size),
    )


def join_slivers(cells: Cells) -> Cells:
    """Let ground that is only the rounding of two lines into one go with the cell beside it.

    An old boundary along a road is the road but for a millimetre. What lies between them would
    leave a thorn on a grid.
    """
    size = len(cells.area)
    round_m = cells.outer_m + np.asarray(cells.border_m.sum(axis=1), dtype=np.float64)
    thin = (cells.households == 0) & (2 * cells.size_m2 < SLIVER_M * round_m)
    if not thin.any():
        return cells
    borders, pen = find_borders(cells.faces), cells.area[cells.cell_of_face]
    hosts = absorb(cells.cell_of_face, thin, borders, pen)
    cell_of_face = np.unique(hosts, return_inverse=True)[1]
    joined = np.zeros(size, dtype=np.int64)
    joined[cells.cell_of_face] = cell_of_face
    return put_together(cells, joined)


def places_of(graph: CellGraph, free: IntArray) -> list[IntArray]:
    """Sort some cells into places that hang together."""
    if len(free) == 0:
        return []
    _, place = connected_components(graph.border_m[free][:, free], directed=False)
    order = np.argsort(place, kind="stable")
    return [np.sort(free[at]) for at in np.split(order, np.cumsum(np.bincount(place))[:-1])]


def draw_changed(
    cells: Cells, labels: IntArray, changed: IntArray, zones: GeometryArray, town: Town
) -> GeometryArray:
    """Draw the grids that changed.

    Parameters
    ----------
    cells, labels
        Cells, and the grid of each.
    changed
        The grids to draw.
    zones
        What the area was divided into before: its boundaries stay where they still are one.
    town
        Buildings that no boundary may be pulled over, lines that it should follow.

    Returns
    -------
    Polygons in the order of ``changed``: a coverage of their ground.
    """
    grid_of_face = labels[cells.cell_of_face]
    drawn = np.empty(len(changed), dtype=np.object_)
    for at, label in enumerate(changed.tolist()):
        drawn[at] = shapely.coverage_union_all(cells.faces[grid_of_face == label])
    drawn, held = _tidy(drawn, zones)
    obstacles = np.concatenate([town.buildings, town.constraints.walls()])
    return straighten(drawn, obstacles, town.lines, held)


def _tidy(drawn: GeometryArray, zones: GeometryArray) -> tuple[GeometryArray, IntArray]:
    """Take off what noding put on old boundaries; also the keys of all that is left on them."""
    outlines = trace(drawn)
    old = outlines.count(_on_lines(outlines.middle, shapely.boundary(zones), ON_LINE_M))
    corners = np.unique(point_keys(shapely.get_coordinates(zones)))
    needless = outlines.needless(ON_LINE_M) & (old == 2) & ~np.isin(outlines.names, corners)
    return leave_out(outlines, needless), outlines.names[(old > 0) & ~needless]


def _on_lines(points: FloatArray, lines: GeometryArray, within_m: float) -> BoolArray:
    """Whether each point lies on some lines."""
    found = np.zeros(len(points), dtype=bool)
    if len(points) and len(lines):
        tree = shapely.STRtree(np.asarray(shapely.points(points), dtype=np.object_))
        found[tree.query(lines, predicate="dwithin", distance=within_m)[1]] = True
    return found
