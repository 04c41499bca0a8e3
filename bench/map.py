"""The map, our client's way: shape tiles from memory, the status array, the live stream.

Tiles: our server as it is against the same server with `SANBAI_TILE_MEMORY_MB=0` and
`SANBAI_SESSION_MEMORY_S=0`, which asks the database for each; both with sign-in, in alternation.
Stream: a case is reported in a transaction of its own; the time runs from its commit until each of
the clients has read the event. They are read in one process, whose own work is in the figure.
"""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
import psutil
from isal import igzip
from sqlalchemy import Engine, text

from api.app import create_app
from bench.big_town import BigTown, big_town
from bench.in_process import InProcess, running
from bench.map_browser import browser
from bench.peers import free_port, our_server
from bench.reporter import Reporter
from bench.result import Result
from bench.sizes import Size
from bench.sockets import KeptOpen, Listeners, request_bytes, requests_per_second
from bench.town_load import DISTRICT
from data.database import open_engine, query

ZOOMS: Final = (13, 14, 15, 16)
TILES_A_ZOOM: Final = 60
ROUNDS: Final = 6
CLIENTS: Final = 8
LISTENERS: Final = 500
CHANGES: Final = 30
BOUND_BYTES: Final = 256 * 1024


def run(size: Size) -> list[Result]:
    """Measure on the town of a size."""
    with big_town(size) as town:
        return [
            *asyncio.run(tiles(town)),
            *asyncio.run(bound(town)),
            *asyncio.run(status(town)),
            *asyncio.run(stream(town)),
            *browser(town),
        ]


async def _addresses(url: str, headers: dict[str, str]) -> list[str]:
    """Addresses of tiles of grids at each zoom, some per zoom, the same in each run."""
    async with KeptOpen(url) as connection:
        _, body = await connection.get(request_bytes(url, "/tiles/grids.json", headers))
    return list(_tiles_of(json.loads(body)))


