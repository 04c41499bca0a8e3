"""Where a patrol stood and where it moved."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from geo.datum import FloatArray

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Stays:
    """The stays of a track, in order.

    Attributes
    ----------
    first, last : arrays of int64, shape (k,)
        Positions of the fixes with which each begins and ends.
    centre : array of float64, shape (k, 2), metres
        The median of its fixes.
    seconds : array of float64, shape (k,)
    """

    first: IntArray
    last: IntArray
    centre: FloatArray
    seconds: FloatArray

    def holds(self, count: int) -> npt.NDArray[np.int64]:
        """Which stay each of `count` fixes belongs to; -1: it moved."""
        of = np.full(count, -1, dtype=np.int64)
        for number, (first, last) in enumerate(zip(self.first, self.last, strict=True)):
            of[first : last + 1] = number
        return of


def find_stays(
    time_s: npt.ArrayLike,
    xy: npt.ArrayLike,
    *,
    radius_m: float = 30.0,
    least_s: float = 120.0,
    gap_s: float = 120.0,
) -> Stays:
    """Find where a track stayed within a circle for some time.

    A stay begins with a fix and goes on while the fixes lie within `radius_m` of the middle of
    those so far (Li et al., 2008, with the running mean instead of the first fix, which a
    wandering receiver leaves). What it wandered there is no distance.

    Parameters
    ----------
    time_s : array_like, shape (n,), never falling
    xy : array_like, shape (n, 2), metres
        Believed fixes (`geo.patrol.cleaning`).
    radius_m : float
        Three times the noise that is to be expected.
    least_s : float
        Shorter stops are part of a walk.
    gap_s : float
        A longer silence ends a stay: nobody knows where it was spent.
    """
    time, place = np.asarray(time_s, np.float64), np.asarray(xy, np.float64).reshape(-1, 2)
    first, last = _runs(time, place, radius_m, least_s, gap_s)
    centre = np.array(
        [np.median(place[a : b + 1], axis=0) for a, b in zip(first, last, strict=True)]
    ).reshape(-1, 2)
    return Stays(first, last, centre, time[last] - time[first])


@njit(cache=True, nogil=True)
def _runs(time, place, radius_m, least_s, gap_s):  # type: ignore[no-untyped-def]
    """First and last fix of every stay."""
    count = len(time)
    first = np.empty(count, dtype=np.int64)
    last = np.empty(count, dtype=np.int64)
    found = 0
    begin = 0
    while begin < count:
        x, y = place[begin, 0], place[begin, 1]
        end = begin
        while end + 1 < count and time[end + 1] - time[end] <= gap_s:
            away = np.hypot(place[end + 1, 0] - x, place[end + 1, 1] - y)
            if away > radius_m:
                break
            end += 1
            x += (place[end, 0] - x) / (end - begin + 1)
            y += (place[end, 1] - y) / (end - begin + 1)
        # The middle has moved: who came in from afar was not there yet.
        while begin < end and np.hypot(place[begin, 0] - x, place[begin, 1] - y) > radius_m:
            begin += 1
        if time[end] - time[begin] >= least_s:
            first[found], last[found] = begin, end
            found += 1
            begin = end
        begin += 1
    return first[:found].copy(), last[:found].copy()
