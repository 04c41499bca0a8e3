"""A small extract, written when a test needs it: a district of two communities by a river."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

Tags = Mapping[str, str]
Corners = Sequence[tuple[float, float]]
WEST, SOUTH = 118.30, 36.60


def box(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    """Corners of a box, in thousandths of a degree from the corner of the district."""
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


class Extract:
    """Objects on their way to a file; numbers are given in the order of calls."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.ways: list[Way] = []
        self.relations: list[Relation] = []
        self._places: dict[tuple[float, float], int] = {}

    def node(self, x: float, y: float, tags: Tags | None = None) -> int:
        """Add a node, or find the one without tags that is there."""
        at = (round(WEST + x / 1000, 7), round(SOUTH + y / 1000, 7))
        if tags is None and at in self._places:
            return self._places[at]
        number = len(self.nodes) + 1
        self.nodes.append(Node(id=number, version=1, location=at, tags=dict(tags or {})))
        if tags is None:
            self._places[at] = number
        return number

    def line(self, corners: Corners, tags: Tags, *, missing: Iterable[int] = ()) -> int:
        """Add a way; nodes at the places `missing` get numbers that are not in the file."""
        nodes = [self.node(x, y) for x, y in corners]
        for place in missing:
            nodes[place] = 900_000 + place
        return self._way(nodes, tags)

    def ring(self, corners: Corners, tags: Tags, *, missing: Iterable[int] = ()) -> int:
        """Add a closed way."""
        nodes = [self.node(x, y) for x, y in corners]
        for place in missing:
            nodes[place] = 900_000 + place
        return self._way([*nodes, nodes[0]], tags)

    def _way(self, nodes: list[int], tags: Tags) -> int:
        number = len(self.ways) + 1
        self.ways.append(Way(id=number, version=1, nodes=nodes, tags=dict(tags)))
        return number

    def relation(self, members: Sequence[tuple[int, str]], tags: Tags) -> int:
        """Add a relation of ways and their roles."""
        number = len(self.relations) + 1
        parts = [("w", way, role) for way, role in members]
        self.relations.append(Relation(id=number, version=1, members=parts, tags=dict(tags)))
        return number

    def area(self, corners: Corners, level: int, name: str, **tags: str) -> int:
        """Add an administrative area, as a relation of one way."""
        way = self.ring(corners, {"boundary": "administrative", "admin_level": str(level)})
        said = {"type": "boundary", "boundary": "administrative", "admin_level": str(level)}
        return self.relation([(way, "outer")], {**said, "name": name, **tags})

    def write(self, path: Path) -> Path:
        """Write the file anew."""
        path.unlink(missing_ok=True)
        header = osmium.io.Header()
        header.set("osmosis_replication_timestamp", "2026-11-01T20:00:00Z")
        with osmium.SimpleWriter(str(path), header=header) as writer:
            for node in self.nodes:
                writer.add_node(node)
            for way in self.ways:
                writer.add_way(way)
            for relation in self.relations:
                writer.add_relation(relation)
        return path


def town() -> Extract:
    """A district 379903 of one street and two communities, 20 × 10 thousandths of a degree."""
    extract = Extract()
    extract.area(box(0, 0, 20, 10), 6, "河阳县", ref="379903000000")
    extract.area(box(0, 0, 20, 10), 8, "河阳街道")
    extract.area(box(0, 0, 10, 10), 10, "东风社区")
    extract.area(box(10, 0, 10, 10), 10, "西关社区")
    extract.ring(box(1, 1, 5, 4), {"landuse": "residential", "name": "阳光小区"})
    extract.ring(box(12, 6, 7, 3), {"landuse": "industrial"})
    extract.ring(
        box(2, 2, 0.4, 0.2),
        {
            "building": "apartments",
            "name": "1号楼",
            "building:levels": "6",
            "addr:street": "幸福路",
            "addr:housenumber": "12",
        },
    )
    extract.ring(box(2, 3, 0.4, 0.2), {"building": "yes", "name": "2号楼", "height": "18 m"})
    extract.ring(box(8, 8, 0.1, 0.1), {"building": "house"})
    extract.ring(box(13, 7, 1, 0.5), {"building": "yes"})
    extract.node(8.05, 8.05, {"addr:street": "当铺巷", "addr:housenumber": "7"})
    extract.node(6, 6, {"place": "village", "name": "前村"})
    extract.line([(0, 5), (20, 5)], {"highway": "primary", "name": "幸福路"})
    extract.line([(10, 0), (10, 10)], {"railway": "rail", "name": "胶济线"})
    extract.line([(0, 9), (20, 9)], {"railway": "subway", "tunnel": "yes"})
    extract.line([(0, 9.5), (20, 9.6)], {"waterway": "river", "name": "清河"})
    extract.ring(box(16, 1, 2, 1), {"natural": "water", "water": "pond", "name": "南塘"})
    return extract
