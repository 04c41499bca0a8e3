"""Scanned plans: read, made small enough for a browser, and warped to where they lie.

PNG, JPEG and TIFF are read by GDAL in strips, so that a large sheet never lies in memory whole.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import rasterio.crs
from PIL import Image
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjError
from rasterio import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader, MemoryFile
from rasterio.warp import reproject
from rasterio.windows import Window

from data.backdrop_errors import BackdropError

MOST_PIXELS: Final = 150_000_000
LONGEST_SIDE_PX: Final = 4096
MERCATOR: Final = "EPSG:3857"
_KINDS: Final = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\x00": "GTiff",
    b"MM\x00*": "GTiff",
    b"II+\x00": "GTiff",
    b"MM\x00+": "GTiff",
}
_EDGE_POINTS: Final = 33

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Scan:
    """A scan made small enough.

    Attributes
    ----------
    pixels
        (height, width, 4), red, green, blue, alpha.
    crs, transform
        Where the file itself says it lies, for these pixels; None where it does not.
    """

    pixels: Pixels
    crs: CRS | None
    transform: Affine | None


@dataclass(frozen=True)
class Overlay:
    """A picture in EPSG:3857 with its box in degrees: west, south, east, north."""

    webp: bytes
    bounds: tuple[float, float, float, float]


def scan_kind(raw: bytes) -> str | None:
    """Name of the GDAL driver for a picture by its first bytes; None for no picture we know."""
    return next((kind for magic, kind in _KINDS.items() if raw.startswith(magic)), None)


def read_scan(raw: bytes) -> Scan:
    """Read a PNG, JPEG or TIFF.

    Raises
    ------
    BackdropError
        `unknown-kind`, `too-many-pixels` (before anything is decoded) or `damaged`.
    """
    kind = scan_kind(raw)
    if kind is None:
        raise BackdropError("unknown-kind")
    with warnings.catch_warnings():
        # Most scans lie nowhere: that is what control points are for.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        try:
            with MemoryFile(raw) as file, file.open(driver=kind) as dataset:
                if dataset.width * dataset.height > MOST_PIXELS:
                    raise BackdropError("too-many-pixels", most=MOST_PIXELS)
                return _read(dataset)
        except (RasterioError, CRSError, ValueError, OSError) as error:
            raise BackdropError("damaged") from error


def _read(dataset: DatasetReader) -> Scan:
    step = -(-max(dataset.width, dataset.height) // LONGEST_SIDE_PX)
    width, height = dataset.width // step, dataset.height // step
    if min(width, height) < 1:
        raise BackdropError("damaged")
    pixels = np.empty((height, width, 4), dtype=np.uint8)
    rows = max(1, 256 // step)
    for top in range(0, height, rows):
        count = min(rows, height - top)
        window = Window(0, top * step, width * step, count * step)
        strip = _as_rgba(dataset, window).reshape(count, step, width, step, 4)
        pixels[top : top + count] = strip.mean(axis=(1, 3), dtype=np.float32).round()
    crs, transform = _own_place(dataset)
    return Scan(pixels, crs, None if transform is None else transform @ Affine.scale(step))


def _own_place(dataset: DatasetReader) -> tuple[CRS | None, Affine | None]:
    if dataset.transform.is_identity or dataset.transform.is_degenerate:
        return None, None
    if dataset.crs is None:
        return None, dataset.transform
    try:
        return CRS(dataset.crs.to_wkt()), dataset.transform
    except ProjError:
        return None, dataset.transform


def _as_rgba(dataset: DatasetReader, window: Window) -> Pixels:
    """A strip of a picture as (rows, columns, 4), whatever bands it has."""
    bands = _to_bytes(dataset.read(window=window), dataset)
    kinds = dataset.colorinterp
    if kinds[0] == ColorInterp.palette:
        colours = dataset.colormap(1)
        table = np.full((256, 4), 255, dtype=np.uint8)
        for value, colour in colours.items():
            table[value & 255] = colour
        return np.asarray(table[bands[0]])
    shape = bands.shape[1:]
    rgba = np.empty((*shape, 4), dtype=np.uint8)
    if kinds[0] == ColorInterp.cyan and len(bands) >= 4:
        ink = bands[:3].astype(np.uint16) + bands[3]
        rgba[..., :3] = np.moveaxis(255 - np.minimum(ink, 255), 0, -1)
    else:
        colours = bands[:3] if len(bands) >= 3 else np.broadcast_to(bands[:1], (3, *shape))
        rgba[..., :3] = np.moveaxis(colours, 0, -1)
    rgba[..., 3] = dataset.dataset_mask(window=window)
    return rgba


def _to_bytes(bands: Any, dataset: DatasetReader) -> Pixels:
    if dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS") == "1" and not _has_palette(dataset):
        return np.asarray(bands, dtype=np.uint8) * np.uint8(255)
    if bands.dtype == np.uint8:
        return np.asarray(bands)
    if bands.dtype == np.uint16:
        return np.asarray(bands >> 8, dtype=np.uint8)
    raise BackdropError("unknown-kind")


def _has_palette(dataset: DatasetReader) -> bool:
    return bool(dataset.colorinterp[0] == ColorInterp.palette)


def as_jpeg(pixels: Pixels) -> bytes:
    """A scan as the picture on which control points are set; what is transparent becomes white."""
    image = Image.fromarray(pixels)
    ground = Image.new("RGBA", image.size, "white")
    out = io.BytesIO()
    Image.alpha_composite(ground, image).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def read_jpeg(body: bytes) -> Pixels:
    """Read back what `as_jpeg` made."""
    with Image.open(io.BytesIO(body), formats=("JPEG",)) as image:
        return np.asarray(image.convert("RGBA"))


def warp_scan(pixels: Pixels, crs: CRS, transform: Affine) -> Overlay:
    """Warp a scan to EPSG:3857, at about its own resolution.

    Parameters
    ----------
    pixels
        (height, width, 4).
    crs, transform
        Where it lies: columns and rows, from the upper left corner, to coordinates of `crs`.

    Raises
    ------
    BackdropError
        `elsewhere` when it lies nowhere on the map.
    """
    height, width = pixels.shape[:2]
    west, south, east, north = _box(crs, transform, width, height, MERCATOR)
    side = max(east - west, north - south)
    shrink = min(1.0, LONGEST_SIDE_PX / max(width, height))
    resolution = max(side / LONGEST_SIDE_PX, _pixel_size(crs, transform, width, height) / shrink)
    columns = max(1, round((east - west) / resolution))
    rows = max(1, round((north - south) / resolution))
    to_plane = Affine((east - west) / columns, 0, west, 0, (south - north) / rows, north)
    warped = np.zeros((4, rows, columns), dtype=np.uint8)
    reproject(
        np.ascontiguousarray(np.moveaxis(pixels, -1, 0)),
        warped,
        src_transform=transform,
        src_crs=rasterio.crs.CRS.from_wkt(crs.to_wkt()),
        dst_transform=to_plane,
        dst_crs=MERCATOR,
        resampling=Resampling.bilinear,
    )
    out = io.BytesIO()
    Image.fromarray(np.moveaxis(warped, 0, -1)).save(out, "WEBP", quality=80, method=2)
    degrees = Transformer.from_crs(MERCATOR, 4326, always_xy=True)
    return Overlay(out.getvalue(), degrees.transform_bounds(west, south, east, north))


def _box(
    crs: CRS, transform: Affine, width: int, height: int, to: str
) -> tuple[float, float, float, float]:
    """Box in another system of a sheet's edges."""
    along = np.linspace(0, 1, _EDGE_POINTS)
    none, one = np.zeros_like(along), np.ones_like(along)
    columns = np.concatenate([along, one, along, none]) * width
    rows = np.concatenate([none, along, one, along]) * height
    x = transform.a * columns + transform.b * rows + transform.c
    y = transform.d * columns + transform.e * rows + transform.f
    try:
        projected = Transformer.from_crs(crs, to, always_xy=True).transform(x, y)
    except ProjError as error:
        raise BackdropError("elsewhere", lon=None, lat=None, fitting=[]) from error
    if not np.isfinite(projected).all():
        raise BackdropError("elsewhere", lon=None, lat=None, fitting=[])
    return (
        float(projected[0].min()),
        float(projected[1].min()),
        float(projected[0].max()),
        float(projected[1].max()),
    )


def _pixel_size(crs: CRS, transform: Affine, width: int, height: int) -> float:
    """Side of a pixel in the middle of the sheet, in units of EPSG:3857."""
    middle = Affine.translation(width / 2, height / 2)
    west, south, east, north = _box(crs, transform @ middle, 1, 1, MERCATOR)
    return max(1e-6, math.sqrt((east - west) * (north - south)))
