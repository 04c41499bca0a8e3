"""Datums: WGS 84, CGCS2000, GCJ-02 and BD-09, converted once, at the edge.

The shift of GCJ-02 has never been published officially. The formulas here are those of the
open libraries that agree with one another and with what the map vendors deliver:
googollee/eviltransform, wandergis/coordtransform and hujiulong/gcoord (a series on the
Krasovsky 1940 ellipsoid, origin 105°E 35°N) and, for BD-09, the polar shift on top of GCJ-02
that the same libraries give. The rule for "outside China: no shift" is the rectangle of
eviltransform and gcoord, 72.004–137.8347°E, 0.8293–55.8271°N, tested on the coordinate as
given; it is applied to BD-09 too, so that a place abroad keeps its coordinates in all datums.

CGCS2000 (EPSG:4490) is taken as equal to WGS 84: the registered transformation between the
two is null with an accuracy of 1 m, and they drift apart by about 3 cm a year.
"""

from collections.abc import Callable
from typing import Final, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
DATUMS: Final[tuple[Datum, ...]] = get_args(Datum)

FloatArray = npt.NDArray[np.float64]
Geometries = TypeVar("Geometries", BaseGeometry, npt.NDArray[np.object_])

_KRASOVSKY_A_M = 6378245.0
_KRASOVSKY_E2 = 0.00669342162296594323
_WEST_DEG, _EAST_DEG = 72.004, 137.8347
_SOUTH_DEG, _NORTH_DEG = 0.8293, 55.8271
_BD09_TURN = np.pi * 3000.0 / 180.0
_BD09_EAST_DEG, _BD09_NORTH_DEG = 0.0065, 0.006
# 1e-11° is about one micrometre on the ground, a thousandth of the promised millimetre.
_CONVERGED_DEG = 1e-11
_MAX_ROUNDS = 30
_WGS84 = Geod(ellps="WGS84")


def to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum) -> tuple[FloatArray, FloatArray]:
    """Convert coordinates of a datum to WGS 84.

    Parameters
    ----------
    lon, lat : array_like, degrees, of one shape
        Coordinates in `datum`; the shape is kept.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}

    Returns
    -------
    lon, lat : arrays of float64, degrees, WGS 84
        Found by iterating the forward formula until it reproduces the input to far less
        than a millimetre.

    Raises
    ------
    ValueError
        If the datum is unknown or a coordinate is not a finite number.
    """
    lon_deg, lat_deg = _finite(lon, lat)
    if _known(datum) in ("wgs84", "cgcs2000"):
        return lon_deg, lat_deg
    return _inside_china(lambda x, y: _unshift(x, y, datum), lon_deg, lat_deg)


def from_wgs84(
    lon: npt.ArrayLike, lat: npt.ArrayLike, datum: Datum
) -> tuple[FloatArray, FloatArray]:
    """Convert WGS 84 coordinates to another datum; the reverse of `to_wgs84`.

    Parameters
    ----------
    lon, lat : array_like, degrees, WGS 84, of one shape
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}

    Returns
    -------
    lon, lat : arrays of float64, degrees, in `datum`

    Raises
    ------
    ValueError
        If the datum is unknown or a coordinate is not a finite number.
    """
    lon_deg, lat_deg = _finite(lon, lat)
    if _known(datum) in ("wgs84", "cgcs2000"):
        return lon_deg, lat_deg
    return _inside_china(lambda x, y: _shift(x, y, datum), lon_deg, lat_deg)


def geometry_to_wgs84(geometry: Geometries, datum: Datum) -> Geometries:
    """Convert a geometry, or an array of geometries, to WGS 84 vertex by vertex.

    Heights are kept. Errors as in `to_wgs84`.
    """
    return _per_vertex(geometry, lambda lon, lat: to_wgs84(lon, lat, datum))


def geometry_from_wgs84(geometry: Geometries, datum: Datum) -> Geometries:
    """Convert a WGS 84 geometry, or an array of them, to another datum vertex by vertex.

    Heights are kept. Errors as in `from_wgs84`.
    """
    return _per_vertex(geometry, lambda lon, lat: from_wgs84(lon, lat, datum))


def corner_residuals_m(
    lon: npt.ArrayLike, lat: npt.ArrayLike, corner_lon: npt.ArrayLike, corner_lat: npt.ArrayLike
) -> dict[Datum, float]:
    """Say how far known corners would lie off under each datum.

    Parameters
    ----------
    lon, lat : array_like, degrees
        Corners as the source gives them.
    corner_lon, corner_lat : array_like, degrees, WGS 84, same shape
        Where the same corners are known to be.

    Returns
    -------
    dict
        Datum → median geodesic distance in metres between the corner read in that datum and
        its known place. CGCS2000 is left out: it cannot be told from WGS 84.
    """
    known_lon, known_lat = _finite(corner_lon, corner_lat)
    residuals: dict[Datum, float] = {}
    for datum in DATUMS:
        if datum == "cgcs2000":
            continue
        read_lon, read_lat = to_wgs84(lon, lat, datum)
        _, _, distance_m = _WGS84.inv(
            read_lon.ravel(), read_lat.ravel(), known_lon.ravel(), known_lat.ravel()
        )
        residuals[datum] = float(np.median(distance_m))
    return residuals


