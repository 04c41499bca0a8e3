"""Status inside the tile, for QGIS and others: ours against tipg, and against one SQL per request.

All tell of the same grids with the same counters, z 13–16, while another connection changes one
grid in twenty every three seconds. Ours is asked with sign-in on, tipg without, each over HTTP
from the same clients, in alternation; the SQL is sent bare, over as many connections, with the
shapes simplified for the zoom. CPU is that of the web process with PostgreSQL's for it.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final
from urllib.parse import quote

import numpy as np
import psutil
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from bench.big_town import BigTown, big_town
from bench.peers import ServerProcess, free_port, our_server, peer_program
from bench.result import Result
from bench.sizes import Size
from bench.sockets import asked_for_seconds, request_bytes, requests_per_second
from bench.town_load import DISTRICT
from data.database import open_engine
from data.shapes import band_of
from tiles.address import Tile

ZOOMS: Final = (13, 14, 15, 16)
TILES_A_ZOOM: Final = 40
ROUNDS: Final = 4
ENOUGH_S: Final = 6.0
CLIENTS: Final = 8
CHANGED_SHARE: Final = 0.05
EVERY_S: Final = 3.0

COLUMNS: Final = """v.code, v.name, v.kind, v.households, s.open_cases AS open,
    s.overdue_cases AS overdue, s.handled_cases AS handled, s.closed_cases AS closed,
    s.patrols_30d, 100 * s.closed_cases / nullif(s.closed_cases + s.overdue_cases, 0)
    AS rectified_percent, current_date - CAST(s.last_patrol_at AS date) AS last_patrol_days"""
FOR_TIPG: Final = f"""
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO sanbai_app;
CREATE TABLE bench.grids AS SELECT v.grid_id AS id, v.district_id, v.geom FROM grid_version AS v
    WHERE v.validity @> current_date;
ALTER TABLE bench.grids ADD PRIMARY KEY (id);
CREATE INDEX ON bench.grids USING gist (geom);
ANALYZE bench.grids;
CREATE VIEW bench.status AS SELECT g.id, g.geom, {COLUMNS}
    FROM bench.grids AS g
    JOIN grid_version AS v ON v.district_id = g.district_id AND v.grid_id = g.id
        AND v.validity @> current_date
    JOIN grid_status AS s ON s.district_id = g.district_id AND s.grid_id = g.id;
