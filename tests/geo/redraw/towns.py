"""A draft to redraw: a community of thirty street blocks in seven grids, in degrees."""

import functools

import geopandas as gpd
import numpy as np
import shapely
from fixtures.quarter import BLOCK_M, CRS, EAST, NORTH, make_quarter

from geo.redraw.coverage import Coverage
from geo.redraw.ground import Ground

# Grid of each block, north at the top; each block has eight houses.
BLOCKS = (
    "112233",
    "112243",
    "555443",
    "565447",
    "666777",
)


@functools.cache
def draft(households: int = 3) -> tuple[Coverage, Ground]:
    """Seven grids of 72 to 120 households, and what stands there."""
    town = make_quarter(12, 5, households=households)
    degrees = town.to("EPSG:4326")
    ground = Ground(
        ids=np.arange(len(town.buildings)) + 1000,
        households=town.buildings["households"].to_numpy(dtype=np.int64),
        buildings=degrees.buildings.geometry.to_numpy(),
        lines=shapely.get_parts(degrees.roads.geometry.to_numpy()),
    )
    ids = tuple(sorted({int(grid) for row in BLOCKS for grid in row}))
    shapes = gpd.GeoSeries([_shape(grid) for grid in ids], crs=CRS).to_crs("EPSG:4326")
    return Coverage(ids, shapes.to_numpy()), ground


def _shape(grid: int) -> shapely.Polygon:
    wide, high = BLOCK_M
    blocks = [
        shapely.box(
            EAST + wide * column,
            NORTH + high * (len(BLOCKS) - 1 - row),
            EAST + wide * (column + 1),
            NORTH + high * (len(BLOCKS) - row),
        )
        for row, line in enumerate(BLOCKS)
        for column, name in enumerate(line)
        if name == str(grid)
    ]
    return shapely.coverage_union_all(blocks)
