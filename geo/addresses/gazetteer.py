"""What a district's places are called, in memory, by the parts of their addresses."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.addresses.ground import Plane, Roads
from geo.addresses.lexicon import Lexicon
from geo.addresses.names import NameBook
from geo.addresses.normalise import normalise, plain_name
from geo.addresses.parse import parse
from geo.addresses.parts import Role
from geo.addresses.records import AreaName, Record, RoadLine
from geo.addresses.words import (
    AREA_END,
    BUILDING,
    COMMUNITY_END,
    COMPOUND_END,
    NUMBER,
    VILLAGE_END,
)

# Houses of a compound or of one number that stand farther apart than this are two places.
APART_M: Final = 220.0
_SHORTEST_FRONT: Final = 2
_SHORTENED_KNOWN_FROM: Final = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record's own address says, as keys; None where it says nothing."""

    road: str | None
    number: str | None
    compound: str | None
    section: str | None
    building: str | None
    group: str | None
    pole: str | None
    pole_side: str | None
    line: str | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that lie together.

    Attributes
    ----------
    members
        Indices of records.
    x, y
        Of the member nearest to their middle, metres on the plane.
    radius_m
        From there to the farthest member.
    """

    members: tuple[int, ...]
    x: float
    y: float
    radius_m: float


class Gazetteer:
    """Places of a district, found by the parts of an address.

    Parameters
    ----------
    records
        Buildings, imported addresses, places and poles.
    roads
        Named roads; pieces of one name are one road.
    areas
        From the district down.

    Notes
    -----
    Memory: about 1.3 KB for each record, itself included; names of streets and compounds are
    shared.
    """

    def __init__(
        self, records: Sequence[Record], roads: Sequence[RoadLine], areas: Sequence[AreaName]
    ) -> None:
        self.records = records
        self.plane = _plane_around(records, areas)
        self.roads = Roads(roads, self.plane)
        self._mapped = frozenset(self.roads.names())
        self.areas = {area.id: area for area in areas}
        self.above = {area.id: frozenset(_upwards(area, self.areas)) for area in areas}
        self.area_ids: dict[str, list[int]] = defaultdict(list)
        for area in areas:
            self.area_ids[plain_name(area.name)].append(area.id)
        degrees = np.array([(one.lon, one.lat) for one in records]).reshape(-1, 2)
        self.xy = self.plane.to_metres(degrees)
        self._clusters: dict[tuple[int, ...], list[Cluster]] = {}
        self._index()

    def _index(self) -> None:
        base = Lexicon(self._base_roles(()))
        self.facts = [self._facts_of(record, base) for record in self.records]
        self.houses: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.numbered: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.flats: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.sites: dict[str, list[int]] = defaultdict(list)
        self.named: dict[str, list[int]] = defaultdict(list)
        self.poles: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._own_names: dict[int, list[str]] = {}
        for at, facts in enumerate(self.facts):
            self._index_one(at, facts)
        streets = {facts.road for facts in self.facts if facts.road is not None}
        self.lexicon = Lexicon(self._all_roles(streets))
        self._make_books(streets)

    def _index_one(self, at: int, facts: Facts) -> None:
        base = facts.road or facts.compound
        if base is not None and facts.number is not None:
            main = int(facts.number.partition("-")[0])
            self.houses[base, main].append(at)
            self.numbered[base].append((main, at))
        if facts.compound is not None:
            self.sites[facts.compound].append(at)
            if facts.building is not None:
                self.flats[facts.compound, facts.building].append(at)
        if facts.pole is not None:
            for key in {facts.road, facts.compound, facts.line} - {None}:
                self.poles[str(key), facts.pole].append(at)
        if facts.group is not None and facts.compound is not None and facts.number is None:
            self.groups[facts.compound, facts.group].append(at)
        if names := self._all_names_of(at):
            self._own_names[at] = names
            for name in names:
                self.named[name].append(at)

    def _make_books(self, streets: set[str]) -> None:
        villages = self._village_areas()
        villages |= {name for name in self.sites if VILLAGE_END.search(name)}
        self.books = {
            "road": NameBook("road", [*self.roads.names(), *sorted(streets)]),
            "compound": NameBook("compound", self.sites),
            "village": NameBook("village", sorted(villages)),
            "area": NameBook("area", self.area_ids),
            "place": NameBook("place", self.named),
        }

    def _base_roles(self, streets: Iterable[str]) -> dict[str, set[Role]]:
        """Names that others are built from: areas, roads, compounds, villages."""
        roles: dict[str, set[Role]] = defaultdict(set)
        for name in self.area_ids:
            roles[name].add("area")
        for name in self._village_areas():
            roles[name].add("village")
        for name in (*self.roads.names(), *streets):
            roles[name].add("road")
        for record in self.records:
            sites = [record.compound] if record.compound else []
            if record.kind == "place" and record.name:
                key = plain_name(record.name)
                sites += [key] if VILLAGE_END.search(key) or COMPOUND_END.search(key) else []
            for key in map(plain_name, sites):
                roles[key].add("village" if VILLAGE_END.search(key) else "compound")
        return roles

    def _village_areas(self) -> set[str]:
        """大王庄 is a village although its name does not say so: a community that is no 社区."""
        return {
            key
            for area in self.areas.values()
            if VILLAGE_END.search(key := plain_name(area.name))
            or (area.level == "community" and not COMMUNITY_END.search(key))
        }

    def _all_roles(self, streets: Iterable[str]) -> dict[str, set[Role]]:
        roles = self._base_roles(streets)
        for record, facts in zip(self.records, self.facts, strict=True):
            if record.kind == "pole" or (facts.group is not None and facts.compound is not None):
                continue  # found by its number, or by its village and number
            for name in self._names_of(record):
                if not (roles[name] & {"compound", "village"}):
                    roles[name].add("place")
        for name, held in self.named.items():
            # 人民医院 for 清河区人民医院, where no other is called so.
            facts = self.facts[held[0]]
            alone = len(held) == 1 and facts.group is None and facts.pole is None
            if len(name) >= _SHORTENED_KNOWN_FROM and alone and name not in roles:
                roles[name].add("place")
        return roles

    def _names_of(self, record: Record) -> list[str]:
        """Names that stand alone: 3号楼 and 12号 mean nothing without their compound or street."""
        names = [record.name, *record.aliases]
        return list(
            dict.fromkeys(
                key
                for name in names
                if name and not _is_number(name) and len(key := plain_name(name)) > 1
            )
        )

    def _facts_of(self, record: Record, names: Lexicon) -> Facts:
        told = parse(record.address or "", names)
        if record.kind == "pole" or (record.name and "杆" in record.name):
            own = parse(record.name or "", names)
            told.pole, told.pole_side, told.places = own.pole, own.pole_side, own.places
            told.road, told.compound = own.road or told.road, own.compound or told.compound
        elif record.kind != "building" and record.name:
            own = parse(record.name, names)
            told.compound = told.compound or own.compound
            told.group = told.group or own.group
        if record.compound:
            told.compound = plain_name(record.compound)
        building = told.building
        if told.compound and building is None and record.name:
            building = _number_in(record.name)
        number = None if told.number is None else told.number.key
        if building is not None and building == number and not told.road:
            building = None
        line = told.places[-1] if told.pole is not None and told.places else None
        return Facts(*map(_shared, (
            told.road, number, told.compound, told.section, building, told.group,
            told.pole, told.pole_side, line,
        )))  # fmt: skip

    def named_as(self, at: int) -> Sequence[str]:
        """The keys of a record's own names, 村委会 of 张家庄村村委会 among them."""
        return self._own_names.get(at, ())

    def _all_names_of(self, at: int) -> list[str]:
        """The keys of a record's own names, and of what is left of them behind its place's name.

        张家庄村村委会 is 村委会 to those who have said 张家庄村, 清河区人民医院 is 人民医院.
        """
        record, facts = self.records[at], self.facts[at]
        names = self._names_of(record)
        if record.kind != "place" and not record.aliases:
            return names
        above = self.above.get(record.area_id or 0, frozenset())
        fronts = [plain_name(self.areas[one].name) for one in above]
        fronts += [facts.compound] if facts.compound else []
        for front in (*fronts, *(AREA_END.sub("", one) for one in fronts)):
            if len(front) < _SHORTEST_FRONT:
                continue
            names += [
                name[len(front) :]
                for name in names
                if name.startswith(front) and len(name) > len(front) + 1
            ]
        return list(dict.fromkeys(names))

    def road_label(self, name: str) -> str:
        """A street's name as it is written, its key where only addresses know it."""
        return self.roads.label(name) if name in self._mapped else name

    def clusters(self, members: Sequence[int]) -> list[Cluster]:
        """Gather records that lie within 220 m of one another, the largest gathering first."""
        key = tuple(members)
        if len(key) == 1:
            x, y = self.xy[key[0]].tolist()
            return [Cluster(key, x, y, 0.0)]
        if key not in self._clusters:
            if len(self._clusters) > 5_000:
                self._clusters.clear()
            self._clusters[key] = self._gathered(key)
        return self._clusters[key]

    def _gathered(self, members: tuple[int, ...]) -> list[Cluster]:
        xy = self.xy[list(members)]
        pairs = cKDTree(xy).query_pairs(APART_M, output_type="ndarray")
        size = len(members)
        links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
        count, label = connected_components(links, directed=False)
        found = []
        for one in range(count):
            held = np.flatnonzero(label == one)
            centre = xy[held].mean(axis=0)
            middle = xy[held[np.argmin(np.hypot(*(xy[held] - centre).T))]]
            radius = float(np.hypot(*(xy[held] - middle).T).max())
            inside = tuple(members[at] for at in held)
            found.append(Cluster(inside, float(middle[0]), float(middle[1]), radius))
        return sorted(found, key=lambda cluster: -len(cluster.members))


def _shared(key: str | None) -> str | None:
    """One copy of a key that many records hold."""
    return None if key is None else sys.intern(key)


def _is_number(name: str) -> bool:
    text = normalise(name)
    return any(pattern.fullmatch(text) for pattern in (BUILDING, NUMBER)) or text.isdigit()


def _number_in(name: str) -> str | None:
    """The number in a building's name: 3 of 3号楼, 12 of 12号; None in a proper name."""
    text = normalise(name)
    if (found := BUILDING.fullmatch(text)) is not None:
        return found["no"]
    if (found := NUMBER.fullmatch(text)) is not None:
        return found["main"]
    return text if text.isdigit() else None


def _upwards(area: AreaName, areas: dict[int, AreaName]) -> Iterable[int]:
    here: AreaName | None = area
    while here is not None:
        yield here.id
        here = None if here.parent_id is None else areas.get(here.parent_id)


def _plane_around(records: Sequence[Record], areas: Sequence[AreaName]) -> Plane:
    spots = [(one.lon, one.lat) for one in records] + [(one.lon, one.lat) for one in areas]
    lon, lat = np.median(np.array(spots), axis=0) if spots else (0.0, 0.0)
    return Plane(float(lon), float(lat))
