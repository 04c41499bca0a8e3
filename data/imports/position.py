"""Where the numbers lie: the file's coordinate system and datum, and the way to WGS 84."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj import CRS

from data.imports.problems import ImportFileError
from geo.datum import Datum, geometry_to_wgs84

Shapes = npt.NDArray[Any]
Numbers = npt.NDArray[np.float64]

_WGS84: Final = CRS.from_epsg(4326)
_CGCS2000: Final = CRS.from_epsg(4490)
_LOCAL_DATUMS: Final = ("xian1980", "beijing1954", "newbeijing")
# A projected system is used a little beyond its zone; farther out the zone is wrong.
_ZONE_MARGIN_DEG = 3.0


@dataclass(frozen=True)
class Source:
    """What the coordinates of a file mean."""

    crs: CRS
    datum: Datum
    overrides_file: bool = False


def resolve_source(
    file_crs: CRS | None, crs: str | None, datum: Datum | None, shapes: Shapes
) -> Source:
    """Decide coordinate system and datum from the file and from what the caller says.

    Parameters
    ----------
    file_crs
        As the file states it.
    crs
        As the caller states it (anything pyproj understands); goes before the file's.
    datum
        As the caller states it; None takes the one of the coordinate system.
    shapes
        The file's shapes, to tell degrees from metres.

    Raises
    ------
    ImportFileError
        If neither says it, the system is not known, or its datum cannot be converted exactly.
    """
    stated = _usable(file_crs)
    given = _parse(crs) if crs is not None else None
    chosen = given if given is not None else stated
    if chosen is None:
        chosen = _from_datum(datum, shapes)
    _refuse_local_datum(chosen)
    overrides = given is not None and stated is not None and not given.equals(stated)
    return Source(chosen, datum if datum is not None else _datum_of(chosen), overrides)


def _usable(crs: CRS | None) -> CRS | None:
    """Drop systems that say nothing about where on earth: local drawings, "undefined"."""
    if crs is None or "Engineering" in crs.type_name or crs.name.lower().startswith("undefined"):
        return None
    return crs


def _parse(crs: str) -> CRS:
    try:
        return CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        reason = str(error).split(":")[-1].strip(" ()")
        raise ImportFileError("crs_unknown", crs=crs, reason=reason) from error


def _from_datum(datum: Datum | None, shapes: Shapes) -> CRS:
    x, y = _an_example(shapes)
    in_metres = max(abs(x), abs(y)) > 180
    if datum is None or in_metres:
        code = "crs_missing" if datum is None else "coordinates_not_degrees"
        hint_zh, hint_en = hint_for_metres(x, y)
        raise ImportFileError(code, x=f"{x:.6f}", y=f"{y:.6f}", hint_zh=hint_zh, hint_en=hint_en)
    return _CGCS2000 if datum == "cgcs2000" else _WGS84


def _an_example(shapes: Shapes) -> tuple[float, float]:
    coordinates = shapely.get_coordinates(shapes)
    finite = coordinates[np.isfinite(coordinates).all(axis=1)]
    if len(finite) == 0:
        return 0.0, 0.0
    x, y = np.median(finite, axis=0)
    return float(x), float(y)


def hint_for_metres(x: float, y: float) -> tuple[str, str]:
    """Guess which Chinese projected system a coordinate pair is in, as a sentence to offer.

    Zone numbers before the easting tell the zone: 25–45 the three-degree zones EPSG:4513–4533,
    13–23 the six-degree zones EPSG:4491–4501 (EPSG registry, CGCS2000 Gauss–Krüger).
    """
    if 13e6 <= y < 46e6 and 1e6 < x < 7e6:
        return "X、Y 可能写反（测绘习惯 X 为北）。", "X and Y may be swapped (survey X is north)."
    zone = int(x // 1e6)
    if 25 <= zone <= 45 and y > 1e6:
        return f"看起来像 EPSG:{4488 + zone}。", f"It looks like EPSG:{4488 + zone}."
    if 13 <= zone <= 23 and 1e6 < y < 7e6:
        return f"看起来像 EPSG:{4478 + zone}。", f"It looks like EPSG:{4478 + zone}."
    if 1e5 < x < 1e6 and 1e6 < y < 7e6:
        return (
            "没有带号，需知道中央经线：117° 为 EPSG:4548，120° 为 EPSG:4549。",
            "It has no zone number; the central meridian tells: 117° is EPSG:4548, 120° EPSG:4549.",
        )
    return "", ""


def _refuse_local_datum(crs: CRS) -> None:
    geodetic = crs.geodetic_crs
    name = _squeezed(geodetic.name if geodetic is not None else crs.name)
    if any(local in name for local in _LOCAL_DATUMS):
        raise ImportFileError("crs_imprecise", crs=crs.name)


def _datum_of(crs: CRS) -> Datum:
    geodetic = crs.geodetic_crs
    name = _squeezed(geodetic.name if geodetic is not None else crs.name)
    is_chinese = "chinageodeticcoordinatesystem2000" in name or "cgcs2000" in name
    return "cgcs2000" if is_chinese else "wgs84"


def _squeezed(name: str) -> str:
    return "".join(mark for mark in name.lower() if mark.isalnum())


def to_wgs84(shapes: Shapes, source: Source) -> Shapes:
    """Bring shapes to WGS 84, longitude first: unproject, then take the datum's shift out.

    Parameters
    ----------
    shapes : array of geometries in `source.crs`

    Returns
    -------
    array of geometries in EPSG:4326
    """
    degrees = shapes
    if not source.crs.is_geographic or source.crs != _WGS84:
        degrees = shapely.transform(shapes, _projector(source.crs), interleaved=False)
    return geometry_to_wgs84(degrees, source.datum)


def _projector(crs: CRS) -> Any:
    try:
        return pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True).transform
    except pyproj.exceptions.ProjError as error:
        raise ImportFileError("crs_unknown", crs=crs.name, reason="PROJ") from error


def lonlat_of(shapes: Shapes, crs: CRS) -> tuple[Numbers, Numbers]:
    """Return longitude and latitude of the middle of each shape's bounds, in degrees."""
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    if crs.is_geographic:
        return x, y
    lon, lat = _projector(crs)(x, y)
    return np.asarray(lon), np.asarray(lat)


def is_off_zone(lon: Numbers, lat: Numbers, crs: CRS) -> npt.NDArray[np.bool_]:
    """Tell which places lie outside the area a projected system is made for."""
    finite = np.isfinite(lon) & np.isfinite(lat)
    area = crs.area_of_use
    if area is None:
        return np.asarray(~finite)
    margin = _ZONE_MARGIN_DEG
    inside = (
        (lon >= area.west - margin)
        & (lon <= area.east + margin)
        & (lat >= area.south - margin)
        & (lat <= area.north + margin)
    )
    return np.asarray(~(finite & inside))
