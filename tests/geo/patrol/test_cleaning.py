"""Fixes that cannot be believed are flagged, and no others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.patrol.cleaning import CleaningLimits, Flag, clean


def straight(count: int, every_s: float = 5.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A walk due east at 1.2 m/s: times, places, accuracies."""
    time = np.arange(count) * every_s
    return time, np.column_stack([1.2 * time, np.zeros(count)]), np.full(count, 5.0)


def test_a_walk_is_believed() -> None:
    assert (clean(*straight(200)) == Flag.GOOD).all()


@pytest.mark.parametrize("thrown", [1, 3, 6])
def test_what_is_thrown_across_town_and_back_is_left_out(thrown: int) -> None:
    time, place, accuracy = straight(60)
    place[20 : 20 + thrown] += (0.0, 3000.0)
    expected = np.full(60, Flag.GOOD)
    expected[20 : 20 + thrown] = Flag.THROWN
    assert (clean(time, place, accuracy) == expected).all()


def test_who_goes_on_elsewhere_is_believed_there() -> None:
    time, place, accuracy = straight(80)
    place[40:] += (0.0, 3000.0)
    assert (clean(time, place, accuracy) == Flag.GOOD).all()


def test_over_a_gap_anybody_may_have_gone_far() -> None:
    time, place, accuracy = straight(20)
    time[10:] += 600
    place[10:12] += (0.0, 9000.0)
    time[12:] += 600
    assert (clean(time, place, accuracy) == Flag.GOOD).all()


def test_a_spike_goes_and_a_corner_stays() -> None:
    time, place, accuracy = straight(40)
    place[15] += (0.0, 60.0)
    # A corner: due north from here on.
    place[30:] = np.column_stack([np.full(10, place[30, 0]), 6.0 * np.arange(10)])
    expected = np.full(40, Flag.GOOD)
    expected[15] = Flag.SPIKE
    assert (clean(time, place, accuracy) == expected).all()


def test_a_spike_within_what_the_receiver_says_of_itself_stays() -> None:
    time, place, accuracy = straight(40)
    place[15] += (0.0, 60.0)
    accuracy[15] = 25.0
    assert (clean(time, place, accuracy) == Flag.GOOD).all()


def test_what_calls_itself_inaccurate_is_left_out_and_silence_is_trusted() -> None:
    time, place, accuracy = straight(10)
    accuracy[3], accuracy[4] = 101.0, np.nan
    assert clean(time, place, accuracy).tolist() == [0, 0, 0, Flag.INACCURATE, *[0] * 6]


def test_no_fixes_and_one() -> None:
    for count in (0, 1):
        assert len(clean(*straight(count))) == count


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t, _: t.__setitem__(3, 0.0), "time falls after fix 2"),
        (lambda _, p: p.__setitem__((3, 0), np.nan), "not a finite number"),
    ],
)
def test_bad_input_is_named(spoil: object, said: str) -> None:
    time, place, accuracy = straight(6)
    spoil(time, place)  # type: ignore[operator]
    with pytest.raises(ValueError, match=said):
        clean(time, place, accuracy)


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(-9000, 9000), st.integers(-9000, 9000)),
        max_size=60,
    )
)
def test_what_is_kept_can_have_been_walked(steps: list[tuple[int, int, int]]) -> None:
    time = np.cumsum([step for step, _, _ in steps])
    place = np.array([(x, y) for _, x, y in steps], dtype=float).reshape(-1, 2)
    limits = CleaningLimits()
    flags = clean(time, place, np.full(len(steps), 5.0), limits)
    good = flags == Flag.GOOD
    lasted, way = np.diff(time[good]), np.hypot(*np.diff(place[good], axis=0).T)
    jumps = (lasted <= limits.gap_s) & (way > limits.speed_m_s * np.maximum(lasted, 1))
    # Each jump that is left costs as much as four fixes, so few can be worth it.
    assert 4 * jumps.sum() <= len(steps)
