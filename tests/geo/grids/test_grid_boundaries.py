"""Boundaries are pulled taut around what stands in the way."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grids.rims import share_corners
from geo.grids.straighten import straighten

NOTHING = np.empty(0, dtype=np.object_)


def halves(middle: list[tuple[float, float]]) -> np.ndarray:
    """A square of 100 m cut in two by a line from its southern to its northern side."""
    west = shapely.Polygon([(0, 0), *middle, (0, 100)])
    east = shapely.Polygon([(100, 0), (100, 100), *middle[::-1]])
    return np.array([west, east], dtype=np.object_)


ZIGZAG = [(50.0, 0.0), (60.0, 20.0), (40.0, 40.0), (60.0, 60.0), (40.0, 80.0), (50.0, 100.0)]


def line_of(pair: np.ndarray) -> shapely.LineString:
    return shapely.line_merge(shapely.intersection(*(shapely.boundary(one) for one in pair)))


def check(before: np.ndarray, after: np.ndarray) -> None:
    assert shapely.coverage_is_valid(after)
    assert shapely.equals(shapely.union_all(after), shapely.union_all(before))


def test_a_boundary_over_open_ground_becomes_straight():
    pulled = straighten(halves(ZIGZAG), NOTHING, NOTHING)
    check(halves(ZIGZAG), pulled)
    assert shapely.get_coordinates(line_of(pulled)).tolist() == [[50, 0], [50, 100]]


def test_buildings_stay_whole_and_on_their_side():
    house, other = shapely.box(51, 16, 57, 19.5), shapely.box(47, 42, 52, 46)
    pulled = straighten(halves(ZIGZAG), np.array([house, other]), NOTHING)
    check(halves(ZIGZAG), pulled)
    west, east = pulled
    assert west.contains(house) == halves(ZIGZAG)[0].contains(house)
    assert shapely.area(shapely.intersection(house, east)) < 0.01
    assert shapely.area(shapely.intersection(other, west)) < 0.01
    assert line_of(pulled).length < line_of(halves(ZIGZAG)).length - 15


def test_a_boundary_keeps_to_its_street():
    street = shapely.LineString(ZIGZAG)
    pulled = straighten(halves(ZIGZAG), NOTHING, np.array([street]))
    assert shapely.hausdorff_distance(line_of(pulled), street) <= 1.0


def test_two_boundaries_do_not_meet():
    """A thin grid between two zigzags: neither is pulled through the other."""
    right = [(x + 3, y) for x, y in ZIGZAG]
    west = shapely.Polygon([(0, 0), *ZIGZAG, (0, 100)])
    thin = shapely.Polygon([*ZIGZAG, *right[::-1]])
    east = shapely.Polygon([(100, 0), (100, 100), *right[::-1]])
    before = np.array([west, thin, east], dtype=np.object_)
    house = shapely.box(54, 15, 56, 17)
    after = straighten(before, np.array([house]), NOTHING)
    check(before, after)
    assert (shapely.area(after) > 0).all()


@settings(max_examples=40, deadline=None)
@given(
    offsets=st.lists(st.integers(-20, 20), min_size=4, max_size=12),
    houses=st.lists(st.tuples(st.integers(5, 90), st.integers(5, 90)), max_size=12),
)
def test_any_line_any_houses(offsets, houses):
    heights = np.linspace(0, 100, len(offsets) + 2).round(3)
    middle = [(50.0, 0.0)]
    middle += [(50.0 + x, float(y)) for x, y in zip(offsets, heights[1:-1], strict=True)]
    middle += [(50.0, 100.0)]
    before = halves(middle)
    cut = shapely.LineString(middle)
    walls = [shapely.box(x, y, x + 4, y + 4) for x, y in houses]
    whole = np.array([wall for wall in walls if not wall.intersects(cut)], dtype=np.object_)
    after = straighten(before, whole, NOTHING)
    check(before, after)
    assert line_of(after).length <= cut.length + 1e-6
    for was, now in zip(before, after, strict=True):
        inside = shapely.contains(was, whole)
        kept = shapely.area(shapely.intersection(now, whole[inside]))
        assert (kept > 15.9).all()


def test_corners_on_a_border_of_areas_are_shared():
    west = [shapely.box(0, 0, 50, 30), shapely.box(0, 30, 50, 100)]
    east = [shapely.box(50, 0, 100, 60), shapely.box(50, 60, 100, 100)]
    before, area = np.array(west + east), np.array([0, 0, 1, 1])
    assert not shapely.coverage_is_valid(before)
    after = share_corners(before, area)
    assert shapely.coverage_is_valid(after)
    assert shapely.equals(after, before).all()
    assert (share_corners(after, area) == after).all()


def test_corners_a_millimetre_apart_become_one():
    west = [shapely.box(0, 0, 50, 30), shapely.box(0, 30, 50, 100)]
    east = [shapely.box(50, 0, 100, 30.001), shapely.box(50, 30.001, 100, 100)]
    after = share_corners(np.array(west + east), np.array([0, 0, 1, 1]))
    assert shapely.coverage_is_valid(after)
    assert len(np.unique(shapely.get_coordinates(after), axis=0)) == 9


def test_a_corner_across_a_thorn_is_not_put_into_an_edge_that_fits():
    thorn = shapely.Polygon([(0, 0), (60, 0), (20, 0.001), (20, 50), (0, 50)])
    above = shapely.Polygon([(20, 0.001), (60, 0), (60, 50), (20, 50)])
    below = shapely.box(0, -50, 60, 0)
    before, side = np.array([thorn, above, below]), np.array([0, 1, 1])
    assert shapely.coverage_is_valid(before)
    assert (share_corners(before, side) == before).all()
