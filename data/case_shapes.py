"""Places of cases that are lines or areas: read, checked, and the point by which they are found."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import shapely
from shapely.geometry.base import BaseGeometry

from data.case_types import CaseError, Point, Shape
from geo.datum import Datum, geometry_to_wgs84

MOST_VERTICES: Final = 1_000
KINDS: Final = ("LineString", "MultiLineString", "Polygon", "MultiPolygon")
Fault = Literal["kind", "vertices", "coordinates", "invalid"]


class CaseShapeError(CaseError):
    """A line or an area that cannot be a place; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_shape(geojson: Mapping[str, Any], datum: Datum) -> Shape:
    """Read a line or an area, convert it to WGS 84, and find a point on it.

    Parameters
    ----------
    geojson
        A GeoJSON geometry, longitude first, degrees in `datum`.

    Raises
    ------
    CaseShapeError
        `kind`: neither line nor area. `vertices`: more than `MOST_VERTICES`. `coordinates`: not
        of the globe. `invalid`: it crosses itself, or has no length or area.
    """
    if geojson.get("type") not in KINDS:
        raise CaseShapeError("kind")
    if _positions(geojson.get("coordinates"), MOST_VERTICES) > MOST_VERTICES:
        raise CaseShapeError("vertices")
    try:
        read = shapely.geometry.shape(dict(geojson))
    except (shapely.errors.ShapelyError, TypeError, ValueError, IndexError) as error:
        raise CaseShapeError("coordinates") from error
    if not _on_the_globe(read):
        raise CaseShapeError("coordinates")
    placed = geometry_to_wgs84(shapely.force_2d(read), datum)
    if placed.is_empty or not placed.is_valid or placed.length == 0:
        raise CaseShapeError("invalid")
    inner = _inner_point(placed)
    return Shape(shapely.to_wkb(placed).hex(), Point(inner.x, inner.y, datum))


def _positions(coordinates: Any, most: int) -> int:
    """How many numbers pairs there are, counted no further than one more than allowed."""
    count, waiting = 0, [coordinates]
    while waiting and count <= most:
        item = waiting.pop()
        if isinstance(item, list) and item and not isinstance(item[0], list):
            count += 1
        elif isinstance(item, list):
            count += not item
            waiting.extend(item[: most + 2])
    return count


def _on_the_globe(read: BaseGeometry) -> bool:
    if read.is_empty:
        return False
    west, south, east, north = read.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def _inner_point(placed: BaseGeometry) -> shapely.Point:
    """Of an area a point inside it; of a line its middle, of several lines the longest's."""
    if placed.geom_type in {"Polygon", "MultiPolygon"}:
        return placed.representative_point()
    lines = shapely.get_parts(placed)
    longest = max(lines, key=lambda line: line.length)
    middle: shapely.Point = longest.interpolate(0.5, normalized=True)
    return middle
