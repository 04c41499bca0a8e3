"""Cases in the database: finding one, and acting on it.

The ledger is appended to and the present state derived from it in the same transaction, with the
counters of the grid. What may be done is decided by `casework`; who may see it by the caller.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, text, update

from casework.states import Actor, Case, Event, apply, decide, is_overdue
from data.case_candidates import forget_candidates
from data.case_filing import NewLine, append_lines, create_case, decided
from data.case_places import hold_grids, place_facts, place_of
from data.case_types import (
    CaseMovedOnError,
    Place,
    Point,
    Step,
    StoredCase,
    UnknownUnitError,
)
from data.schema import CaseEvent, HazardCase, Photo, Unit
from data.status import bump_areas, change_counts, counts_of

__all__ = [
    "DERIVED",
    "act",
    "create_case",
    "find_case",
    "hold_grids",
    "place_of",
    "write_event",
]

DERIVED = (
    *("state", "seq", "severity", "grid_id", "unit_id", "reported_by", "handled_by", "received_at"),
    *("deadline_at", "dispatched_at", "handled_at", "verified_at", "closed_at", "reworks"),
)
"""Columns of `hazard_case` that are the fields of `casework.states.Case`."""


def find_case(
    connection: Connection, district_id: int, case_id: UUID, *, lock: bool = False
) -> StoredCase | None:
    """Load a case, or None; with `lock` nobody else changes it before this transaction ends."""
    table = HazardCase
    asked = select(
        *[getattr(table, name) for name in DERIVED],
        table.overdue,
        text("CAST(hazard_case.area_path AS text) AS path"),
    ).where(table.district_id == district_id, table.id == case_id)
    row = connection.execute(asked.with_for_update() if lock else asked).one_or_none()
    if row is None:
        return None
    fields = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
    case = Case(**{name: fields[name] for name in DERIVED})
    return StoredCase(district_id, case_id, case, row.overdue, row.path)


def act(
    connection: Connection, stored: StoredCase, step: Step, actor: Actor, at: datetime
) -> StoredCase:
    """Act on a case that `find_case(…, lock=True)` gave; the case as it stands afterwards.

    Raises
    ------
    CaseMovedOnError, RefusedError, UnknownUnitError
    """
    case = stored.case
    if step.expected_seq != case.seq:
        raise CaseMovedOnError(step.expected_seq, case.seq, str(case.state))
    # Refused before it is looked up: a refusal needs no place and no unit.
    decided(decide(case, step.action, actor, at))
    facts: dict[str, Any] = dict(step.facts)
    if step.action == "dispatch":
        facts["unit_id"] = _known_unit(connection, stored.district_id, step.unit_id)
    place = None
    if step.action == "place" and step.point is not None:
        hold_grids(connection, stored.district_id)
        place = place_of(connection, stored.district_id, step.point, at)
        facts |= place_facts(step.point, place)
    photos = _photos_since(connection, stored)
    if photos:
        facts["photos"] = photos
    event = decided(decide(case, step.action, actor, at, occurred_at=step.occurred_at, facts=facts))
    if place is None:
        return write_event(connection, stored, event, step.text)
    forget_candidates(connection, stored.district_id, stored.id)
    return write_event(connection, stored, event, step.text, place=place, point=step.point)


def write_event(
    connection: Connection,
    stored: StoredCase,
    event: Event,
    body: str | None = None,
    *,
    place: Place | None = None,
    point: Point | None = None,
) -> StoredCase:
    """Append a decided event to a locked case and bring row, counters and versions along.

    Parameters
    ----------
    place
        Where the case lies now, for an event that places it.
    point
        Its new position; None: it stays where it was.
    """
    at = event.received_at
    case = apply(stored.case, event)
    after = replace(
        stored,
        case=case,
        overdue=is_overdue(case.state, case.deadline_at, at),
        area_path=stored.area_path if place is None else place.area_path,
    )
    values = {
        "state": case.state,
        "seq": case.seq,
        "grid_id": case.grid_id,
        "unit_id": case.unit_id,
        "handled_by": case.handled_by,
        "dispatched_at": case.dispatched_at,
        "handled_at": case.handled_at,
        "verified_at": case.verified_at,
        "closed_at": case.closed_at,
        "reworks": case.reworks,
        "overdue": after.overdue,
        "area_path": after.area_path,
    }
    if point is not None:
        values |= {"geom": _ewkt(point), "datum_in": point.datum_in}
    connection.execute(
        update(HazardCase)
        .where(HazardCase.district_id == stored.district_id, HazardCase.id == stored.id)
        .values(values)
    )
    previous = connection.execute(
        select(CaseEvent.digest).where(
            CaseEvent.district_id == stored.district_id,
            CaseEvent.case_id == stored.id,
            CaseEvent.seq == stored.case.seq,
        )
    ).scalar_one()
    append_lines(connection, stored.district_id, [NewLine(stored.id, event, previous, body)])
    _recount(connection, stored, after)
    return after


def _ewkt(point: Point) -> str:
    return f"SRID=4326;POINT({point.lon!r} {point.lat!r})"


def _known_unit(connection: Connection, district_id: int, unit_id: int | None) -> int:
    found: int | None = connection.execute(
        select(Unit.id).where(Unit.district_id == district_id, Unit.id == unit_id)
    ).scalar()
    if found is None:
        raise UnknownUnitError(str(unit_id))
    return found


def _photos_since(connection: Connection, stored: StoredCase) -> list[str]:
    """Photos added since the last line: the next line holds their digests."""
    return [
        digest.hex()
        for digest in connection.execute(
            select(Photo.sha256)
            .where(
                Photo.district_id == stored.district_id,
                Photo.case_id == stored.id,
                Photo.seq == stored.case.seq,
            )
            .order_by(Photo.received_at, Photo.id)
        ).scalars()
    ]


def _recount(connection: Connection, before: StoredCase, after: StoredCase) -> None:
    """Move what the case counts for from the grid it was in to the one it is in."""
    was = counts_of(before.case.state, overdue=before.overdue)
    now = counts_of(after.case.state, overdue=after.overdue)
    none = counts_of(None, overdue=False)
    old_grid = before.grid_id
    changes = {}
    if old_grid is not None and old_grid != after.grid_id:
        changes[old_grid] = none - was
        was = none
    elif old_grid is None:
        was = none
    if after.grid_id is not None and now != was:
        changes[after.grid_id] = now - was
    change_counts(connection, after.district_id, changes, after.area_path, None)
    bump_areas(connection, after.district_id, {before.area_path, after.area_path})
