"""Imports of lists as jobs: asked for by a request, done by the worker, watched meanwhile.

The rows of an import lie in its row of `report_list` until it is done, with nothing in them but
what will stand in the cases. A step's progress is written in the transaction of the step itself,
so that an import that was broken off goes on where it was.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, Row, delete, insert, select, text, update

from casework.states import Actor
from data.case_types import StoredCase
from data.database import query
from data.jobs import defer
from data.report_lists.filing import ROWS_A_STEP, Filer, Tally, file_rows, sort_rows
from data.report_lists.placing import find_places
from data.report_lists.ready import ReadyRow
from data.schema import ReportList
from geo.datum import Datum

UNDER_WAY: Final = ("waiting", "running")
REMEMBERED: Final = timedelta(days=400)
"""So long the outcome of an import is listed; the cases and their ledgers stay."""


@dataclass(frozen=True)
class Acting:
    """Who an account is now: to new cases, and to those that are there."""

    reporter: Actor
    actor_in: Callable[[StoredCase], Actor | None]


WhoIs = Callable[[Connection, UUID, str], Acting | None]
"""(connection, account, path of the list's area) → who it is; None: it may not import there."""


@dataclass(frozen=True)
class Order:
    """An import that is to be done.

    Attributes
    ----------
    datum
        Of the list's coordinates as they came in.
    found
        What the list held beside these rows (faults, rows passed over), told with the outcome.
    """

    district_id: int
    id: UUID
    area_id: int
    source: str
    file_name: str
    datum: Datum
    accept_struck_off: bool
    asked_by: UUID
    found: dict[str, Any]


def ask_for_import(
    connection: Connection, order: Order, rows: Sequence[ReadyRow], at: datetime
) -> None:
    """Let the worker file the rows of a list once this transaction has been committed."""
    connection.execute(
        insert(ReportList).values(
            district_id=order.district_id,
            id=order.id,
            area_id=order.area_id,
            source=order.source,
            file_name=order.file_name[:200],
            state="waiting",
            done=0,
            total=len(rows),
            orders={"datum": order.datum, "accept_struck_off": order.accept_struck_off},
            rows=[row.model_dump(mode="json") for row in rows],
            result=order.found | asdict(Tally()),
            asked_by=order.asked_by,
            asked_at=at,
        )
    )
    defer(
        connection,
        "import_report_list",
        {"district_id": order.district_id, "list_id": str(order.id)},
        lock=f"report list {order.district_id}/{order.source}",
    )


def find_import(connection: Connection, district_id: int, list_id: UUID) -> Row[Any] | None:
    """An import, without its rows."""
    return connection.execute(
        query("report_lists", where="l.id = :id"),
        {"district_id": district_id, "id": list_id, "limit": 1},
    ).one_or_none()


def list_imports(
    connection: Connection, district_id: int, paths: Sequence[str], *, limit: int
) -> Sequence[Row[Any]]:
    """Imports for areas at or below these paths, the newest first."""
    return connection.execute(
        query("report_lists", where="a.path <@ CAST(:paths AS ltree[])"),
        {"district_id": district_id, "paths": list(paths), "limit": limit},
    ).all()


def run_import(
    engine: Engine,
    district_id: int,
    list_id: UUID,
    at: datetime,
    who_is: WhoIs,
    *,
    between: Callable[[], None] = lambda: None,
) -> Tally | None:
    """Do an import, or what is left of it; None where nothing is to be done.

    Parameters
    ----------
    between
        Called before each step; what it raises breaks off, and leaves what is filed.
    """
    with engine.begin() as connection:
        run = _take(connection, district_id, list_id, at, who_is)
    if run is None:
        return None
    for start in range(0, len(run.rows), ROWS_A_STEP):
        between()
        step = run.rows[start : start + ROWS_A_STEP]
        with engine.begin() as connection:
            _file(connection, run, step, at)
            run.done += len(step)
            _write(connection, run, "running", asdict(run.tally))
    with engine.begin() as connection:
        _end(connection, district_id, list_id, state="done", result=asdict(run.tally), at=at)
    return run.tally


def fail_import(engine: Engine, district_id: int, list_id: UUID, at: datetime) -> None:
    """Say that an import failed on our side; what it has filed stays filed."""
    with engine.begin() as connection:
        failure = {"failure": "internal"}
        _end(connection, district_id, list_id, state="failed", result=failure, at=at)


def forget_imports(connection: Connection, at: datetime) -> int:
    """Forget outcomes of long ago; how many."""
    done = connection.execute(
        delete(ReportList).where(
            ReportList.finished_at < at - REMEMBERED, ReportList.state.not_in(UNDER_WAY)
        )
    )
    return done.rowcount


@dataclass
class _Run:
    """An import under way: the rows that are left, and what became of those before."""

    filer: Filer
    list_id: UUID
    datum: str
    rows: list[ReadyRow]
    done: int
    tally: Tally


def _take(
    connection: Connection, district_id: int, list_id: UUID, at: datetime, who_is: WhoIs
) -> _Run | None:
    order = find_import(connection, district_id, list_id)
    if order is None or order.state not in UNDER_WAY:
        return None
    acting = who_is(connection, order.asked_by, order.area_path)
    if acting is None:
        failure = {"failure": "not-allowed"}
        _end(connection, district_id, list_id, state="failed", result=failure, at=at)
        return None
    filer = Filer(
        district_id=district_id,
        reporter=acting.reporter,
        actor_in=acting.actor_in,
        area_path=order.area_path,
        source=order.source,
        accept_struck_off=bool(order.orders["accept_struck_off"]),
    )
    kept = connection.execute(
        select(ReportList.rows).where(
            ReportList.district_id == district_id, ReportList.id == list_id
        )
    ).scalar_one()
    rows = [ReadyRow.model_validate(row) for row in (kept or [])[order.done :]]
    tally = Tally(**{name: int(order.result[name]) for name in vars(Tally())})
    run = _Run(filer, list_id, order.orders["datum"], rows, order.done, tally)
    _write(connection, run, "running", {})
    return run


def _file(connection: Connection, run: _Run, rows: Sequence[ReadyRow], at: datetime) -> None:
    filer = run.filer
    new = sort_rows(connection, filer.district_id, filer.source, rows).new
    found = find_places(connection, filer.district_id, new, filer.area_path, at, datum_in=run.datum)
    places = dict(zip((row.key for row in new), found, strict=True))
    pairs = [(row, places.get(row.key)) for row in rows]
    run.tally.add(file_rows(connection, filer, pairs, at))


def _write(connection: Connection, run: _Run, state: str, result: dict[str, Any]) -> None:
    connection.execute(
        text(
            "UPDATE report_list SET state = :state, done = :done,"
            " result = result || CAST(:result AS jsonb)"
            " WHERE district_id = :district_id AND id = :id"
        ),
        {
            "district_id": run.filer.district_id,
            "id": run.list_id,
            "state": state,
            "done": run.done,
            "result": json.dumps(result),
        },
    )


def _end(
    connection: Connection,
    district_id: int,
    list_id: UUID,
    *,
    state: str,
    result: dict[str, Any],
    at: datetime,
) -> None:
    connection.execute(
        update(ReportList)
        .where(
            ReportList.district_id == district_id,
            ReportList.id == list_id,
            ReportList.state.in_(UNDER_WAY),
        )
        .values(state=state, rows=None, finished_at=at, result=ReportList.result.concat(result))
    )
