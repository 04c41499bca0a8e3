"""Whether a border follows a line, against shapely's own distance."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.grids.along import NEAR_LINE_M, Guides


@given(seed=st.integers(0, 10_000), lines=st.integers(0, 6))
def test_points_near_a_line_are_those_that_shapely_finds(seed: int, lines: int) -> None:
    draw = np.random.default_rng(seed)
    made = np.empty(lines, dtype=np.object_)
    for at in range(lines):
        made[at] = shapely.LineString(draw.uniform(0, 60, (draw.integers(2, 6), 2)))
    points = draw.uniform(-10, 70, (200, 2))
    whole = shapely.union_all(made)
    expected = shapely.dwithin(shapely.points(points), whole, NEAR_LINE_M)
    assert np.array_equal(Guides(made).near(points), expected)


def test_nothing_asked_is_nothing_answered() -> None:
    road = np.array([shapely.LineString([(0, 0), (9, 0)])], dtype=np.object_)
    assert len(Guides(road).near(np.empty((0, 2)))) == 0
