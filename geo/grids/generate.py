"""Divide areas into grids of about 300 households."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Cells, make_cells
from geo.grids.codes import MOST_GRIDS, grid_code, grid_name, reading_order
from geo.grids.coverage import find_plan_faults
from geo.grids.errors import GridInputError, GridPlanError
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.inputs import bring_town, check_areas
from geo.grids.local import LocalFrame, local_frame
from geo.grids.partition import Partitioner, partition

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all and the stage: one of ``STAGES``."""

STAGES = ("blocks", "grids", "check", "done")
_BLOCKS, _CHECK, _ALL = 40, 95, 100


@dataclass(frozen=True)
class GridOptions:
    """What kind of grids are wanted.

    Attributes
    ----------
    households
        Households in a grid, 10 … 100,000; the field's rule is 300.
    seed
        Same input, same seed: same grids.
    block_share
        A block with more than this share of a grid's households may be divided between its
        buildings, 0 … 1. Smaller: better balance; larger: more whole blocks.
    """

    households: int = 300
    seed: int = 0
    block_share: float = 0.1

    def __post_init__(self) -> None:
        if not 10 <= self.households <= 100_000:
            raise GridInputError(
                "households_option",
                "每网格户数须在 10 到 100000 之间。",
                "Households in a grid must lie between 10 and 100,000.",
            )
        if not 0 < self.block_share <= 1 or self.seed < 0:
            raise GridInputError(
                "option_range",
                "block_share 须大于 0 且不超过 1，seed 不能为负数。",
                "block_share must lie above 0 and up to 1, and seed may not be negative.",
            )


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
    cells = make_cells(town, int(options.households * options.block_share))
    labels = _partition_places(cells, options, partitioner, report)
    report(_CHECK, _ALL, "check")
    drawn = _draw(cells, labels)
    grids = _number(drawn, frame.take_back(drawn.shapes, areas), codes, areas)
    _check(grids, areas, codes, frame)
    grids.attrs["households_outside"] = int(town.households.sum() - cells.households.sum())
    report(_ALL, _ALL, "done")
    return grids


def _silent(done: int, total: int, stage: str) -> None:
    """Report to nobody."""


def _partition_places(
    cells: Cells, options: GridOptions, partitioner: Partitioner, report: Progress
) -> IntArray:
    """Divide each connected place (an area, or one island of it) on its own."""
    count, place = connected_components(cells.border_m, directed=False)
    total = np.bincount(cells.area, cells.households)
    labels = np.zeros(len(place), dtype=np.int64)
    used = 0
    order = np.argsort(place, kind="stable")
    for at, members in enumerate(np.split(order, np.cumsum(np.bincount(place))[:-1])):
        report(_BLOCKS + (_CHECK - _BLOCKS) * at // count, _ALL, "grids")
        here = float(total[cells.area[members[0]]])
        ideal = here / max(1, round(here / options.households))
        graph = _graph(cells, members)
        own = int(graph.households.sum())
        parts = max(1, round(own / ideal)) if own else 1
        found = partitioner(graph, parts, options.seed)
        labels[members] = used + found
        used += int(found.max()) + 1
    return labels


def _graph(cells: Cells, members: IntArray) -> CellGraph:
    return CellGraph(
        households=cells.households[members],
        size_m2=cells.size_m2[members],
        outer_m=cells.outer_m[members],
        border_m=cells.border_m[members][:, members],
        open_m=cells.open_m[members][:, members],
    )


def _draw(cells: Cells, labels: IntArray) -> _Drawn:
    count = int(labels.max()) + 1
    grid_of_face = labels[cells.cell_of_face]
    order = np.argsort(grid_of_face, kind="stable")
    shapes = np.empty(count, dtype=np.object_)
    for at, faces in enumerate(np.split(order, np.cumsum(np.bincount(grid_of_face))[:-1])):
        shapes[at] = shapely.coverage_union_all(cells.faces[faces])
    area = np.zeros(count, dtype=np.int64)
    area[labels] = cells.area
    households = np.bincount(labels, cells.households, minlength=count).astype(np.int64)
    return _Drawn(shapes, area, households)


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
