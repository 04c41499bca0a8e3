"""A layer and a tile → the bytes of a vector tile."""

from dataclasses import dataclass
from datetime import date

from isal import igzip
from sqlalchemy import Connection

from data.scope import Scope
from data.shapes import WORLD_3857, band_of, pixel_3857
from data.tile_queries import query_tile
from tiles.address import Tile
from tiles.layers import Layer

# Finer than a screen shows, yet coarse enough to drop most vertices of a bend.
DETAIL_PX = 0.5
# What is smaller than this in both directions would be a speck.
SPECK_PX = 4.0
FULL_DETAIL_ZOOM = 15


@dataclass(frozen=True)
class View:
    """What is to be seen: the day whose grids are drawn, or a draft plan, or a hotspot run."""

    on: date
    plan_id: int | None = None
    run_id: int | None = None
    kinds: tuple[str, ...] | None = None


def draw_tile(connection: Connection, layer: Layer, tile: Tile, scope: Scope, view: View) -> bytes:
    """Cut a tile of a layer; empty bytes where nothing lies or below the layer's zoom."""
    if tile.z < layer.minzoom:
        return b""
    detailed = tile.z >= FULL_DETAIL_ZOOM
    pixel = pixel_3857(tile.z)
    parameters = {
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "band": band_of(tile.z),
        "tolerance_3857": 0.0 if detailed else pixel * DETAIL_PX,
        "least_deg": 0.0 if detailed else pixel * SPECK_PX * 360 / WORLD_3857,
        "on": view.on,
        "plan_id": view.plan_id,
        "run_id": view.run_id,
        "kinds": layer.kinds_at(tile.z) if view.kinds is None else list(view.kinds),
    }
    return query_tile(connection, layer.name, scope, parameters)


def pack(tile: bytes) -> bytes:
    """Compress a tile as gzip, fast; the same tile gives the same bytes, an empty one none."""
    return igzip.compress(tile, compresslevel=1, mtime=0) if tile else b""
