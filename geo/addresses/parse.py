"""Taking an address apart, from left to right.

Known names (see `geo.addresses.lexicon`) are recognised first, the longest that fits; what no name
explains is taken apart by the words that parts end with: 路, 小区, 村, 号楼.
"""

import re
from typing import Final, cast

from geo.addresses import words
from geo.addresses.lexicon import NO_NAMES, Lexicon
from geo.addresses.normalise import normalise
from geo.addresses.parts import BEARINGS_DEG, Address, Number, Relation, Role

_BRACKET: Final = re.compile(r"\(([^()]*)\)?")
_INLINE: Final = re.compile(
    rf"(?:{words.SECTION.pattern}|东|西|南|北|[A-Z甲乙丙丁戊]|\d+|"
    rf"{words.BUILDING.pattern.replace('P<no>', 'P<of>')}|\d+单元)"
)
_LONGEST_TEXT: Final = 200
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEWEST_OF_PLACE: Final = 2


def parse(text: str, names: Lexicon = NO_NAMES) -> Address:
    """Take an address apart.

    Parameters
    ----------
    text
        As written; the first 200 characters count.
    names
        Names known in the district; without them only the words that parts end with tell.

    Returns
    -------
    Address
        Never raises: what cannot be understood is counted in `rest`.
    """
    body, asides = _take_brackets(normalise(text[:_LONGEST_TEXT]))
    address = Address(text=body, asides=asides)
    _Scanner(body, names, address).scan()
    for aside in list(address.asides):
        if _take_aside(address, parse(aside, names)):
            address.asides.remove(aside)
    return address


def _take_aside(address: Address, told: Address) -> bool:
    """Fill in from brackets: 文化路19号(府前街道), 幸福路(人民街至和平路段)."""
    only_road = address.road is not None and address.number is None and address.compound is None
    if only_road and address.crossing is None and told.road is not None and told.number is None:
        address.crossing, address.until = told.road, told.crossing
        address.relation = address.relation or told.relation
        return True
    if told.relation is not None or told.then is not None or told.pole is not None or told.places:
        return False
    address.areas += [area for area in told.areas if area not in address.areas]
    if address.road is None and told.number is not None and not told.in_village:
        address.road, address.number = told.road, told.number
    for part in ("compound", "building", "unit", "group"):
        if getattr(address, part) is None:
            setattr(address, part, getattr(told, part))
    return True


def _take_brackets(text: str) -> tuple[str, list[str]]:
    """Take out what stands in brackets, but for sections: 阳光小区(东区)3号楼."""
    asides: list[str] = []

    def taken(found: re.Match[str]) -> str:
        inner = found[1].strip(",-")
        if _INLINE.fullmatch(inner):
            return inner if not inner.isdigit() else f"{inner}号"
        if inner:
            asides.append(inner)
        return ","

    body = _BRACKET.sub(taken, text).replace(")", "")
    return re.sub(r",{2,}", ",", body).strip(",-"), asides


