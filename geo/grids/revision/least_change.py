"""Bring a plan up to date: the fewest households change grid.

Houses are built and pulled down; grids that were of about 300 households are not any more. Here
the present grids are laid over the area as it is now (`zones`), divided into cells that each lie
in one of them, and households are moved between neighbours until every grid is within its limits
(`rebalance`). Grids that need not change come back with the very shape that they have; all that
they may get is a corner where a neighbour's new boundary ends on theirs, and all that they may
lose is a thorn of less than a centimetre (`thorns`).

For a plan in a database: give the grids in force as ``present`` (columns ``code``, ``name``,
``area``, ``kind``), the codes that the area has ever given out as ``used``, and, where they are
known, the buildings of the day the plan was drawn as ``before``. In the result ``was`` is the
code of the grid whose identity goes on; where it is None the grid is new, and the present grids
that no row continues (``attrs["ended"]``) end. An area that cannot be revised keeps its present
grids and is named in ``attrs["not_revised"]``.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.cells import Town
from geo.grids.constraints import divided_compounds
from geo.grids.divide import split_town
from geo.grids.errors import GridError, GridInputError
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.generate import Progress
from geo.grids.inputs import Asked, bring_town, check_areas
from geo.grids.local import local_frame
from geo.grids.options import GridOptions, households_wanted, kinds_of
from geo.grids.partition import Partitioner, partition
from geo.grids.revision.assemble import Ground, assemble
from geo.grids.revision.present import Present, bring_present
from geo.grids.revision.revise_area import AreaTask, Revised, keep_area, revise_area

_READ, _CHECK, _ALL = 10, 95, 100


def revise(  # noqa: PLR0917 (the plan, and then as for generate)
    present: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    options: GridOptions | None = None,
    progress: Progress | None = None,
    *,
    water: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    preferred: gpd.GeoDataFrame | None = None,
    compounds: gpd.GeoDataFrame | None = None,
    before: gpd.GeoDataFrame | None = None,
    locked: Collection[str] = (),
    used: Collection[str] = (),
    only: Collection[str] | None = None,
    partitioner: Partitioner = partition,
    executor: Executor | None = None,
) -> gpd.GeoDataFrame:
    """Bring grids back within tolerance so that the fewest households change grid.

    Parameters
    ----------
    present
        The grids in force: ``code``, ``name``, polygon; ``area`` (code of their area; else the
        one most of each lies in) and ``kind`` where they have them. A grid of kind ``site`` in an
        area that is not one stays as it is.
    buildings, roads, areas, options, progress, water, partitioner, executor
        As for :func:`geo.grids.generate`; areas may have ``kind`` and ``target``.
    barriers, preferred, compounds
        As for :func:`geo.grids.generate`, for what moves: a grid that lies across a barrier
        already is not torn, nor is a compound brought together that is divided already.
    before
        Buildings that stood when the present grids were drawn: who lives in a building that none
        of them holds is new and belongs to no grid yet. None: all households count.
    locked
        Codes of grids that stay as they are.
    used
        Codes that were given out before; new grids get higher numbers.
    only
        Codes of the areas to look at; the others are left out of the result. None: all.

    Returns
    -------
    GeoDataFrame in the areas' CRS, ordered by code: ``code, name, area, kind, households,
    target`` (fair target of the grid), ``was`` (code of the present grid that it continues, or
    None), ``geometry`` (Polygon). ``attrs``: ``households_moved``, ``households_compared``,
    ``ended`` (codes of present grids that no grid continues), ``redrawn`` (codes of grids that
    gained or lost ground), ``households_outside``, ``split_buildings`` and
    ``divided_compounds`` as ``generate`` has. ``not_revised`` lists the areas that have a fault:
    ``area`` (code), ``code`` of the error, ``message_zh`` and ``message_en``; they have their
    present grids, unchanged, even where these are multipolygons or do not tile the area.

    Raises
    ------
    GridInputError
        Names what in the input must be mended.
    GridPlanError
        No area could be revised: none came through the check of its own coverage.
    """
    options, report = options or GridOptions(), progress or _silent
    areas, codes = _chosen(areas, only)
    kinds, frame = kinds_of(areas), local_frame(areas)
    report(0, _ALL, "blocks")
    asked = Asked(barriers, preferred, compounds)
    town = bring_town(buildings, roads, water, areas, frame, asked)
    ground = Ground(areas, town.areas, codes, kinds, frame)
    old = bring_present(present, areas, codes, town.areas, frame)
    rules = _Rules(options, kinds, set(locked), partitioner)
    stood = None if before is None else frame.bring(before)
    tasks = _tasks(town, old, stood, households_wanted(areas, options), rules)
    revised = _side_by_side(tasks, executor, report)
    report(_CHECK, _ALL, "check")
    as_they_are = [keep_area(task) for task in tasks]
    grids = assemble(revised, as_they_are, old, ground, used)
    inner = shapely.point_on_surface(town.buildings)
    inside = shapely.STRtree(inner).query(town.areas, predicate="intersects")
    lost = np.setdiff1d(np.arange(len(inner)), inside[1])
    grids.attrs["households_outside"] = int(town.households[lost].sum())
    grids.attrs["divided_compounds"] = divided_compounds(
        town.constraints.compounds,
        frame.bring_kept(grids),
        inner,
        town.households,
    )
    report(_ALL, _ALL, "done")
    return grids


@dataclass(frozen=True)
class _Rules:
    """What is asked of all areas; the kind of each."""

    options: GridOptions
    kinds: list[str]
    locked: Collection[str]
    partitioner: Partitioner


def _silent(done: int, total: int, stage: str) -> None:
    """Report to nobody."""


def _chosen(
    areas: gpd.GeoDataFrame, only: Collection[str] | None
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """The areas to look at, and their codes."""
    codes = check_areas(areas)
    if only is None:
        return areas, codes
    unknown = sorted(set(only) - set(codes))
    if unknown or not only:
        raise GridInputError(
            "only_unknown",
            f"没有编码为 {'、'.join(unknown)} 的区域。" if unknown else "没有选择区域。",
            f"No area has the code {', '.join(unknown)}." if unknown else "No area is chosen.",
        )
    chosen = [at for at, code in enumerate(codes) if code in only]
    return areas.iloc[chosen], [codes[at] for at in chosen]


def _tasks(
    town: Town,
    old: Present,
    stood: GeometryArray | None,
    wanted: IntArray,
    rules: _Rules,
) -> list[AreaTask]:
    """Take a town apart into what has to be done in each area."""
    tree, houses = shapely.STRtree(old.shapes), shapely.STRtree([] if stood is None else stood)
    tasks = []
    for at, part in enumerate(split_town(town)):
        near = np.union1d(
            tree.query(part.areas[0], predicate="intersects"), np.flatnonzero(old.area == at)
        )
        site = rules.kinds[at] == "site"
        households = float(part.households.sum()) if site else float(wanted[at])
        tasks.append(
            AreaTask(
                town=part,
                before=None if stood is None else stood[np.sort(houses.query(part.areas[0]))],
                present=old.shapes[near],
                names=near,
                own=old.area[near] == at,
                locked=old.stays(near, rules.kinds[at], rules.locked),
                wanted=max(1.0, households),
                tolerance=rules.options.tolerance,
                block_share=rules.options.block_share,
                partitioner=rules.partitioner,
                seed=rules.options.seed,
            )
        )
    return tasks


def _side_by_side(
    tasks: list[AreaTask], executor: Executor | None, report: Progress
) -> list[Revised | GridError]:
    """Revise all areas, the largest first; in their order, with why one could not be."""
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return _side_by_side(tasks, threads, report)
    order = sorted(range(len(tasks)), key=lambda at: -len(tasks[at].town.buildings))
    futures = {executor.submit(revise_area, tasks[at]): at for at in order}
    found: dict[int, Revised | GridError] = {}
    try:
        for future in as_completed(futures):
            try:
                found[futures[future]] = future.result()
            except GridError as error:
                found[futures[future]] = error
            done = _READ + (_CHECK - _READ) * len(found) // len(tasks)
            report(done, _ALL, "grids")
    except BaseException:
        # Ctrl-C as well: what has not begun is not begun.
        for future in futures:
            future.cancel()
        raise
    return [found[at] for at in range(len(tasks))]
