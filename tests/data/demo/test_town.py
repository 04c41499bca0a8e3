"""The demo town is a town: tiled, dry, without collisions, named, and always the same."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.demo import Town, make_town
from data.demo.ground import LOCAL_CRS

HAN = re.compile(r"[\u4e00-\u9fff]")


def local(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.to_crs(LOCAL_CRS)


def level(town: Town, name: str) -> gpd.GeoDataFrame:
    return town.areas[town.areas["level"] == name]


def test_households_sum_to_what_was_asked_for(town: Town) -> None:
    assert town.buildings["households"].sum() == pytest.approx(6_000, rel=0.02)
    assert (town.buildings["households"] >= 0).all()


@pytest.mark.parametrize(("upper", "lower"), [("district", "street"), ("street", "community")])
def test_each_level_tiles_its_parent_exactly(town: Town, upper: str, lower: str) -> None:
    parents = level(town, upper).set_index("code").geometry
    for parent_code, children in level(town, lower).groupby("parent_code"):
        assert shapely.coverage_is_valid(children.geometry.to_numpy())
        union = shapely.coverage_union_all(children.geometry.to_numpy())
        assert shapely.equals(union, parents[parent_code])
    assert set(level(town, lower)["parent_code"]) == set(level(town, upper)["code"])


def test_areas_are_whole_and_their_codes_follow_the_standard(town: Town) -> None:
    assert set(town.areas.geometry.geom_type) == {"Polygon"}
    assert town.areas.geometry.is_valid.all()
    for name, digits in (("district", 6), ("street", 9), ("community", 12)):
        codes = level(town, name)["code"]
        assert codes.str.fullmatch(rf"\d{{{digits}}}").all()
        assert codes.is_unique
    streets = level(town, "street")
    number = streets["code"].str[6:].astype(int)
    assert number[streets["name"].str.endswith("街道")].between(1, 99).all()
    assert number[streets["name"].str.endswith("镇")].between(100, 199).all()


def test_communities_hold_300_to_4000_households(town: Town) -> None:
    homes = town.buildings.groupby("area_code")["households"].sum()
    assert set(homes.index) == set(level(town, "community")["code"])
    assert homes.between(300, 4_000).all()


def test_no_building_crosses_a_border_of_its_community(town: Town) -> None:
    outline = level(town, "community").set_index("code").geometry
    own = outline[town.buildings["area_code"]].to_numpy()
    assert shapely.covers(own, town.buildings.geometry.to_numpy()).all()


def test_buildings_stand_clear_of_each_other_of_water_and_of_roads(town: Town) -> None:
    buildings = local(town.buildings).geometry.to_numpy()
    assert shapely.is_valid(buildings).all()
    assert set(shapely.get_type_id(buildings)) == {shapely.GeometryType.POLYGON}
    tree = shapely.STRtree(buildings)
    first, second = tree.query(buildings, predicate="intersects")
    assert (first == second).all()
    for obstacle in (town.water, town.roads):
        assert tree.query(local(obstacle).geometry, predicate="intersects").size == 0


def test_every_shape_is_valid_and_of_one_kind(town: Town) -> None:
    for part in ("areas", "buildings", "roads", "water", "places"):
        frame = getattr(town, part)
        assert frame.geometry.is_valid.all(), part
        assert not frame.geometry.is_empty.any(), part
        assert frame.geometry.geom_type.nunique() == 1, part


def test_roads_meet_in_their_end_points(town: Town) -> None:
    roads = local(town.roads).geometry.to_numpy()
    tree = shapely.STRtree(roads)
    first, _ = tree.query(roads, predicate="crosses")
    assert first.size == 0, "two roads cross without a common vertex"
    assert set(town.roads["highway"]) <= {
        "trunk", "primary", "secondary", "tertiary", "residential", "service", "footway",
    }  # fmt: skip


def test_one_can_walk_nearly_everywhere(town: Town) -> None:
    roads = local(town.roads).geometry
    ends = roads.apply(lambda line: [line.coords[0], line.coords[-1]]).to_list()
    joined: dict[tuple[float, float], tuple[float, float]] = {}

    def root(node: tuple[float, float]) -> tuple[float, float]:
        while joined.setdefault(node, node) != node:
            node = joined[node]
        return node

    rounded = [[tuple(np.round(end, 2)) for end in pair] for pair in ends]
    for a, b in rounded:
        joined[root(a)] = root(b)
    length: dict[tuple[float, float], float] = {}
    for (a, _), metres in zip(rounded, roads.length, strict=True):
        length[root(a)] = length.get(root(a), 0.0) + metres
    assert max(length.values()) > 0.9 * sum(length.values())


def test_names_are_chinese_and_unique_where_they_must_be(town: Town) -> None:
    for frame in (town.areas, town.places):
        assert frame["name"].str.contains(HAN).all()
        assert frame["name"].is_unique
        assert frame["name_en"].str.fullmatch(r"[A-Za-z0-9 .'-]+").all()
    assert town.buildings["address"].str.contains(HAN).all()
    assert town.buildings["address"].is_unique
    assert town.buildings["code"].is_unique
    in_compound = town.buildings[town.buildings["compound"] != ""]
    assert not in_compound.duplicated(["compound", "name"]).any()
    wide = town.roads[~town.roads["highway"].isin(["service", "footway"])]
    assert (wide["name"] != "").mean() > 0.5


def test_the_town_has_what_towns_have(town: Town) -> None:
    kinds = {"compound", "village", "school", "market", "park", "landmark", "station"}
    assert set(town.places["kind"]) == kinds
    assert {"river", "stream", "lake", "pond"} == set(town.water["kind"])
    assert {"flats", "house", "shop", "school", "factory"} <= set(town.buildings["use"])
    west, south, east, north = town.areas.total_bounds
    assert 118.2 < west < 118.3 < east < 118.4
    assert 36.5 < south < 36.6 < north < 36.7


def test_same_seed_same_town_to_the_byte(town: Town) -> None:
    again = make_town(seed=300, households=6_000)
    other = make_town(seed=301, households=6_000)
    for part in ("areas", "buildings", "roads", "water", "places"):
        one, two = getattr(town, part), getattr(again, part)
        pd.testing.assert_frame_equal(one.to_wkb(), two.to_wkb(), check_exact=True)
        assert not one.to_wkb().equals(getattr(other, part).to_wkb())


@pytest.mark.parametrize(
    ("seed", "households"),
    [
        (1, 4_000),
        (7, 4_000),
        (2026, 4_000),
        # A sliver between three faces, without a home and without a border of a metre.
        (2, 6_000),
        # Fewer communities than streets.
        (5, 3_000),
    ],
)
def test_any_seed_makes_a_sound_town(seed: int, households: int) -> None:
    town = make_town(seed=seed, households=households)
    communities = level(town, "community")
    assert shapely.coverage_is_valid(communities.geometry.to_numpy())
    homes = town.buildings.groupby("area_code")["households"].sum()
    assert set(homes.index) == set(communities["code"])
    assert homes.between(300, 4_000).all()
    assert not level(town, "street").geometry.is_empty.any()
    assert town.buildings["households"].sum() == pytest.approx(households, rel=0.02)
    buildings = local(town.buildings).geometry.to_numpy()
    first, second = shapely.STRtree(buildings).query(buildings, predicate="intersects")
    assert (first == second).all()


def test_too_small_a_town_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 3000"):
        make_town(households=200)
