"""The street network as something that can be walked along: crossings and pieces between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.datum import FloatArray

IntArray = npt.NDArray[np.int64]
LineArray = npt.NDArray[np.object_]

# Ends nearer than this are one crossing: what was drawn apart by a digit.
_SAME_PLACE_M: Final = 0.05


@dataclass(frozen=True)
class StreetNet:
    """Streets cut at their crossings.

    Attributes
    ----------
    pieces : array of LineString, shape (k,), metres
        Each between two crossings, or a dead end.
    street : array of int64, shape (k,)
        Position, among the lines that were given, of the street that each is a piece of.
    offset_m : array of float64, shape (k,)
        Where on its street each begins.
    length_m : array of float64, shape (k,)
    ends : array of int64, shape (k, 2)
        Crossings at its beginning and its end, from 0.
    crossings : array of float64, shape (c, 2), metres
    """

    pieces: LineArray
    street: IntArray
    offset_m: FloatArray
    length_m: FloatArray
    ends: IntArray
    crossings: FloatArray

    @cached_property
    def tree(self) -> shapely.STRtree:
        """An index over the pieces."""
        return shapely.STRtree(self.pieces)

    def near(self, place: Any, reach_m: float) -> IntArray:
        """Pieces within reach of a geometry, ascending."""
        return np.sort(self.tree.query(place, predicate="dwithin", distance=reach_m))

    def part(self, pieces: IntArray) -> "StreetNet":
        """The network of some of its pieces alone."""
        used, ends = np.unique(self.ends[pieces], return_inverse=True)
        return StreetNet(
            self.pieces[pieces],
            self.street[pieces],
            self.offset_m[pieces],
            self.length_m[pieces],
            ends.reshape(-1, 2).astype(np.int64),
            self.crossings[used],
        )

    def distances(self, limit_m: float) -> FloatArray:
        """Metres along streets between all crossings, infinite beyond a limit; shape (c, c)."""
        count = len(self.crossings)
        if count == 0:
            return np.zeros((0, 0))
        a, b = self.ends.T
        order = np.argsort(-self.length_m, kind="stable")
        # Of two pieces between the same crossings the shorter is written last, and stays.
        shortest = {(int(a[i]), int(b[i])): float(self.length_m[i]) for i in order if a[i] != b[i]}
        if not shortest:
            return np.where(np.eye(count, dtype=bool), 0.0, np.inf)
        begin, end = np.array([*shortest]).T
        ways = csr_array((np.array([*shortest.values()]), (begin, end)), shape=(count, count))
        found: FloatArray = dijkstra(ways, directed=False, limit=limit_m)
        return found


def street_net(lines: Sequence[Any] | LineArray) -> StreetNet:
    """Cut streets where they meet in a vertex, as maps are drawn.

    Where two lines cross without a common vertex they do not meet: one is a bridge.

    Parameters
    ----------
    lines : sequence of LineString, metres

    Raises
    ------
    ValueError
        If one of them is no line, or empty.
    """
    given = np.asarray(lines, dtype=np.object_)
    if len(given) and not (shapely.get_type_id(given) == shapely.GeometryType.LINESTRING).all():
        raise ValueError("every street must be a LineString")
    if len(given) and shapely.is_empty(given).any():
        raise ValueError("a street has no points")
    places, of = shapely.get_coordinates(given, return_index=True)
    _, vertex = np.unique(np.round(places / _SAME_PLACE_M), axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    at_end = np.ones(len(of), dtype=bool)
    inner = (of[1:-1] == of[:-2]) & (of[1:-1] == of[2:])
    at_end[1:-1] = ~inner
    crossing = at_end | (np.bincount(vertex)[vertex] > 1) if len(of) else at_end
    return _cut(given, places, of, vertex, crossing)


def _cut(
    lines: LineArray,
    places: FloatArray,
    of: npt.NDArray[np.int64],
    vertex: npt.NDArray[np.int64],
    crossing: npt.NDArray[np.bool_],
) -> StreetNet:
    cut = np.flatnonzero(crossing)
    begin, end = cut[:-1], cut[1:]
    within = of[begin] == of[end]
    begin, end = begin[within], end[within]
    steps = np.zeros(len(places))
    steps[1:] = np.where(of[1:] == of[:-1], np.hypot(*np.diff(places, axis=0).T), 0.0)
    along = np.cumsum(steps)
    length_m = along[end] - along[begin]
    real = length_m > 0
    begin, end, length_m = begin[real], end[real], length_m[real]
    starts = np.searchsorted(of, np.arange(len(lines)))
    pieces = np.empty(len(begin), dtype=np.object_)
    for number, (a, b) in enumerate(zip(begin, end, strict=True)):
        pieces[number] = shapely.LineString(places[a : b + 1])
    used, ends = np.unique(vertex[np.column_stack([begin, end])], return_inverse=True)
    first = np.full(int(vertex.max(initial=-1)) + 1, -1)
    first[vertex[::-1]] = np.arange(len(vertex))[::-1]
    return StreetNet(
        pieces,
        of[begin].astype(np.int64),
        along[begin] - along[starts[of[begin]]],
        length_m,
        ends.reshape(-1, 2).astype(np.int64),
        places[first[used]].reshape(-1, 2),
    )
