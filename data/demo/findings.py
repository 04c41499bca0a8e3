"""Where and when hazards come to light: on patrol, by telephone, and in the planted hotspots."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import geopandas as gpd
import numpy as np
import shapely

from data.demo import hazards
from data.demo.courses import TIME_ZONE, Hands
from data.demo.ground import LOCAL_CRS, WGS84, Points, to_degrees
from data.demo.hazards import HazardKind
from data.demo.patrols import Patrol
from data.demo.staff import Commander, Officer
from data.demo.town import Town
from data.demo.truth import Planted

PER_PATROL_HOUR = 1.3
CALLS_PER_DAY_AND_HOUSEHOLD = 1.0e-4
CALL_SOURCES = ("phone", "hotline", "message")
NEAR_BUILDING_M = 60.0


@dataclass(frozen=True)
class Finding:
    """A hazard come to light: its kind, place (local metres), time, and who is concerned."""

    kind: HazardKind
    xy: tuple[float, float]
    at: datetime
    source: str
    reporter: str
    hands: Hands
    planted: str = ""


@dataclass(frozen=True)
class PlaceName:
    """How a place is written as an address and how it is spoken of."""

    address: str
    spoken: str


class Whereabouts:
    """Which officer and which street a place belongs to, and what it is called."""

    def __init__(
        self,
        town: Town,
        grids: gpd.GeoDataFrame,
        officers: Sequence[Officer],
        commanders: Sequence[Commander],
    ) -> None:
        # Where a place lies is told as the database tells it, by degrees: a long edge that is
        # straight there is not straight in metres, and hazards lie beside roads, as edges do.
        self._grids = shapely.STRtree(grids.to_crs(WGS84).geometry.to_numpy())
        self._codes = grids["code"].tolist()
        self._officer = {code: officer.login for officer in officers for code in officer.grids}
        self._commander = {c.street_code: c.login for c in commanders}
        buildings = town.buildings.to_crs(LOCAL_CRS)
        self._buildings = shapely.STRtree(buildings.geometry.to_numpy())
        self._addresses = buildings["address"].tolist()
        self._spoken = [
            compound + name if compound else address
            for compound, name, address in zip(
                buildings["compound"], buildings["name"], buildings["address"], strict=True
            )
        ]
        roads = town.roads[town.roads["name"] != ""].to_crs(LOCAL_CRS)
        self._roads = shapely.STRtree(roads.geometry.to_numpy())
        self._road_names = roads["name"].tolist()

    def hands(self, xy: tuple[float, float], kind: HazardKind, *, on_site: bool) -> Hands:
        """Who is concerned with a hazard at a place."""
        lon, lat = to_degrees(np.array([xy]))
        code = self._codes[int(self._grids.nearest(shapely.Point(lon[0], lat[0])))]
        return Hands(self._officer[code], self._commander[code[:9]], kind.unit, on_site)

    def to_street(self, xy: Points) -> Points:
        """Move points half-way to the nearest named street: hazards lie where people pass."""
        points = shapely.points(xy)
        street = self._roads.geometries[self._roads.nearest(points)]
        foot = shapely.line_interpolate_point(street, shapely.line_locate_point(street, points))
        return 0.5 * xy + 0.5 * shapely.get_coordinates(foot)

    def name_places(self, xy: Points) -> list[PlaceName]:
        """Names of points: by the nearest building, or in the open by the nearest street."""
        points = shapely.points(xy)
        building = np.asarray(self._buildings.nearest(points))
        away = shapely.distance(self._buildings.geometries[building], points)
        road = np.asarray(self._roads.nearest(points))
        places = []
        for house, metres, street in zip(
            building.tolist(), away.tolist(), road.tolist(), strict=True
        ):
            if metres <= NEAR_BUILDING_M:
                address = f"{self._addresses[house]}附近"
                spoken = self._spoken[house]
            else:
                address = spoken = self._road_names[street]
            places.append(PlaceName(address, spoken))
        return places


def find_hazards(
    town: Town,
    whereabouts: Whereabouts,
    patrols: Sequence[Patrol],
    calendar: Sequence[date],
    planted: Sequence[tuple[Planted, shapely.Point]],
    *,
    seed: int,
) -> list[Finding]:
    """All findings in order of time."""
    found = _on_patrol(whereabouts, patrols, seed)
    found += _by_call(town, whereabouts, calendar, seed)
    for hotspot, centre in planted:
        found += _in_hotspot(hotspot, centre, whereabouts, seed)
    found.sort(key=lambda finding: (finding.at, finding.xy))
    return found


def _on_patrol(whereabouts: Whereabouts, patrols: Sequence[Patrol], seed: int) -> list[Finding]:
    """What officers come upon: so many an hour, a little more or less by grid."""
    found = []
    for number, patrol in enumerate(patrols):
        rng = np.random.default_rng([seed, 52, number])
        grid = np.random.default_rng([seed, 53, int(patrol.grid)])
        hours = patrol.walk.seconds[-1] / 3600
        expected = PER_PATROL_HOUR * hours * grid.gamma(14, 1 / 14)
        for fix in rng.integers(0, len(patrol.walk.seconds), rng.poisson(expected)):
            at = patrol.started_at + timedelta(seconds=float(patrol.walk.seconds[fix]))
            kind = hazards.draw_kind(rng, at.month)
            x, y = patrol.walk.true_xy[fix] + rng.normal(0, 5, 2)
            hands = whereabouts.hands((x, y), kind, on_site=True)
            # Across the street it is a colleague's grid: reported, but his to deal with.
            if hands.officer != patrol.officer.login:
                hands = replace(hands, on_site=False)
            found.append(Finding(kind, (x, y), at, "patrol", patrol.officer.login, hands))
    return found


def _by_call(
    town: Town, whereabouts: Whereabouts, calendar: Sequence[date], seed: int
) -> list[Finding]:
    """What residents report by telephone, where people live."""
    rng = np.random.default_rng([seed, 56])
    homes = town.buildings.to_crs(LOCAL_CRS)
    weight = homes["households"].to_numpy() / homes["households"].sum()
    centres = shapely.get_coordinates(homes.geometry.centroid.to_numpy())
    found = []
    for day in calendar:
        count = rng.poisson(CALLS_PER_DAY_AND_HOUSEHOLD * town.households)
        for house in rng.choice(len(centres), count, p=weight):
            kind = hazards.draw_kind(rng, day.month)
            x, y = centres[house] + rng.normal(0, 18, 2)
            found.append(_call((x, y), kind, _at_day(day, rng), whereabouts, rng))
    return found


def _in_hotspot(
    hotspot: Planted, centre: shapely.Point, whereabouts: Whereabouts, seed: int
) -> list[Finding]:
    """The extra cases of a hotspot; one that is only patrolled more has none."""
    rng = np.random.default_rng([seed, 57, len(hotspot.kind)])
    days = (hotspot.last_day - hotspot.first_day).days + 1
    away = hotspot.radius_m * np.sqrt(rng.uniform(0, 1, hotspot.cases)) * 0.92
    turn = rng.uniform(0, 2 * np.pi, hotspot.cases)
    spots = np.column_stack([centre.x + away * np.cos(turn), centre.y + away * np.sin(turn)])
    if hotspot.cases:
        spots = whereabouts.to_street(spots)
    found = []
    for x, y in spots:
        day = hotspot.first_day + timedelta(days=int(rng.integers(days)))
        code = hazards.HOTSPOT_CODES[int(rng.random() < 0.35)]
        call = _call((x, y), hazards.kind_of(code), _at_day(day, rng), whereabouts, rng)
        found.append(
            Finding(call.kind, call.xy, call.at, call.source, call.reporter, call.hands,
                    hotspot.kind)
        )  # fmt: skip
    return found


def _call(
    xy: tuple[float, float],
    kind: HazardKind,
    at: datetime,
    whereabouts: Whereabouts,
    rng: np.random.Generator,
) -> Finding:
    hands = whereabouts.hands(xy, kind, on_site=False)
    source = CALL_SOURCES[int(rng.integers(len(CALL_SOURCES)))]
    return Finding(kind, xy, at, source, hands.commander, hands)


def _at_day(day: date, rng: np.random.Generator) -> datetime:
    seconds = int(rng.triangular(6.5, 10.5, 21.5) * 3600)
    return (datetime.combine(day, time(), TIME_ZONE) + timedelta(seconds=seconds)).astimezone(UTC)
