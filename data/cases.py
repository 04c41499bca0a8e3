"""Cases in the database: filing one, acting on it, and finding the grid it lies in.

The ledger is appended to and the present state derived from it in the same transaction, with the
counters of the grid. What may be done is decided by `casework`; who may see it by the caller.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, text, update

from casework.ledger import GENESIS, SALT_BYTES, next_line, text_digest
from casework.states import Actor, Case, Event, Refusal, apply, decide, is_overdue
from data.case_types import (
    CaseExistsError,
    CaseMovedOnError,
    NewCase,
    Place,
    Point,
    RefusedError,
    Step,
    StoredCase,
    UnknownCategoryError,
    UnknownUnitError,
)
from data.database import query
from data.schema import CaseEvent, CaseText, Category, HazardCase, Photo, Unit
from data.status import bump_areas, change_counts, counts_of

DERIVED = (
    *("state", "seq", "severity", "grid_id", "unit_id", "reported_by", "handled_by", "received_at"),
    *("deadline_at", "dispatched_at", "handled_at", "verified_at", "closed_at", "reworks"),
)
"""Columns of `hazard_case` that are the fields of `casework.states.Case`."""


def place_of(
    connection: Connection,
    district_id: int,
    point: Point,
    at: datetime,
    occurred_at: datetime | None = None,
) -> Place:
    """Find the grid and area of a point on the day of a moment.

    Parameters
    ----------
    occurred_at
        When it happened by the device's clock: `grid_id_filed` is the grid of that day.
    """
    row = connection.execute(
        query("place_of"),
        {
            "district_id": district_id,
            "lon": point.lon,
            "lat": point.lat,
            "at": at,
            "occurred_at": occurred_at,
        },
    ).one()
    return Place(row.grid_id, row.area_path, row.day, row.grid_id_filed, tuple(row.temporary_ids))


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


def create_case(
    connection: Connection, district_id: int, new: NewCase, actor: Actor, at: datetime
) -> StoredCase:
    """File a case: its first line, its number, its grid, and the grid's counters.

    Raises
    ------
    UnknownCategoryError, CaseExistsError, RefusedError
    """
    category = connection.execute(
        select(Category.severity, Category.limit_minutes).where(
            Category.district_id == district_id, Category.id == new.category_id, Category.active
        )
    ).one_or_none()
    if category is None:
        raise UnknownCategoryError(str(new.category_id))
    hold_grids(connection, district_id)
    place = place_of(connection, district_id, new.point, at, new.occurred_at)
    facts = {
        "category_id": new.category_id,
        "severity": new.severity or category.severity,
        "limit_minutes": category.limit_minutes,
        "source": new.source,
        "external_number": new.external_number,
        "accuracy_m": new.accuracy_m,
        **_place_facts(new.point, place),
    }
    if place.grid_id_filed != place.grid_id:
        facts["grid_id_filed"] = place.grid_id_filed
    event = _decided(decide(Case(), "report", actor, at, occurred_at=new.occurred_at, facts=facts))
    stored = StoredCase(district_id, new.id, apply(Case(), event), False, place.area_path)
    _insert_case(connection, stored, new, place)
    _append(connection, stored, event, GENESIS, new.description)
    _recount(connection, None, stored, at)
    return stored


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
    _decided(decide(case, step.action, actor, at))
    facts: dict[str, Any] = {}
    if step.action == "dispatch":
        facts["unit_id"] = _known_unit(connection, stored.district_id, step.unit_id)
    place = None
    if step.action == "place" and step.point is not None:
        hold_grids(connection, stored.district_id)
        place = place_of(connection, stored.district_id, step.point, at)
        facts |= _place_facts(step.point, place)
    photos = _photos_since(connection, stored)
    if photos:
        facts["photos"] = photos
    event = _decided(
        decide(case, step.action, actor, at, occurred_at=step.occurred_at, facts=facts)
    )
    point = step.point if place is not None else None
    return write_event(connection, stored, event, step.text, place=place, point=point)


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
    _append(connection, after, event, previous, body)
    _recount(connection, stored, after, at)
    return after


def hold_grids(connection: Connection, district_id: int) -> None:
    """Keep the grids as they are until this transaction ends.

    Publishing a plan writes this row first: it waits for places that are being looked up, and
    whoever comes later looks them up in the new grids.
    """
    connection.execute(
        text(
            "SELECT version FROM layer_version"
            " WHERE district_id = :district_id AND layer = 'grids' FOR SHARE"
        ),
        {"district_id": district_id},
    )


def _decided(decision: Event | Refusal) -> Event:
    if isinstance(decision, Refusal):
        raise RefusedError(decision)
    return decision


def _place_facts(point: Point, place: Place) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "lon": point.lon,
        "lat": point.lat,
        "datum": point.datum_in,
        "grid_id": place.grid_id,
        "area_path": place.area_path,
    }
    if place.temporary_ids:
        facts["temporary_grid_ids"] = list(place.temporary_ids)
    return facts


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


def _insert_case(connection: Connection, stored: StoredCase, new: NewCase, place: Place) -> None:
    case = stored.case
    turn: int = connection.execute(text("SELECT nextval('case_number')")).scalar_one()
    done = connection.execute(
        text(
            "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq,"
            " source, external_number, area_path, grid_id, grid_id_filed, geom, datum_in,"
            " accuracy_m, address, reported_by, occurred_at, received_at, deadline_at)"
            " VALUES (:district_id, :id, :number, :category_id, :severity, :state, :seq, :source,"
            " :external_number, CAST(:area_path AS ltree), :grid_id, :grid_id_filed, :geom,"
            " :datum_in, :accuracy_m, :address, :reported_by, :occurred_at, :received_at,"
            " :deadline_at)"
            " ON CONFLICT (district_id, id) DO NOTHING"
        ),
        {
            "district_id": stored.district_id,
            "id": stored.id,
            "number": f"{place.day.year}{turn:06d}",
            "category_id": new.category_id,
            "severity": case.severity,
            "state": case.state,
            "seq": case.seq,
            "source": new.source,
            "external_number": new.external_number,
            "area_path": place.area_path,
            "grid_id": place.grid_id,
            "grid_id_filed": place.grid_id_filed,
            "geom": _ewkt(new.point),
            "datum_in": new.point.datum_in,
            "accuracy_m": new.accuracy_m,
            "address": new.address,
            "reported_by": case.reported_by,
            "occurred_at": new.occurred_at,
            "received_at": case.received_at,
            "deadline_at": case.deadline_at,
        },
    )
    if done.rowcount == 0:
        raise CaseExistsError(str(stored.id))


def _append(
    connection: Connection, stored: StoredCase, event: Event, previous: bytes, body: str | None
) -> None:
    facts: Mapping[str, Any] = event.facts
    keys = {"district_id": stored.district_id, "case_id": stored.id, "seq": event.seq}
    if body:
        salt = secrets.token_bytes(SALT_BYTES)
        facts = {**facts, "text_digest": text_digest(body, salt)}
        connection.execute(insert(CaseText).values(**keys, body=body, salt=salt))
    line = next_line(stored.id, replace(event, facts=dict(facts)), previous)
    connection.execute(
        insert(CaseEvent).values(
            **keys,
            action=event.action,
            state=event.state,
            actor_id=event.actor_id,
            occurred_at=event.occurred_at,
            received_at=event.received_at,
            facts=line.event.facts,
            previous=previous,
            digest=line.digest,
        )
    )


def _recount(
    connection: Connection, before: StoredCase | None, after: StoredCase, at: datetime
) -> None:
    """Move what the case counts for from the grid it was in to the one it is in."""
    was = counts_of(None, overdue=False)
    if before is not None:
        was = counts_of(before.case.state, overdue=before.overdue)
    now = counts_of(after.case.state, overdue=after.overdue)
    none = counts_of(None, overdue=False)
    old_grid = None if before is None else before.grid_id
    changes = {}
    if old_grid is not None and old_grid != after.grid_id:
        changes[old_grid] = none - was
        was = none
    elif old_grid is None:
        was = none
    if after.grid_id is not None and now != was:
        changes[after.grid_id] = now - was
    reported_at = at if before is None else None
    change_counts(connection, after.district_id, changes, after.area_path, reported_at)
    paths = {after.area_path} | ({before.area_path} if before is not None else set())
    bump_areas(connection, after.district_id, paths)
