"""Streets are cut where they meet, and only there."""

import numpy as np
import pytest
import shapely
from shapely import LineString

from geo.patrol.streets import street_net

CROSS = [
    LineString([(0, 0), (100, 0), (200, 0)]),
    LineString([(100, -50), (100, 0), (100, 80)]),
    # A bridge over the first: no vertex in common.
    LineString([(150, -40), (150, 40)]),
]


def test_streets_are_cut_where_they_share_a_vertex() -> None:
    net = street_net(CROSS)
    assert net.street.tolist() == [0, 0, 1, 1, 2]
    assert net.offset_m.tolist() == [0, 100, 0, 50, 0]
    assert net.length_m.tolist() == [100, 100, 50, 80, 80]
    assert len(net.crossings) == 7
    for piece, (a, b) in zip(net.pieces, net.ends, strict=True):
        assert (shapely.get_point(piece, 0).coords[0] == net.crossings[a]).all()
        assert (shapely.get_point(piece, -1).coords[0] == net.crossings[b]).all()


def test_ways_go_along_streets() -> None:
    net = street_net(CROSS)
    at = {tuple(place): number for number, place in enumerate(net.crossings)}
    ways = net.distances(1000)
    assert ways[at[0, 0], at[100, 80]] == 180
    assert np.isinf(ways[at[0, 0], at[150, 40]])
    assert np.isinf(net.distances(120)[at[0, 0], at[100, 80]])
    # Of two ways between the same crossings the shorter one.
    double = street_net([LineString([(0, 0), (0, 50), (10, 0)]), LineString([(0, 0), (10, 0)])])
    assert double.distances(500)[0, 1] == 10


def test_a_part_is_a_network_of_its_own() -> None:
    net = street_net(CROSS)
    near = net.near(shapely.Point(100, 70), 15)
    assert near.tolist() == [3]
    part = net.part(near)
    assert (len(part.crossings), part.ends.tolist(), part.offset_m.tolist()) == (2, [[0, 1]], [50])


def test_vertices_drawn_twice_and_no_streets() -> None:
    net = street_net([LineString([(0, 0), (0, 0), (30, 0)]), LineString([(30.004, 0), (60, 0)])])
    assert net.length_m.tolist() == pytest.approx([30, 29.996])
    assert net.ends[0, 1] == net.ends[1, 0]
    assert len(street_net([]).pieces) == 0
    assert street_net([]).distances(10).shape == (0, 0)


@pytest.mark.parametrize("wrong", [shapely.Point(0, 0), LineString()])
def test_what_is_no_street_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="street"):
        street_net([wrong])
