"""Bring a plan up to date: the fewest households change grid.

Houses are built and pulled down; grids that were of about 300 households are not any more. Here
the present grids are laid over the area as it is now (`geo.grids.zones`), divided into cells that
each lie in one of them, and households are moved between neighbours until every grid is within
its limits (`geo.grids.rebalance`). Grids that need not change come back with the very shape that
they have; all that they may get is a corner where a neighbour's new boundary ends on theirs.

For a plan in a database: give the grids in force as ``present`` (columns ``code``, ``name``,
``area``, ``kind``), the codes that the area has ever given out as ``used``, and, where they are
known, the buildings of the day the plan was drawn as ``before``. In the result ``was`` is the
code of the grid whose identity goes on; where it is None the grid is new, and the present grids
that no row continues (``attrs["ended"]``) end.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.cells import Town
from geo.grids.constraints import divided_compounds
from geo.grids.coverage import find_plan_faults
from geo.grids.divide import split_town
from geo.grids.errors import GridInputError, GridPlanError
from geo.grids.faces import GeometryArray, IntArray, point_keys
from geo.grids.generate import Progress
from geo.grids.inputs import Asked, bring_town, check_areas
from geo.grids.kept import with_points
from geo.grids.local import LocalFrame, local_frame
from geo.grids.options import GridOptions, households_wanted, kinds_of
from geo.grids.partition import Partitioner, partition
from geo.grids.present import Present, bring_present
from geo.grids.revise_area import AreaTask, Revised, revise_area
from geo.grids.rims import share_corners
from geo.grids.succession import name_new
from geo.grids.zones import ON_LINE_M

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
    ``divided_compounds`` as ``generate`` has.

    Raises
    ------
    GridInputError
        Names what in the input must be mended.
    GridPlanError
        The result failed the check of its own coverage; nothing is returned.
    """
    options, report = options or GridOptions(), progress or _silent
    ground = _ground(areas, only)
    report(0, _ALL, "blocks")
    asked = Asked(barriers, preferred, compounds)
    town = bring_town(buildings, roads, water, ground.areas, ground.frame, asked)
    old = bring_present(present, ground.areas, ground.codes, town.areas, ground.frame)
    rules = _Rules(options, ground.kinds, set(locked), partitioner)
    wanted = households_wanted(ground.areas, options)
    stood = None if before is None else ground.frame.bring(before)
    tasks = _tasks(town, old, stood, wanted, rules)
    revised = _side_by_side(tasks, executor, report)
    report(_CHECK, _ALL, "check")
    grids = _put_together(revised, old, ground, used)
    _check(grids, ground)
    inner = shapely.point_on_surface(town.buildings)
    inside = shapely.STRtree(inner).query(ground.frame.bring_areas(areas), predicate="intersects")
    lost = np.setdiff1d(np.arange(len(inner)), inside[1])
    grids.attrs["households_outside"] = int(town.households[lost].sum())
    grids.attrs["divided_compounds"] = divided_compounds(
        town.constraints.compounds,
        ground.frame.bring_kept(grids),
        inner,
        town.households,
    )
    report(_ALL, _ALL, "done")
    return grids


@dataclass(frozen=True)
class _Ground:
    """The areas that are looked at, their codes and kinds, and the local system."""

    areas: gpd.GeoDataFrame
    codes: list[str]
    kinds: list[str]
    frame: LocalFrame


@dataclass(frozen=True)
class _Rules:
    """What is asked of all areas; the kind of each."""

    options: GridOptions
    kinds: list[str]
    locked: Collection[str]
    partitioner: Partitioner


def _silent(done: int, total: int, stage: str) -> None:
    """Report to nobody."""


def _ground(areas: gpd.GeoDataFrame, only: Collection[str] | None) -> _Ground:
    codes = check_areas(areas)
    if only is not None:
        chosen = _chosen(codes, only)
        areas, codes = areas.iloc[chosen], [codes[at] for at in chosen]
    return _Ground(areas, codes, kinds_of(areas), local_frame(areas))


def _chosen(codes: list[str], only: Collection[str]) -> list[int]:
    unknown = sorted(set(only) - set(codes))
    if unknown or not only:
        raise GridInputError(
            "only_unknown",
            f"没有编码为 {'、'.join(unknown)} 的区域。" if unknown else "没有选择区域。",
            f"No area has the code {', '.join(unknown)}." if unknown else "No area is chosen.",
        )
    return [at for at, code in enumerate(codes) if code in only]


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
        near = np.sort(tree.query(part.areas[0], predicate="intersects"))
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
) -> list[Revised]:
    """Revise all areas, the largest first; in their order."""
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return _side_by_side(tasks, threads, report)
    order = sorted(range(len(tasks)), key=lambda at: -len(tasks[at].town.buildings))
    futures = {executor.submit(revise_area, tasks[at]): at for at in order}
    found: dict[int, Revised] = {}
    try:
        for future in as_completed(futures):
            found[futures[future]] = future.result()
            done = _READ + (_CHECK - _READ) * len(found) // len(tasks)
            report(done, _ALL, "grids")
    except BaseException:
        # Ctrl-C as well: what has not begun is not begun.
        for future in futures:
            future.cancel()
        raise
    return [found[at] for at in range(len(tasks))]


