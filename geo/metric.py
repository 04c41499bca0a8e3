"""A local metric plane around a town, for work that needs metres in x and y."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer

from geo.datum import FloatArray


def local_crs(lon: npt.ArrayLike, lat: npt.ArrayLike) -> CRS:
    """Make a transverse Mercator CRS centred on the middle of the given places.

    Parameters
    ----------
    lon, lat : array_like, degrees, WGS 84, not empty

    Returns
    -------
    pyproj.CRS
        Units metres, scale 1 at the centre; 20 km away a length is off by 5 parts in a million.
        The centre is rounded to 0.01°, so that a few more places do not move the plane.

    Raises
    ------
    ValueError
        If there are no places or a coordinate is not finite.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if x.size == 0 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a local plane needs at least one finite place")
    lon_0 = round((float(x.min()) + float(x.max())) / 2, 2)
    lat_0 = round((float(y.min()) + float(y.max())) / 2, 2)
    return CRS.from_proj4(f"+proj=tmerc +lon_0={lon_0} +lat_0={lat_0} +k=1 +datum=WGS84 +units=m")


def project(
    lon: npt.ArrayLike, lat: npt.ArrayLike, crs: CRS, *, back: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Project WGS 84 degrees to `crs`, longitude first; returns x and y in its units.

    With `back` from its units to degrees.
    """
    begin, end = (crs, 4326) if back else (4326, crs)
    x, y = Transformer.from_crs(begin, end, always_xy=True).transform(
        np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    )
    return np.asarray(x), np.asarray(y)


def on_plane(shapes: npt.ArrayLike, crs: CRS, *, back: bool = False) -> npt.NDArray[np.object_]:
    """Shapes of WGS 84 degrees in the plane of `crs`; with `back` the reverse."""

    def move(xy: FloatArray) -> FloatArray:
        return np.column_stack(project(xy[:, 0], xy[:, 1], crs, back=back))

    moved = shapely.transform(np.asarray(shapes, dtype=np.object_), move)
    return np.asarray(moved, dtype=np.object_)
