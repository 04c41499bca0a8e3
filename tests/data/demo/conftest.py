"""One small town and its history for all tests here: together they take a few seconds."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.demo import History, Town, make_history, make_town
from data.demo.ground import LOCAL_CRS

UNTIL = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def town() -> Town:
    return make_town(seed=300, households=6_000)


@pytest.fixture(scope="session")
def grids(town: Town) -> gpd.GeoDataFrame:
    """Stand-ins for grids: communities cut by a mesh, scraps left out."""
    communities = town.areas[town.areas["level"] == "community"].to_crs(LOCAL_CRS)
    west, south, east, north = communities.total_bounds
    mesh = [
        shapely.box(x, y, x + 480, y + 480)
        for x in np.arange(west, east, 480)
        for y in np.arange(south, north, 480)
    ]
    codes, shapes = [], []
    for code, outline in zip(communities["code"], communities.geometry, strict=True):
        pieces = shapely.intersection(outline, mesh)
        pieces = [p for p in pieces if p.geom_type == "Polygon" and p.area > 20_000]
        codes += [f"{code}{number:03d}" for number in range(1, len(pieces) + 1)]
        shapes += pieces
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs=LOCAL_CRS).to_crs(4326)


@pytest.fixture(scope="session")
def history(town: Town, grids: gpd.GeoDataFrame) -> History:
    return make_history(town, grids, UNTIL)
