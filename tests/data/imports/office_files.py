"""Files as offices make them, written at run time from one small quarter."""

import codecs
import csv
import io
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pyogrio
import shapely
from shapely import Polygon

HEADER = ("楼栋编码", "楼号", "小区名称", "地址", "层数", "户数")
ROWS = (
    ("B001", "1号楼", "阳光小区", "幸福路12号", 6, 36),
    ("B002", "2号楼", "阳光小区", "幸福路12号", 18, 108),
    ("B003", "村委会", None, "李家村", 2, 0),
)
OURS = ("external_id", "name", "compound", "address", "levels", "households")


def square(lon: float, lat: float, size_deg: float = 0.0004) -> Polygon:
    """A square with its lower left corner at a place."""
    return shapely.box(lon, lat, lon + size_deg, lat + size_deg)


SHAPES = tuple(square(118.3 + 0.001 * at, 36.6) for at in range(len(ROWS)))


def quarter(rows: Sequence[Sequence[Any]] = ROWS, crs: int = 4326) -> gpd.GeoDataFrame:
    """The quarter as a frame with the office's column names."""
    frame = gpd.GeoDataFrame(
        [dict(zip(HEADER, row, strict=True)) for row in rows], geometry=list(SHAPES), crs=4326
    )
    return frame.to_crs(crs)


def table_rows(rows: Sequence[Sequence[Any]] = ROWS) -> list[list[Any]]:
    """The quarter as a table with WKT in its last column."""
    shapes = [shape.wkt for shape in SHAPES]
    return [[*HEADER, "WKT"], *([*row, wkt] for row, wkt in zip(rows, shapes, strict=True))]


def write_layer(path: Path, frame: gpd.GeoDataFrame, **options: Any) -> Path:
    """Write with GDAL, the driver by the file's name."""
    pyogrio.write_dataframe(frame, path, **options)
    return path


def write_csv(
    path: Path, rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    """Write a CSV in any encoding."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], *, above: Sequence[str] = ()) -> Path:
    """Write a workbook with one sheet, titles above the header where asked."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in above:
        sheet.append([line])
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    """Write an archive of files by name."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def shapefile(
    folder: Path, *, encoding: str, cpg: str | None, rows: Sequence[Sequence[Any]] = ROWS
) -> Path:
    """Write a Shapefile whose DBF is in `encoding`, and whose .cpg says `cpg` (or is missing).

    The column names are cut to ten bytes in that encoding, as ArcGIS and QGIS cut them.
    """
    path = folder / "楼栋.shp"
    plain = quarter(rows).rename(columns=dict(zip(HEADER, "abcdef", strict=True)))
    write_layer(path, plain[["geometry"]].assign(a=1))
    _write_dbf(path.with_suffix(".dbf"), rows, encoding)
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def _write_dbf(path: Path, rows: Sequence[Sequence[Any]], encoding: str) -> None:
    widths = [12, 20, 30, 40, 5, 6]
    kinds = "CCCCNN"
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(encoding)[:10], kind.encode(), width, 0)
        for name, kind, width in zip(HEADER, kinds, widths, strict=True)
    )
    header_size, record_size = 32 + len(fields) + 1, 1 + sum(widths)
    head = struct.pack("<B3BIHH20x", 3, 126, 1, 1, len(rows), header_size, record_size)
    body = b"".join(b" " + _record(row, kinds, widths, encoding) for row in rows)
    path.write_bytes(head + fields + b"\r" + body + b"\x1a")


def _record(row: Sequence[Any], kinds: str, widths: Sequence[int], encoding: str) -> bytes:
    cells = []
    for cell, kind, width in zip(row, kinds, widths, strict=True):
        raw = ("" if cell is None else str(cell)).encode(encoding)[:width]
        cells.append(raw.rjust(width) if kind == "N" else raw.ljust(width))
    return b"".join(cells)


def gpx(points: Sequence[tuple[float, float, str]]) -> str:
    """A GPX track of (lon, lat, time)."""
    fixes = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"><time>{time}</time></trkpt>' for lon, lat, time in points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="t" '
        f'xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{fixes}</trkseg></trk></gpx>'
    )


BOM = codecs.BOM_UTF8
