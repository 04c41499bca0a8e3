"""Which part of each street was walked."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.datum import FloatArray
from geo.patrol.matching import Matched
from geo.patrol.streets import StreetNet

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Covered:
    """The walked parts of streets: no two of a street touch.

    Attributes
    ----------
    street : array of int64, shape (k,)
        Ascending; position among the lines that the network was made of.
    begin_m, end_m : arrays of float64, shape (k,)
        Metres from the street's beginning.
    """

    street: IntArray
    begin_m: FloatArray
    end_m: FloatArray

    def length_of(self, streets: int) -> FloatArray:
        """Metres walked of each of so many streets; shape (streets,)."""
        metres = np.bincount(self.street, self.end_m - self.begin_m, minlength=streets)
        return metres.astype(np.float64)


def covered(net: StreetNet, tracks: Iterable[Matched], *, slack_m: float = 10.0) -> Covered:
    """Put together what several tracks walked of each street.

    Parameters
    ----------
    slack_m : float
        What is left of a street between two walked parts, or at its end, and is shorter than this
        was walked as well: a receiver cannot tell.
    """
    street, begin, end = [], [], []
    for track in tracks:
        street.append(net.street[track.walked])
        begin.append(net.offset_m[track.walked] + track.begin_m)
        end.append(net.offset_m[track.walked] + track.end_m)
    if not street:
        return Covered(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    return _joined(
        np.concatenate(street), np.concatenate(begin), np.concatenate(end), _lengths(net), slack_m
    )


def _lengths(net: StreetNet) -> FloatArray:
    """Length of each street."""
    length = np.zeros(int(net.street.max(initial=-1)) + 1)
    np.maximum.at(length, net.street, net.offset_m + net.length_m)
    return length


def _joined(
    street: IntArray, begin: FloatArray, end: FloatArray, length: FloatArray, slack_m: float
) -> Covered:
    order = np.lexsort((begin, street))
    street, begin, end = street[order], begin[order], end[order]
    begin = np.where(begin <= slack_m, 0.0, begin)
    end = np.where(length[street] - end <= slack_m, length[street], end)
    kept: list[tuple[int, float, float]] = []
    for one, a, b in zip(street.tolist(), begin.tolist(), end.tolist(), strict=True):
        if kept and kept[-1][0] == one and a - kept[-1][2] <= slack_m:
            kept[-1] = (one, kept[-1][1], max(kept[-1][2], b))
        else:
            kept.append((one, a, b))
    found = np.array(kept, dtype=np.float64).reshape(-1, 3)
    return Covered(found[:, 0].astype(np.int64), found[:, 1], found[:, 2])
