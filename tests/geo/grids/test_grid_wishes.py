"""What planners ask of generation: locked grids, kinds, barriers, lines, compounds, towers."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH, Quarter, make_quarter
from shapely.geometry.base import BaseGeometry

from geo.grids import GridInputError, GridOptions, find_faults, generate, score
from geo.grids.rims import share_corners

WIDE, HIGH = BLOCK_M
WEST = "370303001001"


def check_tiles(grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> None:
    for code, outline in zip(areas["code"], areas.geometry, strict=True):
        mine = grids.geometry[(grids["area"] == code).to_numpy()]
        assert find_faults(mine.to_numpy(), outline) == []


def layer(*shapes: BaseGeometry, crs: str = CRS, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def blocks(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box given in blocks of the quarter."""
    return shapely.box(
        EAST + west * WIDE, NORTH + south * HIGH, EAST + east * WIDE, NORTH + north * HIGH
    )


def make(town: Quarter, **asked: object) -> gpd.GeoDataFrame:
    options = asked.pop("options", None)
    return generate(town.buildings, town.roads, town.areas, options, **asked)


# --- only, kept ---------------------------------------------------------------------------------


def test_only_some_areas_are_divided_and_just_as_with_all():
    town = make_quarter()
    town.buildings.loc[9999] = [12, shapely.box(EAST - 500, NORTH, EAST - 490, NORTH + 9)]
    whole, part = make(town), make(town, only=[WEST])
    assert part["area"].unique().tolist() == [WEST]
    assert part.attrs["households_outside"] == 12
    assert part["households"].tolist() == whole[whole["area"] == WEST]["households"].tolist()
    for one, other in zip(part.geometry, whole.geometry[whole["area"] == WEST], strict=True):
        assert one.symmetric_difference(other).area < 0.01


def test_only_an_area_that_there_is():
    with pytest.raises(GridInputError, match="No area has the code 370303001009"):
        make(make_quarter(columns=4, rows=2), only=["370303001009"])


@pytest.mark.parametrize("crs", [CRS, "EPSG:4326"])
def test_a_kept_grid_comes_back_as_it_was(crs):
    town = make_quarter().to(crs)
    first = make(town)
    locked = first.iloc[[1, 4]].rename(columns={"households": "before"})
    again = make(town, kept=locked, options=GridOptions(seed=5))
    found = again.set_index("code")
    for code, name, shape in zip(locked["code"], locked["name"], locked.geometry, strict=True):
        assert found.loc[code, "name"] == name
        corners = [tuple(point) for point in shapely.get_coordinates(found.loc[code, "geometry"])]
        given = [tuple(point) for point in shapely.get_coordinates(shape)]
        assert [point for point in corners if point in set(given)] == given
    assert found["households"].sum() == 1536
    assert again["code"].is_unique
    assert again["code"].is_monotonic_increasing
    assert shapely.coverage_is_valid(again.geometry.to_numpy())
    metric = again.to_crs(CRS)
    check_tiles(metric, town.areas.to_crs(CRS))
    rest = again[(again["area"] == WEST) & ~again["code"].isin(locked["code"])]
    assert rest["target"].tolist() == [(768 - locked["before"].iloc[0]) / 2] * 2


def test_a_park_without_code_is_kept_as_a_site_and_new_codes_go_around_it():
    town = make_quarter()
    park = layer(blocks(1, 1, 2, 2), kind=["site"], name=["人民公园"])
    grids = make(town, kept=park)
    check_tiles(grids, town.areas)
    found = grids[grids["kind"] == "site"].iloc[0]
    assert (found["name"], found["area"]) == ("人民公园", WEST)
    assert found["households"] == found["target"] == 48
    assert found.geometry.equals(park.geometry[0])
    mine = grids[grids["area"] == WEST]
    assert mine["code"].str[12:].tolist() == [f"{at:03d}" for at in range(1, len(mine) + 1)]
    assert mine[mine["kind"] == "general"]["households"].sum() == 768 - 48
    measured = score(grids, town.buildings, town.roads, town.areas)
    assert measured.adj10_pct == 100
    # Without the word that it is a site, it is a grid with too few households.
    assert score(grids.drop(columns="kind"), town.buildings, town.roads, town.areas).adj10_pct < 90


def test_the_rest_of_an_area_in_pieces_is_divided_piece_by_piece():
    town = make_quarter(columns=12)
    middle = layer(blocks(2, 0, 4, 4), code=[WEST + "007"], name=["第二网格"])
    grids = make(town, kept=middle)
    check_tiles(grids, town.areas)
    mine = grids[grids["area"] == WEST]
    assert len(mine) == 5
    assert mine["code"].str[12:].tolist() == ["001", "003", "004", "005", "007"]
    assert (mine["households"] <= 384).all()


def outside(park: gpd.GeoDataFrame) -> None:
    park.geometry = park.translate(-100, 0)


def over_the_border(park: gpd.GeoDataFrame) -> None:
    park.geometry = [blocks(3, 1, 5, 2)]


