"""What is said about bad files: the sentences are pinned, for offices act on them."""

import time
from pathlib import Path

import bad_files as bad
import office_files as office
import pytest
from bad_files import WGS84, Case
from hypothesis import given, settings
from hypothesis import strategies as st

from data.imports.file_messages import FILE_MESSAGES
from data.imports.messages import Message
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.row_messages import ROW_MESSAGES

FILES: dict[str, Case] = {
    "no bytes": (
        bad.no_bytes,
        "buildings",
        {},
        "file_empty",
        "文件 楼栋.gpkg 是空的（0 字节）。请重新导出或重新拷贝该文件。",
    ),
    "cut off GeoJSON": (
        bad.cut_off_geojson,
        "buildings",
        {},
        "file_unreadable",
        "文件 楼栋.geojson 读不出来：Failed to read GeoJSON data。"
        "文件可能没有拷贝完整。请重新导出，或在 QGIS 中打开后另存。",
    ),
    "cut off GeoPackage": (
        bad.cut_off_geopackage,
        "buildings",
        {},
        "file_unreadable",
        "文件 楼栋.gpkg 读不出来：SQLite: database disk image is malformed。"
        "文件可能没有拷贝完整。请重新导出，或在 QGIS 中打开后另存。",
    ),
    "workbook with a password": (
        bad.locked_workbook,
        "buildings",
        WGS84,
        "xlsx_encrypted",
        "工作簿 楼栋.xlsx 设有打开密码。请在 Excel 中打开：文件 → 信息 → 保护工作簿 → "
        "取消密码，保存后再导入。",
    ),
    "workbook of 1997": (
        bad.old_workbook,
        "buildings",
        WGS84,
        "format_old_excel",
        "楼栋.xls 是旧版 Excel（.xls）文件。请用 Excel 或 WPS 打开，另存为 .xlsx 或“CSV UTF-8”。",
    ),
    "web page named xlsx": (
        bad.page_named_xlsx,
        "buildings",
        WGS84,
        "xlsx_broken",
        "楼栋.xlsx 不是完整的 Excel 工作簿（HTML）。请在 Excel 或 WPS 中打开并另存为 .xlsx；"
        "网页导出的“假 Excel”也要这样另存。",
    ),
    "RAR named zip": (
        bad.rar_named_zip,
        "buildings",
        {},
        "zip_broken",
        "压缩包 楼栋.zip 打不开（File is not a zip file）。请重新压缩；不要设密码，"
        "也不要用 RAR 改名。",
    ),
    "zip of a picture": (
        bad.zip_of_a_picture,
        "buildings",
        {},
        "zip_without_layer",
        "压缩包 楼栋.zip 里没有可导入的图层，只有：照片.jpg。"
        "请把 .shp、.shx、.dbf、.prj 一起压缩。",
    ),
    "Shapefile alone": (
        bad.shapefile_alone,
        "buildings",
        {},
        "shapefile_part_missing",
        "Shapefile 不完整，缺少：.shx, .dbf。请把同名的 .shp、.shx、.dbf（最好还有 .prj、.cpg）"
        "放在一起，或打成一个 ZIP。",
    ),
    "drawing": (
        bad.drawing,
        "buildings",
        {},
        "format_unknown",
        "无法识别 总平面图.dwg 的格式。可导入：GPKG、SHP（或 ZIP）、GeoJSON、FGB、Parquet、CSV、"
        "XLSX、GPX。请在 QGIS 或 Excel 中另存为其中一种。",
    ),
    "header only": (
        bad.header_only,
        "buildings",
        WGS84,
        "no_rows",
        "图层“楼栋”里没有任何记录。请检查导出时是否选错图层，或筛选条件是否把记录全部滤掉了。",
    ),
    "no households": (
        bad.without_households,
        "buildings",
        {},
        "column_missing",
        "缺少“户数”列（households）。现有列：楼栋编码, 楼号, 小区名称, 地址, 层数。"
        "请补上这一列；若列名不同，用 --column households=文件中的列名。",
    ),
    "no coordinates": (
        bad.without_coordinates,
        "buildings",
        WGS84,
        "no_geometry_column",
        "表里没有坐标列。现有列：楼栋编码, 楼号, 小区名称, 地址, 层数, 户数。点需要“经度”“纬度”"
        "两列；面和线需要一列 WKT。列名不同时用 --column lon=某列 --column lat=某列，"
        "或 --column wkt=某列。",
    ),
    "no coordinate system": (
        bad.without_crs,
        "buildings",
        {},
        "crs_missing",
        "文件没有说明坐标系（例：x=39616446.075187，y=4052911.194363）。请说明：经纬度用 "
        "--datum wgs84（GPS、天地图）、cgcs2000（测绘成果）、gcj02（高德、腾讯）或 bd09（百度）；"
        "米制坐标用 --crs，如 --crs EPSG:4527。看起来像 EPSG:4527。",
    ),
    "Xi'an 1980": (
        bad.in_xian_1980,
        "buildings",
        {},
        "crs_imprecise",
        "坐标系“Xian 1980”与 WGS 84 之间没有公开的精确换算参数（误差可达百米）。"
        "请先由测绘部门用当地参数换算为 CGCS2000，再导入。",
    ),
    "metres called degrees": (
        bad.metres_called_degrees,
        "buildings",
        {},
        "coordinates_not_degrees",
        "坐标系是经纬度，但坐标不是度（例：x=39616410.282，y=4052909.497）。"
        "坐标系说明有误，请用 --crs 指定真实的坐标系。看起来像 EPSG:4527。",
    ),
    "wrong zone": (
        bad.wrong_zone,
        "buildings",
        {},
        "coordinates_off_crs",
        "坐标落在坐标系“CGCS2000 / 3-degree Gauss-Kruger CM 117E”的适用范围之外"
        "（例：x=39616357.194，y=4052908.770）。坐标系或带号可能不对，X、Y 也可能写反，"
        "请用 --crs 指定正确的坐标系。看起来像 EPSG:4527。",
    ),
    "swapped": (
        bad.swapped,
        "buildings",
        {},
        "coordinates_swapped",
        "经度和纬度写反了（例：经度=36.600000，纬度=118.300000）。请把两列对调："
        "--column lon=纬度所用的列 --column lat=经度所用的列；GIS 文件请按“经度在前”重新导出。",
    ),
    "two candidate layers": (
        bad.two_candidates,
        "buildings",
        {},
        "layer_unclear",
        "文件里有多个图层，无法判断用哪一个：新建1, 新建2。请用 --layer 指定。",
    ),
    "wrong layer": (
        bad.two_candidates,
        "buildings",
        {"layer": "楼栋"},
        "layer_missing",
        "文件里没有图层“楼栋”。现有图层：新建1, 新建2。请用 --layer 指定其中一个。",
    ),
    "roads for buildings": (
        bad.lines,
        "buildings",
        {},
        "geometry_kind_wrong",
        "图层“道路”里是线，这里需要面。可能选错了文件或图层。其他图层：–。",
    ),
    "no known encoding": (
        bad.neither_utf8_nor_gbk,
        "buildings",
        WGS84,
        "encoding_unknown",
        "第 3 行附近的文字既不是 UTF-8，也不是 GBK。请用 --encoding 指定编码，"
        "或另存为“CSV UTF-8”。",
    ),
    "unknown column": (
        bad.csv_with(1, 1, "1号楼"),
        "buildings",
        {**WGS84, "columns": {"households": "户籍"}},
        "column_unknown",
        "--column households=户籍：文件里没有“户籍”列。"
        "现有列：楼栋编码, 楼号, 小区名称, 地址, 层数, 户数。",
    ),
    "waypoints for a track": (
        bad.waypoints_only,
        "tracks",
        {},
        "gpx_without_track",
        "GPX 文件里没有轨迹（只有航点或路线，或轨迹是空的）。请在记录软件里导出“轨迹 / Track”。",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_says_what_to_mend(name: str, tmp_path: Path) -> None:
    write, kind, options, code, sentence = FILES[name]
    with pytest.raises(ImportFileError) as refused:
        read_features(write(tmp_path), kind, **options)
    assert (refused.value.code, refused.value.message_zh) == (code, sentence)
    assert str(tmp_path) not in refused.value.message_zh + refused.value.message_en


def test_a_hostile_polygon_is_refused_at_once(tmp_path: Path) -> None:
    path = bad.hostile_star(tmp_path)
    began = time.process_time()
    with pytest.raises(ImportFileError) as refused:
        read_features(path, "buildings")
    assert refused.value.bad[0].code == "geometry_invalid"
    # Repairing such a shape takes minutes; finding its first fault must not.
    assert time.process_time() - began < 5


def test_a_shape_of_too_many_vertices_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.imports.shapes.MAX_VERTICES_PER_SHAPE", 50)
    shape = office.SHAPES[1].centroid.buffer(0.0002, quad_segs=64)
    with pytest.raises(ImportFileError) as refused:
        read_features(bad.with_shape(1, shape)(tmp_path), "buildings")
    assert refused.value.bad[0].code == "geometry_too_large"
    monkeypatch.setattr("data.imports.shapes.MAX_VERTICES", 10)
    with pytest.raises(ImportFileError, match="the limit is 10"):
        read_features(bad.with_shape(1, shape)(tmp_path), "buildings")


def test_a_file_beyond_the_limit_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.imports.source.MAX_FILE_BYTES", 1000)
    path = tmp_path / "big.gpkg"
    path.write_bytes(bytes(2000))
    with pytest.raises(ImportFileError) as refused:
        read_features(path, "buildings")
    assert refused.value.code == "file_too_large"


def test_names_in_an_archive_never_lead_out_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = office.write_zip(folder / "q.zip", {"../../evil.csv": b"a,b\n1,2\n"})
    with pytest.raises(ImportFileError):
        read_features(path, "buildings", **WGS84)
    assert list(tmp_path.rglob("evil*")) == []


@pytest.mark.parametrize("code", [*FILE_MESSAGES, *ROW_MESSAGES])
def test_every_message_is_whole_in_both_languages(code: str) -> None:
    message: Message = (FILE_MESSAGES | ROW_MESSAGES)[code]
    for text in (message.wrong_zh, message.mend_zh, message.wrong_en, message.mend_en):
        assert text.strip()
    assert any("\u4e00" <= mark <= "\u9fff" for mark in message.wrong_zh)
    assert not any("\u4e00" <= mark <= "\u9fff" for mark in message.wrong_en + message.mend_en)


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["csv", "geojson", "gpx", "zip", "xlsx", "fgb"]))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"file.{suffix}"
    path.write_bytes(content)
    with pytest.raises(ImportFileError) as refused:
        read_features(path, "buildings", datum="wgs84")
    assert refused.value.message_zh
    assert refused.value.message_en
