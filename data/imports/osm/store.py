"""Storing an extract: read, staged, cut to a region, merged, in the caller's one transaction.

A row is known again by the object it comes from (``osm:w123``): the same extract again changes
nothing, a newer one changes what changed and tells what it has no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import shapely
from sqlalchemy import Connection, select

from data.database import query
from data.imports.area_tree import AreaNode, AreaOptions
from data.imports.osm.areas import read_areas
from data.imports.osm.batches import Bbox
from data.imports.osm.estimate import RuleCount, estimate_staged
from data.imports.osm.faults import BadObject, Faults
from data.imports.osm.scan import LAYERS, FoundArea, Scan, Told, scan_extract
from data.imports.osm.staging import Staging
from data.imports.problems import BadRow, ImportFileError, Problem
from data.imports.read import DEFAULT_TIME_ZONE
from data.imports.store import Stored, district_ids, no_progress
from data.imports.store_areas import known_areas, store_areas
from data.layers import touch_layer
from data.schema import Area
from geo.households import HouseholdRule


@dataclass(frozen=True)
class _Target:
    """Where a layer is stored: statement and rows by name, and how what vanished is found."""

    table: str
    staged: str
    statement: str
    called: str
    rows: str = "osm_rows"
    shape: str = "t.geom"


_TARGETS: Final = {
    "buildings": _Target(
        "building",
        "osm_building",
        "import_buildings",
        "coalesce(t.address, t.name)",
        "osm_rows_of_buildings",
    ),
    "roads": _Target("road", "osm_road", "import_roads", "t.name"),
    "water": _Target("water", "osm_water", "import_water", "t.name"),
    "places": _Target("place", "osm_place", "import_places", "t.name"),
    "addresses": _Target(
        "address",
        "osm_address",
        "osm_addresses",
        "t.address",
        # An address that stands in a building has its place from there.
        shape="coalesce(t.geom, (SELECT ST_PointOnSurface(b.geom) FROM building AS b"
        " WHERE b.district_id = t.district_id AND b.id = t.building_id))",
    ),
}
_SAMPLE_ROWS: Final = 500
_NO_LEVELS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class OsmOptions:
    """What the user asks of an import.

    Attributes
    ----------
    layers
        Which of `data.imports.osm.scan.LAYERS` are taken.
    area_levels
        ``admin_level`` → our level; empty keeps the areas that are in the system.
    parent, parent_name, grow_parent
        As in `AreaOptions`, where the extract has no parents.
    district
        Code of the district; None finds it by place.
    within
        Code of an area, or west, south, east, north; None takes the whole district.
    rules
        How households are estimated.
    temp_dir
        Where node places of a large extract are kept while it is read.
    remove_vanished
        Delete rows that the extract has no more, rather than only tell of them.
    time_zone
        Of a district stored for the first time.
    """

    rules: Sequence[HouseholdRule]
    layers: frozenset[str] = frozenset(LAYERS)
    area_levels: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    parent_name: str | None = None
    grow_parent: bool = False
    district: str | None = None
    within: str | Bbox | None = None
    temp_dir: Path | None = None
    remove_vanished: bool = False
    time_zone: str = DEFAULT_TIME_ZONE


@dataclass
class LayerResult:
    """What became of a layer, in rows; `vanished` are ids and names."""

    stored: Stored
    outside: int = 0
    vanished: list[tuple[str, str | None]] = field(default_factory=list)
    removed: int = 0


@dataclass
class StoredExtract:
    """What an import of an extract came to.

    Attributes
    ----------
    district_id, date
        The district; the date of the extract, None where it does not say.
    areas
        None where they were kept as they are.
    layers
        By name.
    rules
        What each rule of households decided.
    faults
        Objects left out or not taken in full.
    clipped
        Lines of which only a part is in the file.
    households, without_community
        Of the buildings staged: households; buildings that lie in no community.
    others
        Buildings of the district that came from elsewhere.
    """

    district_id: int
    date: str | None
    faults: Faults
    clipped: int
    areas: Stored | None = None
    layers: dict[str, LayerResult] = field(default_factory=dict)
    rules: list[RuleCount] = field(default_factory=list)
    households: int = 0
    without_community: int = 0
    others: int = 0


def store_extract(
    connection: Connection,
    path: Path,
    at: datetime,
    options: OsmOptions,
    told: Told = no_progress,
) -> StoredExtract:
    """Import an extract.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends: nothing is stored before that.
    path
        The file.
    at
        The time of the import.
    options
        See `OsmOptions`.
    told
        Called with (done, total, phase); the phases are "reading" (in bytes), "areas",
        "staging", "households" and the layers.

    Raises
    ------
    ImportFileError
        If the file cannot be read, its district is not clear, or nothing in it is wanted.
    """
    known = known_areas(connection)
    staging = Staging(connection)
    scan = scan_extract(
        path,
        staging.take,
        layers=options.layers,
        area_levels=options.area_levels,
        bbox=_early_box(known, options),
        temp_dir=options.temp_dir,
        told=told,
    )
    if scan.rows.total() == 0 and not scan.areas:
        raise ImportFileError("osm_nothing", path=path.name)
    done = StoredExtract(0, scan.date, scan.faults, scan.clipped)
    told(0, 1, "areas")
    if options.area_levels:
        done.areas = _store_areas(connection, scan, known, at, options)
        known = known_areas(connection)
    done.district_id = _district(connection, staging, done.areas, options)
    box = scan.box or staging.extent()
    told(0, 1, "staging")
    outside = staging.cut(_region(connection, known, done.district_id, options))
    staging.index()
    told(0, 1, "households")
    staging.survey_ground()
    done.rules = estimate_staged(staging, options.rules)
    for layer, target in _TARGETS.items():
        if layer in options.layers:
            told(0, 1, layer)
            if layer == "addresses":
                staging.settle_addresses(done.district_id)
            result = _merge(connection, staging, target, done.district_id, at)
            result.outside = outside[target.staged]
            if box is not None:
                _find_vanished(connection, result, target, box)
            if options.remove_vanished:
                _remove_vanished(connection, result, target)
            if result.stored.added or result.stored.changed or result.removed:
                touch_layer(connection, done.district_id, layer, at)
            done.layers[layer] = result
    _count_buildings(connection, done)
    return done


def _early_box(known: Mapping[str, AreaNode], options: OsmOptions) -> Bbox | None:
    """Return a box outside which nothing is wanted, where that is known before reading."""
    if isinstance(options.within, tuple):
        return options.within
    code = options.within
    if code is not None and code not in known:
        if options.area_levels:
            return None
        raise ImportFileError("osm_area_unknown", code=code)
    if code is None and not options.area_levels:
        code = options.district
    if code is None or code not in known:
        return None
    west, south, east, north = known[code].geometry.bounds
    return (west, south, east, north)


def _store_areas(
    connection: Connection,
    scan: Scan,
    known: Mapping[str, AreaNode],
    at: datetime,
    options: OsmOptions,
) -> Stored:
    read, order, orphans = read_areas(
        scan.areas, known, district=options.district, parent=options.parent
    )
    for area in orphans:
        scan.faults.add(
            area.kind, area.number, area.name or "", Problem("parent_missing", {"parent": "–"})
        )
    if not order:
        levels = ", ".join(sorted(options.area_levels))
        raise ImportFileError("osm_no_areas", levels=levels)
    stored = store_areas(
        connection,
        read,
        at,
        options=AreaOptions(None, options.parent, options.parent_name, options.grow_parent),
        skip_bad=True,
        time_zone=options.time_zone,
    )
    for row in stored.bad:
        scan.faults.listed.append(_as_object(row, order))
        scan.faults.counts[row.code] += 1
    if not stored.districts:
        raise ImportFileError("osm_no_areas", levels=", ".join(sorted(options.area_levels)))
    return stored.districts[0]


def _as_object(row: BadRow, order: Sequence[FoundArea]) -> BadObject:
    area = order[row.row - 1]
    return BadObject(area.number, area.kind, area.name or row.value, row.problem)


def _district(
    connection: Connection, staging: Staging, areas: Stored | None, options: OsmOptions
) -> int:
    if areas is not None:
        return areas.district_id
    codes = district_ids(connection)
    if options.district is not None:
        if options.district not in codes:
            known = ", ".join(sorted(codes)) or "–"
            raise ImportFileError("district_unknown", code=options.district, codes=known)
        return codes[options.district]
    found: int | None = connection.execute(
        query("import_find_district"), {"shape": staging.points(_SAMPLE_ROWS)}
    ).scalar()
    if found is None:
        raise ImportFileError("osm_no_district")
    return found


def _region(
    connection: Connection,
    known: Mapping[str, AreaNode],
    district_id: int,
    options: OsmOptions,
) -> bytes:
    """Return what is cut to: what the user says, within the district."""
    code = connection.execute(
        select(Area.code).where(Area.district_id == district_id, Area.level == "district")
    ).scalar_one()
    region = known[code].geometry
    if isinstance(options.within, tuple):
        region = shapely.intersection(region, shapely.box(*options.within))
    elif options.within is not None:
        if options.within not in known:
            raise ImportFileError("osm_area_unknown", code=options.within)
        region = shapely.intersection(region, known[options.within].geometry)
    return bytes(shapely.to_wkb(region))


def _merge(
    connection: Connection, staging: Staging, target: _Target, district_id: int, at: datetime
) -> LayerResult:
    rows = query(target.rows, table=target.staged)
    statement = query(target.statement, rows=rows.text)
    counts = connection.execute(
        query("osm_merge", statement=statement.text),
        {"district_id": district_id, "datum": "wgs84", "at": at},
    ).one()
    same = staging.rows[target.staged] - counts.added - counts.changed
    return LayerResult(Stored(district_id, counts.added, counts.changed, same))


def _find_vanished(connection: Connection, result: LayerResult, target: _Target, box: Bbox) -> None:
    sides = dict(zip(("west", "south", "east", "north"), box, strict=True))
    statement = query(
        "osm_vanished",
        table=target.table,
        staged=target.staged,
        called=target.called,
        shape=target.shape,
    )
    rows = connection.execute(statement, {"district_id": result.stored.district_id} | sides)
    result.vanished = [(row.external_id, row.name) for row in rows]


def _remove_vanished(connection: Connection, result: LayerResult, target: _Target) -> None:
    if result.vanished:
        gone = [external_id for external_id, _ in result.vanished]
        result.removed = connection.execute(
            query("osm_remove", table=target.table),
            {"district_id": result.stored.district_id, "external_ids": gone},
        ).rowcount


def _count_buildings(connection: Connection, done: StoredExtract) -> None:
    row = connection.execute(query("osm_buildings"), {"district_id": done.district_id}).one()
    done.households, done.without_community = row.households, row.without_community
    done.others = row.others
