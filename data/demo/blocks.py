"""From faces to blocks, and what each block is used for."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from data.demo.dwellings import Site, largest_polygon
from data.demo.layout import Face, Layout, Road
from data.demo.names import UniqueNames
from data.demo.splitting import halve, longer_side

# Metres from the middle of a road to where plots begin: carriageway, verge and pavement.
HALF_WIDTH_M = {
    "trunk": 24.0,
    "primary": 20.0,
    "secondary": 15.0,
    "tertiary": 11.0,
    "residential": 7.5,
    "service": 5.0,
    "footway": 2.0,
}
BLOCK_M2 = {"centre": 30_000, "old": 34_000, "middle": 44_000, "new": 58_000, "works": 75_000}
USES = {
    "centre": {"offices": 0.35, "old slabs": 0.3, "towers": 0.25, "green": 0.1},
    "old": {"lanes": 0.72, "old slabs": 0.24, "offices": 0.04},
    "middle": {"slabs": 0.46, "old slabs": 0.22, "towers": 0.14, "offices": 0.06, "green": 0.05,
               "lanes": 0.07},
    "new": {"towers": 0.3, "slabs": 0.36, "green": 0.16, "offices": 0.09, "works": 0.09},
    "works": {"works": 0.8, "green": 0.12, "old slabs": 0.08},
}  # fmt: skip


@dataclass
class Block:
    """Land between streets: the face it lies in, its character and its use."""

    site: Site
    face: int
    character: str
    use: str


def cut_blocks(
    layout: Layout, seed: int, names: UniqueNames
) -> tuple[list[Block], list[Road], list[int]]:
    """Cut faces into blocks and give each a use.

    Returns
    -------
    list of Block
        In the order of their faces.
    list of Road
        The streets between them.
    list of int
        Faces of open country, by index: fields, and the villages in them.
    """
    rng = np.random.default_rng([seed, 20])
    works = _works_faces(layout)
    cuts: list[tuple[int, str, Polygon]] = []
    streets: list[Road] = []
    country: list[int] = []
    for index, face in enumerate(layout.faces):
        if face.riverside:
            continue
        if not face.urban and index not in works:
            country.append(index)
            continue
        character = "works" if index in works else _character(face, layout)
        parts, lines = cut(face.polygon, BLOCK_M2[character], rng)
        cuts += [(index, character, part) for part in parts]
        streets += [Road("residential", names.street(), line) for line in lines]
    parcels = _parcels([part for *_, part in cuts], [*layout.roads, *streets], layout)
    blocks = [
        Block(Site(parcel, part), index, character, _draw_use(character, rng))
        for (index, character, part), parcel in zip(cuts, parcels, strict=True)
        if parcel.area > 2_500 and longer_side(parcel)[1] > 30
    ]
    _reserve(blocks, layout, rng)
    return blocks, streets, country


def _works_faces(layout: Layout) -> set[int]:
    """Faces beyond the ring road, to the north-east, where the factories stand."""
    extent = layout.extent
    wanted_m2 = 24.0 * extent.households
    place = layout.ground.bend(np.array([[extent.ring_u_m * 0.95, extent.ring_v_m * 1.25]]))[0]
    outside = [
        i for i, face in enumerate(layout.faces)
        if not face.urban
        and not face.riverside
        and 60_000 < face.polygon.area < 40.0 * extent.households
    ]  # fmt: skip
    outside.sort(key=lambda i: layout.faces[i].polygon.distance(shapely.Point(place)))
    works: set[int] = set()
    for index in outside:
        if sum(layout.faces[i].polygon.area for i in works) < wanted_m2:
            works.add(index)
    return works


def _character(face: Face, layout: Layout) -> str:
    extent = layout.extent
    x, y = face.polygon.centroid.coords[0]
    u, v = x / extent.ring_u_m, y / extent.ring_v_m
    away = float(np.hypot(u, v))
    if face.east:
        return "new"
    if away < 0.24:
        return "centre"
    if np.hypot(u + 0.28, v + 0.32) < 0.33:
        return "old"
    return "middle" if away < 0.85 else "new"


def _draw_use(character: str, rng: np.random.Generator) -> str:
    shares = USES[character]
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))


def cut(
    face: Polygon, target_m2: float, rng: np.random.Generator
) -> tuple[list[Polygon], list[LineString]]:
    """Cut land into pieces of about a target area; returns the pieces and the cuts."""
    pending = [face]
    done: list[Polygon] = []
    lines: list[LineString] = []
    while pending:
        piece = pending.pop()
        wanted = target_m2 * rng.uniform(0.75, 1.35)
        if piece.area < 1.45 * wanted:
            done.append(piece)
            continue
        parts, line = halve(piece, rng)
        if line is None:
            done.append(piece)
            continue
        lines.append(line)
        pending += parts
    return done, lines


def _parcels(parts: list[Polygon], roads: list[Road], layout: Layout) -> list[Polygon]:
    """What streets and water leave of each block."""
    keep_clear = [road.line.buffer(HALF_WIDTH_M[road.highway], quad_segs=3) for road in roads]
    keep_clear += [layout.river.buffer(25), layout.stream.buffer(8)]
    tree = shapely.STRtree(keep_clear)
    parcels = []
    for part in parts:
        near = [keep_clear[i] for i in sorted(tree.query(part, predicate="intersects"))]
        land = part.difference(shapely.union_all(near)).buffer(-1.5).buffer(1.5).simplify(0.2)
        parcels.append(largest_polygon(land))
    return parcels


def country_land(face: Polygon, roads: list[Road], layout: Layout) -> Polygon:
    """What roads and water leave of a face of open country."""
    return _parcels([face], roads, layout)[0]


def _reserve(blocks: list[Block], layout: Layout, rng: np.random.Generator) -> None:
    """Set blocks aside for what every town has: parks, schools, markets, public houses."""
    homes = layout.extent.households
    wanted = {
        "park": max(1, round(homes / 14_000)),
        "school": int(np.clip(round(homes / 5_000), 1, 13)),
        "market": int(np.clip(round(homes / 11_000), 1, 6)),
        "public": int(np.clip(round(homes / 7_500), 2, 8)),
        "station": 1,
    }
    size = {"park": (26_000, 90_000), "school": (18_000, 60_000), "market": (9_000, 26_000),
            "public": (12_000, 45_000), "station": (14_000, 50_000)}  # fmt: skip
    open_blocks = [b for b in blocks if b.character != "works" and b.use != "lanes"]
    taken: dict[str, list[shapely.Point]] = {kind: [] for kind in wanted}
    for kind, count in wanted.items():
        for _ in range(count):
            fitting = [b for b in open_blocks if size[kind][0] < b.site.parcel.area < size[kind][1]]
            if not fitting:
                fitting = open_blocks
            block = _most_apart(fitting, taken[kind], rng)
            open_blocks = [b for b in open_blocks if b is not block]
            taken[kind].append(block.site.parcel.centroid)
            block.use = kind


def _most_apart(
    blocks: list[Block], others: list[shapely.Point], rng: np.random.Generator
) -> Block:
    """A block far from others of its kind, with some chance in it."""
    if not others:
        return blocks[int(rng.integers(len(blocks)))]
    tries = rng.integers(len(blocks), size=min(12, len(blocks)))
    away = [min(blocks[i].site.parcel.centroid.distance(p) for p in others) for i in tries]
    return blocks[int(tries[int(np.argmax(away))])]
