"""Density surfaces as files: a cloud-optimised GeoTIFF, and a coloured picture for the map."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from PIL import Image
from rasterio import Affine
from rasterio import shutil as raster_shutil
from rasterio.crs import CRS
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader, MemoryFile
from rasterio.warp import Resampling, reproject, transform_bounds

from data.exports.colours import DENSITY_RAMP, ramp_stops, ramp_table
from geo.density import DensityRaster

NODATA: Final = -1.0
UNITS: Final = "cases/km2"
MAXIMUM: Final = "MAX_PER_KM2"
_BLOCK_PX = 256


class BrokenDensityError(ValueError):
    """A density file cannot be read."""


@dataclass(frozen=True)
class DensityPicture:
    """A density surface drawn for a web map.

    Attributes
    ----------
    png : bytes
        RGBA, in EPSG:3857, so that a map may stretch it between the corners of `bbox`.
    bbox : tuple of float
        West, south, east, north in WGS 84 degrees.
    max_per_km2 : float
        The density that has the last colour.
    bandwidth_m : float
    stops : list of (float, str)
        Density in cases per km² and its colour "#rrggbb", for the legend.
    """

    png: bytes
    bbox: tuple[float, float, float, float]
    max_per_km2: float
    bandwidth_m: float
    stops: list[tuple[float, str]]


def density_cog(surface: DensityRaster, epsg: int = 3857) -> bytes:
    """Write a density surface as a cloud-optimised GeoTIFF in memory.

    Parameters
    ----------
    surface : DensityRaster
    epsg : {3857, 4326}
        The CRS of the file. Values stay cases per true square kilometre.

    Returns
    -------
    bytes
        One float32 band with overviews; nodata is -1, the band's unit is "cases/km2", and the
        tags BANDWIDTH_M, KERNEL and CELL_M say how it was made; MAX_PER_KM2 is its maximum.

    Raises
    ------
    ValueError
        If `epsg` is neither.
    """
    if epsg not in (3857, 4326):
        raise ValueError(f"a density file is written in EPSG:3857 or EPSG:4326, not {epsg}")
    band, transform = _warp(surface, f"EPSG:{epsg}")
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "height": band.shape[0],
        "width": band.shape[1],
        "crs": f"EPSG:{epsg}",
        "transform": transform,
        "nodata": NODATA,
    }
    with MemoryFile() as plain, MemoryFile() as cog:
        with plain.open(**profile) as dataset:
            dataset.write(band, 1)
            dataset.set_band_unit(1, UNITS)
            dataset.set_band_description(1, "density")
            dataset.update_tags(
                BANDWIDTH_M=surface.bandwidth_m,
                KERNEL=surface.kernel,
                CELL_M=surface.cell_m,
                MAX_PER_KM2=float(band.max()),
            )
        options = {"BLOCKSIZE": _BLOCK_PX, "COMPRESS": "DEFLATE", "PREDICTOR": "FLOATING_POINT"}
        raster_shutil.copy(plain.name, cog.name, driver="COG", **options)
        return bytes(cog.getbuffer())


def write_density_cog(path: Path, surface: DensityRaster, epsg: int = 3857) -> None:
    """Write a density surface to a GeoTIFF file, whole or not at all; see `density_cog`."""
    partial = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        partial.write_bytes(density_cog(surface, epsg))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def density_picture(cog: bytes, max_per_km2: float | None = None) -> DensityPicture:
    """Colour a density file for the web map.

    Parameters
    ----------
    cog : bytes
        What `density_cog` wrote, in EPSG:3857.
    max_per_km2 : float, optional
        The density of the last colour; the file's own maximum by default. Pictures of several
        periods are only comparable with the same one.

    Returns
    -------
    DensityPicture

    Raises
    ------
    BrokenDensityError
        If the file cannot be read, or is not a density file in EPSG:3857.
    """
    try:
        with MemoryFile(cog) as file, file.open() as dataset:
            require_density(dataset)
            return _colour(dataset, max_per_km2)
    except (RasterioError, KeyError) as error:
        raise BrokenDensityError(f"the density file cannot be read: {error}") from error


def require_density(dataset: DatasetReader) -> None:
    """Raise `BrokenDensityError` unless this is a density file in EPSG:3857."""
    if dataset.crs is None or dataset.crs.to_epsg() != 3857 or dataset.units[0] != UNITS:
        raise BrokenDensityError("not a density file in EPSG:3857")


def _colour(dataset: DatasetReader, max_per_km2: float | None) -> DensityPicture:
    values = np.maximum(dataset.read(1), 0.0)
    found = float(values.max()) if max_per_km2 is None else max_per_km2
    top = found if found > 0 else 1.0
    table = ramp_table(DENSITY_RAMP)
    shade = np.clip(values / top * (len(table) - 1), 0, len(table) - 1).astype(np.uint8)
    png = BytesIO()
    Image.fromarray(table[shade]).save(png, "PNG")
    west, south, east, north = transform_bounds(dataset.crs, "EPSG:4326", *dataset.bounds)
    return DensityPicture(
        png=png.getvalue(),
        bbox=(west, south, east, north),
        max_per_km2=top,
        bandwidth_m=float(dataset.tags()["BANDWIDTH_M"]),
        stops=ramp_stops(DENSITY_RAMP, top),
    )


def _warp(surface: DensityRaster, target: str) -> tuple[npt.NDArray[np.float32], Affine]:
    height, width = surface.per_km2.shape
    source = Affine(surface.cell_m, 0, surface.west_m, 0, -surface.cell_m, surface.north_m)
    crs = CRS.from_wkt(surface.crs.to_wkt())
    east_m = surface.west_m + width * surface.cell_m
    south_m = surface.north_m - height * surface.cell_m
    west, south, east, north = transform_bounds(
        crs, target, surface.west_m, south_m, east_m, surface.north_m
    )
    step = min((east - west) / width, (north - south) / height)
    columns, rows = int(np.ceil((east - west) / step)), int(np.ceil((north - south) / step))
    transform = Affine(step, 0, west, 0, -step, north)
    band = np.full((rows, columns), NODATA, dtype=np.float32)
    reproject(
        surface.per_km2,
        band,
        src_transform=source,
        src_crs=crs,
        dst_transform=transform,
        dst_crs=target,
        dst_nodata=NODATA,
        resampling=Resampling.bilinear,
    )
    return band, transform
