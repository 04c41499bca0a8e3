"""Density rasters as tiles of the map: read from the GeoTIFF by window and overview, coloured."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from obstore.store import ObjectStore
from PIL import Image
from rasterio import Affine
from rasterio.errors import RasterioError
from rasterio.features import geometry_mask
from rasterio.io import MemoryFile
from rio_tiler.errors import TileOutsideBounds
from rio_tiler.io.rasterio import Reader
from sqlalchemy import Connection

from data.database import query
from data.exports.colours import DENSITY_RAMP, ramp_table
from data.exports.raster import MAXIMUM, BrokenDensityError, require_density
from data.scope import Scope
from data.shapes import WORLD_3857

TILE_PX: Final = 256
_TABLE: Final = ramp_table(DENSITY_RAMP)
_PALETTE: Final = _TABLE.tobytes()


def read_density(files: ObjectStore, key: str) -> bytes:
    """Fetch a density raster as it was stored."""
    return bytes(files.get(key).bytes())


def density_tile(cog: bytes, z: int, x: int, y: int, outline: shapely.Geometry | None) -> bytes:
    """Draw a tile of a density raster.

    Parameters
    ----------
    cog
        What `data.exports.raster.density_cog` wrote, in EPSG:3857.
    z, x, y
        Of the Web Mercator pyramid, y counted from the north.
    outline
        What may be seen, EPSG:3857; all else is clear. None: nothing.

    Returns
    -------
    bytes
        PNG of `TILE_PX` square with a palette; empty where nothing shows.

    Raises
    ------
    BrokenDensityError
        If the raster cannot be read.
    """
    if outline is None:
        return b""
    shade = _shade(cog, z, x, y)
    side = WORLD_3857 / 2**z
    west, north = x * side - WORLD_3857 / 2, WORLD_3857 / 2 - y * side
    tile = shapely.box(west, north - side, west + side, north)
    shapely.prepare(outline)
    if shade.any() and not shapely.contains(outline, tile):
        pixel = side / TILE_PX
        to_plane = Affine(pixel, 0, west, 0, -pixel, north)
        parts = [part for part in shapely.get_parts(outline) if shapely.intersects(part, tile)]
        outside = geometry_mask(parts, shade.shape, to_plane) if parts else np.True_
        shade = np.where(outside, np.uint8(0), shade)
    if not shade.any():
        return b""
    picture = Image.fromarray(shade)
    picture.putpalette(_PALETTE, "RGBA")
    png = BytesIO()
    picture.save(png, "PNG", compress_level=3)
    return png.getvalue()


def _shade(cog: bytes, z: int, x: int, y: int) -> NDArray[np.uint8]:
    """The colour of each pixel, as a number of the table; 0 is clear."""
    try:
        with MemoryFile(cog) as file, file.open() as dataset:
            require_density(dataset)
            top = float(dataset.tags()[MAXIMUM])
            with Reader(None, dataset=dataset) as reader:
                drawn = reader.tile(x, y, z, tilesize=TILE_PX, resampling_method="bilinear")
    except TileOutsideBounds:
        return np.zeros((TILE_PX, TILE_PX), np.uint8)
    except (RasterioError, KeyError) as error:
        raise BrokenDensityError(f"the density file cannot be read: {error}") from error
    values = np.maximum(drawn.array[0].filled(0.0), 0.0)
    steps = len(_TABLE) - 1
    shade: NDArray[np.uint8] = np.clip(values / (top or 1.0) * steps, 0, steps).astype(np.uint8)
    return shade


@dataclass(frozen=True)
class DensityState:
    """What a tile of a run depends on, beside its address and the caller's places.

    Parameters
    ----------
    key
        Of the raster, made from its content.
    outlines
        Names the outlines that tiles are cut by.
    day
        The day whose grids are meant.
    """

    key: str
    outlines: str
    day: date


def density_state(
    connection: Connection, district_id: int, run_id: int, at: datetime
) -> DensityState | None:
    """Look up what tiles of a run depend on; None: no such run, or it has no raster."""
    asked = {"district_id": district_id, "run_id": run_id, "at": at}
    row = connection.execute(query("density_tile_state"), asked).one_or_none()
    if row is None or row.density_key is None:
        return None
    return DensityState(
        row.density_key, f"{row.areas_version}.{row.grids_version}.{row.day}", row.day
    )


def outline_wkb(connection: Connection, scope: Scope, on: date) -> bytes:
    """What a scope holds, as one collection in EPSG:3857; empty: nothing.

    Parameters
    ----------
    on
        The day whose grids are meant, for an officer.
    """
    outline = connection.execute(
        query("scope_outline"), scope.parameters() | {"on": on}
    ).scalar_one()
    return b"" if outline is None else bytes(outline)


def outline_of(connection: Connection, scope: Scope, on: date) -> shapely.Geometry | None:
    """As `outline_wkb`, as a geometry; None: nothing."""
    outline = outline_wkb(connection, scope, on)
    return shapely.from_wkb(outline) if outline else None
