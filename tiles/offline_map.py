"""The map to take along: many tiles of all its layers in one file, for phones without a network.

The file is a PMTiles archive (version 3) of Mapbox Vector Tiles: each holds the layers side by
side, which is to write their messages one after another.
"""

import io
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import shapely
from isal import igzip
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from data.shapes import WORLD_3857
from tiles.address import Tile
from tiles.layers import LAYERS

# Neither cases nor status, and nothing that changes from day to day.
NAMES: Final = ("areas", "water", "roads", "buildings", "places", "grids")
FIRST_ZOOM: Final = 11
LAST_ZOOM: Final = max(LAYERS[name].maxzoom for name in NAMES)
# One looks at the way to a grid, and at what lies beside it.
MARGIN_M: Final = 500.0
# 130 km² down to the last zoom, and some seconds of drawing where none was drawn before.
MOST_TILES: Final = 800
RADIUS_M: Final[float] = WORLD_3857 / (2 * math.pi)


def tiles_over(region: shapely.Geometry) -> list[Tile]:
    """Name the tiles that cover a region and a margin around it, zoom by zoom.

    Parameters
    ----------
    region
        In EPSG:3857, not empty.

    Returns
    -------
    Tiles from `FIRST_ZOOM` on, of as many whole zooms as `MOST_TILES` lets in, and of the first.
    """
    _, south, _, north = shapely.bounds(region)
    # A metre on the ground is that much longer on this map.
    stretched = math.cosh((south + north) / 2 / RADIUS_M)
    wide = shapely.buffer(region, MARGIN_M * stretched, quad_segs=2)
    shapely.prepare(wide)
    found: list[Tile] = []
    level = _touching(_within(shapely.bounds(wide).tolist(), FIRST_ZOOM), FIRST_ZOOM, wide)
    for zoom in range(FIRST_ZOOM, LAST_ZOOM + 1):
        if found and len(found) + len(level) > MOST_TILES:
            break
        found += [Tile(zoom, x, y) for x, y in level]
        children = [(2 * x + i, 2 * y + j) for x, y in level for i in (0, 1) for j in (0, 1)]
        level = _touching(children, zoom + 1, wide)
    return found


def _within(bounds: list[float], zoom: int) -> list[tuple[int, int]]:
    west, south, east, north = bounds
    side, last = WORLD_3857 / (1 << zoom), (1 << zoom) - 1

    def at(distance_3857: float) -> int:
        return min(max(int(distance_3857 // side), 0), last)

    columns = range(at(west + WORLD_3857 / 2), at(east + WORLD_3857 / 2) + 1)
    rows = range(at(WORLD_3857 / 2 - north), at(WORLD_3857 / 2 - south) + 1)
    return [(x, y) for x in columns for y in rows]


def _touching(
    addresses: list[tuple[int, int]], zoom: int, region: shapely.Geometry
) -> list[tuple[int, int]]:
    x, y = np.array(addresses, dtype=np.float64).reshape(-1, 2).T
    side = WORLD_3857 / (1 << zoom)
    west, north = x * side - WORLD_3857 / 2, WORLD_3857 / 2 - y * side
    boxes = shapely.box(west, north - side, west + side, north)
    touched = shapely.intersects(region, boxes).tolist()
    return [address for address, hit in zip(addresses, touched, strict=True) if hit]


def archive(
    drawn: Iterable[tuple[Tile, Mapping[str, bytes]]],
    bounds: tuple[float, float, float, float],
    attribution: str | None,
) -> bytes:
    """Put tiles into one file.

    Parameters
    ----------
    drawn
        At least one tile, and what each layer of `NAMES` has there.
    bounds
        West, south, east, north in degrees, of what the file is made for.
    attribution
        Whose data it is, where that must be shown.
    """
    file = io.BytesIO()
    writer = Writer(file)
    packed = {
        zxy_to_tileid(tile.z, tile.x, tile.y): igzip.compress(
            b"".join(layers[name] for name in NAMES), compresslevel=3, mtime=0
        )
        for tile, layers in drawn
    }
    for number in sorted(packed):
        writer.write_tile(number, packed[number])
    west, south, east, north = bounds
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": round(west * 1e7),
        "min_lat_e7": round(south * 1e7),
        "max_lon_e7": round(east * 1e7),
        "max_lat_e7": round(north * 1e7),
        "center_zoom": LAST_ZOOM - 1,
        "center_lon_e7": round((west + east) / 2 * 1e7),
        "center_lat_e7": round((south + north) / 2 * 1e7),
    }
    writer.finalize(header, _told(attribution))
    return file.getvalue()


def _told(attribution: str | None) -> dict[str, Any]:
    named = {} if attribution is None else {"attribution": attribution}
    layers = [
        {"id": name, "fields": dict(LAYERS[name].fields), "minzoom": LAYERS[name].minzoom}
        for name in NAMES
    ]
    return named | {"name": "三百 Sanbai", "vector_layers": layers}
