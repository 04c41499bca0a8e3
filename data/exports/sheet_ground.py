"""What printed sheets are drawn from: the ground in metres, and where it lies on the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from data.exports.grid_book import GridBook
from data.frames import read_frame
from geo.grids.faces import FloatArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame, local_frame

SCALES: Final = tuple(
    base * step
    for step in (100, 1_000, 10_000, 100_000)
    for base in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
)
"""Scales that a ruler can be held to."""
_MARGIN: Final = 1.08
_NUMBERED = re.compile(r"^(\d+)(号楼|栋|幢|#|号)$")


@dataclass(frozen=True)
class Layer:
    """Shapes in local metres, a word for each, and an index to find those of a window."""

    shapes: GeometryArray
    words: list[str]
    classes: list[str]
    tree: shapely.STRtree

    def only(self, positions: IntArray) -> Layer:
        """Some of the shapes, as a layer of their own."""
        shapes = self.shapes[positions]
        words = [self.words[at] for at in positions.tolist()]
        classes = [self.classes[at] for at in positions.tolist()]
        return Layer(shapes, words, classes, shapely.STRtree(shapes))

    def within(self, window: BaseGeometry) -> IntArray:
        """Positions of the shapes that meet a window, ascending."""
        return np.sort(self.tree.query(window, predicate="intersects"))


@dataclass(frozen=True)
class Ground:
    """All that a sheet may show, in the local metres of ``frame``.

    Attributes
    ----------
    grids
        Those of the book, in its order; ``words`` are their names, ``classes`` the names of
        their communities.
    around
        Grids in force in other communities, likewise.
    communities, roads, water, buildings, places
        Layers; ``classes`` hold a road's class, and of a building "homes" or "".
    households
        Of each building.
    """

    frame: LocalFrame
    grids: Layer
    around: Layer
    communities: Layer
    roads: Layer
    water: Layer
    buildings: Layer
    places: Layer
    households: IntArray


@dataclass(frozen=True)
class Sheet:
    """Where the ground lies on the paper.

    Attributes
    ----------
    x_m, y_m
        The middle, local metres.
    scale
        As in 1 : scale.
    width_mm, height_mm
        Size of the map.
    """

    x_m: float
    y_m: float
    scale: float
    width_mm: float
    height_mm: float

    @property
    def window(self) -> BaseGeometry:
        """The ground shown, local metres."""
        half_x, half_y = (size * self.scale / 2_000 for size in (self.width_mm, self.height_mm))
        return shapely.box(
            self.x_m - half_x, self.y_m - half_y, self.x_m + half_x, self.y_m + half_y
        )

    def on_paper(self, points: FloatArray) -> FloatArray:
        """Millimetres from the upper left corner, shape (n, 2)."""
        ratio = 1_000 / self.scale
        return np.column_stack(
            [
                (points[:, 0] - self.x_m) * ratio + self.width_mm / 2,
                (self.y_m - points[:, 1]) * ratio + self.height_mm / 2,
            ]
        )


def fit_sheet(shape: BaseGeometry, width_mm: float, height_mm: float) -> Sheet:
    """Lay a shape in the middle of the paper, at the largest round scale that it fits at."""
    west, south, east, north = shape.bounds
    needed = 1_000 * _MARGIN * max((east - west) / width_mm, (north - south) / height_mm)
    scale = next((scale for scale in SCALES if scale >= needed), needed)
    return Sheet((west + east) / 2, (south + north) / 2, scale, width_mm, height_mm)


def read_ground(connection: Connection, book: GridBook) -> Ground:
    """Read what the sheets of a book show."""
    place = {"district_id": book.district_id, "area_id": book.area_id}
    frame = local_frame(book.grids)
    shown = sorted(set(book.grids["area"]))
    around = read_frame(connection, "sheet_grids", place | {"on": book.on, "shown": shown})
    buildings = read_frame(connection, "sheet_buildings", place)
    roads, water = (book.lines[book.lines["kind"] == kind] for kind in ("road", "water"))
    places = read_frame(connection, "sheet_places", place)
    homes = ["homes" if count > 0 else "" for count in buildings["households"]]
    numbers = [short_number(name) for name in buildings["name"].fillna("")]
    return Ground(
        frame=frame,
        grids=_layer(book.grids, frame, list(book.grids["name"]), list(book.grids["community"])),
        around=_layer(around, frame, list(around["name"]), list(around["community"])),
        communities=_layer(book.communities, frame, list(book.communities["name"])),
        roads=_layer(roads, frame, list(roads["name"]), list(roads["class"])),
        water=_layer(water, frame, list(water["name"])),
        buildings=_layer(buildings, frame, numbers, homes),
        places=_layer(places, frame, list(places["name"]), list(places["kind"])),
        households=buildings["households"].to_numpy(dtype=np.int64),
    )


def _layer(
    rows: gpd.GeoDataFrame,
    frame: LocalFrame,
    words: list[str],
    classes: Sequence[str] | None = None,
) -> Layer:
    shapes = frame.bring_areas(rows) if len(rows) else np.array([], dtype=np.object_)
    return Layer(shapes, words, list(classes or words), shapely.STRtree(shapes))


def short_number(name: str) -> str:
    """What fits into a drawn building: "3" for 3号楼; other names as they are."""
    match = _NUMBERED.match(name)
    return match.group(1) if match is not None else name