def _put_together(
    revised: list[Revised], old: Present, ground: _Ground, used: Collection[str]
) -> gpd.GeoDataFrame:
    area = np.repeat(np.arange(len(revised)), [len(one.shapes) for one in revised])
    was = np.concatenate([one.was for one in revised])
    redrawn = np.concatenate([one.redrawn for one in revised])
    # Grids that were not redrawn are one side of a border, so that none of them is touched.
    side = np.where(redrawn, 1 + area, 0)
    shapes = share_corners(np.concatenate([one.shapes for one in revised]), side)
    named = _named((shapes, area, was), old, ground, [*old.code, *used])
    households = np.concatenate([one.households for one in revised])
    target = np.concatenate([one.target for one in revised])
    grids = gpd.GeoDataFrame(
        {
            **named,
            "households": households,
            "target": np.where(np.array(named["kind"]) == "site", households, target),
            "was": [old.code[at] if at >= 0 else None for at in was],
        },
        geometry=_in_place(shapes, was, old, ground),
        crs=ground.areas.crs,
    )
    here = np.unique(np.concatenate([one.present for one in revised]))
    gone = np.setdiff1d(here, was)
    changed = grids["code"][redrawn].tolist()
    grids = grids.sort_values("code", ignore_index=True)
    grids.attrs["households_moved"] = sum(one.moved for one in revised)
    grids.attrs["households_compared"] = sum(one.compared for one in revised)
    grids.attrs["ended"] = sorted(old.code[at] for at in gone.tolist())
    grids.attrs["redrawn"] = sorted(changed)
    grids.attrs["split_buildings"] = [asdict(one) for done in revised for one in done.split]
    return grids


def _named(
    drawn: tuple[GeometryArray, IntArray, IntArray],
    old: Present,
    ground: _Ground,
    taken: Collection[str],
) -> dict[str, list[str]]:
    """Code, name, area and kind of each grid; ``drawn``: its shape, its area, what it continues."""
    shapes, area, was = drawn
    code, name = [""] * len(was), [""] * len(was)
    for at, area_code in enumerate(ground.codes):
        new = np.flatnonzero((area == at) & (was < 0))
        given = zip(*name_new(shapes[new], area_code, taken), strict=True)
        for grid, (its_code, its_name) in zip(new.tolist(), given, strict=True):
            code[grid], name[grid] = its_code, its_name
    kind = [ground.kinds[at] for at in area.tolist()]
    for grid in np.flatnonzero(was >= 0).tolist():
        before = int(was[grid])
        code[grid], name[grid] = old.code[before], old.name[before]
        kind[grid] = old.kind[before] or kind[grid]
    return {"code": code, "name": name, "area": [ground.codes[at] for at in area], "kind": kind}


def _in_place(shapes: GeometryArray, was: IntArray, old: Present, ground: _Ground) -> GeometryArray:
    """Take shapes back to the areas' system; what did not change is what it was, bit by bit."""
    placed = ground.frame.take_back(shapes, ground.areas, old.given)
    given = old.given.geometry.to_numpy()
    for at in np.flatnonzero(was >= 0).tolist():
        if _holds(shapes[at], old.shapes[was[at]]):
            placed[at] = with_points(given[was[at]], placed[at])
    return placed


def _holds(one: shapely.Polygon, other: shapely.Polygon) -> bool:
    """Whether a shape is another, but for corners that neighbours have put on its edges."""
    points = shapely.get_coordinates(one)
    own, known = point_keys(points), point_keys(shapely.get_coordinates(other))
    more = points[~np.isin(own, known)]
    on_edge = shapely.dwithin(shapely.points(more), other.boundary, ON_LINE_M)
    return bool(np.isin(known, own).all() and np.all(on_edge))


def _check(grids: gpd.GeoDataFrame, ground: _Ground) -> None:
    frame = ground.frame
    place = {code: at for at, code in enumerate(ground.codes)}
    area_of_grid = np.array([place[code] for code in grids["area"]], dtype=np.int64)
    faults = find_plan_faults(grids, ground.areas, area_of_grid, frame)
    if faults:
        first = faults[0]
        x, y = first.x + frame.origin[0], first.y + frame.origin[1]
        where = f"{frame.crs.to_string()} {x:.2f}, {y:.2f}"
        raise GridPlanError(
            "plan_broken",
            f"调整结果没有通过自检（{len(faults)} 处，首处：{first.kind}，{where}），未输出。"
            "请检查该处的区域边界和现有网格。",
            f"The plan failed its own check ({len(faults)} faults; the first: {first.kind} at "
            f"{where}) and is not handed out. Look at the area's border and the present grids "
            "there.",
        )
