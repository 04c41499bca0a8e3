"""Filing the rows of a list: what is new becomes cases, what is known stays as it is.

A list never rewrites a case. A known row that says something else is told of; one that was struck
off there is handled here only where somebody agrees, by a step of the case's ledger, and somebody
else verifies it like every other.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, text

from casework.states import UNHANDLED, Actor
from data.case_filing import create_cases
from data.case_types import NewCase, RefusedError, Step, StoredCase
from data.cases import act, find_case
from data.database import query
from data.report_lists.placing import Placing, is_within
from data.report_lists.ready import ReadyRow, happened_at

_IDS: Final = UUID("3b0a8f6e-8a0c-5f0e-9f55-0d6f3a0e7c21")
ROWS_A_STEP: Final = 500
"""Rows in one transaction: what was filed stays filed when a job is broken off."""


@dataclass(frozen=True)
class Filer:
    """For whom a list is filed, and on what terms.

    Attributes
    ----------
    reporter
        Who enters new cases.
    actor_in
        Who he is to a case that is there; None where he may not see it.
    area_path
        Of the area whose list it is: there a case waits whose place is not known.
    source
        What the list is called.
    accept_struck_off
        Whether known cases that the list has struck off are handled.
    """

    district_id: int
    reporter: Actor
    actor_in: Callable[[StoredCase], Actor | None]
    area_path: str
    source: str
    accept_struck_off: bool = False


@dataclass
class Tally:
    """What became of rows.

    Attributes
    ----------
    new, triage, handled
        Filed; of these without a grid; of these struck off already.
    known, changed
        There before; of these with something else in them than last time.
    proposed, accepted
        Known ones that the list has struck off and that are still to be put right; of these
        handled by this import.
    """

    new: int = 0
    triage: int = 0
    handled: int = 0
    known: int = 0
    changed: int = 0
    proposed: int = 0
    accepted: int = 0

    def add(self, other: "Tally") -> None:
        """Add up."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass(frozen=True)
class KnownRow:
    """A row that is a case already.

    Attributes
    ----------
    fields
        Those that say something else than when the list was last read.
    struck_off
        Whether the list has struck it off while it is still to be put right here.
    """

    row: ReadyRow
    case: Row[Any]
    fields: tuple[str, ...]
    struck_off: bool


@dataclass
class Sorted:
    """Rows that are new, and those that are known."""

    new: list[ReadyRow] = field(default_factory=list)
    known: list[KnownRow] = field(default_factory=list)


def sort_rows(
    connection: Connection, district_id: int, source: str, rows: Sequence[ReadyRow]
) -> Sorted:
    """Tell rows that are cases already from those that are new."""
    found = connection.execute(
        query("known_rows"),
        {"district_id": district_id, "source": source, "keys": [row.key for row in rows]},
    )
    cases = {case.key: case for case in found}
    sorted_rows = Sorted()
    for row in rows:
        case = cases.get(row.key)
        if case is None:
            sorted_rows.new.append(row)
            continue
        changed = tuple(
            name for name, digest in row.digests.items() if case.digests.get(name) != digest
        )
        struck_off = row.struck_off and case.state in UNHANDLED
        sorted_rows.known.append(KnownRow(row, case, changed, struck_off))
    return sorted_rows


