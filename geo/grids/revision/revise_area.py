"""Bring the grids of one area up to date. Areas do not know each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Cells, Town, make_cells
from geo.grids.divide import settle_compounds, within
from geo.grids.errors import GridPlanError
from geo.grids.faces import BoolArray, FloatArray, GeometryArray, IntArray
from geo.grids.graph import CellGraph
from geo.grids.partition import Partitioner
from geo.grids.revision.fit import fit_in
from geo.grids.revision.rebalance import Place, Rule, rebalance
from geo.grids.revision.redrawn import draw_changed, graph_across, join_slivers, places_of
from geo.grids.revision.thorns import mend_thorns
from geo.grids.revision.zones import Zones, lay_zones
from geo.grids.towers import SplitBuilding, split_towers


@dataclass(frozen=True)
class AreaTask:
    """One area and what is asked of it.

    Attributes
    ----------
    town
        The area, and the buildings and lines that touch it, local metres.
    before
        Buildings that stood when the present plan was drawn; None: all did.
    present
        Present grids that touch the area, local metres.
    names
        Position of each of them in the whole plan.
    own, locked
        For each of them whether it belongs to the area, and whether it stays as it is.
    wanted
        Households that a grid should have; all of the area's where it is to be one grid.
    tolerance, block_share, partitioner, seed
        See `geo.grids.generate`.
    """

    town: Town
    before: GeometryArray | None
    present: GeometryArray
    names: IntArray
    own: BoolArray
    locked: BoolArray
    wanted: float
    tolerance: float
    block_share: float
    partitioner: Partitioner
    seed: int


@dataclass(frozen=True)
class Revised:
    """The grids of one area afterwards, local metres.

    Attributes
    ----------
    shapes, households
        Of each grid.
    was
        Position in the whole plan of the grid that each continues, or -1.
    present
        Positions of all grids of this area.
    redrawn
        Whether its cells are not those that it had.
    moved, compared
        Households in another grid than before, and those that could be.
    target
        Of each grid; see :func:`geo.grids.options.grid_targets`.
    split
        Buildings that were divided.
    """

    shapes: GeometryArray
    households: IntArray
    was: IntArray
    present: IntArray
    redrawn: BoolArray
    moved: int
    compared: int
    target: FloatArray
    split: list[SplitBuilding] = field(default_factory=list)


def revise_area(task: AreaTask) -> Revised:
    """Move as few households as it takes to bring the grids of an area within their limits.

    Raises
    ------
    GridError
        What keeps this area from being revised.
    """
    try:
        return _revise(task)
    except shapely.errors.ShapelyError as error:
        raise GridPlanError(
            "area_geometry",
            "图形运算出错，请检查该区域的边界和现有网格。",
            "Its shapes cannot be computed with: look at the area's border and its present grids.",
        ) from error


def keep_area(task: AreaTask) -> Revised:
    """Return the present grids of an area as they are."""
    shapes, locked = task.present[task.own], task.locked[task.own]
    lived_in = _inside(task.town, shapes)
    households = np.bincount(lived_in[0], task.town.households[lived_in[1]], len(shapes))
    rest = float(households[~locked].sum())
    fair = rest / max(1, round(rest / task.wanted)) if rest else 0.0
    return Revised(
        shapes=shapes,
        households=households.astype(np.int64),
        was=task.names[task.own],
        present=task.names[task.own],
        redrawn=np.zeros(len(shapes), dtype=bool),
        moved=0,
        compared=_compared(task, lived_in[1]),
        target=np.where(locked, task.wanted, fair).astype(np.float64),
    )


def _revise(task: AreaTask) -> Revised:
    town, split = split_towers(task.town, int(task.wanted))
    households = int(town.households[within(town, town.areas[0])].sum())
    even = households / max(1, round(households / task.wanted))
    town = replace(town, constraints=settle_compounds(town, even * (1 + task.tolerance)))
    task = replace(task, town=town)
    zones = lay_zones(town, task.present, np.flatnonzero(task.own))
    locked = np.isin(zones.grid, np.flatnonzero(task.locked & task.own))
    rest = int(zones.households[~locked].sum())
    fair = rest / max(1, round(rest / task.wanted)) if rest else 0.0
    target = np.where(locked, task.wanted, fair).astype(np.float64)
    if _is_well(zones, locked, fair, rest, task.tolerance):
        return replace(_as_it_is(task, zones, target), split=split)
    zones = replace(zones, shapes=mend_thorns(zones.shapes))
    block_households = max(1, int(task.wanted * task.block_share))
    cells = join_slivers(make_cells(replace(town, areas=zones.shapes), block_households))
    laid = _Laid(zones, locked, fair, cells, graph_across(cells, town), _stayed(cells, task))
    return replace(_draw(task, laid, _rebalance(task, laid)), split=split)


@dataclass(frozen=True)
class _Laid:
    """Zones, which of them are locked, the fair target, and the cells of the zones."""

    zones: Zones
    locked: BoolArray
    fair: float
    cells: Cells
    graph: CellGraph
    stayed: FloatArray


def _is_well(zones: Zones, locked: BoolArray, fair: float, rest: int, tolerance: float) -> bool:
    """Whether every zone is a grid within its limits, and they are as many as there should be."""
    free = zones.households[~locked]
    if (zones.grid < 0).any() or (rest and len(free) != round(rest / fair)):
        return False
    return bool((np.abs(free - fair) <= tolerance * fair).all()) and (rest > 0 or len(free) <= 1)


def _as_it_is(task: AreaTask, zones: Zones, target: FloatArray) -> Revised:
    """Return the zones, which are the present grids."""
    return Revised(
        shapes=zones.shapes,
        households=zones.households,
        was=task.names[zones.grid],
        present=task.names[task.own],
        redrawn=np.zeros(len(zones.shapes), dtype=bool),
        moved=0,
        compared=_compared(task, _inside(task.town, zones.shapes)[1]),
        target=target,
    )


def _inside(town: Town, shapes: GeometryArray) -> IntArray:
    """Shape and building, one pair for each building, by its inner point; shape (2, n)."""
    points = shapely.point_on_surface(town.buildings)
    building, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    building, first = np.unique(building, return_index=True)
    return np.stack([shape[first], building])


def _compared(task: AreaTask, buildings: IntArray) -> int:
    """Households of some buildings that could be in another grid than before."""
    stood = _stood(task.town, task.before)[buildings]
    return int(task.town.households[buildings][stood].sum())


def _stood(town: Town, before: GeometryArray | None) -> BoolArray:
    """Whether the inner point of each building lies in one that stood before."""
    if before is None:
        return np.ones(len(town.buildings), dtype=bool)
    points = shapely.point_on_surface(town.buildings)
    found = np.zeros(len(points), dtype=bool)
    found[shapely.STRtree(before).query(points, predicate="intersects")[0]] = True
    return found


def _stayed(cells: Cells, task: AreaTask) -> FloatArray:
    """Households of each cell in buildings that stood before."""
    old = np.flatnonzero(_stood(task.town, task.before) & (task.town.households > 0))
    points = shapely.point_on_surface(task.town.buildings[old])
    point, face = shapely.STRtree(cells.faces).query(points, predicate="intersects")
    point, first = np.unique(point, return_index=True)
    held = task.town.households[old[point]]
    cell = cells.cell_of_face[face[first]]
    return np.bincount(cell, held, minlength=len(cells.area)).astype(np.float64)


def _rebalance(task: AreaTask, laid: _Laid) -> IntArray:
    """Grid of each cell: its zone, or a number beyond them for a new one."""
    graph = laid.graph
    labels, lasting = _homes(laid)
    fresh = len(lasting)
    rule = Rule(task.tolerance, task.partitioner, task.seed)
    for members in places_of(graph, np.flatnonzero(~laid.locked[laid.cells.area])):
        names, home = np.unique(labels[members], return_inverse=True)
        place = Place(graph.part(members), home, lasting[names], laid.stayed[members])
        own = int(place.graph.households.sum())
        parts = max(1, round(own / laid.fair)) if own else 1
        found = rebalance(place, parts, rule)
        new = np.unique(found[found >= len(names)])
        named = np.concatenate([names, np.zeros(len(new), dtype=np.int64)])
        named[len(names) :] = fresh + np.arange(len(new))
        _, at = np.unique(np.concatenate([np.arange(len(names)), found]), return_inverse=True)
        labels[members] = named[at[len(names) :]]
        fresh += len(new)
    return labels


def _homes(laid: _Laid) -> tuple[IntArray, BoolArray]:
    """Zone of each cell, and for each zone whether it goes on.

    Where a zone hangs together by a neck of a millimetre its cells do not: what is apart from
    most of it gets a number of its own.
    """
    zone, graph = laid.cells.area, laid.graph
    borders = graph.border_m.tocoo()
    same = zone[borders.row] == zone[borders.col]
    links = (np.ones(int(same.sum())), (borders.row[same], borders.col[same]))
    _, piece = connected_components(coo_array(links, graph.border_m.shape), directed=False)
    _, first = np.unique(piece, return_index=True)
    of_piece, weight = zone[first], np.bincount(piece, graph.households)
    order = np.lexsort((-np.bincount(piece, graph.size_m2), -weight, of_piece))
    chief = np.zeros(len(of_piece), dtype=bool)
    chief[order[np.unique(of_piece[order], return_index=True)[1]]] = True
    chief |= laid.locked[of_piece]
    number = np.where(chief, of_piece, len(laid.locked) - 1 + np.cumsum(~chief))
    lasting = np.concatenate([laid.zones.grid >= 0, np.zeros(int((~chief).sum()), dtype=bool)])
    return number[piece].astype(np.int64), lasting


def _draw(task: AreaTask, laid: _Laid, labels: IntArray) -> Revised:
    """Draw the grids that changed, and count who moved."""
    cells, zones, locked = laid.cells, laid.zones, laid.locked
    names, grid = np.unique(labels, return_inverse=True)
    touched = np.zeros(len(names), dtype=bool)
    other = labels != cells.area
    touched[grid[other]] = True
    touched |= np.isin(names, cells.area[other])
    shapes = np.empty(len(names), dtype=np.object_)
    shapes[~touched] = zones.shapes[names[~touched]]
    if touched.any():
        changed = np.flatnonzero(touched)
        drawn = draw_changed(cells, grid, changed, zones.shapes, task.town)
        redrawn = ~np.isin(np.arange(len(zones.shapes)), names[~touched])
        shapes[changed], shapes[~touched] = fit_in(
            drawn, zones.shapes[redrawn], zones.shapes[names[~touched]]
        )
    was = _continued(laid, grid, len(names))
    origin = zones.origin[cells.area]
    households = np.bincount(grid, cells.households, minlength=len(names)).astype(np.int64)
    held = locked[np.minimum(names, len(locked) - 1)] & (names < len(locked))
    return Revised(
        shapes=shapes,
        households=households,
        was=np.where(was >= 0, task.names[was], -1),
        present=task.names[task.own],
        redrawn=touched,
        moved=int(laid.stayed[(origin >= 0) & (was[grid] != origin)].sum()),
        compared=int(laid.stayed[origin >= 0].sum()),
        target=np.where(held, task.wanted, laid.fair).astype(np.float64),
    )


def _continued(laid: _Laid, grid: IntArray, count: int) -> IntArray:
    """Present grid that each grid continues: it keeps most of that one's households.

    Ground decides where there are no households. A grid that two could continue goes to the one
    that keeps more of it.
    """
    zones, cells, stayed = laid.zones, laid.cells, laid.stayed
    was = np.full(count, -1, dtype=np.int64)
    chief = zones.grid[cells.area]
    mine = np.flatnonzero(chief >= 0)
    if len(mine) == 0:
        return was
    names, before = np.unique(chief[mine], return_inverse=True)
    kept = np.zeros((count, len(names)))
    ground = 1e-3 * cells.size_m2 / cells.size_m2.sum()
    np.add.at(kept, (grid[mine], before), stayed[mine] + ground[mine])
    for new, old in zip(*linear_sum_assignment(-kept), strict=True):
        if kept[new, old] > 0 and kept[new, old] >= kept[:, old].max():
            was[new] = names[old]
    return was
