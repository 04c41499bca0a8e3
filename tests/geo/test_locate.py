"""Point → grid, against an oracle in exact rational arithmetic."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.locate import OUTSIDE, GridIndex

# Three grids that share crooked borders, with a T-junction, a corner of three and a hole's edge.
SHARED = [(118.3017, 36.6001), (118.3031, 36.6043), (118.3022, 36.6077), (118.3029, 36.6101)]
WEST = shapely.Polygon([(118.29, 36.6001), *SHARED, (118.29, 36.6101)])
EAST_LOW = shapely.Polygon([SHARED[0], (118.3105, 36.5999), (118.3107, 36.6047), SHARED[1]])
EAST_HIGH = shapely.Polygon([SHARED[1], (118.3107, 36.6047), (118.31, 36.61), SHARED[3], SHARED[2]])
GRIDS = {70: WEST, 30: EAST_LOW, 50: EAST_HIGH}


def oracle(x: float, y: float) -> int:
    """Smallest id of the grids that hold the point, boundary included, in exact arithmetic."""
    held = [grid_id for grid_id, polygon in GRIDS.items() if _holds(polygon, x, y)]
    return min(held, default=OUTSIDE)


def _holds(polygon: shapely.Polygon, x: float, y: float) -> bool:
    px, py = Fraction(x), Fraction(y)
    inside = False
    ring = [(Fraction(a), Fraction(b)) for a, b in polygon.exterior.coords]
    for (ax, ay), (bx, by) in pairwise(ring):
        cross = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
        in_box = min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by)
        if cross == 0 and in_box:
            return True
        if (ay > py) != (by > py) and (cross > 0) == (by > ay):
            inside = not inside
    return inside


def index(order: list[int]) -> GridIndex:
    return GridIndex(order, [GRIDS[grid_id] for grid_id in order])


vertices = [xy for polygon in GRIDS.values() for xy in polygon.exterior.coords]
edges = [(a, b) for polygon in GRIDS.values() for a, b in pairwise(polygon.exterior.coords)]


@st.composite
def near_an_edge(draw):
    """A point on an edge as nearly as floats allow, then moved by a few of the smallest steps."""
    (ax, ay), (bx, by) = draw(st.sampled_from(edges))
    t = draw(st.floats(0, 1))
    x, y = ax + t * (bx - ax), ay + t * (by - ay)
    for _ in range(draw(st.integers(0, 3))):
        x = float(np.nextafter(x, draw(st.sampled_from([-np.inf, np.inf]))))
        y = float(np.nextafter(y, draw(st.sampled_from([-np.inf, np.inf]))))
    return x, y


anywhere = st.tuples(st.floats(118.285, 118.315), st.floats(36.598, 36.612))
points = st.lists(
    st.one_of(anywhere, st.sampled_from(vertices), near_an_edge()), min_size=1, max_size=40
)


@given(points, st.permutations(list(GRIDS)))
def test_agrees_with_exact_arithmetic_in_any_order(places, order):
    lon, lat = np.array(places).T
    expected = [oracle(x, y) for x, y in places]
    assert index(order).locate(lon, lat).tolist() == expected


def test_a_shared_vertex_belongs_to_the_smallest_id():
    x, y = SHARED[1]
    for order in ([70, 30, 50], [50, 70, 30]):
        assert index(order).locate(x, y).tolist() == [30]
    x, y = SHARED[2]
    assert index([70, 50, 30]).locate(x, y).tolist() == [50]


def test_outside_all_is_said_and_not_lost():
    found = index([30, 50, 70]).locate([118.295, 0.0, 118.305], [36.605, 0.0, 36.602])
    assert found.tolist() == [70, OUTSIDE, 30]
    assert found.dtype == np.int64


def test_a_hole_is_outside_but_its_edge_is_not():
    ring = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    assert GridIndex([4], [ring]).locate([1.5, 1.0, 0.5], [1.5, 1.5, 0.5]).tolist() == [-1, 4, 4]


def test_islands_of_one_grid_are_one_grid():
    islands = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)])
    assert GridIndex([9], [islands]).locate([0.5, 5.5, 3], [0.5, 5.5, 3]).tolist() == [9, 9, -1]


def test_no_grids_and_no_points():
    assert GridIndex([], []).locate([118.3], [36.6]).tolist() == [OUTSIDE]
    assert index([30]).locate([], []).tolist() == []


def test_large_ids_survive():
    big = 379901001001001
    assert GridIndex([big], [shapely.box(0, 0, 1, 1)]).locate(0.5, 0.5).tolist() == [big]


@pytest.mark.parametrize(
    ("ids", "shapes", "message"),
    [
        ([1, 1], [WEST, EAST_LOW], "distinct"),
        ([-1], [WEST], "not negative"),
        ([1, 2], [WEST], "same length"),
        ([1], [shapely.Point(0, 0)], "polygon"),
    ],
)
def test_bad_grids_are_refused(ids, shapes, message):
    with pytest.raises(ValueError, match=message):
        GridIndex(ids, shapes)


def test_a_place_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        index([30]).locate([np.nan], [36.6])


def test_many_points_are_answered_as_one_by_one_in_their_own_order() -> None:
    draw = np.random.default_rng(5)
    lon, lat = draw.uniform(118.28, 118.32, 5000), draw.uniform(36.59, 36.62, 5000)
    lon[:4], lat[:4] = zip(*SHARED, strict=True)
    found = index([30, 50, 70]).locate(lon, lat)
    assert found[:20].tolist() == [oracle(x, y) for x, y in zip(lon[:20], lat[:20], strict=True)]
    parts = [
        index([30, 50, 70]).locate(lon[i : i + 50], lat[i : i + 50]) for i in range(0, 5000, 50)
    ]
    assert found.tolist() == np.concatenate(parts).tolist()
    same = index([30]).locate(np.full(5000, 118.306), np.full(5000, 36.602))
    assert (same == 30).all()
