"""Walks along streets with the noise of a telephone, and how well they are found again."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.signal import lfilter

from geo.patrol.cleaning import Flag, clean
from geo.patrol.coverage import Covered, covered
from geo.patrol.matching import Matched, match
from geo.patrol.streets import StreetNet

FloatArray = npt.NDArray[np.float64]

PACE_M_S = 1.2
FIX_EVERY_S = 5.0
# A receiver's error stays for a while: correlation from one fix to the next.
MEMORY = 0.8


@dataclass(frozen=True)
class Walk:
    """A walk as it was: times, places in metres, its length, and the pieces of streets it took."""

    time_s: FloatArray
    xy: FloatArray
    length_m: float
    pieces: list[int]


@dataclass(frozen=True)
class Outcome:
    """How much of what is said to have been walked was, and the reverse, by length.

    `distance_error` is the share by which the length is off; `raw_error` that of the fixes joined
    by straight lines.
    """

    precision: float
    recall: float
    distance_error: float
    raw_error: float


def walk(net: StreetNet, metres: float, rng: np.random.Generator) -> Walk:
    """Walk street by street, those least walked first, as patrols do."""
    onward: dict[int, list[tuple[int, int]]] = {}
    for number, (a, b) in enumerate(net.ends.tolist()):
        onward.setdefault(a, []).append((number, b))
        onward.setdefault(b, []).append((number, a))
    first = int(rng.choice(np.flatnonzero(net.length_m > 20)))
    here, last, done = int(net.ends[first, 0]), -1, 0.0
    pieces: list[int] = []
    courses: list[FloatArray] = []
    while done < metres:
        ways = [way for way in onward[here] if way[0] != last] or onward[here]
        fewest = min(pieces.count(piece) for piece, _ in ways)
        ways = [way for way in ways if pieces.count(way[0]) == fewest]
        piece, there = ways[int(rng.integers(len(ways)))]
        course = shapely.get_coordinates(net.pieces[piece])
        courses.append(course if int(net.ends[piece, 0]) == here else course[::-1])
        pieces.append(piece)
        done += float(net.length_m[piece])
        here, last = there, piece
    return _timed(np.vstack(courses), pieces)


def _timed(course: FloatArray, pieces: list[int]) -> Walk:
    steps = np.hypot(*np.diff(course, axis=0).T)
    moved = np.append(True, steps > 0)
    course, along = course[moved], np.append(0.0, np.cumsum(steps))[moved]
    length_m = float(along[-1])
    time = np.append(np.arange(0, length_m / PACE_M_S, FIX_EVERY_S), length_m / PACE_M_S)
    xy = np.column_stack([np.interp(time * PACE_M_S, along, course[:, k]) for k in (0, 1)])
    return Walk(time, xy, length_m, pieces)


def noisy(xy: FloatArray, noise_m: float, rng: np.random.Generator) -> FloatArray:
    """The places as a receiver with this standard deviation tells them."""
    error = rng.normal(0, noise_m * np.sqrt(1 - MEMORY**2), xy.shape)
    error[0] = rng.normal(0, noise_m, 2)
    return xy + np.asarray(lfilter([1.0], [1.0, -MEMORY], error, axis=0))


def against_truth(net: StreetNet, noise_m: float, seed: int, metres: float = 2_000) -> Outcome:
    """Walk, spoil the fixes, clean and match them, and compare."""
    rng = np.random.default_rng(seed)
    true = walk(net, metres, rng)
    told = noisy(true.xy, noise_m, rng)
    accuracy = np.full(len(told), max(noise_m, 3.0))
    good = clean(true.time_s, told, accuracy) == Flag.GOOD
    found = match(true.time_s[good], told[good], accuracy[good], net)
    claimed, walked = covered(net, [found]), covered(net, [_as_walked(net, true)])
    both = _common_m(claimed, walked)
    raw_m = float(np.hypot(*np.diff(told[good], axis=0).T).sum())
    return Outcome(
        both / max(_length_m(claimed), 1e-9),
        both / _length_m(walked),
        found.length_m / true.length_m - 1,
        raw_m / true.length_m - 1,
    )


def _as_walked(net: StreetNet, true: Walk) -> Matched:
    pieces = np.array(true.pieces, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    return Matched(
        nothing, np.zeros(0), pieces, np.zeros(len(pieces)), net.length_m[pieces], true.length_m
    )


def _length_m(parts: Covered) -> float:
    return float((parts.end_m - parts.begin_m).sum())


def _common_m(one: Covered, other: Covered) -> float:
    """Metres that both hold."""
    common = 0.0
    for street in np.intersect1d(one.street, other.street).tolist():
        a, b = one.street == street, other.street == street
        begin = np.maximum(one.begin_m[a][:, None], other.begin_m[b][None, :])
        end = np.minimum(one.end_m[a][:, None], other.end_m[b][None, :])
        common += float(np.maximum(end - begin, 0).sum())
    return common