class _Scanner:
    """Reads a normalised text once, filling in an address."""

    def __init__(self, text: str, names: Lexicon, address: Address) -> None:
        self.text, self.names, self.found = text, names, address
        self.at = 0

    def scan(self) -> None:
        """Read to the end; each step takes at least one character."""
        while self.at < len(self.text):
            if self.text[self.at] in ",-的":
                self.at += 1
            elif self._village_again():
                continue
            elif self._is_told() and self._names_another():
                return
            elif not (self._pole() or self._known() or self._number() or self._relation()):
                self._unknown()

    def _village_again(self) -> bool:
        return self.found.in_village and self._take(words.VILLAGE_AGAIN) is not None

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is None or found.end() == self.at:
            return None
        self.at = found.end()
        return found

    @property
    def _has_base(self) -> bool:
        return not self.found.is_empty

    # --- numbers ---------------------------------------------------------------------------

    def _pole(self) -> bool:
        if self.found.pole is not None:
            return False
        taken = self._take(words.POLE) or self._take(words.POLE_BEFORE)
        if taken is None:
            return False
        self.found.pole = taken["no"]
        self.found.pole_side = taken.groupdict().get("side")
        return True

    def _number(self) -> bool:
        found = self.found
        if found.relation is not None and found.relation.kind == "offset":
            return False
        return (
            self._take(words.VOLTAGE) is not None
            or self._part_of_base()
            or self._part_of_compound()
            or self._room()
            or self._house_number()
            or self._bare_number()
        )

    def _part_of_base(self) -> bool:
        """3巷 of 幸福路3巷, 东区 of 阳光小区东区."""
        found = self.found
        has_street = (found.road is not None or found.in_village) and found.number is None
        if has_street and (taken := self._take(words.BRANCH)):
            found.road = (found.road or "") + taken[0]
            return True
        if (found.compound or found.places) and found.section is None:
            taken = self._take(words.SECTION)
            found.section = taken["no"] if taken is not None else None
            return taken is not None
        return False

    def _part_of_compound(self) -> bool:
        found = self.found
        if found.building is None and (taken := self._take(words.BUILDING)):
            self._set_building(taken["no"])
            return True
        for pattern, part in ((words.UNIT, "unit"), (words.GROUP, "group"), (words.ROW, "group")):
            if getattr(found, part) is None and (taken := self._take(pattern)):
                setattr(found, part, taken["no"])
                return True
        return False

    def _set_building(self, no: str) -> None:
        first, dash, second = no.partition("-")
        if dash and self.found.road and not self.found.compound and self.found.number is None:
            self.found.number, self.found.building = Number(int(first)), second
        else:
            self.found.building = no

    def _room(self) -> bool:
        if self._take(words.ROOM):
            return True
        taken = words.BARE_FLOOR_OR_BUILDING.match(self.text, self.at)
        if taken is None:
            return False
        self.at = taken.end()
        if self.found.compound and self.found.building is None:
            self.found.building = taken["no"]
        return True

    def _house_number(self) -> bool:
        taken = self._take(words.NUMBER)
        if taken is None:
            return False
        number = _number_of(taken)
        of_compound = self.found.compound is not None and not self.found.in_village
        if of_compound and self.found.building is None:
            self.found.building = number.key.replace("-", "") if number.sub else str(number.main)
        elif self.found.number is None:
            self._number_of_last_road()
            self.found.number = number
        return True

    def _number_of_last_road(self) -> None:
        """A number belongs to the road named last: 从新华路开过来,幸福路12号."""
        if self.found.crossing is not None:
            self.found.road, self.found.crossing = self.found.crossing, None

    def _bare_number(self) -> bool:
        if words.OFFSET_AFTER.match(self.text, self.at) or words.AWAY.match(self.text, self.at):
            return False
        taken = self._take(words.BARE_NUMBER)
        if taken is None:
            return False
        found = self.found
        if found.compound and not self.found.in_village and found.building is None:
            found.building, found.unit = taken["a"], taken["b"]
        elif (found.road or self.found.in_village) and found.number is None:
            main = taken["a"].rstrip(_LETTERS)
            found.number = Number(int(main), taken["a"][len(main) :] or taken["b"] or "")
        return True

    # --- names -----------------------------------------------------------------------------

    def _known(self) -> bool:
        known = self.names.longest_over_break(self.text, self.at)
        if known is None:
            return False
        name, self.at = known
        roles = self.names.roles(name)
        if "road" not in roles and (tail := self._take(words.ROAD_TAIL)):
            self._name(name + tail[0], frozenset({"road"}))
        else:
            self._name(name, roles)
        return True

    def _is_told(self) -> bool:
        """Whether the address is whole: what is named now is another place."""
        has_number = self.found.number is not None and self._has_base
        return self.found.relation is not None or has_number

    def _names_another(self) -> bool:
        """县医院对面阳光小区, 幸福路12号和人民街5号: a known name begins an address of its own."""
        name = self.names.longest(self.text, self.at)
        if name is None:
            return False
        by_relation = self.found.relation is not None
        if not by_relation and not ("road" in self.names.roles(name) and name != self.found.road):
            return False
        self.found.then = Address(text=self.text[self.at :])
        _Scanner(self.text[self.at :], self.names, self.found.then).scan()
        return True

    def _name(self, name: str, roles: frozenset[Role]) -> None:
        found = self.found
        if "road" in roles and (found.road is None or roles == {"road"}):
            self._road(name)
        elif "village" in roles:
            found.areas.append(name)
            if found.compound is None:
                found.compound, self.found.in_village = name, True
        elif "compound" in roles and (found.compound is None or self.found.in_village):
            found.compound, self.found.in_village = name, False
        elif "area" in roles:
            found.areas.append(name)
        elif "compound" in roles and found.building is not None and name != found.compound:
            self._begin_another(name)
        else:
            found.places.append(name)

    def _begin_another(self, name: str) -> None:
        """阳光小区3号楼、翡翠城5号楼: two places in one text."""
        rest = name + self.text[self.at :]
        self.at = len(self.text)
        self.found.then = Address(text=rest)
        _Scanner(rest, self.names, self.found.then).scan()

    def _road(self, name: str) -> None:
        found = self.found
        if found.road is None:
            found.road = name
        elif found.number is None and found.crossing is None:
            found.crossing = name
        elif found.number is None and found.until is None:
            found.until = name
        else:
            found.rest += len(name)

    def _unknown(self) -> None:
        """Take apart what no known name explains, up to where something else begins."""
        end = self._end_of_unknown()
        chunk = self.text[self.at : end]
        named = words.NAME.match(chunk)
        if named is not None:
            self.at += named.end()
            self._name(named[0], frozenset({cast("Role", named.lastgroup)}))
            return
        self.at = end
        if self._joins_next_name(chunk):
            return
        if len(chunk) >= _FEWEST_OF_PLACE:
            self.found.places.append(chunk)
        else:
            self.found.rest += len(chunk)

    def _end_of_unknown(self) -> int:
        stop = words.STOP.search(self.text, self.at + 1)
        end = len(self.text) if stop is None else stop.start()
        for at in range(self.at + 1, end):
            if self.names.longest(self.text, at) is not None:
                return at
        return end

    def _joins_next_name(self, chunk: str) -> bool:
        """新幸福社区 is not 幸福社区: one such character makes it another name."""
        name = self.names.longest(self.text, self.at)
        at_start = self.at == len(chunk) or self.text[self.at - len(chunk) - 1] == ","
        if name is None or chunk not in words.APART or not (at_start or self.found.areas):
            return False
        if (
            self.found.road
            or (self.found.compound and not self.found.in_village)
            or self.found.places
        ):
            return False
        self.at += len(name)
        self._name(chunk + name, self.names.roles(name))
        return True

    # --- relations -------------------------------------------------------------------------

    def _relation(self) -> bool:
        if not self._has_base and self.found.pole is None:
            return False
        return self._offset() or self._crossing() or self._towards() or self._near() or self._join()

    def _offset(self) -> bool:
        taken = self._take(words.OFFSET) or self._take(words.OFFSET_AFTER)
        if taken is None:
            if (away := self._take(words.AWAY)) is not None:
                self._relate(Relation("near", None, _metres(away)))
            return away is not None
        side = self._take(words.ROAD_SIDE)
        self._relate(Relation("offset", BEARINGS_DEG[taken["dir"]], _metres(taken), _bearing(side)))
        return True

    def _crossing(self) -> bool:
        if self.found.road is None or self.found.number is not None:
            return False
        if self.found.crossing is not None and (self._take(words.BETWEEN)):
            self.found.between = self.found.until is not None
            return True
        taken = self._take(words.CROSSING)
        if taken is not None and taken["dir"]:
            self._relate(Relation("side", BEARINGS_DEG[taken["dir"]]))
        return taken is not None

    def _towards(self) -> bool:
        if taken := self._take(words.OPPOSITE):
            self._relate(Relation("opposite"))
        elif taken := self._take(words.STRETCH):
            self._relate(Relation("stretch", BEARINGS_DEG.get(taken["dir"] or "")))
        elif taken := (self._take(words.ROAD_SIDE) or self._take(words.SIDE)):
            self._relate(Relation("side", _bearing(taken)))
        elif taken := self._take(words.GATE):
            self._relate(Relation("near"))
        return taken is not None

    def _near(self) -> bool:
        if self._take(words.BETWEEN):
            self.found.between = True
            return True
        if not self._take(words.NEAR):
            return False
        self._relate(Relation("near"))
        return True

    def _join(self) -> bool:
        return self._take(words.JOIN) is not None

    def _relate(self, relation: Relation) -> None:
        """Keep the relation that says most: a distance goes before a side, a side before 旁."""
        held = self.found.relation
        if held is not None and _tells(held) >= _tells(relation):
            return
        self.found.relation = relation


def _tells(relation: Relation) -> int:
    return {"near": 0, "side": 1, "stretch": 2, "opposite": 3, "offset": 4}[relation.kind]


def _number_of(taken: re.Match[str]) -> Number:
    main = int(taken["main"])
    letter = taken["front"] or taken["mid"] or taken["back"] or ""
    sub = taken["after"] or taken["sub"] or ""
    # 12-16号 is a range of houses, 12-3号 a house within a house number.
    if sub.isdigit() and int(sub) > main and (int(sub) - main) % 2 == 0 and not taken["after"]:
        sub = ""
    return Number(main, letter + sub)


def _metres(taken: re.Match[str]) -> float:
    return float(taken["m"]) * words.METRES[taken["u"]]


def _bearing(taken: re.Match[str] | None) -> float | None:
    return None if taken is None else BEARINGS_DEG[taken["dir"]]
