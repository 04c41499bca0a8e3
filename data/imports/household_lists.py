"""Lists of households as offices keep them: per building, per compound, or a village's total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from data.imports.building_words import parse_buildings, plain_place
from data.imports.columns import KINDS, map_columns, plain, require_columns
from data.imports.layers import take_columns
from data.imports.problems import BadRow, ImportFileError, Problem, RowError
from data.imports.read import DEFAULT_TIME_ZONE
from data.imports.rows import take_values
from data.imports.source import open_source

Basis = Literal["registered", "resident"]
_AS_GUESSED: Final[Mapping[str, str]] = {}
_BASIS_WORDS: Final[dict[Basis, tuple[str, ...]]] = {
    "registered": ("户籍", "registered"),
    "resident": ("常住", "居住", "实住", "resident"),
}
_SUMS: Final = frozenset({"合计", "总计", "小计", "共计", "总数", "total", "sum"})


@dataclass(frozen=True)
class HouseholdRow:
    """One row: households of some buildings of a place, of a compound, or of a community.

    Attributes
    ----------
    row
        As a person counts rows in that file.
    area
        Community or village by name or code, where the row says one.
    compound
        Compound, lane or village whose buildings are meant; None for all of ``area``.
    buildings
        Plain numbers; None for all.
    """

    row: int
    area: str | None
    compound: str | None
    buildings: tuple[str, ...] | None
    households: int

    @property
    def place(self) -> str:
        """What the row calls its place."""
        return self.compound or self.area or ""


@dataclass
class HouseholdList:
    """A list as read.

    Attributes
    ----------
    basis
        Whether households are registered 户籍 or resident 常住 there.
    mapping
        Our columns → the file's.
    rows_read, sums_passed
        Rows in the file; rows that are sums of others (合计) and were passed over.
    bad
        Rows that cannot be understood; they are not among ``rows``.
    """

    basis: Basis
    mapping: dict[str, str]
    rows_read: int
    rows: list[HouseholdRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    sums_passed: int = 0


def read_household_list(
    path: Path,
    *,
    basis: Basis | None = None,
    columns: Mapping[str, str] = _AS_GUESSED,
    layer: str | None = None,
    encoding: str | None = None,
) -> HouseholdList:
    """Read a list of households from XLSX or CSV.

    A compound's cell may be filled in its first row only (merged cells): the rows of buildings
    below belong to it until the next one.

    Parameters
    ----------
    path
        The file.
    basis
        How households were counted; None where the name of the column says it.
    columns
        Ours → the file's, where the guess is not to be trusted.
    layer, encoding
        Sheet; of text in a CSV.

    Raises
    ------
    ImportFileError
        If the file cannot be read, a column is missing, or the basis is not said.
    """
    kind = KINDS["household_lists"]
    raw = open_source(path, kind, layer, encoding)
    names = take_columns(raw)
    wanted = dict(columns)
    if "households" not in wanted:
        wanted |= _choose_count(names, basis)
    mapping = map_columns(kind.fields, names, wanted)
    require_columns(kind, mapping, names)
    values, bad = take_values(raw, kind, mapping, ZoneInfo(DEFAULT_TIME_ZONE))
    said = basis or _basis_of(mapping["households"])
    if said is None:
        raise ImportFileError("basis_unclear", columns=", ".join(names))
    found = HouseholdList(said, mapping, len(raw.rows))
    sums = _take_rows(found, raw.rows, values, {row.row for row in bad})
    found.bad += [row for row in bad if row.row not in sums]
    found.sums_passed = len(sums)
    return found


def _basis_of(column: str) -> Basis | None:
    found = [
        basis
        for basis, words in _BASIS_WORDS.items()
        if any(word in column.lower() for word in words)
    ]
    return found[0] if len(found) == 1 else None


def _choose_count(names: Sequence[str], basis: Basis | None) -> dict[str, str]:
    """Choose among columns of households by the basis; one of the other basis is never taken."""
    field = next(one for one in KINDS["household_lists"].fields if one.name == "households")
    known = {plain(word) for word in field.synonyms}
    by_basis: dict[Basis | None, str] = {}
    for name in names:
        if plain(name) in known:
            by_basis.setdefault(_basis_of(name), name)
    if not by_basis:
        return {}
    stated = [one for one in by_basis if one is not None]
    wanted = basis if basis is not None or len(stated) != 1 else stated[0]
    chosen = by_basis.get(wanted, by_basis.get(None))
    if wanted is not None and chosen is None:
        raise ImportFileError("basis_other", column=next(iter(by_basis.values())))
    if wanted is None or chosen is None:
        raise ImportFileError("basis_unclear", columns=", ".join(names))
    return {"households": chosen}


def _take_rows(
    found: HouseholdList, numbers: Sequence[int], values: Mapping[str, list[Any]], faulty: set[int]
) -> set[int]:
    """Take the good rows, list the bad ones, and return the rows that are sums of others."""
    sums: set[int] = set()
    area: str | None = None
    compound: str | None = None
    for at, number in enumerate(numbers):
        cells = {name: column[at] for name, column in values.items()}
        words = [cells[name] for name in ("area", "compound", "building")]
        if any(word is not None and plain_place(word) in _SUMS for word in words):
            sums.add(number)
            continue
        if cells["area"] is None and cells["compound"] is None:
            # Merged cells: only rows that name a building go on with the place above them.
            own = (area, compound) if cells["building"] is not None else (None, None)
        else:
            own = (cells["area"], cells["compound"])
            if own[0] is None and own[1] is not None and compound is not None:
                own = (area, own[1])
        area, compound = own
        if number not in faulty:
            _take(found, HouseholdRow(number, *own, None, cells["households"]), cells["building"])
    return sums


def _take(found: HouseholdList, row: HouseholdRow, building: str | None) -> None:
    column = found.mapping.get("building", found.mapping["households"])
    if not row.place:
        column = found.mapping.get("compound") or found.mapping.get("area") or column
        problem = Problem("household_place_missing")
        found.bad.append(BadRow(row.row, column, building or "", problem))
        return
    try:
        numbers = parse_buildings(building)
    except RowError as error:
        found.bad.append(BadRow(row.row, column, building or "", error.problem))
        return
    named = None if numbers is None else tuple(numbers)
    found.rows.append(HouseholdRow(row.row, row.area, row.compound, named, row.households))
