"""An area that cannot be revised is named and keeps its grids; the others are revised."""

import pickle

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fixtures.quarter import EAST, NORTH, Quarter, make_quarter

from geo.grids import GridError, GridPlanError, generate, revise
from geo.grids.revision import revise_area

WEST, OTHER = "370303001001", "370303001002"


@pytest.fixture(scope="module")
def plan() -> gpd.GeoDataFrame:
    """Six grids of 256 households, three in each community."""
    town = make_quarter()
    return generate(town.buildings, town.roads, town.areas)


@pytest.fixture
def grown(plan: gpd.GeoDataFrame) -> Quarter:
    """Houses of a grid of either community hold twelve households instead of six."""
    town = make_quarter()
    for code in (f"{WEST}001", f"{OTHER}003"):
        shape = plan.geometry[plan["code"] == code].iloc[0]
        inside = np.flatnonzero(town.buildings.representative_point().within(shape))
        town.buildings.loc[inside[:8], "households"] = 12
    return town


def revised(plan: gpd.GeoDataFrame, town: Quarter, **asked: object) -> gpd.GeoDataFrame:
    return revise(plan, town.buildings, town.roads, town.areas, **asked)


def is_as_it_was(plan: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, area: str) -> bool:
    """Whether grids of an area are the present ones, but for corners on its border."""
    then, now = (frame[frame["area"] == area].set_index("code") for frame in (plan, grids))
    same_codes = then.index.tolist() == now.index.tolist() == now["was"].tolist()
    return same_codes and bool(
        (shapely.hausdorff_distance(then.geometry.to_numpy(), now.geometry.to_numpy()) < 2e-3).all()
    )


def is_within(grids: gpd.GeoDataFrame, area: str) -> bool:
    off = np.abs(grids["households"] / grids["target"] - 1)
    return bool(off[grids["area"] == area].max() <= 0.05 + 1e-9)


def test_all_goes_well_and_nothing_is_told(plan, grown):
    grids = revised(plan, grown)
    assert grids.attrs["not_revised"] == []
    assert is_within(grids, WEST)
    assert is_within(grids, OTHER)


def test_an_area_whose_numbers_have_run_out_keeps_its_grids(plan, grown):
    shape = plan.geometry[plan["code"] == f"{WEST}002"].iloc[0]
    inside = grown.buildings.representative_point().within(shape)
    grown.buildings.loc[inside, "households"] = 14
    grids = revised(plan, grown, used=[f"{WEST}999"])
    (told,) = grids.attrs["not_revised"]
    assert (told["area"], told["code"]) == (WEST, "codes_used_up")
    assert "999" in told["message_zh"]
    assert "number its grids anew" in told["message_en"]
    assert is_as_it_was(plan, grids, WEST)
    assert not is_within(grids, WEST)
    assert is_within(grids, OTHER)
    assert grids["households"].sum() == grown.buildings["households"].sum()
    assert all(code.startswith(OTHER) for code in grids.attrs["redrawn"])


def broken_in(area: str | None, monkeypatch: pytest.MonkeyPatch, how: object) -> None:
    """Let what is drawn for one community, or for all, be changed."""
    draw = revise_area.draw_changed

    def draw_wrongly(cells, labels, changed, zones, town):
        drawn = draw(cells, labels, changed, zones, town)
        west = town.areas[0].centroid.x < 0
        return how(drawn) if area is None or west == (area == WEST) else drawn

    monkeypatch.setattr(revise_area, "draw_changed", draw_wrongly)


@pytest.mark.parametrize("area", [WEST, OTHER])
def test_an_area_that_fails_its_check_keeps_its_grids(plan, grown, area, monkeypatch):
    def shrink(shapes):
        return np.array([shapes[0].buffer(-1), *shapes[1:]], dtype=object)

    broken_in(area, monkeypatch, shrink)
    grids = revised(plan, grown)
    (told,) = grids.attrs["not_revised"]
    assert (told["area"], told["code"]) == (area, "plan_broken")
    assert "gap at EPSG:32650" in told["message_en"]
    assert is_as_it_was(plan, grids, area)
    assert is_within(grids, OTHER if area == WEST else WEST)


def test_an_area_whose_shapes_cannot_be_computed_with_keeps_its_grids(plan, grown, monkeypatch):
    broken_in(OTHER, monkeypatch, lambda _: shapely.from_wkt("no shape at all"))
    grids = revised(plan, grown)
    (told,) = grids.attrs["not_revised"]
    assert (told["area"], told["code"]) == (OTHER, "area_geometry")
    assert is_as_it_was(plan, grids, OTHER)


def test_who_holds_ground_of_an_area_that_is_left_is_left_as_well(plan, grown, monkeypatch):
    west, east = grown.areas.geometry
    strip = shapely.box(EAST + 270, NORTH, EAST + 360, NORTH + 140)
    grown.areas.geometry = [west.difference(strip), east.union(strip)]
    broken_in(WEST, monkeypatch, lambda shapes: shapely.buffer(shapes, -1))
    with pytest.raises(GridPlanError) as told:
        revised(plan, grown)
    assert told.value.code == "nothing_revised"
    assert f"{WEST}: Its new grids failed" in told.value.message_en
    assert f"{OTHER}: Present grids reach over its border with area {WEST}" in (
        told.value.message_en
    )


def test_a_plan_of_which_no_area_can_be_revised_is_refused(plan, grown, monkeypatch):
    broken_in(None, monkeypatch, lambda shapes: shapely.buffer(shapes, -1))
    with pytest.raises(GridPlanError, match="failed their check") as told:
        revised(plan, grown, only=[WEST])
    assert told.value.code == "plan_broken"


def test_an_error_is_the_same_when_it_comes_from_another_process():
    error = pickle.loads(pickle.dumps(GridPlanError("code", "中文", "English")))  # noqa: S301
    assert isinstance(error, GridError)
    assert (error.code, error.message_zh, error.message_en) == ("code", "中文", "English")
