"""Tiles of the density raster: ours against titiler, from the same GeoTIFF, over HTTP.

Drawn: each tile is asked for once, by a server that has just begun. Again: the same tiles asked
for again. Ours looks up the session, cuts by the caller's area and tells browsers to ask again;
titiler does none of that. It is given the file on disk, one band, a range and a colour map.
"""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import text

from api.settings import Settings
from bench.big_town import BigTown, big_town
from bench.peers import ServerProcess, free_port, our_server, peer_program
from bench.result import Result
from bench.sizes import Size
from bench.sockets import request_bytes, requests_per_second
from bench.town_load import DISTRICT
from data.database import open_engine
from data.density_files import store_density
from data.files import open_files

ROUNDS: Final = 5
CLIENTS: Final = 8
ZOOMS: Final = (12, 13, 14, 15)
MOST_TILES: Final = 120
TITILER: Final = """
from fastapi import FastAPI
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers
from titiler.core.factory import TilerFactory

app = FastAPI()
app.include_router(TilerFactory().router)
add_exception_handlers(app, DEFAULT_STATUS_CODES)


@app.get("/healthz")
def health():
    return {}
"""


def run(size: Size) -> list[Result]:
    """Measure on the town of a size."""
    with big_town(size) as town, TemporaryDirectory() as folder:
        (Path(folder) / "peer_titiler.py").write_text(TITILER)
        run_id, raster, lon, lat = _store(town)
        file = Path(folder) / "density.tif"
        file.write_bytes(raster)
        tiles = _tiles(lon, lat)
        rates: dict[str, list[float]] = {"drawn": [], "peer": [], "again": [], "peer again": []}
        for _ in range(ROUNDS):
            headers = town.headers("commander")
            with our_server(town.environment, free_port()) as ours:
                paths = [f"/tiles/density/{run_id}/{tile}.png" for tile in tiles]
                _measure(ours, paths, headers, ("drawn", "again"), rates)
            with _titiler(Path(folder), free_port()) as peer:
                asked = urlencode({"url": str(file), "rescale": "0,1000", "colormap_name": "magma"})
                paths = [f"/tiles/WebMercatorQuad/{tile}.png?{asked}" for tile in tiles]
                _measure(peer, paths, {}, ("peer", "peer again"), rates)
    median = {name: float(np.median(figures)) for name, figures in rates.items()}
    note = f"z {ZOOMS[0]}–{ZOOMS[-1]}, {len(tiles)} tiles, {CLIENTS} clients, signed in"
    again = (median["again"], median["peer again"])
    drawn = (median["drawn"], median["peer"])
    what = "raster tiles"
    return [
        Result("raster_tiles", f"{what}, drawn", *drawn, "titiler", "req/s", "≥ 1", note),
        Result("raster_tiles", f"{what}, asked for again", *again, "titiler", "req/s", "≥ 1"),
    ]


def _store(town: BigTown) -> tuple[int, bytes, np.ndarray, np.ndarray]:
    """Store the density of all cases as that of a run of its own."""
    engine = open_engine(town.urls.owner, statement_timeout_s=0)
    settings: Settings = town.settings
    files = open_files(settings.home, settings.files_url)
    with engine.begin() as connection:
        rows = connection.execute(
            text("SELECT ST_X(geom) AS x, ST_Y(geom) AS y FROM hazard_case WHERE geom IS NOT NULL")
        ).all()
        lon, lat = np.array([row.x for row in rows]), np.array([row.y for row in rows])
        key = store_density(files, DISTRICT, lon, lat)
        assert key is not None
        run_id = connection.execute(
            text(
                "INSERT INTO hotspot_run (district_id, unit, period_from, period_to, cases,"
                " computed_at, settings, density_key) VALUES (:district, 'h3', :first, :last,"
                " :cases, :at, '{}', :key) RETURNING id"
            ),
            {
                "district": DISTRICT,
                "first": date(2020, 1, 1),
                "last": date(2020, 1, 28),
                "cases": len(rows),
                "at": datetime.now(UTC),
                "key": key,
            },
        ).scalar_one()
    engine.dispose()
    return run_id, bytes(files.get(key).bytes()), lon, lat


def _tiles(lon: np.ndarray, lat: np.ndarray) -> list[str]:
    """Tiles in which there are cases, the same in each run."""
    rng, found = np.random.default_rng(3), list[str]()
    for z in ZOOMS:
        chosen = rng.choice(len(lon), MOST_TILES)
        sine = np.sin(np.radians(lat[chosen]))
        x = (lon[chosen] / 360 + 0.5) * 2**z
        y = (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * 2**z
        tiles = dict.fromkeys(f"{z}/{int(a)}/{int(b)}" for a, b in zip(x, y, strict=True))
        found += list(tiles)[: MOST_TILES // len(ZOOMS)]
    return found


def _titiler(folder: Path, port: int) -> ServerProcess:
    command = [peer_program("uvicorn"), "peer_titiler:app", "--port", str(port)]
    return ServerProcess(
        [*command, "--log-level", "warning"], port, ready="/healthz", folder=folder
    )


def _measure(
    server: ServerProcess,
    paths: list[str],
    headers: dict[str, str],
    names: tuple[str, str],
    rates: dict[str, list[float]],
) -> None:
    requests = [request_bytes(server.url, path, headers) for path in paths]
    for name in names:
        rates[name].append(asyncio.run(requests_per_second(server.url, requests, CLIENTS)))
