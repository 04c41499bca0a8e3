"""Which fixes of a track can be believed.

A receiver between houses says things that are not: it is thrown across the town for some fixes, it
strays to the side for one, it wanders while its bearer stands. Such fixes are flagged, never thrown
away, and left out of distance.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from geo.datum import FloatArray

FlagArray = npt.NDArray[np.uint8]
IntArray = npt.NDArray[np.intp]

# How many fixes back the last believable one is looked for.
_LOOK_BACK: Final = 40
# A break in the track, after which it goes on elsewhere, costs as much as so many fixes left out:
# fewer in a row that lie apart are a throw of the receiver, more are where the bearer was.
_BREAK_COST: Final = 4.0


class Flag(IntEnum):
    """Why a fix is left out; `GOOD` is not."""

    GOOD = 0
    INACCURATE = 1
    THROWN = 2
    SPIKE = 3


@dataclass(frozen=True)
class CleaningLimits:
    """What is believed of a receiver.

    Attributes
    ----------
    accuracy_m : float
        A fix that the receiver itself calls less accurate is left out.
    speed_m_s : float
        Faster than this nobody patrols: 15 m/s lets an electric bicycle or a car in a street
        through.
    gap_s : float
        A longer silence is a gap: over it no speed is asked for, and no distance counted.
    spike_m : float
        So far to the side of its neighbours a fix must lie to be a spike, and three times as far
        as the receiver calls itself accurate.
    """

    accuracy_m: float = 100.0
    speed_m_s: float = 15.0
    gap_s: float = 120.0
    spike_m: float = 30.0


def clean(
    time_s: npt.ArrayLike,
    xy: npt.ArrayLike,
    accuracy_m: npt.ArrayLike,
    limits: CleaningLimits | None = None,
) -> FlagArray:
    """Flag the fixes of one track that cannot be believed.

    Thrown fixes are those outside the longest chain in which nobody moves faster than he can: of
    all choices of fixes, the one that leaves out the fewest, where a break costs as much as four
    left out. Spikes are then found one by one, the farthest first, against the straight line in
    time between the believed fix before and the one after.

    Parameters
    ----------
    time_s : array_like, shape (n,)
        Never falling.
    xy : array_like, shape (n, 2), metres
    accuracy_m : array_like, shape (n,), metres
        NaN where the receiver did not say: such fixes are taken for accurate.
    limits : CleaningLimits, optional

    Returns
    -------
    array of uint8, shape (n,)
        `Flag` of each fix.

    Raises
    ------
    ValueError
        If the arrays differ in length, times fall, or a time or place is not finite.
    """
    limits = limits or CleaningLimits()
    time, place = np.asarray(time_s, np.float64), np.asarray(xy, np.float64).reshape(-1, 2)
    accuracy = np.asarray(accuracy_m, np.float64)
    _check(time, place, accuracy)
    flags = np.zeros(len(time), dtype=np.uint8)
    flags[accuracy > limits.accuracy_m] = Flag.INACCURATE
    good = np.flatnonzero(flags == Flag.GOOD)
    in_chain = _longest_chain(time[good], place[good], limits.speed_m_s, limits.gap_s)
    flags[good[~in_chain]] = Flag.THROWN
    good = good[in_chain]
    flags[good[_spikes(time[good], place[good], accuracy[good], limits)]] = Flag.SPIKE
    return flags


def _check(time: FloatArray, place: FloatArray, accuracy: FloatArray) -> None:
    if not len(time) == len(place) == len(accuracy):
        raise ValueError("time, place and accuracy must have the same length")
    if not (np.isfinite(time).all() and np.isfinite(place).all()):
        raise ValueError("a time or a place is not a finite number")
    falls = np.flatnonzero(np.diff(time) < 0)
    if len(falls):
        raise ValueError(f"time falls after fix {int(falls[0])}; sort the fixes first")


@njit(cache=True, nogil=True)
def _longest_chain(time, place, speed_m_s, gap_s):  # type: ignore[no-untyped-def]
    """Fixes of the cheapest chain; leaving one out costs 1, a break `_BREAK_COST`."""
    count = len(time)
    cost = np.empty(count)
    before = np.full(count, -1, dtype=np.int64)
    for here in range(count):
        cost[here] = here
        for last in range(here - 1, max(-1, here - 1 - _LOOK_BACK), -1):
            between = here - last - 1.0
            lasted = time[here] - time[last]
            way = np.hypot(place[here, 0] - place[last, 0], place[here, 1] - place[last, 1])
            if lasted <= gap_s and way > speed_m_s * max(lasted, 1.0):
                between += _BREAK_COST
            if cost[last] + between < cost[here]:
                cost[here] = cost[last] + between
                before[here] = last
    kept = np.zeros(count, dtype=np.bool_)
    if count == 0:
        return kept
    best = count - 1
    for end in range(count):
        if cost[end] + (count - 1 - end) < cost[best] + (count - 1 - best):
            best = end
    while best >= 0:
        kept[best] = True
        best = before[best]
    return kept


def _spikes(
    time: FloatArray, place: FloatArray, accuracy: FloatArray, limits: CleaningLimits
) -> npt.NDArray[np.bool_]:
    """Single fixes far to the side of where their neighbours say they were."""
    spike = np.zeros(len(time), dtype=np.bool_)
    allowed = np.maximum(limits.spike_m, 3 * np.nan_to_num(accuracy, nan=0.0))
    while True:
        kept = np.flatnonzero(~spike)
        if len(kept) < 3:
            return spike
        off = _off_the_line(time[kept], place[kept], limits.gap_s)
        # Its neighbours seem off as well: only what is farther off than both beside it goes.
        peak = np.zeros(len(kept), dtype=np.bool_)
        peak[1:-1] = (off[1:-1] >= off[:-2]) & (off[1:-1] > off[2:])
        gone = peak & (off > allowed[kept])
        if not gone.any():
            return spike
        spike[kept[gone]] = True


def _off_the_line(time: FloatArray, place: FloatArray, gap_s: float) -> FloatArray:
    """Metres between each fix and the straight line in time past it; 0 at ends and gaps.

    Only what comes back is off: where the way by the fix is hardly longer than the way past it,
    the bearer went round a corner or sped up.
    """
    off = np.zeros(len(time))
    lasted = time[2:] - time[:-2]
    share = np.divide(
        time[1:-1] - time[:-2], lasted, out=np.full(len(lasted), 0.5), where=lasted > 0
    )
    line = place[:-2] + share[:, None] * (place[2:] - place[:-2])
    past = np.hypot(*(place[2:] - place[:-2]).T)
    by = np.hypot(*(place[1:-1] - place[:-2]).T) + np.hypot(*(place[2:] - place[1:-1]).T)
    comes_back = (by > 2 * past) & (np.diff(time)[:-1] <= gap_s) & (np.diff(time)[1:] <= gap_s)
    off[1:-1] = np.where(comes_back, np.hypot(*(place[1:-1] - line).T), 0.0)
    return off
