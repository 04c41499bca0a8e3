"""Placing a backdrop: by what its file says, when that lies over the town, or by control points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from rasterio import Affine

from data.backdrop_drawings import (
    Drawing,
    as_document,
    draw_picture,
    is_drawing,
    read_drawing,
    sheet_scale,
)
from data.backdrop_errors import BackdropError
from data.backdrop_pages import draw_page, is_pdf
from data.backdrop_scans import as_jpeg, read_jpeg, read_scan, scan_kind, warp_scan
from data.file_names import plain_name
from geo.georeference import Fit, FitError, FitKind, drawing_systems, fit_points
from geo.metric import local_crs, project

MOST_BYTES: Final = 40 * 1024 * 1024
LOCAL: Final = "local"
"""A system that nobody knows: the sheet is placed by control points."""
_NEAR: Final = 0.5
"""A sheet may lie beside the town by half of its width and still be meant."""

Box = tuple[float, float, float, float]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ControlPoint:
    """A place on the sheet's picture, in pixels from its upper left corner, and on the ground."""

    x: float
    y: float
    lon: float
    lat: float


@dataclass(frozen=True)
class Backdrop:
    """A file that has been read: what it is and the pictures of it, by their endings.

    Attributes
    ----------
    kind
        "drawing" or "scan".
    picture
        For control points, with its media type.
    shown
        What the map shows, with its media type; None until it is placed.
    placed, bounds
        How it was placed, and its box in degrees; None likewise.
    page, pages
        Of a PDF: which page it shows, from 1, and how many there are; None for other files.
    """

    kind: str
    name: str
    raw: bytes
    picture: tuple[bytes, str]
    size_px: tuple[int, int]
    shown: tuple[bytes, str] | None
    placed: dict[str, Any] | None
    bounds: Box | None
    page: int | None = None
    pages: int | None = None


def prepare_backdrop(
    raw: bytes, name: str, system: str | None, town: Box, page: int = 1
) -> Backdrop:
    """Read a file that is to lie under a plan.

    Parameters
    ----------
    system
        "EPSG:…", `LOCAL`, or None for what the file says of itself.
    town
        Box of the plan's area, degrees.
    page
        Of a PDF: which page, from 1. Other files have no pages.

    Raises
    ------
    BackdropError
        Nothing is stored.
    """
    if len(raw) > MOST_BYTES:
        raise BackdropError("too-large", most=MOST_BYTES)
    crs = _system(system)
    if is_drawing(raw):
        return _prepare_drawing(raw, plain_name(name, "drawing.dxf"), crs, system, town)
    if scan_kind(raw) is None and is_pdf(raw):
        return _prepare_page(raw, plain_name(name, "sheet.pdf"), page)
    return _prepare_scan(raw, plain_name(name, "scan"), crs, system, town)


def _system(system: str | None) -> CRS | None:
    if system is None or system == LOCAL:
        return None
    try:
        return CRS.from_user_input(system)
    except CRSError as error:
        raise BackdropError("unknown-system") from error


def _prepare_drawing(
    raw: bytes, name: str, crs: CRS | None, system: str | None, town: Box
) -> Backdrop:
    drawing = read_drawing(raw)
    picture, scale = draw_picture(drawing)
    size = (scale.width_px, scale.height_px)
    if system == LOCAL:
        return Backdrop("drawing", name, raw, (picture, "image/png"), size, None, None, None)
    if crs is None:
        raise BackdropError("unknown-system")
    document, bounds = _drawing_over_town(drawing, crs, town)
    shown = (document, "application/geo+json")
    placed = {"by": "system", "system": crs.to_string()}
    return Backdrop("drawing", name, raw, (picture, "image/png"), size, shown, placed, bounds)


def _drawing_over_town(drawing: Drawing, crs: CRS, town: Box) -> tuple[bytes, Box]:
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)

    def convert(xy: FloatArray) -> FloatArray:
        return np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1]))

    vertices = convert(drawing.vertices())
    box = _box_of(vertices)
    if box is None or not _meet(box, town):
        raise BackdropError("elsewhere", **_middle(box), fitting=_fitting(drawing, town))
    if not np.isfinite(vertices).all():
        raise BackdropError("elsewhere", **_middle(box), fitting=[])
    return as_document(drawing, convert), box


def _fitting(drawing: Drawing, town: Box) -> list[str]:
    """Codes of the usual systems with which a drawing would lie over the town."""
    found = []
    for system in drawing_systems((town[0] + town[2]) / 2, (town[1] + town[3]) / 2):
        to_degrees = Transformer.from_crs(system.code, 4326, always_xy=True)
        west, south, east, north = drawing.box
        corners = np.array([(west, south), (east, south), (east, north), (west, north)])
        box = _box_of(np.column_stack(to_degrees.transform(*corners.T)))
        if box is not None and _meet(box, town):
            found.append(system.code)
    return found


def _box_of(degrees: FloatArray) -> Box | None:
    sound = degrees[np.isfinite(degrees).all(axis=1)]
    if len(sound) == 0:
        return None
    (west, south), (east, north) = sound.min(axis=0).tolist(), sound.max(axis=0).tolist()
    return west, south, east, north


