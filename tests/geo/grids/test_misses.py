"""Why grids miss their targets: each reason where it must appear, and not where it must not."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import CRS, empty_roads
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grids import GridInputError, GridOptions
from geo.grids.misses import Miss, explain
from geo.grids.standing import find_standing

EAST, NORTH = 500_000.0, 4_050_000.0
AREA = "370303001001"


class Row:
    """Houses in a row, 20 m apart, in one area; grids are stretches of it.

    ``weights`` are the households of the houses, ``cuts`` the houses that a grid begins with.
    """

    def __init__(self, weights: list[int], cuts: list[int]) -> None:
        self.weights = weights
        self.buildings = gpd.GeoDataFrame(
            {"households": weights, "name": [f"{at + 1}号楼" for at in range(len(weights))]},
            geometry=[
                shapely.box(EAST + 20 * at + 5, NORTH + 5, EAST + 20 * at + 15, NORTH + 25)
                for at in range(len(weights))
            ],
            crs=CRS,
        )
        self.areas = gpd.GeoDataFrame(
            {"code": [AREA]}, geometry=[self.stretch(0, len(weights))], crs=CRS
        )
        ends = [*cuts[1:], len(weights)]
        shapes = [self.stretch(a, b) for a, b in zip(cuts, ends, strict=True)]
        self.grids = gpd.GeoDataFrame(
            {
                "code": [f"{AREA}{at:03d}" for at in range(1, len(shapes) + 1)],
                "name": [f"第{at}网格" for at in range(1, len(shapes) + 1)],
                "area": AREA,
            },
            geometry=shapes,
            crs=CRS,
        )

    @staticmethod
    def stretch(first: float, last: float) -> shapely.Polygon:
        return shapely.box(EAST + 20 * first, NORTH, EAST + 20 * last, NORTH + 30)

    def explain(self, households: int = 100, **more: Any) -> dict[str, Miss]:
        options = GridOptions(households=households)
        found = explain(
            self.grids, self.buildings, self.areas, options, roads=empty_roads(), **more
        )
        return {miss.code[-3:]: miss for miss in found}


def reasons(found: dict[str, Miss]) -> dict[str, str]:
    return {code: miss.reason for code, miss in found.items()}


def test_grids_on_target_are_not_told():
    assert Row([10] * 30, [0, 10, 20]).explain() == {}
    assert Row([10] * 30, [0, 10, 20]).explain(households=90) == {}, "the fair target counts"


def test_the_search_is_blamed_where_one_house_would_do():
    found = Row([10] * 30, [0, 11, 20]).explain()
    assert reasons(found) == {"001": "search", "002": "search"}
    told = found["001"].params
    assert told["from"] == AREA + "001"
    assert told["to"] == AREA + "002"
    assert told["households"] == 10
    assert told["after_pct"] == 0
    assert told["building"]["row"] == 11
    assert told["building"]["name"] == "11号楼"
    assert found["001"].off_pct == 10
    assert found["002"].off_pct == -10


def test_a_tower_is_named():
    weights = [10] * 30
    weights[4] = 160
    found = Row(weights, [0, 9, 18, 27]).explain()
    tower = found["001"]
    assert tower.reason == "largest_building"
    assert tower.params["building"]["row"] == 5
    assert tower.params["building"]["households"] == 160
    assert found["004"].reason != "largest_building"


def test_a_building_is_named_with_its_compound():
    row = Row([10] * 30, [0, 11, 20])
    row.buildings["compound"] = "和平里"
    assert row.explain()["001"].params["building"]["name"] == "和平里11号楼"
    row.buildings = row.buildings.drop(columns=["compound", "name"])
    assert row.explain()["001"].params["building"]["name"] == ""


def test_overlapping_buildings_count_as_one():
    row = Row([60, 60, 40, 40], [0, 2])
    assert reasons(row.explain()) == {"001": "indivisible", "002": "indivisible"}
    row.buildings.geometry = [
        row.buildings.geometry[0].union(row.stretch(0.5, 1.5).buffer(-3)),
        *row.buildings.geometry[1:],
    ]
    assert row.explain()["001"].reason == "largest_building"
    assert row.explain()["001"].params["building"]["households"] == 120
    assert row.explain()["001"].params["building"]["united"] == 2


def test_what_is_left_beside_a_tower():
    found = Row([300, 20, 20, 20, 20, 20], [0, 1, 3, 5]).explain()
    assert found["001"].reason == "largest_building"
    assert found["002"].reason == "remainder"
    assert found["002"].params["building"]["row"] == 1
    assert found["002"].params["left"] == 100
    assert found["002"].params["grids"] == 3


def test_heavy_houses_are_indivisible():
    found = Row([45, 65, 45, 45], [0, 2]).explain()
    assert reasons(found) == {"001": "indivisible", "002": "indivisible"}
    assert found["001"].params["households"] == 65
    assert found["001"].params["twice_off"] == 20


def test_a_neighbour_in_greater_need_is_no_reason_to_overshoot():
    """Thirty would mend the second grid, but leave the first further off than it is."""
    found = Row([60, 30, 30, 60, 60], [0, 2, 3]).explain(households=80)
    assert found["001"].off_pct == 12.5
    assert found["001"].reason == "indivisible"
    assert found["001"].params["households"] == 30


def test_light_houses_that_only_move_the_trouble_on():
    """The middle grid is 20 short; each neighbour could give 30, and would be as short then."""
    found = Row([30] * 8, [0, 3, 5]).explain(households=80)
    assert reasons(found) == {"001": "indivisible", "002": "neighbours", "003": "indivisible"}


def test_a_house_that_holds_a_grid_together_stays():
    """West: a column of three houses; east: a grid that touches the middle one alone."""
    heights = [(0, 30), (30, 60), (60, 90)]
    column = [shapely.box(EAST + 5, NORTH + a + 5, EAST + 15, NORTH + b - 5) for a, b in heights]
    beside = shapely.box(EAST + 30, NORTH + 35, EAST + 40, NORTH + 55)
    west = shapely.box(EAST, NORTH, EAST + 20, NORTH + 90)
    east = shapely.box(EAST + 20, NORTH + 30, EAST + 60, NORTH + 60)
    grids = gpd.GeoDataFrame({"code": ["1", "2"]}, geometry=[west, east], crs=CRS)
    areas = gpd.GeoDataFrame({"code": [AREA]}, geometry=[west.union(east)], crs=CRS)
    for held, reason in (([60, 10, 60], "neighbours"), ([0, 10, 120], "search")):
        buildings = gpd.GeoDataFrame(
            {"households": [*held, 110]}, geometry=[*column, beside], crs=CRS
        )
        found = explain(grids, buildings, areas, GridOptions(households=120))
        assert {miss.reason for miss in found} == {reason}
        assert found[0].off_pct == pytest.approx(100 * 10 / 120, abs=0.01)


def test_empty_ground_between_is_no_obstacle():
    row = Row([10] * 10 + [0] + [10] * 20, [0, 11, 21])
    row.weights[0] = 30
    row.buildings["households"] = row.weights
    lanes = [
        shapely.LineString([(EAST + 20 * at, NORTH - 5), (EAST + 20 * at, NORTH + 35)])
        for at in (10, 11)
    ]
    roads = gpd.GeoDataFrame(geometry=lanes, crs=CRS)
    found = explain(row.grids, row.buildings, row.areas, GridOptions(households=100), roads=roads)
    assert found[0].reason == "search"
    assert found[0].params["building"]["row"] == 10


def test_an_island_that_no_number_of_grids_fits():
    row = Row([10] * 30, [0, 15])
    row.areas.geometry = [shapely.MultiPolygon([row.stretch(0, 14.9), row.stretch(15, 30)])]
    row.grids.geometry = [row.stretch(0, 14.9), row.stretch(15, 30)]
    found = row.explain()
    assert reasons(found) == {"001": "island", "002": "island"}
    assert found["001"].params == {"households": 150, "grids": 1}


def test_an_island_of_the_right_size_is_no_reason():
    row = Row([10] * 30, [0, 10, 21])
    row.areas.geometry = [shapely.MultiPolygon([row.stretch(0, 9.9), row.stretch(10, 30)])]
    row.grids.geometry = [row.stretch(0, 9.9), row.stretch(10, 21), row.stretch(21, 30)]
    assert reasons(row.explain()) == {"002": "search", "003": "search"}


@pytest.mark.parametrize("flat", [False, True])
def test_a_barrier_cuts_off_what_does_not_fit(flat: bool):
    row = Row([10] * 30, [0, 15])
    assert set(reasons(row.explain()).values()) == {"count"}, "without it, three grids would fit"
    river = shapely.LineString([(EAST + 300, NORTH - 10), (EAST + 300, NORTH + 40)])
    barriers = gpd.GeoDataFrame(geometry=[river.buffer(2) if flat else river], crs=CRS)
    assert set(reasons(row.explain(barriers=barriers)).values()) == {"barrier"}
    brook = shapely.LineString([(EAST + 300, NORTH - 10), (EAST + 300, NORTH + 15)])
    half = gpd.GeoDataFrame(geometry=[brook], crs=CRS)
    assert set(reasons(row.explain(barriers=half)).values()) == {"count"}, "it ends half way"


def test_no_house_goes_across_a_barrier():
    row = Row([10] * 40, [0, 9, 20, 30])
    assert row.explain()["001"].reason == "search"
    river = shapely.LineString([(EAST + 180, NORTH - 10), (EAST + 180, NORTH + 25)])
    wall = gpd.GeoDataFrame(geometry=[river], crs=CRS)
    gap = row.explain(barriers=wall)["001"]
    assert gap.reason == "search", "five metres are open beside it"
    river = shapely.LineString([(EAST + 180, NORTH - 10), (EAST + 180, NORTH + 40)])
    wall = gpd.GeoDataFrame(geometry=[river], crs=CRS)
    assert row.explain(barriers=wall)["001"].reason == "barrier"


def test_too_many_grids_are_counted():
    found = Row([10] * 30, [0, 6, 12, 18, 24]).explain()
    assert set(reasons(found).values()) == {"count"}
    assert found["001"].params == {"households": 300, "grids": 5, "fits": 3}


def test_locked_grids_and_their_neighbours():
    row = Row([10] * 30, [0, 11, 20])
    row.grids["locked"] = [True, False, False]
    assert reasons(row.explain())["001"] == "kept"
    # The two at the ends share 220 households, and cannot reach each other.
    row = Row([10] * 30, [0, 12, 20])
    row.grids["locked"] = [False, True, False]
    found = row.explain()
    both = {"001": "neighbours_kept", "003": "neighbours_kept"}
    assert reasons(found) == both | {"002": "kept"}
    assert found["001"].target == 110
    assert found["002"].target == 100
    row.grids = row.grids.drop(columns="locked")
    assert row.explain(kept=row.grids.iloc[[1]]) == found


def test_a_compound_stands_in_the_way():
    row = Row([10] * 30, [0, 11, 20])
    garden = gpd.GeoDataFrame({"name": ["和平里"]}, geometry=[row.stretch(8, 11)], crs=CRS)
    found = row.explain(compounds=garden)
    assert found["001"].reason == "compound"
    assert found["001"].params["compound"] == "和平里"
    assert found["001"].params["households"] == 30
    torn = gpd.GeoDataFrame({"name": ["和平里"]}, geometry=[row.stretch(8, 14)], crs=CRS)
    assert row.explain(compounds=torn)["001"].reason == "search", "it is not whole anyway"


def test_a_site_has_no_target_and_a_micro_grid_a_range():
    row = Row([10] * 30, [0, 11, 20])
    row.areas["kind"] = "site"
    assert row.explain() == {}
    row.areas["kind"] = "micro"
    small = Row([10] * 13, [0, 8])
    small.areas["kind"] = "micro"
    assert small.explain() == {}, "80 and 50 are within the range"
    small = Row([10] * 13, [0, 9])
    small.areas["kind"] = "micro"
    assert set(small.explain()) == {"001", "002"}


def test_a_target_of_its_own():
    row = Row([10] * 30, [0, 15])
    row.areas["target"] = 150
    assert row.explain() == {}
    del row.areas["target"]
    row.grids["target"] = [150.0, 150.0]
    assert row.explain() == {}


def test_empty_areas_and_grids():
    row = Row([0] * 10, [0])
    assert row.explain() == {}
    row = Row([10] * 10 + [0] * 10, [0, 10])
    found = row.explain()
    assert found["002"].off_pct == -100
    assert found["002"].reason == "count", "one grid would do"


def test_the_range_of_a_micro_grid_is_what_was_asked_for():
    row = Row([10] * 16, [0, 6])
    row.areas["kind"] = "micro"
    asked = GridOptions(micro_households=65, micro_range=(95, 120))
    standing = find_standing(row.grids, row.buildings, row.areas, asked)
    assert standing.households.tolist() == [60, 100]
    assert standing.low.tolist() == pytest.approx([min(95, 0.95 * t) for t in standing.target])
    assert standing.high.tolist() == [120, 120]
    with pytest.raises(GridInputError, match="micro-grid"):
        GridOptions(micro_range=(80, 50))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=6, max_size=24), st.data())
def test_what_is_said_is_true(weights: list[int], data: st.DataObject):
    """Whatever the houses and the grids: a claim of the reasons holds when counted by hand."""
    cuts = data.draw(
        st.lists(st.integers(1, len(weights) - 1), min_size=1, max_size=4, unique=True)
    )
    cuts = [0, *sorted(cuts)]
    row = Row(weights, cuts)
    standing = find_standing(row.grids, row.buildings, row.areas, GridOptions(households=100))
    ends = [*cuts[1:], len(weights)]
    held = [sum(weights[a:b]) for a, b in zip(cuts, ends, strict=True)]
    assert standing.households.tolist() == held
    found = row.explain()
    for code, miss in found.items():
        at = int(code) - 1
        off = abs(held[at] - miss.target)
        if miss.reason == "indivisible":
            givers = [at] if held[at] > miss.target else [at - 1, at + 1]
            for giver in (one for one in givers if 0 <= one < len(held)):
                own = [w for w in weights[cuts[giver] : ends[giver]] if w > 0]
                facing = own[:1] if giver == at + 1 else own[-1:] if giver == at - 1 else own
                assert all(weight >= 2 * off for weight in (facing if giver != at else ()))
        if miss.reason == "search":
            assert 0 < miss.params["households"] < 2 * off
            giver, taker = (int(miss.params[side][-3:]) - 1 for side in ("from", "to"))
            moved = miss.params["households"]
            before = max(abs(held[one] / miss.target - 1) for one in (giver, taker))
            after = max(
                abs((held[giver] - moved) / miss.target - 1),
                abs((held[taker] + moved) / miss.target - 1),
            )
            assert after < before
            assert miss.params["after_pct"] == pytest.approx(100 * after, abs=0.06)
    off_pct = np.abs(standing.off_pct)
    assert set(found) == {f"{at + 1:03d}" for at in np.flatnonzero(off_pct > 5 + 1e-9).tolist()}
