"""Where people work, learn, buy and rest: shops, schools, works, markets, parks, public houses."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Polygon

from data.demo import footprints, names
from data.demo.dwellings import Site, largest_polygon, south_facing_angle
from data.demo.ground import turn_about
from data.demo.layout import Road
from data.demo.names import Pair
from data.demo.pieces import House, Pieces, Place, Pond
from data.demo.rows import RowPattern, lay_rows, point_in

SHEDS = RowPattern((38, 88), 34, 12, 12, 18, 1, 16, 0.14, aligned=False)
STALLS = RowPattern((42, 64), 14, 7, 8, 11, 1, 10)
OFFICES = RowPattern((34, 66), 20, 16, 24, 26, 1, 16, 0.16, aligned=False)
CLASSROOMS = RowPattern((46, 60), 13, 10, 22, 22, 1, 10)
SHOP_DEPTH_M = 11.0
MAJOR = ("trunk", "primary", "secondary", "tertiary")


def line_with_shops(
    site: Site, streets: shapely.STRtree, rng: np.random.Generator
) -> tuple[list[House], Polygon]:
    """Rows of shops along the wide streets of a block.

    Parameters
    ----------
    site : Site
        Land.
    streets : shapely.STRtree
        Lines of the wide streets.
    rng : numpy.random.Generator
        Draws lengths.

    Returns
    -------
    list of House, Polygon
        Shops, and what they leave of the parcel.
    """
    ring = shapely.get_coordinates(shapely.simplify(site.parcel, 3).exterior)
    shops: list[House] = []
    fronts = []
    inner = site.parcel.buffer(-0.5)
    clockwise = not site.parcel.exterior.is_ccw
    for a, b in pairwise(ring):
        edge = LineString([a, b])
        near = streets.query(edge.centroid.buffer(26), predicate="intersects")
        if edge.length < 55 or len(near) == 0 or rng.random() > 0.82:
            continue
        fronts.append(edge)
        for shop in _front(a, b, clockwise, rng):
            clear = not any(shop.intersects(other.outline) for other in shops)
            if clear and inner.contains(shop):
                shops.append(House(shop, "shop", int(rng.choice([1, 2, 2, 3])), 0.0))
    if not fronts:
        return [], site.parcel
    strip = shapely.union_all(fronts).buffer(SHOP_DEPTH_M + 9, cap_style="square")
    return shops, largest_polygon(site.parcel.difference(strip))


def _front(
    a: np.ndarray, b: np.ndarray, clockwise: bool, rng: np.random.Generator
) -> list[Polygon]:
    length = float(np.hypot(*(b - a)))
    along = (b - a) / length
    inward = np.array([along[1], -along[0]]) if clockwise else np.array([-along[1], along[0]])
    shops = []
    at = 16.0
    while at + 16 < length - 14:
        size = min(rng.uniform(16, 44), length - 14 - at)
        depth = SHOP_DEPTH_M * rng.uniform(0.85, 1.0)
        start = a + along * at + inward * 2.5
        corners = [
            start, start + along * size, start + along * size + inward * depth,
            start + inward * depth,
        ]  # fmt: skip
        shops.append(Polygon(corners))
        at += size + rng.choice([1.5, 3.0, 7.0])
    return shops


def fill_rows(
    site: Site, pattern: RowPattern, use: str, levels: tuple[int, int], rng: np.random.Generator
) -> Pieces:
    """Plain buildings in rows with a way in: offices, sheds, stalls, classrooms."""
    angle = south_facing_angle(site.parcel, rng)
    rows = lay_rows(largest_polygon(site.parcel.buffer(-4)), site.block, angle, pattern, rng)
    drawn = footprints.draw(rows.boxes, footprints.PLAIN)
    houses = [
        House(shapely.transform(flat, rows.to_ground), use, int(rng.integers(*levels)), 0.0)
        for flat in drawn
    ]
    return Pieces(houses=houses, roads=[Road("service", "", rows.spine)] if houses else [])


def fill_works(site: Site, name: str, rng: np.random.Generator) -> Pieces:
    """A factory or warehouse yard with sheds and an office."""
    pieces = fill_rows(site, SHEDS, "factory", (1, 3), rng)
    for number, shed in enumerate(pieces.houses, start=1):
        shed.name, shed.site = f"{number}号车间", name
    if pieces.houses:
        pieces.houses[0].use, pieces.houses[0].name, pieces.houses[0].levels = "office", "办公楼", 4
        pieces.places.append(Place(name, "Works", "landmark", site.parcel))
    return pieces


def fill_centre(site: Site, name: str, rng: np.random.Generator) -> Pieces:
    """A block of the town centre: offices and a shopping mall."""
    pieces = fill_rows(site, OFFICES, "office", (5, 16), rng)
    if pieces.houses:
        mall = max(pieces.houses, key=lambda house: house.outline.area)
        mall.use, mall.levels, mall.name, mall.site = "mall", 5, name, name
    for number, house in enumerate(pieces.houses, start=1):
        if not house.name:
            house.name = f"商务楼{number}座"
    return pieces


def fill_market(site: Site, name: Pair) -> Pieces:
    """Open halls of stalls."""
    rng = np.random.default_rng(len(name[0]))
    pieces = fill_rows(site, STALLS, "market", (1, 2), rng)
    for number, hall in enumerate(pieces.houses, start=1):
        hall.name, hall.site = f"{number}号大棚", name[0]
    pieces.places.append(Place(*name, "market", site.parcel))
    return pieces


def fill_school(site: Site, name: str, name_en: str, rng: np.random.Generator) -> Pieces:
    """A school: classrooms on the north, open ground for sports on the south."""
    angle = south_facing_angle(site.parcel, rng)
    x, y = point_in(site.parcel)
    far = 1_000.0
    north = np.array([(x - far, y - 8), (x + far, y - 8), (x + far, y + far), (x - far, y + far)])
    northern = Polygon(turn_about(north, (x, y), angle)).intersection(site.parcel)
    land = Site(largest_polygon(northern), site.block)
    pieces = fill_rows(land, CLASSROOMS, "school", (3, 6), rng)
    if not pieces.houses:
        pieces = fill_rows(site, replace(CLASSROOMS, widths_m=(24, 40)), "school", (3, 6), rng)
    for number, house in enumerate(pieces.houses, start=1):
        house.name, house.site = f"{number}号教学楼", name
    pieces.places.append(Place(name, name_en, "school", site.parcel))
    return pieces


def fill_public(site: Site, name: Pair, kind: str, use: str, rng: np.random.Generator) -> Pieces:
    """A public site with one large E-shaped house and a few smaller ones."""
    angle = south_facing_angle(site.parcel, rng)
    middle = site.parcel.representative_point()
    centre = point_in(site.parcel)
    reach = 0.62 * middle.distance(site.parcel.exterior)
    box = np.array([[centre[0] - reach * 1.2, centre[1] - reach * 0.5,
                     centre[0] + reach * 1.2, centre[1] + reach * 0.6]])  # fmt: skip
    hall = footprints.draw(box, footprints.E_SHAPE)[0]
    hall = shapely.transform(hall, lambda points: turn_about(points, centre, angle))
    rest = largest_polygon(site.parcel.difference(hall.buffer(16)))
    pieces = fill_rows(Site(rest, site.block), OFFICES, use, (2, 6), rng)
    way_in = pieces.roads[0].line.buffer(5) if pieces.roads else Polygon()
    if way_in.intersects(hall):
        pieces.roads = []
    pieces.houses.append(House(hall, use, 8 if use == "hospital" else 5, 0.0, "主楼"))
    for number, house in enumerate(pieces.houses, start=1):
        house.site = name[0]
        house.name = house.name or f"{number}号楼"
    pieces.places.append(Place(*name, kind, site.parcel))
    return pieces


def fill_park(site: Site, name: Pair, rng: np.random.Generator) -> Pieces:
    """Lawns with a lake, paths and a pavilion."""
    centre = np.array(site.parcel.representative_point().coords[0])
    reach = shapely.Point(centre).distance(site.parcel.exterior)
    angle = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    bumps = 1 + 0.22 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.12 * np.sin(3 * angle + 1)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    lake = Polygon(centre + ring * (0.5 * reach * bumps)[:, None])
    walk = shapely.LinearRing(centre + ring * (0.82 * reach * np.sqrt(bumps))[:, None])
    paths = [Road("footway", "", LineString(walk.coords).intersection(site.parcel))]
    for turn in rng.uniform(0, 6.28) + np.array([0, 1.6, 3.2, 4.7]):
        way = np.array([np.cos(turn), np.sin(turn)])
        path = LineString([centre + way * reach * 0.83, centre + way * reach * 9])
        gate = path.intersection(site.block)
        paths.append(Road("footway", "", shapely.get_parts(gate)[0]))
    return Pieces(
        roads=paths,
        places=[Place(*name, "park", site.parcel)],
        ponds=[Pond(f"{name[0]}湖", "lake", lake)],
    )


def english_school(name: str, number: int) -> str:
    """English name of a school from its Chinese one."""
    if "小学" in name:
        return "Experimental Primary School" if "实验" in name else f"No. {number} Primary School"
    return "Vocational School" if "职业" in name else f"No. {number} Middle School"


SCHOOL_NAMES = names.SCHOOLS
