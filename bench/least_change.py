"""How many households change grid when a plan is brought up to date, against dividing anew.

    .venv/bin/python -m bench.least_change [--households 20000] [--share 0.03]
    .venv/bin/python -m bench.least_change --buildings b.gpkg --roads r.gpkg --areas a.gpkg
    .venv/bin/python -m bench.least_change … --in-a-row 5 --chains 6

The present plan is what ``generate`` makes of a town. Then some of its buildings change: a third
of them is pulled down, a third gets other households, and as many again are built on free ground;
once clustered in a few places, as new estates are, and once anywhere. Dividing anew is given the
best case: its grids are matched with the present ones so that the most households keep theirs.

``--in-a-row`` revises again and again instead, each time what the last revision made, in metres
and in degrees; it tells what becomes of shape and balance, and which areas were not revised.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.optimize import linear_sum_assignment

from data.demo import make_town
from geo.grids import GridError, GridScore, generate, revise, score
from geo.grids.faces import GeometryArray, IntArray

SEED = 300
PLACES = 5
REACH_M = 250.0
TRIES = 60


@dataclass(frozen=True)
class Ground:
    """A town in metres: buildings, roads, areas."""

    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame


def change(town: Ground, share: float, *, clustered: bool, seed: int) -> gpd.GeoDataFrame:
    """Return the buildings after a share of them changed; those that stay keep their index."""
    draw = np.random.default_rng(seed)
    buildings = town.buildings
    count = round(len(buildings) * share / 3)
    places = _places(buildings, draw, clustered=clustered)
    distance = shapely.distance(
        shapely.centroid(buildings.geometry.to_numpy())[:, None], places[None, :]
    ).min(axis=1)
    rank = distance if clustered else draw.random(len(buildings))
    near = buildings.index[np.argsort(rank, kind="stable")[: 2 * count]]
    gone, altered = np.split(draw.permutation(near), 2)
    after = buildings.drop(index=gone)
    lived_in = np.sort(buildings["households"][buildings["households"] > 0].to_numpy())
    likely = lived_in[len(lived_in) // 2 :] if clustered else lived_in
    after.loc[altered, "households"] = draw.choice(likely, len(altered))
    built = _build(town, after, places, count, draw)
    new = gpd.GeoDataFrame(
        {"households": draw.choice(likely, len(built))}, geometry=built, crs=buildings.crs
    )
    new.index = pd.RangeIndex(len(new)) + buildings.index.max() + 1
    return gpd.GeoDataFrame(pd.concat([after, new]), crs=buildings.crs)


def _places(
    buildings: gpd.GeoDataFrame, draw: np.random.Generator, *, clustered: bool
) -> GeometryArray:
    inner = shapely.centroid(buildings.geometry.to_numpy())
    chosen = draw.choice(len(inner), PLACES if clustered else len(inner) // 10, replace=False)
    return np.asarray(inner[chosen], dtype=np.object_)


def _build(
    town: Ground,
    standing: gpd.GeoDataFrame,
    places: GeometryArray,
    count: int,
    draw: np.random.Generator,
) -> list[shapely.Polygon]:
    """Put copies of buildings on free ground near some places."""
    walls = standing.geometry.to_numpy()
    taken, roads = shapely.STRtree(walls), shapely.STRtree(town.roads.geometry.to_numpy())
    areas = shapely.STRtree(town.areas.geometry.to_numpy())
    built: list[shapely.Polygon] = []
    for turn in range(TRIES * count):
        if len(built) == count:
            break
        model = walls[draw.integers(len(walls))]
        goal = places[turn % len(places)]
        x, y = draw.normal(0, REACH_M, 2)
        shift = np.array([goal.x + x - model.centroid.x, goal.y + y - model.centroid.y])
        house = shapely.transform(model, lambda points, shift=shift: points + shift)
        yard = house.buffer(2)
        free = len(taken.query(yard, "intersects")) == 0 == len(roads.query(yard, "intersects"))
        free = free and len(areas.query(yard, "within")) == 1
        if free and not any(yard.intersects(other) for other in built):
            built.append(house)
    return built


def home_of(buildings: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> pd.Series:
    """Grid of each building, by its inner point; -1 outside."""
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    building, grid = shapely.STRtree(grids.geometry.to_numpy()).query(points, "intersects")
    home = pd.Series(-1, index=buildings.index)
    home.iloc[building[::-1]] = grid[::-1]
    return home


def kept_share(
    before: pd.Series, after: pd.Series, households: pd.Series, names: IntArray | None
) -> float:
    """Share of households, in buildings that stand before and after, whose grid goes on.

    ``names`` has for each grid afterwards the one that it continues, or -1; None matches them
    so that most households stay.
    """
    both = before.index.intersection(after.index)
    one, other = before[both].to_numpy(), after[both].to_numpy()
    weight = households[both].to_numpy()
    inside = (one >= 0) & (other >= 0)
    one, other, weight = one[inside], other[inside], weight[inside]
    if names is None:
        common = np.zeros((one.max() + 1, other.max() + 1))
        np.add.at(common, (one, other), weight)
        rows, columns = linear_sum_assignment(-common)
        names = np.full(common.shape[1], -1)
        names[columns] = rows
    return float(weight[names[other] == one].sum() / weight.sum())


def line(what: str, found: GridScore, seconds: float, moved: float | None) -> str:
    """One row of the table."""
    share = "" if moved is None else f"{100 * moved:.1f}"
    return (
        f"| {what} | {share} | {found.grids} | {found.adj5_pct:.0f}/{found.adj10_pct:.0f} | "
        f"{found.compactness:.3f} | {found.road5_pct:.1f} | {found.gaps + found.overlaps} | "
        f"{found.cut_pct:.2f} | {seconds:.1f} |"
    )


def measure(town: Ground, share: float, seed: int) -> None:
    """Print the table for one town."""
    print("| | moved % | grids | ±5/±10 % | PP | road5 % | faults | cut % | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    begun = time.perf_counter()
    present = generate(town.buildings, town.roads, town.areas)
    took = time.perf_counter() - begun
    quality = score(present, town.buildings, town.roads, town.areas)
    print(line("present plan", quality, took, None))
    before = home_of(town.buildings, present)
    for clustered in (True, False):
        now = change(town, share, clustered=clustered, seed=seed)
        kind = "clustered" if clustered else "anywhere"
        quality = score(present, now, town.roads, town.areas)
        print(line(f"{kind}: as it is", quality, 0.0, 0.0))
        begun = time.perf_counter()
        revised = revise(present, now, town.roads, town.areas, before=town.buildings)
        took = time.perf_counter() - begun
        names = present.reset_index().set_index("code")["index"]
        goes_on = revised["was"].map(names).fillna(-1).to_numpy(dtype=np.int64)
        kept = kept_share(before, home_of(now, revised), now["households"], goes_on)
        quality = score(revised, now, town.roads, town.areas)
        print(line(f"{kind}: least change", quality, took, 1 - kept))
        begun = time.perf_counter()
        anew = generate(now, town.roads, town.areas)
        took = time.perf_counter() - begun
        kept = kept_share(before, home_of(now, anew), now["households"], None)
        quality = score(anew, now, town.roads, town.areas)
        print(line(f"{kind}: divided anew", quality, took, 1 - kept))


def in_a_row(town: Ground, share: float, seed: int, count: int, crs: object) -> tuple[int, int]:
    """Revise a plan again and again; return the revisions, and those with an area left as it is."""
    ground, left = town, 0
    plan = generate(town.buildings, town.roads, town.areas).to_crs(crs)
    areas, roads = town.areas.to_crs(crs), town.roads.to_crs(crs)
    used = set(plan["code"])
    for turn in range(count):
        now = change(ground, share, clustered=(seed + turn) % 2 == 0, seed=1000 * seed + turn)
        begun = time.process_time()
        buildings, before = now.to_crs(crs), ground.buildings.to_crs(crs)
        try:
            plan = revise(plan, buildings, roads, areas, before=before, used=used)
        except GridError as error:
            left += 1
            print(f"| {seed}.{turn + 1}: refused, {error} |")
            continue
        took = time.process_time() - begun
        used |= set(plan["code"])
        left += bool(plan.attrs["not_revised"])
        moved = plan.attrs["households_moved"] / plan.attrs["households_compared"]
        print(line(f"{seed}.{turn + 1}", score(plan, buildings, roads, areas), took, moved))
        for one in plan.attrs["not_revised"]:
            print(f"| not revised: {one['area']}, {one['message_en']} |")
        ground = Ground(now, town.roads, town.areas)
    return count, left


def read(paths: list[Path]) -> Ground:
    """Read files of one's own, in metres."""
    buildings, roads, areas = (gpd.read_file(path) for path in paths)
    metres = areas.estimate_utm_crs()
    return Ground(buildings.to_crs(metres), roads.to_crs(metres), areas.to_crs(metres))


