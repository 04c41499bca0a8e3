"""Grids as offices keep them become a draft that tiles its communities."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
import small_town
from sqlalchemy import Connection, text

from data.imports.grid_difference import compare_plans
from data.imports.grids import fit_grids
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.store_grids import hold_draft, store_grids
from data.plans import PlanKey, create_plan, find_plan, load_town, read_plan_grids
from geo.grids.coverage import find_plan_faults
from geo.grids.local import local_frame

WEST = 10
COMMUNITIES = ("370399001001", "370399001002")


def frame_of(shapes: list[shapely.Geometry], **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def halves(shift: float = 0.0) -> list[shapely.Geometry]:
    """The four grids of the western street; those in the west end ``shift`` degrees early."""
    found = []
    for grid in (1, 2, 3, 4):
        west, south, east, north = small_town.box_of_grid(grid)
        found.append(shapely.box(west, south, east - shift * (grid % 2), north))
    return found


def draft(connection: Connection) -> PlanKey:
    made = create_plan(
        connection,
        1,
        WEST,
        name="导入",
        households=300,
        reason="",
        created_by=None,
        now=small_town.AT,
    )
    found = find_plan(connection, made)
    assert found is not None
    return found


def test_a_gbk_shapefile_with_slivers_becomes_a_draft(town: Connection, tmp_path: Path) -> None:
    drawn = frame_of(
        halves(0.00001),
        网格编码=["370399001001007", "坏码", "370399001002001", "370399001002002"],
        网格名称=["甲网格", None, "丙网格", "丁网格"],
    )
    drawn.to_file(tmp_path / "网格.shp", encoding="gbk")
    (tmp_path / "网格.cpg").unlink()
    read = read_features(tmp_path / "网格.shp", "grids")
    area = load_town(town, 1, WEST)
    fitted = fit_grids(read, area, width_m=2.0)
    assert fitted.grids["code"].tolist() == [
        "370399001001001",
        "370399001001007",
        "370399001002001",
        "370399001002002",
    ]
    assert fitted.grids["name"].tolist() == ["第一网格", "甲网格", "丙网格", "丁网格"]
    assert fitted.grids["households"].tolist() == [300] * 4
    assert fitted.flaws == {"gap": 2, "overlap": 0, "outside": 0}
    renamed = [mend for mend in fitted.mends if mend.code_before is not None]
    assert [(mend.row, mend.code_before) for mend in renamed] == [(2, "坏码")]
    widest = max(mend.moved.moved_m for mend in fitted.mends)
    assert widest == pytest.approx(0.89, abs=0.02), "a hundred-thousandth of a degree"
    gained = sum(mend.moved.gained_m2 for mend in fitted.mends)
    assert gained == pytest.approx(2 * 0.89 * 2220, rel=0.02)
    key = draft(town)
    store_grids(town, key, area, fitted.grids, source={"file": "网格.shp"}, now=small_town.AT)
    stored = read_plan_grids(town, 1, key.id)
    assert shapely.coverage_is_valid(stored.geometry.to_numpy())
    homes = np.array([COMMUNITIES.index(code) for code in stored["area"]])
    assert find_plan_faults(stored, area.areas, homes, local_frame(area.areas)) == []
    kept = town.execute(
        text("SELECT grid_id FROM grid_version WHERE plan_id = :plan ORDER BY grid_id"),
        {"plan": key.id},
    ).scalars()
    assert list(kept) == [1, 2, 3, 4], "a grid that is like one in force keeps its identity"


def test_households_that_change_sides_are_counted(town: Connection, tmp_path: Path) -> None:
    """A building stands where two grids overlap: the one that loses it is told."""
    shapes = halves()
    west, south, _, north = shapes[0].bounds
    shapes[0] = shapely.box(west, south, 118.0151, north)
    frame_of(shapes).to_file(tmp_path / "grids.gpkg", layer="grids")
    read = read_features(tmp_path / "grids.gpkg", "grids")
    with pytest.raises(ImportFileError):
        fit_grids(read, load_town(town, 1, WEST))
    fitted = fit_grids(read, load_town(town, 1, WEST), width_m=500.0)
    assert max((m.households_gained, m.households_lost) for m in fitted.mends) == (0, 300)


def test_what_does_not_fit_is_told_by_row_place_and_size(town: Connection, tmp_path: Path) -> None:
    frame_of(halves(0.0002)).to_file(tmp_path / "grids.gpkg", layer="grids")
    read = read_features(tmp_path / "grids.gpkg", "grids")
    with pytest.raises(ImportFileError) as raised:
        fit_grids(read, load_town(town, 1, WEST), width_m=2.0)
    error = raised.value
    assert error.code == "grids_unfit"
    assert [row.code for row in error.bad] == ["grid_gap", "grid_gap"]
    assert {row.row for row in error.bad} == {1, 3}
    assert "17.8 米" in error.bad[0].message_zh
    assert "(118.009900, 36.8" in error.bad[0].message_en
    assert "第 " in error.message_zh


@pytest.mark.parametrize(
    ("shape", "area", "code"),
    [
        (shapely.box(119, 36, 119.01, 36.01), None, "grid_nowhere"),
        (halves()[0], "光明社区", "grid_area_unknown"),
    ],
)
def test_grids_of_no_community(
    town: Connection, tmp_path: Path, shape: shapely.Geometry, area: str | None, code: str
) -> None:
    frame_of([shape], 社区=[area or ""]).to_file(tmp_path / "grids.gpkg", layer="grids")
    read = read_features(tmp_path / "grids.gpkg", "grids")
    with pytest.raises(ImportFileError) as raised:
        fit_grids(read, load_town(town, 1, WEST))
    assert [row.code for row in raised.value.bad] == [code]


def test_communities_without_grids_are_told(town: Connection, tmp_path: Path) -> None:
    frame_of(halves()[:2], 社区=["幸福社区"] * 2).to_file(tmp_path / "g.gpkg", layer="grids")
    fitted = fit_grids(read_features(tmp_path / "g.gpkg", "grids"), load_town(town, 1, WEST))
    assert fitted.communities_left == [COMMUNITIES[1]]
    assert fitted.households_left == 600
    assert fitted.grids["area"].tolist() == [COMMUNITIES[0]] * 2


def test_a_draft_edited_elsewhere_differs_where_it_was_edited(town: Connection) -> None:
    before = frame_of(
        halves(),
        code=[f"{area}00{number}" for area in COMMUNITIES for number in (1, 2)],
        name=["一", "二", "三", "四"],
        households=[300] * 4,
    )
    after = before.copy()
    assert {found.kind for found in compare_plans(before, after)} == {"same"}
    west, south, east, north = after.geometry[0].bounds
    after.loc[0, "geometry"] = shapely.box(west, south, east + 0.001, north)
    after.loc[1, "geometry"] = shapely.box(east + 0.001, south, 118.02, north)
    after.loc[2, "code"] = f"{COMMUNITIES[1]}009"
    found = {one.name: one for one in compare_plans(before, after.iloc[:3])}
    assert [found[name].kind for name in "一二三四"] == ["changed", "changed", "changed", "gone"]
    assert found["一"].moved_m == pytest.approx(89.2, abs=0.5)
    assert [found[name].matched for name in "一二三四"] == ["code", "code", "shape", None]
    assert found["三"].code_before == f"{COMMUNITIES[1]}001"
    assert found["四"].households_after is None
    far = before.iloc[:1].copy()
    far["code"] = "370399001001050"
    far["geometry"] = [shapely.box(118.0, 36.82, 118.001, 36.821)]
    assert next(one.kind for one in compare_plans(before, far)) == "new"


def test_only_a_draft_is_replaced(town: Connection) -> None:
    published = find_plan(town, 1)
    assert published is not None
    with pytest.raises(ImportFileError) as raised:
        hold_draft(town, published)
    assert raised.value.code == "plan_not_draft"


def test_taking_grids_in_again_moves_nothing(town: Connection, tmp_path: Path) -> None:
    area = load_town(town, 1, WEST)
    tilted = np.array([[0.0003, 0.0], [0.0, 0.0]])
    shapes = halves()
    west, south, east, north = shapes[0].bounds
    top, bottom = (east + tilted[0, 0], north), (east, south)
    shapes[0] = shapely.Polygon([(west, south), bottom, top, (west, north)])
    shapes[1] = shapely.Polygon([bottom, (118.02, south), (118.02, north), top])
    frame_of(shapes).to_file(tmp_path / "g.gpkg", layer="grids")
    once = fit_grids(read_features(tmp_path / "g.gpkg", "grids"), area)
    once.grids.to_file(tmp_path / "again.gpkg", layer="grids")
    again = fit_grids(read_features(tmp_path / "again.gpkg", "grids"), area)
    assert {one.kind for one in compare_plans(once.grids, again.grids)} == {"same"}
    assert [mend.code_before for mend in again.mends] == [None] * 4
