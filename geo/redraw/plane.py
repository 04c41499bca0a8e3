"""Metres around a community in which straight lines of degrees stay straight.

Boundaries are stored in degrees and their edges are straight in degrees. In a map projection
those edges bend, by centimetres over a kilometre or two, so a vertex that is put into an edge
there would lie beside it. Here x and y are degrees times a constant each, which bends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod

from geo.grids.faces import FloatArray, GeometryArray

_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Plane:
    """A local plane, x to the east and y to the north.

    Attributes
    ----------
    origin : float array, shape (2,)
        Longitude and latitude of x = y = 0.
    metres : float array, shape (2,)
        Metres in a degree of longitude and of latitude there, on the ellipsoid of WGS 84; a few
        kilometres away lengths are off by less than a thousandth.
    """

    origin: FloatArray
    metres: FloatArray

    @classmethod
    def around(cls, shapes: GeometryArray) -> Plane:
        """Lay a plane around shapes in EPSG:4326, not empty."""
        west, south, east, north = shapely.total_bounds(shapes)
        lon, lat = (west + east) / 2, (south + north) / 2
        step = 0.005
        metres = [
            _GEOD.line_length([lon - step, lon + step], [lat, lat]) / (2 * step),
            _GEOD.line_length([lon, lon], [lat - step, lat + step]) / (2 * step),
        ]
        return cls(np.array([lon, lat]), np.array(metres))

    def forward(self, degrees: FloatArray) -> FloatArray:
        """Degrees, longitude first, to metres; shape (n, 2)."""
        return np.asarray((degrees - self.origin) * self.metres, dtype=np.float64)

    def back(self, metres: FloatArray) -> FloatArray:
        """Metres to degrees; shape (n, 2)."""
        return np.asarray(metres / self.metres + self.origin, dtype=np.float64)

    def bring(self, shapes: GeometryArray) -> GeometryArray:
        """Shapes in EPSG:4326 as shapes in metres."""
        return np.asarray(shapely.transform(shapes, self.forward), dtype=np.object_)
