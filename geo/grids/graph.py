"""What a partitioner is given: the cells of one place as a weighted graph."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.sparse import csr_array

from geo.grids.faces import FloatArray, IntArray


@dataclass(frozen=True)
class CellGraph:
    """The cells of one connected place.

    Attributes
    ----------
    households
        Of each cell.
    size_m2, outer_m
        Size of each cell; its border with what lies outside the place.
    border_m, open_m
        Symmetric matrices of equal pattern: length of border between two cells, and the part
        of it that follows neither road nor water.
    """

    households: IntArray
    size_m2: FloatArray
    outer_m: FloatArray
    border_m: csr_array
    open_m: csr_array