def guess(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    corner_lon: npt.ArrayLike,
    corner_lat: npt.ArrayLike,
    *,
    tolerance_m: float = 50.0,
) -> Datum | None:
    """Guess the datum of a source from corners whose WGS 84 place is known.

    Parameters
    ----------
    lon, lat, corner_lon, corner_lat
        As in `corner_residuals_m`.
    tolerance_m : float, metres
        How far off a corner may be and still count as met.

    Returns
    -------
    datum or None
        The datum that fits best; None when none fits within `tolerance_m`. Outside China
        all fit alike and the answer is "wgs84".
    """
    residuals = corner_residuals_m(lon, lat, corner_lon, corner_lat)
    best = min(residuals, key=lambda datum: residuals[datum])
    return best if residuals[best] <= tolerance_m else None


def _known(datum: Datum) -> Datum:
    if datum not in DATUMS:
        raise ValueError(f"unknown datum {datum!r}; known are {', '.join(DATUMS)}")
    return datum


def _finite(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    lon_deg = np.array(lon, dtype=np.float64)
    lat_deg = np.array(lat, dtype=np.float64)
    if lon_deg.shape != lat_deg.shape:
        raise ValueError(f"lon has shape {lon_deg.shape}, lat has shape {lat_deg.shape}")
    if not (np.isfinite(lon_deg).all() and np.isfinite(lat_deg).all()):
        raise ValueError("a coordinate is not a finite number")
    return lon_deg, lat_deg


def _inside_china(
    convert: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    lon: FloatArray,
    lat: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    inside = (lon >= _WEST_DEG) & (lon <= _EAST_DEG) & (lat >= _SOUTH_DEG) & (lat <= _NORTH_DEG)
    lon_out, lat_out = lon.copy(), lat.copy()
    lon_out[inside], lat_out[inside] = convert(lon[inside], lat[inside])
    return lon_out, lat_out


def _shift(lon: FloatArray, lat: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    gcj02 = _gcj02_shift(lon, lat)
    return gcj02 if datum == "gcj02" else _bd09_shift(*gcj02)


def _unshift(lon: FloatArray, lat: FloatArray, datum: Datum) -> tuple[FloatArray, FloatArray]:
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_MAX_ROUNDS):
        shifted_lon, shifted_lat = _shift(guess_lon, guess_lat, datum)
        off_lon, off_lat = shifted_lon - lon, shifted_lat - lat
        guess_lon -= off_lon
        guess_lat -= off_lat
        if max(np.abs(off_lon).max(initial=0), np.abs(off_lat).max(initial=0)) < _CONVERGED_DEG:
            return guess_lon, guess_lat
    raise ArithmeticError(f"the inverse of {datum} did not settle in {_MAX_ROUNDS} rounds")


def _gcj02_shift(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    ripple_m = 20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)
    root = np.sqrt(np.abs(x))
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += 2.0 / 3.0 * (ripple_m + 20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi))
    north_m += 2.0 / 3.0 * (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y / 30.0 * pi))
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += 2.0 / 3.0 * (ripple_m + 20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi))
    east_m += 2.0 / 3.0 * (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi))
    lat_rad = np.radians(lat)
    flattening = 1.0 - _KRASOVSKY_E2 * np.sin(lat_rad) ** 2
    prime_vertical_m = _KRASOVSKY_A_M / np.sqrt(flattening)
    meridian_m = prime_vertical_m * (1.0 - _KRASOVSKY_E2) / flattening
    return (
        lon + np.degrees(east_m / (prime_vertical_m * np.cos(lat_rad))),
        lat + np.degrees(north_m / meridian_m),
    )


def _bd09_shift(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_TURN)
    return radius * np.cos(angle) + _BD09_EAST_DEG, radius * np.sin(angle) + _BD09_NORTH_DEG


def _per_vertex(
    geometry: Geometries,
    convert: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
) -> Geometries:
    def convert_vertices(vertices: FloatArray) -> FloatArray:
        lon, lat = convert(vertices[:, 0], vertices[:, 1])
        return np.column_stack([lon, lat, vertices[:, 2:]])

    has_z = bool(np.any(shapely.has_z(geometry)))
    return shapely.transform(geometry, convert_vertices, include_z=has_z)
