"""Where people live: slab and tower compounds, old lanes, villages."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from data.demo import footprints
from data.demo.layout import Road
from data.demo.names import UniqueNames
from data.demo.pieces import House, Pieces, Place, Pond
from data.demo.rows import RowPattern, Rows, lay_rows
from data.demo.splitting import longer_side

SLABS = RowPattern((44, 62), 12.5, 9, 14.5, 17, 2, 13)
OLD_SLABS = RowPattern((36, 48), 10.5, 6, 11.5, 14, 2, 9)
TOWERS = RowPattern((27, 34), 19, 19, 33, 33, 1, 22)
OLD_LANES = RowPattern((8.5, 15), 12.5, 0.8, 1.6, 4.2, 2, 6, 0.05, through=True, aligned=False)
VILLAGE_ROWS = RowPattern((12.5, 16.5), 13.5, 1.2, 5.5, 5.5, 1, 8, 0.07, aligned=False)
FLOOR_AREA_PER_HOME_M2 = 122.0


@dataclass(frozen=True)
class Site:
    """Land to be built on: the parcel inside its streets and the block up to their middle."""

    parcel: Polygon
    block: Polygon


def south_facing_angle(land: Polygon, rng: np.random.Generator) -> float:
    """Direction of rows: along the land where that still faces south, else nearly due south."""
    _, _, direction = longer_side(land)
    angle = (np.rad2deg(direction) + 45) % 90 - 45
    if abs(angle) > 24:
        angle = float(np.sign(angle)) * rng.uniform(4, 12)
    return float(angle)


def largest_polygon(shape: BaseGeometry) -> Polygon:
    """Largest polygon of a shape; an empty polygon when it has none."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area, default=Polygon())


def fill_compound(
    site: Site, core: Polygon, kind: str, rng: np.random.Generator, names: UniqueNames
) -> Pieces:
    """A housing compound of slabs (``slabs``, ``old slabs``) or ``towers``.

    ``core`` is what the shops along its streets have left of the parcel.
    """
    pattern = {"slabs": SLABS, "old slabs": OLD_SLABS, "towers": TOWERS}[kind]
    angle = south_facing_angle(site.parcel, rng)
    land = largest_polygon(core.buffer(-3))
    rows = lay_rows(land, site.block, angle, pattern, rng)
    if len(rows.boxes) == 0:
        narrow = replace(pattern, widths_m=(17.0, 24.0), spine_gap_m=8.0)
        rows = lay_rows(land, site.block, angle, narrow, rng)
    name, name_en = names.compound()
    levels = {"slabs": 6, "old slabs": 5, "towers": int(rng.choice([15, 17, 18, 24, 26]))}[kind]
    if kind == "slabs" and rng.random() < 0.25:
        levels = 11
    outline = footprints.TOWER if kind == "towers" else footprints.SLAB
    houses = _flats(rows, outline, levels, name, rng)
    pieces = Pieces(houses=houses)
    if not houses:
        return pieces
    pieces.roads.append(Road("service", "", rows.spine))
    pieces.roads += [Road("service", "", lane) for lane in rows.lanes]
    pieces.places.append(Place(name, name_en, "compound", site.parcel))
    return pieces


def _flats(
    rows: Rows, outline: np.ndarray, levels: int, name: str, rng: np.random.Generator
) -> list[House]:
    flat = footprints.draw(rows.boxes, outline)
    # Numbered as estates are: row by row from the south, west to east.
    order = np.lexsort((rows.boxes[:, 0], rows.row))
    houses = []
    for number, index in enumerate(order, start=1):
        floors = levels + (int(rng.integers(-2, 3)) if levels > 12 else 0)
        homes = flat[index].area / FLOOR_AREA_PER_HOME_M2 * floors * rng.uniform(0.66, 0.92)
        ground = shapely.transform(flat[index], rows.to_ground)
        houses.append(House(ground, "flats", floors, homes, f"{number}号楼", name))
    return houses


def fill_old_lanes(site: Site, rng: np.random.Generator, names: UniqueNames) -> Pieces:
    """Courtyard houses along narrow lanes (胡同) that run through from street to street."""
    angle = south_facing_angle(site.parcel, rng)
    rows = lay_rows(largest_polygon(site.parcel.buffer(-1.5)), site.block, angle, OLD_LANES, rng)
    spine_name = names.lane()
    pieces = Pieces(roads=[Road("residential", spine_name, rows.spine)])
    lane_names = [names.lane() for _ in rows.lanes]
    pieces.roads += [
        Road("footway", name, lane) for name, lane in zip(lane_names, rows.lanes, strict=True)
    ]
    pieces.houses = _courtyards(rows, [*lane_names, spine_name], rng)
    return pieces


