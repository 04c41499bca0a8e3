"""The score says what is wrong with a plan made by hand."""

import geopandas as gpd
import pytest
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH, make_quarter

from geo.grids import score


def by_hand(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Grids given by west, south, east, north in blocks of the quarter."""
    wide, high = BLOCK_M
    shapes = [
        shapely.box(EAST + w * wide, NORTH + s * high, EAST + e * wide, NORTH + n * high)
        for w, s, e, n in boxes
    ]
    return gpd.GeoDataFrame({"code": range(len(shapes))}, geometry=shapes, crs=CRS)


def test_a_fair_plan_along_streets():
    town = make_quarter()
    grids = by_hand((0, 0, 2, 4), (2, 0, 4, 4), (4, 0, 6, 4), (6, 0, 8, 4))
    found = score(grids, town.buildings, town.roads, town.areas, households=384)
    assert (found.grids, found.adj5_pct, found.adj10_pct) == (4, 100, 100)
    assert (found.gaps, found.overlaps, found.cut_pct, found.contiguous_pct) == (0, 0, 0, 100)
    assert found.road5_pct == 100
    assert (found.households_min, found.households_mean, found.households_max) == (384, 384, 384)
    assert found.compactness == pytest.approx(4 * 3.14159 * 180 * 280 / 920**2, rel=1e-3)


def test_a_plan_through_houses():
    town = make_quarter()
    cut = 17 / 90
    grids = by_hand((0, 0, 2 + cut, 4), (2 + cut, 0, 4, 4), (4, 0, 8, 4))
    found = score(grids, town.buildings, town.roads, town.areas)
    assert found.cut_pct == pytest.approx(100 * 8 / 256)
    assert 0 <= found.road5_pct < 20  # only where it crosses a street


def test_gap_overlap_and_overhang_are_counted():
    town = make_quarter()
    grids = by_hand((0, 0, 1.9, 4), (2, 0, 4, 4), (3.9, 0, 6, 4), (6, 0, 8.1, 4))
    found = score(grids, town.buildings, town.roads, town.areas)
    assert found.gaps == 1
    assert found.overlaps >= 2


def test_households_are_counted_not_believed():
    town = make_quarter()
    grids = by_hand((0, 0, 4, 4), (4, 0, 8, 4))
    grids["households"] = 1
    assert score(grids, town.buildings, town.roads, town.areas).households_min == 768
