"""H3 cells, and who is whose neighbour."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.hexagons import cell_centres, cell_polygons, cells_of, cover
from geo.metric import local_crs, project
from geo.neighbours import of_cells, touching, within

TOWN = shapely.box(118.28, 36.58, 118.32, 36.62)


@given(st.lists(st.tuples(st.floats(118.2, 118.4), st.floats(36.5, 36.7)), min_size=1, max_size=20))
def test_a_point_lies_in_the_drawn_cell(places):
    lon, lat = np.array(places).T
    cells = cells_of(lon, lat, 10)
    outlines = cell_polygons(cells)
    # The drawn edges are straight in degrees: a point may lie a hair outside near one.
    assert (shapely.distance(outlines, shapely.points(lon, lat)) < 1e-7).all()


def test_cover_holds_every_cell_of_every_point_and_reaches_over_the_edge():
    cells = cover(TOWN, 9)
    assert len(np.unique(cells)) == len(cells)
    assert shapely.union_all(cell_polygons(cells)).buffer(1e-9).contains(TOWN)
    corner = cells_of([118.28, 118.32], [36.58, 36.62], 9)
    assert np.isin(corner, cells).all()


def test_cover_takes_multipolygons_lists_and_holes():
    pond = shapely.box(118.29, 36.59, 118.31, 36.61)
    holed = cover(TOWN - pond, 10)
    assert len(holed) < len(cover(TOWN, 10))
    west, east = (
        shapely.box(118.28, 36.58, 118.30, 36.62),
        shapely.box(118.30, 36.58, 118.32, 36.62),
    )
    assert cover([west, east], 9).tolist() == cover(TOWN, 9).tolist()
    assert cover(shapely.MultiPolygon([west, east]), 9).tolist() == cover(TOWN, 9).tolist()


def test_centres_lie_in_their_cells():
    cells = cover(TOWN, 9)
    lon, lat = cell_centres(cells)
    assert cells_of(lon, lat, 9).tolist() == cells.tolist()


def test_neighbours_of_cells_are_those_whose_outlines_touch():
    cells = cover(TOWN, 8)
    near = of_cells(cells)
    outlines = cell_polygons(cells)
    for i, found in enumerate(near):
        gap = shapely.distance(outlines[i], outlines)
        expected = np.flatnonzero(gap < 1e-9)
        assert found.tolist() == [j for j in expected.tolist() if j != i]


def test_a_lone_cell_is_joined_to_the_nearest():
    pair = cells_of([118.30, 118.40], [36.6, 36.6], 9)
    far = cells_of([118.60], [36.6], 9)
    near = of_cells([*pair, *far])
    assert [n.tolist() for n in near] == [[1], [0, 2], [1]]


def test_grids_that_touch_at_a_corner_or_edge_are_neighbours_and_islands_join_the_nearest():
    size = 0.01
    squares = [shapely.box(118 + i * size, 36, 118 + (i + 1) * size, 36 + size) for i in range(3)]
    corner = shapely.box(118 + size, 36 + size, 118 + 2 * size, 36 + 2 * size)
    island = shapely.box(118.1, 36, 118.11, 36.01)
    near = touching([*squares, corner, island])
    assert [n.tolist() for n in near] == [[1, 3], [0, 2, 3], [1, 3, 4], [0, 1, 2], [2]]


def test_a_gap_of_half_a_metre_still_touches_but_two_metres_do_not():
    metre_deg = 1 / 90_000  # of longitude at 36°N, nearly
    one = shapely.box(118.0, 36.0, 118.01, 36.01)
    beside = shapely.box(117.99, 36.0, 118.0, 36.01)
    half_off = shapely.box(118.01 + 0.5 * metre_deg, 36.0, 118.02, 36.01)
    two_off = shapely.box(118.01 + 2 * metre_deg, 36.0, 118.02, 36.01)
    beside_two_off = shapely.box(118.02, 36.0, 118.03, 36.01)
    assert touching([one, half_off, beside])[0].tolist() == [1, 2]
    assert touching([one, two_off, beside, beside_two_off])[0].tolist() == [2]


def test_distance_band():
    lon = 118 + np.array([0.0, 0.001, 0.002, 0.1])
    near = within(lon, np.full(4, 36.0), 100)
    assert [n.tolist() for n in near] == [[1], [0, 2], [1, 3], [2]]


def test_no_units_have_no_neighbours_and_one_unit_none():
    assert touching([]) == []
    assert within([], [], 100) == []
    assert of_cells([]) == []
    assert [n.tolist() for n in within([118.0], [36.0], 100)] == [[]]


@given(st.floats(-170, 170), st.floats(-70, 70))
def test_the_local_plane_keeps_lengths(lon, lat):
    crs = local_crs([lon - 0.05, lon + 0.05], [lat - 0.05, lat + 0.05])
    x, y = project([lon, lon], [lat, lat + 0.01], crs)
    length_m = crs.get_geod().inv(lon, lat, lon, lat + 0.01)[2]
    assert np.hypot(*(np.diff(x)[0], np.diff(y)[0])) == pytest.approx(length_m, rel=1e-5)


def test_a_plane_needs_a_place():
    with pytest.raises(ValueError, match="at least one"):
        local_crs([], [])
