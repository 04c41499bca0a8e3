"""Thorns of less than a centimetre in present grids are closed; all else stays as it is."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grids.coverage import find_faults
from geo.grids.revision.thorns import mend_thorns

GROUND = shapely.box(0, 0, 20, 20)


def coverage(*shapes: list[tuple[float, float]]) -> np.ndarray:
    found = np.array([shapely.Polygon(shape) for shape in shapes], dtype=object)
    assert shapely.coverage_is_valid(found)
    return found


def thorny(width: float, tip: float, slope: float = 0.0) -> np.ndarray:
    """One grid above two others, between which it runs out in a thorn; a fourth lies apart."""
    left, right, low = (10 - width, 10.0), (10.0, 10 - slope), (10.0, tip)
    return coverage(
        [(0, 10), left, low, right, (20, 10), (20, 20), (0, 20)],
        [(0, 0), (10, 0), low, left, (0, 10)],
        [(10, 0), (15, 0), (15, 5), (20, 5), (20, 10), right, low],
        [(15, 0), (20, 0), (20, 5), (15, 5)],
    )


def narrow(shapes: np.ndarray) -> float:
    """How far up the narrowest place of the first shape reaches below its straight edge."""
    return shapely.bounds(shapes[0])[1]


@pytest.mark.parametrize("slope", [0.0, 2.0, -0.004])
@pytest.mark.parametrize("width", [0.001, 0.004, 0.009])
def test_a_thorn_is_closed_and_the_ground_is_the_same(width, slope):
    shapes = thorny(width, tip=3, slope=slope)
    mended = mend_thorns(shapes)
    assert shapely.coverage_is_valid(mended)
    assert find_faults(mended, GROUND) == []
    assert shapely.equals_exact(shapely.coverage_union_all(mended), GROUND, normalize=True) or (
        shapely.area(mended).sum() == pytest.approx(400, abs=1e-9)
    )
    assert narrow(mended) >= 10 - 2.01
    assert (shapely.hausdorff_distance(shapes[1:], mended[1:]) < 0.0101).all()
    assert mended[3] is shapes[3]


def test_a_wide_tip_stays():
    shapes = thorny(0.5, tip=3)
    assert mend_thorns(shapes) is shapes


def test_a_short_edge_in_a_corner_is_no_thorn():
    shapes = coverage(
        [(0, 0), (10, 0), (10, 9.996), (10.004, 10), (10.004, 20), (0, 20)],
        [(10, 0), (20, 0), (20, 20), (10.004, 20), (10.004, 10), (10, 9.996)],
    )
    assert mend_thorns(shapes) is shapes


def test_a_neck_is_not_closed_for_that_would_tear_the_grid():
    shapes = coverage(
        [(0, 0), (20, 0), (20, 8), (12, 0.005), (4, 8), (0, 8)],
        [(0, 8), (4, 8), (12, 0.005), (20, 8), (20, 20), (0, 20)],
    )
    assert mend_thorns(shapes) is shapes


def test_a_thorn_along_the_rim_is_closed():
    shapes = coverage(
        [(0, 0), (18, 0), (9, 0.004), (9, 10), (0, 10)],
        [(9, 0.004), (18, 0), (20, 0), (20, 10), (9, 10)],
    )
    mended = mend_thorns(shapes)
    assert find_faults(mended, shapely.box(0, 0, 20, 10)) == []
    assert shapely.bounds(mended[0])[2] == 9
    assert shapely.area(shapely.coverage_union_all(mended)) == 200


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_whatever_is_there_it_tiles_the_same_ground(seed, thorns):
    """Stripes with corners drawn at random, some of them millimetres from the next boundary."""
    draw = np.random.default_rng(seed)
    x = np.arange(1, 20)
    heights = np.sort(draw.uniform(2, 18, 4))
    lines = [height + np.round(draw.uniform(-0.4, 0.4, len(x)), 3) for height in heights]
    for _ in range(thorns):
        line, at = draw.integers(1, 4), draw.integers(len(x))
        lines[line][at] = lines[line - 1][at] + draw.integers(1, 15) / 1000
    for below, above in pairwise(lines):
        np.maximum(above, below + 0.001, out=above)
    walls = [np.zeros(len(x) + 2), *(np.round(np.r_[one[0], one, one[-1]], 3) for one in lines)]
    walls.append(np.full(len(x) + 2, 30.0))
    along = np.r_[0.0, x, 20.0]
    shapes = np.array(
        [
            shapely.Polygon(np.r_[np.c_[along, low], np.c_[along, high][::-1]])
            for low, high in pairwise(walls)
        ],
        dtype=object,
    )
    mended = mend_thorns(shapes)
    assert shapely.coverage_is_valid(mended)
    assert (shapely.get_type_id(mended) == 3).all()
    assert find_faults(mended, shapely.box(0, 0, 20, 30)) == []
    assert (shapely.area(shapely.symmetric_difference(shapes, mended)) < 1.0).all()
