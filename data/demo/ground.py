"""The lie of the land: the local plane the demo town is drawn on, and how it bends.

The town is designed in plan coordinates (u east, v north, metres), where streets are straight, and
bent into place: turned a few degrees, turned further beyond the river, and pushed about smoothly.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

Points = NDArray[np.float64]

ORIGIN_LON_DEG = 118.3
ORIGIN_LAT_DEG = 36.6
WGS84 = CRS.from_epsg(4326)
LOCAL_CRS = CRS.from_proj4(
    f"+proj=tmerc +lat_0={ORIGIN_LAT_DEG} +lon_0={ORIGIN_LON_DEG} +k=1 +datum=WGS84 +units=m"
)
# Lines are noded on this grid, so that all that meets does so in the same vertex.
NODE_GRID_M = 0.01


_TO_WGS84 = Transformer.from_crs(LOCAL_CRS, WGS84, always_xy=True)


def to_degrees(points: Points) -> tuple[Points, Points]:
    """Longitudes and latitudes of local points, shape (n, 2), rounded to a centimetre."""
    lon, lat = _TO_WGS84.transform(points[:, 0], points[:, 1])
    return np.round(lon, 7), np.round(lat, 7)


@dataclass(frozen=True)
class Extent:
    """Sizes of the town in plan coordinates, grown with the root of its households.

    Attributes
    ----------
    households : int
        Households the town is laid out for.
    ring_u_m, ring_v_m : float
        Half axes of the ring road.
    edge_u_m, edge_v_m : float
        Half axes of the district.
    river_u_m : float
        Where the river runs, east of the centre.
    river_half_width_m : float
        Half its width.
    """

    households: int
    ring_u_m: float
    ring_v_m: float
    edge_u_m: float
    edge_v_m: float
    river_u_m: float
    river_half_width_m: float

    @classmethod
    def for_households(cls, households: int) -> "Extent":
        """Lay out room for so many households."""
        scale = float(np.sqrt(households / 60_000))
        ring_u, ring_v = 60 + 1890 * scale, 50 + 1600 * scale
        margin = max(1500 * scale, 600.0)
        return cls(
            households=households,
            ring_u_m=ring_u,
            ring_v_m=ring_v,
            edge_u_m=ring_u + margin,
            edge_v_m=ring_v + margin,
            river_u_m=0.36 * ring_u,
            river_half_width_m=14 + 28 * min(1.0, scale),
        )


@dataclass(frozen=True)
class Ground:
    """Smooth bending of plan coordinates into local metres.

    Parameters
    ----------
    extent : Extent
        Sizes of the town.
    seed : int
        Seed of the smooth displacement.
    """

    extent: Extent
    seed: int
    turn_deg: float = 6.0
    east_turn_deg: float = 13.0
    bump_m: float = 75.0
    reach_m: float = 1100.0
    _bumps: Points = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Place the bumps that push streets out of the straight."""
        rng = np.random.default_rng([self.seed, 11])
        size = (self.extent.edge_u_m, self.extent.edge_v_m)
        count = max(4, round(4 * size[0] * size[1] / self.reach_m**2 * 0.9))
        places = rng.uniform(-1, 1, (count, 2)) * size
        pushes = rng.normal(0, self.bump_m, (count, 2))
        object.__setattr__(self, "_bumps", np.hstack([places, pushes]))

    def bend(self, plan: Points) -> Points:
        """Bend plan coordinates, shape (n, 2), into local metres of the same shape."""
        moved = plan.copy()
        for bump in self._bumps:
            pull = np.exp(-((plan - bump[:2]) ** 2).sum(axis=1) / (2 * (self.reach_m / 2) ** 2))
            moved += pull[:, None] * bump[2:]
        beyond = 1 / (1 + np.exp(-(plan[:, 0] - self.extent.river_u_m - 150) / 180))
        river = np.array([self.extent.river_u_m, 0.0])
        turned = _turn(moved - river, beyond * np.deg2rad(self.east_turn_deg))
        return _turn(turned + river, np.deg2rad(self.turn_deg))

    def line(self, plan: Points, step_m: float = 25.0) -> shapely.LineString:
        """Bend a plan polyline, densified so that it curves, thinned to what the eye sees."""
        dense = shapely.get_coordinates(shapely.segmentize(shapely.LineString(plan), step_m))
        bent = shapely.simplify(shapely.LineString(self.bend(dense)), 0.6)
        return shapely.set_precision(bent, NODE_GRID_M)


def _turn(points: Points, angle_rad: float | Points) -> Points:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([x * cos - y * sin, x * sin + y * cos])


def turn_about(points: Points, centre: tuple[float, float], angle_deg: float) -> Points:
    """Turn points, shape (n, 2), counter-clockwise about a centre."""
    return _turn(points - centre, np.deg2rad(angle_deg)) + centre
