"""Tracks on grids: known walks, and what must hold for any walk."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.locate import OUTSIDE, GridIndex
from geo.tracks import TrackLimits, share_track

WGS84 = Geod(ellps="WGS84")
# Two grids side by side, 0.01° each, and a third above with a notch cut into it.
WEST = shapely.box(118.00, 36.00, 118.01, 36.01)
EAST = shapely.box(118.01, 36.00, 118.02, 36.01)
NOTCHED = shapely.box(118.00, 36.01, 118.02, 36.02) - shapely.box(118.008, 36.012, 118.012, 36.03)
GRIDS = GridIndex([1, 2, 3], [WEST, EAST, NOTCHED])
GENEROUS = TrackLimits(gap_s=1e9, speed_m_s=1e9)


def shared(fixes, limits=GENEROUS):
    time_s, lon, lat = np.array(fixes, dtype=float).T
    return share_track(time_s, lon, lat, np.full(len(fixes), 5.0), GRIDS, limits=limits)


def by_grid(track):
    return {
        int(grid): (float(s), float(m))
        for grid, s, m in zip(track.grid_ids, track.seconds, track.metres, strict=True)
    }


def test_a_straight_walk_over_a_border_is_shared_by_length():
    track = shared([(0, 118.009, 36.005), (100, 118.013, 36.005)])
    _, _, length_m = WGS84.inv(118.009, 36.005, 118.013, 36.005)
    found = by_grid(track)
    assert found[1] == pytest.approx((25, length_m / 4))
    assert found[2] == pytest.approx((75, length_m * 3 / 4))
    assert track.total_m == pytest.approx(length_m)
    assert track.total_s == 100


def test_leaving_and_coming_back_into_the_same_grid_counts_what_lies_between():
    # Both ends lie in the notched grid; the middle third of the way is in the notch, outside all.
    track = shared([(0, 118.004, 36.015), (120, 118.016, 36.015)])
    found = by_grid(track)
    assert found[3][0] == pytest.approx(80)
    assert found[OUTSIDE][0] == pytest.approx(40)


def test_standing_still_counts_by_place():
    found = by_grid(shared([(0, 118.005, 36.005), (90, 118.005, 36.005)]))
    assert found == {1: (90.0, 0.0)}
    assert by_grid(shared([(0, 118.5, 36.5), (90, 118.5, 36.5)])) == {OUTSIDE: (90.0, 0.0)}


def test_walking_along_a_shared_border_counts_for_the_smaller_id():
    found = by_grid(shared([(0, 118.01, 36.002), (60, 118.01, 36.008)]))
    assert list(found) == [1]
    assert found[1][0] == pytest.approx(60)


def test_crossing_at_a_corner_of_three_grids():
    found = by_grid(shared([(0, 118.005, 36.005), (100, 118.015, 36.015)]))
    assert found[1][0] == pytest.approx(50)
    assert found[3][0] == pytest.approx(50)
    assert 2 not in found


def test_gaps_and_jumps_count_for_nothing_and_are_reported():
    fixes = [
        (0, 118.005, 36.005),
        (60, 118.0053, 36.005),  # a walk
        (260, 118.0056, 36.005),  # 200 s of silence
        (270, 118.015, 36.005),  # 850 m in 10 s
        (300, 118.015, 36.0052),
    ]
    track = shared(fixes, TrackLimits())
    assert (track.gap_count, track.gap_s) == (1, 200.0)
    assert (track.jump_count, track.jump_s) == (1, 10.0)
    assert track.counts.tolist() == [True, False, False, True]
    assert track.total_s == 90
    assert {grid: seconds for grid, (seconds, _) in by_grid(track).items()} == {1: 60.0, 2: 30.0}


def test_the_limit_itself_still_counts():
    track = shared([(0, 118.005, 36.005), (120, 118.005, 36.005)], TrackLimits(gap_s=120))
    assert track.gap_count == 0
    assert track.total_s == 120


def test_two_places_at_one_moment_are_a_jump_but_a_repeated_fix_is_not():
    track = shared([(0, 118.005, 36.005), (0, 118.0051, 36.005)], TrackLimits())
    assert track.jump_count == 1
    track = shared([(0, 118.005, 36.005), (0, 118.005, 36.005)], TrackLimits())
    assert (track.jump_count, track.total_s, track.total_m) == (0, 0.0, 0.0)


def test_inaccurate_fixes_are_left_out_and_unknown_accuracy_is_used():
    track = share_track(
        [0, 30, 60],
        [118.005, 118.015, 118.005],
        [36.005, 36.005, 36.005],
        [np.nan, 500.0, 8.0],
        GRIDS,
        limits=TrackLimits(),
    )
    assert track.inaccurate_count == 1
    assert track.kept_fixes.tolist() == [0, 2]
    assert by_grid(track) == {1: (60.0, 0.0)}


@pytest.mark.parametrize("fixes", [np.zeros((0, 3)), [(0, 118.005, 36.005)]])
def test_no_way_no_time(fixes):
    time_s, lon, lat = np.asarray(fixes, dtype=float).reshape(-1, 3).T
    track = share_track(time_s, lon, lat, np.full(len(time_s), 5.0), GRIDS)
    assert track.grid_ids.tolist() == []
    assert (track.total_s, track.total_m) == (0.0, 0.0)


steps = st.tuples(
    st.floats(0, 200, allow_subnormal=False), st.floats(117.995, 118.025), st.floats(35.995, 36.025)
)
on_the_lines = st.tuples(
    st.integers(0, 200),
    st.sampled_from([118.0, 118.008, 118.01, 118.012, 118.02]),
    st.sampled_from([36.0, 36.01, 36.012, 36.02]),
)


@given(st.lists(st.one_of(steps, on_the_lines), min_size=2, max_size=25), st.booleans())
def test_nothing_is_lost_and_nothing_is_won(walk, generous):
    lasts, lon, lat = np.array(walk, dtype=float).T
    limits = GENEROUS if generous else TrackLimits()
    track = share_track(np.cumsum(lasts), lon, lat, np.full(len(walk), 5.0), GRIDS, limits=limits)
    assert track.seconds.sum() == pytest.approx(track.total_s, abs=1e-6)
    assert track.metres.sum() == pytest.approx(track.total_m, abs=1e-6)
    assert (track.seconds >= 0).all()
    assert (track.metres >= 0).all()
    whole_s = track.total_s + track.gap_s + track.jump_s
    assert whole_s == pytest.approx(lasts[1:].sum(), abs=1e-6)


@given(st.lists(steps, min_size=2, max_size=10))
def test_metres_in_a_grid_agree_with_clipping_the_line(walk):
    lasts, lon, lat = np.array(walk, dtype=float).T
    time_s = np.cumsum(lasts + 1)
    track = share_track(time_s, lon, lat, np.full(len(walk), 5.0), GRIDS, limits=GENEROUS)
    line = shapely.MultiLineString(
        [((a, b), (c, d)) for a, b, c, d in zip(lon, lat, lon[1:], lat[1:], strict=False)]
    )
    clipped = [shapely.intersection(part, WEST) for part in line.geoms]
    expected_m = sum(WGS84.geometry_length(part) for part in clipped if not part.is_empty)
    found_m = by_grid(track).get(1, (0.0, 0.0))[1]
    # Sharing by length in degrees instead of on the ellipsoid costs a few parts in a thousand.
    assert found_m == pytest.approx(expected_m, rel=5e-3, abs=0.05)


@pytest.mark.parametrize(
    ("fixes", "message"),
    [
        ([(10, 118.0, 36.0), (0, 118.0, 36.0)], "time falls after fix 0"),
        ([(0, np.nan, 36.0), (1, 118.0, 36.0)], "finite"),
        ([(0, 179.9, 36.0), (1, -179.9, 36.0)], "180°"),
    ],
)
def test_bad_tracks_are_refused(fixes, message):
    with pytest.raises(ValueError, match=message):
        shared(fixes)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="same length"):
        share_track([0, 1], [118, 118], [36, 36], [5.0], GRIDS)
