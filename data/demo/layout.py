"""The big lines of the town: river, ring road, avenues, country roads, and the faces between."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.demo import names as words
from data.demo.ground import NODE_GRID_M, Extent, Ground, Points
from data.demo.splitting import halve

BANK_M = 32.0
STREAM_HALF_WIDTH_M = 7.0
URBAN_FACE_M2 = 380_000.0
RURAL_FACE_M2 = 1_500_000.0
AVENUE_SPACING_M = 560.0
MISSING_STREET_SHARE = 0.16


@dataclass(frozen=True)
class Road:
    """A drawn road: its class (an OpenStreetMap ``highway`` value), its name and local line."""

    highway: str
    name: str
    line: BaseGeometry


@dataclass(frozen=True)
class Face:
    """A piece of land between big lines, local metres.

    Attributes
    ----------
    polygon : Polygon
        Its outline, along the middle of roads and river.
    urban, east, riverside : bool
        Inside the ring road; east of the river; between the water and an embankment road.
    """

    polygon: Polygon
    urban: bool
    east: bool
    riverside: bool


@dataclass(frozen=True)
class Layout:
    """All big lines: roads, faces, river and stream."""

    extent: Extent
    ground: Ground
    district: Polygon
    roads: list[Road]
    faces: list[Face]
    river: BaseGeometry
    stream: BaseGeometry


def lay_out(households: int, seed: int, names: words.UniqueNames) -> Layout:
    """Draw the big lines of a town of so many households."""
    extent = Extent.for_households(households)
    ground = Ground(extent, seed)
    rng = np.random.default_rng([seed, 12])
    district = _district(extent, ground, rng)
    ring = Polygon(ground.line(_ring_plan(extent)).coords)
    middle = _river_middle(extent, ground)
    banks = middle.buffer(extent.river_half_width_m + BANK_M, quad_segs=4)
    roads = [
        *_streets(extent, ground, rng, ring, banks),
        *_ring_roads(extent, ground),
        *_country_roads(extent, ground, ring),
        *_embankments(banks, ring, extent, ground),
    ]
    roads = [Road(r.highway, r.name, r.line.intersection(district)) for r in roads]
    frame = [district.exterior, middle.intersection(district)]
    pieces = polygonise([*frame, *(road.line for road in roads)])
    roads += _split_wide(pieces, ring, banks, rng, names)
    east = _east_side(middle, extent)
    faces = [
        _face(piece, ring, east, banks)
        for piece in polygonise([*frame, *(road.line for road in roads)])
    ]
    river = middle.buffer(extent.river_half_width_m, quad_segs=4).intersection(district)
    stream = _stream(extent, ground).intersection(district).difference(middle.buffer(12))
    return Layout(extent, ground, district, roads, faces, river, _largest(stream))


def polygonise(lines: list[BaseGeometry]) -> list[Polygon]:
    """Faces between lines, noded on the centimetre grid."""
    noded = shapely.union_all(lines, grid_size=NODE_GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return sorted(faces, key=lambda face: face.bounds)


def _face(piece: Polygon, ring: Polygon, east: Polygon, banks: Polygon) -> Face:
    inside = piece.representative_point()
    return Face(
        polygon=piece,
        urban=bool(ring.contains(inside)),
        east=bool(east.contains(inside)),
        riverside=bool(piece.intersection(banks).area > 0.9 * piece.area),
    )


def _largest(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return max(parts, key=lambda part: part.area) if len(parts) else shape


def _oval(half_u: float, half_v: float, count: int, power: float = 4.0) -> Points:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    cos, sin = np.cos(angle), np.sin(angle)
    reach = (np.abs(cos / half_u) ** power + np.abs(sin / half_v) ** power) ** (-1 / power)
    return np.column_stack([reach * cos, reach * sin])


def _district(extent: Extent, ground: Ground, rng: np.random.Generator) -> Polygon:
    outline = _oval(extent.edge_u_m, extent.edge_v_m, 90, power=3.2)
    # Country borders follow ditches and field edges: rough at every scale.
    rough = np.zeros(90)
    for wave, height in ((3, 0.03), (5, 0.025), (9, 0.018), (17, 0.012)):
        rough += height * np.sin(np.arange(90) / 90 * 2 * np.pi * wave + rng.uniform(0, 6.28))
    outline = outline * (1 + rough + rng.normal(0, 0.006, 90))[:, None]
    return shapely.set_precision(Polygon(ground.bend(outline)), NODE_GRID_M)


def _ring_plan(extent: Extent) -> Points:
    oval = _oval(extent.ring_u_m, extent.ring_v_m, 120, power=5.0)
    return np.vstack([oval, oval[:1]])


def _ring_roads(extent: Extent, ground: Ground) -> list[Road]:
    plan = _ring_plan(extent)
    side = np.where(
        np.abs(plan[:, 0]) / extent.ring_u_m > np.abs(plan[:, 1]) / extent.ring_v_m,
        np.where(plan[:, 0] > 0, "环城东路", "环城西路"),
        np.where(plan[:, 1] > 0, "环城北路", "环城南路"),
    )
    roads = []
    start = 0
    for end in range(1, len(plan)):
        if end == len(plan) - 1 or side[end] != side[start]:
            line = ground.line(plan[start : end + 1], step_m=200)
            roads.append(Road("primary", str(side[start]), line))
            start = end
    return roads


def _river_middle(extent: Extent, ground: Ground) -> LineString:
    v = np.arange(-1.25 * extent.edge_v_m, 1.25 * extent.edge_v_m, 40.0)
    swing = min(170.0, 0.085 * extent.ring_u_m)
    u = extent.river_u_m + swing * np.sin(v / 430 + 0.6) + 0.45 * swing * np.sin(v / 190 + 2.0)
    far = np.clip((np.abs(v) - extent.ring_v_m) / 900, 0, None)
    u += far * np.sign(v) * 160
    return shapely.set_precision(LineString(ground.bend(np.column_stack([u, v]))), NODE_GRID_M)


def _east_side(middle: LineString, extent: Extent) -> Polygon:
    course = shapely.get_coordinates(middle)
    far = 4 * extent.edge_u_m
    corners = [(far, course[-1, 1]), (far, course[0, 1])]
    return Polygon(np.vstack([course, corners]))


def _stream(extent: Extent, ground: Ground) -> Polygon:
    """A brook from the western fields, south of the ring road, to the river."""
    u = np.arange(-1.2 * extent.edge_u_m, extent.river_u_m + 60, 40.0)
    v = -(extent.ring_v_m + 0.3 * (extent.edge_v_m - extent.ring_v_m))
    line = np.column_stack([u, v + 60 * np.sin(u / 260) + 35 * np.sin(u / 110 + 1)])
    return LineString(ground.bend(line)).buffer(STREAM_HALF_WIDTH_M, quad_segs=2)


def _marks(low: float, high: float, rng: np.random.Generator) -> list[float]:
    """Where avenues stand between two limits, unevenly, the limits left out."""
    count = max(1, round((high - low) / AVENUE_SPACING_M))
    step = (high - low) / count
    inner = low + step * np.arange(1, count)
    return [float(m) for m in inner + rng.uniform(-0.17, 0.17, count - 1) * step]


def _streets(
    extent: Extent, ground: Ground, rng: np.random.Generator, ring: Polygon, banks: Polygon
) -> list[Road]:
    """Avenues inside the ring road, some pieces left out so that not all crossings are fourfold."""
    ru, rv, river = extent.ring_u_m, extent.ring_v_m, extent.river_u_m
    clear = min(170.0, 0.085 * ru) * 1.45 + 160
    us = [*_marks(-ru, 0, rng), 0.0, *_marks(0, river - clear, rng)]
    us += [m for m in [river - clear, river + clear] if 0.2 * ru < m < 0.95 * ru]
    us += _marks(river + clear, ru, rng)
    vs = [*_marks(-rv, 0, rng), 0.0, *_marks(0, rv, rng)]
    us, vs = sorted(us), sorted(vs)
    missing: set[tuple[int, int]] = set()
    roads = []
    for index, u in enumerate(us):
        stops = [(u, -1.1 * rv), *((u, v) for v in vs), (u, 1.1 * rv)]
        lead = _avenue_name(words.AVENUES_NORTH_SOUTH, index - us.index(0.0))
        major = index == us.index(0.0)
        highway = "primary" if major else ("secondary" if index % 2 else "tertiary")
        for number, (a, b) in enumerate(pairwise(stops)):
            if highway == "tertiary" and _leave_out(missing, index, number - 1, 0, rng):
                continue
            name = lead + ("北路" if (a[1] + b[1]) > 0 else "南路")
            roads.append(Road(highway, name, ground.line(np.array([a, b])).intersection(ring)))
    for index, v in enumerate(vs):
        stops = [(-1.1 * ru, v), *((u, v) for u in us), (1.1 * ru, v)]
        lead = _avenue_name(words.AVENUES_EAST_WEST, index - vs.index(0.0))
        major = index == vs.index(0.0)
        highway = "primary" if major else ("secondary" if index % 2 else "tertiary")
        for number, (a, b) in enumerate(pairwise(stops)):
            if highway == "tertiary" and _leave_out(missing, number - 1, index, 1, rng):
                continue
            line = ground.line(np.array([a, b])).intersection(ring)
            if highway == "tertiary":
                line = line.difference(banks)
            name = lead + ("东路" if (a[0] + b[0]) > 0 else "西路")
            roads += [Road(highway, name, part) for part in shapely.get_parts(line)]
    return roads


def _avenue_name(names: list[str], offset: int) -> str:
    order = 2 * abs(offset) - (1 if offset > 0 else 0)
    return names[order % len(names)]


def _leave_out(
    missing: set[tuple[int, int]], column: int, row: int, axis: int, rng: np.random.Generator
) -> bool:
    """Whether to leave out a street between two crossings; never two at one crossing."""
    ends = {(column, row), (column + axis, row + 1 - axis)}
    if rng.random() >= MISSING_STREET_SHARE or ends & missing:
        return False
    missing |= ends
    return True


def _country_roads(extent: Extent, ground: Ground, ring: Polygon) -> list[Road]:
    ru, rv, eu, ev = extent.ring_u_m, extent.ring_v_m, extent.edge_u_m, extent.edge_v_m
    far = 1.3
    north, south = rv + 0.45 * (ev - rv), -(rv + 0.55 * (ev - rv))
    wave = np.linspace(-far * eu, far * eu, 60)
    plans = [
        ("trunk", "迎宾大道", np.column_stack([wave, north + 60 * np.sin(wave / 900)])),
        ("secondary", "南外环路", np.column_stack([wave, south + 90 * np.sin(wave / 700 + 1)])),
        ("primary", "中心北路", np.array([(0, 0.9 * rv), (0, far * ev)])),
        ("primary", "中心南路", np.array([(0, -0.9 * rv), (0, -far * ev)])),
        ("primary", "人民东路", np.array([(0.9 * ru, 0), (far * eu, 0)])),
        ("primary", "人民西路", np.array([(-0.9 * ru, 0), (-far * eu, 0)])),
    ]
    for name, (du, dv) in zip(words.COUNTRY, ((1, 1), (1, -1), (-1, -1), (-1, 1)), strict=False):
        start = (du * 0.8 * ru, dv * 0.8 * rv)
        bend = (du * (ru + 0.35 * (eu - ru)), dv * (rv + 0.25 * (ev - rv)))
        plans.append(("secondary", name + "路", np.array([start, bend, (du * far * eu, dv * ev)])))
    return [Road(cls, name, ground.line(plan).difference(ring)) for cls, name, plan in plans]


def _embankments(banks: Polygon, ring: Polygon, extent: Extent, ground: Ground) -> list[Road]:
    roads = []
    middle_m = ground.bend(np.array([[extent.river_u_m, 0.0]]))[0, 0]
    for line in shapely.get_parts(shapely.line_merge(banks.exterior.difference(_caps(banks)))):
        inside = line.intersection(ring)
        side = "东" if line.intersection(ring).centroid.x > middle_m else "西"
        roads.append(Road("tertiary", f"滨河{side}路", inside))
        roads.append(
            Road("service", f"{'东' if side == '东' else '西'}河堤路", line.difference(ring))
        )
    return roads


def _caps(banks: Polygon) -> BaseGeometry:
    """The round ends of the river's bank outline, which lie far outside the district."""
    west, south, east, north = banks.bounds
    reach = 220
    return shapely.union_all(
        [
            shapely.box(west, south, east, south + reach),
            shapely.box(west, north - reach, east, north),
        ]
    )


def _split_wide(
    pieces: list[Polygon],
    ring: Polygon,
    banks: Polygon,
    rng: np.random.Generator,
    names: words.UniqueNames,
) -> list[Road]:
    """Cut faces that are too wide by further streets and country roads."""
    roads: list[Road] = []
    pending = [p for p in pieces if p.intersection(banks).area < 0.5 * p.area]
    while pending:
        piece = pending.pop()
        urban = ring.contains(piece.representative_point())
        limit = URBAN_FACE_M2 if urban else RURAL_FACE_M2
        if piece.area < limit * rng.uniform(0.8, 1.2):
            continue
        parts, cut = halve(piece, rng, bend=0.015 if urban else 0.07)
        if cut is None:
            continue
        roads.append(Road("tertiary" if urban else "residential", names.street(), cut))
        pending += parts
    return roads