def of_another_area(park: gpd.GeoDataFrame) -> None:
    park["area"] = "370303001002"


def of_no_area(park: gpd.GeoDataFrame) -> None:
    park["area"] = "370303001009"


def a_foreign_code(park: gpd.GeoDataFrame) -> None:
    park["code"] = "370303001002001"


def in_two_pieces(park: gpd.GeoDataFrame) -> None:
    park.geometry = [shapely.MultiPolygon([blocks(0, 0, 1, 1), blocks(2, 2, 3, 3)])]


def no_such_kind(park: gpd.GeoDataFrame) -> None:
    park["kind"] = "专属"


def nearly_at_the_border(park: gpd.GeoDataFrame) -> None:
    park.geometry = [blocks(0.002, 0, 1, 4)]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (outside, "kept_area"),
        (over_the_border, "kept_outside"),
        (of_another_area, "kept_outside"),
        (of_no_area, "kept_area"),
        (a_foreign_code, "kept_code"),
        (in_two_pieces, "kept_pieces"),
        (no_such_kind, "kept_kind"),
        (nearly_at_the_border, "kept_sliver"),
    ],
)
def test_a_wrong_locked_grid_is_named(spoil, code):
    town = make_quarter(columns=8, rows=4)
    park = layer(blocks(0, 1, 2, 2), name=["公园"])
    spoil(park)
    with pytest.raises(GridInputError) as raised:
        make(town, kept=park)
    assert raised.value.code == code
    assert raised.value.message_zh != raised.value.message_en


def test_locked_grids_may_not_overlap_nor_share_a_code():
    town = make_quarter()
    with pytest.raises(GridInputError, match="rows 1, 2 overlap"):
        make(town, kept=layer(blocks(0, 0, 2, 2), blocks(1, 1, 3, 3)))
    twice = layer(blocks(0, 0, 1, 1), blocks(2, 2, 3, 3), code=[WEST + "001"] * 2)
    with pytest.raises(GridInputError, match="row 2: the code"):
        make(town, kept=twice)


def test_an_area_wholly_locked_gets_no_other_grids():
    town = make_quarter()
    halves = layer(blocks(0, 0, 2, 4), blocks(2, 0, 4, 4))
    grids = make(town, kept=halves)
    check_tiles(grids, town.areas)
    assert grids[grids["area"] == WEST]["households"].tolist() == [384, 384]


# --- kinds and targets --------------------------------------------------------------------------


def test_kinds_of_areas():
    town = make_quarter()
    town.areas["kind"] = ["micro", "site"]
    grids = make(town)
    check_tiles(grids, town.areas)
    micro, site = grids[grids["kind"] == "micro"], grids[grids["kind"] == "site"]
    assert len(micro) == 12
    assert micro["target"].unique().tolist() == [64.0]
    assert micro["households"].between(50, 80).all()
    assert site["households"].tolist() == [768]
    assert site["target"].tolist() == [768]
    found = score(grids, town.buildings, town.roads, town.areas)
    assert found.adj10_pct == 100


def test_a_site_in_pieces_is_one_grid_a_piece():
    town = make_quarter(columns=4, rows=2)
    west, east = town.areas.geometry
    town.areas.geometry = [shapely.MultiPolygon([west, blocks(-4, 0, -3, 1)]), east]
    town.areas["kind"] = ["site", None]
    grids = make(town)
    check_tiles(grids, town.areas)
    assert sorted(grids[grids["kind"] == "site"]["households"]) == [0, 192]


def test_a_target_of_an_area_goes_before_its_kind():
    town = make_quarter()
    town.areas["kind"] = ["micro", "general"]
    town.areas["target"] = [384, None]
    grids = make(town)
    assert grids["target"].tolist() == [384.0] * 2 + [256.0] * 3


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("kind", "park", "area_kind"), ("target", 3, "area_target"), ("target", 50.5, "area_target")],
)
def test_a_wrong_kind_or_target_is_named(column, value, code):
    town = make_quarter(columns=4, rows=2)
    town.areas[column] = [None, value]
    with pytest.raises(GridInputError, match="row 2") as raised:
        make(town)
    assert raised.value.code == code


@pytest.mark.parametrize(
    "options", [{"tolerance": 0.0}, {"tolerance": 0.6}, {"micro_households": 5}]
)
def test_wishes_out_of_range(options):
    with pytest.raises(GridInputError):
        GridOptions(**options)


def test_a_corner_beside_a_sharp_vertex_is_put_into_one_of_its_edges():
    sharp = shapely.Polygon([(0, 1), (10, 0), (0, -1)])
    above = shapely.Polygon([(0, 1), (9.999, 0), (10, 0), (12, 0), (12, 5), (0, 5)])
    shared = share_corners(np.array([sharp, above]), np.array([0, 1]))
    assert shapely.get_num_coordinates(shared).tolist() == [5, 7]
    assert shapely.coverage_is_valid(shared)
