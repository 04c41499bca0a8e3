"""Storing areas: the district, its streets, zones and communities, parents first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import shapely
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.orm import aliased

from data.calendars import seed_calendar
from data.categories import seed_categories
from data.database import query
from data.imports.area_tree import LEVELS, AreaNode, AreaOptions, plan_areas
from data.imports.problems import BadRow, refuse_rows
from data.imports.read import DEFAULT_TIME_ZONE, ReadResult
from data.imports.store import Progress, Stored, district_ids, no_progress
from data.layers import touch_layer
from data.schema import Area, District
from data.shapes import store_area_shapes

# Any fixed number: two first imports at once must not give one id to two districts.
_DISTRICT_LOCK = 300_300


@dataclass(frozen=True)
class StoredAreas:
    """What an import of areas came to: one `Stored` for each district, and rows left out."""

    districts: list[Stored]
    bad: list[BadRow] = field(default_factory=list)


def store_areas(
    connection: Connection,
    read: ReadResult,
    at: datetime,
    *,
    options: AreaOptions | None = None,
    skip_bad: bool = False,
    time_zone: str = DEFAULT_TIME_ZONE,
    progress: Progress = no_progress,
) -> StoredAreas:
    """Store areas with their place in the tree, draw them for tiles, and sort buildings into them.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    read
        A file read as "areas".
    at
        The time of the import.
    options
        Level and parent where the file has none.
    skip_bad
        Leave out areas that do not fit, rather than raise.
    time_zone
        IANA name, of districts stored for the first time.
    progress
        Called with (areas done, areas, message).

    Raises
    ------
    ImportFileError
        If areas lack codes or parents, lie outside their parent, or overlap.
    """
    known = known_areas(connection)
    nodes, bad = plan_areas(read, known, options if options is not None else AreaOptions())
    if bad and not skip_bad:
        raise refuse_rows(bad, read.rows_read)
    _make_districts(connection, nodes, at, time_zone)
    districts = []
    for code in sorted({node.code[:6] for node in nodes}):
        branch = [node for node in nodes if node.code[:6] == code]
        districts.append(_store_branch(connection, branch, read.datum, at, progress))
    return StoredAreas(districts, bad)


def known_areas(connection: Connection) -> dict[str, AreaNode]:
    """Return all stored areas by code."""
    parent = aliased(Area)
    rows = connection.execute(
        select(
            Area.code,
            Area.name,
            Area.name_en,
            Area.level,
            parent.code.label("parent_code"),
            func.ST_AsBinary(Area.geom).label("shape"),
        ).outerjoin(
            parent, (parent.district_id == Area.district_id) & (parent.id == Area.parent_id)
        )
    ).all()
    return {
        row.code: AreaNode(
            row.code,
            row.name,
            row.name_en,
            row.level,
            row.parent_code,
            shapely.from_wkb(bytes(row.shape)),
        )
        for row in rows
    }


def _make_districts(
    connection: Connection, nodes: Sequence[AreaNode], at: datetime, time_zone: str
) -> None:
    """Give an id, which never changes, and a first list of categories to each new district."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DISTRICT_LOCK})
    stored = district_ids(connection)
    last = max(stored.values(), default=0)
    for node in nodes:
        if node.level == "district" and node.code not in stored:
            last += 1
            connection.execute(
                insert(District).values(
                    id=last, code=node.code, name=node.name, time_zone=time_zone, created_at=at
                )
            )
            seed_categories(connection, last)
            seed_calendar(connection, last, at)
        elif node.level == "district":
            connection.execute(
                update(District).where(District.id == stored[node.code]).values(name=node.name)
            )


def _store_branch(
    connection: Connection,
    nodes: Sequence[AreaNode],
    datum: str,
    at: datetime,
    progress: Progress,
) -> Stored:
    district_id = connection.execute(
        select(District.id).where(District.code == nodes[0].code[:6])
    ).scalar_one()
    done, added, changed = 0, 0, 0
    for level in LEVELS:
        layer = [node for node in nodes if node.level == level]
        if not layer:
            continue
        progress(done, len(nodes), "areas")
        fresh = _store_level(connection, district_id, layer, datum, at)
        added += sum(fresh)
        changed += len(fresh) - sum(fresh)
        done += len(layer)
    if added or changed:
        store_area_shapes(connection, district_id)
        connection.execute(query("import_assign_buildings"), {"district_id": district_id, "at": at})
        touch_layer(connection, district_id, "areas", at)
    progress(len(nodes), len(nodes), "areas")
    return Stored(district_id, added, changed, len(nodes) - added - changed)


def _store_level(
    connection: Connection,
    district_id: int,
    nodes: Sequence[AreaNode],
    datum: str,
    at: datetime,
) -> list[bool]:
    """Store the areas of one level; returns for each that was new or changed whether it is new."""
    rows = connection.execute(
        query("import_areas"),
        {
            "district_id": district_id,
            "level": nodes[0].level,
            "datum": datum,
            "at": at,
            "code": [node.code for node in nodes],
            "parent_code": [node.parent_code for node in nodes],
            "name": [node.name for node in nodes],
            "name_en": [node.name_en for node in nodes],
            "shape": [shapely.to_wkb(node.geometry) for node in nodes],
        },
    )
    return [bool(is_added) for is_added in rows.scalars()]
