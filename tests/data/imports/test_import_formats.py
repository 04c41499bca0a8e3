"""The same quarter in every format and encoding comes out as the same frame."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import office_files as office
import openpyxl
import pytest
import shapely

from data.imports.problems import ImportFileError
from data.imports.read import ReadResult, read_features
from data.plan_wishes import ROAD_CLASSES
from geo.datum import from_wgs84

Writer = Callable[[Path], Path]


def _geopackage(folder: Path) -> Path:
    return office.write_layer(folder / "楼栋.gpkg", office.quarter())


def _two_layers(folder: Path) -> Path:
    path = _geopackage(folder)
    lines = gpd.GeoDataFrame({"name": ["幸福路"]}, geometry=[office.SHAPES[0].boundary], crs=4326)
    return office.write_layer(path, lines, layer="道路", append=True)


def _projected(folder: Path) -> Path:
    return office.write_layer(folder / "projected.gpkg", office.quarter(crs=4527))


def _geojson(folder: Path) -> Path:
    return office.write_layer(folder / "q.geojson", office.quarter())


def _flatgeobuf(folder: Path) -> Path:
    # Without its spatial index, which would reorder the rows.
    return office.write_layer(folder / "q.fgb", office.quarter(), SPATIAL_INDEX="NO")


def _geoparquet(folder: Path) -> Path:
    path = folder / "q.parquet"
    office.quarter().to_parquet(path)
    return path


def _shapefile(encoding: str, cpg: str | None) -> Writer:
    return lambda folder: office.shapefile(folder, encoding=encoding, cpg=cpg)


def _zipped(encoding: str) -> Writer:
    def write(folder: Path) -> Path:
        shp = office.shapefile(folder, encoding=encoding, cpg=None)
        parts = {f"导出/{part.name}": part.read_bytes() for part in folder.glob("楼栋.*")}
        parts["__MACOSX/._楼栋.shp"] = b"clutter"
        assert shp.exists()
        return office.write_zip(folder / "q.zip", parts)

    return write


def _csv(encoding: str, delimiter: str = ",") -> Writer:
    return lambda folder: office.write_csv(
        folder / "q.csv", office.table_rows(), encoding=encoding, delimiter=delimiter
    )


def _xlsx(folder: Path) -> Path:
    return office.write_xlsx(folder / "q.xlsx", office.table_rows())


def _titled_xlsx(folder: Path) -> Path:
    above = ("阳光社区楼栋户数统计表", "填表人：")
    return office.write_xlsx(folder / "t.xlsx", office.table_rows(), above=above)


WRITERS: dict[str, Writer] = {
    "gpkg": _geopackage,
    "gpkg with two layers": _two_layers,
    "gpkg in CGCS2000 zone 39": _projected,
    "geojson": _geojson,
    "flatgeobuf": _flatgeobuf,
    "geoparquet": _geoparquet,
    "shp utf-8 with cpg": _shapefile("utf-8", "UTF-8"),
    "shp utf-8 without cpg": _shapefile("utf-8", None),
    "shp gbk with cpg": _shapefile("gbk", "GBK"),
    "shp gbk with code page": _shapefile("gbk", "936"),
    "shp gbk without cpg": _shapefile("gbk", None),
    "shp gbk whose cpg lies": _shapefile("gbk", "UTF-8"),
    "zip of shp gbk": _zipped("gbk"),
    "zip of shp utf-8": _zipped("utf-8"),
    "csv utf-8": _csv("utf-8"),
    "csv utf-8 with bom": _csv("utf-8-sig"),
    "csv gbk": _csv("gbk"),
    "csv utf-16 with semicolons": _csv("utf-16", ";"),
    "csv with tabs": _csv("utf-8", "\t"),
    "xlsx": _xlsx,
    "xlsx with titles": _titled_xlsx,
}


def _same_as_the_quarter(result: ReadResult) -> None:
    frame = result.frame
    assert frame.crs.to_epsg() == 4326
    cells = frame[list(office.OURS)].astype(object)
    rows = [tuple(None if cell is None else cell for cell in row) for row in cells.to_numpy()]
    assert rows == [tuple(row) for row in office.ROWS]
    difference = np.abs(
        shapely.get_coordinates(shapely.normalize(frame.geometry.to_numpy()))
        - shapely.get_coordinates(shapely.normalize(np.array(office.SHAPES)))
    )
    assert difference.max() < 1e-9


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_frame(name: str, tmp_path: Path) -> None:
    datum = "wgs84" if name.startswith(("csv", "xlsx")) else None
    result = read_features(WRITERS[name](tmp_path), "buildings", datum=datum)
    _same_as_the_quarter(result)
    assert result.bad == []
    assert result.rows_read == len(office.ROWS)


@pytest.mark.parametrize(
    ("name", "rows"),
    [("gpkg", [1, 2, 3]), ("csv utf-8", [2, 3, 4]), ("xlsx with titles", [4, 5, 6])],
)
def test_rows_are_numbered_as_a_person_counts(name: str, rows: list[int], tmp_path: Path) -> None:
    datum = None if name == "gpkg" else "wgs84"
    result = read_features(WRITERS[name](tmp_path), "buildings", datum=datum)
    assert result.frame["source_row"].tolist() == rows


def test_a_cell_with_line_breaks_does_not_shift_the_rows(tmp_path: Path) -> None:
    rows = office.table_rows()
    rows[1][3] = "幸福路\n12号"
    rows[3][5] = "很多"
    with pytest.raises(ImportFileError) as refused:
        read_features(office.write_csv(tmp_path / "q.csv", rows), "buildings", datum="wgs84")
    assert refused.value.bad[0].row == 5


def test_the_mapping_and_what_came_in_are_told(tmp_path: Path) -> None:
    result = read_features(_projected(tmp_path), "buildings")
    assert result.crs == "EPSG:4527"
    assert result.datum == "cgcs2000"
    assert result.file_format == "GeoPackage"
    assert result.mapping["households"] == "户数"
    lying = read_features(office.shapefile(tmp_path, encoding="gbk", cpg="UTF-8"), "buildings")
    assert lying.encoding == "GB18030"
    assert lying.notes == ["encoding_not_as_declared"]


def test_columns_can_be_named(tmp_path: Path) -> None:
    frame = office.quarter().rename(columns={"户数": "hs", "楼号": "mph"})
    path = office.write_layer(tmp_path / "q.gpkg", frame)
    result = read_features(path, "buildings", columns={"households": "hs", "name": "mph"})
    _same_as_the_quarter(result)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_datum_is_taken_out_vertex_by_vertex(datum: str, tmp_path: Path) -> None:
    shifted = office.quarter()
    shifted.geometry = [
        shapely.transform(shape, lambda x, y: from_wgs84(x, y, datum), interleaved=False)
        for shape in office.SHAPES
    ]
    path = office.write_layer(tmp_path / "q.gpkg", shifted)
    result = read_features(path, "buildings", datum=datum)
    _same_as_the_quarter(result)
    assert result.datum == datum
    unshifted = read_features(path, "buildings")
    gap_deg = unshifted.frame.geometry.iloc[0].distance(office.SHAPES[0])
    assert gap_deg > 0.003, "reading it without the datum must show the shift of some 500 m"


def test_points_come_from_columns_in_chinese_and_english(tmp_path: Path) -> None:
    for lon_name, lat_name, encoding in (("经度", "纬度", "gbk"), ("lon", "lat", "utf-8-sig")):
        rows = [
            ["名称", "类别", lon_name, lat_name],
            ["阳光小区", "小区", "118.30°", "36.60"],
            ["李家村", "村", "E118,31", "N36,61"],
        ]
        path = office.write_csv(tmp_path / "p.csv", rows, encoding=encoding, delimiter=";")
        frame = read_features(path, "places", datum="wgs84").frame
        assert frame["kind"].tolist() == ["compound", "village"]
        assert [shape.coords[0] for shape in frame.geometry] == [(118.3, 36.6), (118.31, 36.61)]


def test_a_gpx_track_keeps_its_times(tmp_path: Path) -> None:
    path = tmp_path / "t.gpx"
    path.write_text(
        office.gpx([(118.3, 36.6, "2026-03-01T00:00:00Z"), (118.301, 36.6, "2026-03-01T00:00:20Z")])
    )
    result = read_features(path, "tracks")
    assert result.datum == "wgs84"
    assert [str(at) for at in result.frame["occurred_at"]] == [
        "2026-03-01 00:00:00+00:00",
        "2026-03-01 00:00:20+00:00",
    ]


def test_ids_of_rows_without_one_stay_the_same(tmp_path: Path) -> None:
    roads = gpd.GeoDataFrame(
        {"路名": ["幸福路", None], "等级": ["主干道", None]},
        geometry=[shape.boundary for shape in office.SHAPES[:2]],
        crs=4326,
    )
    one = read_features(office.write_layer(tmp_path / "a.gpkg", roads), "roads").frame
    other = read_features(office.write_layer(tmp_path / "b.geojson", roads[::-1]), "roads").frame
    assert one["highway"].tolist() == ["primary", "road"]
    assert one["external_id"].tolist() == other["external_id"].tolist()[::-1]
    assert one["external_id"].is_unique


def test_a_useless_id_column_is_left_alone(tmp_path: Path) -> None:
    roads = gpd.GeoDataFrame(
        {"id": [0, 0]}, geometry=[shape.boundary for shape in office.SHAPES[:2]], crs=4326
    )
    path = office.write_layer(tmp_path / "r.gpkg", roads)
    result = read_features(path, "roads")
    assert result.notes == ["ids_ignored"]
    assert result.frame["external_id"].is_unique
    with pytest.raises(ImportFileError, match="same as in row 1"):
        read_features(path, "roads", columns={"external_id": "id"})


def test_a_sheet_is_chosen_by_what_its_header_says(tmp_path: Path) -> None:
    path = office.write_xlsx(tmp_path / "q.xlsx", office.table_rows())
    book = openpyxl.load_workbook(path)
    note = book.create_sheet("说明", 0)
    note.append(["本表由社区填写"])
    book.save(path)
    assert read_features(path, "buildings", datum="wgs84").layer == "Sheet"


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("等级", "铁路"),
        ("铁路类别", "高速铁路"),
        ("类型", "客运专线"),
        ("类型", "轻轨"),
        ("类型", "窄轨铁路"),
        ("fclass", "rail"),
        ("railway", "railroad"),
    ],
)
def test_railways_are_found_as_barriers(tmp_path: Path, column: str, word: str) -> None:
    frame = gpd.GeoDataFrame(
        {"路名": ["胶济线", "地铁一号线"], column: [word, "地铁"]},
        geometry=[office.SHAPES[0].boundary, office.SHAPES[1].boundary],
        crs=4326,
    )
    frame.to_file(tmp_path / "铁路.gpkg")
    read = read_features(tmp_path / "铁路.gpkg", "roads")
    barrier = read.frame["highway"].isin(ROAD_CLASSES["railway"])
    assert barrier.tolist() == [True, False]
