"""Buildings as grids count them: one too large for a grid by the parts it is divided into."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from sqlalchemy import Connection

from data.frames import read_frame
from data.plan_wishes import Limits
from geo.grids.towers import TOO_LARGE, count_in_parts


def in_parts(
    buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, limits: Limits
) -> gpd.GeoDataFrame:
    """Put the parts of the buildings that a plan divides in their place.

    Parameters
    ----------
    buildings
        ``households``, ``units`` where they are known; EPSG:4326.
    communities
        ``id``, shape.
    limits
        Of the plan.

    Returns
    -------
    As :func:`geo.grids.towers.count_in_parts`.
    """
    wanted = [limits.divides_by(int(area_id)) for area_id in communities["id"]]
    return count_in_parts(buildings, communities, wanted)


def in_parts_of(
    connection: Connection,
    district_id: int,
    buildings: gpd.GeoDataFrame,
    communities: list[int],
    limits: Limits,
) -> gpd.GeoDataFrame:
    """As `in_parts`, for communities by their ids; outlines are read only where they are needed."""
    least = min((by for one in communities if (by := limits.divides_by(one))), default=None)
    homes = buildings["households"].to_numpy(dtype=np.int64)
    if least is None or not (homes > TOO_LARGE * least).any():
        return buildings.assign(part=0)
    asked = {"district_id": district_id, "communities": communities}
    return in_parts(buildings, read_frame(connection, "outlines_of_communities", asked), limits)
