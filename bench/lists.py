"""Every list of the API against its own SQL, and what that SQL reads.

A list is asked for through the application, signed in, and in alternation the statements it sent
are sent bare in one transaction: same texts, same values, same connection settings, rows fetched.
The ratio is that of the 95th percentiles. That the SQL itself goes by an index is seen in its
plans: a scan of a large table is told, and counted in the last line.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Engine, event, text
from uvicorn.loops.auto import auto_loop_factory

from api.app import create_app
from bench.big_town import BigTown, big_town
from bench.in_process import InProcess, running
from bench.result import Result
from bench.sizes import Size
from data.database import open_engine

ROUNDS: Final = 60
LARGE_ROWS: Final = 50_000


@dataclass(frozen=True)
class Asked:
    """A list: what it is, who reads it, where, and what is asked."""

    what: str
    login: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """A statement as it was sent."""

    statement: str
    values: Any


def lists_of(bbox: str) -> list[Asked]:
    """Every list, whole and as it is narrowed down at work; `bbox` is a view at zoom 16 or so."""
    api, all_of, street, officer = "/api/v1", "commander", "commander.street", "officer00007"
    return [
        Asked("cases, newest", all_of, f"{api}/cases"),
        Asked("cases, newest, 200 a page", all_of, f"{api}/cases", {"limit": 200}),
        Asked("cases of a street", street, f"{api}/cases"),
        Asked("cases of an officer", officer, f"{api}/cases"),
        Asked("cases of a unit", "handler1", f"{api}/cases", {"unit_id": 1}),
        Asked(
            "open cases by deadline", all_of, f"{api}/cases", {"state": "open", "sort": "deadline"}
        ),
        Asked("overdue cases of a street", street, f"{api}/cases", {"overdue": True}),
        Asked("cases of a grid", all_of, f"{api}/cases", {"grid_id": 1000}),
        Asked("cases of an area", all_of, f"{api}/cases", {"area_id": 40}),
        Asked("cases in triage", all_of, f"{api}/cases", {"triage": True, "state": "open"}),
        Asked("cases in a box", all_of, f"{api}/cases", {"bbox": bbox}),
        Asked("cases by number", all_of, f"{api}/cases", {"q": "0001234"}),
        Asked("points in a box", all_of, f"{api}/cases/points", {"bbox": bbox}),
        Asked("points in a box, officer", officer, f"{api}/cases/points", {"bbox": bbox}),
        Asked("grids", "planner", f"{api}/grids"),
        Asked("grids of a street", street, f"{api}/grids"),
        Asked("grids in a box", "planner", f"{api}/grids", {"bbox": bbox}),
        Asked("grids by name", "planner", f"{api}/grids", {"q": "第3网格"}),
        Asked("publication days", "planner", f"{api}/grids/days"),
        Asked("areas", "planner", f"{api}/areas"),
        Asked("areas of a street", street, f"{api}/areas"),
        Asked("communities", "planner", f"{api}/areas", {"level": "community"}),
        Asked("buildings", "planner", f"{api}/buildings"),
        Asked("buildings of a street", street, f"{api}/buildings"),
        Asked("buildings of a grid", "planner", f"{api}/buildings", {"grid_id": 1000}),
        Asked("buildings in a box", "planner", f"{api}/buildings", {"bbox": bbox}),
        Asked("buildings by address", "planner", f"{api}/buildings", {"q": "路11号"}),
        Asked("officers of a street", street, f"{api}/officers"),
        Asked("shifts", all_of, f"{api}/shifts"),
        Asked("shifts of a street", street, f"{api}/shifts"),
        Asked("shifts of an officer", officer, f"{api}/shifts"),
        Asked("shifts of a grid", all_of, f"{api}/shifts", {"grid_id": 10}),
        Asked("plans", "planner", f"{api}/plans"),
        Asked("temporary grids", all_of, f"{api}/temporary-grids"),
        Asked("hotspots of a street", street, f"{api}/hotspots", {"unit": "grid"}),
        Asked("hotspot runs", all_of, f"{api}/hotspots/runs"),
        Asked("accounts", "admin", f"{api}/accounts"),
        Asked("categories", all_of, f"{api}/categories"),
        Asked("units", all_of, f"{api}/units"),
        Asked("search", all_of, f"{api}/search", {"q": "幸福"}),
    ]


def run(size: Size) -> list[Result]:
    """Measure on the town of a size."""
    # The loop that the web server runs on.
    with big_town(size) as town, asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        return runner.run(measure(town))


async def measure(town: BigTown, rounds: int = ROUNDS, only: str = "") -> list[Result]:
    """Measure every list; `only`: those whose name begins so."""
    app = create_app(town.settings)
    bare = open_engine(town.urls.app, pool_size=1)
    asked = [one for one in lists_of(_bbox(bare)) if one.what.startswith(only)]
    headers = {login: town.headers(login) for login in {one.login for one in asked}}
    results, scans = [], []
    async with running(app) as client:
        with bare.connect() as connection:
            for one in asked:
                result, scanned = await _measure(
                    client, connection, one, headers[one.login], rounds=rounds
                )
                results.append(result)
                if scanned:
                    scans.append(f"{one.what} ({scanned})")
    bare.dispose()
    told = "; ".join(scans)
    return [
        *results,
        Result("lists", "lists that scan a large table", len(scans), None, "", "", "≤ 0", told),
    ]


async def _measure(
    client: InProcess,
    connection: Connection,
    one: Asked,
    headers: dict[str, str],
    *,
    rounds: int,
) -> tuple[Result, str]:
    # What a process keeps in memory is there: this is how every request but its first is.
    await client.get(one.path, headers, one.query)
    with _recorded(client.app.state.context.engine) as sent:
        answer = await client.get(one.path, headers, one.query)
    assert answer.status == 200, (one, answer.body)
    plans = [_plan(connection, each) for each in sent]
    ours, peer = np.zeros(rounds), np.zeros(rounds)
    cursor = connection.connection.cursor()
    rows = 0
    for turn in range(rounds):
        begun = time.perf_counter()
        await client.get(one.path, headers, one.query)
        middle = time.perf_counter()
        for each in sent:
            cursor.execute(each.statement, each.values)
            rows = max(rows, len(cursor.fetchall()))
        connection.commit()
        ours[turn], peer[turn] = middle - begun, time.perf_counter() - middle
    read = sum(count for plan in plans for count in _rows_read(plan))
    note = (
        f"{len(sent)} statements; medians {1e3 * np.median(ours):.1f} and"
        f" {1e3 * np.median(peer):.1f} ms; {read:,} rows read for {rows}"
    )
    p95_ms = 1e3 * np.percentile(ours, 95), 1e3 * np.percentile(peer, 95)
    result = Result("lists", one.what, p95_ms[0], p95_ms[1], "SQL", "ms p95", "≤ 2", note)
    scanned = {table for plan in plans for table in _scans(connection, plan)}
    return result, ", ".join(sorted(scanned))


@contextmanager
def _recorded(engine: Engine) -> Iterator[list[Sent]]:
    sent: list[Sent] = []

    def note(*call: Any) -> None:
        sent.append(Sent(call[2], call[3]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _plan(connection: Connection, sent: Sent) -> dict[str, Any]:
    cursor = connection.connection.cursor()
    cursor.execute(f"EXPLAIN (ANALYZE, TIMING off, FORMAT json) {sent.statement}", sent.values)
    told = cursor.fetchall()[0][0]
    plan: dict[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _rows_read(plan: dict[str, Any]) -> Iterator[int]:
    """Rows that the scans of tables went through, those thrown away as well."""
    for node in _nodes(plan):
        if "Relation Name" in node:
            gone = node.get("Rows Removed by Filter", 0)
            gone += node.get("Rows Removed by Index Recheck", 0)
            yield round((node["Actual Rows"] + gone) * node["Actual Loops"])


def _scans(connection: Connection, plan: dict[str, Any]) -> set[str]:
    """Large tables that are read from end to end."""
    tables = {
        node["Relation Name"]
        for node in _nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Actual Loops"] > 0
    }
    large = connection.execute(
        text("SELECT relname FROM pg_class WHERE relname = ANY(:names) AND reltuples >= :rows"),
        {"names": sorted(tables), "rows": LARGE_ROWS},
    ).scalars()
    return set(large)


def _bbox(engine: Engine) -> str:
    """A box of some thirty grids in the middle of the town."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT ST_X(c) AS lon, ST_Y(c) AS lat FROM (SELECT ST_Centroid(geom) AS c"
                " FROM area WHERE level = 'district') AS middle"
            )
        ).one()
    return f"{row.lon - 0.008},{row.lat - 0.006},{row.lon + 0.008},{row.lat + 0.006}"
