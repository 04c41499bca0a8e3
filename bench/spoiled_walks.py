"""Walks spoiled as telephones spoil them, and what a shift's track makes of them.

Holes, throws, spikes, standing still, and places told in another datum than is said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bench.walks import FIX_EVERY_S, Walk, noisy, walk
from geo.datum import from_wgs84
from geo.locate import GridIndex
from geo.metric import project
from geo.patrol.cleaning import Flag
from geo.patrol.shift_track import ShiftTrack, walk_of_shift
from geo.patrol.streets import LineArray, StreetNet, street_net
from geo.tracks import share_track

FloatArray = npt.NDArray[np.float64]

NOISE_M: Final = 5.0
METRES: Final = 2_000.0


@dataclass(frozen=True)
class Town:
    """Parts of streets in degrees, and the network they make in a plane of metres."""

    parts: LineArray
    net: StreetNet
    plane: Any

    def degrees(self, xy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude of places in the plane."""
        return project(xy[:, 0], xy[:, 1], self.plane, back=True)


@dataclass(frozen=True)
class Judged:
    """What was said of one walk, beside what it was.

    Shares of length; metres; `flagged` of the faults put in, `wronged` of all other fixes.
    """

    precision: float
    recall: float
    true_m: float
    said_m: float
    raw_m: float
    flagged: float = np.nan
    wronged: float = np.nan
    gaps_found: int = 0
    gaps_s: float = 0.0
    true_gaps: int = 0
    true_gaps_s: float = 0.0
    standing_s: float = 0.0


def town_of(parts: LineArray, drawn: LineArray, plane: Any) -> Town:
    """Take parts in metres with the same in degrees."""
    return Town(drawn, street_net(parts), plane)


def with_holes(town: Town, seed: int, hole_s: float, holes: int = 2) -> Judged:
    """Leave out the fixes of some times of so many seconds, apart from one another."""
    rng = np.random.default_rng(seed)
    true = walk(town.net, METRES, rng)
    told = noisy(true.xy, NOISE_M, rng)
    room = true.time_s[-1] / holes
    kept = np.ones(len(told), dtype=bool)
    for number in range(holes):
        begin = number * room + rng.uniform(30, max(room - hole_s - 30, 31))
        kept &= (true.time_s < begin) | (true.time_s > begin + hole_s)
    steps = np.diff(true.time_s[kept])
    true_s = steps[steps > FIX_EVERY_S * 1.5]
    time, left = true.time_s[kept], told[kept]
    lon, lat = town.degrees(left)
    nowhere = GridIndex(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.object_))
    shared = share_track(time, lon, lat, np.full(len(lon), NOISE_M), nowhere)
    judged = _judged(town, true, time, left, (lon, lat))
    return replace(
        judged,
        gaps_found=shared.gap_count,
        gaps_s=shared.gap_s,
        true_gaps=len(true_s),
        true_gaps_s=float(true_s.sum()),
    )


def in_other_datum(town: Town, seed: int) -> Judged:
    """Tell the places in GCJ-02 and say nothing of it."""
    rng = np.random.default_rng(seed)
    true = walk(town.net, METRES, rng)
    told = noisy(true.xy, NOISE_M, rng)
    shifted = from_wgs84(*town.degrees(told), "gcj02")
    return _judged(town, true, true.time_s, told, shifted)


def with_throws(town: Town, seed: int) -> Judged:
    """Throw one fix in fifty some kilometres away, in runs of one to three."""

    def throw(xy: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        first = _apart(len(xy), len(xy) // 100, rng)
        runs = [np.arange(at, at + int(rng.integers(1, 4))) for at in first.tolist()]
        for run in runs:
            xy[run] += _aside(2_000, 5_000, rng)
        return np.concatenate(runs)

    return _with_faults(town, seed, throw)


def with_spikes(town: Town, seed: int) -> Judged:
    """Push one fix in fifty 60 to 200 m aside."""

    def push(xy: FloatArray, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        at = _apart(len(xy), len(xy) // 50, rng)
        for one in at.tolist():
            xy[one] += _aside(60, 200, rng)
        return at

    return _with_faults(town, seed, push)


def with_standing(town: Town, seed: int, seconds: float, noise_m: float) -> Judged:
    """Stand half way; the receiver wanders on."""
    rng = np.random.default_rng(seed)
    moved = walk(town.net, METRES, rng)
    half, more = len(moved.xy) // 2, int(seconds / FIX_EVERY_S)
    xy = np.insert(moved.xy, [half] * more, moved.xy[half], axis=0)
    later = np.append(moved.time_s[:half], moved.time_s[half:] + more * FIX_EVERY_S)
    stood = moved.time_s[half] + FIX_EVERY_S * np.arange(more)
    time = np.sort(np.append(later, stood))
    told = noisy(xy, noise_m, rng)
    return _judged(town, moved, time, told, town.degrees(told), noise_m=noise_m)


def _with_faults(
    town: Town,
    seed: int,
    spoil: Callable[[FloatArray, np.random.Generator], npt.NDArray[np.intp]],
) -> Judged:
    rng = np.random.default_rng(seed)
    true = walk(town.net, METRES, rng)
    told = noisy(true.xy, NOISE_M, rng)
    bad = np.zeros(len(told), dtype=bool)
    bad[spoil(told, rng)] = True
    return _judged(town, true, true.time_s, told, town.degrees(told), bad=bad)


def _judged(
    town: Town,
    true: Walk,
    time_s: FloatArray,
    told: FloatArray,
    place: tuple[FloatArray, FloatArray],
    *,
    bad: npt.NDArray[np.bool_] | None = None,
    noise_m: float = NOISE_M,
) -> Judged:
    track = walk_of_shift(time_s, *place, np.full(len(time_s), noise_m), town.parts)
    said, walked = _metres(town, track), np.zeros(len(town.parts))
    pieces = np.unique(true.pieces)
    np.add.at(walked, town.net.street[pieces], town.net.length_m[pieces])
    both = float(np.minimum(said, walked).sum())
    out = track.flags != Flag.GOOD
    return Judged(
        both / max(float(said.sum()), 1e-9),
        both / float(walked.sum()),
        true.length_m,
        track.length_m,
        float(np.hypot(*np.diff(told, axis=0).T).sum()),
        flagged=np.nan if bad is None else float(out[bad].mean()),
        wronged=float(out.mean() if bad is None else out[~bad].mean()),
        standing_s=track.standing_s,
    )


def _metres(town: Town, track: ShiftTrack) -> FloatArray:
    """Metres that are said to have been walked of each part."""
    length = np.bincount(town.net.street, town.net.length_m, minlength=len(town.parts))
    said = np.zeros(len(town.parts))
    said[track.part] = track.share * length[track.part]
    return said


def _apart(count: int, faults: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Places for faults, none at an end and no two within eight fixes."""
    slots = rng.permutation(np.arange(4, count - 8, 8))[:faults]
    return np.sort(slots).astype(np.intp)


def _aside(least_m: float, most_m: float, rng: np.random.Generator) -> FloatArray:
    away, turn = rng.uniform(least_m, most_m), rng.uniform(0, 2 * np.pi)
    return away * np.array([np.cos(turn), np.sin(turn)])
