"""Density rasters of cases: kept as GeoTIFF in the object store, coloured for the map."""

import hashlib
from datetime import date
from io import BytesIO
from typing import Final

import numpy as np
import shapely
from obstore.store import ObjectStore
from PIL import Image
from rasterio import Affine
from rasterio.features import geometry_mask
from sqlalchemy import Connection, select

from data.density_tiles import outline_of, read_density
from data.exports.raster import DensityPicture, density_cog, density_picture
from data.schema import HotspotRun
from data.scope import Scope
from geo.datum import FloatArray
from geo.density import density

MOST_RASTERS: Final = 10_000


def _folder(district_id: int) -> str:
    return f"density/{district_id}/"


def store_density(
    files: ObjectStore, district_id: int, lon: FloatArray, lat: FloatArray
) -> str | None:
    """Store the density of points as a cloud-optimised GeoTIFF in EPSG:3857.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees.

    Returns
    -------
    Its key, made from its content; None where there are no points.
    """
    if len(lon) == 0:
        return None
    raster = density_cog(density(lon, lat))
    key = f"{_folder(district_id)}{hashlib.sha256(raster).hexdigest()[:32]}.tif"
    files.put(key, raster)
    return key


def picture_of(
    connection: Connection, files: ObjectStore, scope: Scope, run_key: str, on: date
) -> DensityPicture:
    """Colour a density raster, clear outside the places of a scope.

    Parameters
    ----------
    run_key
        `density_key` of the run.
    on
        The day whose grids are meant, for an officer.
    """
    picture = density_picture(read_density(files, run_key))
    outline = outline_of(connection, scope, on)
    shapes = [] if outline is None else list(shapely.get_parts(outline))
    return DensityPicture(
        png=_clear_outside(picture, shapes),
        bbox=picture.bbox,
        max_per_km2=picture.max_per_km2,
        bandwidth_m=picture.bandwidth_m,
        stops=picture.stops,
    )


def _clear_outside(picture: DensityPicture, shapes: list[shapely.Geometry]) -> bytes:
    """Make every pixel transparent that lies in none of the shapes (EPSG:3857)."""
    with Image.open(BytesIO(picture.png)) as image:
        pixels = np.array(image.convert("RGBA"))
    height, width = pixels.shape[:2]
    west, south, east, north = shapely.bounds(_to_3857(shapely.box(*picture.bbox)))
    if shapes:
        to_plane = Affine((east - west) / width, 0, west, 0, (south - north) / height, north)
        outside = geometry_mask(shapes, (height, width), to_plane)
    else:
        outside = np.ones((height, width), dtype=bool)
    pixels[outside] = 0
    png = BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    return png.getvalue()


def _to_3857(box: shapely.Geometry) -> shapely.Geometry:
    """Project a box in degrees with the spherical Mercator formulas (EPSG 1024)."""

    def project(lonlat: FloatArray) -> FloatArray:
        radians = np.radians(lonlat)
        return 6378137.0 * np.column_stack(
            [radians[:, 0], np.log(np.tan(np.pi / 4 + radians[:, 1] / 2))]
        )

    return shapely.transform(box, project)


def remove_unused_density(connection: Connection, files: ObjectStore, district_id: int) -> int:
    """Delete rasters of a district that no run names any more.

    Returns
    -------
    How many were deleted.
    """
    used = set(
        connection.execute(
            select(HotspotRun.density_key).where(HotspotRun.district_id == district_id)
        ).scalars()
    )
    unused = [
        entry["path"]
        for batch in files.list(_folder(district_id), chunk_size=1000)
        for entry in batch
        if entry["path"] not in used
    ][:MOST_RASTERS]
    if unused:
        files.delete(unused)
    return len(unused)
