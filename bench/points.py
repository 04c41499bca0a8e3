"""In which grid points lie: ours in the process, against duckdb's spatial join and PostGIS.

In bulk both sides hold grids and points in memory when the clock starts; ours then builds its
index and answers for every point, those outside included, while duckdb joins two tables.
Against PostGIS the same points are asked of the district in the database, as filing asks.
"""

import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil
import shapely
from sqlalchemy import Connection, text

from bench.big_town import big_town
from bench.peers import ROOT, peer_program
from bench.result import Result
from bench.sizes import FULL, SMALL, Size
from bench.town_ground import Ground, lay_ground
from data.database import open_engine
from data.grid_memory import grids_of_day
from geo.locate import OUTSIDE, GridIndex

ROUNDS: Final = 3
SQL_POINTS: Final = 2_000
DISTRICT: Final = 1
TODAY: Final = datetime.now(UTC).date()


def run(size: Size) -> list[Result]:
    """Measure with as many grids as a size has; against PostGIS always in the small town."""
    draw = np.random.default_rng(17)
    ground = lay_ground(size, draw)
    count = 1_000_000 if size == FULL else 100_000
    west, south, east, north = shapely.total_bounds(ground.shapes)
    points = np.column_stack([draw.uniform(west, east, count), draw.uniform(south, north, count)])
    return [*_against_duckdb(ground, points), _in_database(SMALL, points)]


def _against_duckdb(ground: Ground, points: Any) -> list[Result]:
    ours, cpu, peer, peer_cpu = [], [], [], []
    warm: list[float] = []
    with tempfile.TemporaryDirectory(prefix="sanbai-bench-") as name:
        folder = Path(name)
        np.save(folder / "shapes.npy", shapely.to_wkb(ground.shapes, hex=True))
        np.save(folder / "points.npy", points)
        command = [peer_program(), str(ROOT / "bench" / "points_peer.py"), name]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            before = psutil.Process().memory_info().rss
            for _ in range(ROUNDS):
                shapes = np.array(shapely.from_wkb(shapely.to_wkb(ground.shapes)))
                begun, used = time.perf_counter(), time.process_time()
                index = GridIndex(np.arange(1, len(shapes) + 1), shapes)
                found = index.locate(points[:, 0], points[:, 1])
                ours.append(time.perf_counter() - begun)
                cpu.append(time.process_time() - used)
                used = time.process_time()
                index.locate(points[:, 0], points[:, 1])
                warm.append(time.process_time() - used)
                child.stdin.write("\n")
                said = child.stdout.readline().split()
                peer.append(float(said[0]))
                peer_cpu.append(float(said[1]))
            grown_mb = (psutil.Process().memory_info().rss - before) / 2**20
            child.stdin.close()
    inside = found != OUTSIDE
    assert int(said[2]) == int(inside.sum()), (said, inside.sum())
    assert int(float(said[3])) == int(found[inside].sum())
    what = f"{len(points):,} points × {len(shapes):,} grids, index built"
    note = (
        f"CPU {np.median(cpu):.2f} and {np.median(peer_cpu):.2f} s; memory grown by"
        f" {grown_mb:.0f} MB, duckdb at {said[4]} MB; same answers"
    )
    rate = len(points) / float(np.median(warm))
    in_memory = f"in process, {len(shapes):,} grids in memory"
    bulk_s = float(np.median(ours)), float(np.median(peer))
    return [
        Result("points", what, *bulk_s, "duckdb", "s", "≤ 2", note),
        Result("points", in_memory, rate, None, "", "points/CPU s", "≥ 150000", "one thread"),
    ]


def _in_database(size: Size, points: Any) -> Result:
    """The district of a town in the database: grids in memory, and one query for all points."""
    with big_town(size) as town:
        engine = open_engine(town.urls.app)
        with engine.connect() as connection:
            lonlat = _around(connection, points[:SQL_POINTS])
            grids_of_day(connection, DISTRICT, TODAY)
            ours, peer = [], []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                kept = grids_of_day(connection, DISTRICT, TODAY)
                found = kept.locate(lonlat[:, 0], lonlat[:, 1])
                middle = time.perf_counter()
                rows = _asked(connection, lonlat)
                peer.append(time.perf_counter() - middle)
                ours.append(middle - begun)
        engine.dispose()
    said = [OUTSIDE if row.grid_id is None else row.grid_id for row in rows]
    assert found.tolist() == said
    rates = SQL_POINTS / float(np.median(ours)), SQL_POINTS / float(np.median(peer))
    note = f"{SQL_POINTS:,} points a question, {size.grids:,} grids; the state of grids is asked"
    what = "points asked of a district"
    return Result("points", what, *rates, "PostGIS", "points/s", "", note)


def _around(connection: Connection, points: Any) -> Any:
    """The same pattern of points, over the grids there are."""
    kept = grids_of_day(connection, DISTRICT, TODAY)
    low, high = np.split(shapely.total_bounds(kept.index.polygons), 2)
    share = (points - points.min(axis=0)) / np.ptp(points, axis=0)
    return low + share * (high - low)


def _asked(connection: Connection, lonlat: Any) -> Any:
    return connection.execute(
        text(
            "SELECT (SELECT v.grid_id FROM grid_version AS v WHERE v.district_id = :district_id"
            " AND v.validity @> CAST(:on AS date) AND ST_Intersects(v.geom,"
            " ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)) ORDER BY v.grid_id LIMIT 1) AS grid_id"
            " FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) WITH ORDINALITY"
            " AS p (lon, lat, turn) ORDER BY p.turn"
        ),
        {
            "district_id": DISTRICT,
            "on": TODAY,
            "lons": lonlat[:, 0].tolist(),
            "lats": lonlat[:, 1].tolist(),
        },
    ).all()
