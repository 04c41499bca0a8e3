"""How far places agree with what an address states."""

from dataclasses import replace
from math import hypot
from typing import Final

from geo.addresses.gazetteer import Facts, Gazetteer
from geo.addresses.names import Likely
from geo.addresses.parts import Address, Number
from geo.addresses.records import AreaName
from geo.addresses.words import LANDMARK_END

AGREEMENT: Final = {
    "area_other": 0.55,
    "area_unknown": 0.99,
    "village_unknown": 0.85,
    "county_other": 0.5,
    "city_other": 0.7,
    "road_silent": 0.95,
    "road_other": 0.5,
    "number_silent": 0.8,
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
    "group_other": 0.3,
    "place_unexplained": 0.88,
    "place_unknown": 0.95,
    "talk": 0.99,
    "one_of_many": 0.7,
    "pole_silent": 0.5,
    "pole_side_silent": 0.93,
    "pole_side_other": 0.5,
    "interpolated": 0.8,
    "number_beyond": 0.55,
    "no_crossing": 0.5,
    "rest": 0.995,
}
# Areas are no circles: a point so many radii from the middle may still be inside.
AREA_STRETCH: Final = 1.6
AREA_MARGIN_M: Final = 150.0
_LETTERS: Final = "甲乙丙丁戊ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Reading:
    """One address, its names looked up in the gazetteer.

    Attributes
    ----------
    roads, compounds, places
        What may be meant, each with the certainty that is left; `places` one for each place of
        the address.
    wanted_areas, area_factors
        Of each list of areas one must hold the place; what unknown areas leave of certainty.
    """

    def __init__(self, gazetteer: Gazetteer, address: Address) -> None:
        self.gazetteer, self.address = gazetteer, address
        self.places = [self.find("place", place) for place in address.places]
        self._explained = {at for at, place in enumerate(self.places) if place}
        self.area_factors, self.wanted_areas = self._areas()
        self._area_stems()
        self.compounds = self._compound() or self._place_as("compound") or self._place_as("village")
        self.roads = self.find("road", address.road) or self._branch()
        if not self.roads and address.road is None and address.number is not None:
            self.roads = self._place_as("road")

    def find(self, book: str, name: str | None) -> Likely:
        """Known names of a role that may be meant."""
        return () if name is None else self.gazetteer.books[book].find(name)

    def _compound(self) -> Likely:
        address = self.address
        if address.compound is None:
            return ()
        whole = (address.compound + address.section,) if address.section else ()
        for name in (*whole, address.compound):
            for book in ("compound", "village"):
                if found := self.find(book, name):
                    return found
        return ()

    def _place_as(self, book: str) -> Likely:
        """阳光3号楼: a name without its ending, which the gazetteer knows as a compound."""
        if book != "road" and self.address.compound is not None:
            return ()
        section = self.address.section or ""
        for at, name in enumerate(self.address.places):
            found = (self.find(book, name + section) if section else ()) or self.find(book, name)
            if found:
                self._explained.add(at)
                return found
        return ()

    def _branch(self) -> Likely:
        """二巷 of 大王庄村二巷."""
        road = self.address.road
        if road is None or not road[0].isdigit():
            return ()
        return tuple(
            (name, left * of_branch)
            for compound, left in self.compounds
            for name, of_branch in self.find("road", compound + road)
        )

    def _area_stems(self) -> None:
        """柳泉阳光小区: an area without its ending."""
        for at, name in enumerate(self.address.places):
            ids = self._ids(self.find("area", name)) if at not in self._explained else frozenset()
            if ids:
                self._explained.add(at)
                self.wanted_areas.append(ids)

    def _ids(self, found: Likely) -> frozenset[int]:
        return frozenset(one for key, _ in found for one in self.gazetteer.area_ids[key])

    def _areas(self) -> tuple[float, list[frozenset[int]]]:
        factor, wanted, strangers = 1.0, [], []
        for name in self.address.areas:
            found = self.find("area", name)
            if ids := self._ids(found):
                wanted.append(ids)
                factor *= max(left for _, left in found)
            else:
                strangers.append(name)
        for name in strangers:
            factor *= self._stranger(name, at_home=bool(wanted))
        return factor, wanted

    def _stranger(self, name: str, *, at_home: bool) -> float:
        """What an area that is not known leaves of certainty, a known one beside it or not."""
        if name.endswith(("县", "区")):
            return AGREEMENT["county_other"]
        if name.endswith("市"):
            return AGREEMENT["area_unknown" if at_home else "city_other"]
        if name.endswith(("村", "社区", "居委会", "镇", "街道", "街道办", "乡")):
            known = any(self.find(book, name) for book in ("compound", "village", "place"))
            return 1.0 if known else AGREEMENT["village_unknown"]
        return AGREEMENT["area_unknown"]

    def agreement(self, at: int) -> float:
        facts, address = self.gazetteer.facts[at], self.address
        score = self.area_factors * AGREEMENT["rest"] ** min(address.rest, 10)
        above = self.above(at)
        for wanted in self.wanted_areas:
            if above and not (wanted & above):
                score *= AGREEMENT["area_other"]
        score *= self._road_and_number(facts) * self._compound_and_building(at, facts)
        if address.group is not None and facts.group != address.group:
            score *= AGREEMENT["group_silent" if facts.group is None else "group_other"]
        if address.pole is not None and facts.pole != address.pole:
            score *= AGREEMENT["pole_silent"]
        return score * self._places_agree(at)

    def _road_and_number(self, facts: Facts) -> float:
        address = self.address
        if address.road is None and not self.roads:
            if not address.in_village and facts.compound is None:
                return 1.0  # 农贸市场3号摊位: a number within the place
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
        known = facts.building
        if known is None and facts.road is None and address.number is None:
            known = facts.number  # 大王庄12号, where nothing tells that 大王庄 is a village
        return score * _building_agrees(address.building, known)

    def _places_agree(self, at: int) -> float:
        score, own = 1.0, self.gazetteer.named_as(at)
        for order, place in enumerate(self.places):
            likely = max((left for key, left in place if key in own), default=None)
            if likely is not None:
                score *= likely
            elif place:
                score *= AGREEMENT["place_unexplained"]
            elif order not in self._explained:
                is_thing = LANDMARK_END.search(self.address.places[order])
                score *= AGREEMENT["place_unknown" if is_thing else "talk"]
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
        return score * self._places_agree(at)

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
        for place in address.places:
            is_thing = LANDMARK_END.search(place)
            score *= AGREEMENT["place_unexplained" if is_thing else "talk"]
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