def demo(households: int) -> Ground:
    """Make the demo town, in metres."""
    town = make_town(seed=SEED, households=households)
    metres = town.areas.estimate_utm_crs()
    areas = town.areas[town.areas["level"] == "community"].reset_index(drop=True)
    return Ground(town.buildings.to_crs(metres), town.roads.to_crs(metres), areas.to_crs(metres))


def main() -> None:
    """Measure one town."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--households", type=int, default=20_000, help="size of the demo town")
    asked.add_argument("--share", type=float, default=0.03, help="buildings that change")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--in-a-row", type=int, default=0, help="revisions one after the other")
    asked.add_argument("--chains", type=int, default=1, help="so often, in metres and in degrees")
    for layer in ("buildings", "roads", "areas"):
        asked.add_argument(f"--{layer}", type=Path)
    said = asked.parse_args()
    files = [said.buildings, said.roads, said.areas]
    town = demo(said.households) if None in files else read(files)
    if said.in_a_row:
        done = [
            in_a_row(town, said.share, seed, said.in_a_row, crs)
            for crs in (town.areas.crs, "EPSG:4326")
            for seed in range(said.chains)
        ]
        revisions, left = np.sum(done, axis=0)
        print(f"{left} of {revisions} revisions left an area as it was")
        return
    measure(town, said.share, said.seed)


if __name__ == "__main__":
    main()