def _tiles_of(described: dict[str, Any]) -> Iterator[str]:
    west, south, east, north = described["bounds"]
    rng = np.random.default_rng(1)
    for z in ZOOMS:
        for lon, lat in zip(
            rng.uniform(west, east, TILES_A_ZOOM),
            rng.uniform(south, north, TILES_A_ZOOM),
            strict=True,
        ):
            sine = np.sin(np.radians(lat))
            x = int((lon / 360 + 0.5) * 2**z)
            y = int((0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * 2**z)
            yield described["tiles"][0].format(z=z, x=x, y=y)


async def tiles(town: BigTown) -> list[Result]:
    """Requests a second from memory and by SQL, and what each costs the web process."""
    headers = town.headers("officer00001")
    bare = {"SANBAI_TILE_MEMORY_MB": "0", "SANBAI_SESSION_MEMORY_S": "0"}
    ports = free_port(), free_port()
    with (
        our_server(town.environment, ports[0]) as ours,
        our_server(town.environment | bare, ports[1]) as peer,
    ):
        paths = await _addresses(ours.url, headers)
        rates: dict[str, list[float]] = {ours.url: [], peer.url: []}
        cpu_ms: dict[str, list[float]] = {ours.url: [], peer.url: []}
        sent = {
            s.url: [request_bytes(s.url, path, headers) for path in paths] for s in (ours, peer)
        }
        # Drawn once, and the session looked up.
        await requests_per_second(ours.url, sent[ours.url], CLIENTS)
        for _ in range(ROUNDS):
            for server, times in ((ours, 10), (peer, 1)):
                process = psutil.Process(server.pid)
                before = sum(process.cpu_times()[:2])
                many = sent[server.url] * times
                rates[server.url].append(await requests_per_second(server.url, many, CLIENTS))
                used = sum(process.cpu_times()[:2]) - before
                cpu_ms[server.url].append(1e3 * used / len(many))
    rate = [float(np.median(rates[url])) for url in (ours.url, peer.url)]
    cost = [float(np.median(cpu_ms[url])) for url in (ours.url, peer.url)]
    note = f"z {ZOOMS[0]}–{ZOOMS[-1]}, {len(paths)} tiles, {CLIENTS} clients, signed in"
    return [
        Result("map", "shape tiles from memory", *rate, "SQL per request", "req/s", "≥ 5", note),
        Result("map", "a shape tile", *cost, "SQL", "ms CPU of web", "", "without PostgreSQL's"),
    ]


async def bound(town: BigTown) -> list[Result]:
    """Walk over more tiles than may be kept: what is kept stays below the bound."""
    app = create_app(town.settings)
    headers, most, drawn = town.headers("officer00001"), 0, 0
    async with running(app) as client:
        described = json.loads((await client.get("/tiles/grids.json", headers)).body)
        memory = app.state.context.memory
        memory.most_bytes = BOUND_BYTES
        for address in dict.fromkeys(_tiles_of(described)):
            path, _, version = address.partition("?v=")
            answer = await client.get(path, headers | {"Accept-Encoding": "gzip"}, {"v": version})
            drawn += len(answer.body)
            most = max(most, memory.held_bytes)
    note = f"{drawn / 1024:,.0f} KiB drawn; SANBAI_TILE_MEMORY_MB is 256 unless set"
    limit = f"≤ {BOUND_BYTES // 1024}"
    return [
        Result("map", "most tiles kept under a bound", most / 1024, None, "", "KiB", limit, note)
    ]


async def status(town: BigTown) -> list[Result]:
    """The status array of all grids: first, unchanged, after a change; CPU of the process."""
    app, headers = create_app(town.settings), town.headers("commander")
    headers |= {"Accept-Encoding": "gzip"}
    engine = open_engine(town.urls.app, pool_size=1)
    reporter = Reporter(engine)
    async with running(app) as client:
        # Whatever is made at the first request of a process is no cost of the array.
        await client.get("/api/v1/session", headers)
        first, packed = await _cost(client, headers)
        same = [(await _cost(client, headers))[0] for _ in range(10)]
        after, plain = [], []
        for _ in range(ROUNDS):
            reporter.report()
            after.append((await _cost(client, headers))[0])
            plain.append(_plain(engine))
    engine.dispose()
    raw = len(igzip.decompress(packed))
    unit, peer = "ms CPU", "rows → JSON"
    note = f"{town.size.grids:,} grids: {raw / 1e6:.2f} MB, {len(packed) / 1e6:.2f} MB packed"
    medians = [float(np.median(figures)) for figures in (same, after, plain)]
    return [
        Result("map", "status array, first of a process", first, None, "", unit, "", note),
        Result("map", "status array, a grid changed", medians[1], medians[2], peer, unit, "≤ 1"),
        Result("map", "status array, unchanged", medians[0], medians[2], peer, unit, "≤ 0.1"),
    ]


async def _cost(client: InProcess, headers: dict[str, str]) -> tuple[float, bytes]:
    begun = time.process_time()
    answer = await client.get("/api/v1/grid-status", headers)
    assert answer.status == 200
    return 1e3 * (time.process_time() - begun), answer.body


def _plain(engine: Engine) -> float:
    """The array made from rows in each request, neither kept nor packed."""
    begun = time.process_time()
    with engine.connect() as connection:
        day = connection.execute(text("SELECT current_date")).scalar_one()
        asked = {"district_id": DISTRICT, "day": day, "known": None, "oldest": None}
        rows = connection.execute(query("grid_status"), asked).all()
        names = list(rows[0]._fields)
        json.dumps({name: [row[i] for row in rows] for i, name in enumerate(names)})
    return 1e3 * (time.process_time() - begun)


async def stream(town: BigTown) -> list[Result]:
    """From the commit of a case until each client has been told; and a client that comes back."""
    engine = open_engine(town.urls.app, pool_size=1)
    reporter, port = Reporter(engine), free_port()
    with our_server(town.environment, port) as server:
        signed_in = town.all_headers(["commander"] * LISTENERS)
        async with KeptOpen(server.url) as connection:
            asked = request_bytes(server.url, "/api/v1/grid-status", signed_in[0])
            cursor = json.loads(igzip.decompress((await connection.get(asked))[1]))["cursor"]
        path = f"/api/v1/live?{urlencode({'since': cursor})}"
        listeners = Listeners()
        requests = [request_bytes(server.url, path, headers) for headers in signed_in]
        begun = time.perf_counter()
        await listeners.open(server.url, requests)
        opened = time.perf_counter() - begun
        process, told = psutil.Process(server.pid), []
        before = sum(process.cpu_times()[:2])
        for _ in range(CHANGES):
            committed = await asyncio.to_thread(reporter.report)
            told.append(1e3 * await listeners.all_told(committed))
        used = 1e3 * (sum(process.cpu_times()[:2]) - before) / CHANGES
        memory = process.memory_info().rss / 2**20
        listeners.close()
    engine.dispose()
    return _stream_results(np.array(told), used, opened, memory)


def _stream_results(
    told: np.ndarray[Any, Any], used: float, opened: float, memory: float
) -> Sequence[Result]:
    slowest = told.max(axis=1)
    clients, cases = told.shape[1], told.shape[0]
    note = f"{clients} clients, {cases} cases; slowest of each, median {np.median(slowest):.0f} ms"
    results = [
        Result("map", f"commit → event, p{p}", at, None, "", "ms", "", note)
        for p, at in zip((50, 95, 99), np.percentile(told, (50, 95, 99)).tolist(), strict=True)
    ]
    median = float(np.median(np.median(told, axis=1) / slowest))
    return [
        *results,
        Result("map", "median client : slowest", median, None, "", "of a change", ""),
        Result(
            "map",
            "one change told to all",
            used,
            None,
            "",
            "ms CPU of web",
            "",
            f"streams opened in {opened:.1f} s; {memory:.0f} MiB held by the process",
        ),
    ]
