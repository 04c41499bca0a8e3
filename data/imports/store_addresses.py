"""Storing a list of addresses: with positions of their own, or as names of what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import geopandas as gpd
import shapely
from sqlalchemy import Connection, text

from data.addresses import CERTAIN_SCORE
from data.database import query
from data.gazetteers import read_gazetteer
from data.imports.address_lists import AddressList, AddressRow
from data.imports.problems import BadRow, ImportFileError, Problem, refuse_rows
from data.imports.store import BATCH_ROWS, Progress, Stored, find_district, no_progress
from data.imports.store_households import choose_district
from data.layers import touch_layer
from geo.addresses.gazetteer import Gazetteer
from geo.addresses.match import Candidate, match

_SHOWN: Final = 3
_TOLD_EVERY: Final = 200


@dataclass(frozen=True)
class StoredAddresses:
    """What a list came to.

    Attributes
    ----------
    placed, names_of_buildings, names_of_places
        Rows with a position of their own; rows that are other names.
    bad
        Rows without a position that name nothing known for certain, or lie outside.
    """

    stored: Stored
    placed: int
    names_of_buildings: int
    names_of_places: int
    bad: list[BadRow]


@dataclass(frozen=True)
class _Target:
    """The building or the place that a row without a position names."""

    building_id: int | None = None
    place_id: int | None = None


def store_addresses(
    connection: Connection,
    listed: AddressList,
    at: datetime,
    *,
    district: str | None = None,
    skip_bad: bool = False,
    progress: Progress = no_progress,
) -> StoredAddresses:
    """Store a list; the same list twice changes nothing, a changed row is changed.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    district
        Code of the district; None finds it by place, or takes the only one.
    skip_bad
        Store the good rows where others are bad, rather than raise.
    progress
        Called with (rows done, rows, message).

    Raises
    ------
    ImportFileError
        If the district is not clear, or a row is bad unless `skip_bad`.
    """
    district_id = _district(connection, listed.rows, district)
    outside = _outside(connection, district_id, listed.rows)
    bad = [*listed.bad, *outside]
    rows = [row for row in listed.rows if row.row not in {one.row for one in outside}]
    targets, nowhere = _targets(connection, district_id, rows, progress)
    bad += nowhere
    if bad and not skip_bad:
        raise refuse_rows(bad, listed.rows_read)
    kept = [row for row in rows if row.lon is not None or row.row in targets]
    fixed = {"district_id": district_id, "datum": listed.datum or "wgs84", "at": at}
    added, changed = _store(connection, fixed, kept, targets)
    if added or changed:
        touch_layer(connection, district_id, "addresses", at)
    progress(len(rows), len(rows), "addresses")
    return StoredAddresses(
        Stored(district_id, added, changed, len(kept) - added - changed),
        placed=len(kept) - len(targets),
        names_of_buildings=sum(one.building_id is not None for one in targets.values()),
        names_of_places=sum(one.place_id is not None for one in targets.values()),
        bad=sorted(bad, key=lambda one: one.row),
    )


def _district(connection: Connection, rows: Sequence[AddressRow], code: str | None) -> int:
    placed = [(row.lon, row.lat) for row in rows if row.lon is not None]
    if code is not None or not placed:
        return choose_district(connection, code)
    lons, lats = zip(*placed, strict=True)
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lons, lats), crs=4326)
    return find_district(connection, frame, None)


def _outside(connection: Connection, district_id: int, rows: Sequence[AddressRow]) -> list[BadRow]:
    """Rows whose position is in no part of the district: most often the wrong datum."""
    ground = connection.execute(
        text(
            "SELECT ST_AsBinary(geom) FROM area "
            "WHERE district_id = :district_id AND level = 'district'"
        ),
        {"district_id": district_id},
    ).scalar_one_or_none()
    if ground is None:
        raise ImportFileError("no_district")
    shape = shapely.from_wkb(bytes(ground))
    shapely.prepare(shape)
    return [
        BadRow(row.row, "geometry", f"{row.lon:.6f}, {row.lat:.6f}", Problem("address_outside"))
        for row in rows
        if row.lon is not None
        and row.lat is not None
        and not shapely.intersects_xy(shape, row.lon, row.lat)
    ]


def _targets(
    connection: Connection, district_id: int, rows: Sequence[AddressRow], progress: Progress
) -> tuple[dict[int, _Target], list[BadRow]]:
    """Find what rows without a position name; only what is certain counts."""
    open_rows = [row for row in rows if row.lon is None]
    targets: dict[int, _Target] = {}
    bad: list[BadRow] = []
    if not open_rows:
        return targets, bad
    gazetteer = read_gazetteer(connection, district_id, imported=False)
    for done, row in enumerate(open_rows):
        if done % _TOLD_EVERY == 0:
            progress(done, len(rows), "addresses")
        found = _named(gazetteer, row)
        if isinstance(found, Problem):
            bad.append(BadRow(row.row, "", row.name or row.address or "", found))
        else:
            targets[row.row] = found
    return targets, bad


def _named(gazetteer: Gazetteer, row: AddressRow) -> _Target | Problem:
    texts = [
        one for one in (row.address, f"{row.compound or ''}{row.name or ''}", *row.aliases) if one
    ]
    likely: list[Candidate] = []
    for words in texts:
        found = match(gazetteer, words, _SHOWN).candidates
        if found and found[0].score >= CERTAIN_SCORE:
            if found[0].building_id is not None:
                return _Target(building_id=found[0].building_id)
            if found[0].kind == "place" and found[0].id is not None:
                return _Target(place_id=found[0].id)
        likely += found
    if not likely:
        return Problem("address_nowhere", {"text": texts[0]})
    near = "、".join(dict.fromkeys(one.label for one in likely[:_SHOWN]))
    return Problem("address_unsure", {"text": texts[0], "near": near})


def _store(
    connection: Connection,
    fixed: dict[str, Any],
    rows: Sequence[AddressRow],
    targets: dict[int, _Target],
) -> tuple[int, int]:
    added = changed = 0
    for start in range(0, len(rows), BATCH_ROWS):
        batch = _parameters(rows[start : start + BATCH_ROWS], targets)
        fresh = connection.execute(query("import_addresses"), fixed | batch).scalars().all()
        added += sum(map(bool, fresh))
        changed += len(fresh) - sum(map(bool, fresh))
    return added, changed


def _parameters(rows: Sequence[AddressRow], targets: dict[int, _Target]) -> dict[str, list[Any]]:
    nothing = _Target()
    meant = [targets.get(row.row, nothing) for row in rows]
    return {
        "external_id": [row.external_id for row in rows],
        "kind": [row.kind for row in rows],
        "name": [row.name for row in rows],
        "aliases": ["\n".join(row.aliases) for row in rows],
        "compound": [row.compound for row in rows],
        "address": [row.address for row in rows],
        "building_id": [one.building_id for one in meant],
        "place_id": [one.place_id for one in meant],
        "lon": [row.lon for row in rows],
        "lat": [row.lat for row in rows],
    }
