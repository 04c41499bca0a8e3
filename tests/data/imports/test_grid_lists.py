"""Lists of grids: how offices write buildings, and the grids drawn around them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
import shapely
from fixtures.quarter import Quarter, make_quarter

from data.imports.building_words import parse_buildings, plain_number
from data.imports.grid_lists import (
    GridList,
    ListedGrid,
    ListRow,
    building_words,
    match_buildings,
    read_grid_list,
)
from data.imports.listed_grids import draw_list
from data.imports.problems import ImportFileError, RowError
from data.plans import TownFrames
from geo.grids.coverage import find_plan_faults
from geo.grids.local import local_frame


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1-3号楼、7号楼", ["1", "2", "3", "7"]),
        ("１～３＃，5#；6#", ["1", "2", "3", "5", "6"]),
        ("01号楼至03号楼", ["1", "2", "3"]),
        ("1-6单号", ["1", "3", "5"]),
        ("1-6号楼双号", ["2", "4", "6"]),
        ("第三栋 甲楼", ["3", "甲"]),
        ("5幢和7幢", ["5", "7"]),
        ("十二号楼", ["12"]),
        ("3-3号楼、3号楼", ["3"]),
        ("全部", None),
        (None, None),
    ],
)
def test_buildings_as_offices_write_them(cell: str | None, found: list[str] | None) -> None:
    assert parse_buildings(cell) == found


@pytest.mark.parametrize("cell", ["5-1号楼", "1-9999号楼"])
def test_a_range_that_is_none(cell: str) -> None:
    with pytest.raises(RowError):
        parse_buildings(cell)


@pytest.mark.parametrize("name", ["3号楼", "3#", "３栋", "03幢", "3座", "3号", "第3栋", "三号楼"])
def test_one_number_by_many_spellings(name: str) -> None:
    assert plain_number(name) == "3"


def test_a_building_without_a_compound_is_known_by_its_lane() -> None:
    assert building_words("幸福家园", "3号楼", "幸福路1号") == ("幸福家园", "3号楼")
    assert building_words("", "18号", "小影壁胡同18号") == ("小影壁胡同", "18号")
    assert building_words("", "", "环城北路10号") == ("环城北路", "10")
    assert building_words("", "综合楼", "长寿街20号综合楼") == ("长寿街20号", "综合楼")


def write(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某街道网格清单"])
    sheet.append(["网格名称", "所属社区", "小区名称", "楼栋"])
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def named_quarter() -> Quarter:
    """Two compounds in each community: the western and the eastern half, numbered by row."""
    town = make_quarter()
    middle = town.buildings.geometry.centroid
    west = town.areas.total_bounds[0]
    half = ((middle.x - west) // 180).astype(int)
    town.buildings["compound"] = [f"{'甲乙丙丁'[at]}小区" for at in half]
    town.buildings["name"] = ""
    for at in range(4):
        own = np.flatnonzero(half == at)
        order = own[np.lexsort((middle.x.to_numpy()[own], middle.y.to_numpy()[own]))]
        names = [f"{number}号楼" for number in range(1, len(order) + 1)]
        town.buildings.loc[order, "name"] = names
    town.buildings["address"] = None
    return town


def frames(town: Quarter) -> TownFrames:
    areas = town.areas.to_crs(4326)
    areas["id"], areas["path"] = range(len(areas)), areas["code"]
    roads = town.roads.to_crs(4326)
    return TownFrames(areas, town.buildings.to_crs(4326), roads, roads.iloc[:0])


FULL = (
    ("西一", "东风社区", "甲小区", "1-32号楼"),
    (None, None, "甲小区", "33-64#"),
    ("西二", "东风社区", "乙 小区", "全部"),
    ("东一", "幸福社区", "丙小区", None),
    ("东二", "幸福社区", "丁小区", "1-64栋"),
)


def test_a_list_becomes_grids_that_tile_their_communities(tmp_path: Path) -> None:
    town = named_quarter()
    listed = read_grid_list(write(tmp_path / "清单.xlsx", *FULL))
    assert [grid.name for grid in listed.grids] == ["西一", "西二", "东一", "东二"]
    assert [row.grid for row in listed.rows] == [0, 0, 1, 2, 3]
    made = frames(town)
    drawn = draw_list(listed, made.buildings, made)
    assert drawn.notes == []
    assert (drawn.listed, drawn.buildings, drawn.unreached) == (256, 256, 0)
    assert drawn.grids["name"].tolist() == ["西一", "西二", "东一", "东二"]
    assert drawn.grids["households"].tolist() == [384] * 4
    assert drawn.grids["code"].tolist() == [
        f"{code}00{number}" for code in town.areas["code"] for number in (1, 2)
    ]
    homes = np.array([list(made.areas["code"]).index(code) for code in drawn.grids["area"]])
    assert find_plan_faults(drawn.grids, made.areas, homes, local_frame(made.areas)) == []
    for name, compound in (("西一", "甲小区"), ("东二", "丁小区")):
        shape = drawn.grids.geometry[drawn.grids["name"] == name].iloc[0]
        own = made.buildings[made.buildings["compound"] == compound]
        assert shapely.contains(shape, own.geometry.representative_point().to_numpy()).all()


def test_what_is_not_listed_goes_to_a_neighbour_and_bad_rows_are_told(tmp_path: Path) -> None:
    made = frames(named_quarter())
    rows = (
        ("西一", None, "甲小区", "1-20号楼、999号楼"),
        ("西二", None, "乙小区", None),
        ("西二", None, "甲小区", "1号楼"),
        ("东一", None, "丁小区", None),
        ("东三", None, "无名苑", "1号楼"),
    )
    listed = read_grid_list(write(tmp_path / "l.xlsx", *rows))
    drawn = draw_list(listed, made.buildings, made)
    assert [(note.row, note.code) for note in drawn.notes] == [
        (3, "list_building_unknown"),
        (5, "list_building_twice"),
        (7, "list_compound_unknown"),
    ]
    assert "999" in drawn.notes[0].message_zh
    assert sorted(drawn.grids["name"]) == ["东一", "西一", "西二"]
    assert drawn.grids["households"].sum() == 1536, "every household is in a grid"
    assert drawn.listed == 20 + 64 + 64


def test_buildings_apart_from_their_grid_are_told(tmp_path: Path) -> None:
    made = frames(named_quarter())
    rows = (
        ("西一", None, "甲小区", "2-64号楼"),
        ("西二", None, "乙小区", None),
        ("西二", None, "甲小区", "1号楼"),
        ("东", None, "丙小区", None),
    )
    drawn = draw_list(read_grid_list(write(tmp_path / "l.xlsx", *rows)), made.buildings, made)
    assert [note.code for note in drawn.notes] == ["list_building_apart"]
    assert "1 栋楼（6 户）" in drawn.notes[0].message_zh
    assert set(drawn.grids.geom_type) == {"Polygon"}


def test_lists_that_cannot_be_drawn(tmp_path: Path) -> None:
    made = frames(named_quarter())
    with pytest.raises(ImportFileError) as raised:
        read_grid_list(write(tmp_path / "a.xlsx", (None, None, "甲小区", "1号楼")))
    assert [row.code for row in raised.value.bad] == ["grid_list_nameless"]
    with pytest.raises(ImportFileError) as raised:
        read_grid_list(write(tmp_path / "b.xlsx", ("西一", None, "甲小区", "9-1号楼")))
    assert [row.code for row in raised.value.bad] == ["list_range_bad"]
    with pytest.raises(ImportFileError) as raised:
        read_grid_list(write(tmp_path / "c.xlsx", ("西一", None, None, "1号楼")))
    assert [row.code for row in raised.value.bad] == ["value_missing"]
    nowhere = read_grid_list(write(tmp_path / "d.xlsx", ("西一", None, "无名苑", None)))
    with pytest.raises(ImportFileError) as raised:
        draw_list(nowhere, made.buildings, made)
    assert raised.value.code == "grid_list_empty"
    assert [row.code for row in raised.value.bad] == ["list_compound_unknown"]


def test_all_takes_only_what_no_other_row_names() -> None:
    buildings = gpd.GeoDataFrame(
        {"name": ["1号楼", "2号楼"], "compound": ["甲小区"] * 2, "address": [None] * 2},
        geometry=[shapely.Point(0, 0)] * 2,
        crs=4326,
    )
    listed = GridList([], [], "楼栋")
    listed.grids.extend([ListedGrid(None, "一", None), ListedGrid(None, "二", None)])
    listed.rows.extend([ListRow(1, 0, "甲小区", None), ListRow(2, 1, "甲小区", ["2"])])
    assert match_buildings(listed, buildings).grid_of_building == {0: 0, 1: 1}
