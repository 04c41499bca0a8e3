"""The peer of `bench.points`, run in the peers' environment: duckdb's spatial join.

Reads two .npy files and answers every line on its input with the seconds of one join.
"""

import resource
import sys
import time
from pathlib import Path

import duckdb  # type: ignore[import-not-found]
import duckdb_extension_spatial  # type: ignore[import-not-found]
import numpy as np


def main() -> None:
    """Load grids and points once; join whenever asked."""
    folder = Path(sys.argv[1])
    extension = next(
        Path(duckdb_extension_spatial.__file__).parent.rglob("spatial.duckdb_extension")
    )
    connection = duckdb.connect()
    connection.execute(f"LOAD '{extension}'")
    shapes = np.load(folder / "shapes.npy", allow_pickle=True)
    lonlat = np.load(folder / "points.npy")
    grids = {"id": np.arange(1, len(shapes) + 1), "hex": shapes}
    points = {"id": np.arange(len(lonlat)), "lon": lonlat[:, 0].copy(), "lat": lonlat[:, 1].copy()}
    connection.execute("CREATE TABLE grid AS SELECT id, ST_GeomFromHEXWKB(hex) AS geom FROM grids")
    connection.execute("CREATE TABLE point AS SELECT id, ST_Point(lon, lat) AS geom FROM points")
    assert len(grids["id"]) == len(shapes)
    assert len(points["id"]) == len(lonlat)
    print("ready", flush=True)
    for _ in sys.stdin:
        begun, used = time.perf_counter(), time.process_time()
        connection.execute(
            "CREATE OR REPLACE TABLE found AS SELECT point.id, grid.id AS grid FROM point"
            " JOIN grid ON ST_Intersects(grid.geom, point.geom)"
        )
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
        row = connection.execute("SELECT count(DISTINCT id), sum(grid) FROM found").fetchone()
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(seconds, cpu, row[0], row[1], round(peak_mb), flush=True)


main()
