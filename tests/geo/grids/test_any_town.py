"""Towns of every odd kind are tiled, and balanced as well as their buildings allow."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH, Quarter, make_quarter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from geo.grids import GridOptions, find_faults, generate
from geo.grids.towers import TOO_LARGE

WIDE, HIGH = BLOCK_M
WEST = "370303001001"


def check_tiles(grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
    for code, outline in zip(areas["code"], areas.geometry, strict=True):
        mine = grids.geometry[(grids["area"] == code).to_numpy()]
        assert find_faults(mine.to_numpy(), outline) == []


def with_areas(town: Quarter, *shapes: BaseGeometry) -> gpd.GeoDataFrame:
    codes = [f"37030300100{at}" for at in range(1, len(shapes) + 1)]
    town.areas = gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=CRS)
    grids = generate(town.buildings, town.roads, town.areas)
    check_tiles(grids, town.areas)
    return grids


def test_one_building_and_one_household():
    town = make_quarter()
    town.buildings = town.buildings.iloc[:1].assign(households=1)
    grids = with_areas(town, town.areas.geometry[0], town.areas.geometry[1])
    assert grids["households"].tolist() == [1, 0]
    assert grids["target"].tolist() == [1, 0]


def test_two_areas_with_a_gap_between_them():
    town = make_quarter()
    west, east = town.areas.geometry
    grids = with_areas(town, west, translate(east, 25, 0))
    assert grids.attrs["households_outside"] > 0
    assert grids["households"].sum() + grids.attrs["households_outside"] == 1536


@pytest.mark.parametrize("side_m", [0.2, 3.0])
def test_an_area_smaller_than_a_house(side_m):
    town = make_quarter(columns=4, rows=2)
    tiny = shapely.box(EAST + 15, NORTH + 15, EAST + 15 + side_m, NORTH + 15 + side_m)
    grids = with_areas(town, tiny)
    assert len(grids) == 1


def test_an_exclave_that_nobody_lives_in_is_a_grid_of_its_own():
    town = make_quarter()
    west, east = town.areas.geometry
    exclave = shapely.box(EAST - 900, NORTH, EAST - 700, NORTH + 200)
    grids = with_areas(town, west.union(exclave), east)
    assert grids[grids.within(exclave.buffer(0.01))]["households"].tolist() == [0]
    assert grids["households"].sum() == 1536


def test_an_exclave_inside_another_area():
    town = make_quarter()
    west, east = town.areas.geometry
    exclave = shapely.box(
        EAST + 5 * WIDE + 3, NORTH + HIGH + 3, EAST + 6 * WIDE - 3, NORTH + 2 * HIGH - 3
    )
    grids = with_areas(town, west.union(exclave), east - exclave)
    assert grids.groupby("area")["households"].sum().tolist() == [816, 720]


def test_an_area_with_a_waist_of_next_to_nothing():
    town = make_quarter()
    west, east = town.areas.geometry
    neck = shapely.box(EAST + 4 * WIDE - 1, NORTH + 139.9, EAST + 4 * WIDE + 30, NORTH + 140.1)
    east_part = translate(east, 20, 0)
    grids = with_areas(town, shapely.union_all([west, neck, east_part]))
    assert grids["households"].sum() + grids.attrs["households_outside"] == 1536


def test_a_house_on_a_border_lies_where_its_inner_point_does():
    town = make_quarter()
    middle = EAST + 4 * WIDE
    # Most of its length reaches east, but its inner point lies west of the border.
    hook = shapely.box(middle - 9, NORTH + 26, middle + 10, NORTH + 27).union(
        shapely.box(middle - 9, NORTH + 26, middle - 1, NORTH + 40)
    )
    inner = hook.point_on_surface()
    assert inner.x < middle
    town.buildings = town.buildings[~town.buildings.intersects(hook)]
    town.buildings.loc[9999] = [30, hook]
    grids = generate(town.buildings, town.roads, town.areas)
    check_tiles(grids, town.areas)
    held = town.buildings[town.buildings.representative_point().x < middle]["households"].sum()
    assert grids[grids["area"] == WEST]["households"].sum() == held


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    seed=st.integers(0, 10_000),
    typical=st.floats(1, 12),
    towers=st.integers(0, 4),
    streets=st.booleans(),
)
def test_no_grid_is_off_by_more_than_the_largest_building_or_block_forces(
    seed, typical, towers, streets
):
    draw = np.random.default_rng(seed)
    town = make_quarter(columns=8, rows=5, streets=streets)
    households = np.minimum(draw.geometric(1 / typical, len(town.buildings)), 40)
    at = draw.choice(len(households), towers, replace=False)
    households[at] = draw.integers(50, 200, towers)
    town.buildings["households"] = households
    options = GridOptions()
    grids = generate(town.buildings, town.roads, town.areas, options)
    check_tiles(grids, town.areas)
    largest = int(households.max())
    assert largest <= TOO_LARGE * options.households
    block = options.block_share * options.households
    allowed = np.maximum(options.tolerance * grids["target"], max(largest, block))
    assert ((grids["households"] - grids["target"]).abs() <= allowed).all()
