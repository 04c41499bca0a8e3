"""Extracts of any size to measure on: the demo town laid side by side, as OpenStreetMap has it.

Each tile also gets outlines of woods and fields that no layer of ours takes, as many nodes as the
town has, so that buildings come to some 7 % of the nodes, as on the whole planet.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way

from data.demo.town import make_town

DISTRICT = "379988"
_STREET_TILES = 20
_WOODS, _WOOD_NODES = 500, 200
_GAP_DEG = 0.002


@dataclass(frozen=True)
class _Tile:
    """A town as nodes and ways, nodes counted from 0."""

    places: npt.NDArray[np.float64]
    ways: list[tuple[list[int], dict[str, str]]]
    wide_deg: float
    high_deg: float


@dataclass(frozen=True)
class Extract:
    """A file and what is in it."""

    path: Path
    mib: float
    objects: int
    buildings: int


def write_extract(path: Path, tiles: int) -> Extract:
    """Write so many towns, a community each, within one district of streets of 20 tiles.

    Parameters
    ----------
    path
        An ``.osm.pbf``; an older file is replaced.
    tiles
        Towns; one is some 1 MiB.
    """
    tile = _tile()
    across = math.ceil(math.sqrt(tiles))
    path.unlink(missing_ok=True)
    areas = list(_areas(tile, tiles, across))
    nodes = len(tile.places)
    node, line = Node(version=1), Way(version=1)  # one for all: making them is what takes time
    with osmium.SimpleWriter(str(path)) as writer:
        for number in range(tiles):
            corner = _corner(tile, number, across)
            for node.id, place in enumerate((tile.places + corner).tolist(), number * nodes + 1):
                node.location = place
                writer.add_node(node)
        for at, place in enumerate(_area_corners(areas), tiles * nodes + 1):
            writer.add_node(Node(id=at, version=1, location=place))
        way = 0
        for number in range(tiles):
            first = number * nodes + 1
            for places, line.tags in tile.ways:
                way += 1
                line.id, line.nodes = way, [first + place for place in places]
                writer.add_way(line)
        _write_areas(writer, areas, first_node=tiles * nodes + 1, first_way=way + 1)
    buildings = sum("building" in tags for _, tags in tile.ways) * tiles
    objects = tiles * nodes + way + 6 * len(areas)
    return Extract(path, path.stat().st_size / 2**20, objects, buildings)


def _tile() -> _Tile:
    town = make_town()
    west, south, east, north = town.areas.total_bounds
    builder = _Builder(np.array([west, south]))
    for row in town.buildings.itertuples():
        tags = {"building": _USES.get(row.use, row.use), "building:levels": str(row.levels)}
        if row.address:
            tags["addr:full"] = row.address
        builder.add(row.geometry, tags)
    for row in town.roads.itertuples():
        builder.add(row.geometry, {"highway": row.highway, **_named(row.name)})
    for row in town.water.itertuples():
        builder.add(row.geometry, {"natural": "water", "water": row.kind, **_named(row.name)})
    for row in town.places.itertuples():
        if row.kind == "compound":
            builder.add(row.geometry, {"landuse": "residential", **_named(row.name)})
    builder.add_woods(east - west, north - south)
    return _Tile(np.array(builder.places), builder.ways, east - west, north - south)


_USES = {"flats": "apartments", "house": "house", "lane house": "house"}


def _named(name: str | None) -> dict[str, str]:
    return {"name": name} if name else {}


class _Builder:
    """Shapes into nodes and ways; what several share is one node."""

    def __init__(self, corner: npt.NDArray[np.float64]) -> None:
        self.places: list[tuple[float, float]] = []
        self.ways: list[tuple[list[int], dict[str, str]]] = []
        self._corner = corner
        self._known: dict[tuple[float, float], int] = {}

    def add(self, shape: Any, tags: dict[str, str]) -> None:
        """Add the outer rings of polygons, or lines."""
        for part in shapely.get_parts(shape):
            line = part.exterior if part.geom_type == "Polygon" else part
            places = shapely.get_coordinates(line) - self._corner
            self.ways.append(([self._place(x, y) for x, y in places.round(7).tolist()], tags))

    def add_woods(self, wide: float, high: float) -> None:
        """Add outlines that no layer takes."""
        random = np.random.default_rng(300)
        turns = np.linspace(0, 2 * np.pi, _WOOD_NODES, endpoint=False)
        for number in range(_WOODS):
            middle = random.uniform((0, 0), (wide, high))
            reach = 0.002 * (1 + 0.2 * random.standard_normal(_WOOD_NODES))
            ring = middle + np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach[:, None]
            kind = {"natural": "wood"} if number % 2 else {"landuse": "farmland"}
            self.add(shapely.Polygon(ring + self._corner), kind)

    def _place(self, x: float, y: float) -> int:
        if (x, y) not in self._known:
            self._known[x, y] = len(self.places)
            self.places.append((x, y))
        return self._known[x, y]


def _corner(tile: _Tile, number: int, across: int) -> npt.NDArray[np.float64]:
    row, column = divmod(number, across)
    return np.array(
        [100 + column * (tile.wide_deg + _GAP_DEG), 30 + row * (tile.high_deg + _GAP_DEG)]
    )


Area = tuple[tuple[float, float, float, float], dict[str, str]]


def _areas(tile: _Tile, tiles: int, across: int) -> Iterator[Area]:
    """Boxes of the district, its streets (runs of tiles in a row) and communities (tiles)."""
    corners = [_corner(tile, number, across) for number in range(tiles)]
    size = np.array([tile.wide_deg + _GAP_DEG, tile.high_deg + _GAP_DEG])
    boxes = [(*corner.tolist(), *(corner + size).tolist()) for corner in corners]
    street, held, row_before = 0, 0, -1
    streets: dict[str, list[tuple[float, ...]]] = {}
    for number, box in enumerate(boxes):
        row = number // across
        if held == _STREET_TILES or row != row_before:
            street, held, row_before = street + 1, 0, row
        held += 1
        code = f"{DISTRICT}{street:03d}"
        streets.setdefault(code, []).append(box)
        yield _box([box]), _area_tags("10", f"{code}{held:03d}", f"第{number + 1}社区")
    for code, parts in streets.items():
        yield _box(parts), _area_tags("8", code, f"{code}街道")
    yield _box(boxes), _area_tags("6", DISTRICT, "大县")


def _box(parts: list[tuple[float, ...]]) -> tuple[float, float, float, float]:
    sides = np.array(parts)
    west, south = sides[:, :2].min(axis=0).tolist()
    east, north = sides[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _area_tags(level: str, code: str, name: str) -> dict[str, str]:
    tags = {"type": "boundary", "boundary": "administrative", "admin_level": level}
    return {**tags, "ref": code, "name": name}


def _area_corners(areas: list[Area]) -> Iterator[tuple[float, float]]:
    for (west, south, east, north), _ in areas:
        yield from ((west, south), (east, south), (east, north), (west, north))


def _write_areas(
    writer: osmium.SimpleWriter, areas: list[Area], *, first_node: int, first_way: int
) -> None:
    for at in range(len(areas)):
        nodes = [first_node + 4 * at + place for place in (0, 1, 2, 3, 0)]
        writer.add_way(Way(id=first_way + at, version=1, nodes=nodes, tags={}))
    for at, (_, tags) in enumerate(areas):
        members = [("w", first_way + at, "outer")]
        writer.add_relation(Relation(id=at + 1, version=1, members=members, tags=tags))
