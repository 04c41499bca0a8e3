"""Building the town: every block and village filled, conflicts taken out, homes counted."""

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from data.demo import dwellings, names, worksites
from data.demo.blocks import Block, country_land, cut, cut_blocks
from data.demo.layout import Layout, Road
from data.demo.names import UniqueNames
from data.demo.pieces import House, Pieces, Pond

VILLAGE_SHARE = 0.125
FIELD_M2 = 190_000.0
LONGEST_WALL_TO_ROAD_M = {"trunk": 12.0, "primary": 9.0, "secondary": 7.0, "tertiary": 5.0,
                          "residential": 3.0, "service": 2.2, "footway": 1.2}  # fmt: skip


def build(layout: Layout, seed: int, unique: UniqueNames) -> Pieces:
    """Fill the land of a layout; homes sum to the layout's households."""
    rng = np.random.default_rng([seed, 30])
    blocks, streets, country = cut_blocks(layout, seed, unique)
    pieces = Pieces(roads=[*layout.roads, *streets])
    wide = shapely.STRtree([r.line for r in pieces.roads if r.highway in worksites.MAJOR])
    filler = _Filler(layout, unique, rng, wide)
    for block in blocks:
        pieces.add(filler.fill(block))
    pieces.add(_villages(layout, country, pieces.roads, unique, rng))
    _add_river(pieces, layout)
    _clear_conflicts(pieces)
    _fit_homes(pieces.houses, layout.extent.households)
    return pieces


class _Filler:
    """Fills one block after another; remembers which names of public sites are taken."""

    def __init__(
        self,
        layout: Layout,
        unique: UniqueNames,
        rng: np.random.Generator,
        wide: shapely.STRtree,
    ) -> None:
        self._layout = layout
        self._unique = unique
        self._rng = rng
        self._wide = wide
        self._schools = list(enumerate(names.SCHOOLS, start=1))
        self._works = list(names.FACTORIES)
        self._parks = list(names.PARKS)
        self._markets = list(names.MARKETS)
        self._public = list(names.LANDMARKS)
        self._malls = list(names.MALLS)

    def fill(self, block: Block) -> Pieces:
        """Draw what stands on a block."""
        site, rng = block.site, self._rng
        if block.use in {"slabs", "old slabs", "towers"}:
            return self._compound(block)
        if block.use == "lanes":
            return dwellings.fill_old_lanes(site, rng, self._unique)
        if block.use == "works":
            name = self._works.pop(0) if self._works else self._unique.firm("工厂")
            return worksites.fill_works(site, name, rng)
        if block.use == "offices":
            name = self._malls.pop(0) if self._malls else self._unique.firm("大厦")
            return worksites.fill_centre(site, name, rng)
        return self._public_site(block)

    def _public_site(self, block: Block) -> Pieces:
        site, rng = block.site, self._rng
        if block.use == "school":
            number, name = self._schools.pop(0)
            return worksites.fill_school(site, name, worksites.english_school(name, number), rng)
        if block.use == "market":
            return worksites.fill_market(site, self._markets.pop(0))
        if block.use == "public":
            title = self._public.pop(0)
            use = "hospital" if "医院" in title[0] else "public"
            return worksites.fill_public(site, title, "landmark", use, rng)
        if block.use == "station":
            station = ("汽车站", "Coach Station")
            return worksites.fill_public(site, station, "station", "station", rng)
        if block.use == "park" and self._parks:
            return worksites.fill_park(site, self._parks.pop(0), rng)
        return Pieces()

    def _compound(self, block: Block) -> Pieces:
        site = block.site
        shops, core = worksites.line_with_shops(site, self._wide, self._rng)
        if core.area < 0.45 * site.parcel.area:
            shops, core = [], site.parcel
        pieces = dwellings.fill_compound(site, core, block.use, self._rng, self._unique)
        ways_in = shapely.union_all([road.line for road in pieces.roads]).buffer(6)
        pieces.houses += [shop for shop in shops if not shop.outline.intersects(ways_in)]
        return pieces


def _villages(
    layout: Layout, country: list[int], roads: list[Road], unique: UniqueNames,
    rng: np.random.Generator,
) -> Pieces:  # fmt: skip
    homes = layout.extent.households
    wanted = max(2, round(15 * homes / 60_000))
    lands = {i: country_land(layout.faces[i].polygon, roads, layout) for i in country}
    roomy = _apart(lands, wanted, least_m2=1.6 * VILLAGE_SHARE * homes / wanted * 330)
    pieces = Pieces()
    sizes = rng.lognormal(0, 0.3, len(roomy))
    sizes *= VILLAGE_SHARE * homes / sizes.sum()
    for index, size in zip(roomy, sizes, strict=True):
        pieces.add(
            dwellings.fill_village(
                layout.faces[index].polygon, lands[index], float(size), rng, unique
            )
        )
    built = shapely.union_all([p.outline for p in pieces.places])
    for index in country:
        tracks = [
            line.difference(built) for line in cut(layout.faces[index].polygon, FIELD_M2, rng)[1]
        ]
        pieces.roads += [Road("service", "", t) for t in tracks if t.length > 60]
    return pieces


def _apart(lands: dict[int, Polygon], wanted: int, least_m2: float) -> list[int]:
    """The roomiest land and then, one by one, what lies farthest from those chosen."""
    order = sorted(lands, key=lambda i: (lands[i].area < least_m2, -lands[i].area))
    open_lands = order[: max(wanted, sum(lands[i].area >= least_m2 for i in order))]
    chosen = open_lands[:1]
    while len(chosen) < min(wanted, len(open_lands)):
        rest = [i for i in open_lands if i not in chosen]
        centres = [lands[i].centroid for i in chosen]
        chosen.append(max(rest, key=lambda i: min(lands[i].centroid.distance(c) for c in centres)))
    return chosen


def _add_river(pieces: Pieces, layout: Layout) -> None:
    pieces.ponds.append(Pond("青禾河", "river", layout.river))
    pieces.ponds.append(Pond("柳溪", "stream", layout.stream))


def _clear_conflicts(pieces: Pieces) -> None:
    """Take out houses that stand in a road, in water or in one another; smaller ones give way."""
    outlines = [house.outline for house in pieces.houses]
    roads: list[BaseGeometry] = [
        road.line.buffer(LONGEST_WALL_TO_ROAD_M[road.highway], quad_segs=2) for road in pieces.roads
    ]
    water = [pond.outline.buffer(2) for pond in pieces.ponds]
    tree = shapely.STRtree(outlines)
    bad = set(tree.query([*roads, *water], predicate="intersects")[1].tolist())
    first, second = tree.query(outlines, predicate="intersects")
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        if a < b and a not in bad and b not in bad:
            bad.add(a if outlines[a].area < outlines[b].area else b)
    pieces.houses = [h for i, h in enumerate(pieces.houses) if i not in bad]


def _fit_homes(houses: list[House], wanted: int) -> None:
    """Scale flats so that the town has the households it was asked for, then round."""
    fixed = sum(h.homes for h in houses if h.use != "flats")
    flats = [h for h in houses if h.use == "flats"]
    factor = (wanted - fixed) / sum(h.homes for h in flats)
    for house in flats:
        levels = max(3, round(house.levels * factor))
        house.homes *= factor
        house.levels = levels
    # The rounding that one house loses the next one gains: the total stays true.
    carried = 0.0
    for house in houses:
        exact = house.homes + carried
        house.homes = float(max(0, round(exact)))
        carried = exact - house.homes
