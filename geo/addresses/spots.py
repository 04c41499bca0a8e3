"""The places that an address may mean, before they are weighed against each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from geo.addresses.agreement import AGREEMENT, Reading
from geo.addresses.gazetteer import Cluster, Facts, Gazetteer
from geo.addresses.ground import middle_of, stretch_of
from geo.addresses.parts import Address
from geo.addresses.records import Record

CandidateKind = Literal["building", "address", "place", "pole", "road", "crossing", "area"]

POINT_M: Final = 15.0
CROSSING_M: Final = 20.0
BETWEEN_NUMBERS: Final = 60
BETWEEN_M: Final = 500.0
BEYOND_NUMBERS: Final = 20
BEYOND_M: Final = 20.0
METRES_PER_NUMBER: Final = 6.0
WITHIN: Final = 0.8
_WEAK: Final = 0.6
_MOST_RECORDS: Final = 400
_MOST_GATHERINGS: Final = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A candidate before its rivals are weighed.

    Attributes
    ----------
    x, y
        Metres on the gazetteer's plane.
    agreement
        0 to 1, see `geo.addresses.match`.
    precision_m
        How far from the point the place may lie.
    radius_m
        Of the thing itself.
    road
        The road that it is on, as a key.
    """

    kind: CandidateKind
    label: str
    x: float
    y: float
    agreement: float
    precision_m: float
    radius_m: float = 0.0
    id: int | None = None
    building_id: int | None = None
    road: str | None = None


def spots_of(gazetteer: Gazetteer, address: Address) -> list[Spot]:
    """Everything that an address may mean, relations left aside."""
    return _Search(gazetteer, address).spots()


