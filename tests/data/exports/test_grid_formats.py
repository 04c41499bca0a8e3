"""Grids in every format and datum, read back as another program would read them."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely
from sqlalchemy import Connection

from data.exports.grid_book import GridBook, book_in_force, book_of_plan
from data.exports.grid_file import GridFileError
from data.exports.grid_formats import check_export, write_book
from data.imports.read import read_features
from data.plans import find_plan
from geo.datum import geometry_from_wgs84

DAY = date(2026, 11, 20)


@pytest.fixture
def book(town: Connection) -> GridBook:
    """The grids in force in the western street."""
    return book_in_force(town, 1, 10, DAY)


def test_what_a_book_says(book: GridBook, town: Connection) -> None:
    assert book.grids["code"].tolist() == [
        "370399001001001",
        "370399001001002",
        "370399001002001",
        "370399001002002",
    ]
    assert book.grids["officers"].tolist() == ["officer", "", "", ""]
    assert book.grids["households"].tolist() == [300] * 4
    assert book.limits[0].text_zh() == "东至第二网格，南至人民路，西至区域边界，北至区域边界"
    assert book.limits[3].east == (("area", "胜利社区"),)
    plan = find_plan(town, 1)
    assert plan is not None
    assert len(book_of_plan(town, plan, DAY).grids) == 8
    with pytest.raises(GridFileError, match="no grids in force on 2020-01-01"):
        book_in_force(town, 1, 10, date(2020, 1, 1))


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".zip", ".kml"])
def test_every_format_can_be_taken_in_again(book: GridBook, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"网格{suffix}"
    write_book(path, book)
    if suffix == ".kml":
        back = gpd.read_file(path)
        assert back["Name"].tolist() == book.grids["name"].tolist()
        assert "东至第二网格" in back["description"][0]
        return
    back = read_features(path, "grids").frame.sort_values("code")
    assert back["code"].tolist() == book.grids["code"].tolist()
    assert back["name"].tolist() == book.grids["name"].tolist()
    assert back["area"].tolist() == book.grids["area"].tolist()
    moved = shapely.hausdorff_distance(back.geometry.to_numpy(), book.grids.geometry.to_numpy())
    assert moved.max() < 1e-7
    assert [left.name for left in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("encoding", "word"), [("gbk", "GBK"), ("utf-8", "UTF-8")])
def test_a_shapefile_says_its_encoding(
    book: GridBook, tmp_path: Path, encoding: Any, word: str
) -> None:
    write_book(tmp_path / "grids.zip", book, encoding=encoding)
    with zipfile.ZipFile(tmp_path / "grids.zip") as archive:
        assert archive.read("grids.cpg").decode() == word
        assert "第二网格".encode(encoding) in archive.read("grids.dbf")
    back = gpd.read_file(tmp_path / "grids.zip")
    assert back["east"].tolist()[0] == "第二网格"
    assert {"households", "community", "officers", "west"} <= set(back.columns)


def test_datums(book: GridBook, tmp_path: Path) -> None:
    write_book(tmp_path / "a.gpkg", book, crs="EPSG:4490")
    back = gpd.read_file(tmp_path / "a.gpkg")
    assert back.crs == "EPSG:4490"
    assert set(back["datum"]) == {"CGCS2000"}
    write_book(tmp_path / "b.gpkg", book, crs="EPSG:4527")
    assert gpd.read_file(tmp_path / "b.gpkg").total_bounds[0] > 39_000_000
    shifted = tmp_path / "grids_gcj02.gpkg"
    write_book(shifted, book, crs="gcj02")
    assert "GCJ-02" in pyogrio.read_info(shifted)["layer_metadata"]["DESCRIPTION"]
    raw = gpd.read_file(shifted)
    assert raw.crs is None
    assert set(raw["datum"]) == {"GCJ-02"}
    wanted = geometry_from_wgs84(book.grids.geometry.to_numpy(), "gcj02")
    assert shapely.hausdorff_distance(raw.geometry.to_numpy(), wanted).max() < 1e-9
    back = read_features(shifted, "grids", datum="gcj02").frame
    off = shapely.hausdorff_distance(back.geometry.to_numpy(), book.grids.geometry.to_numpy())
    assert off.max() < 1e-8
    write_book(tmp_path / "GCJ02.geojson", book, crs="GCJ02")
    page = json.loads((tmp_path / "GCJ02.geojson").read_text(encoding="utf-8"))
    assert page["description"] == "grids, GCJ-02"
    assert "crs" not in page


@pytest.mark.parametrize(
    ("name", "crs", "words"),
    [
        ("grids.gpkg", "gcj02", "must say so in its name"),
        ("grids_gcj02.kml", "gcj02", "KML is WGS 84"),
        ("grids.kml", "EPSG:4490", "KML is WGS 84"),
        ("grids.geojson", "EPSG:4527", "in degrees"),
        ("grids.gpkg", "EPSG:1", "Unknown coordinate system"),
        ("grids.docx", "EPSG:4326", "Unknown output format"),
        ("none/grids.gpkg", "EPSG:4326", "does not exist"),
    ],
)
def test_what_would_mislead_or_be_lost_is_refused(
    tmp_path: Path, name: str, crs: str, words: str
) -> None:
    with pytest.raises(GridFileError, match=words) as raised:
        check_export(tmp_path / name, crs, force=False)
    assert raised.value.message_zh


def test_the_ledger(book: GridBook, tmp_path: Path) -> None:
    book.grids.loc[1, "officers"] = "=1+1"
    write_book(tmp_path / "台账.xlsx", book)
    sheet = openpyxl.load_workbook(tmp_path / "台账.xlsx").active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "西街街道网格台账"
    said, basis = rows[1][0].split(" · 户数口径：")
    assert said == "现行网格 · 2026年11月20日 · 共 4 个网格"
    assert basis.endswith("截至 2026-11-20")
    assert rows[2][:4] == ["网格编码", "网格名称", "所属社区", "户数"]
    assert rows[3] == [
        "370399001001001",
        "第一网格",
        "幸福社区",
        300,
        1,
        198,
        "officer",
        "第二网格",
        "人民路",
        "区域边界",
        "区域边界",
    ]
    assert rows[4][6] == "'=1+1"
    assert rows[-1][:6] == ["合计", None, None, 1200, 4, 792]
    write_book(tmp_path / "ledger.xlsx", book, language="en")
    english = openpyxl.load_workbook(tmp_path / "ledger.xlsx").active
    assert english is not None
    assert english["A3"].value == "Code"
    assert english["H4"].value == "grid 第二网格"
