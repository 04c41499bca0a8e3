"""What keeps grids from tiling an area is found, and nothing else is."""

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from geo.grids.coverage import find_faults

AREA = box(0, 0, 200, 100)


def kinds(*grids: shapely.Geometry) -> list[str]:
    return sorted(fault.kind for fault in find_faults(np.array(grids, dtype=object), AREA))


def test_halves_tile():
    assert kinds(box(0, 0, 100, 100), box(100, 0, 200, 100)) == []


@pytest.mark.parametrize("width_m", [0.02, 5.0])
def test_a_gap_between_and_a_gap_at_the_rim(width_m):
    assert kinds(box(0, 0, 100 - width_m, 100), box(100, 0, 200, 100)) == ["gap"]
    # The coverage is valid here: only the union tells.
    assert kinds(box(0, 0, 100, 100), box(100, 0, 200 - width_m, 100)) == ["gap"]


def test_a_gap_of_millimetres_is_none():
    assert kinds(box(0, 0, 100, 100), box(100, 0, 199.996, 100)) == []


def test_overlap_names_both_grids_and_its_size():
    faults = find_faults(np.array([box(0, 0, 103, 100), box(100, 0, 200, 100)]), AREA)
    assert [(f.kind, f.grids, f.size_m2) for f in faults] == [("overlap", (0, 1), 300.0)]
    assert 100 < faults[0].x < 103


def test_a_grid_beyond_the_area():
    assert kinds(box(-1, 0, 100, 100), box(100, 0, 200, 100)) == ["outside"]


def test_pieces_and_invalid_shapes():
    torn = shapely.MultiPolygon([box(0, 0, 40, 100), box(160, 0, 200, 100)])
    assert kinds(torn, box(40, 0, 160, 100)) == ["pieces"]
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    assert "pieces" in kinds(bow, box(100, 0, 200, 100))


def test_neighbours_must_share_their_vertices():
    left = shapely.Polygon([(0, 0), (100, 0), (100, 40), (100, 100), (0, 100)])
    assert kinds(left, box(100, 0, 200, 100)) == ["edges", "edges"]


def test_faults_of_a_whole_area_without_grids():
    assert kinds() == ["gap"]