class _Search:
    def __init__(self, gazetteer: Gazetteer, address: Address) -> None:
        self.gazetteer, self.address = gazetteer, address
        self.reading = Reading(gazetteer, address)

    def spots(self) -> list[Spot]:
        """Everything that the address may mean."""
        spots = self._crossings() + self._poles() + self._records()
        if not any(one.agreement > 0.6 for one in spots):
            spots += self._between_numbers()
        if not spots or max(one.agreement for one in spots) < 0.6:
            spots += self._sites()
        if not spots:
            spots += self._whole_roads() or self._whole_areas()
        return spots

    def _records(self) -> list[Spot]:
        """Records that agree in what pins them down: a number, a building, a name."""
        found = dict.fromkeys(self._in_compounds())
        if self.address.number is not None:
            main = self.address.number.main
            for road, _ in self.reading.roads:
                found |= dict.fromkeys(self.gazetteer.houses.get((road, main), ()))
        for place in self.reading.places:
            for name, _ in place:
                found |= dict.fromkeys(self.gazetteer.named.get(name, ())[:_MOST_RECORDS])
        if not found and self.address.building is not None and not self.reading.compounds:
            found |= dict.fromkeys(self._in_area(self.address.building))
        return self._scored(list(found))

    def _in_compounds(self) -> Iterable[int]:
        address, gazetteer = self.address, self.gazetteer
        for compound, _ in self.reading.compounds:
            if address.building is not None:
                yield from gazetteer.flats.get((compound, address.building), ())
                if address.building.isdecimal():
                    yield from gazetteer.houses.get((compound, int(address.building)), ())
            if address.number is not None:
                yield from gazetteer.houses.get((compound, address.number.main), ())
            if address.group is not None:
                yield from gazetteer.groups.get((compound, address.group), ())
            if not any(self.reading.places):
                yield from gazetteer.named.get(compound, ())

    def _in_area(self, building: str) -> Iterable[int]:
        """幸福社区3号楼: buildings of that number in the smallest area named."""
        if not self.reading.wanted_areas or self.reading.roads or self.address.places:
            return ()
        inside = self.reading.wanted_areas[-1]
        return (
            at
            for (_, number), held in self.gazetteer.flats.items()
            if number == building
            for at in held
            if inside & self.reading.above(at)
        )

    def _scored(self, found: Sequence[int]) -> list[Spot]:
        """Score records, and gather those that agree alike: twenty buildings of 幸福路12号."""
        by_score: dict[float, list[int]] = {}
        for at in found:
            by_score.setdefault(round(self.reading.agreement(at), 4), []).append(at)
        spots: list[Spot] = []
        for score, held in sorted(by_score.items(), reverse=True)[:_MOST_GATHERINGS]:
            spots += [self._spot(cluster, score) for cluster in self.gazetteer.clusters(held)]
        return spots

    def _spot(self, cluster: Cluster, score: float) -> Spot:
        gazetteer, address = self.gazetteer, self.address
        record = gazetteer.records[cluster.members[0]]
        facts = gazetteer.facts[cluster.members[0]]
        if len(cluster.members) == 1:
            return Spot(
                record.kind, record.label, cluster.x, cluster.y, score,
                POINT_M + _slack_m(record), record.radius_m, record.id,
                record.building_id, facts.road,
            )  # fmt: skip
        precision = cluster.radius_m + POINT_M
        score *= self._one_of_many(cluster)
        if address.number is not None and facts.road is not None:
            label = f"{gazetteer.road_label(facts.road)}{facts.number}号"
            return Spot("address", label, cluster.x, cluster.y, score, precision,
                         cluster.radius_m, road=facts.road)  # fmt: skip
        label = record.compound or record.name or record.label
        return Spot("place", label, cluster.x, cluster.y, score, precision, cluster.radius_m,
                     road=facts.road)  # fmt: skip

    def _one_of_many(self, cluster: Cluster) -> float:
        """3号 of a village stands in each of its groups: any of them may be meant."""
        facts = [self.gazetteer.facts[at] for at in cluster.members]
        parts = {(one.group, one.section, one.compound) for one in facts}
        is_one = self.address.number is not None or self.address.building is not None
        return AGREEMENT["one_of_many"] if is_one and len(parts) > 1 else 1.0

    # --- crossings, poles, numbers between -----------------------------------------------------

    def _crossings(self) -> list[Spot]:
        address, roads = self.address, self.gazetteer.roads
        if address.crossing is None:
            return []
        spots: list[Spot] = []
        for one, first in self.reading.roads:
            for other, second in self.reading.find("road", address.crossing):
                for x, y in roads.crossings(one, other):
                    label = f"{roads.label(one)}与{roads.label(other)}交叉口"
                    score = first * second * self.reading.in_wanted(x, y)
                    spots.append(Spot("crossing", label, x, y, score, CROSSING_M, road=one))
        if address.until is not None and spots:
            spots = self._stretch_between(spots)
        return spots

    def _stretch_between(self, spots: list[Spot]) -> list[Spot]:
        """A路（B路至C路段）: the middle between two crossings."""
        roads, halves = self.gazetteer.roads, []
        for start in spots:
            for end, likely in self.reading.find("road", self.address.until):
                for x, y in roads.crossings(start.road or "", end):
                    middle = ((start.x + x) / 2, (start.y + y) / 2)
                    half = float(np.hypot(start.x - x, start.y - y)) / 2
                    foot = roads.nearest(*middle, start.road, half) or middle
                    label = f"{roads.label(start.road or '')}（至{roads.label(end)}段）"
                    halves.append(
                        replace(start, label=label, x=foot[0], y=foot[1], kind="road",
                                agreement=start.agreement * likely, precision_m=half)
                    )  # fmt: skip
        return halves or spots

    def _poles(self) -> list[Spot]:
        address, gazetteer = self.address, self.gazetteer
        if address.pole is None:
            return []
        bases = [*self.reading.roads, *self.reading.compounds]
        bases += [(line, 1.0) for line in address.places]
        spots = []
        for base, likely in bases:
            for at in gazetteer.poles.get((base, address.pole), ()):
                agrees = likely * _pole_side_agrees(address, gazetteer.facts[at])
                x, y = gazetteer.xy[at]
                score = agrees * self.reading.in_wanted(x, y)
                record = gazetteer.records[at]
                spots.append(
                    Spot("pole", record.label, x, y, score, POINT_M, 0.0, record.id, road=base)
                )
        return spots

    def _between_numbers(self) -> list[Spot]:
        """A number that is not known: between its neighbours on the same side of the street."""
        address, gazetteer = self.address, self.gazetteer
        if address.number is None:
            return []
        wanted, spots = address.number.main, []
        bases = self.reading.roads if address.road else self.reading.compounds
        for road, likely in bases:
            same = [
                (main, at)
                for main, at in gazetteer.numbered.get(road, ())
                if main % 2 == wanted % 2 and self.reading.holds(at)
            ]
            below = max((one for one in same if one[0] < wanted), default=None)
            over = min((one for one in same if one[0] > wanted), default=None)
            spot = self._interpolated(road, likely, below, over)
            if spot is not None:
                spots.append(spot)
        return spots

    def _interpolated(
        self,
        road: str,
        likely: float,
        below: tuple[int, int] | None,
        over: tuple[int, int] | None,
    ) -> Spot | None:
        address, xy = self.address, self.gazetteer.xy
        wanted = address.number.main if address.number else 0
        label = f"{self.gazetteer.road_label(road)}{wanted}号（≈）"
        factor = likely * self.reading.area_factors * self.reading.unplaced()
        if below is not None and over is not None:
            start, end = xy[below[1]], xy[over[1]]
            gap = float(np.hypot(*(end - start)))
            if over[0] - below[0] <= BETWEEN_NUMBERS and gap <= BETWEEN_M:
                x, y = start + (end - start) * (wanted - below[0]) / (over[0] - below[0])
                score = factor * AGREEMENT["interpolated"]
                return Spot("address", label, x, y, score, POINT_M + gap / 4, road=road)
        near = min(
            (one for one in (below, over) if one is not None),
            key=lambda one: abs(one[0] - wanted),
            default=None,
        )
        if near is None or abs(near[0] - wanted) > BEYOND_NUMBERS:
            return None
        x, y = xy[near[1]]
        precision = BEYOND_M + abs(near[0] - wanted) * METRES_PER_NUMBER
        score = factor * AGREEMENT["number_beyond"]
        return Spot("address", label, x, y, score, precision, road=road)

    # --- vaguer places -------------------------------------------------------------------------

    def _sites(self) -> list[Spot]:
        """The whole compound or village."""
        spots = []
        for compound, _ in self.reading.compounds:
            members = self.gazetteer.sites.get(compound, ())
            for cluster in self.gazetteer.clusters(members)[:_MOST_GATHERINGS]:
                score = self.reading.agreement_of_site(cluster.members[0])
                record = self.gazetteer.records[cluster.members[0]]
                spots.append(
                    Spot("place", record.compound or compound, cluster.x, cluster.y, score,
                          cluster.radius_m * WITHIN + POINT_M, cluster.radius_m)
                )  # fmt: skip
        return spots

    def _whole_roads(self) -> list[Spot]:
        address, roads = self.address, self.gazetteer.roads
        spots = []
        factor = 1.0 if address.crossing is None else AGREEMENT["no_crossing"]
        factor *= 1.0 if address.pole is None else AGREEMENT["pole_silent"]
        for road, likely in self.reading.roads:
            for line in roads.parts(road):
                (x, y), half = middle_of(line)
                score = likely * factor * self.reading.in_wanted(x, y) * self.reading.unplaced()
                if address.number is not None:
                    score *= AGREEMENT["number_silent"]
                relation = address.relation
                if relation is not None and relation.kind == "stretch":
                    (x, y), half = stretch_of(line, relation.bearing_deg)
                spots.append(Spot("road", roads.label(road), x, y, score, half + POINT_M,
                                   id=roads.id(road), road=road))  # fmt: skip
        return spots

    def _whole_areas(self) -> list[Spot]:
        if not self.reading.wanted_areas:
            return []
        plane, spots = self.gazetteer.plane, []
        for area_id in sorted(self.reading.wanted_areas[-1]):
            area = self.gazetteer.areas[area_id]
            above = self.gazetteer.above[area_id]
            score = self.reading.area_factors * self.reading.unplaced()
            if not all(wanted & above for wanted in self.reading.wanted_areas[:-1]):
                score *= AGREEMENT["area_other"]
            x, y = plane.to_metres(np.array([[area.lon, area.lat]]))[0]
            spots.append(Spot("area", area.name, x, y, score, area.radius_m, area.radius_m,
                               area.id))  # fmt: skip
        return spots


def _slack_m(record: Record) -> float:
    """How far from its point a thing may be meant: not at all for a building, in a park it is."""
    return 0.0 if record.kind == "building" else record.radius_m * WITHIN


def _pole_side_agrees(address: Address, facts: Facts) -> float:
    if facts.pole_side == address.pole_side:
        return 1.0
    silent = facts.pole_side is None or address.pole_side is None
    return AGREEMENT["pole_side_silent" if silent else "pole_side_other"]
