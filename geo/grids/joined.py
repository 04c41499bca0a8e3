"""Cells joined to larger ones: fewer to move about, with the same choice of blocks and roads."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from geo.grids.cells import Cells
from geo.grids.faces import BoolArray, FloatArray, IntArray, border_matrix


def put_together(cells: Cells, joined: IntArray) -> Cells:
    """Put cells together.

    Parameters
    ----------
    cells
        What is put together.
    joined
        For each cell the new one it becomes a part of, 0 … n-1. A new cell takes the block and
        the area of its largest part.
    """
    size = int(joined.max()) + 1
    largest_last = np.argsort(cells.size_m2, kind="stable")
    main = np.zeros(size, dtype=np.int64)
    main[joined[largest_last]] = largest_last
    border_m, open_m = cells.border_m.tocoo(), cells.open_m.tocoo()
    once = border_m.row < border_m.col
    left, right = joined[border_m.row[once]], joined[border_m.col[once]]
    return replace(
        cells,
        cell_of_face=joined[cells.cell_of_face],
        area=cells.area[main],
        block=cells.block[main],
        households=np.bincount(joined, cells.households).astype(np.int64),
        size_m2=np.bincount(joined, cells.size_m2).astype(np.float64),
        border_m=border_matrix(left, right, border_m.data[once], size),
        open_m=border_matrix(left, right, open_m.data[once], size),
        outer_m=np.bincount(joined, cells.outer_m).astype(np.float64),
    )


def join_light(cells: Cells, light: int, most: int) -> Cells:
    """Join light cells with a neighbour in their block, the lightest first.

    Open ground stays apart: what is no house's yard may go to any grid.

    Parameters
    ----------
    cells
        Cells of divided blocks: often single houses.
    light
        A cell with fewer households than this is joined, if it has a neighbour for it.
    most
        Households that a joined cell has at the most.
    """
    state = _Joining.of(cells)
    waiting = [
        (held, cell) for cell, held in enumerate(state.households.tolist()) if 0 < held < light
    ]
    heapq.heapify(waiting)
    while waiting:
        held, cell = heapq.heappop(waiting)
        if state.gone[cell] or held != state.households[cell]:
            continue
        mate = state.mate(cell, most)
        if mate < 0:
            continue
        state.join(cell, mate)
        if state.households[mate] < light:
            heapq.heappush(waiting, (state.households[mate], mate))
    return put_together(cells, state.numbers())


@dataclass(frozen=True)
class _Joining:
    """Cells on their way to being joined; changed in place.

    ``beside`` has the length of each cell's border with each neighbour, ``into`` what it joined.
    """

    households: IntArray
    size_m2: FloatArray
    round_m: FloatArray
    block: IntArray
    beside: list[dict[int, float]]
    into: IntArray
    gone: BoolArray

    @staticmethod
    def of(cells: Cells) -> _Joining:
        start, other, length_m = (
            one.tolist()
            for one in (cells.border_m.indptr, cells.border_m.indices, cells.border_m.data)
        )
        size = len(cells.households)
        return _Joining(
            households=cells.households.copy(),
            size_m2=cells.size_m2.copy(),
            round_m=cells.outer_m + np.asarray(cells.border_m.sum(axis=1), dtype=np.float64),
            block=cells.block,
            beside=[dict(zip(other[a:b], length_m[a:b], strict=True)) for a, b in pairwise(start)],
            into=np.arange(size),
            gone=np.zeros(size, dtype=bool),
        )

    def mate(self, cell: int, most: int) -> int:
        """The neighbour in the block that makes the most compact cell; -1 if there is none."""
        best, found = 0.0, -1
        for other, shared_m in self.beside[cell].items():
            if self.block[other] != self.block[cell] or self.households[other] == 0:
                continue
            if self.households[other] + self.households[cell] > most:
                continue
            round_m = self.round_m[cell] + self.round_m[other] - 2 * shared_m
            compact = (self.size_m2[cell] + self.size_m2[other]) / max(round_m, 1e-9) ** 2
            if compact > best:
                best, found = compact, other
        return found

    def join(self, cell: int, mate: int) -> None:
        """Let a cell become a part of its neighbour."""
        self.round_m[mate] += self.round_m[cell] - 2 * self.beside[cell][mate]
        self.size_m2[mate] += self.size_m2[cell]
        self.households[mate] += self.households[cell]
        self.into[cell], self.gone[cell] = mate, True
        for other, shared_m in self.beside[cell].items():
            del self.beside[other][cell]
            if other != mate:
                whole_m = self.beside[mate].get(other, 0.0) + shared_m
                self.beside[mate][other] = self.beside[other][mate] = whole_m

    def numbers(self) -> IntArray:
        """Number what is left, 0 … n-1: for each cell what it is a part of."""
        into = self.into
        while (into != into[into]).any():
            into = into[into]
        return np.unique(into, return_inverse=True)[1].astype(np.int64)
