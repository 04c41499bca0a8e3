"""How good a plan is: balance, shape, boundaries that follow roads, buildings left whole."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.along import NEAR_LINE_M
from geo.grids.coverage import Fault, find_plan_faults
from geo.grids.faces import BoolArray, FloatArray, GeometryArray, IntArray
from geo.grids.local import local_frame
from geo.grids.options import (
    GridOptions,
    fair_targets,
    households_wanted,
    kinds_of,
    locked_of,
)
from geo.grids.towers import TOO_LARGE, spread

CUT_M2 = 0.1
"""A building is cut when two grids of its area hold more than this of it."""
SAMPLE_M = 1.0
RIM_M = 0.05


@dataclass(frozen=True)
class GridScore:
    """The quality of a plan.

    Attributes
    ----------
    grids
        How many there are.
    adj5_pct, adj10_pct
        Grids within 5 and 10 % of the fair target of their area, H / round(H / target).
    contiguous_pct
        Grids of one piece.
    gaps, overlaps
        Places wider than a centimetre without a grid, or with two (or a grid beyond its area).
    compactness
        Mean Polsby–Popper, 4πA/P²; 1 is a circle.
    road5_pct
        Interior boundary within 5 m of a road.
    cut_pct
        Buildings cut that need not be, of those wholly inside one area. One too large for a grid
        has to be.
    households_min, households_mean, households_max
        Households in a grid.
    """

    grids: int
    adj5_pct: float
    adj10_pct: float
    contiguous_pct: float
    gaps: int
    overlaps: int
    compactness: float
    road5_pct: float
    cut_pct: float
    households_min: int
    households_mean: float
    households_max: int


def score(
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    households: int = 300,
    *,
    micro_households: int = 65,
    kept: gpd.GeoDataFrame | None = None,
) -> GridScore:
    """Measure a plan made by any means.

    Parameters
    ----------
    grids
        Polygons or multipolygons, and ``kind`` where it is ``site``: a whole site is never off,
        and the others share the rest of its area. So they do beside what is ``locked``, which is
        measured by what was wanted. Nothing else is trusted: households are counted anew from
        the buildings, and a grid's area is the one that holds most of it.
    buildings, roads, areas
        What it was made from; see :func:`geo.grids.generate`. The areas' ``kind`` and ``target``
        count.
    households, micro_households
        The target in areas that have none of their own.
    kept
        Grids that were locked, by their ``code``, where ``grids`` has no column ``locked``.
    """
    options = GridOptions(households=households, micro_households=micro_households)
    wanted = households_wanted(areas, options)
    site = np.array(kinds_of(areas)) == "site"
    frame = local_frame(areas)
    shapes, walls = frame.bring(grids), frame.bring(buildings)
    outlines, lines = frame.bring_areas(areas), frame.bring(roads)
    area = _area_of_grid(shapes, outlines)
    held = buildings["households"].to_numpy(dtype=np.int64)
    large = too_large(walls, held, outlines, np.where(site, np.iinfo(np.int64).max, wanted))
    counted = count_households(shapes, walls, held, large, area)
    whole = np.append(site, False)[area]
    if "kind" in grids.columns:
        whole |= (grids["kind"] == "site").to_numpy()
    locked = locked_of(grids, kept)
    shared = _targets(np.where(whole | locked, 0, counted), area, wanted)
    off = np.abs(counted / np.where(locked, np.append(wanted, wanted[:1])[area], shared) - 1)
    off[whole] = 0.0
    faults = find_plan_faults(grids, areas, area, frame)
    return GridScore(
        grids=len(shapes),
        adj5_pct=_percent(off <= 0.05),
        adj10_pct=_percent(off <= 0.10),
        contiguous_pct=_percent(shapely.get_num_geometries(shapes) == 1),
        gaps=_count(faults, "gap"),
        overlaps=_count(faults, "overlap") + _count(faults, "outside"),
        compactness=float(np.mean(4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2)),
        road5_pct=_along_roads_pct(shapes, outlines, area, lines),
        cut_pct=_cut_pct(shapes, area, walls[~large], outlines),
        households_min=int(counted.min()),
        households_mean=float(counted.mean()),
        households_max=int(counted.max()),
    )


def _percent(good: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(100 * np.mean(good)) if len(good) else 100.0


def _count(faults: list[Fault], kind: str) -> int:
    return sum(fault.kind == kind for fault in faults)


def _area_of_grid(shapes: GeometryArray, outlines: GeometryArray) -> IntArray:
    grid, area = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(shapes[grid], outlines[area]))
    found = np.full(len(shapes), -1, dtype=np.int64)
    order = np.argsort(shared_m2, kind="stable")
    found[grid[order]] = area[order]
    return found


def too_large(
    walls: GeometryArray, households: IntArray, outlines: GeometryArray, wanted: IntArray
) -> BoolArray:
    """Buildings that no grid of their area can hold."""
    large: BoolArray = np.zeros(len(walls), dtype=bool)
    at = np.flatnonzero(households > TOO_LARGE * wanted.min())
    inner = shapely.point_on_surface(walls[at])
    wall, area = shapely.STRtree(outlines).query(inner, predicate="intersects")
    large[at[wall]] = households[at[wall]] > TOO_LARGE * wanted[area]
    return large


def count_households(
    shapes: GeometryArray,
    walls: GeometryArray,
    households: IntArray,
    large: BoolArray,
    area: IntArray,
) -> IntArray:
    """Households of each grid: a building's lie at its inner point, a large one's all over it.

    Parameters
    ----------
    shapes, area
        Grids, and the area of each.
    walls, households
        Buildings.
    large
        Buildings that no grid can hold: theirs are spread over the grids of the area that their
        inner point lies in.
    """
    tree = shapely.STRtree(shapes)
    wall, grid = tree.query(shapely.point_on_surface(walls), predicate="intersects")
    wall, first = np.unique(wall, return_index=True)
    home, small = grid[first], ~large[wall]
    counted = np.bincount(home[small], households[wall[small]], minlength=len(shapes))
    counted = counted.astype(np.int64)
    for at, lies in zip(wall[~small].tolist(), home[~small].tolist(), strict=True):
        near = np.sort(tree.query(walls[at], predicate="intersects"))
        near = near[area[near] == area[lies]]
        shared_m2 = shapely.area(shapely.intersection(walls[at], shapes[near]))
        if shared_m2.sum() > 0:
            counted[near] += spread(int(households[at]), shared_m2)
    return counted


def _targets(counted: IntArray, area: IntArray, wanted: IntArray) -> FloatArray:
    totals = np.bincount(area + 1, counted, minlength=len(wanted) + 1)
    fair = fair_targets(totals, np.append(wanted[:1], wanted))
    return np.asarray(np.maximum(fair, 1)[area + 1])


def _along_roads_pct(
    shapes: GeometryArray, outlines: GeometryArray, area: IntArray, lines: GeometryArray
) -> float:
    """Share of the boundary between grids of one area that runs within 5 m of a road."""
    total_m = near_m = 0.0
    tree = shapely.STRtree(lines)
    for at in np.unique(area[area >= 0]).tolist():
        drawn = shapely.union_all(shapely.boundary(shapes[area == at]), grid_size=0.001)
        rim = shapely.buffer(shapely.boundary(outlines[at]), RIM_M)
        inner = shapely.segmentize(shapely.difference(drawn, rim), SAMPLE_M)
        points, part = shapely.get_coordinates(shapely.get_parts(inner), return_index=True)
        same = np.flatnonzero(part[1:] == part[:-1])
        length_m = np.hypot(*(points[same + 1] - points[same]).T)
        middle = shapely.points((points[same] + points[same + 1]) / 2)
        near = np.zeros(len(same), dtype=bool)
        near[tree.query(middle, predicate="dwithin", distance=NEAR_LINE_M)[0]] = True
        total_m += float(length_m.sum())
        near_m += float(length_m[near].sum())
    return 100 * near_m / total_m if total_m > 0 else 100.0


def _cut_pct(
    shapes: GeometryArray, area: IntArray, walls: GeometryArray, outlines: GeometryArray
) -> float:
    """Share of buildings wholly inside one area that two of its grids hold a part of."""
    inside = shapely.STRtree(outlines).query(walls, predicate="covered_by")[0]
    if len(inside) == 0:
        return 0.0
    whole = np.unique(inside)
    wall, grid = shapely.STRtree(shapes).query(walls[whole], predicate="intersects")
    shared_m2 = shapely.area(shapely.intersection(walls[whole][wall], shapes[grid]))
    held = np.bincount(wall[(shared_m2 > CUT_M2) & (area[grid] >= 0)], minlength=len(whole))
    return 100 * float(np.mean(held > 1))
