"""Existing grids that are only lists: grid, compound, building numbers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from data.imports.building_words import parse_buildings, plain_number, plain_place
from data.imports.columns import KINDS, map_columns, require_columns
from data.imports.layers import take_columns
from data.imports.problems import BadRow, Problem, RowError, refuse_rows
from data.imports.read import DEFAULT_TIME_ZONE
from data.imports.rows import take_values
from data.imports.source import open_source

_AS_GUESSED: Final[Mapping[str, str]] = {}
_HOUSE: Final = re.compile(r"^(.*?)(\d+)号$")
_SHOWN: Final = 12


@dataclass(frozen=True)
class ListedGrid:
    """A grid of the list: its code, name and community, as far as the list says them."""

    code: str | None
    name: str | None
    area: str | None


@dataclass(frozen=True)
class ListRow:
    """One row: a grid (its position in the list's grids), and buildings of one compound."""

    row: int
    grid: int
    compound: str
    buildings: list[str] | None


@dataclass(frozen=True)
class GridList:
    """A list as read; ``column`` is what the file calls the buildings' column."""

    grids: list[ListedGrid]
    rows: list[ListRow]
    column: str


def read_grid_list(
    path: Path,
    *,
    columns: Mapping[str, str] = _AS_GUESSED,
    layer: str | None = None,
    encoding: str | None = None,
) -> GridList:
    """Read a list of grids from XLSX or CSV.

    A grid's cells may be filled in its first row only (merged cells): the rows below belong to
    it until the next grid.

    Parameters
    ----------
    path
        The file.
    columns
        Ours → the file's, where the guess is not to be trusted.
    layer, encoding
        Sheet; of text in a CSV.

    Raises
    ------
    ImportFileError
        If it cannot be read, or a row cannot be understood.
    """
    kind = KINDS["grid_lists"]
    raw = open_source(path, kind, layer, encoding)
    names = take_columns(raw)
    mapping = map_columns(kind.fields, names, columns)
    require_columns(kind, mapping, names)
    values, bad = take_values(raw, kind, mapping, ZoneInfo(DEFAULT_TIME_ZONE))
    found = GridList([], [], mapping.get("buildings", mapping["compound"]))
    faulty = {row.row for row in bad}
    for at, number in enumerate(raw.rows):
        cells = {name: column[at] for name, column in values.items()}
        problem = None if number in faulty else _take(found, number, cells)
        if problem is not None:
            bad.append(BadRow(number, found.column, str(cells["buildings"] or ""), problem))
    if bad:
        raise refuse_rows(bad, len(raw.rows))
    return found


def _take(found: GridList, number: int, cells: dict[str, Any]) -> Problem | None:
    listed = ListedGrid(cells["code"], cells["name"], cells["area"])
    if listed.code is None and listed.name is None:
        if not found.grids:
            return Problem("grid_list_nameless")
        grid = found.rows[-1].grid if found.rows else 0
    else:
        known = [_key(one) for one in found.grids]
        if _key(listed) not in known:
            known.append(_key(listed))
            found.grids.append(listed)
        grid = known.index(_key(listed))
    try:
        buildings = parse_buildings(cells["buildings"])
    except RowError as error:
        return error.problem
    found.rows.append(ListRow(number, grid, cells["compound"], buildings))
    return None


def _key(grid: ListedGrid) -> tuple[str | None, ...]:
    return (grid.code,) if grid.code is not None else (grid.area, grid.name)


@dataclass(frozen=True)
class ListMatch:
    """Which building belongs to which grid of a list.

    Attributes
    ----------
    grid_of_building
        Position of a building → of its grid.
    notes
        Rows, or parts of rows, that match nothing.
    """

    grid_of_building: dict[int, int]
    notes: list[BadRow]


def match_buildings(listed: GridList, buildings: gpd.GeoDataFrame) -> ListMatch:
    """Find the buildings of a list by compound (or lane) and number.

    Parameters
    ----------
    listed
        As read.
    buildings
        ``name``, ``compound``, ``address``; a building without a compound is known by its
        address: 当铺巷12号 is number 12 of 当铺巷.
    """
    index = index_buildings(buildings)
    match = ListMatch({}, [])
    # Rows that name their buildings go first: what "all" leaves out is theirs.
    for row in sorted(listed.rows, key=lambda one: one.buildings is None):
        place = _place(row.compound, index)
        if place is None:
            near = difflib.get_close_matches(plain_place(row.compound), index, 3, 0.5)
            params = {"compound": row.compound, "near": "、".join(near) or "–"}
            problem = Problem("list_compound_unknown", params)
            match.notes.append(BadRow(row.row, listed.column, row.compound, problem))
            continue
        _match_row(listed, row, index[place], match)
    match.notes.sort(key=lambda note: note.row)
    return match


def _match_row(
    listed: GridList, row: ListRow, known: dict[str, list[int]], match: ListMatch
) -> None:
    if row.buildings is None:
        for positions in known.values():
            for at in positions:
                match.grid_of_building.setdefault(at, row.grid)
        return
    missing = [number for number in row.buildings if number not in known]
    for number in row.buildings:
        for at in known.get(number, []):
            other = match.grid_of_building.setdefault(at, row.grid)
            if other != row.grid:
                grid = listed.grids[other]
                params = {"compound": row.compound, "building": number}
                params["other"] = grid.code or grid.name or ""
                problem = Problem("list_building_twice", params)
                match.notes.append(BadRow(row.row, listed.column, number, problem))
    if missing:
        shown = "、".join(list(known)[:_SHOWN]) + ("…" if len(known) > _SHOWN else "")
        params = {"compound": row.compound, "missing": "、".join(missing), "known": shown}
        problem = Problem("list_building_unknown", params)
        match.notes.append(BadRow(row.row, listed.column, "、".join(missing), problem))


def _place(compound: str, index: Mapping[str, object]) -> str | None:
    """The place a list means: the same name, else the only one that contains it or lies in it."""
    wanted = plain_place(compound)
    if wanted in index:
        return wanted
    like = [place for place in index if wanted and (wanted in place or place in wanted)]
    return like[0] if len(like) == 1 else None


def index_buildings(buildings: pd.DataFrame) -> dict[str, dict[str, list[int]]]:
    """Plain name of a compound or lane → plain number → positions of buildings.

    Parameters
    ----------
    buildings
        ``name``, ``compound``, ``address``.
    """
    index: dict[str, dict[str, list[int]]] = {}
    texts = (buildings[name].fillna("") for name in ("compound", "name", "address"))
    for at, words in enumerate(zip(*texts, strict=True)):
        place, number = building_words(*words)
        if place:
            index.setdefault(plain_place(place), {}).setdefault(plain_number(number), []).append(at)
    return index


def building_words(compound: str, name: str, address: str) -> tuple[str, str]:
    """The place and the number that a list would know a building by; empty where it has none."""
    if compound:
        return compound, name or address
    if name and address.endswith(name) and address != name:
        return address[: -len(name)], name
    match = _HOUSE.match(address)
    return (match.group(1), match.group(2)) if match is not None else (address, name)
