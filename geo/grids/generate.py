"""Divide areas into grids of about 300 households."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import partial

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.cells import Town
from geo.grids.constraints import divided_compounds
from geo.grids.coverage import find_plan_faults
from geo.grids.divide import Divided, Wish, divide_area, split_town
from geo.grids.errors import GridInputError, GridPlanError
from geo.grids.faces import FloatArray, GeometryArray, IntArray
from geo.grids.inputs import Asked, bring_town, check_areas
from geo.grids.kept import Kept, bring_kept, no_kept, rest_of, with_points
from geo.grids.local import LocalFrame, local_frame
from geo.grids.numbering import number_grids
from geo.grids.options import GridOptions, households_wanted, kinds_of
from geo.grids.partition import WEIGHTS, Partitioner, partition
from geo.grids.rims import share_corners
from geo.grids.towers import SplitBuilding, split_towers

__all__ = ["STAGES", "GridOptions", "Progress", "generate"]

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and the stage: one of ``STAGES``."""

STAGES = ("blocks", "grids", "check", "done")
_BLOCKS, _CHECK, _ALL = 10, 95, 100


@dataclass(frozen=True)
class _Areas:
    """All areas, and which of them are divided (positions)."""

    frame: gpd.GeoDataFrame
    codes: list[str]
    kinds: list[str]
    wanted: IntArray
    chosen: IntArray


@dataclass(frozen=True)
class _Drawn:
    """Grids before they are numbered; the first ones are kept: local shape, area and so on."""

    shapes: GeometryArray
    area: IntArray
    households: IntArray
    target: FloatArray
    kind: list[str]


def generate(
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
    kept: gpd.GeoDataFrame | None = None,
    only: Sequence[str] | None = None,
    partitioner: Partitioner = partition,
    executor: Executor | None = None,
) -> gpd.GeoDataFrame:
    """Divide areas into grids that tile them and follow roads, water and walls.

    Parameters
    ----------
    buildings
        Polygons with whole ``households`` from 0 up. Overlapping ones count as one; a building
        on the border of two areas counts where its inner point lies. One of more than 1.5 times
        the households of a grid is divided across its long axis, by its ``units`` if known.
    roads
        Lines; may be empty.
    areas
        Polygons or multipolygons that do not overlap, with ``code`` (12 digits; a provisional
        one is made where there is none) and, if wanted, ``name``, ``kind`` (``general``,
        ``micro``, ``site``: each piece of the area is one grid) and ``target`` (households of a
        grid of this area).
    options
        See :class:`GridOptions`.
    progress
        Called with ``(done, total, stage)``.
    water
        Lines or polygons whose banks a boundary may follow.
    barriers
        Lines or polygons that no grid may lie across; see :mod:`geo.grids.constraints`.
    preferred
        Lines, or polygons for their edges, that a boundary should follow before roads.
    compounds
        Polygons that are kept whole where their households are no more than a grid's, with the
        tolerance; the outline of a larger one is preferred as a boundary.
    kept
        Locked grids: polygons with ``code``, ``name``, ``area`` and ``kind`` where known. They
        come back as they are, each with its vertices bit by bit (where a new boundary ends on an
        edge, a point is put there), and the rest of their area is divided around them.
    only
        Codes of the areas to divide; grids of other areas are left out.
    partitioner
        What puts cells together; see :mod:`geo.grids.partition`.
    executor
        What divides the areas, each on its own; None: threads, as many as there are cores. A
        ``dask.distributed`` client's executor divides them on other machines.

    Returns
    -------
    GeoDataFrame in the areas' CRS, ordered by code: ``code``, ``name``, ``area`` (code of the
    area), ``kind``, ``households``, ``target`` (households that the grid should have, see
    :func:`geo.grids.options.grid_targets`; what it has for a whole site), ``geometry``
    (Polygon). ``attrs``: ``households_outside`` counts households of buildings that lie in none
    of the areas; ``split_buildings`` lists buildings that were divided, as ``row`` (position,
    from 0), ``households`` and ``units``; ``divided_compounds`` those that lie in several grids,
    as ``row``, ``households`` and ``grids``.

    Raises
    ------
    GridInputError
        Names what in the input must be mended.
    GridPlanError
        The result failed the check of its own coverage; nothing is returned.
    """
    options = options or GridOptions()
    report = progress or _silent
    frame, known = _check_areas(areas, options, only)
    report(0, _ALL, "blocks")
    asked = Asked(barriers, preferred, compounds)
    town = bring_town(buildings, roads, water, areas, frame, asked)
    locked = _bring_kept(kept, known, town, frame)
    town, split = _towers_apart(town, known) if len(locked.shapes) else (town, [])
    wishes = _wishes(options, known, partitioner)
    divided = _divide(split_town(_around(town, known, locked)), wishes, executor, report)
    report(_CHECK, _ALL, "check")
    drawn = _put_together(divided, known, locked, _kept_targets(town, locked, known))
    grids = _number(drawn, frame, known, locked)
    _check(grids, known, frame)
    left_out = np.setdiff1d(np.arange(len(areas)), known.chosen)
    grids.attrs["households_outside"] = int(
        town.households.sum() - drawn.households.sum() - _inside(town, left_out)
    )
    split += [one for done in divided for one in done.split]
    grids.attrs["split_buildings"] = [asdict(one) for one in split]
    grids.attrs["divided_compounds"] = divided_compounds(
        town.constraints.compounds,
        drawn.shapes,
        shapely.point_on_surface(town.buildings),
        town.households,
    )
    report(_ALL, _ALL, "done")
    return grids