def _courtyards(rows: Rows, lane_names: list[str], rng: np.random.Generator) -> list[House]:
    outlines = [
        footprints.COURTYARD,
        footprints.COURTYARD_EAST,
        footprints.WALLED_YARD,
        footprints.PLAIN,
    ]
    drawn = [footprints.draw(rows.boxes, outline) for outline in outlines]
    choice = rng.choice(len(outlines), len(rows.boxes), p=[0.32, 0.3, 0.13, 0.25])
    houses = []
    for index in range(len(rows.boxes)):
        outline = shapely.transform(drawn[choice[index]][index], rows.to_ground)
        lane = lane_names[min(int(rows.row[index]) // OLD_LANES.rows_per_lane, len(lane_names) - 1)]
        homes = float(rng.choice([1, 2, 3], p=[0.62, 0.28, 0.1]))
        levels = 2 if rng.random() < 0.12 else 1
        houses.append(House(outline, "house", levels, homes, lane=lane))
    return houses


def fill_village(
    face: Polygon,
    dry: Polygon,
    homes: float,
    rng: np.random.Generator,
    names: UniqueNames,
) -> Pieces:
    """A village in the fields: rows of courtyard houses, a main street, a pond.

    Parameters
    ----------
    face : Polygon
        Country between roads; the main street leads to its edge.
    dry : Polygon
        The part of it that may be built on.
    homes : float
        Households wanted; fewer come where the land is narrow.
    """
    name, name_en = names.village()
    land = _village_land(dry, homes * 330.0, rng)
    angle = float(rng.normal(4, 5))
    pond = _pond(_edge_point(land, rng), rng).intersection(dry)
    built = largest_polygon(land.difference(pond.buffer(6)))
    rows = lay_rows(built, face, angle, VILLAGE_ROWS, rng)
    pieces = Pieces(roads=[Road("residential", "", rows.spine)])
    pieces.roads += [Road("footway", "", lane) for lane in rows.lanes]
    outlines = [footprints.COURTYARD, footprints.COURTYARD_EAST, footprints.PLAIN]
    drawn = [footprints.draw(rows.boxes, outline) for outline in outlines]
    choice = rng.choice(len(outlines), len(rows.boxes), p=[0.45, 0.35, 0.2])
    for index in range(len(rows.boxes)):
        outline = shapely.transform(drawn[choice[index]][index], rows.to_ground)
        pieces.houses.append(
            House(outline, "house", 2 if rng.random() < 0.18 else 1, 1.0, site=name, lane=name)
        )
    if pieces.houses:
        hall = pieces.houses[int(rng.integers(len(pieces.houses)))]
        hall.use, hall.homes, hall.name = "public", 0.0, "村委会"
        pieces.places.append(Place(name, name_en, "village", land))
        pieces.ponds.append(Pond("", "pond", pond))
    return pieces


def _village_land(dry: Polygon, area_m2: float, rng: np.random.Generator) -> Polygon:
    """An uneven patch of about the wanted area inside the land, off its middle."""
    room = largest_polygon(dry.buffer(-45))
    if room.is_empty:
        room = dry
    middle = np.array(room.centroid.coords[0])
    if not room.contains(shapely.Point(middle)):
        middle = np.array(room.representative_point().coords[0])
    west, south, east, north = room.bounds
    middle += rng.uniform(-0.1, 0.1, 2) * (east - west, north - south)
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    stretch = rng.uniform(0.75, 1.35)
    reach = (np.abs(np.cos(angle)) ** 5 + np.abs(np.sin(angle)) ** 5) ** (-1 / 5)
    reach *= 1 + 0.09 * np.sin(2 * angle + rng.uniform(0, 6)) + rng.normal(0, 0.025, 28)
    half = np.sqrt(area_m2 / 3.6)
    for grow in (1.0, 1.15, 1.35, 1.6):
        ring = np.column_stack([np.cos(angle) * stretch, np.sin(angle) / stretch])
        patch = Polygon(middle + ring * (reach * half * grow)[:, None]).buffer(0)
        land = largest_polygon(patch.intersection(room))
        if land.area > 0.9 * area_m2:
            break
    return land


def _edge_point(land: Polygon, rng: np.random.Generator) -> tuple[float, float]:
    at = land.exterior.interpolate(rng.uniform(0, 1), normalized=True)
    return (float(at.x), float(at.y))


def _pond(at: tuple[float, float], rng: np.random.Generator) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    reach = rng.uniform(17, 33) * (1 + 0.2 * np.sin(2 * angle + rng.uniform(0, 6)))
    return Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None] + at)
