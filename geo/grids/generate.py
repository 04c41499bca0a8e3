"""Divide areas into grids of about 300 households."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.cells import Town
from geo.grids.codes import MOST_GRIDS, grid_code, grid_name, reading_order
from geo.grids.coverage import find_plan_faults
from geo.grids.divide import Divided, Wish, divide_area, split_town
from geo.grids.errors import GridInputError, GridPlanError
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.inputs import bring_town, check_areas
from geo.grids.local import LocalFrame, local_frame
from geo.grids.options import GridOptions
from geo.grids.partition import Partitioner, partition
from geo.grids.rims import share_corners

__all__ = ["STAGES", "GridOptions", "Progress", "generate"]

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and the stage: one of ``STAGES``."""

STAGES = ("blocks", "grids", "check", "done")
_BLOCKS, _CHECK, _ALL = 10, 95, 100


@dataclass(frozen=True)
class _Drawn:
    """Grids before they are numbered: local shape, area, households."""

    shapes: GeometryArray
    area: IntArray
    households: IntArray


def generate(
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    options: GridOptions | None = None,
    progress: Progress | None = None,
    *,
    water: gpd.GeoDataFrame | None = None,
    partitioner: Partitioner = partition,
    executor: Executor | None = None,
) -> gpd.GeoDataFrame:
    """Divide areas into grids that tile them and follow roads, water and walls.

    Parameters
    ----------
    buildings
        Polygons with whole ``households`` from 0 up. Overlapping ones count as one; a building
        on the border of two areas counts where its inner point lies.
    roads
        Lines; may be empty.
    areas
        Polygons or multipolygons that do not overlap, with ``code`` (12 digits; a provisional
        one is made where there is none) and, if wanted, ``name``.
    options
        See :class:`GridOptions`.
    progress
        Called with ``(done, total, stage)``.
    water
        Lines or polygons whose banks a boundary may follow.
    partitioner
        What puts cells together; see :mod:`geo.grids.partition`.
    executor
        What divides the areas, each on its own; None: threads, as many as there are cores. A
        ``dask.distributed`` client's executor divides them on other machines.

    Returns
    -------
    GeoDataFrame in the areas' CRS, ordered by code: ``code``, ``name``, ``area`` (code of the
    area), ``households``, ``geometry`` (Polygon). ``attrs["households_outside"]`` counts
    households of buildings that lie in none of the areas.

    Raises
    ------
    GridInputError
        Names what in the input must be mended.
    GridPlanError
        The result failed the check of its own coverage; nothing is returned.
    """
    options = options or GridOptions()
    report = progress or _silent
    codes = check_areas(areas)
    frame = local_frame(areas)
    report(0, _ALL, "blocks")
    town = bring_town(buildings, roads, water, areas, frame)
    wish = Wish(
        households=options.households,
        seed=options.seed,
        block_households=int(options.households * options.block_share),
        partitioner=partitioner,
    )
    divided = _divide(split_town(town), wish, executor, report)
    report(_CHECK, _ALL, "check")
    drawn = _put_together(divided)
    grids = _number(drawn, frame.take_back(drawn.shapes, areas), codes, areas)
    _check(grids, areas, codes, frame)
    grids.attrs["households_outside"] = int(town.households.sum() - drawn.households.sum())
    report(_ALL, _ALL, "done")
    return grids


def _silent(done: int, total: int, stage: str) -> None:
    """Report to nobody."""


def _divide(
    areas: list[Town], wish: Wish, executor: Executor | None, report: Progress
) -> list[Divided]:
    """Divide all areas side by side, the largest first; in their order."""
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return _divide(areas, wish, threads, report)
    order = sorted(range(len(areas)), key=lambda at: -len(areas[at].buildings))
    futures = {executor.submit(divide_area, areas[at], wish): at for at in order}
    found: dict[int, Divided] = {}
    try:
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            share = sum(len(areas[at].buildings) + 1 for at in found)
            whole = sum(len(area.buildings) + 1 for area in areas)
            report(_BLOCKS + (_CHECK - _BLOCKS) * share // whole, _ALL, "grids")
    except BaseException:
        # Ctrl-C as well: what has not begun is not begun.
        for future in futures:
            future.cancel()
        raise
    return [found[at] for at in range(len(areas))]


def _put_together(divided: list[Divided]) -> _Drawn:
    area = np.repeat(np.arange(len(divided)), [len(one.shapes) for one in divided])
    shapes = np.concatenate([one.shapes for one in divided])
    households = np.concatenate([one.households for one in divided])
    return _Drawn(share_corners(shapes, area), area, households)


def _number(
    drawn: _Drawn, shapes: GeometryArray, codes: list[str], areas: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Give each grid its code and name, in reading order within its area."""
    centres = shapely.get_coordinates(shapely.centroid(drawn.shapes))
    size_m2 = shapely.area(drawn.shapes)
    sequence = np.zeros(len(shapes), dtype=np.int64)
    for area in np.unique(drawn.area).tolist():
        members = np.flatnonzero(drawn.area == area)
        if len(members) > MOST_GRIDS:
            raise GridInputError(
                "area_too_large",
                f"区域 {codes[area]} 需要 {len(members)} 个网格，超过 {MOST_GRIDS} 个，"
                "请先划分成社区，或增加每网格户数。",
                f"Area {codes[area]} needs {len(members)} grids, more than {MOST_GRIDS}: divide "
                "it into communities first, or allow more households in a grid.",
            )
        x, y = centres[members].T
        ranked = reading_order(x, y, size_m2[members])
        sequence[members[ranked]] = np.arange(1, len(members) + 1)
    frame = gpd.GeoDataFrame(
        {
            "code": [
                grid_code(codes[a], int(s)) for a, s in zip(drawn.area, sequence, strict=True)
            ],
            "name": [grid_name(int(s)) for s in sequence],
            "area": [codes[a] for a in drawn.area],
            "households": drawn.households,
        },
        geometry=shapes,
        crs=areas.crs,
    )
    return frame.sort_values("code", ignore_index=True)


def _check(
    grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, codes: list[str], frame: LocalFrame
) -> None:
    place = {code: at for at, code in enumerate(codes)}
    area_of_grid = np.array([place[code] for code in grids["area"]], dtype=np.int64)
    faults = find_plan_faults(grids, areas, area_of_grid, frame)
    if faults:
        first = faults[0]
        x, y = first.x + frame.origin[0], first.y + frame.origin[1]
        where = f"{frame.crs.to_string()} {x:.2f}, {y:.2f}"
        raise GridPlanError(
            "plan_broken",
            f"划分结果没有通过自检（{len(faults)} 处，首处：{first.kind}，{where}），未输出。"
            "请检查该处的区域边界。",
            f"The plan failed its own check ({len(faults)} faults; the first: {first.kind} at "
            f"{where}) and is not handed out. Look at the area's border there.",
        )
