"""A shift's fixes as a whole: what they walked, how far, and what is left out."""

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from geo.patrol.shift_track import walk_of_shift

LON, LAT = 118.0, 36.8
# Metres of a degree there.
X, Y = 89_240.0, 110_980.0


def line(*places: tuple[float, float]) -> shapely.LineString:
    """A street through places in metres."""
    return shapely.LineString([(LON + x / X, LAT + y / Y) for x, y in places])


STREETS = np.array(
    [
        line((0, 0), (200, 0)),
        line((200, 0), (400, 0)),
        line((200, 0), (200, 200)),
        line((400, 0), (400, 200)),
    ],
    dtype=object,
)


def degrees(xy: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    return LON + xy[:, 0] / X, LAT + xy[:, 1] / Y


def on_foot(seed: int = 1, noise_m: float = 4.0) -> tuple[npt.NDArray[np.float64], ...]:
    """Along the main street at 1.2 m/s, ten minutes of standing at its end, a fix each 5 s."""
    rng = np.random.default_rng(seed)
    walking = np.arange(0, 400, 6.0)
    standing = np.full(120, 400.0)
    x = np.concatenate([walking, standing])
    xy = np.column_stack([x, np.zeros(len(x))]) + rng.normal(0, noise_m, (len(x), 2))
    return 5.0 * np.arange(len(x)), xy


def test_streets_walked_and_metres_without_drift() -> None:
    time, xy = on_foot()
    track = walk_of_shift(time, *degrees(xy), np.full(len(time), 5.0), STREETS)
    assert track.part.tolist() == [0, 1]
    assert track.share == pytest.approx([1.0, 1.0], abs=0.1)
    assert track.length_m == pytest.approx(400, abs=40)
    assert track.standing_s == pytest.approx(600, abs=60)
    wandered = np.hypot(*np.diff(xy, axis=0).T).sum()
    assert wandered > 2 * track.length_m
    assert track.walked_s[0] < track.walked_s[1]


def test_a_throw_across_the_town_is_flagged_and_walks_nothing() -> None:
    time, xy = on_foot()
    xy[30] += (3000, 2000)
    track = walk_of_shift(time, *degrees(xy), np.full(len(time), 5.0), STREETS)
    assert np.flatnonzero(track.flags).tolist() == [30]
    assert len(track.believed) == len(track.lon) == len(time) - 1
    assert track.length_m == pytest.approx(400, abs=40)


def test_without_streets_the_way_counts_straight() -> None:
    time, xy = on_foot(noise_m=1.0)
    nothing = walk_of_shift(time, *degrees(xy), np.full(len(time), 5.0), STREETS[:0])
    assert len(nothing.part) == 0
    assert nothing.length_m == pytest.approx(400, abs=20)


def test_one_fix_is_no_walk() -> None:
    track = walk_of_shift([0.0], [LON], [LAT], [np.nan], STREETS)
    assert (len(track.part), track.length_m, track.standing_s) == (0, 0.0, 0.0)
