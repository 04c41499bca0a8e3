"""What the generator knows and the analysis has to find out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.demo.ground import LOCAL_CRS, WGS84
from data.demo.town import Town

RADIUS_M = 300.0

Kind = Literal["new", "fading", "patrolled"]


@dataclass(frozen=True)
class Planted:
    """A hotspot put there on purpose.

    Attributes
    ----------
    kind : str
        ``new``: many more cases in the last fortnight; ``fading``: many more in the first half;
        ``patrolled``: only more patrols, so more cases are found, but no more an hour.
    lon, lat : float
        Its centre, WGS 84 degrees.
    radius_m : float
        How far it reaches.
    first_day, last_day : date
        When it is strong.
    cases : int
        Cases added for it.
    """

    kind: Kind
    lon: float
    lat: float
    radius_m: float
    first_day: date
    last_day: date
    cases: int


def random_points(town: Town, count: int, seed: int = 300) -> pd.DataFrame:
    """Points in known communities: each is mixed from the corners of a triangle inside one.

    Parameters
    ----------
    town : Town
        Its communities are cut into triangles.
    count : int
        How many points; communities get shares by area.
    seed : int
        Seed.

    Returns
    -------
    DataFrame
        ``lon, lat`` (WGS 84 degrees) and ``area_code``, the community each lies in.
    """
    rng = np.random.default_rng([seed, 60])
    communities = town.areas[town.areas["level"] == "community"]
    cut = shapely.constrained_delaunay_triangles(communities.geometry.to_numpy())
    triangles, owner = shapely.get_parts(cut, return_index=True)
    weight = shapely.area(triangles)
    drawn = rng.choice(len(triangles), count, p=weight / weight.sum())
    corners = shapely.get_coordinates(shapely.get_exterior_ring(triangles)).reshape(-1, 4, 2)
    # Kept off the very edge, where rounding could push a point into the neighbour.
    share = 0.001 + 0.997 * rng.dirichlet([1.0, 1.0, 1.0], count)
    points = (corners[drawn, :3] * share[:, :, None]).sum(axis=1)
    codes = communities["code"].to_numpy()[owner[drawn]]
    return pd.DataFrame({"lon": points[:, 0], "lat": points[:, 1], "area_code": codes})


def choose_centres(grids: gpd.GeoDataFrame, town: Town, count: int) -> list[shapely.Point]:
    """Places for hotspots, local metres: busy compounds and lanes, as far apart as can be."""
    homes = town.buildings.to_crs(LOCAL_CRS)
    homes = homes[homes["households"] > 0]
    tree = shapely.STRtree(homes.geometry.centroid.to_numpy())
    centres = grids.to_crs(LOCAL_CRS).geometry.centroid.to_numpy()
    near = [
        homes["households"].to_numpy()[tree.query(c, predicate="dwithin", distance=300.0)].sum()
        for c in centres
    ]
    busy = [c for c, n in zip(centres, near, strict=True) if n >= np.quantile(near, 0.55)]
    # Not at the rim of the busy part: a hotspot needs ordinary neighbours on all sides.
    middle = shapely.MultiPoint(busy).centroid
    busy = sorted(busy, key=lambda c: c.distance(middle))[: max(count, round(0.75 * len(busy)))]
    chosen = [busy[0]]
    while len(chosen) < count:
        chosen.append(max(busy, key=lambda c: min(c.distance(other) for other in chosen)))
    return chosen


def plant(
    centres: Sequence[shapely.Point], calendar: Sequence[date], households: int
) -> list[Planted]:
    """One hotspot of each kind at three centres (local metres), over days in order."""
    moved = gpd.GeoSeries(list(centres), crs=LOCAL_CRS).to_crs(WGS84)
    size = float(np.clip(households / 60_000, 0.4, 1.0))
    half = len(calendar) // 2
    plans: list[tuple[Kind, int, date, date]] = [
        ("new", round(80 * size), calendar[-14:][0], calendar[-1]),
        ("fading", round(150 * size), calendar[0], calendar[half - 1]),
        ("patrolled", 0, calendar[0], calendar[-1]),
    ]
    return [
        Planted(kind, float(at.x), float(at.y), max(0.5, size) * RADIUS_M, first, last, cases)
        for at, (kind, cases, first, last) in zip(moved, plans, strict=True)
    ]