def _meet(box: Box, town: Box) -> bool:
    beside = _NEAR * (town[2] - town[0]), _NEAR * (town[3] - town[1])
    return (
        box[0] <= town[2] + beside[0]
        and box[2] >= town[0] - beside[0]
        and box[1] <= town[3] + beside[1]
        and box[3] >= town[1] - beside[1]
    )


def _middle(box: Box | None) -> dict[str, float | None]:
    if box is None:
        return {"lon": None, "lat": None}
    return {"lon": round((box[0] + box[2]) / 2, 4), "lat": round((box[1] + box[3]) / 2, 4)}


def _prepare_page(raw: bytes, name: str, number: int) -> Backdrop:
    """A page is a scan that never knows its place."""
    drawn = draw_page(raw, number)
    picture = (as_jpeg(drawn.pixels), "image/jpeg")
    height, width = drawn.pixels.shape[:2]
    size = (width, height)
    return Backdrop(
        "scan", name, raw, picture, size, None, None, None, page=number, pages=drawn.pages
    )


def _prepare_scan(
    raw: bytes, name: str, crs: CRS | None, system: str | None, town: Box
) -> Backdrop:
    scan = read_scan(raw)
    picture = (as_jpeg(scan.pixels), "image/jpeg")
    size = (scan.pixels.shape[1], scan.pixels.shape[0])
    own = crs or scan.crs
    if system == LOCAL or own is None or scan.transform is None:
        return Backdrop("scan", name, raw, picture, size, None, None, None)
    overlay = warp_scan(scan.pixels, own, scan.transform)
    if not _meet(overlay.bounds, town):
        raise BackdropError("elsewhere", **_middle(overlay.bounds), fitting=[])
    placed = {"by": "system", "system": own.to_string()}
    shown = (overlay.webp, "image/webp")
    return Backdrop("scan", name, raw, picture, size, shown, placed, overlay.bounds)


@dataclass(frozen=True)
class Placed:
    """A sheet on the map: what the map shows, its box in degrees, and how it was placed."""

    shown: bytes
    bounds: Box
    how: dict[str, Any]


def place_scan(picture: bytes, points: Sequence[ControlPoint], kind: FitKind) -> Placed:
    """Place a scan by control points.

    Parameters
    ----------
    picture
        The JPEG that `prepare_backdrop` made.

    Raises
    ------
    BackdropError
        The points fit nothing, see `geo.georeference.fit_points`.
    """
    plane, ground, pixels = _on_plane(points)
    fit = _fit(pixels * (1, -1), ground, kind)
    (a, b, c), (d, e, f) = fit.matrix.tolist()
    # Rows are counted downward: the sheet's y is minus the row.
    overlay = warp_scan(read_jpeg(picture), plane, Affine(a, -b, c, d, -e, f))
    return Placed(overlay.webp, overlay.bounds, _told(fit, kind, points))


def place_drawing(source: bytes, points: Sequence[ControlPoint], kind: FitKind) -> Placed:
    """Place a drawing by control points on its picture; raises as `place_scan`.

    Parameters
    ----------
    source
        The file as it came.
    """
    plane, ground, pixels = _on_plane(points)
    drawing = read_drawing(source)
    fit = _fit(sheet_scale(drawing).to_drawing(pixels), ground, kind)
    back = Transformer.from_crs(plane, 4326, always_xy=True)

    def convert(xy: FloatArray) -> FloatArray:
        return np.column_stack(back.transform(*fit.apply(xy).T))

    box = _box_of(convert(drawing.vertices()))
    if box is None:
        raise BackdropError("elsewhere", lon=None, lat=None, fitting=[])
    return Placed(as_document(drawing, convert), box, _told(fit, kind, points))


def _on_plane(points: Sequence[ControlPoint]) -> tuple[CRS, FloatArray, FloatArray]:
    """A local metric plane, the points on it, and on the picture."""
    if not points:
        raise BackdropError("too-few")
    lon, lat = [point.lon for point in points], [point.lat for point in points]
    plane = local_crs(lon, lat)
    pixels = np.array([(point.x, point.y) for point in points], dtype=np.float64)
    return plane, np.column_stack(project(lon, lat, plane)), pixels


def _fit(sheet: FloatArray, ground: FloatArray, kind: FitKind) -> Fit:
    try:
        return fit_points(sheet, ground, kind)
    except FitError as error:
        raise BackdropError(error.fault) from error


def _told(fit: Fit, kind: FitKind, points: Sequence[ControlPoint]) -> dict[str, Any]:
    return {
        "by": "points",
        "fit": kind,
        "rms_m": round(fit.rms_m, 3),
        "spare": fit.spare,
        "points": [
            {"x": p.x, "y": p.y, "lon": p.lon, "lat": p.lat, "residual_m": round(residual, 3)}
            for p, residual in zip(points, fit.residuals_m.tolist(), strict=True)
        ],
    }
