"""Tracks come onto the streets that were walked: small cases by hand, walks against their truth."""

import numpy as np
import pytest
import simulated_walks
from shapely import LineString

from geo.patrol.coverage import Covered, covered
from geo.patrol.matching import Matched, match
from geo.patrol.streets import street_net

# A block of houses between four streets, and a lane into it.
BLOCK = [
    LineString([(0, 0), (60, 0), (120, 0)]),
    LineString([(120, 0), (120, 90)]),
    LineString([(120, 90), (0, 90)]),
    LineString([(0, 90), (0, 0)]),
    LineString([(60, 0), (60, 40)]),
]
NET = street_net(BLOCK)
SURE = 3.0


def matched(places: list[tuple[float, float]], every_s: float = 10.0) -> Matched:
    """A track of fixes at these places."""
    xy = np.array(places, dtype=float).reshape(-1, 2)
    return match(np.arange(len(xy)) * every_s, xy, np.full(len(xy), SURE), NET)


def parts(found: Covered) -> list[tuple[int, float, float]]:
    """Street, from, to; in whole metres."""
    rows = zip(found.street, found.begin_m, found.end_m, strict=True)
    return [(int(one), round(float(a)), round(float(b))) for one, a, b in rows]


def test_a_walk_round_two_corners() -> None:
    track = matched([(20, 3), (50, -2), (80, 2), (110, 1), (119, 30), (122, 60), (100, 92)])
    found = covered(NET, [track], slack_m=0)
    assert parts(found) == [(0, 20, 120), (1, 0, 90), (2, 0, 20)]
    assert track.length_m == pytest.approx(210, abs=1)


def test_a_lane_is_walked_only_when_it_is() -> None:
    past = covered(NET, [matched([(30, 0), (58, 6), (90, 0)])], slack_m=0)
    assert [street for street, _, _ in parts(past)] == [0]
    into = matched([(30, 0), (60, 20), (60, 38), (60, 12), (90, 0)])
    assert (4, 0, 38) in parts(covered(NET, [into], slack_m=0))


def test_who_crosses_the_yard_is_on_no_street() -> None:
    track = match(
        np.arange(5) * 60.0,
        np.array([(1000, 0), (1030, 40), (1060, 80), (1090, 120), (1120, 160)], dtype=float),
        np.full(5, SURE),
        NET,
    )
    assert (track.piece == -1).all()
    assert (len(track.walked), track.length_m) == (0, 0.0)


def test_nothing_is_walked_over_a_silence() -> None:
    places = np.array([(10, 0), (30, 0), (120, 60), (120, 80)], dtype=float)
    track = match(np.array([0.0, 10, 900, 910]), places, np.full(4, SURE), NET)
    assert parts(covered(NET, [track], slack_m=0)) == [(0, 10, 30), (1, 60, 80)]


def test_parts_of_several_tracks_are_put_together() -> None:
    tracks = [matched([(0, 0), (40, 0), (70, 0)]), matched([(120, 0), (76, 0)])]
    assert parts(covered(NET, tracks, slack_m=0)) == [(0, 0, 70), (0, 76, 120)]
    # What a receiver cannot tell apart was walked.
    found = covered(NET, tracks)
    assert parts(found) == [(0, 0, 120)]
    assert found.length_of(len(BLOCK)).tolist() == [120, 0, 0, 0, 0]
    assert parts(covered(NET, [])) == []


def test_one_fix_and_none() -> None:
    assert matched([(60, 1)]).length_m == 0
    assert matched([]).length_m == 0


@pytest.mark.parametrize(
    ("noise_m", "precision", "recall", "off"),
    [(0.0, 0.995, 0.95, 0.05), (5.0, 0.97, 0.93, 0.06), (15.0, 0.90, 0.86, 0.12)],
)
def test_walks_against_their_truth(
    noise_m: float, precision: float, recall: float, off: float
) -> None:
    """Floors below what is measured (`bench.patrols`): a change for the worse shows."""
    net = simulated_walks.town()
    told = [simulated_walks.against_truth(net, noise_m, seed) for seed in range(6)]
    assert np.mean([one.precision for one in told]) >= precision
    assert np.mean([one.recall for one in told]) >= recall
    assert np.mean([abs(one.distance_error) for one in told]) <= off
