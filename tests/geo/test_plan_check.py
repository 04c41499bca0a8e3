"""What the check of a plan finds, on two communities of a village."""

from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.plan_check import FORBIDDING, PlanProblem, check_plan

WEST, EAST = "370399001001", "370399001002"
MIDDLE = 118.005


def areas() -> gpd.GeoDataFrame:
    boxes = [shapely.box(118.0, 36.8, 118.01, 36.81), shapely.box(118.01, 36.8, 118.02, 36.81)]
    return gpd.GeoDataFrame(
        {"code": [WEST, EAST], "name": ["幸福", "和平"]}, geometry=boxes, crs=4326
    )


def grids(shapes: list[BaseGeometry] | None = None, **columns: list[Any]) -> gpd.GeoDataFrame:
    told = {
        "code": [f"{WEST}001", f"{WEST}002", f"{EAST}001"],
        "name": ["第一网格", "第二网格", "第一网格"],
        "area": [WEST, WEST, EAST],
        "kind": ["general"] * 3,
        "households": [300, 300, 300],
        **columns,
    }
    boxes = shapes or [
        shapely.box(118.0, 36.8, MIDDLE, 36.81),
        shapely.box(MIDDLE, 36.8, 118.01, 36.81),
        shapely.box(118.01, 36.8, 118.02, 36.81),
    ]
    return gpd.GeoDataFrame(told, geometry=boxes, crs=4326)


def house(lon: float, households: int, half: float = 0.0001) -> tuple[BaseGeometry, int]:
    return shapely.box(lon - half, 36.805 - half, lon + half, 36.805 + half), households


def found(
    plan: gpd.GeoDataFrame,
    houses: list[tuple[BaseGeometry, int]] | None = None,
    taken: tuple[str, ...] = (),
) -> list[PlanProblem]:
    built = houses or [house(118.002, 300), house(118.008, 300), house(118.015, 300)]
    buildings = gpd.GeoDataFrame(
        {"households": [count for _, count in built]},
        geometry=[shape for shape, _ in built],
        crs=4326,
    )
    return check_plan(plan, areas(), buildings, target=300, taken=taken)


def codes(problems: list[PlanProblem]) -> set[str]:
    return {problem.code for problem in problems}


def test_a_good_plan_has_no_problem() -> None:
    assert found(grids()) == []


def test_multipolygons_of_one_part_are_as_good() -> None:
    plan = grids([shapely.multipolygons([shape]) for shape in grids().geometry])
    assert found(plan) == []


@settings(max_examples=25)
@given(
    st.floats(118.0005, 118.0095),
    st.sampled_from([0.00001, 0.0005, -0.00001, -0.0005]),
)
def test_a_strip_that_is_missing_or_double_is_found(at: float, width: float) -> None:
    plan = grids(
        [
            shapely.box(118.0, 36.8, at, 36.81),
            shapely.box(min(at + width, 118.0099), 36.8, 118.01, 36.81),
            shapely.box(118.01, 36.8, 118.02, 36.81),
        ]
    )
    (fault,) = [p for p in found(plan) if p.code == ("gap" if width > 0 else "overlap")]
    assert fault.forbids
    assert fault.area == WEST
    assert fault.lon is not None
    assert abs(fault.lon - at) < abs(width) + 1e-6
    assert fault.params["area_m2"] > 0


def test_a_grid_beyond_its_community_or_in_two_pieces_is_forbidden() -> None:
    over = [shapely.box(118.0, 36.8, MIDDLE, 36.81), shapely.box(MIDDLE, 36.8, 118.011, 36.81)]
    assert "outside" in codes(found(grids([*over, shapely.box(118.011, 36.8, 118.02, 36.81)])))
    torn = shapely.union(
        shapely.box(118.0, 36.8, 118.001, 36.81), shapely.box(118.009, 36.8, 118.01, 36.81)
    )
    inner = shapely.box(118.001, 36.8, 118.009, 36.81)
    problems = found(grids([torn, inner, shapely.box(118.01, 36.8, 118.02, 36.81)]))
    assert ("pieces", (f"{WEST}001",)) in [(p.code, p.grids) for p in problems]


