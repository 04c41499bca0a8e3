"""Proof that what is kept is what happened: counters against ledgers, ledgers in themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, text

from casework.ledger import Line, text_digest, verify_chain
from casework.states import HANDLED, OPEN, UNHANDLED, Event, replay
from data.case_standing import DERIVED, standing_json
from data.database import query
from data.schema import CaseEvent, CaseText, HazardCase
from data.status import OVERDUE_BATCH, mark_overdue, refresh_patrol_counters


@dataclass(frozen=True)
class Fault:
    """A case whose ledger does not hold; `seq` is the first line at fault.

    `chain`: a line was changed, is missing or out of order. `course`: a step that the course of
    a case does not know. `text`: what was said is not what the line has the digest of. `row`: the
    case as it is shown is not what its ledger comes to.
    """

    case_id: UUID
    seq: int
    kind: Literal["chain", "course", "text", "row"]


def recount(connection: Connection, district_id: int, at: datetime) -> Sequence[Row[Any]]:
    """Count every case from its ledger; the grids whose counters say something else.

    What changes by time alone is brought up to date first, so that it is no difference.
    """
    while mark_overdue(connection, at) == OVERDUE_BATCH:
        pass
    refresh_patrol_counters(connection, at, district_id=district_id)
    return connection.execute(
        query("recount"),
        {
            "district_id": district_id,
            "at": at,
            "open_states": sorted(OPEN),
            "unhandled_states": sorted(UNHANDLED),
            "handled_states": sorted(HANDLED),
        },
    ).all()


def mend_counters(
    connection: Connection, district_id: int, differences: Sequence[Row[Any]]
) -> None:
    """Write what `recount` counted into the counters that differ."""
    for row in differences:
        connection.execute(
            text(
                "UPDATE grid_status SET open_cases = :open, overdue_cases = :overdue,"
                " handled_cases = :handled, closed_cases = :closed,"
                " changed_in = pg_current_xact_id()"
                " WHERE district_id = :district_id AND grid_id = :grid_id"
            ),
            {"district_id": district_id, **row._mapping},  # noqa: SLF001 (public name)
        )


def count_ledgers(connection: Connection, district_id: int) -> int:
    """How many cases a district has, each with its ledger."""
    return connection.execute(
        select(func.count()).where(HazardCase.district_id == district_id)
    ).scalar_one()


def check_ledgers(
    connection: Connection, district_id: int, case_id: UUID | None = None
) -> Iterator[Fault | None]:
    """Check every ledger of a district, or one: one answer a case, None where it holds.

    Nothing is changed, and no more than some thousand lines are held at a time.
    """
    event, case, said = CaseEvent, HazardCase, CaseText
    asked = (
        select(
            event,
            case.id.label("row_id"),
            said.body,
            said.salt,
            *[getattr(case, name).label(f"row_{name}") for name in (*DERIVED, "standing")],
        )
        .select_from(case)
        # From the cases: one whose lines are all gone is told of too.
        .outerjoin(event, (event.district_id == case.district_id) & (event.case_id == case.id))
        .outerjoin(
            said,
            (said.district_id == event.district_id)
            & (said.case_id == event.case_id)
            & (said.seq == event.seq),
        )
        .where(case.district_id == district_id)
        .order_by(case.id, event.seq)
    )
    if case_id is not None:
        asked = asked.where(case.id == case_id)
    # Of this statement alone: said of the connection it would hold for all that follow.
    rows = connection.execute(asked, execution_options={"yield_per": 2000})
    for found, lines in groupby(rows, key=lambda row: row.row_id):
        yield _fault(found, list(lines))


def _fault(case_id: UUID, rows: list[Row[Any]]) -> Fault | None:
    if rows[0].seq is None:
        return Fault(case_id, 1, "chain")
    lines = [Line(_event(row), row.previous, row.digest) for row in rows]
    broken = verify_chain(case_id, lines)
    if broken is not None:
        return Fault(case_id, broken, "chain")
    for row in rows:
        if row.body is not None and not _is_what_was_said(row):
            return Fault(case_id, row.seq, "text")
    try:
        case = replay(line.event for line in lines)
    except ValueError:
        return Fault(case_id, len(lines), "course")
    shown = {name: getattr(rows[-1], f"row_{name}") for name in (*DERIVED, "standing")}
    derived = {name: getattr(case, name) for name in DERIVED}
    derived["standing"] = standing_json(case.standing)
    return None if shown == derived else Fault(case_id, len(lines), "row")


def _is_what_was_said(row: Row[Any]) -> bool:
    """Whether a text is the one that its line has the digest of; one erased by law is none."""
    if row.salt is None:
        return False
    return bool(row.facts.get("text_digest") == text_digest(row.body, row.salt))


def _event(row: Row[Any]) -> Event:
    return Event(
        seq=row.seq,
        action=row.action,
        state=row.state,
        actor_id=row.actor_id,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        facts=row.facts,
    )
