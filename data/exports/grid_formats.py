"""Grids written in the formats that offices ask for, whole or not at all.

Geometry is written in WGS 84, CGCS2000 or any registered system; or in GCJ-02, which has no
registered code: then the file has no coordinate system, says GCJ-02 in its metadata and in a
column ``datum``, and must have ``gcj02`` in its name, so that nobody takes it for another.
"""

from __future__ import annotations

import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Final, Literal

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.exports.grid_book import GridBook, limit_columns
from data.exports.grid_file import LAYER, GridFileError, check_place, draft_beside
from data.exports.grid_ledger import write_ledger
from geo.datum import geometry_from_wgs84
from geo.limits import Language

DRIVERS: Final = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".zip": "ESRI Shapefile",
    ".kml": "LIBKML",
}
SUFFIXES: Final = (*DRIVERS, ".xlsx")
GCJ02: Final = "gcj02"
Encoding = Literal["utf-8", "gbk"]
_DATUM_NAMES: Final = {"EPSG:4326": "WGS 84", "EPSG:4490": "CGCS2000", GCJ02: "GCJ-02"}


def check_export(path: Path, crs: str, *, force: bool) -> None:
    """Refuse early what could not be written, would be lost, or would mislead.

    Raises
    ------
    GridFileError
        Unknown format or coordinate system; a format that is WGS 84 by its standard asked for
        in another; GCJ-02 without ``gcj02`` in the file's name; a file that is there.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise GridFileError(
            f"不认识输出格式“{path.suffix}”，请用 {'、'.join(SUFFIXES)}（.zip 为 Shapefile）。",
            f"Unknown output format “{path.suffix}”: use {', '.join(SUFFIXES)} (.zip holds a "
            "Shapefile).",
        )
    target = None if crs.lower() == GCJ02 else _crs(crs)
    if suffix == ".kml" and target != CRS(4326):
        raise GridFileError(
            "KML 规定用 WGS 84，不能写成别的坐标系。请去掉 --crs，或改用 .gpkg。",
            "KML is WGS 84 by its standard: leave out --crs, or write a .gpkg.",
        )
    if suffix == ".geojson" and target is not None and not target.is_geographic:
        raise GridFileError(
            "GeoJSON 规定用经纬度。米制坐标请用 .gpkg 或 .zip。",
            "GeoJSON is in degrees by its standard: write metres to .gpkg or .zip.",
        )
    if crs.lower() == GCJ02 and GCJ02 not in path.stem.lower():
        raise GridFileError(
            f"GCJ-02 坐标的文件名里要有 gcj02，如 {path.stem}_gcj02{suffix}，以免误用。",
            f"A file in GCJ-02 must say so in its name, as {path.stem}_gcj02{suffix}.",
        )
    check_place(path, force=force)


def _crs(crs: str) -> CRS:
    try:
        return CRS(crs)
    except CRSError as error:
        raise GridFileError(
            f"不认识坐标系“{crs}”。请写 EPSG:4326、EPSG:4490 或 gcj02。",
            f"Unknown coordinate system “{crs}”: write EPSG:4326, EPSG:4490 or gcj02.",
        ) from error


def _name(crs: str) -> str:
    return _DATUM_NAMES.get(crs.lower() if crs.lower() == GCJ02 else crs.upper(), crs)


def write_book(
    path: Path,
    book: GridBook,
    *,
    crs: str = "EPSG:4326",
    encoding: Encoding = "utf-8",
    language: Language = "zh",
    force: bool = False,
) -> None:
    """Write grids with their counts, officers and four limits; the format is the suffix.

    Parameters
    ----------
    path
        ``.gpkg``, ``.geojson``, ``.fgb``, ``.zip`` (a Shapefile), ``.kml`` or ``.xlsx``.
    crs
        "EPSG:4326" (WGS 84), "EPSG:4490" (CGCS2000), another registered system, or "gcj02".
        A ledger (.xlsx) has no coordinates.
    encoding
        Of text in a Shapefile; its .cpg says which.
    language
        Of the four limits, and of the ledger.

    Raises
    ------
    GridFileError
        As :func:`check_export`; also when the file system refuses.
    """
    check_export(path, crs, force=force)
    suffix = path.suffix.lower()
    with draft_beside(path) as draft:
        try:
            if suffix == ".xlsx":
                write_ledger(draft, book, language)
            elif suffix == ".zip":
                _write_shapefile(draft, path.stem, book_frame(book, crs, language), encoding)
            else:
                _write_layer(draft, suffix, book_frame(book, crs, language), crs)
            draft.replace(path)
        except (OSError, DataSourceError) as error:
            raise GridFileError(
                f"写不出 {path}：{error}。", f"Cannot write {path}: {error}."
            ) from error


def book_frame(book: GridBook, crs: str, language: Language) -> gpd.GeoDataFrame:
    """Grids as they are written: names of at most ten letters, so that a Shapefile keeps them."""
    grids = book.grids
    frame = grids[["code", "name", "area", "community", "households", "buildings"]].copy()
    frame["area_m2"] = grids["area_m2"].round(1)
    frame["officers"] = grids["officers"]
    for side, texts in limit_columns(book, language).items():
        frame[side] = texts
    frame["datum"] = _name(crs)
    if crs.lower() == GCJ02:
        shifted = geometry_from_wgs84(grids.geometry.to_numpy(), GCJ02)
        return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shifted))
    return gpd.GeoDataFrame(frame, geometry=grids.geometry).to_crs(_crs(crs))


def _write_layer(path: Path, suffix: str, frame: gpd.GeoDataFrame, crs: str) -> None:
    if suffix == ".kml":
        frame = _as_placemarks(frame)
    options = {} if suffix in {".kml", ".fgb"} else {"DESCRIPTION": f"{LAYER}, {_name(crs)}"}
    _write(frame, path, driver=DRIVERS[suffix], layer=LAYER, layer_options=options)


def _as_placemarks(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Name and balloon of a placemark; viewers of KML show little else."""
    told = [
        f"{row.code} · {row.community} · {row.households} 户 · 东至{row.east}，南至{row.south}，"
        f"西至{row.west}，北至{row.north}"
        for row in frame.itertuples()
    ]
    return frame.rename(columns={"name": "Name"}).assign(description=told)


def _write_shapefile(path: Path, stem: str, frame: gpd.GeoDataFrame, encoding: Encoding) -> None:
    with tempfile.TemporaryDirectory(prefix="sanbai-export-") as folder:
        layer = Path(folder) / f"{stem}.shp"
        _write(frame, layer, driver=DRIVERS[".zip"], encoding=encoding.upper())
        # The names inside carry the datum of a GCJ-02 file: a Shapefile has no metadata.
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)


def _write(frame: gpd.GeoDataFrame, path: Path, **options: object) -> None:
    with warnings.catch_warnings():
        # GCJ-02 has no coordinate system that could be given; the file says so elsewhere.
        warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)
        pyogrio.write_dataframe(frame, path, **options)
