"""Cases in the database: finding one, and acting on it.

The ledger is appended to and the present state derived from it in the same transaction, with the
counters of the grid. What may be done is decided by `casework`; who may see it by the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text, update

from casework.states import (
    Action,
    Actor,
    Event,
    Rules,
    Shown,
    apply,
    decide,
    is_overdue,
    refusal,
)
from data.case_candidates import forget_candidates
from data.case_deadlines import deadline_facts
from data.case_filing import NewLine, append_lines, create_case, decided
from data.case_places import hold_grids, place_facts, place_of
from data.case_rules import rules_for
from data.case_standing import DERIVED, case_of, changed_columns
from data.case_types import (
    CaseMovedOnError,
    Place,
    Point,
    RefusedError,
    Step,
    StoredCase,
    UnknownUnitError,
)
from data.schema import CaseEvent, HazardCase, Photo, Sound, Unit
from data.status import bump_areas, change_counts, counts_of

__all__ = [
    "act",
    "create_case",
    "find_case",
    "find_cases",
    "hold_grids",
    "place_of",
    "write_event",
]

# What these decide depends on what the district and the category have set, and on photos.
_RULED: frozenset[Action] = frozenset({"rectify", "verify", "ask-extension", "suspend"})
_SHOWN: frozenset[Action] = frozenset({"rectify", "verify"})


def find_case(
    connection: Connection, district_id: int, case_id: UUID, *, lock: bool = False
) -> StoredCase | None:
    """Load a case, or None; with `lock` nobody else changes it before this transaction ends."""
    return find_cases(connection, district_id, [case_id], lock=lock).get(case_id)


def find_cases(
    connection: Connection, district_id: int, case_ids: Sequence[UUID], *, lock: bool = False
) -> dict[UUID, StoredCase]:
    """Load cases by their ids, in the order of these; what there is not is left out.

    With `lock` nobody else changes them before this transaction ends; in the order of their ids,
    so that two who take several do not wait for each other.
    """
    table = HazardCase
    asked = (
        select(
            table.id,
            *[getattr(table, name) for name in DERIVED],
            table.standing,
            table.category_id,
            table.overdue,
            text("CAST(hazard_case.area_path AS text) AS path"),
        )
        .where(table.district_id == district_id, table.id.in_(case_ids))
        .order_by(table.id)
    )
    found = {}
    for row in connection.execute(asked.with_for_update() if lock else asked):
        fields: Mapping[str, Any] = {**row._mapping}  # noqa: SLF001 (SQLAlchemy's public name for a row as a mapping)
        found[row.id] = StoredCase(
            district_id, row.id, case_of(fields), row.overdue, row.path, row.category_id
        )
    return found


def act(
    connection: Connection, stored: StoredCase, step: Step, actor: Actor, at: datetime
) -> StoredCase:
    """Act on a case that `find_case(…, lock=True)` gave; the case as it stands afterwards.

    What touches two cases is in `data.case_links`.

    Raises
    ------
    CaseMovedOnError, RefusedError, UnknownUnitError
    """
    check_turn(stored, step, actor, at)
    case = stored.case
    facts: dict[str, Any] = dict(step.facts)
    facts |= _unit_facts(connection, stored.district_id, step)
    facts |= deadline_facts(connection, stored, step.action, at)
    place = None
    if step.action == "place" and step.point is not None:
        hold_grids(connection, stored.district_id)
        place = place_of(connection, stored.district_id, step.point, at)
        facts |= place_facts(step.point, place)
    facts |= _files_since(connection, stored)
    event = decided(
        decide(
            case,
            step.action,
            actor,
            at,
            occurred_at=step.occurred_at,
            text=step.text,
            facts=facts,
            rules=_rules(connection, stored, step.action),
            shown=_shown(connection, stored, step.action),
        )
    )
    if place is None:
        return write_event(connection, stored, event, step.text)
    forget_candidates(connection, stored.district_id, stored.id)
    return write_event(connection, stored, event, step.text, place=place, point=step.point)


def check_turn(stored: StoredCase, step: Step, actor: Actor, at: datetime) -> None:
    """Refuse who has not seen the last line, and who may not do this whatever he says with it."""
    case = stored.case
    if step.expected_seq != case.seq:
        raise CaseMovedOnError(step.expected_seq, case.seq, str(case.state))
    refused = refusal(case, step.action, actor, at)
    if refused is not None:
        raise RefusedError(refused)


def _rules(connection: Connection, stored: StoredCase, action: Action) -> Rules | None:
    if action not in _RULED:
        return None
    return rules_for(connection, stored.district_id, stored.id, stored.category_id)


def _shown(connection: Connection, stored: StoredCase, action: Action) -> Shown | None:
    """Photos of the case, of the repair only those of the last one; or its parts still open."""
    if action == "close":
        open_parts = connection.execute(
            select(func.count()).where(
                HazardCase.district_id == stored.district_id,
                HazardCase.parent_id == stored.id,
                HazardCase.state.not_in(["closed", "void"]),
            )
        ).scalar_one()
        return Shown(open_parts=open_parts)
    if action not in _SHOWN:
        return None
    counted = connection.execute(
        select(
            func.count().filter(Photo.role == "before"),
            func.count().filter(
                Photo.role == "after", Photo.seq >= stored.case.standing.proof_from
            ),
        ).where(Photo.district_id == stored.district_id, Photo.case_id == stored.id)
    ).one()
    return Shown(before=counted[0], after=counted[1])


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
    case = apply(stored.case, event)
    after = replace(
        stored,
        case=case,
        overdue=is_overdue(case.state, case.deadline_at, event.received_at),
        area_path=stored.area_path if place is None else place.area_path,
    )
    values = changed_columns(case) | {"overdue": after.overdue, "area_path": after.area_path}
    if point is not None:
        values |= {"geom": _ewkt(point), "datum_in": point.datum_in, "shape": None}
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


def _unit_facts(connection: Connection, district_id: int, step: Step) -> dict[str, Any]:
    """The units that a step names, all of which there are."""
    asked = {*step.unit_ids, *([] if step.unit_id is None else [step.unit_id])}
    if not asked:
        return {}
    known = connection.execute(
        select(Unit.id).where(Unit.district_id == district_id, Unit.id.in_(asked))
    ).scalars()
    for missing in asked - set(known):
        raise UnknownUnitError(str(missing))
    one = {} if step.unit_id is None else {"unit_id": step.unit_id}
    return one | ({"unit_ids": list(step.unit_ids)} if step.unit_ids else {})


def _files_since(connection: Connection, stored: StoredCase) -> dict[str, list[str]]:
    """Photos and sounds added since the last line: the next line holds their digests."""
    kinds: tuple[tuple[str, type[Photo | Sound]], ...] = (("photos", Photo), ("sounds", Sound))
    found = {
        name: [
            digest.hex()
            for digest in connection.execute(
                select(kind.sha256)
                .where(
                    kind.district_id == stored.district_id,
                    kind.case_id == stored.id,
                    kind.seq == stored.case.seq,
                )
                .order_by(kind.received_at, kind.id)
            ).scalars()
        ]
        for name, kind in kinds
    }
    return {name: digests for name, digests in found.items() if digests}


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
