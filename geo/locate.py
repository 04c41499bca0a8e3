"""Which grid a point lies in."""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from geo.datum import FloatArray

IdArray = npt.NDArray[np.int64]
OUTSIDE: Final = -1
_NONE_YET: Final = np.iinfo(np.int64).max
# Points are located so many at a time, which bounds what they take beside the grids.
_AT_ONCE: Final = 65_536
# From so many points on it pays to put them into an order in which neighbours follow each other.
_ORDER_FROM: Final = 4_096
_STRIPS: Final = 512


class GridIndex:
    """An index of grids that answers in which grid each of many points lies.

    Coordinates are taken as a plane, exactly as they are stored (normally WGS 84 degrees,
    longitude first), and no tolerance is used: GEOS decides on which side of an edge a point
    lies with exact arithmetic. A point on a boundary that several grids share belongs to the
    one with the smallest id, whatever the order in which the grids were given.

    Parameters
    ----------
    ids : array_like of int, shape (n,)
        Distinct and not negative.
    polygons : array_like of shapely Polygon or MultiPolygon, shape (n,)

    Raises
    ------
    ValueError
        If ids repeat or are negative, or something is not a polygon.
    """

    def __init__(self, ids: npt.ArrayLike, polygons: npt.ArrayLike) -> None:
        self.ids: IdArray = np.array(ids, dtype=np.int64)
        self.polygons: npt.NDArray[np.object_] = np.array(polygons, dtype=np.object_)
        if self.ids.ndim != 1 or self.ids.shape != self.polygons.shape:
            raise ValueError("ids and polygons must be two lists of the same length")
        if len(np.unique(self.ids)) != len(self.ids) or (self.ids < 0).any():
            raise ValueError("grid ids must be distinct and not negative")
        if not np.isin(shapely.get_type_id(self.polygons), (3, 6)).all():
            raise ValueError("a grid must be a polygon or a multipolygon")
        shapely.prepare(self.polygons)
        self.tree = STRtree(self.polygons)

    def locate(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> IdArray:
        """Find the grid of each point.

        Parameters
        ----------
        lon, lat : array_like, shape (m,), in the coordinates of the polygons

        Returns
        -------
        ids : array of int64, shape (m,)
            The id of the grid, or `OUTSIDE` (-1) where no grid holds the point: such points
            go to triage, they are never lost.

        Raises
        ------
        ValueError
            If a coordinate is not a finite number.
        """
        x: FloatArray = np.atleast_1d(np.asarray(lon, dtype=np.float64))
        y: FloatArray = np.atleast_1d(np.asarray(lat, dtype=np.float64))
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise ValueError("a coordinate is not a finite number")
        if len(x) < _ORDER_FROM:
            return self._locate(x, y)
        found = np.empty(len(x), dtype=np.int64)
        order = _along_strips(x, y)
        for start in range(0, len(x), _AT_ONCE):
            part = order[start : start + _AT_ONCE]
            found[part] = self._locate(x[part], y[part])
        return found

    def _locate(self, x: FloatArray, y: FloatArray) -> IdArray:
        # The tree answers by bounding box only: prepared polygons are the fast, exact second step.
        point, polygon = self.tree.query(shapely.points(x, y))
        held = shapely.intersects_xy(self.polygons[polygon], x[point], y[point])
        point, grid_id = point[held], self.ids[polygon[held]]
        found = np.full(len(x), _NONE_YET, dtype=np.int64)
        np.minimum.at(found, point, grid_id)
        found[found == _NONE_YET] = OUTSIDE
        return found


def _along_strips(x: FloatArray, y: FloatArray) -> npt.NDArray[np.intp]:
    """Order points by strips from south to north, and from west to east in each.

    The grids that one point needs are then those that the last one needed: twice as fast as
    points in any order, where each fetches its grids from memory anew.
    """
    strip = _steps(y, _STRIPS)
    return np.argsort(strip << 16 | _steps(x, 1 << 16))


def _steps(values: FloatArray, count: int) -> npt.NDArray[np.int32]:
    low = values.min()
    wide = values.max() - low
    scale = (count - 1) / wide if wide > 0 else 0.0
    steps: npt.NDArray[np.int32] = ((values - low) * scale).astype(np.int32)
    return steps
