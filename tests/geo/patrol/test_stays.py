"""Standing is told from walking, whatever the receiver wanders."""

import numpy as np

from geo.patrol.stays import find_stays


def test_standing_between_two_walks() -> None:
    rng = np.random.default_rng(7)
    walk = np.column_stack([np.arange(0, 300, 6.0), np.zeros(50)])
    stand = rng.normal((300.0, 0.0), 6, (60, 2))
    place = np.vstack([walk, stand, walk + np.array([300.0, 0.0])])
    time = np.arange(len(place)) * 5.0
    stays = find_stays(time, place)
    assert len(stays.seconds) == 1
    # Walking in and out of the circle takes some fixes at either end.
    assert 45 <= stays.first[0] <= 52
    assert 107 <= stays.last[0] <= 115
    assert np.hypot(*(stays.centre[0] - np.array([300.0, 0.0]))) < 6
    of = stays.holds(len(place))
    assert (of[:40] == -1).all()
    assert (of[55:105] == 0).all()


def test_a_stop_at_a_crossing_is_part_of_the_walk() -> None:
    place = np.column_stack([[*range(0, 100, 10), *[100] * 10, *range(100, 200, 10)], np.zeros(30)])
    assert len(find_stays(np.arange(30) * 6.0, place).seconds) == 0


def test_a_silence_ends_a_stay() -> None:
    time = np.concatenate([np.arange(40) * 5.0, 4000 + np.arange(40) * 5.0])
    stays = find_stays(time, np.zeros((80, 2)))
    assert stays.seconds.tolist() == [195.0, 195.0]


def test_nothing_stays_nowhere() -> None:
    stays = find_stays(np.zeros(0), np.zeros((0, 2)))
    assert (len(stays.seconds), stays.centre.shape) == (0, (0, 2))
