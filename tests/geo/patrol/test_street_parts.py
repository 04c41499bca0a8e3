"""Parts of streets: cut at crossings, the same again, and each in its grids."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, box

from geo.patrol.parts import PART_M, cut_parts, parts_in_grids


def test_streets_are_cut_where_they_meet_and_where_they_are_long() -> None:
    main = LineString([(0, 0), (100, 0), (1000, 0)])
    lane = LineString([(100, 80), (100, 0)])
    parts = cut_parts([main, lane])
    assert parts.street.tolist() == [0, 0, 0, 0, 1]
    assert parts.length_m == pytest.approx([100, 300, 300, 300, 80])
    assert parts.length_m.sum() == pytest.approx(main.length + lane.length)


coordinate = st.integers(-2000, 2000)
courses = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=6, unique=True)


@settings(max_examples=40)
@given(st.lists(courses, min_size=1, max_size=5))
def test_a_street_drawn_the_other_way_round_has_the_same_parts(drawn: list[list]) -> None:  # type: ignore[type-arg]
    lines = [LineString(course) for course in drawn]
    parts = cut_parts(lines)
    turned = cut_parts([LineString(course[::-1]) for course in drawn])
    assert parts.length_m.sum() == pytest.approx(sum(line.length for line in lines))
    assert parts.length_m.max() <= PART_M + 1e-6

    def named(of: np.ndarray) -> list[str]:  # type: ignore[type-arg]
        rounded = shapely.transform(of, lambda xy: np.round(xy, 3) + 0.0)
        return sorted(shapely.to_wkt(shapely.normalize(rounded)).tolist())

    assert named(turned.lines) == named(parts.lines)


def test_a_part_belongs_to_the_grids_it_lies_in_and_to_both_along_a_border() -> None:
    west, east = box(0, 0, 500, 500), box(500, 0, 1000, 500)
    lines = [
        LineString([(100, 100), (300, 100)]),
        LineString([(500, 100), (500, 300)]),
        LineString([(400, 200), (560, 200)]),
        LineString([(900, 400), (1150, 400)]),
        LineString([(2000, 0), (2100, 0)]),
    ]
    part, grid = parts_in_grids(np.array(lines, dtype=object), [west, east])
    assert list(zip(part.tolist(), grid.tolist(), strict=True)) == [
        (0, 0),
        (1, 0),
        (1, 1),
        (2, 0),
        (3, 1),
    ]


def test_nothing_is_cut_to_nothing() -> None:
    assert len(cut_parts([]).lines) == 0
    part, grid = parts_in_grids(np.array([], dtype=object), [box(0, 0, 1, 1)])
    assert len(part) == len(grid) == 0
