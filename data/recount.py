"""Proof that what is kept is what happened: counters against ledgers, ledgers in themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from casework.ledger import Line, verify_chain
from casework.states import HANDLED, OPEN, UNHANDLED, Event, replay
from data.case_standing import DERIVED, standing_json
from data.database import query
from data.schema import CaseEvent, HazardCase
from data.status import OVERDUE_BATCH, mark_overdue, refresh_patrol_counters


@dataclass(frozen=True)
class Fault:
    """A case whose ledger does not hold; `seq` is the first line at fault.

    `chain`: a line was changed, is missing or out of order. `course`: a step that the course of
    a case does not know. `row`: the case as it is shown is not what its ledger comes to.
    """

    case_id: UUID
    seq: int
    kind: Literal["chain", "course", "row"]


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


def check_ledgers(connection: Connection, district_id: int) -> Iterator[Fault | None]:
    """Check every ledger of a district: one answer a case, None where it holds."""
    event, case = CaseEvent, HazardCase
    rows = connection.execute(
        select(
            event,
            *[getattr(case, name).label(f"row_{name}") for name in (*DERIVED, "standing")],
        )
        .join(case, (case.district_id == event.district_id) & (case.id == event.case_id))
        .where(event.district_id == district_id)
        .order_by(event.case_id, event.seq),
        # Of this statement alone: said of the connection it would hold for all that follow.
        execution_options={"yield_per": 2000},
    )
    for case_id, lines in groupby(rows, key=lambda row: row.case_id):
        yield _fault(case_id, list(lines))


def _fault(case_id: UUID, rows: list[Row[Any]]) -> Fault | None:
    lines = [Line(_event(row), row.previous, row.digest) for row in rows]
    broken = verify_chain(case_id, lines)
    if broken is not None:
        return Fault(case_id, broken, "chain")
    try:
        case = replay(line.event for line in lines)
    except ValueError:
        return Fault(case_id, len(lines), "course")
    shown = {name: getattr(rows[-1], f"row_{name}") for name in (*DERIVED, "standing")}
    derived = {name: getattr(case, name) for name in DERIVED}
    derived["standing"] = standing_json(case.standing)
    return None if shown == derived else Fault(case_id, len(lines), "row")


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
