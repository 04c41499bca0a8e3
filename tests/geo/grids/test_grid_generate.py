"""Grids tile their areas, whatever the areas are like."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import CRS, EAST, NORTH, Quarter, empty_roads, make_quarter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely.affinity import rotate, scale, translate

from geo.grids import GridOptions, GridPlanError, find_faults, generate, score
from geo.grids.faces import IntArray
from geo.grids.graph import CellGraph


def check_plan(grids: gpd.GeoDataFrame, town: Quarter) -> None:
    """Assert all that is promised of any plan."""
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert (grids.geom_type == "Polygon").all()
    codes = town.areas["code"] if "code" in town.areas else grids["area"].unique()
    local = grids.to_crs(CRS)
    outlines = town.areas.geometry
    if outlines.crs.is_geographic:
        # A long straight line of degrees is a curve in metres: give it points to stay on.
        outlines = outlines.segmentize(0.001)
    for code, outline in zip(codes, outlines.to_crs(CRS), strict=True):
        mine = local.geometry[(grids["area"] == code).to_numpy()]
        assert find_faults(mine.to_numpy(), outline) == []
    assert score(grids, town.buildings, town.roads, town.areas).cut_pct == 0


def test_two_communities_are_tiled_balanced_and_coded():
    town = make_quarter()
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert list(grids.columns) == [
        "code", "name", "area", "kind", "households", "target", "geometry"
    ]  # fmt: skip
    assert grids["code"].str[:12].tolist() == grids["area"].tolist()
    assert grids.groupby("area")["households"].sum().tolist() == [768, 768]
    assert grids["code"].tolist() == [
        f"{area}{at:03d}" for area in town.areas["code"] for at in (1, 2, 3)
    ]
    assert grids["name"].tolist()[:3] == ["第一网格", "第二网格", "第三网格"]
    assert np.abs(grids["households"] / 256 - 1).max() <= 0.1
    assert score(grids, town.buildings, town.roads, town.areas).road5_pct > 70


def test_same_input_and_seed_give_the_same_grids():
    town = make_quarter()
    first = generate(town.buildings, town.roads, town.areas, GridOptions(seed=7))
    again = generate(town.buildings, town.roads, town.areas, GridOptions(seed=7))
    assert first.to_wkb().equals(again.to_wkb())


def test_degrees_in_degrees_out_to_a_centimetre():
    town = make_quarter().to("EPSG:4326")
    town.areas.geometry = town.areas.translate(1.23456e-6, -2.34567e-6)  # between millimetres
    grids = generate(town.buildings, town.roads, town.areas)
    assert grids.crs == town.areas.crs
    check_plan(grids, town)
    corners = shapely.get_coordinates(town.areas.geometry.to_numpy())
    kept = shapely.get_coordinates(grids.geometry.to_numpy())
    assert {tuple(corner) for corner in corners} <= {tuple(point) for point in kept}


def test_long_edges_in_degrees_do_not_bend():
    plain = make_quarter(streets=False)
    wide = shapely.box(116.8, 36.58, 117.2, 36.62)
    areas = gpd.GeoDataFrame({"code": ["370303001001"]}, geometry=[wide], crs="EPSG:4326")
    grids = generate(plain.buildings, empty_roads(), areas)
    check_plan(grids, Quarter(plain.buildings, empty_roads(), areas))


def test_no_roads_at_all():
    town = make_quarter(streets=False)
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert len(grids) == 6


def test_no_buildings_gives_one_grid_an_area():
    town = make_quarter()
    town.buildings = town.buildings.iloc[:0]
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert grids["households"].tolist() == [0, 0]


def test_fewer_than_450_households_stay_one_grid():
    town = make_quarter(columns=4, rows=4, households=3)
    grids = generate(town.buildings, town.roads, town.areas)
    assert len(grids) == 2


def test_islands_and_holes():
    town = make_quarter()
    west, east = town.areas.geometry
    pond = shapely.Point(EAST + 180, NORTH + 140).buffer(25)
    island = translate(west, -1000, 0)
    town.areas.geometry = [shapely.MultiPolygon([west - pond, island]), east]
    more = town.buildings.copy()
    more.geometry = more.translate(-1000, 0)
    town.buildings = gpd.GeoDataFrame(
        gpd.pd.concat([town.buildings, more], ignore_index=True), crs=CRS
    )
    town.buildings = town.buildings[~town.buildings.intersects(pond)]
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert grids[grids.within(island.buffer(0.01))]["households"].sum() == 768
    assert len(grids[grids.within(island.buffer(0.01))]) >= 2


def test_a_road_through_a_building_is_led_around_it():
    town = make_quarter()
    hall = shapely.box(EAST + 60, NORTH + 60, EAST + 120, NORTH + 80)
    town.buildings = town.buildings[~town.buildings.intersects(hall)]
    town.buildings.loc[9999] = [10, hall]
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert grids.covers(hall.buffer(-0.01)).sum() == 1


def test_terraced_and_overlapping_buildings_are_not_cut():
    """Pairs of 30 households that overlap: three even grids would have to cut two of them."""
    row = [
        shapely.box(EAST + 20 * at + dx, NORTH + 20, EAST + 20 * at + dx + width, NORTH + 32)
        for at in range(31)
        for dx, width in ((0, 12), (10, 10))
    ]
    sheds = [
        shapely.box(EAST + 10 * at + 4, NORTH + 40, EAST + 10 * at + 14, NORTH + 45)
        for at in range(61)
    ]
    buildings = gpd.GeoDataFrame(
        {"households": [15] * len(row) + [0] * len(sheds)}, geometry=row + sheds, crs=CRS
    )
    areas = gpd.GeoDataFrame(
        {"code": ["370303001001"]},
        geometry=[shapely.box(EAST - 20, NORTH, EAST + 660, NORTH + 60)],
        crs=CRS,
    )
    town = Quarter(buildings, empty_roads(), areas)
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert sorted(grids["households"]) == [300, 300, 330]


def test_one_building_larger_than_a_grid_stays_whole_up_to_half_as_much_again():
    town = make_quarter()
    town.buildings.loc[5, "households"] = 450
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert grids["households"].max() >= 450
    assert grids.attrs["split_buildings"] == []


@pytest.mark.parametrize("streets", [True, False])
@pytest.mark.parametrize("households", [0, 40])
def test_a_building_across_a_border_counts_once(streets, households):
    town = make_quarter(streets=streets)
    middle = EAST + 4 * 90
    across = shapely.box(middle - 4, NORTH + 28, middle + 8, NORTH + 36)
    town.buildings.loc[9999] = [households, across]
    grids = generate(town.buildings, town.roads, town.areas)
    check_plan(grids, town)
    assert grids.groupby("area")["households"].sum().tolist() == [768, 768 + households]


def test_households_outside_are_counted_and_told():
    town = make_quarter()
    town.buildings.loc[9999] = [12, shapely.box(EAST - 500, NORTH, EAST - 490, NORTH + 9)]
    grids = generate(town.buildings, town.roads, town.areas)
    assert grids.attrs["households_outside"] == 12
    assert grids["households"].sum() == 1536


def test_water_is_followed():
    town = make_quarter(streets=False)
    river = shapely.LineString([(EAST + 171, NORTH - 10), (EAST + 171, NORTH + 300)])
    water = gpd.GeoDataFrame(geometry=[river], crs=CRS)
    grids = generate(town.buildings, town.roads, town.areas, water=water)
    check_plan(grids, town)
    dry = generate(town.buildings, town.roads, town.areas)
    followed_m, by_chance_m = (
        shapely.union_all(shapely.boundary(made.geometry.to_numpy()))
        .intersection(river.buffer(1))
        .length
        for made in (grids, dry)
    )
    assert followed_m > 100 > 4 * by_chance_m


def test_progress_only_grows_and_ends():
    town, seen = make_quarter(), []
    generate(town.buildings, town.roads, town.areas, progress=lambda *said: seen.append(said))
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1] == (100, 100, "done")
    assert {stage for _, _, stage in seen} == {"blocks", "grids", "check", "done"}


def test_any_partitioner_may_take_the_place():
    def two(graph: CellGraph, parts: int, seed: int) -> IntArray:
        return np.zeros(len(graph.households), dtype=np.int64)

    town = make_quarter()
    assert len(generate(town.buildings, town.roads, town.areas, partitioner=two)) == 2


def test_a_broken_plan_is_never_returned():
    def torn(graph: CellGraph, parts: int, seed: int) -> IntArray:
        labels = np.zeros(len(graph.households), dtype=np.int64)
        labels[len(labels) // 3 : 2 * len(labels) // 3] = 1
        labels[-1] = 1
        return labels

    town = make_quarter()
    with pytest.raises(GridPlanError) as raised:
        generate(town.buildings, town.roads, town.areas, partitioner=torn)
    assert raised.value.code == "plan_broken"
    assert "自检" in raised.value.message_zh


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    houses=st.lists(
        st.tuples(
            st.floats(0, 400), st.floats(0, 300), st.floats(3, 40), st.floats(3, 40),
            st.floats(0, 90), st.integers(0, 120),
        ),
        max_size=40,
    ),
    ways=st.lists(
        st.tuples(*[st.floats(-50, 450), st.floats(-50, 350)] * 2),
        max_size=8,
    ),
    corner=st.floats(0.2, 0.8),
)  # fmt: skip
def test_any_heap_of_houses_and_roads_is_tiled(houses, ways, corner):
    """Houses that overlap, roads that run through them, an area with a bent border."""
    shapes = [
        rotate(translate(scale(shapely.box(-0.5, -0.5, 0.5, 0.5), w, h), EAST + x, NORTH + y), turn)
        for x, y, w, h, turn, _ in houses
    ]
    lines = [
        shapely.LineString([(EAST + a, NORTH + b), (EAST + c, NORTH + d)])
        for a, b, c, d in ways
        if abs(a - c) + abs(b - d) > 0.1
    ]
    bend = (EAST + 400 * corner, NORTH + 300 * (1 - corner))
    west = shapely.Polygon(
        [(EAST, NORTH), (EAST + 200, NORTH), bend, (EAST + 200, NORTH + 300), (EAST, NORTH + 300)]
    )
    whole = shapely.box(EAST, NORTH, EAST + 400, NORTH + 300)
    areas = gpd.GeoDataFrame(
        {"code": ["370303001001", "370303001002"]}, geometry=[west, whole - west], crs=CRS
    )
    town = Quarter(
        gpd.GeoDataFrame(
            {"households": np.array([h[-1] for h in houses], dtype=int)},
            geometry=gpd.GeoSeries(shapes, crs=CRS),
            crs=CRS,
        ),
        gpd.GeoDataFrame(geometry=gpd.GeoSeries(lines, crs=CRS), crs=CRS),
        areas,
    )
    grids = generate(town.buildings, town.roads, town.areas)
    codes = town.areas["code"]
    for code, outline in zip(codes, areas.geometry, strict=True):
        assert find_faults(grids.geometry[grids["area"] == code].to_numpy(), outline) == []
    assert (
        grids["households"].sum() + grids.attrs["households_outside"]
        == town.buildings["households"].sum()
    )
