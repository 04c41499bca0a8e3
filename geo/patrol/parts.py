"""Streets in parts that one can say of whether they were visited, and whose grids they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.ops import substring

from geo.datum import FloatArray
from geo.patrol.streets import IntArray, LineArray, street_net

PART_M = 300.0
"""A longer stretch without a crossing is cut: of the whole one could not say that it was seen."""


@dataclass(frozen=True)
class Parts:
    """Parts of streets, each between two crossings at most.

    Attributes
    ----------
    lines : array of LineString, shape (k,), metres
        Drawn in the direction that sorts first, so that a street drawn the other way round has
        the same parts.
    street : array of int64, shape (k,)
        Position, among the lines that were given, of the street each is a part of.
    length_m : array of float64, shape (k,)
    """

    lines: LineArray
    street: IntArray
    length_m: FloatArray


def cut_parts(lines: Sequence[Any] | LineArray, longest_m: float = PART_M) -> Parts:
    """Cut streets at their crossings, and what is long between them into equal parts.

    Parameters
    ----------
    lines : sequence of LineString, metres
    longest_m : float

    Raises
    ------
    ValueError
        If one of them is no line, or empty.
    """
    net = street_net(lines)
    parts: list[Any] = []
    street: list[int] = []
    for piece, of, length in zip(net.pieces, net.street, net.length_m, strict=True):
        ends = np.linspace(0.0, float(length), ceil(float(length) / longest_m) + 1)
        parts += [
            piece if len(ends) == 2 else substring(piece, a, b) for a, b in pairwise(ends.tolist())
        ]
        street += [int(of)] * (len(ends) - 1)
    made = np.array(parts, dtype=np.object_)
    made = np.asarray(shapely.normalize(made), dtype=np.object_) if parts else made
    return Parts(made, np.array(street, dtype=np.int64), shapely.length(made))


def parts_in_grids(
    parts: LineArray, grids: npt.ArrayLike, *, near_m: float = 15.0
) -> tuple[IntArray, IntArray]:
    """Say to which grids each part of a street belongs.

    To each grid in which half of it lies, where a grid reaches `near_m` beyond its outline: a
    street along a border is both grids' own. A part of which no grid has half is that grid's which
    has most of it, if it has a fifth.

    Parameters
    ----------
    parts : array of LineString, shape (n,), metres
    grids : array_like of polygons, shape (g,), metres

    Returns
    -------
    part, grid : arrays of int64, shape (k,)
        Positions, ordered by part.
    """
    wide = np.asarray(shapely.buffer(np.asarray(grids, dtype=np.object_), near_m, quad_segs=2))
    if not len(parts) or not len(wide):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    part, grid = shapely.STRtree(wide).query(parts, predicate="intersects")
    length = shapely.length(parts)
    share = shapely.length(shapely.intersection(parts[part], wide[grid])) / length[part]
    most = np.zeros(len(parts))
    np.maximum.at(most, part, share)
    half = share >= 0.5
    kept = half | ((most[part] < 0.5) & (share == most[part]) & (share >= 0.2))
    order = np.lexsort((grid[kept], part[kept]))
    return part[kept][order].astype(np.int64), grid[kept][order].astype(np.int64)