GRANT SELECT ON bench.grids, bench.status TO sanbai_app;
"""  # noqa: S608
ONE_SQL: Final = text(f"""
SELECT ST_AsMVT(f, 'grid-status', 4096, 'geom', 'id') FROM (
    SELECT v.grid_id AS id, {COLUMNS},
           ST_AsMVTGeom(h.geom, ST_TileEnvelope(:z, :x, :y), 4096, 64) AS geom
    FROM grid_shape AS h
    JOIN grid_version AS v ON v.district_id = h.district_id AND v.id = h.grid_version_id
    JOIN grid_status AS s ON s.district_id = v.district_id AND s.grid_id = v.grid_id
    WHERE h.district_id = :district_id AND h.min_zoom = :band
      AND h.geom && ST_TileEnvelope(:z, :x, :y, margin => 0.015625)
      AND v.validity @> current_date
) AS f WHERE f.geom IS NOT NULL
""")  # noqa: S608
CHANGE: Final = text(
    "UPDATE grid_status SET open_cases = open_cases + 1, changed_in = pg_current_xact_id()"
    " WHERE district_id = :district_id AND grid_id = ANY(:grids)"
)


def run(size: Size) -> list[Result]:
    """Measure on the town of a size."""
    with big_town(size) as town:
        return measure(town)


def measure(town: BigTown) -> list[Result]:
    """Ours, tipg and bare SQL in alternation, on a town that changes meanwhile."""
    owner = open_engine(town.urls.owner, statement_timeout_s=0)
    with owner.begin() as connection:
        connection.execute(text(FOR_TIPG))
    tiles, port, peer_port = _tiles(owner), free_port(), free_port()
    rates: dict[str, list[float]] = {"ours": [], "tipg": [], "sql": []}
    cost: dict[str, list[float]] = {"ours": [], "tipg": []}
    engine = open_engine(town.urls.app, pool_size=CLIENTS)
    with (
        our_server(town.environment, port) as ours,
        _tipg(town, peer_port) as peer,
        changing(town, owner) as changes,
    ):
        headers = town.headers("commander")
        asked = {
            "ours": (ours, [_ours(ours, tile, headers) for tile in tiles]),
            "tipg": (peer, [_theirs(peer, tile) for tile in tiles]),
        }
        for server, requests in asked.values():
            asyncio.run(requests_per_second(server.url, requests, CLIENTS))
        for _ in range(ROUNDS):
            for name, (server, requests) in asked.items():
                rate, cpu_ms = _over_http(town, server, requests)
                rates[name].append(rate)
                cost[name].append(cpu_ms)
            rates["sql"].append(_bare(engine, tiles))
    engine.dispose()
    owner.dispose()
    return _results(town, rates, cost, len(tiles), changes)


def _results(
    town: BigTown,
    rates: dict[str, list[float]],
    cost: dict[str, list[float]],
    tiles: int,
    changes: list[float],
) -> list[Result]:
    rate = {name: float(np.median(figures)) for name, figures in rates.items()}
    cpu = {name: float(np.median(figures)) for name, figures in cost.items()}
    note = (
        f"z {ZOOMS[0]}–{ZOOMS[-1]}, {tiles} tiles, {CLIENTS} clients; of {town.size.grids:,} grids"
        f" {int(town.size.grids * CHANGED_SHARE):,} changed {len(changes)} times meanwhile,"
        f" {np.median(changes):.2f} s each"
    )
    what, bench = "status inside the tile", "status_tiles"
    bare = "no HTTP, no sign-in, no packing"
    return [
        Result(bench, what, rate["ours"], rate["tipg"], "tipg", "req/s", "≥ 40", note),
        Result(bench, what, rate["ours"], rate["sql"], "one SQL per request", "req/s", "", bare),
        Result(
            bench,
            "a tile, web and PostgreSQL",
            cpu["ours"],
            cpu["tipg"],
            "tipg",
            "ms CPU",
            "≤ 0.025",
        ),
    ]


def _tiles(engine: Engine) -> list[Tile]:
    """Tiles of each zoom, the same in each run."""
    with engine.connect() as connection:
        west, south, east, north = connection.execute(
            text(
                "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM"
                " (SELECT ST_Extent(geom) AS e FROM bench.grids) AS whole"
            )
        ).one()
    rng = np.random.default_rng(1)
    found = []
    for z in ZOOMS:
        lon = rng.uniform(west, east, TILES_A_ZOOM)
        sine = np.sin(np.radians(rng.uniform(south, north, TILES_A_ZOOM)))
        x = (lon / 360 + 0.5) * 2**z
        y = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * 2**z
        found += [Tile(z, int(a), int(b)) for a, b in zip(x, y, strict=True)]
    return list(dict.fromkeys(found))


def _ours(server: ServerProcess, tile: Tile, headers: dict[str, str]) -> bytes:
    path = f"/tiles/grid-status/{tile.z}/{tile.x}/{tile.y}.mvt"
    return request_bytes(server.url, path, headers)


def _theirs(server: ServerProcess, tile: Tile) -> bytes:
    path = f"/collections/bench.status/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"
    return request_bytes(server.url, path, {})


def _tipg(town: BigTown, port: int) -> ServerProcess:
    url = make_url(town.urls.app)
    folder = quote(str(url.query["host"]), safe="")
    address = f"postgresql://{url.username}:{url.password}@{folder}/{url.database}"
    command = [peer_program("uvicorn"), "tipg.main:app", "--port", str(port)]
    return ServerProcess(
        [*command, "--log-level", "warning"],
        port,
        ready="/healthz",
        environment={"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["bench"]'},
    )


@contextmanager
def changing(town: BigTown, engine: Engine) -> Iterator[list[float]]:
    """Change one grid in twenty every three seconds; seconds that each change took."""
    done, took = Event(), list[float]()
    with engine.connect() as connection:
        grids = np.array(
            connection.execute(text("SELECT grid_id FROM grid_status ORDER BY 1")).scalars().all()
        )

    def change() -> None:
        rng = np.random.default_rng(2)
        while not done.wait(EVERY_S):
            chosen = rng.choice(grids, int(town.size.grids * CHANGED_SHARE), replace=False)
            begun = time.perf_counter()
            with engine.begin() as connection:
                connection.execute(CHANGE, {"district_id": DISTRICT, "grids": chosen.tolist()})
            took.append(time.perf_counter() - begun)

    thread = Thread(target=change, name="changes", daemon=True)
    thread.start()
    try:
        yield took
    finally:
        done.set()
        thread.join()


def _over_http(town: BigTown, server: ServerProcess, requests: list[bytes]) -> tuple[float, float]:
    """Ask for all tiles again and again for some seconds: requests a second, ms CPU a request."""
    before = _cpu_s(town, server)
    sent, took_s = asked_for_seconds(server.url, requests, CLIENTS, ENOUGH_S)
    return sent / took_s, 1e3 * (_cpu_s(town, server) - before) / sent


def _cpu_s(town: BigTown, server: ServerProcess) -> float:
    """CPU of a server, and of the backends that serve the run-time role in this database."""
    name = f"postgres: {make_url(town.urls.app).username} {make_url(town.urls.app).database} "
    total = sum(psutil.Process(server.pid).cpu_times()[:2])
    for process in psutil.process_iter(["cmdline"]):
        if " ".join(process.info["cmdline"] or []).startswith(name):
            total += sum(process.cpu_times()[:2])
    return total


def _bare(engine: Engine, tiles: list[Tile]) -> float:
    def fetch(tile: Tile) -> None:
        asked = {"z": tile.z, "x": tile.x, "y": tile.y, "band": band_of(tile.z)}
        with engine.connect() as connection:
            connection.execute(ONE_SQL, asked | {"district_id": DISTRICT}).scalar_one()

    begun = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(fetch, tiles))
    return len(tiles) / (time.perf_counter() - begun)
