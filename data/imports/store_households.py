"""Storing households of a list with the buildings that they were spread over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection

from data.database import query
from data.imports.household_lists import Basis, HouseholdList
from data.imports.household_match import DEFAULT_LEVELS, HouseholdMatch, match_households
from data.imports.problems import ImportFileError, refuse_rows
from data.imports.store import district_ids
from data.layers import touch_layer


@dataclass(frozen=True)
class StoredHouseholds:
    """What a list came to.

    Attributes
    ----------
    match
        Which rows matched, and which did not.
    buildings, changed
        Buildings of the district; those whose households, or their basis, changed.
    before, after
        Households of the buildings that the list counts.
    all_before, all_after
        Households of the district.
    """

    match: HouseholdMatch
    buildings: int
    changed: int
    before: int
    after: int
    all_before: int
    all_after: int


def store_households(
    connection: Connection,
    listed: HouseholdList,
    at: datetime,
    *,
    district: str | None = None,
    levels: int = DEFAULT_LEVELS,
    skip_bad: bool = False,
) -> StoredHouseholds:
    """Store the households of a list; buildings that it does not name stay as they are.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    listed
        As :func:`data.imports.household_lists.read_household_list` returns it.
    at
        The time of the import.
    district
        Code of the district; None for the only one there is.
    levels
        Of a building whose levels are not known.
    skip_bad
        Store the good rows where others are bad, rather than raise.

    Raises
    ------
    ImportFileError
        If the district is not clear, or a row is bad unless ``skip_bad``.
    """
    district_id = choose_district(connection, district)
    rows = connection.execute(query("buildings_to_count"), {"district_id": district_id})
    buildings = pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))
    match = match_households(listed, buildings, levels=levels)
    bad = [*listed.bad, *match.bad]
    if bad and not skip_bad:
        raise refuse_rows(bad, listed.rows_read)
    households = buildings["households"].to_list()
    before = sum(households[one] for one in match.households)
    after = sum(match.households.values())
    changed = _update(connection, district_id, buildings, match, basis=listed.basis, at=at)
    return StoredHouseholds(
        match, len(buildings), changed, before, after, sum(households),
        sum(households) - before + after,
    )  # fmt: skip


def _update(
    connection: Connection,
    district_id: int,
    buildings: pd.DataFrame,
    match: HouseholdMatch,
    *,
    basis: Basis,
    at: datetime,
) -> int:
    ids = buildings["id"].to_list()
    parameters = {
        "district_id": district_id,
        "basis": basis,
        "at": at,
        "id": [ids[one] for one in match.households],
        "households": list(match.households.values()),
    }
    changed = len(connection.execute(query("count_households"), parameters).all())
    if changed:
        touch_layer(connection, district_id, "buildings", at)
    return changed


def choose_district(connection: Connection, code: str | None) -> int:
    """Find a district by its code, or the only one there is.

    Raises
    ------
    ImportFileError
        If there is none by that code, none at all, or more than one to choose from.
    """
    known = district_ids(connection)
    codes = ", ".join(sorted(known)) or "–"
    if code is not None and code not in known:
        raise ImportFileError("district_unknown", code=code, codes=codes)
    if code is None and not known:
        raise ImportFileError("no_district")
    if code is None and len(known) > 1:
        raise ImportFileError("district_needed", codes=codes)
    return known[code] if code is not None else next(iter(known.values()))
