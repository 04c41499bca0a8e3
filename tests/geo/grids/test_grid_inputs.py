"""Bad input is named, with the row and what to mend."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import CRS, EAST, NORTH, Quarter, make_quarter

from geo.grids import GridInputError, GridOptions, generate

BOW = shapely.Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])


def no_areas(town: Quarter) -> None:
    town.areas = town.areas.iloc[:0]


def no_crs(town: Quarter) -> None:
    town.roads = gpd.GeoDataFrame(geometry=list(town.roads.geometry))


def bow_tie_area(town: Quarter) -> None:
    town.areas.loc[1, "geometry"] = BOW


def overlapping_areas(town: Quarter) -> None:
    town.areas.geometry = [town.areas.geometry[0].buffer(2), town.areas.geometry[1]]


def short_code(town: Quarter) -> None:
    town.areas.loc[1, "code"] = "37030300100"


def same_code(town: Quarter) -> None:
    town.areas["code"] = "370303001001"


def negative_households(town: Quarter) -> None:
    town.buildings.loc[2, "households"] = -3


def half_a_household(town: Quarter) -> None:
    town.buildings["households"] = town.buildings["households"].astype(float)
    town.buildings.loc[3, "households"] = 2.5


def no_households(town: Quarter) -> None:
    town.buildings = town.buildings.drop(columns="households")


def bow_tie_building(town: Quarter) -> None:
    town.buildings.loc[4, "geometry"] = BOW


def missing_shape(town: Quarter) -> None:
    town.buildings.loc[5, "geometry"] = None


def polygon_as_road(town: Quarter) -> None:
    town.roads.loc[0, "geometry"] = shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)


def infinite_road(town: Quarter) -> None:
    town.roads.loc[1, "geometry"] = shapely.LineString([(EAST, NORTH), (np.inf, NORTH)])


def tiny_building(town: Quarter) -> None:
    town.buildings.loc[6, "geometry"] = shapely.box(EAST, NORTH, EAST + 1e-4, NORTH + 1e-4)


@pytest.mark.parametrize(
    ("spoil", "code", "place"),
    [
        (no_areas, "areas_empty", ""),
        (no_crs, "crs_missing", "roads"),
        (bow_tie_area, "areas_invalid", "row 2"),
        (overlapping_areas, "areas_overlap", "rows 1, 2"),
        (short_code, "area_code", "row 2"),
        (same_code, "area_code_twice", "rows 1, 2"),
        (negative_households, "households_wrong", "Row 3"),
        (half_a_household, "households_wrong", "Row 4"),
        (no_households, "households_missing", ""),
        (bow_tie_building, "buildings_invalid", "row 5"),
        (missing_shape, "buildings_shape", "row 6"),
        (polygon_as_road, "roads_shape", "row 1"),
        (infinite_road, "roads_invalid", "row 2"),
        (tiny_building, "buildings_tiny", "Row 7"),
    ],
)
def test_each_fault_is_named(spoil, code, place):
    town = make_quarter(columns=4, rows=2)
    spoil(town)
    with pytest.raises(GridInputError) as raised:
        generate(town.buildings, town.roads, town.areas)
    assert raised.value.code == code
    assert place in raised.value.message_en
    assert raised.value.message_zh != raised.value.message_en


def test_the_row_is_the_files_own_where_it_is_known():
    town = make_quarter(columns=4, rows=2)
    town.buildings["source_row"] = range(2, len(town.buildings) + 2)
    negative_households(town)
    with pytest.raises(GridInputError, match="Row 4 of buildings"):
        generate(town.buildings, town.roads, town.areas)


@pytest.mark.parametrize("options", [{"households": 5}, {"block_share": 0.0}, {"seed": -1}])
def test_options_out_of_range(options):
    with pytest.raises(GridInputError):
        GridOptions(**options)


def test_areas_without_codes_get_provisional_ones():
    town = make_quarter(columns=4, rows=2)
    grids = generate(town.buildings, town.roads, town.areas.drop(columns="code"))
    assert grids["area"].unique().tolist() == ["000000000001", "000000000002"]


def test_heights_are_dropped_and_web_mercator_is_not_measured_in():
    town = make_quarter(columns=4, rows=2).to("EPSG:3857")
    town.buildings.geometry = shapely.force_3d(town.buildings.geometry.to_numpy(), 12.0)
    grids = generate(town.buildings, town.roads, town.areas)
    assert not shapely.has_z(grids.geometry.to_numpy()).any()
    assert grids.crs == "EPSG:3857"
    assert grids.to_crs(CRS).area.sum() == pytest.approx(4 * 90 * 2 * 70, rel=1e-3)


def test_areas_that_span_a_continent_are_refused():
    areas = gpd.GeoDataFrame(geometry=[shapely.box(80, 20, 120, 40)], crs="EPSG:4326")
    town = make_quarter(columns=4, rows=2)
    with pytest.raises(GridInputError) as raised:
        generate(town.buildings, town.roads, areas)
    assert raised.value.code == "areas_too_wide"