def test_a_shape_that_is_not_valid_is_told_and_nothing_fails() -> None:
    bow_tie = shapely.Polygon(
        [(118.0, 36.8), (MIDDLE, 36.81), (MIDDLE, 36.8), (118.0, 36.81), (118.0, 36.8)]
    )
    shapes = list(grids().geometry)
    (fault,) = [problem for problem in found(grids([bow_tie, *shapes[1:]])) if problem.forbids]
    assert (fault.code, fault.grids) == ("pieces", (f"{WEST}001",))
    assert "Self-intersection" in fault.params["why"]


def test_neighbours_share_their_vertices() -> None:
    east = shapely.Polygon(
        [(MIDDLE, 36.8), (118.01, 36.8), (118.01, 36.81), (MIDDLE, 36.81), (MIDDLE, 36.805)]
    )
    shapes = list(grids().geometry)
    problems = found(grids([shapes[0], east, shapes[2]]))
    assert codes(problems) == {"edges"}
    assert all(problem.forbids for problem in problems)


def test_codes_belong_to_one_grid_and_begin_with_the_community() -> None:
    twice = found(grids(code=[f"{WEST}001", f"{WEST}001", f"{EAST}001"]))
    assert [p.code for p in twice] == ["code-twice", "code-twice"]
    elsewhere = found(grids(), taken=(f"{WEST}002",))
    assert [(p.code, p.grids) for p in elsewhere] == [("code-taken", (f"{WEST}002",))]
    strange = found(grids(code=["999999999999001", f"{WEST}002", f"{EAST}001"]))
    assert [(p.code, p.forbids) for p in strange] == [("code-prefix", False)]


def test_names_repeat_between_communities_only() -> None:
    assert codes(found(grids(name=["甲", "甲", "甲"]))) == {"name-twice"}


def test_households_off_the_target_are_told_with_what_forces_them() -> None:
    tower = [house(118.002, 450), house(118.008, 150), house(118.015, 300)]
    plan = grids(households=[450, 150, 300])
    over, under = [p for p in found(plan, tower) if p.code == "households"]
    assert over.params == {
        "households": 450,
        "fair": 300,
        "off_pct": 50.0,
        "largest_building": 450,
        "forced": True,
    }
    assert under.params["forced"]
    small = [house(118.0005 + 0.0004 * at, 45) for at in range(10)]
    many = found(plan, [*small, house(118.008, 150, 0.00005), house(118.015, 300)])
    assert [p.params["forced"] for p in many if p.code == "households"] == [False, True]
    assert not any(p.forbids for p in many)


@pytest.mark.parametrize("kind", ["micro", "site"])
def test_whole_sites_and_micro_grids_have_no_target(kind: str) -> None:
    sites = [house(118.002, 20), house(118.008, 900), house(118.015, 300)]
    assert found(grids(kind=[kind, kind, "general"], households=[20, 900, 300]), sites) == []


def test_what_was_built_since_and_what_is_cut_is_told() -> None:
    since = found(grids(households=[280, 300, 300]))
    assert [(p.code, p.params) for p in since] == [
        ("households-changed", {"stored": 280, "counted": 300})
    ]
    cut = [house(118.002, 300), house(118.008, 295), house(118.015, 300), house(MIDDLE - 1e-5, 5)]
    (problem,) = [p for p in found(grids(), cut) if p.code == "building-cut"]
    assert problem.grids == (f"{WEST}001", f"{WEST}002")
    border = [*cut[:3], house(118.01, 0)]
    assert "building-cut" not in codes(found(grids(), border)), "a community's border may cut it"


def test_a_community_without_grids_and_a_plan_without_any() -> None:
    (problem,) = found(grids().iloc[:2])
    assert (problem.code, problem.area, problem.params) == (
        "community-without-grids",
        EAST,
        {"name": "和平"},
    )
    assert codes(found(grids().iloc[:0])) == {"community-without-grids"}


def test_what_forbids_comes_first() -> None:
    problems = found(grids(code=["999999999999001", f"{WEST}002", f"{WEST}002"]))
    flags = [p.forbids for p in problems]
    assert flags == sorted(flags, reverse=True)
    assert {p.code in FORBIDDING for p in problems} == {True, False}
