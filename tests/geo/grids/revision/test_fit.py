"""Grids that are drawn anew meet those around them exactly."""

import numpy as np
import shapely

from geo.grids.revision.fit import fit_in


def shapes(*corners: list[tuple[float, float]]) -> np.ndarray:
    return np.array([shapely.Polygon(shape) for shape in corners], dtype=object)


TIP = (10.0, 3.0)
AROUND = shapes([(9, 10), TIP, (9.1, 10), (20, 10), (20, 20), (0, 20), (0, 10)])
BEFORE = shapes([(0, 0), (10, 0), (20, 0), (20, 10), (9.1, 10), TIP, (9, 10), (0, 10)])


def test_what_fits_already_is_not_touched():
    drawn = shapes(
        [(0, 0), (10, 0), TIP, (9, 10), (0, 10)],
        [(10, 0), (20, 0), (20, 10), (9.1, 10), TIP],
    )
    fitted, around = fit_in(drawn, BEFORE, AROUND)
    assert fitted is drawn
    assert around is AROUND


def test_a_tip_that_noding_cut_off_is_drawn_again():
    cut = (9.995, 3.042)
    drawn = shapes(
        [(0, 0), (10, 0), TIP, cut, (9, 10), (0, 10)],
        [(10, 0), (20, 0), (20, 10), (9.1, 10), cut, TIP],
    )
    assert not shapely.coverage_is_valid(np.concatenate([drawn, AROUND]))
    fitted, around = fit_in(drawn, BEFORE, AROUND)
    assert shapely.coverage_is_valid(np.concatenate([fitted, around]))
    assert shapely.equals(shapely.coverage_union_all(fitted), BEFORE[0])
    assert shapely.equals_identical(around, AROUND).all()


def test_a_boundary_that_ends_beside_the_rim_ends_on_it_and_the_neighbour_gets_a_corner():
    drawn = shapes(
        [(0, 0), (14.999, 0), (15, 10.001), (9.1, 10), TIP, (9, 10), (0, 10)],
        [(14.999, 0), (20, 0), (20, 10), (15, 10.001)],
    )
    fitted, around = fit_in(drawn, BEFORE, AROUND)
    assert shapely.coverage_is_valid(np.concatenate([fitted, around]))
    assert (15, 10.001) in set(map(tuple, shapely.get_coordinates(around[0])))
    assert shapely.hausdorff_distance(around[0], AROUND[0]) < 0.002
    assert len(shapely.get_coordinates(around[0])) == len(shapely.get_coordinates(AROUND[0])) + 1


def test_an_end_beside_a_corner_of_the_rim_moves_to_the_corner():
    drawn = shapes(
        [(0, 0), (10, 0), (10, 3.001), (9, 10), (0, 10)],
        [(10, 0), (20, 0), (20, 10), (9.1, 10), (10, 3.001)],
    )
    fitted, around = fit_in(drawn, BEFORE, AROUND)
    assert TIP in set(map(tuple, shapely.get_coordinates(fitted[0])))
    assert shapely.coverage_is_valid(np.concatenate([fitted, around]))


def test_a_grid_inside_the_ground_stays_out_of_it():
    ring = shapely.box(0, 0, 20, 20).difference(shapely.box(5, 5, 10, 10))
    hole = np.array([shapely.box(5, 5, 10, 10)])
    drawn = shapes(
        [(0, 0), (20, 0), (20, 7), (10, 7.001), (10, 5), (5, 5), (5, 7), (0, 7)],
        [(0, 7), (5, 7), (5, 10.001), (10, 10.001), (10, 7.001), (20, 7), (20, 20), (0, 20)],
    )
    fitted, around = fit_in(drawn, np.array([ring]), hole)
    both = np.concatenate([fitted, around])
    assert shapely.coverage_is_valid(both)
    assert shapely.area(both).sum() == 400


def test_what_is_not_of_this_ground_is_left_as_it_is():
    drawn = shapes([(0, 0), (7, 0), (7, 5), (0, 5)], [(7, 0), (20, 0), (20, 5), (7, 5)])
    fitted, around = fit_in(drawn, BEFORE, AROUND)
    assert fitted is drawn
    assert around is AROUND
