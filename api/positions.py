"""Positions as they come in: any datum, converted once, at the edge."""

from typing import Annotated

from pydantic import Field

from data.case_types import Point
from geo.datum import Datum, to_wgs84

Lon = Annotated[
    float, Field(ge=-180, le=180, description="Degrees, in `datum`.", examples=[118.3052])
]
Lat = Annotated[float, Field(ge=-90, le=90, description="Degrees, in `datum`.", examples=[36.6014])]
AccuracyM = Annotated[
    float | None, Field(ge=0, le=100_000, description="Metres, as the receiver says.")
]


def as_point(lon: float, lat: float, datum: Datum) -> Point:
    """Convert a position to WGS 84, and remember the datum it came in."""
    lon_wgs84, lat_wgs84 = to_wgs84(lon, lat, datum)
    return Point(float(lon_wgs84), float(lat_wgs84), datum)
