"""Rows of a list of households matched with buildings, and spread over them by floor area."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

import pandas as pd

from data.imports.building_words import plain_place
from data.imports.grid_lists import index_buildings
from data.imports.household_lists import HouseholdList, HouseholdRow
from data.imports.problems import BadRow, RowError
from geo.spread import spread_count

Matched = Literal["building", "compound", "community"]
DEFAULT_LEVELS: Final = 3
_SHOWN: Final = 12
# Looking for names that are alike is slow; a file that is all wrong needs no more than these.
_MOST_LOOKED_UP: Final = 100
_COMMUNITY: Final = re.compile(r"(社区居委会|居民委员会|村民委员会|居委会|村委会|社区|村)$")
_HOME_WORDS: Final = ("住宅", "居住", "商住", "宿舍", "公寓", "民居", "民房", "居民")
_NO_HOME_WORDS: Final = ("非住宅", "非居住", "不可居住")
_OTHER_WORDS: Final = (
    "商业", "商铺", "商场", "市场", "超市", "办公", "写字楼", "工业", "厂", "仓", "车库", "车棚",
    "学校", "教学", "幼儿园", "医院", "卫生", "公共", "配套", "配电", "泵", "锅炉", "公厕",
    "厕所", "物业", "宾馆", "酒店", "旅馆", "寺", "教堂", "体育", "文化", "政府", "村委会",
    "居委会", "大棚", "养殖", "门卫",
)  # fmt: skip
# OpenStreetMap's values of building=* (and ours) in which nobody lives as a rule.
_OTHER_USES: Final = frozenset(
    word
    for line in """
    allotment_house barn boathouse bunker canopy carport cathedral chapel church civic college
    commercial conservatory construction container cowshed factory farm_auxiliary fire_station
    garage garages gatehouse government grandstand greenhouse hall hangar hospital hotel
    industrial kindergarten kiosk library mall market mosque museum office offices parking pavilion
    public religious restaurant retail riding_hall roof ruins school service shed shop shrine
    sports_centre sports_hall stable station sty storage_tank supermarket synagogue temple
    toilets train_station transformer_tower transportation university warehouse water_tower works
    """.splitlines()
    for word in line.split()
)


def is_home(use: str | None) -> bool:
    """Tell whether people may live in a building of this use; one that is not known may be."""
    if use is None:
        return True
    if any(word in use for word in _NO_HOME_WORDS):
        return False
    if any(word in use for word in _HOME_WORDS):
        return True
    return use.lower() not in _OTHER_USES and not any(word in use for word in _OTHER_WORDS)


@dataclass
class HouseholdMatch:
    """Households found for buildings.

    Attributes
    ----------
    households
        Position of a building → its households.
    rows
        Rows matched, by what they count.
    without_levels
        Buildings that took part with the default number of levels.
    bad
        Rows that match nothing, match twice, or have no building to live in.
    """

    households: dict[int, int] = field(default_factory=dict)
    rows: Counter[Matched] = field(default_factory=Counter)
    without_levels: int = 0
    bad: list[BadRow] = field(default_factory=list)


def match_households(
    listed: HouseholdList, buildings: pd.DataFrame, *, levels: int = DEFAULT_LEVELS
) -> HouseholdMatch:
    """Find the buildings of each row by name, and spread its households over them.

    Households are spread by floor area (footprint × levels) over buildings to live in; what is
    used otherwise gets none. Each row's sum is exact. A row that names buildings goes before one
    that counts a compound, and that before one that counts a community; a row that names a
    building which another has counted is bad as a whole.

    Parameters
    ----------
    listed
        As read.
    buildings
        ``name``, ``compound``, ``address``, ``use``, ``levels``, ``area_code``, ``area_name``,
        ``footprint_m2``.
    levels
        Of a building whose levels are not known.

    Raises
    ------
    ValueError
        If ``levels`` is not positive.
    """
    if levels < 1:
        raise ValueError("a building has at least one level")
    matching = _Matching(listed, buildings, levels)
    for row in sorted(listed.rows, key=_order):
        matching.take(row)
    matching.found.bad.sort(key=lambda bad: bad.row)
    return matching.found


def _order(row: HouseholdRow) -> int:
    if row.buildings is not None:
        return 0
    return 1 if row.compound is not None else 2


@dataclass(frozen=True)
class _Found:
    kind: Matched
    at: list[int]


class _Matching:
    """The names of a town's buildings, and what rows have been matched so far."""

    def __init__(self, listed: HouseholdList, buildings: pd.DataFrame, levels: int) -> None:
        mapping = listed.mapping
        self._column = mapping.get("compound") or mapping.get("area") or mapping["households"]
        self._places = index_buildings(buildings)
        self._area_codes = [_text(code) for code in buildings["area_code"]]
        self._area_names = [_text(name) for name in buildings["area_name"]]
        self._called = {
            at: f"{place} {number}"
            for place, numbers in self._places.items()
            for number, positions in numbers.items()
            for at in positions
        }
        self._areas: dict[str, list[int]] = {}
        for at, (code, name) in enumerate(zip(self._area_codes, self._area_names, strict=True)):
            whole = plain_place(name or "")
            for word in filter(None, {code, whole, plain_community(whole)}):
                self._areas.setdefault(word, []).append(at)
        self._uses = [_text(use) for use in buildings["use"]]
        known = pd.to_numeric(buildings["levels"], errors="coerce")
        self._has_levels = (known > 0).to_list()
        floors = known.where(known > 0, levels).to_list()
        # Square decimetres, so that the spreading is in whole numbers.
        self._weights = [
            max(1, round(100 * footprint_m2 * count))
            for footprint_m2, count in zip(buildings["footprint_m2"], floors, strict=True)
        ]
        self._row_of: dict[int, int] = {}
        self._alike: dict[str, str] = {}
        self.found = HouseholdMatch()

    def take(self, row: HouseholdRow) -> None:
        """Match a row and spread it, or list it as bad."""
        try:
            found = self._find(row)
            self._refuse_counted(row, found.at)
            self._spread(row, found.at)
        except RowError as error:
            self.found.bad.append(BadRow(row.row, self._column, row.place, error.problem))
            return
        self.found.rows[found.kind] += 1

    def _find(self, row: HouseholdRow) -> _Found:
        if row.compound is None and row.buildings is None:
            at = self._of_community(row.place)
            if at is not None:
                self._refuse_unclear(row.place, at)
                return _Found("community", at)
        known = self._places.get(plain_place(row.place))
        if known is None:
            raise self._unknown(row.place)
        missing = [number for number in row.buildings or () if number not in known]
        if missing:
            raise _missing(row, missing, known)
        named = set(_flat(known[number] for number in row.buildings or known))
        if row.area is not None and row.compound is not None:
            named.intersection_update(self._in_community(row.area))
            if not named:
                raise RowError("household_not_in_area", place=row.place, area=row.area)
        at = sorted(named)
        self._refuse_unclear(row.place, at)
        return _Found("compound" if row.buildings is None else "building", at)

    def _of_community(self, name: str) -> list[int] | None:
        """Positions in a community by code or name; the whole name goes before what it comes to."""
        words = (name, plain_place(name), plain_community(name))
        return next((self._areas[word] for word in words if word in self._areas), None)

    def _in_community(self, name: str) -> list[int]:
        at = self._of_community(name)
        if at is None:
            raise self._unknown(name)
        return at

    def _refuse_unclear(self, place: str, at: list[int]) -> None:
        """A name that stands in several communities may be several places."""
        names = {self._area_codes[one]: self._area_names[one] for one in at}
        shown = [f"{names[code]}（{code}）" for code in sorted(filter(None, names))]
        if len(shown) > 1:
            raise RowError("household_place_twice", place=place, areas="、".join(shown[:_SHOWN]))

    def _refuse_counted(self, row: HouseholdRow, at: list[int]) -> None:
        counted = next((one for one in at if one in self._row_of), None)
        if counted is not None:
            building = self._called.get(counted, row.place)
            other = self._row_of[counted]
            raise RowError("household_counted_twice", other=other, building=building)

    def _spread(self, row: HouseholdRow, at: list[int]) -> None:
        weights = [self._weights[one] if is_home(self._uses[one]) else 0 for one in at]
        if row.households and not any(weights):
            uses = "、".join(sorted({self._uses[one] or "" for one in at})[:_SHOWN])
            raise RowError(
                "household_no_home", place=row.place, uses=uses, households=row.households
            )
        for one, weight, count in zip(
            at, weights, spread_count(row.households, weights), strict=True
        ):
            self._row_of[one] = row.row
            self.found.households[one] = count
            self.found.without_levels += weight > 0 and len(at) > 1 and not self._has_levels[one]

    def _unknown(self, place: str) -> RowError:
        wanted = plain_place(place)
        if wanted not in self._alike and len(self._alike) < _MOST_LOOKED_UP:
            near = difflib.get_close_matches(wanted, [*self._places, *self._areas], 3, 0.5)
            self._alike[wanted] = "、".join(near) or "–"
        near_words = self._alike.get(wanted, "–")
        return RowError("household_place_unknown", place=place, near=near_words)


def plain_community(name: str) -> str:
    """Reduce a community's name to what is compared: 李家村, 李家村委会 and 李家 are one."""
    text = plain_place(name)
    return _COMMUNITY.sub("", text) or text


def _missing(row: HouseholdRow, missing: list[str], known: dict[str, list[int]]) -> RowError:
    shown = "、".join(list(known)[:_SHOWN]) + ("…" if len(known) > _SHOWN else "")
    return RowError(
        "list_building_unknown", compound=row.place, missing="、".join(missing), known=shown
    )


def _flat(positions: Iterable[list[int]]) -> list[int]:
    return [at for some in positions for at in some]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
