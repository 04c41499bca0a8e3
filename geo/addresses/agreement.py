"""How far places agree with what an address states."""

from dataclasses import replace
from math import hypot
from typing import Final

from geo.addresses.gazetteer import Facts, Gazetteer
from geo.addresses.names import Likely
from geo.addresses.parts import Address, Number
from geo.addresses.records import AreaName

AGREEMENT: Final = {
    "area_other": 0.55,
    "area_unknown": 0.99,
    "village_unknown": 0.85,
    "county_other": 0.5,
    "road_silent": 0.95,
    "road_other": 0.5,
    "number_silent": 0.9,
    "number_part": 0.85,
    "number_other": 0.4,
    "compound_silent": 0.8,
    "compound_other": 0.35,
    "section_silent": 0.93,
    "section_other": 0.5,
    "building_silent": 0.7,
    "building_part": 0.6,
    "building_other": 0.1,
    "group_silent": 0.97,
    "place_unexplained": 0.88,
    "place_unknown": 0.95,
    "pole_silent": 0.5,
    "pole_side_silent": 0.93,
    "pole_side_other": 0.5,
    "interpolated": 0.8,
    "number_beyond": 0.55,
    "no_crossing": 0.5,
    "rest": 0.985,
}
# Areas are no circles: a point so many radii from the middle may still be inside.
AREA_STRETCH: Final = 1.6
AREA_MARGIN_M: Final = 150.0
_LETTERS: Final = "甲乙丙丁戊ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Reading:
    """One address, its names looked up in the gazetteer."""

    def __init__(self, gazetteer: Gazetteer, address: Address) -> None:
        self.gazetteer, self.address = gazetteer, address
        books = gazetteer.books
        self.roads = self.find("road", address.road)
        self.places = [self.find("place", place) for place in address.places]
        compound = self._compound()
        self.compounds = compound or self._places_as_compounds()
        if not self.roads and address.number is not None:
            self.roads = next((f for p in address.places if (f := books["road"].find(p))), ())
        self.area_factors, self.wanted_areas = self._areas()

    def find(self, book: str, name: str | None) -> Likely:
        return () if name is None else self.gazetteer.books[book].find(name)

    def _compound(self) -> Likely:
        address = self.address
        if address.compound is None:
            return ()
        whole = (address.compound + (address.section or ""),) if address.section else ()
        for name in (*whole, address.compound):
            for book in ("compound", "village"):
                if found := self.find(book, name):
                    return found
        return ()

    def _places_as_compounds(self) -> Likely:
        """阳光3号楼: a name without its ending, or one that the map has as a compound."""
        for name in self.address.places:
            for book in ("compound", "village"):
                if found := self.find(book, name):
                    return found
        return ()

    def _areas(self) -> tuple[float, list[frozenset[int]]]:
        """What unknown areas leave of certainty, and the areas of which one must hold the place."""
        factor, wanted = 1.0, []
        for name in self.address.areas:
            found = self.find("area", name)
            ids = frozenset(i for key, _ in found for i in self.gazetteer.area_ids[key])
            if ids:
                wanted.append(ids)
                factor *= max(f for _, f in found)
            elif name.endswith(("县", "区")):
                factor *= AGREEMENT["county_other"]
            elif name.endswith(("村", "社区", "居委会", "村委会", "镇", "街道", "乡")):
                known = any(self.find(b, name) for b in ("compound", "village", "place"))
                factor *= 1.0 if known else AGREEMENT["village_unknown"]
            else:
                factor *= AGREEMENT["area_unknown"]
        return factor, wanted

    def agreement(self, at: int) -> float:
        facts, address = self.gazetteer.facts[at], self.address
        score = self.area_factors * AGREEMENT["rest"] ** min(address.rest, 10)
        above = self.above(at)
        for wanted in self.wanted_areas:
            if above and not (wanted & above):
                score *= AGREEMENT["area_other"]
        score *= self._road_and_number(facts) * self._compound_and_building(at, facts)
        if address.group is not None and facts.group != address.group:
            score *= AGREEMENT["group_silent"]
        return score * self._places_agree(at, facts)

    def _road_and_number(self, facts: Facts) -> float:
        address = self.address
        if address.road is None and not self.roads:
            return _number_agrees(address.number, facts.number)
        if facts.road is None:
            silent = AGREEMENT["road_silent"]
            return silent * (AGREEMENT["number_silent"] if address.number else 1.0)
        likely = dict(self.roads).get(facts.road)
        if likely is None:
            return AGREEMENT["road_other"]
        return likely * _number_agrees(address.number, facts.number)

    def _compound_and_building(self, at: int, facts: Facts) -> float:
        address, score = self.address, 1.0
        stated = address.compound is not None or bool(self.compounds)
        if stated and not (address.in_village and address.road is not None):
            own = {facts.compound, *self.gazetteer.named_as(at)}
            likely = max((f for key, f in self.compounds if key in own), default=None)
            if likely is not None:
                score *= likely
            elif facts.compound is None:
                score *= AGREEMENT["compound_silent"]
            else:
                score *= AGREEMENT["compound_other"]
        if address.section is not None and address.section not in (facts.compound or ""):
            silent = facts.section is None
            if facts.section != address.section:
                score *= AGREEMENT["section_silent" if silent else "section_other"]
        return score * _building_agrees(address.building, facts.building)

    def _places_agree(self, at: int, facts: Facts) -> float:
        score = 1.0
        own = self.gazetteer.named_as(at)
        for name, place in zip(self.address.places, self.places, strict=True):
            likely = max((f for key, f in place if key in own), default=None)
            if likely is None and self.compounds and facts.compound:
                likely = dict(self._places_as_compounds()).get(facts.compound)
            if likely is not None:
                score *= likely
            elif name not in dict(self.roads):
                score *= AGREEMENT["place_unexplained" if place else "place_unknown"]
        return score

    def agreement_of_site(self, at: int) -> float:
        facts, address = self.gazetteer.facts[at], self.address
        score = self.area_factors
        above = self.above(at)
        for wanted in self.wanted_areas:
            if above and not (wanted & above):
                score *= AGREEMENT["area_other"]
        site = replace(facts, building=None)
        score *= self._compound_and_building(at, site)
        score *= 1.0 if address.number is None else AGREEMENT["number_silent"]
        if address.road and facts.road and facts.road not in dict(self.roads):
            score *= AGREEMENT["road_other"]
        return score * self._places_agree(at, facts)

    def above(self, at: int) -> frozenset[int]:
        area_id = self.gazetteer.records[at].area_id
        return frozenset() if area_id is None else self.gazetteer.above.get(area_id, frozenset())

    def holds(self, at: int) -> bool:
        above = self.above(at)
        return not above or all(wanted & above for wanted in self.wanted_areas)

    def in_wanted(self, x: float, y: float) -> float:
        """Agreement of a point on a road with the areas stated, by its distance from them."""
        score = self.area_factors
        for wanted in self.wanted_areas:
            areas = [self.gazetteer.areas[one] for one in wanted]
            if not any(self._is_near(area, x, y) for area in areas):
                score *= AGREEMENT["area_other"]
        return score

    def _is_near(self, area: AreaName, x: float, y: float) -> bool:
        east, north = self.gazetteer.plane.to_metres_one(area.lon, area.lat)
        return hypot(east - x, north - y) < AREA_STRETCH * area.radius_m + AREA_MARGIN_M

    def unplaced(self) -> float:
        """What parts that only a building could confirm leave of certainty."""
        address, score = self.address, 1.0
        if address.compound is not None and not address.in_village:
            score *= AGREEMENT["compound_silent"]
        score *= AGREEMENT["place_unexplained"] ** len(address.places)
        return score * AGREEMENT["rest"] ** min(address.rest, 10)


def _number_agrees(stated: Number | None, known: str | None) -> float:
    if stated is None:
        return 1.0
    if known is None:
        return AGREEMENT["number_silent"]
    if known == stated.key:
        return 1.0
    same_house = known.partition("-")[0] == str(stated.main)
    return AGREEMENT["number_part" if same_house else "number_other"]


def _building_agrees(stated: str | None, known: str | None) -> float:
    if stated is None or stated == known:
        return 1.0
    if known is None:
        return AGREEMENT["building_silent"]
    same = known.strip(_LETTERS) == stated.strip(_LETTERS) != ""
    return AGREEMENT["building_part" if same else "building_other"]
