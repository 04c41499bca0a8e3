"""Filing cases: the first line of each ledger, its number, its grid, and the grids' counters.

One case and a list of thousands go the same way, so that what one must be the other is too.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, select, text

from casework.ledger import GENESIS, SALT_BYTES, next_line, text_digest, utc_text
from casework.questions import Answer, Question, check_answers, told_and_kept
from casework.states import Actor, Case, Event, Refusal, apply, decide, replay
from data.case_places import hold_grids, place_facts, places_of
from data.case_standing import standing_json
from data.case_types import (
    AnswersError,
    CaseExistsError,
    NewCase,
    Place,
    RefusedError,
    StoredCase,
    UnknownCategoryError,
)
from data.database import query
from data.layers import district_today
from data.limits import due_or_told, rules_of
from data.routing import Filed, route_new_cases
from data.schema import Category
from data.status import Counts, bump_areas, change_counts, counts_of

QUESTIONS: Final = TypeAdapter(tuple[Question, ...])
SEEN_BY_US: Final = frozenset({"patrol", "inspection"})
"""Sources of what one of us saw; what comes from others may have to be checked first."""


@dataclass(frozen=True)
class NewLine:
    """A decided event of a case, the digest of the line before it, and what was said with it."""

    case_id: UUID
    event: Event
    previous: bytes
    body: str | None = None


def create_case(
    connection: Connection, district_id: int, new: NewCase, actor: Actor, at: datetime
) -> StoredCase:
    """File a case. Errors as of `create_cases`."""
    return create_cases(connection, district_id, [new], actor, at)[0]


def create_cases(
    connection: Connection, district_id: int, news: Sequence[NewCase], actor: Actor, at: datetime
) -> list[StoredCase]:
    """File cases, in their order; statements do not grow with their number.

    Parameters
    ----------
    news
        A case without a point lies in no grid, in the area it names, and waits in triage.

    Raises
    ------
    UnknownCategoryError, AnswersError, CaseExistsError, RefusedError
    """
    kinds = _categories(connection, district_id, {new.category_id for new in news})
    hold_grids(connection, district_id)
    places = _places(connection, district_id, news, at)
    rules = rules_of(connection, district_id)
    filed = []
    for new, place in zip(news, places, strict=True):
        kind = kinds[new.category_id]
        asked = new.category_id, new.severity or kind.severity
        deadline = due_or_told(connection, district_id, rules, asked, at)
        facts = _facts(new, place, kind, deadline)
        events = _events(new, facts, actor, at)
        stored = StoredCase(
            district_id, new.id, replay(events), False, place.area_path, new.category_id
        )
        filed.append((stored, events))
    stored_cases = [stored for stored, _ in filed]
    _insert(connection, district_id, stored_cases, news, places)
    digests = append_lines(
        connection,
        district_id,
        [
            NewLine(new.id, events[0], GENESIS, _said(new, kinds[new.category_id]))
            for new, (_, events) in zip(news, filed, strict=True)
        ],
    )
    further = [
        NewLine(stored.id, event, digest)
        for (stored, events), digest in zip(filed, digests, strict=True)
        for event in events[1:]
    ]
    append_lines(connection, district_id, further)
    _count(connection, district_id, stored_cases, at)
    looking = [
        Filed(case.id, new.category_id, case.area_path, case.case.severity, new.owner)
        for new, case in zip(news, stored_cases, strict=True)
    ]
    route_new_cases(connection, district_id, looking, at)
    return stored_cases


def _said(new: NewCase, kind: Any) -> str:
    return "\n".join([new.description, *asked_of(kind, new)[0]])


def _events(new: NewCase, facts: Mapping[str, Any], actor: Actor, at: datetime) -> list[Event]:
    """The report, and that it was put right where that is known already."""
    event = decided(decide(Case(), "report", actor, at, occurred_at=new.occurred_at, facts=facts))
    if new.put_right_at is None:
        return [event]
    case = apply(Case(), event)
    told = {} if new.list_source is None else {"list": new.list_source}
    handled = decide(case, "handle", actor, at, occurred_at=new.put_right_at, facts=told)
    return [event, decided(handled)]


def append_lines(connection: Connection, district_id: int, lines: Sequence[NewLine]) -> list[bytes]:
    """Append lines to ledgers, with their texts; the digest of each."""
    told, texts, digests = [], [], []
    for line in lines:
        event = line.event
        facts: Mapping[str, Any] = event.facts
        keys = {"case_id": str(line.case_id), "seq": event.seq}
        if line.body:
            salt = secrets.token_bytes(SALT_BYTES)
            facts = {**facts, "text_digest": text_digest(line.body, salt)}
            texts.append(keys | {"body": line.body, "salt": salt.hex()})
        chained = next_line(line.case_id, replace(event, facts=dict(facts)), line.previous)
        digests.append(chained.digest)
        told.append(
            keys
            | {
                "action": event.action,
                "state": event.state,
                "actor_id": None if event.actor_id is None else str(event.actor_id),
                "occurred_at": utc_text(event.occurred_at),
                "received_at": utc_text(event.received_at),
                "facts": chained.event.facts,
                "previous": line.previous.hex(),
                "digest": chained.digest.hex(),
            }
        )
    for name, rows in (("append_texts", texts), ("append_lines", told)):
        if rows:
            connection.execute(query(name), {"district_id": district_id, "rows": json.dumps(rows)})
    return digests


def decided(decision: Event | Refusal) -> Event:
    """The event, or `RefusedError`."""
    if isinstance(decision, Refusal):
        raise RefusedError(decision)
    return decision


def _categories(connection: Connection, district_id: int, ids: set[int]) -> dict[int, Any]:
    rows = connection.execute(
        select(
            Category.id,
            Category.severity,
            Category.confirm_first,
            Category.questions,
        ).where(Category.district_id == district_id, Category.id.in_(ids), Category.active)
    ).all()
    found = {row.id: row for row in rows}
    for missing in ids - found.keys():
        raise UnknownCategoryError(str(missing))
    return found


def _places(
    connection: Connection, district_id: int, news: Sequence[NewCase], at: datetime
) -> list[Place]:
    placed = [new for new in news if new.point is not None]
    points = [new.point for new in placed if new.point is not None]
    found = iter(
        places_of(connection, district_id, points, at, [new.occurred_at for new in placed])
        if points
        else []
    )
    today = district_today(connection, district_id, at) if len(points) < len(news) else None
    places = []
    for new in news:
        if new.point is not None:
            places.append(next(found))
        elif new.area_path is not None and today is not None:
            places.append(Place(None, new.area_path, today))
        else:
            raise ValueError(f"case {new.id} has neither a point nor an area")
    return places


def _facts(new: NewCase, place: Place, kind: Any, deadline: datetime | None) -> dict[str, Any]:
    facts = {
        "category_id": new.category_id,
        "severity": new.severity or kind.severity,
        "deadline_at": _text(deadline),
        "source": new.source,
        "external_number": new.external_number,
        "accuracy_m": new.accuracy_m,
        **place_facts(new.point, place),
    }
    # Who walks his rounds has seen it himself.
    if kind.confirm_first and new.source not in SEEN_BY_US:
        facts["confirm_first"] = True
    if place.grid_id_filed != place.grid_id:
        facts["grid_id_filed"] = place.grid_id_filed
    if new.list_source is not None:
        facts["list"] = new.list_source
    if new.shape is not None:
        facts["shape"] = new.shape.digest
    kept = asked_of(kind, new)[1]
    if kept:
        facts["answers"] = kept
    return facts


def asked_of(kind: Any, new: NewCase) -> tuple[list[str], dict[str, Answer]]:
    """What was answered to what the category asks: lines for the description, what is kept."""
    if new.answers is None:
        return [], {}
    questions = QUESTIONS.validate_python(kind.questions)
    faults = check_answers(questions, new.answers)
    if faults:
        raise AnswersError(faults)
    return told_and_kept(questions, new.answers)


def _insert(
    connection: Connection,
    district_id: int,
    stored: Sequence[StoredCase],
    news: Sequence[NewCase],
    places: Sequence[Place],
) -> None:
    turns = connection.execute(
        text("SELECT nextval('case_number') FROM generate_series(1, :count)"),
        {"count": len(news)},
    ).scalars()
    rows = [
        _row(case, new, place) | {"number": f"{place.day.year}{turn:06d}"}
        for case, new, place, turn in zip(stored, news, places, turns, strict=True)
    ]
    filed = connection.execute(
        query("file_cases"), {"district_id": district_id, "cases": json.dumps(rows)}
    ).all()
    if len(filed) < len(rows):
        known = {new.id for new in news} - {row.id for row in filed}
        raise CaseExistsError(", ".join(sorted(map(str, known))))


def _row(stored: StoredCase, new: NewCase, place: Place) -> dict[str, Any]:
    case, point = stored.case, new.point
    if case.received_at is None:
        raise ValueError(f"case {new.id} was not reported")
    return {
        "id": str(new.id),
        "category_id": new.category_id,
        "severity": case.severity,
        "state": case.state,
        "seq": case.seq,
        "source": new.source,
        "external_number": new.external_number,
        "area_path": place.area_path,
        "grid_id": place.grid_id,
        "grid_id_filed": place.grid_id_filed,
        "lon": None if point is None else point.lon,
        "lat": None if point is None else point.lat,
        "shape": None if new.shape is None else new.shape.wkb,
        "datum_in": None if point is None else point.datum_in,
        "accuracy_m": new.accuracy_m,
        "address": new.address,
        "reported_by": str(case.reported_by),
        "handled_by": None if case.handled_by is None else str(case.handled_by),
        "filed_at": _text(case.filed_at),
        "handled_at": _text(case.handled_at),
        "occurred_at": utc_text(new.occurred_at),
        "received_at": utc_text(case.received_at),
        "deadline_at": _text(case.deadline_at),
        "standing": standing_json(case.standing),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


def _count(
    connection: Connection, district_id: int, stored: Sequence[StoredCase], at: datetime
) -> None:
    """Count new cases for their grids, in the order in which every writer takes the counters."""
    added: dict[int, tuple[Counts, str]] = {}
    for case in stored:
        if case.grid_id is not None:
            before = added.get(case.grid_id, (Counts(), ""))[0]
            now = before + counts_of(case.case.state, overdue=case.overdue)
            added[case.grid_id] = (now, case.area_path)
    for grid_id in sorted(added):
        counts, path = added[grid_id]
        change_counts(connection, district_id, {grid_id: counts}, path, at)
    bump_areas(connection, district_id, {case.area_path for case in stored})
