"""How dividing grows from a town to a city: time and memory against households.

    .venv/bin/python -m bench.city [--tiles 1 4 13 39] [--scheduler tcp://host:8786]

A city is the demo town (60,000 households) laid side by side so many times. Each size runs in a
process of its own, so that the peak of memory is its own. Prints one line a size; the figure to
look at is the time per household against that of one town, measured in the same run.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from contextlib import nullcontext

import geopandas as gpd
import pandas as pd
from distributed import Client

from data.demo import Town, make_town
from data.demo.territory import COUNTY_CODE
from geo.grids import generate

TOWN_HOUSEHOLDS = 60_000
SEED = 300
STEP_M = 12_000.0
ACROSS = 8


def lay_out(town: Town, tiles: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Buildings, roads and communities of a city of so many towns, in metres."""
    metres = town.areas.estimate_utm_crs()
    layers = (town.buildings, town.roads, town.areas[town.areas["level"] == "community"])
    city = []
    for layer in (one.to_crs(metres) for one in layers):
        towns = []
        for tile in range(tiles):
            moved = layer.copy()
            x, y = tile % ACROSS * STEP_M, tile // ACROSS * STEP_M
            moved["geometry"] = moved.translate(x, y)
            if "level" in moved:
                moved["code"] = [
                    f"{int(COUNTY_CODE) + tile:06d}{code[6:]}" for code in moved["code"]
                ]
            towns.append(moved)
        city.append(gpd.GeoDataFrame(pd.concat(towns, ignore_index=True), crs=metres))
    return city[0], city[1], city[2]


def measure(tiles: int, scheduler: str | None) -> dict[str, float]:
    """Divide one city; seconds of the call, and the peak of this process."""
    buildings, roads, areas = lay_out(make_town(seed=SEED, households=TOWN_HOUSEHOLDS), tiles)
    client = nullcontext() if scheduler is None else Client(scheduler)  # type: ignore[no-untyped-call]
    with client as held:
        executor = None if held is None else held.get_executor()
        begun, used = time.perf_counter(), time.process_time()
        grids = generate(buildings, roads, areas, executor=executor)
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - used
    return {
        "tiles": tiles,
        "households": int(grids["households"].sum()),
        "grids": len(grids),
        "wall_s": round(wall_s, 1),
        "cpu_s": round(cpu_s, 1),
        "us_per_household": round(1e6 * wall_s / float(grids["households"].sum()), 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Run each size in a process of its own."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tiles", type=int, nargs="+", default=[1, 4, 13, 39])
    asked.add_argument("--scheduler")
    asked.add_argument("--one", type=int, help=argparse.SUPPRESS)
    said = asked.parse_args()
    if said.one is not None:
        print(json.dumps(measure(said.one, said.scheduler)))
        return
    for tiles in said.tiles:
        command = [sys.executable, "-m", "bench.city", "--one", str(tiles)]
        if said.scheduler is not None:
            command += ["--scheduler", said.scheduler]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
