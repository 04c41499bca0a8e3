"""Which grid a point lies in."""

from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from geo.datum import FloatArray

IdArray = npt.NDArray[np.int64]
OUTSIDE: Final = -1


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
        point, polygon = self.tree.query(shapely.points(x, y))
        # The tree answers by bounding box only: prepared polygons are the fast, exact second step.
        held = shapely.intersects_xy(self.polygons[polygon], x[point], y[point])
        point, grid_id = point[held], self.ids[polygon[held]]
        found = np.full(len(x), np.iinfo(np.int64).max, dtype=np.int64)
        np.minimum.at(found, point, grid_id)
        found[found == np.iinfo(np.int64).max] = OUTSIDE
        return found