def hold_list(connection: Connection, district_id: int, source: str) -> None:
    """Let nobody else file rows of this list until the transaction ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"report list {district_id}/{source}"},
    )


def file_rows(
    connection: Connection,
    filer: Filer,
    rows: Sequence[tuple[ReadyRow, Placing | None]],
    at: datetime,
) -> Tally:
    """File rows of a list in the caller's transaction.

    Parameters
    ----------
    rows
        Rows with their places; None for one that was known when places were looked for.
    """
    hold_list(connection, filer.district_id, filer.source)
    placings = {row.key: placing for row, placing in rows if placing is not None}
    parted = sort_rows(connection, filer.district_id, filer.source, [row for row, _ in rows])
    tally = Tally(known=len(parted.known))
    for known in parted.known:
        tally.changed += 1 if known.fields else 0
        tally.proposed += 1 if known.struck_off else 0
        if known.struck_off and filer.accept_struck_off:
            tally.accepted += _accept(connection, filer, known, at)
    new = [row for row in parted.new if row.key in placings]
    tally.add(_file_new(connection, filer, [(row, placings[row.key]) for row in new], at))
    _keep_rows(
        connection, filer, [*new, *[known.row for known in parted.known if known.fields]], at
    )
    return tally


def case_id_of(filer: Filer, row: ReadyRow) -> UUID:
    """The id of the case that a row becomes."""
    return uuid5(_IDS, f"{filer.district_id}|{filer.source}|{row.key}")


def _file_new(
    connection: Connection,
    filer: Filer,
    rows: Sequence[tuple[ReadyRow, Placing]],
    at: datetime,
) -> Tally:
    if not rows:
        return Tally()
    news = [_new_case(filer, row, placing, at) for row, placing in rows]
    filed = create_cases(connection, filer.district_id, news, filer.reporter, at)
    waiting = [
        {
            "case_id": str(new.id),
            "score": placing.score,
            "candidates": [
                {
                    "kind": one.kind,
                    "label": one.label,
                    "lon": one.lon,
                    "lat": one.lat,
                    "score": one.score,
                    "precision_m": one.precision_m,
                }
                for one in placing.candidates
            ],
        }
        for new, (_, placing), case in zip(news, rows, filed, strict=True)
        if case.grid_id is None and placing.candidates
    ]
    if waiting:
        connection.execute(
            query("keep_candidates"),
            {"district_id": filer.district_id, "rows": json.dumps(waiting), "at": at},
        )
    return Tally(
        new=len(filed),
        triage=sum(1 for case in filed if case.grid_id is None),
        handled=sum(1 for case in filed if case.case.state == "handled"),
    )


def _new_case(filer: Filer, row: ReadyRow, placing: Placing, at: datetime) -> NewCase:
    happened = happened_at(row, at)
    # Elsewhere he may report, but it is not for him to say what was put right.
    own = placing.place is None or is_within(placing.place.area_path, filer.area_path)
    put_right_at = None
    if row.struck_off and own:
        put_right_at = min(max(row.struck_off_at or at, happened), at)
    return NewCase(
        id=case_id_of(filer, row),
        category_id=row.category_id,
        point=placing.point,
        description=row.description or "",
        occurred_at=happened,
        source=row.channel,
        severity=row.severity,
        accuracy_m=placing.accuracy_m,
        address=row.address,
        external_number=row.external_number,
        area_path=filer.area_path,
        list_source=filer.source,
        put_right_at=put_right_at,
    )


def _accept(connection: Connection, filer: Filer, known: KnownRow, at: datetime) -> int:
    """Handle a case that the list has struck off, where this is for him to say; 1 if done."""
    stored = find_case(connection, filer.district_id, known.case.case_id, lock=True)
    actor = None if stored is None else filer.actor_in(stored)
    if stored is None or actor is None:
        return 0
    happened = min(known.row.struck_off_at or at, at)
    step = Step("handle", stored.case.seq, occurred_at=happened, facts={"list": filer.source})
    try:
        act(connection, stored, step, actor, at)
    except RefusedError:
        return 0
    return 1


def _keep_rows(
    connection: Connection, filer: Filer, rows: Sequence[ReadyRow], at: datetime
) -> None:
    if not rows:
        return
    kept = [
        {
            "key": row.key,
            "case_id": str(case_id_of(filer, row)),
            "reporter_unit": row.reporter_unit,
            "digests": row.digests,
        }
        for row in rows
    ]
    connection.execute(
        query("keep_rows"),
        {
            "district_id": filer.district_id,
            "source": filer.source,
            "rows": json.dumps(kept),
            "at": at,
        },
    )