def _silent(done: int, total: int, stage: str) -> None:
    """Report to nobody."""


def _check_areas(
    areas: gpd.GeoDataFrame, options: GridOptions, only: Sequence[str] | None
) -> tuple[LocalFrame, _Areas]:
    codes = check_areas(areas)
    chosen = np.arange(len(codes))
    if only is not None:
        unknown = sorted(set(only) - set(codes))
        if unknown or not only:
            raise GridInputError(
                "only_unknown",
                f"没有编码为 {'、'.join(unknown) or '—'} 的区域。",
                f"No area has the code {', '.join(unknown) or '—'}.",
            )
        chosen = np.flatnonzero(np.isin(codes, list(only)))
    wanted = households_wanted(areas, options)
    return local_frame(areas), _Areas(areas, codes, kinds_of(areas), wanted, chosen)


def _bring_kept(
    kept: gpd.GeoDataFrame | None, known: _Areas, town: Town, frame: LocalFrame
) -> Kept:
    """Locked grids of the areas that are divided."""
    if kept is None:
        return no_kept(known.frame)
    found = bring_kept(kept, known.frame, known.codes, known.kinds, town.areas, frame)
    return found.some(np.flatnonzero(np.isin(found.area, known.chosen)))


def _towers_apart(town: Town, known: _Areas) -> tuple[Town, list[SplitBuilding]]:
    """Divide towers by their whole area: a locked grid may hold parts of one, and no more."""
    split: list[SplitBuilding] = []
    for at in known.chosen.tolist():
        if known.kinds[at] != "site":
            part = replace(town, areas=town.areas[at : at + 1])
            divided, told = split_towers(part, int(known.wanted[at]))
            town, split = replace(divided, areas=town.areas), split + told
    return town, split


def _wishes(options: GridOptions, known: _Areas, partitioner: Partitioner) -> list[Wish]:
    if partitioner is partition:
        weights = WEIGHTS._replace(tolerance=options.tolerance / 2)
        partitioner = partial(partition, weights=weights)
    return [
        Wish(
            households=int(known.wanted[at]),
            tolerance=options.tolerance,
            seed=options.seed,
            block_households=int(known.wanted[at] * options.block_share),
            partitioner=partitioner,
            whole=known.kinds[at] == "site",
        )
        for at in known.chosen.tolist()
    ]


