"""A plan brought up to date: who need not move stays, and what was promised of grids holds."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from fixtures.quarter import CRS, EAST, NORTH, Quarter, make_quarter
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.grids import GridInputError, GridOptions, find_faults, generate, revise, score
from geo.grids.revision.flows import least_flow

WEST, OTHER = "370303001001", "370303001002"
WITHIN = 0.05 + 1e-9
"""The tolerance, and what rounding adds to a grid just at it."""


@pytest.fixture(scope="module")
def plan() -> gpd.GeoDataFrame:
    """Six grids of 256 households, three in each community."""
    town = make_quarter()
    return generate(town.buildings, town.roads, town.areas)


def revised(plan: gpd.GeoDataFrame, town: Quarter, **asked: object) -> gpd.GeoDataFrame:
    """Bring the plan up to date and assert what is promised of any plan."""
    grids = revise(plan, town.buildings, town.roads, town.areas, **asked)
    shapes = grids.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_type_id(shapes) == 3).all()
    assert grids["code"].is_unique
    codes = town.areas["code"] if "code" in town.areas else sorted(grids["area"].unique())
    outlines = town.areas.geometry
    if outlines.crs.is_geographic:
        outlines = outlines.segmentize(0.001)
    for code, outline in zip(codes, outlines.to_crs(CRS), strict=True):
        mine = grids.geometry[(grids["area"] == code).to_numpy()].to_crs(CRS)
        assert find_faults(mine.to_numpy(), outline) == []
    assert grids["households"].sum() + grids.attrs["households_outside"] == (
        town.buildings["households"].sum()
    )
    assert grids.attrs["households_moved"] <= grids.attrs["households_compared"]
    return grids


def unchanged(plan: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> set[str]:
    """Codes whose shape is bit for bit what it was."""
    before = dict(zip(plan["code"], plan.geometry, strict=True))
    return {
        code
        for code, shape in zip(grids["code"], grids.geometry, strict=True)
        if code in before and shapely.equals_identical(shape, before[code])
    }


def in_grid(plan: gpd.GeoDataFrame, town: Quarter, code: str) -> np.ndarray:
    """Which buildings lie in a grid."""
    shape = plan.geometry[plan["code"] == code].iloc[0]
    return town.buildings.representative_point().within(shape).to_numpy()


def test_a_plan_that_still_fits_comes_back_bit_for_bit(plan):
    grids = revised(plan, make_quarter())
    assert unchanged(plan, grids) == set(plan["code"])
    assert grids["was"].tolist() == grids["code"].tolist() == plan["code"].tolist()
    assert grids["name"].tolist() == plan["name"].tolist()
    assert grids.attrs["households_moved"] == 0
    assert grids.attrs["households_compared"] == 1536
    assert grids.attrs["ended"] == grids.attrs["redrawn"] == []


def test_columns_are_those_of_generate_and_was(plan):
    grids = revised(plan, make_quarter())
    assert list(grids.columns) == [
        "code", "name", "area", "kind", "households", "target", "was", "geometry",
    ]  # fmt: skip
    assert grids["kind"].unique().tolist() == ["general"]
    assert grids["target"].tolist() == [256.0] * 6


def test_few_move_when_one_grid_grew_and_the_other_community_stays(plan):
    town = make_quarter()
    grown = np.flatnonzero(in_grid(plan, town, f"{WEST}001"))[:8]
    town.buildings.loc[grown, "households"] = 12  # 48 more: 304 in one grid, 272 is fair
    grids = revised(plan, town)
    off = np.abs(grids["households"] / grids["target"] - 1)
    assert off.max() <= WITHIN
    assert 18 <= grids.attrs["households_moved"] <= 48
    assert {code for code in plan["code"] if code.startswith(OTHER)} <= unchanged(plan, grids)
    assert grids["was"].tolist() == plan["code"].tolist()
    assert score(grids, town.buildings, town.roads, town.areas).cut_pct == 0


def test_a_new_estate_becomes_a_grid_with_a_code_never_used(plan):
    town = make_quarter()
    grown = in_grid(plan, town, f"{WEST}002")
    town.buildings.loc[grown, "households"] = 14
    grids = revised(plan, town, used=[f"{WEST}007", f"{OTHER}011", "no code"])
    new = grids[grids["was"].isna()]
    assert new["code"].tolist() == [f"{WEST}008"]
    assert new["name"].tolist() == ["第八网格"]
    assert grids["code"].str.startswith(WEST).sum() == 4
    assert grids.attrs["ended"] == []
    assert np.abs(grids["households"] / grids["target"] - 1).max() <= WITHIN


def test_a_grid_ends_when_its_houses_are_gone(plan):
    town = make_quarter()
    gone = in_grid(plan, town, f"{OTHER}001") | in_grid(plan, town, f"{OTHER}002")
    town.buildings.loc[gone, "households"] = 2
    grids = revised(plan, town)
    assert (grids["area"] == OTHER).sum() == 1
    assert grids.attrs["ended"] == [f"{OTHER}001", f"{OTHER}002"]
    assert grids[grids["area"] == OTHER]["code"].tolist() == [f"{OTHER}003"]


def test_who_moves_into_a_new_house_does_not_count(plan):
    town = make_quarter()
    before = town.buildings.copy()
    free = shapely.box(EAST + 5, NORTH + 30, EAST + 15, NORTH + 40)
    town.buildings.loc[9999] = [60, free]
    grids = revised(plan, town, before=before)
    assert grids.attrs["households_compared"] == 1536
    assert np.abs(grids["households"] / grids["target"] - 1).max() <= WITHIN


def test_a_house_built_across_a_boundary_goes_to_one_side(plan):
    town = make_quarter()
    border = plan.geometry.iloc[0].intersection(plan.geometry.iloc[1])
    spot = border.interpolate(0.45, normalized=True)
    house = spot.buffer(8, cap_style="square")
    town.buildings = town.buildings[~town.buildings.intersects(house)].reset_index(drop=True)
    town.buildings.loc[len(town.buildings)] = [4, house]
    assert score(plan, town.buildings, town.roads, town.areas).cut_pct > 0
    grids = revised(plan, town)
    assert score(grids, town.buildings, town.roads, town.areas).cut_pct == 0
    assert len(unchanged(plan, grids)) >= 3


def test_locked_grids_and_sites_stay(plan):
    town = make_quarter()
    site = plan.copy()
    site["kind"] = "general"
    site.loc[site["code"] == f"{OTHER}002", "kind"] = "site"
    for code in (f"{WEST}001", f"{OTHER}002"):
        town.buildings.loc[in_grid(plan, town, code), "households"] = 12
    town.buildings.loc[in_grid(plan, town, f"{WEST}002"), "households"] = 5
    grids = revised(site, town, locked=[f"{WEST}001"])
    stays = grids.set_index("code").loc[[f"{WEST}001", f"{OTHER}002"]]
    before = plan.set_index("code").loc[stays.index]
    assert (stays.geometry.symmetric_difference(before.geometry).area < 0.01).all()
    assert stays["households"].tolist() == (2 * before["households"]).tolist()
    assert stays["kind"].tolist() == ["general", "site"]


def test_only_some_communities(plan):
    grids = revise(plan, *(getattr(make_quarter(), x) for x in ("buildings", "roads", "areas")),
                   only=[OTHER])  # fmt: skip
    assert grids["code"].tolist() == [f"{OTHER}{at:03d}" for at in (1, 2, 3)]
    assert unchanged(plan, grids) == set(grids["code"])


def test_degrees_come_back_digit_by_digit():
    town = make_quarter().to("EPSG:4326")
    town.areas.geometry = town.areas.translate(1.23456e-6, -2.34567e-6)  # between millimetres
    plan = generate(town.buildings, town.roads, town.areas)
    assert unchanged(plan, revised(plan, town)) == set(plan["code"])
    grown = np.flatnonzero(in_grid(plan, town, f"{WEST}001"))[:8]
    town.buildings.loc[grown, "households"] = 12
    grids = revised(plan, town)
    assert {code for code in plan["code"] if code.startswith(OTHER)} <= unchanged(plan, grids)
    assert np.abs(grids["households"] / grids["target"] - 1).max() <= WITHIN


def test_communities_whose_border_moved(plan):
    town = make_quarter()
    west, east = town.areas.geometry
    strip = shapely.box(EAST + 270, NORTH, EAST + 360, NORTH + 140)
    town.areas.geometry = [west.difference(strip), east.union(strip)]
    grids = revised(plan, town)
    assert score(grids, town.buildings, town.roads, town.areas).cut_pct == 0
    off = np.abs(grids["households"] / grids["target"] - 1)
    assert off.max() <= WITHIN


def test_ground_without_a_grid_and_a_community_without_a_plan(plan):
    town = make_quarter()
    grids = revised(plan[plan["code"] != f"{WEST}002"], town)
    assert (grids["area"] == WEST).sum() == 3
    assert grids["was"].isna().sum() == 1
    grids = revised(plan[plan["area"] == WEST], town)
    assert grids[grids["area"] == OTHER]["was"].isna().all()
    assert (grids["area"] == OTHER).sum() == 3


def test_kinds_and_targets_of_areas(plan):
    town = make_quarter()
    town.areas["kind"] = ["site", "micro"]
    town.areas["target"] = [None, 70]
    grids = revised(plan, town)
    assert grids[grids["area"] == WEST]["households"].tolist() == [768]
    small = grids[grids["area"] == OTHER]
    assert len(small) == 11
    assert set(small["was"].dropna()) == {f"{OTHER}{at:03d}" for at in (1, 2, 3)}


def test_the_same_again_is_the_same(plan):
    town = make_quarter()
    town.buildings.loc[:20, "households"] = 15
    one, other = (revised(plan, town, options=GridOptions(seed=3)) for _ in range(2))
    assert one.to_wkb().equals(other.to_wkb())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda plan: plan.iloc[:0], "present_codes"),
        (lambda plan: plan.drop(columns="code"), "present_codes"),
        (lambda plan: plan.assign(code="370303001001001"), "present_code_twice"),
        (lambda plan: plan.assign(kind="large"), "present_kind"),
        (lambda plan: plan.set_geometry(plan.boundary), "present_shape"),
        (lambda plan: plan.set_crs(None, allow_override=True), "crs_missing"),
    ],
)
def test_what_is_wrong_with_a_present_plan_is_told(plan, change, code):
    town = make_quarter()
    with pytest.raises(GridInputError) as told:
        revise(change(plan.copy()), town.buildings, town.roads, town.areas)
    assert told.value.code == code


def test_an_unknown_community_is_told(plan):
    town = make_quarter()
    with pytest.raises(GridInputError, match="999"):
        revise(plan, town.buildings, town.roads, town.areas, only=["999"])


def test_numbers_run_out(plan):
    town = make_quarter()
    town.buildings.loc[in_grid(plan, town, f"{WEST}002"), "households"] = 14
    with pytest.raises(GridInputError) as told:
        revise(plan, town.buildings, town.roads, town.areas, used=[f"{WEST}999"], only=[WEST])
    assert told.value.code == "codes_used_up"


@settings(max_examples=12, deadline=None)
@given(
    share=st.lists(st.integers(0, 30), min_size=6, max_size=6),
    seed=st.integers(0, 1000),
)
def test_whatever_changes_the_plan_is_sound(plan, share, seed):
    """Each grid loses some of its houses or fills up; new ones are built on the streets' edge."""
    town, draw = make_quarter(), np.random.default_rng(seed)
    for code, households in zip(plan["code"], share, strict=True):
        inside = np.flatnonzero(in_grid(plan, town, code))
        some = draw.choice(inside, len(inside) // 3, replace=False)
        town.buildings.loc[some, "households"] = households
    gone = draw.choice(len(town.buildings), 20, replace=False)
    town.buildings = town.buildings.drop(index=gone).reset_index(drop=True)
    x, y = draw.uniform(0, 700, 15), draw.uniform(0, 260, 15)
    new = shapely.box(EAST + x, NORTH + y, EAST + x + 12, NORTH + y + 9)
    town.buildings = pd.concat(
        [town.buildings, gpd.GeoDataFrame({"households": [5] * 15}, geometry=new, crs=CRS)],
        ignore_index=True,
    )
    grids = revised(plan, town)
    for _, mine in grids.groupby("area"):
        assert len(mine) == max(1, round(mine["households"].sum() / 300))
    again = revised(grids, town)
    assert again.attrs["households_moved"] <= grids.attrs["households_moved"] + 60


def test_least_flow_along_a_chain():
    households = np.array([330.0, 300.0, 270.0])
    pairs = np.array([[0, 1], [1, 2]])
    limits = np.full(3, 285.0), np.full(3, 315.0)
    moved, after = least_flow(households, pairs, *limits)
    assert moved == pytest.approx(30)
    assert after.sum() == pytest.approx(900)
    apart, _ = least_flow(households, np.zeros((0, 2), dtype=np.int64), *limits)
    assert apart == pytest.approx(20 * 30)
