"""Bad files as offices really produce them; each is written by a function of its own."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import office_files as office
import shapely
from shapely import Polygon

Writer = Callable[[Path], Path]
Case = tuple[Writer, str, dict[str, Any], str, str]
"""Who writes it, the layer it is read as, how, the code and the sentence of the refusal."""
WGS84 = {"datum": "wgs84"}
BOWTIE = Polygon([(118.3, 36.6), (118.301, 36.601), (118.301, 36.6), (118.3, 36.601)])


def _changed(row: int, column: int, value: Any) -> list[list[Any]]:
    rows = office.table_rows()
    rows[row][column] = value
    return rows


def csv_with(row: int, column: int, value: Any) -> Writer:
    """A good CSV but for one cell."""
    return lambda folder: office.write_csv(folder / "楼栋.csv", _changed(row, column, value))


def no_bytes(folder: Path) -> Path:
    """A file of no bytes, as after a broken copy."""
    path = folder / "楼栋.gpkg"
    path.touch()
    return path


def cut_off_geojson(folder: Path) -> Path:
    """A GeoJSON that ends in the middle."""
    path = office.write_layer(folder / "楼栋.geojson", office.quarter())
    path.write_bytes(path.read_bytes()[:-200])
    return path


def cut_off_geopackage(folder: Path) -> Path:
    """A GeoPackage of which only the beginning was copied."""
    path = office.write_layer(folder / "楼栋.gpkg", office.quarter())
    path.write_bytes(path.read_bytes()[:9000])
    return path


def locked_workbook(folder: Path) -> Path:
    """A workbook with a password: an OLE container with a stream `EncryptedPackage`."""
    path = folder / "楼栋.xlsx"
    stream = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + stream + bytes(500))
    return path


def old_workbook(folder: Path) -> Path:
    """An Excel 97 workbook."""
    path = folder / "楼栋.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    return path


def page_named_xlsx(folder: Path) -> Path:
    """A web page named .xlsx, as many systems export."""
    path = folder / "楼栋.xlsx"
    path.write_text("<html><table><tr><td>户数</td></tr></table></html>", encoding="utf-8")
    return path


def rar_named_zip(folder: Path) -> Path:
    """A RAR archive renamed to .zip."""
    path = folder / "楼栋.zip"
    path.write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(200))
    return path


def shapefile_alone(folder: Path) -> Path:
    """A .shp sent without its companions."""
    path = office.shapefile(folder, encoding="utf-8", cpg=None)
    path.with_suffix(".dbf").unlink()
    path.with_suffix(".shx").unlink()
    return path


def zip_of_a_picture(folder: Path) -> Path:
    """An archive with no layer in it."""
    return office.write_zip(folder / "楼栋.zip", {"照片.jpg": b"x"})


def drawing(folder: Path) -> Path:
    """A file of another kind altogether."""
    path = folder / "总平面图.dwg"
    path.write_bytes(b"AC1032" + bytes(100))
    return path


def header_only(folder: Path) -> Path:
    """A table with a header and nothing under it."""
    return office.write_csv(folder / "楼栋.csv", office.table_rows()[:1])


def without_households(folder: Path) -> Path:
    """A layer that lacks the column that matters."""
    return office.write_layer(folder / "楼栋.gpkg", office.quarter().drop(columns="户数"))


def without_coordinates(folder: Path) -> Path:
    """A table that says where nothing is."""
    return office.write_csv(folder / "楼栋.csv", [row[:-1] for row in office.table_rows()])


def without_crs(folder: Path) -> Path:
    """A Shapefile without its .prj, in metres of CGCS2000 zone 39."""
    frame = office.quarter(crs=4527)[["户数", "geometry"]].rename(columns={"户数": "hushu"})
    path = office.write_layer(folder / "a.shp", frame)
    path.with_suffix(".prj").unlink()
    return path


def in_xian_1980(folder: Path) -> Path:
    """A layer in Xi'an 1980, whose exact parameters are nowhere public."""
    frame = office.quarter().set_crs(4610, allow_override=True)
    return office.write_layer(folder / "老图.gpkg", frame)


def metres_called_degrees(folder: Path) -> Path:
    """A layer that claims EPSG:4326 but holds metres."""
    frame = office.quarter(crs=4527).set_crs(4326, allow_override=True)
    return office.write_layer(folder / "楼栋.gpkg", frame)


def wrong_zone(folder: Path) -> Path:
    """Eastings with a zone number in a system without one."""
    frame = office.quarter(crs=4527).set_crs(4548, allow_override=True)
    return office.write_layer(folder / "楼栋.gpkg", frame)


def swapped(folder: Path) -> Path:
    """Latitude first, as many a web service has it."""
    frame = office.quarter()
    frame.geometry = [
        shapely.transform(shape, lambda x, y: (y, x), interleaved=False) for shape in office.SHAPES
    ]
    return office.write_layer(folder / "楼栋.gpkg", frame)


def two_candidates(folder: Path) -> Path:
    """Two layers of polygons, neither of which says that it is the one."""
    path = office.write_layer(folder / "a.gpkg", office.quarter(), layer="新建1")
    return office.write_layer(path, office.quarter(), layer="新建2", append=True)


def lines(folder: Path) -> Path:
    """Roads where buildings should be."""
    frame = office.quarter()
    frame.geometry = frame.boundary
    return office.write_layer(folder / "道路.gpkg", frame)


def with_shape(row: int, shape: shapely.Geometry | None) -> Writer:
    """A good layer but for one shape."""

    def write(folder: Path) -> Path:
        frame = office.quarter()
        shapes = list(office.SHAPES)
        shapes[row] = shape
        frame.geometry = gpd.GeoSeries(shapes, crs=4326)
        return office.write_layer(folder / "楼栋.geojson", frame)

    return write


def neither_utf8_nor_gbk(folder: Path) -> Path:
    """Text in no encoding at all from its third line on."""
    path = office.write_csv(folder / "楼栋.csv", office.table_rows())
    text = path.read_bytes().splitlines(keepends=True)
    text[2] = b"\xff\xff\x81\x20" + text[2]
    path.write_bytes(b"".join(text))
    return path


def long_ago_garbled(folder: Path) -> Path:
    """Text that was broken before it came here."""
    rows = office.table_rows()
    rows[2][3] = "幸福路".encode().decode("latin-1")
    return office.write_csv(folder / "楼栋.csv", rows)


def waypoints_only(folder: Path) -> Path:
    """A GPX file without a track."""
    path = folder / "t.gpx"
    path.write_text(
        '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="36.6" lon="118.3"></wpt></gpx>'
    )
    return path


def track_table(*times: str) -> Writer:
    """A track as a table, with times as given."""

    def write(folder: Path) -> Path:
        rows = [["时间", "经度", "纬度"], *([time, "118.3", "36.6"] for time in times)]
        return office.write_csv(folder / "轨迹.csv", rows)

    return write


def hostile_star(folder: Path) -> Path:
    """A polygon of 4,000 vertices that crosses itself everywhere."""
    chance = random.Random(7)  # noqa: S311 (a shape, not a secret)
    ring = [(118.3 + chance.random() / 100, 36.6 + chance.random() / 100) for _ in range(4000)]
    return with_shape(1, Polygon(ring))(folder)
