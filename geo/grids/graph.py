"""What a partitioner is given: the cells of one place as a weighted graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo.grids.faces import FloatArray, IntArray


@dataclass(frozen=True)
class CellGraph:
    """The cells of one connected place.

    Attributes
    ----------
    households
        Of each cell.
    block
        The block that each cell is a part of.
    size_m2
        Size of each cell.
    outer_m, outer_open_m
        Border of each cell with what lies outside the place, and the part of it that counts as
        following nothing.
    border_m, open_m
        Symmetric matrices of equal pattern: length of border between two cells, and the part
        of it that follows neither road nor water.
    """

    households: IntArray
    block: IntArray
    size_m2: FloatArray
    outer_m: FloatArray
    outer_open_m: FloatArray
    border_m: csr_array
    open_m: csr_array

    def part(self, members: IntArray) -> CellGraph:
        """Return some of the cells; their border with the others lies outside."""
        border_m = self.border_m[members][:, members]
        open_m = self.open_m[members][:, members]
        lost_m = np.asarray(self.border_m[members].sum(axis=1) - border_m.sum(axis=1))
        lost_open_m = np.asarray(self.open_m[members].sum(axis=1) - open_m.sum(axis=1))
        return CellGraph(
            households=self.households[members],
            block=self.block[members],
            size_m2=self.size_m2[members],
            outer_m=self.outer_m[members] + lost_m,
            outer_open_m=self.outer_open_m[members] + lost_open_m,
            border_m=border_m,
            open_m=open_m,
        )
