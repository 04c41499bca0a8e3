"""The front: the borders between two grids, kept as a list to draw from while cells move.

Most borders between cells lie within a grid. To draw among all and pass over those takes longer
than to keep the others in a list; what moves changes a few entries of it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

OUTSIDE = np.int64(-2)
"""Place of a border that is not looked at."""
WITHIN = np.int64(-1)
"""Place of a border within one grid."""


@njit(cache=True, nogil=True)
def open_front(cells, labels, scratch, borders):  # type: ignore[no-untyped-def]
    """Begin with some borders; how many of them lie between two grids."""
    size = 0
    for border in borders:
        scratch.place[border] = WITHIN
        if labels[cells.cell[border]] != labels[cells.other[border]]:
            scratch.front[size] = border
            scratch.place[border] = size
            size += 1
    return size


@njit(cache=True, nogil=True)
def renew_front(cells, labels, scratch, moved, size):  # type: ignore[no-untyped-def]
    """Bring the list up to date after the first ``moved`` of the moving cells moved; its size."""
    for index in range(moved):
        cell = scratch.moving[index]
        for at in range(cells.start[cell], cells.start[cell + 1]):
            between = labels[cell] != labels[cells.other[at]]
            for border in (at, cells.back[at]):
                place = scratch.place[border]
                if between and place == WITHIN:
                    scratch.front[size] = border
                    scratch.place[border] = size
                    size += 1
                elif not between and place >= 0:
                    size -= 1
                    last = scratch.front[size]
                    scratch.front[place] = last
                    scratch.place[last] = place
                    scratch.place[border] = WITHIN
    return size


@njit(cache=True, nogil=True)
def close_front(scratch, borders):  # type: ignore[no-untyped-def]
    """Forget these borders."""
    for border in borders:
        scratch.place[border] = OUTSIDE
