"""Roads on a local plane: where they cross, what lies across, halves and ends of them."""

from collections import defaultdict
from collections.abc import Sequence
from math import cos, radians, sin, sqrt
from typing import Final

import numpy as np
import shapely
from pyproj import Geod
from shapely import MultiLineString, STRtree
from shapely.geometry.base import BaseGeometry

from geo.addresses.normalise import plain_name
from geo.addresses.records import RoadLine

GEOD: Final = Geod(ellps="WGS84")
# Roads drawn as two carriageways, or not quite to the crossing, still cross.
CROSSING_GAP_M: Final = 40.0
ONE_CROSSING_M: Final = 80.0
ROAD_APART_M: Final = 400.0
ACROSS_WITHIN_M: Final = 120.0
ACROSS_M: Final = 15.0
_MAJOR_M: Final = 6_378_137.0
_ECCENTRICITY_2: Final = 0.006_694_379_990_14

Spot = tuple[float, float]


def shifted(lon: float, lat: float, bearing_deg: float, metres: float) -> Spot:
    """Go a distance in a direction on the ellipsoid (WGS 84 degrees, clockwise from north)."""
    east, north, _ = GEOD.fwd(lon, lat, bearing_deg, metres)
    return float(east), float(north)


class Plane:
    """Degrees to metres around a place and back, by one factor each way.

    A straight line stays straight, so crossings come out where they are in degrees. The factors
    are those of the ellipsoid at the centre's latitude (radii of curvature M and N; e.g. Snyder,
    *Map Projections*, 1987, p. 24 f.); 0.2° away lengths are off by some 0.3 %.
    """

    def __init__(self, lon: float, lat: float) -> None:
        self.lon, self.lat = lon, lat
        bend = 1 - _ECCENTRICITY_2 * sin(radians(lat)) ** 2
        self.per_lon_m = radians(1) * _MAJOR_M / sqrt(bend) * cos(radians(lat))
        self.per_lat_m = radians(1) * _MAJOR_M * (1 - _ECCENTRICITY_2) / bend**1.5

    def to_metres(self, degrees: np.ndarray) -> np.ndarray:
        """Bring an array of shape (n, 2), longitude first, to metres east and north."""
        return (degrees - (self.lon, self.lat)) * (self.per_lon_m, self.per_lat_m)

    def to_metres_one(self, lon: float, lat: float) -> Spot:
        """Bring one place to metres east and north."""
        return (lon - self.lon) * self.per_lon_m, (lat - self.lat) * self.per_lat_m

    def to_degrees(self, x: float, y: float) -> Spot:
        """Bring metres east and north back to longitude and latitude."""
        return float(x / self.per_lon_m + self.lon), float(y / self.per_lat_m + self.lat)


