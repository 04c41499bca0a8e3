"""Drawings (DXF) under a plan: their lines and texts, in their own system or on the map."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio
import shapely
from PIL import Image, ImageDraw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from data.backdrop_errors import BackdropError

MOST_VERTICES: Final = 400_000
MOST_TEXTS: Final = 5_000
LONGEST_TEXT: Final = 60
PICTURE_SIDE_PX: Final = 3000
_MARGIN: Final = 0.02
# A drawing begins with a section, perhaps after comments (group code 999).
_DXF: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:999\s*\r?\n[^\n]*\n\s*)*0\s*\r?\n\s*SECTION\s")
_BINARY: Final = (b"AutoCAD Binary DXF", b"AC10")
_FORMATTING: Final = re.compile(r"\\P|\\[A-Za-z][^;\\{}]*;|[{}]")

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Drawing:
    """The lines and texts of a drawing, in coordinates of its own.

    Attributes
    ----------
    lines
        Shapely lines.
    texts
        What is written, and the points where it begins, (n, 2).
    """

    lines: npt.NDArray[np.object_]
    texts: tuple[str, ...]
    text_places: FloatArray

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the lines."""
        west, south, east, north = shapely.total_bounds(self.lines).tolist()
        return west, south, east, north

    def vertices(self) -> FloatArray:
        """All vertices of the lines, (n, 2)."""
        return np.asarray(shapely.get_coordinates(self.lines))


def is_drawing(raw: bytes) -> bool:
    """Whether a file is a DXF, by how it begins.

    Raises
    ------
    BackdropError
        `binary-drawing` for a DWG or a binary DXF, which can be saved as a plain one.
    """
    if raw.startswith(_BINARY):
        raise BackdropError("binary-drawing")
    return _DXF.match(raw[:4096]) is not None


def read_drawing(raw: bytes) -> Drawing:
    """Read the model space of a DXF; curves come as lines, blocks unfolded, heights left out.

    Raises
    ------
    BackdropError
        `damaged`, `empty-drawing` or `too-many-lines`.
    """
    try:
        frame = pyogrio.read_dataframe(raw, columns=["PaperSpace", "Text"], **_encoding(raw))
    except (DataSourceError, DataLayerError, FeatureError, ValueError) as error:
        raise BackdropError("damaged") from error
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    shown = frame["PaperSpace"].fillna(0).to_numpy(dtype=float) == 0
    shown &= ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    lines = _lines(shapes[shown & frame["Text"].isna().to_numpy()])
    if len(lines) == 0:
        raise BackdropError("empty-drawing")
    if int(shapely.get_num_coordinates(lines).sum()) > MOST_VERTICES:
        raise BackdropError("too-many-lines", most=MOST_VERTICES)
    written = shown & frame["Text"].notna().to_numpy()
    written &= shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    texts, places = _texts(frame["Text"][written].tolist(), shapes[written])
    return Drawing(lines, texts, places)


def _encoding(raw: bytes) -> dict[str, str]:
    """Texts that are UTF-8 are read so, whatever the header says; others by its code page."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return {}
    return {"ENCODING": "UTF-8"}


def _lines(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    parts = shapely.get_parts(shapes)
    while (shapely.get_type_id(parts) >= shapely.GeometryType.MULTIPOINT).any():
        parts = shapely.get_parts(parts)
    flat = shapely.get_dimensions(parts) == 2
    rims = shapely.get_parts(shapely.boundary(parts[flat]))
    found = np.concatenate([parts[shapely.get_dimensions(parts) == 1], rims])
    sound = np.isfinite(shapely.bounds(found)).all(axis=1) & (shapely.length(found) > 0)
    return np.asarray(found[sound], dtype=np.object_)


def _texts(said: list[str], points: npt.NDArray[np.object_]) -> tuple[tuple[str, ...], FloatArray]:
    kept: list[str] = []
    places: list[list[float]] = []
    for words, place in zip(said, shapely.get_coordinates(points).tolist(), strict=True):
        plain = _FORMATTING.sub(" ", words).strip()
        if plain and np.isfinite(place).all() and len(kept) < MOST_TEXTS:
            kept.append(plain[:LONGEST_TEXT])
            places.append(place)
    return tuple(kept), np.array(places, dtype=np.float64).reshape(-1, 2)


def as_document(drawing: Drawing, to_degrees: Any) -> bytes:
    """A drawing as GeoJSON in degrees: a MultiLineString and a point for each text.

    Parameters
    ----------
    to_degrees
        Maps (n, 2) coordinates of the drawing to longitude and latitude, WGS 84.
    """
    moved = shapely.transform(drawing.lines, lambda xy: np.round(to_degrees(xy), 7))
    whole = json.loads(str(shapely.to_geojson(shapely.multilinestrings(moved))))
    features: list[dict[str, Any]] = [{"type": "Feature", "properties": {}, "geometry": whole}]
    if drawing.texts:
        places = np.round(to_degrees(drawing.text_places), 7).tolist()
        features += [
            {
                "type": "Feature",
                "properties": {"text": text},
                "geometry": {"type": "Point", "coordinates": place},
            }
            for text, place in zip(drawing.texts, places, strict=True)
        ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class SheetScale:
    """How a drawing is laid on its picture: so many units to a pixel, from a corner."""

    west: float
    north: float
    units_per_px: float
    width_px: int
    height_px: int

    def to_drawing(self, pixels: FloatArray) -> FloatArray:
        """Pixels, rows counted downward, to coordinates of the drawing."""
        return np.column_stack(
            [
                self.west + pixels[:, 0] * self.units_per_px,
                self.north - pixels[:, 1] * self.units_per_px,
            ]
        )


def sheet_scale(drawing: Drawing) -> SheetScale:
    """Lay a drawing on a picture of at most 3,000 pixels a side, with a small margin."""
    west, south, east, north = drawing.box
    size = max(east - west, north - south)
    edge = size * _MARGIN
    unit = (size + 2 * edge) / PICTURE_SIDE_PX
    return SheetScale(
        west - edge,
        north + edge,
        unit,
        max(1, round((east - west + 2 * edge) / unit)),
        max(1, round((north - south + 2 * edge) / unit)),
    )


def draw_picture(drawing: Drawing) -> tuple[bytes, SheetScale]:
    """Draw the lines as a PNG on which control points can be set."""
    scale = sheet_scale(drawing)
    image = Image.new("L", (scale.width_px, scale.height_px), 255)
    pen = ImageDraw.Draw(image)
    corner = np.array([scale.west, scale.north])
    for line in drawing.lines:
        xy = (shapely.get_coordinates(line) - corner) / scale.units_per_px * (1, -1)
        pen.line(xy.ravel().tolist(), fill=40, width=2)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue(), scale
