"""Reading an extract once, object by object, into rows for our layers.

Node places lie in a file where the extract is large, area members in memory, everything else
passes through in batches: memory does not grow with the size of the extract.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import osmium
import osmium.filter
import osmium.geom
from osmium.osm import Area, Node, Way

from data.imports.osm import tags as meaning
from data.imports.osm.batches import Batches, Bbox, Sink
from data.imports.osm.faults import Faults
from data.imports.problems import ImportFileError, Problem

Told = Callable[[int, int, str], None]
LAYERS: Final = ("buildings", "roads", "water", "places", "addresses")
_IN_MEMORY_BYTES: Final = 32 << 20
_TELL_EVERY: Final = 20_000
_FEWEST_NODES: Final = 4  # of a ring: three corners, and the first again
_KEYS: Final = (
    "building", "highway", "railway", "waterway", "natural", "landuse", "place", "admin_level",
    "leisure", "amenity", "shop", "tourism", "historic", "addr:housenumber", "addr:full",
)  # fmt: skip
_NO_LEVELS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class FoundArea:
    """An administrative area of the extract: its outline as hex WKB in degrees."""

    kind: str
    number: int
    level: str
    name: str | None
    name_en: str | None
    tags: Mapping[str, str]
    wkb: str


@dataclass
class Scan:
    """What reading came to.

    Attributes
    ----------
    date
        Of the extract, as it says itself; None where it does not.
    box
        West, south, east, north as the file says; None where it does not.
    areas
        Administrative areas of the levels asked for.
    faults
        Objects left out.
    rows
        Rows read by layer.
    clipped
        Roads and waters of which a part is not in the file.
    """

    date: str | None = None
    box: Bbox | None = None
    areas: list[FoundArea] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    rows: Counter[str] = field(default_factory=Counter)
    clipped: int = 0


def scan_extract(
    path: Path,
    sink: Sink,
    *,
    layers: frozenset[str] = frozenset(LAYERS),
    area_levels: Mapping[str, str] = _NO_LEVELS,
    bbox: Bbox | None = None,
    temp_dir: Path | None = None,
    told: Told | None = None,
) -> Scan:
    """Read an extract and hand its rows on in batches.

    Parameters
    ----------
    path
        An .osm.pbf, .osm.bz2 or .osm file, sorted as extracts are.
    sink
        Takes (table, rows) of the tables in `data.imports.osm.batches`.
    layers
        Which of `LAYERS` are wanted.
    area_levels
        ``admin_level`` → our level.
    bbox
        West, south, east, north: what does not touch it is passed over early.
    temp_dir
        Where the file of node places goes.
    told
        Called with (bytes read, bytes, "reading").

    Raises
    ------
    ImportFileError
        If the file is missing, broken, or no extract.
    """
    if not path.is_file():
        raise ImportFileError("file_missing", path=path.name)
    if path.stat().st_size == 0:
        raise ImportFileError("file_empty", path=path.name)
    reader = _Reader(sink, layers, area_levels, bbox)
    try:
        with _node_index(path, temp_dir) as index:
            _read_header(path, reader.scan)
            for count, thing in enumerate(_objects(path, index)):
                reader.take(thing)
                if told is not None and count % _TELL_EVERY == 0:
                    told(_bytes_read(path), path.stat().st_size, "reading")
        reader.finish()
    except osmium.InvalidLocationError:
        raise
    except RuntimeError as error:
        raise ImportFileError("file_unreadable", path=path.name, reason=str(error)) from error
    return reader.scan


def _objects(path: Path, index: str) -> Iterator[Any]:
    processor = (
        osmium.FileProcessor(str(path))
        .with_locations(index)
        .with_areas(_WantedRelations())
        .with_filter(osmium.filter.KeyFilter(*_KEYS))
    )
    return iter(processor)


class _WantedRelations:
    """Tells the assembler of areas which relations to pass over: woods fill memory for nothing."""

    def relation(self, relation: Any) -> bool:
        """Return True for one that is not wanted."""
        return not _is_wanted_area(relation.tags)


def _is_wanted_area(tags: Any) -> bool:
    return (
        "building" in tags
        or "admin_level" in tags
        or meaning.water_kind(tags) is not None
        or tags.get("landuse") in meaning.LANDUSES
        or ("name" in tags and meaning.place_kind(tags) is not None)
    )


def _read_header(path: Path, scan: Scan) -> None:
    with osmium.io.Reader(str(path)) as reader:
        header = reader.header()
    scan.date = header.get("osmosis_replication_timestamp", "") or None
    box = header.box()
    if box.valid():
        low, high = box.bottom_left, box.top_right
        scan.box = (low.lon, low.lat, high.lon, high.lat)


@contextmanager
def _node_index(path: Path, folder: Path | None) -> Iterator[str]:
    """Choose where node places are kept; the file, 16 bytes a node, is removed in any case."""
    if path.stat().st_size < _IN_MEMORY_BYTES:
        yield "flex_mem"
        return
    where = Path(tempfile.gettempdir()) if folder is None else folder
    try:
        with tempfile.TemporaryDirectory(prefix="sanbai-osm-", dir=where) as held:
            yield f"sparse_file_array,{held}/nodes"
    except OSError as error:
        reason = error.strerror or str(error)
        raise ImportFileError("osm_disk_full", path=str(where), reason=reason) from error


def _bytes_read(path: Path) -> int:
    """Tell how far the file has been read; 0 where the system does not say (not Linux)."""
    wanted = str(path.resolve())
    try:
        for held in Path("/proc/self/fd").iterdir():
            if os.path.realpath(held) == wanted:
                words = Path("/proc/self/fdinfo", held.name).read_text(encoding="ascii").split()
                return int(words[1])
    except OSError:
        return 0
    return 0


class _Reader:
    """Sorts objects into layers."""

    def __init__(
        self, sink: Sink, layers: frozenset[str], area_levels: Mapping[str, str], bbox: Bbox | None
    ) -> None:
        self.scan = Scan()
        self._layers = layers
        self._area_levels = area_levels
        self._shapes = osmium.geom.WKBFactory()
        self._batches = Batches(sink, bbox, self.scan.faults, self.scan.rows)
        # Closed ways and relations whose area has not come yet: what stays is broken.
        self._awaited: dict[tuple[str, int], str] = {}
        # Relations whose area came before they did themselves, as it does once it is whole.
        self._made: set[int] = set()

    def take(self, thing: Any) -> None:
        """Take one object."""
        kind = type(thing)
        if kind is Area:
            self._take_area(thing, dict(thing.tags))
        elif kind is Way:
            self._take_way(thing, thing.tags)
        elif kind is Node:
            self._take_node(thing, dict(thing.tags))
        elif thing.id not in self._made and self._is_outline(thing.tags):
            self._awaited["relation", thing.id] = thing.tags.get("name", "")

    def finish(self) -> None:
        """Hand on what is left, and list what never became an area."""
        for (kind, number), name in self._awaited.items():
            code = "osm_node_missing" if kind == "way" else "osm_member_missing"
            self._batches.refuse(kind, number, name, Problem(code))
        self._batches.flush()

    def _takes(self, layer: str) -> bool:
        """Tell whether a layer is wanted, be it only for what it says of buildings."""
        return layer in self._layers or "buildings" in self._layers

    def _is_outline(self, tags: Any) -> bool:
        """Tell whether a relation with these tags should become an area that is wanted."""
        return tags.get("type") in {"multipolygon", "boundary"} and self._awaits(tags)

    def _awaits(self, tags: Any) -> bool:
        """Tell whether something would be missed if it never became an area."""
        if "building" in tags:
            return "buildings" in self._layers and meaning.is_building(tags)
        if self._is_area(tags):
            return True
        return "water" in self._layers and meaning.water_kind(tags) is not None

    def _take_node(self, node: Any, tags: dict[str, str]) -> None:
        location = node.location
        if not location.valid():
            return
        external_id = f"osm:n{node.id}"
        point = (location.lon, location.lat)
        kind, name = meaning.place_kind(tags), meaning.name_of(tags)
        if kind not in {None, "compound"} and name is not None and self._takes("places"):
            row = (external_id, name, meaning.text_of(tags.get("name:en")), kind)
            self._batches.add_point("osm_place", row, point)
        if self._takes("addresses") and meaning.has_address(tags):
            self._batches.add_point(
                "osm_address", (external_id, name, meaning.address_of(tags)), point
            )

    def _take_way(self, way: Any, tags: Any) -> None:
        if "roads" in self._layers and ("highway" in tags or "railway" in tags):
            kind = meaning.road_class(tags)
            if kind is not None:
                self._add_line("osm_road", way, (meaning.name_of(tags), kind))
        if "water" in self._layers and "waterway" in tags:
            kind = meaning.waterway_kind(tags)
            if kind is not None and not (way.is_closed() and meaning.water_kind(tags)):
                self._add_line("osm_water", way, (meaning.name_of(tags), kind))
        if self._awaits(tags):
            if way.is_closed() and len(way.nodes) < _FEWEST_NODES:
                problem = Problem("osm_ring_broken")
                self._batches.refuse("way", way.id, tags.get("name", ""), problem)
            elif way.is_closed():
                self._awaited["way", way.id] = tags.get("name", "")
            elif "building" in tags:
                problem = Problem("osm_not_closed")
                self._batches.refuse("way", way.id, tags.get("name", ""), problem)

    def _add_line(self, table: str, way: Any, row: tuple[Any, ...]) -> None:
        try:
            wkb = self._shapes.create_linestring(way)
        except osmium.InvalidLocationError:
            self._add_runs(table, way, row)
        except RuntimeError:  # fewer than two places that differ
            self._batches.refuse("way", way.id, row[0] or "", Problem("osm_ring_broken"))
        else:
            self._batches.add(table, (f"osm:w{way.id}", *row), wkb)

    def _add_runs(self, table: str, way: Any, row: tuple[Any, ...]) -> None:
        """Take what is in the file of a line that was clipped."""
        runs: list[list[tuple[float, float]]] = [[]]
        for node in way.nodes:
            if node.location.valid():
                runs[-1].append((node.location.lon, node.location.lat))
            elif runs[-1]:
                runs.append([])
        whole = [run for run in runs if len(set(run)) > 1]
        if whole:
            self.scan.clipped += 1
            self._batches.add_lines(table, (f"osm:w{way.id}", *row), whole)
        else:
            self._batches.refuse("way", way.id, row[0] or "", Problem("osm_node_missing"))

    def _take_area(self, area: Any, tags: dict[str, str]) -> None:
        kind = "way" if area.from_way() else "relation"
        number = area.orig_id()
        self._awaited.pop((kind, number), None)
        wanted = self._wanted_as(tags)
        if not wanted:
            return
        if kind == "relation":
            self._made.add(number)
        try:
            wkb = self._shapes.create_multipolygon(area)
        except RuntimeError:  # no ring could be made of it
            code = "osm_ring_broken" if kind == "way" else "osm_member_missing"
            self._batches.refuse(kind, number, tags.get("name", ""), Problem(code))
            return
        for table in wanted:
            self._add_area(table, (kind, number), tags, wkb)

    def _wanted_as(self, tags: dict[str, str]) -> list[str]:
        """Name the tables that an area belongs into."""
        wanted = []
        if "buildings" in self._layers and meaning.is_building(tags):
            wanted.append("osm_building")
        if "water" in self._layers and meaning.water_kind(tags) is not None:
            wanted.append("osm_water")
        if "buildings" in self._layers and tags.get("landuse") in meaning.LANDUSES:
            wanted.append("osm_landuse")
        if self._takes("places") and meaning.place_kind(tags) and meaning.name_of(tags):
            wanted.append("osm_place")
        if self._is_area(tags):
            wanted.append("areas")
        return wanted

    def _is_area(self, tags: Any) -> bool:
        """Tell an area from pieces of its border, which carry its level but not its name."""
        return (
            tags.get("admin_level") in self._area_levels
            and tags.get("boundary") == "administrative"
            and "name" in tags
        )

    def _add_area(self, table: str, thing: tuple[str, int], tags: dict[str, str], wkb: str) -> None:
        kind, number = thing
        external_id = f"osm:{kind[0]}{number}"
        row: tuple[Any, ...]
        name, name_en = meaning.name_of(tags), meaning.text_of(tags.get("name:en"))
        if table == "areas":
            level = self._area_levels[tags["admin_level"]]
            self.scan.areas.append(FoundArea(kind, number, level, name, name_en, tags, wkb))
            return
        if table == "osm_building":
            row = self._building_row(kind, number, external_id, tags)
        elif table == "osm_water":
            row = (external_id, name, meaning.water_kind(tags))
        elif table == "osm_place":
            row = (external_id, name, name_en, meaning.place_kind(tags))
        else:
            row = (tags["landuse"],)
        self._batches.add(table, row, wkb)

    def _building_row(
        self, kind: str, number: int, external_id: str, tags: dict[str, str]
    ) -> tuple[Any, ...]:
        levels, unreadable = meaning.levels_of(tags)
        if unreadable is not None:
            problem = Problem("osm_tag_unreadable", {"tag": unreadable})
            self.scan.faults.add(kind, number, f"{unreadable}={tags[unreadable]}", problem)
        return (
            external_id,
            meaning.name_of(tags) or meaning.text_of(tags.get("addr:housename")),
            meaning.address_of(tags),
            meaning.use_of(tags),
            levels,
            meaning.units_of(tags),
            meaning.flats_of(tags),
        )
