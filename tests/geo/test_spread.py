"""A count spread over parts: the sum is exact, and no part is off by one or more."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.spread import spread_count

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=60).filter(any)


@given(st.integers(0, 2_000_000), WEIGHTS)
def test_exact_and_proportional_within_one(total: int, weights: list[int]) -> None:
    shares = spread_count(total, weights)
    assert sum(shares) == total
    assert min(shares) >= 0
    whole = sum(weights)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(total * weight, whole)) < 1
        assert weight > 0 or share == 0


@given(st.integers(0, 10_000), WEIGHTS)
def test_a_heavier_part_never_gets_less(total: int, weights: list[int]) -> None:
    pairs = sorted(zip(weights, spread_count(total, weights), strict=True))
    assert all(
        lighter[1] <= heavier[1] or lighter[0] == heavier[0] for lighter, heavier in pairwise(pairs)
    )


def test_the_largest_remainders_are_rounded_up() -> None:
    assert spread_count(10, [5, 3, 1]) == [6, 3, 1]
    assert spread_count(2, [1, 1, 1]) == [1, 1, 0]
    assert spread_count(0, [0, 0]) == [0, 0]
    assert spread_count(0, []) == []


@pytest.mark.parametrize(("total", "weights"), [(1, [0, 0]), (1, []), (-1, [1]), (1, [2, -1])])
def test_what_cannot_be_spread(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        spread_count(total, weights)