class Roads:
    """Named roads on a plane.

    Parameters
    ----------
    lines
        Pieces of roads; those of one name that lie within 400 m of each other are one road.
    """

    def __init__(self, lines: Sequence[RoadLine], plane: Plane) -> None:
        self.plane = plane
        by_name: dict[str, list[RoadLine]] = defaultdict(list)
        for line in lines:
            if name := plain_name(line.name):
                by_name[name].append(line)
        self._pieces = dict(by_name)
        self._parts: dict[str, list[BaseGeometry]] = {}
        self._crossings: dict[tuple[str, str], list[Spot]] = {}
        flat = [shapely.transform(line.line, plane.to_metres) for line in lines]
        self._names = [plain_name(line.name) for line in lines]
        self._flat, self._tree = flat, STRtree(flat)

    def names(self) -> list[str]:
        """Names of roads, as keys."""
        return list(self._pieces)

    def label(self, name: str) -> str:
        """A road's name as it is written on the map."""
        return self._pieces[name][0].name

    def id(self, name: str) -> int:
        """The lowest id among a road's pieces."""
        return min(line.id for line in self._pieces[name])

    def parts(self, name: str) -> list[BaseGeometry]:
        """Roads of a name, each as one shape in metres; several where towns share a name."""
        if name not in self._pieces:
            return []
        if name not in self._parts:
            self._parts[name] = self._gathered(name)
        return self._parts[name]

    def _gathered(self, name: str) -> list[BaseGeometry]:
        shapes = [shapely.transform(line.line, self.plane.to_metres) for line in self._pieces[name]]
        blobs = shapely.get_parts(shapely.union_all(shapely.buffer(shapes, ROAD_APART_M / 2)))
        tree = STRtree(blobs)
        members: dict[int, list[BaseGeometry]] = defaultdict(list)
        for shape in shapes:
            members[int(tree.query(shape, predicate="intersects")[0])].append(shape)
        return [shapely.line_merge(_multi(held)) for held in members.values()]

    def crossings(self, one: str, other: str) -> list[Spot]:
        """Where two roads cross, in metres; crossings within 80 m are one."""
        key = (one, other) if one <= other else (other, one)
        if key not in self._crossings:
            self._crossings[key] = self._crossed(*key)
        return self._crossings[key]

    def _crossed(self, one: str, other: str) -> list[Spot]:
        found: list[Spot] = []
        for a in self.parts(one):
            for b in self.parts(other):
                near = shapely.shortest_line(a, b)
                if shapely.length(near) > CROSSING_GAP_M:
                    continue
                meeting = shapely.intersection(a, b)
                if meeting.is_empty:
                    meeting = near
                found += _middles(meeting)
        return found

    def nearest(self, x: float, y: float, name: str | None, within_m: float) -> Spot | None:
        """The nearest point of a road to a place, of the named one where it is near enough."""
        here = shapely.points(x, y)
        at = self._tree.query(here, predicate="dwithin", distance=within_m)
        if len(at) == 0:
            return None
        own = [i for i in at if name is not None and self._names[i] == name]
        named = [i for i in at if self._names[i]]
        pool = own or named or list(at)
        distances = [float(shapely.distance(self._flat[i], here)) for i in pool]
        line = self._flat[pool[int(np.argmin(distances))]]
        foot = shapely.get_coordinates(shapely.shortest_line(line, here))[0]
        return float(foot[0]), float(foot[1])

    def across(self, x: float, y: float, name: str | None, radius_m: float) -> Spot | None:
        """What lies across the road from a place, 15 m beyond the middle of the road.

        Parameters
        ----------
        name
            The road meant, None for the nearest.
        radius_m
            Of the place.

        Returns
        -------
        None where no road is near.
        """
        foot = self.nearest(x, y, name, ACROSS_WITHIN_M + radius_m)
        if foot is None:
            return None
        east, north = foot[0] - x, foot[1] - y
        length = (east**2 + north**2) ** 0.5
        if length < 1.0:
            return None
        return foot[0] + east / length * ACROSS_M, foot[1] + north / length * ACROSS_M


def _multi(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    return MultiLineString([part for shape in shapes for part in shapely.get_parts(shape)])


def _middles(meeting: BaseGeometry) -> list[Spot]:
    """Gather points of a crossing: two carriageways cross another in four points."""
    spots = shapely.get_coordinates(shapely.centroid(shapely.get_parts(meeting)))
    points = np.array([shapely.Point(x, y) for x, y in spots], dtype=object)
    blobs = shapely.get_parts(shapely.union_all(shapely.buffer(points, ONE_CROSSING_M / 2)))
    middles: list[Spot] = []
    for blob in blobs:
        x, y = spots[shapely.intersects(blob, points)].mean(axis=0)
        middles.append((float(x), float(y)))
    return middles


def stretch_of(line: BaseGeometry, bearing_deg: float | None) -> tuple[Spot, float]:
    """The middle of a road, or of its third in a direction, and half that stretch's length.

    Parameters
    ----------
    line
        In metres.
    bearing_deg
        北段 is 0, 东段 90; None for the middle third (中段).
    """
    whole = shapely.get_coordinates(line)
    if bearing_deg is None:
        middle = whole.mean(axis=0)
    else:
        way = np.array([sin(radians(bearing_deg)), cos(radians(bearing_deg))])
        along = whole @ way
        goal = along.max() - (along.max() - along.min()) / 6
        middle = whole[np.argmin(np.abs(along - goal))]
    point = shapely.get_coordinates(shapely.shortest_line(line, shapely.points(middle)))[0]
    spread = float(np.hypot(*np.ptp(whole, axis=0)))
    return (float(point[0]), float(point[1])), spread / 6


def middle_of(line: BaseGeometry) -> tuple[Spot, float]:
    """A point in the middle of a road, and half its extent."""
    (x, y), sixth = stretch_of(line, None)
    return (x, y), sixth * 3