def _around(town: Town, known: _Areas, locked: Kept) -> Town:
    """The town with what is left of the chosen areas around locked grids."""
    rests = [
        rest_of(town.areas[at], locked.shapes[locked.area == at], known.codes[at])
        for at in known.chosen.tolist()
    ]
    return replace(town, areas=np.array(rests, dtype=np.object_))


def _divide(
    areas: list[Town], wishes: list[Wish], executor: Executor | None, report: Progress
) -> list[Divided]:
    """Divide all areas side by side, the largest first; in their order."""
    if executor is None:
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return _divide(areas, wishes, threads, report)
    order = sorted(range(len(areas)), key=lambda at: -len(areas[at].buildings))
    futures = {executor.submit(divide_area, areas[at], wishes[at]): at for at in order}
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


def _kept_targets(town: Town, locked: Kept, known: _Areas) -> tuple[IntArray, FloatArray]:
    """Households of locked grids, and what they should have."""
    inner = shapely.point_on_surface(town.buildings)
    house, grid = shapely.STRtree(locked.shapes).query(inner, predicate="intersects")
    house, first = np.unique(house, return_index=True)
    counted = np.bincount(grid[first], town.households[house], minlength=len(locked.shapes))
    wanted = known.wanted[locked.area].astype(np.float64)
    site = np.array(locked.kind, dtype=np.str_) == "site"
    return counted.astype(np.int64), np.where(site, counted, wanted)


def _put_together(
    divided: list[Divided],
    known: _Areas,
    locked: Kept,
    of_kept: tuple[IntArray, FloatArray],
) -> _Drawn:
    count = [len(one.shapes) for one in divided]
    area = np.concatenate([locked.area, np.repeat(known.chosen, count)])
    # Locked grids come first: where vertices are one but for rounding, theirs stay.
    group = np.concatenate(
        [np.arange(len(locked.shapes)), len(locked.shapes) + np.repeat(known.chosen, count)]
    )
    shapes = np.concatenate([locked.shapes, *[one.shapes for one in divided]])
    households = np.concatenate([of_kept[0], *[one.households for one in divided]])
    fair = np.repeat([one.target for one in divided], count)
    target = np.concatenate([of_kept[1], fair])
    return _Drawn(
        share_corners(shapes, group),
        area,
        households,
        np.where(np.isnan(target), households, target),
        locked.kind + [known.kinds[at] for at in area[len(locked.shapes) :]],
    )


def _number(drawn: _Drawn, frame: LocalFrame, known: _Areas, locked: Kept) -> gpd.GeoDataFrame:
    """Bring grids back where they were given, and give the new ones codes and names."""
    own = len(locked.shapes)
    shapes = frame.take_back(drawn.shapes, known.frame, locked.given)
    for at, given in enumerate(locked.given.geometry.to_numpy()):
        shapes[at] = with_points(given, shapes[at])
    given_names = list(zip(locked.code, locked.name, strict=True))
    given_names += [("", "")] * (len(shapes) - own)
    codes, names = number_grids(drawn.shapes, drawn.area, known.codes, given_names)
    grids = gpd.GeoDataFrame(
        {
            "code": codes,
            "name": names,
            "area": [known.codes[at] for at in drawn.area],
            "kind": drawn.kind,
            "households": drawn.households,
            "target": drawn.target,
        },
        geometry=shapes,
        crs=known.frame.crs,
    )
    return grids.sort_values("code", ignore_index=True)


def _inside(town: Town, areas: IntArray) -> int:
    """Households of buildings whose inner point lies in some of the areas."""
    if len(areas) == 0:
        return 0
    inner = shapely.point_on_surface(town.buildings)
    house = shapely.STRtree(inner).query(town.areas[areas], predicate="intersects")[1]
    return int(town.households[np.unique(house)].sum())


def _check(grids: gpd.GeoDataFrame, known: _Areas, frame: LocalFrame) -> None:
    place = {known.codes[area]: at for at, area in enumerate(known.chosen.tolist())}
    area_of_grid = np.array([place[code] for code in grids["area"]], dtype=np.int64)
    faults = find_plan_faults(grids, known.frame.iloc[known.chosen], area_of_grid, frame)
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
