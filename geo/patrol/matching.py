"""On which streets a track was walked: a hidden Markov model over candidate places on them.

Newson and Krumm, "Hidden Markov map matching through noise and sparseness" (2009): how far a fix
lies from a place on a street says how likely it was there, and how much longer the way along the
streets is than the straight one says how likely two such places follow one another. Walkers cross
yards and squares, so a fix may also be on no street, at the price of one that lies three times the
noise away.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.datum import FloatArray
from geo.patrol.moves import Move, without_spurs
from geo.patrol.streets import StreetNet

IntArray = npt.NDArray[np.int64]

_MOST_CANDIDATES: Final = 12
_OFF_STREET: Final = -1


@dataclass(frozen=True)
class MatchingLimits:
    """How much a track may differ from the streets.

    Attributes
    ----------
    reach_m : float
        A fix farther from every street is on none.
    noise_m : float
        The least standard deviation that is taken for a fix; a receiver that calls itself less
        accurate is taken at its word.
    detour_m : float
        Mean by which the way along the streets is longer than the straight one; of a fix with more
        noise than that, its noise.
    gap_s : float
        Over a longer silence nothing is said to have been walked.
    """

    reach_m: float = 60.0
    noise_m: float = 6.0
    detour_m: float = 8.0
    gap_s: float = 120.0


@dataclass(frozen=True)
class Matched:
    """A track on streets.

    Attributes
    ----------
    piece : array of int64, shape (n,)
        Piece of the network that each fix was on; -1: on no street.
    along_m : array of float64, shape (n,)
        Where on it; NaN on no street.
    walked : array of int64, shape (m,)
        Pieces that were walked, in order of walking; several parts of one stand several times.
    begin_m, end_m : arrays of float64, shape (m,)
        From where to where on the piece, the smaller first.
    length_m : float
        What was walked along streets, each pass counted.
    off_street_m : float
        What was walked beside them, straight from one place to the next.
    """

    piece: IntArray
    along_m: FloatArray
    walked: IntArray
    begin_m: FloatArray
    end_m: FloatArray
    length_m: float
    off_street_m: float = 0.0


def match(
    time_s: npt.ArrayLike,
    xy: npt.ArrayLike,
    accuracy_m: npt.ArrayLike,
    net: StreetNet,
    limits: MatchingLimits | None = None,
) -> Matched:
    """Say on which streets a track was walked.

    Parameters
    ----------
    time_s : array_like, shape (n,), never falling
    xy : array_like, shape (n, 2), metres
        Believed fixes; of a stay its centre is enough.
    accuracy_m : array_like, shape (n,), metres
        NaN where the receiver did not say.
    net : StreetNet
        In the same plane; what lies far from the track costs nothing.
    limits : MatchingLimits, optional
    """
    limits = limits or MatchingLimits()
    time, place = np.asarray(time_s, np.float64), np.asarray(xy, np.float64).reshape(-1, 2)
    noise = np.fmax(np.asarray(accuracy_m, np.float64), limits.noise_m)
    noise = np.where(np.isnan(noise), limits.noise_m, noise)
    piece = np.full(len(time), _OFF_STREET, dtype=np.int64)
    along = np.full(len(time), np.nan)
    walked: list[Move] = []
    beside_m = 0.0
    for first, last in _between_gaps(time, limits.gap_s):
        part = first + _apart(place[first:last], noise[first:last])
        lattice = _Lattice(place[part], noise[part], net, limits)
        piece[part], along[part], moves = lattice.best()
        walked += without_spurs(moves, 2 * float(np.median(noise[part])))
        off = (piece[part[:-1]] == _OFF_STREET) | (piece[part[1:]] == _OFF_STREET)
        beside_m += float(np.hypot(*np.diff(place[part], axis=0).T)[off].sum())
    return Matched(
        piece,
        along,
        np.array([move.piece for move in walked], dtype=np.int64),
        np.array([min(move.begin_m, move.end_m) for move in walked], dtype=np.float64),
        np.array([max(move.begin_m, move.end_m) for move in walked], dtype=np.float64),
        sum(move.length_m for move in walked),
        beside_m,
    )


def _between_gaps(time: FloatArray, gap_s: float) -> list[tuple[int, int]]:
    cuts = [0, *(np.flatnonzero(np.diff(time) > gap_s) + 1).tolist(), len(time)]
    return [(a, b) for a, b in pairwise(cuts) if a < b]


def _apart(place: FloatArray, noise: FloatArray) -> IntArray:
    """Fixes that lie apart by more than their noise, and the last: others say only what it is.

    Between two fixes nearer than twice the noise one cannot tell a step from the receiver's; taken
    one by one they walk to and fro on the street.
    """
    kept = [0]
    for here in range(1, len(place)):
        away = np.hypot(*(place[here] - place[kept[-1]]))
        if away >= 2 * noise[here]:
            kept.append(here)
    if kept[-1] != len(place) - 1:
        kept.append(len(place) - 1)
    return np.array(kept, dtype=np.int64)


class _Lattice:
    """Candidates of each fix of a part without a gap, and the ways between them."""

    def __init__(
        self, place: FloatArray, noise: FloatArray, net: StreetNet, limits: MatchingLimits
    ) -> None:
        self._place, self._noise = place, noise
        self._limits = limits
        self._near = net.near(shapely.MultiPoint(place), 3 * limits.reach_m)
        self._net = net.part(self._near)
        farthest = float(np.hypot(*np.diff(place, axis=0).T).max(initial=0.0))
        self._ways = self._net.distances(2 * farthest + 20 * limits.detour_m)
        points = np.asarray(shapely.points(place), dtype=np.object_)
        fix, piece = self._net.tree.query(points, predicate="dwithin", distance=limits.reach_m)
        away = shapely.distance(points[fix], self._net.pieces[piece])
        order = np.lexsort((away, fix))
        fix, piece, away = fix[order], piece[order], away[order]
        rank = np.arange(len(fix)) - np.searchsorted(fix, fix)
        kept = rank < _MOST_CANDIDATES
        fix, piece, away = fix[kept], piece[kept], away[kept]
        along = shapely.line_locate_point(self._net.pieces[piece], points[fix])
        bounds = np.searchsorted(fix, np.arange(len(place) + 1))
        # The last candidate of every fix is to be on no street.
        self._piece = [np.append(piece[a:b], _OFF_STREET) for a, b in _pairs(bounds)]
        self._along = [np.append(along[a:b], np.nan) for a, b in _pairs(bounds)]
        self._emission = [
            np.append(0.5 * (away[a:b] / noise[i]) ** 2, 4.5)
            for i, (a, b) in enumerate(_pairs(bounds))
        ]

    def best(self) -> tuple[IntArray, FloatArray, list[Move]]:
        """The likeliest candidates (Viterbi), and what was walked between them."""
        chosen = self._viterbi()
        piece = np.array([p[c] for p, c in zip(self._piece, chosen, strict=True)], dtype=np.int64)
        along = np.array([a[c] for a, c in zip(self._along, chosen, strict=True)])
        moves: list[Move] = []
        for step in range(len(chosen) - 1):
            if piece[step] != _OFF_STREET and piece[step + 1] != _OFF_STREET:
                moves += self._walk(piece[step : step + 2], along[step : step + 2])
        whole = np.where(piece == _OFF_STREET, _OFF_STREET, np.append(self._near, -1)[piece])
        return whole.astype(np.int64), along, moves

    def _viterbi(self) -> list[int]:
        cost = self._emission[0]
        back: list[IntArray] = []
        for step in range(1, len(self._place)):
            total = cost[:, None] + self._transition(step)
            back.append(np.argmin(total, axis=0))
            cost = total.min(axis=0) + self._emission[step]
        chosen = [int(np.argmin(cost))]
        for origin in reversed(back):
            chosen.append(int(origin[chosen[-1]]))
        return chosen[::-1]

    def _transition(self, step: int) -> FloatArray:
        """Price of going from each candidate of the fix before to each of this one."""
        straight = float(np.hypot(*(self._place[step] - self._place[step - 1])))
        ways, _ = self._between(step)
        price = np.abs(ways - straight) / max(self._limits.detour_m, float(self._noise[step]))
        # On and off a street: the way is the straight one, for the price of a usual detour.
        price[-1, :] = price[:, -1] = 1.0
        price[-1, -1] = 0.0
        return price

    def _between(self, step: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
        """Metres along streets between candidates, and by which of four ends the way goes."""
        a, b = self._piece[step - 1][:-1], self._piece[step][:-1]
        at_a, at_b = self._along[step - 1][:-1], self._along[step][:-1]
        count = (len(a) + 1, len(b) + 1)
        ways, by = np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
        if not len(a) or not len(b):
            return ways, by
        left = np.column_stack([at_a, self._net.length_m[a] - at_a])
        right = np.column_stack([at_b, self._net.length_m[b] - at_b])
        ends_a, ends_b = self._net.ends[a], self._net.ends[b]
        four = np.stack(
            [
                left[:, i, None] + self._ways[ends_a[:, i, None], ends_b[None, :, j]] + right[:, j]
                for i in (0, 1)
                for j in (0, 1)
            ]
        )
        by[:-1, :-1] = np.argmin(four, axis=0)
        ways[:-1, :-1] = four.min(axis=0)
        same = a[:, None] == b[None, :]
        direct = np.abs(at_a[:, None] - at_b[None, :])
        shorter = same & (direct <= ways[:-1, :-1])
        ways[:-1, :-1] = np.where(shorter, direct, ways[:-1, :-1])
        by[:-1, :-1] = np.where(shorter, -1, by[:-1, :-1])
        return ways, by

    def _walk(self, piece: IntArray, along: FloatArray) -> list[Move]:
        """What lies between two places on streets, by the shortest way."""
        a, b = int(piece[0]), int(piece[1])
        begin, end = float(along[0]), float(along[1])
        of_a, of_b = float(self._net.length_m[a]), float(self._net.length_m[b])
        ways = self._ways[np.ix_(self._net.ends[a], self._net.ends[b])]
        ways = ways + np.array([[begin], [of_a - begin]]) + np.array([[end, of_b - end]])
        i, j = np.unravel_index(int(np.argmin(ways)), ways.shape)
        if a == b and abs(begin - end) <= ways[i, j]:
            return [Move(int(self._near[a]), begin, end)]
        if not np.isfinite(ways[i, j]):
            return []
        moves = [Move(int(self._near[a]), begin, (0.0, of_a)[i])]
        here = int(self._net.ends[a, i])
        for middle in self._pieces_between(here, int(self._net.ends[b, j])):
            length = float(self._net.length_m[middle])
            onward = int(self._net.ends[middle, 0]) == here
            here = int(self._net.ends[middle, 1 if onward else 0])
            moves.append(
                Move(int(self._near[middle]), *((0.0, length) if onward else (length, 0.0)))
            )
        return [*moves, Move(int(self._near[b]), (0.0, of_b)[j], end)]

    def _pieces_between(self, begin: int, end: int) -> list[int]:
        """Pieces of the shortest way between two crossings, found back from its end."""
        found: list[int] = []
        here = end
        while here != begin:
            onto = np.flatnonzero((self._net.ends == here).any(axis=1))
            other = np.where(
                self._net.ends[onto, 0] == here, self._net.ends[onto, 1], self._net.ends[onto, 0]
            )
            left = self._ways[begin, other] + self._net.length_m[onto]
            left = np.where(other == here, np.inf, left)
            best = int(np.argmin(left))
            found.append(int(onto[best]))
            here = int(other[best])
        return found[::-1]


def _pairs(bounds: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    return list(pairwise(bounds.tolist()))
