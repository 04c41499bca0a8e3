"""From buildings that are known to belong to a grid to grids that tile their communities."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Cells, Town, make_cells
from geo.grids.faces import FloatArray, GeometryArray, IntArray

_ACROSS_ROAD = 0.2
"""A border along a road joins less than one in the open."""
_ROUNDS = 20


@dataclass(frozen=True)
class Gathered:
    """Grids made of cells.

    Attributes
    ----------
    shapes
        One polygon for each grid, local metres.
    label
        Which of the listed grids each one is; -1 for ground that no listed grid reaches.
    area
        Position of its area.
    moved
        Positions of the listed buildings that lie apart from the rest of their grid and went to
        a neighbour.
    """

    shapes: GeometryArray
    label: IntArray
    area: IntArray
    moved: IntArray


def gather_grids(town: Town, points: GeometryArray, labels: IntArray, weight: IntArray) -> Gathered:
    """Grow grids around the buildings that are listed for them.

    Every building gets a cell of its own; a cell goes to the grid for which most households in it
    are listed. Cells without a listed building join the neighbouring grid with the longest
    border, a border along a road counting a fifth. A grid stays in one area and in one piece:
    the one with most households; the rest of it goes to its neighbours.

    Parameters
    ----------
    town
        As :func:`geo.grids.inputs.bring_town` brings it.
    points
        A point in each listed building.
    labels
        The grid of each, from 0.
    weight
        Households of each.
    """
    homes = np.ones(len(town.buildings), dtype=np.int64)
    cells = make_cells(replace(town, households=homes), 1)
    cell = _cell_of(cells, points)
    known = cell >= 0
    votes = _votes(cells, cell[known], labels[known], weight[known])
    found = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), -1)
    held = votes.max(axis=1)
    found = _one_area(cells, found, held)
    pull = csr_array(cells.open_m + (cells.border_m - cells.open_m) * _ACROSS_ROAD)
    for _ in range(_ROUNDS):
        found = _grow(found, pull)
        kept = _one_piece(cells, found, held)
        if np.array_equal(kept, found):
            break
        found = kept
    own = _left_over(cells, found)
    moved = np.flatnonzero(known)[found[cell[known]] != labels[known]]
    return _drawn(cells, own, found, moved)


def _cell_of(cells: Cells, points: GeometryArray) -> IntArray:
    cell = np.full(len(points), -1, dtype=np.int64)
    point, face = shapely.STRtree(cells.faces).query(points, predicate="intersects")
    cell[point[::-1]] = cells.cell_of_face[face[::-1]]
    return cell


def _votes(cells: Cells, cell: IntArray, labels: IntArray, weight: IntArray) -> FloatArray:
    votes = np.zeros((len(cells.area), int(labels.max(initial=0)) + 1))
    # A building without households still says where its grid is.
    np.add.at(votes, (cell, labels), weight + 0.01)
    return votes


def _one_area(cells: Cells, found: IntArray, held: FloatArray) -> IntArray:
    """Leave a grid to the area that holds most of it."""
    result = found.copy()
    for label in np.unique(found[found >= 0]).tolist():
        members = np.flatnonzero(found == label)
        share = np.bincount(cells.area[members], held[members])
        result[members[cells.area[members] != share.argmax()]] = -1
    return result


def _grow(found: IntArray, pull: csr_array) -> IntArray:
    """Give cells without a grid to the neighbour that pulls most, from the labelled ones out."""
    result = found.copy()
    count = int(found.max(initial=0)) + 1
    while True:
        free = np.flatnonzero(result < 0)
        has = np.flatnonzero(result >= 0)
        if len(free) == 0 or len(has) == 0:
            return result
        member = csr_array((np.ones(len(has)), (has, result[has])), shape=(len(result), count))
        drawn = (pull[free] @ member).tocsr()
        touching = np.flatnonzero(np.diff(drawn.indptr) > 0)
        if len(touching) == 0:
            return result
        best = np.asarray(drawn[touching].argmax(axis=1)).ravel()
        strong = np.asarray(drawn[touching].max(axis=1).todense()).ravel() > 0
        if not strong.any():
            return result
        result[free[touching[strong]]] = best[strong]


def _one_piece(cells: Cells, found: IntArray, held: FloatArray) -> IntArray:
    """Keep the piece of each grid that holds most; set the others free."""
    result = found.copy()
    piece = _pieces(cells, found)
    for label in np.unique(found[found >= 0]).tolist():
        members = np.flatnonzero(found == label)
        share = np.bincount(piece[members], np.where(held[members] > 0, held[members], 1e-9))
        result[members[piece[members] != share.argmax()]] = -1
    return result


def _pieces(cells: Cells, found: IntArray) -> IntArray:
    left, right = cells.border_m.nonzero()
    same = found[left] == found[right]
    size = len(found)
    links = csr_array((np.ones(int(same.sum())), (left[same], right[same])), shape=(size, size))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _left_over(cells: Cells, found: IntArray) -> IntArray:
    """Number the grids: the listed ones, and each piece of ground that none of them reaches."""
    piece = _pieces(cells, found)
    _, number = np.unique(
        np.where(found >= 0, found, found.max(initial=0) + 1 + piece), return_inverse=True
    )
    return np.asarray(number, dtype=np.int64)


def _drawn(cells: Cells, own: IntArray, found: IntArray, moved: IntArray) -> Gathered:
    count = int(own.max()) + 1
    shapes = np.empty(count, dtype=np.object_)
    of_face = own[cells.cell_of_face]
    for at in range(count):
        shapes[at] = shapely.coverage_union_all(cells.faces[of_face == at])
    label, area = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    label[own], area[own] = found, cells.area
    return Gathered(shapes, label, area, moved)
