"""Vertices that can be left out, and those that are corners."""

import numpy as np
import shapely

from geo.grids.revision.outlines import leave_out, trace


def test_only_vertices_between_straight_edges_are_needless():
    # The apex of a thin wedge has two edges, but no straight one.
    wedge = shapely.Polygon([(0, 0), (5, 0.0005), (10, 0), (10, 0.3), (0, 0)])
    outlines = trace(np.array([wedge], dtype=object))
    needless = outlines.needless(0.002)
    assert [tuple(point) for point in outlines.places[needless]] == [(5, 0.0005)]
    assert leave_out(outlines, needless)[0].equals(shapely.Polygon([(0, 0), (10, 0), (10, 0.3)]))


def test_a_vertex_where_three_edges_meet_stays_for_all():
    one, two = shapely.box(0, 0, 1, 2), shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1)])
    three = shapely.box(1, 1, 2, 2)
    one = shapely.Polygon([(0, 0), (1, 0), (1, 1), (1, 2), (0, 2)])
    outlines = trace(np.array([one, two, three], dtype=object))
    assert not outlines.needless(0.002).any()
    assert outlines.count().max() == 3
