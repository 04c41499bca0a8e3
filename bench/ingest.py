"""Track points of all officers at once: stored as the web process does, against a plain COPY.

Every round each officer sends a batch of fifty points of a new shift. Ours finds each point's
grid, checks its time and place, stores it with the command and its answer, and commits, group by
group. The peer is one COPY of as many rows of the same kind into the same table, by its owner,
with the same indexes and foreign key. Both are durable when they are done.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import numpy as np
import psycopg
import shapely
from sqlalchemy import Connection, Engine, text
from uuid_utils.compat import uuid7

from api.track_intake import MOST_AT_ONCE
from bench.big_town import BigTown, big_town
from bench.copying import copy_text
from bench.peers import free_port, our_server
from bench.result import Result
from bench.sizes import FULL, Size
from bench.sockets import requests_per_second
from data.database import open_engine
from data.patrols import Taken
from data.rights import let_act
from data.scope import Scope
from data.track_intake import Answered, Batch, take_batches

POINTS: Final = 50
ROUNDS: Final = 5
CLIENTS: Final = 128
COLUMNS: Final = (
    "district_id, shift_day, shift_id, seq, occurred_at, received_at, geom, accuracy_m, grid_id"
)


# All officers of a big town, without its million cases: they have no part in this.
PATROLS: Final = Size("patrols", across=150, down=100, cases=2_000, officers=5_000, days=1)


@dataclass(frozen=True)
class Duty:
    """A shift that has just begun, and a place in its grid."""

    shift_id: UUID
    account_id: UUID
    login: str
    grid_id: int
    lon: float
    lat: float


def run(size: Size) -> list[Result]:
    """Measure on the town of a size; in full with as many officers and fewer cases."""
    with big_town(PATROLS if size == FULL else size) as town:
        engine, owner = open_engine(town.urls.app, guarded=True), open_engine(town.urls.owner)
        try:
            return [_stored(town, engine, owner), _sent(town, owner)]
        finally:
            engine.dispose()
            owner.dispose()


def begin_shifts(owner: Engine, begun: datetime) -> list[Duty]:
    """Begin a tracked shift for every officer, in his first grid."""
    with owner.begin() as connection:
        connection.execute(text("SELECT make_track_week(CAST(:at AS date))"), {"at": begun})
        rows = connection.execute(
            text(
                "SELECT DISTINCT ON (a.id) a.id, a.login, v.grid_id, ST_X(v.label) AS lon,"
                " ST_Y(v.label) AS lat FROM assignment AS s JOIN account AS a"
                " ON a.district_id = s.district_id AND a.id = s.account_id JOIN grid_version AS v"
                " ON v.district_id = s.district_id AND v.grid_id = s.grid_id"
                " AND upper_inf(v.validity) WHERE s.role = 'officer' ORDER BY a.id, v.grid_id"
            )
        ).all()
        duties = [Duty(uuid4(), *row) for row in rows]
        connection.execute(
            text(
                "INSERT INTO shift (district_id, shift_day, id, account_id, kind, grid_ids,"
                " tracked, source, started_at, received_at) SELECT 1, CAST(:at AS date), s.id,"
                " s.account, 'patrol', ARRAY[s.grid], true, 'phone', :at, :at FROM unnest("
                "CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:grids AS bigint[]))"
                " AS s (id, account, grid)"
            ),
            {
                "at": begun,
                "ids": [duty.shift_id for duty in duties],
                "accounts": [duty.account_id for duty in duties],
                "grids": [duty.grid_id for duty in duties],
            },
        )
    return duties


def walks(duties: list[Duty]) -> tuple[Any, Any]:
    """Fifty steps around each place; longitude and latitude of shape (shifts, points)."""
    steps = np.random.default_rng(11).uniform(-2e-4, 2e-4, (2, len(duties), POINTS))
    lon = np.array([duty.lon for duty in duties])[:, None] + steps[0]
    lat = np.array([duty.lat for duty in duties])[:, None] + steps[1]
    return np.round(lon, 7), np.round(lat, 7)


def _stored(town: BigTown, engine: Engine, owner: Engine) -> Result:
    ours, peer, cpu = [], [], []
    with psycopg.connect(town.urls.owner) as bare:
        settings = {
            name: bare.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit")
        }
        bare.commit()
        for _ in range(ROUNDS + 1):
            at = datetime.now(UTC)
            begun = at - timedelta(hours=1)
            batches = _batches(begin_shifts(owner, begun), begun, at)
            lines = _lines(begin_shifts(owner, begun), begun, at)
            start, used = time.perf_counter(), time.process_time()
            _take(engine, batches)
            middle = time.perf_counter()
            cpu.append(time.process_time() - used)
            copy_text(bare, "track_point", COLUMNS, lines)
            bare.commit()
            ours.append(middle - start)
            peer.append(time.perf_counter() - middle)
    count = len(batches) * POINTS
    # The first round also brings the grids into memory.
    ours_s, peer_s = float(np.median(ours[1:])), float(np.median(peer[1:]))
    durable = ", ".join(f"{name} {said[0]}" for name, said in settings.items() if said)
    note = (
        f"{len(batches):,} officers × {POINTS} points, {MOST_AT_ONCE} batches a commit; {durable};"
        f" {1e6 * float(np.median(cpu[1:])) / count:.1f} µs a point in our process"
    )
    what = "track points stored"
    return Result("ingest", what, count / ours_s, count / peer_s, "COPY", "points/s", "≥ 0.5", note)


def _take(engine: Engine, batches: list[Batch]) -> None:
    for start in range(0, len(batches), MOST_AT_ONCE):
        group = batches[start : start + MOST_AT_ONCE]
        with engine.begin() as connection:
            let_act(connection, Scope(district_id=1))
            outcomes = take_batches(connection, 1, group, _told)
        accepted = [one.answer["accepted"] for one in outcomes if isinstance(one, Answered)]
        assert accepted == [POINTS] * len(group), accepted


def _told(taken: Taken) -> dict[str, Any]:
    return {"accepted": taken.accepted, "duplicates": taken.duplicates, "refused": []}


def _batches(duties: list[Duty], begun: datetime, at: datetime) -> list[Batch]:
    lon, lat = walks(duties)
    seq = np.arange(POINTS)
    occurred_us = int(begun.timestamp() * 1e6) + 1_000_000 * (seq + 1)
    return [
        Batch(
            account_id=duty.account_id,
            shift_id=duty.shift_id,
            operation_id=uuid7(),
            digest=bytes(32),
            received_at=at,
            seq=seq,
            occurred_us=occurred_us,
            lon=lon[row],
            lat=lat[row],
            accuracy_m=np.full(POINTS, 6.0),
        )
        for row, duty in enumerate(duties)
    ]


def _lines(duties: list[Duty], begun: datetime, at: datetime) -> str:
    lon, lat = walks(duties)
    points = shapely.set_srid(shapely.points(lon, lat), 4326)
    spots = shapely.to_wkb(points, hex=True, include_srid=True)
    times = [(begun + timedelta(seconds=turn + 1)).isoformat() for turn in range(POINTS)]
    return "".join(
        f"1\t{begun:%Y-%m-%d}\t{duty.shift_id}\t{turn}\t{times[turn]}\t{at.isoformat()}\t"
        f"{spots[row, turn]}\t6\t{duty.grid_id}\n"
        for row, duty in enumerate(duties)
        for turn in range(POINTS)
    )


def _sent(town: BigTown, owner: Engine) -> Result:
    """The same over HTTP: signed in, a request for each officer."""
    begun = datetime.now(UTC) - timedelta(hours=1)
    with our_server(town.environment, free_port()) as server:
        duties = begin_shifts(owner, begun)
        headers = dict(zip(duties, town.all_headers([d.login for d in duties]), strict=True))
        requests = _requests(server.url, duties, headers, begun)
        rate = asyncio.run(requests_per_second(server.url, requests, CLIENTS))
    with owner.connect() as connection:
        stored, commits = _what_came(connection, duties)
    assert stored == len(duties) * POINTS, stored
    note = (
        f"{len(requests):,} requests over {CLIENTS} connections, {rate:.0f} a second, one process;"
        f" {commits} commits"
    )
    return Result("ingest", "track points over HTTP", rate * POINTS, None, "", "points/s", "", note)


def _requests(
    url: str, duties: list[Duty], headers: dict[Duty, dict[str, str]], begun: datetime
) -> list[bytes]:
    lon, lat = walks(duties)
    times = [(begun + timedelta(seconds=turn + 1)).isoformat() for turn in range(POINTS)]
    requests = []
    for row, duty in enumerate(duties):
        points = [
            {"seq": turn, "occurred_at": times[turn], "lon": x, "lat": y, "accuracy_m": 6}
            for turn, (x, y) in enumerate(zip(lon[row].tolist(), lat[row].tolist(), strict=True))
        ]
        body = json.dumps({"points": points}).encode()
        lines = [
            f"POST /api/v1/shifts/{duty.shift_id}/points HTTP/1.1",
            f"Host: {url.removeprefix('http://')}",
            f"Operation-Id: {uuid7()}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            *(f"{name}: {said}" for name, said in headers[duty].items()),
        ]
        requests.append(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
    return requests


def _what_came(connection: Connection, duties: list[Duty]) -> tuple[int, int]:
    row = connection.execute(
        text(
            "SELECT count(*), count(DISTINCT CAST(xmin AS text)) FROM track_point"
            " WHERE shift_id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ids": [duty.shift_id for duty in duties]},
    ).one()
    return int(row[0]), int(row[1])
