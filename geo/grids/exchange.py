"""Could a grid that is off its target be helped by giving one building to a neighbour?

The ground of a grid and of its neighbours is divided as finely as buildings allow, one cell for
each lived-in building (:func:`geo.grids.cells.make_cells`). A unit is such a cell, or all cells
of a compound that lies whole in one grid. Moving a unit of ``w`` households from a grid that has
``d`` too many helps that grid if ``0 < w < 2 d``: only then is it nearer its target after.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.grids.cells import Town, make_cells
from geo.grids.divide import split_town
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.standing import Standing

_LEAST = 1e-9


@dataclass(frozen=True)
class Exchange:
    """A unit that could change hands.

    Attributes
    ----------
    households
        Of the unit.
    x, y
        Its place, local metres.
    giver, taker
        Positions of the two grids.
    after
        The larger deviation of the two afterwards, as a share of the target.
    compound
        Position of the compound that the unit is; None for a building.
    """

    households: int
    x: float
    y: float
    giver: int
    taker: int
    after: float
    compound: int | None = None


@dataclass(frozen=True)
class Outlook:
    """What exchanges there are for one grid.

    Attributes
    ----------
    partners
        Neighbours that it may exchange with.
    lightest
        The lightest unit at any of its borders; None where there is none.
    helps
        One that brings the worse of the two grids nearer its target and leaves both in one
        piece, the best of them; None where there is none.
    light_enough
        Whether some unit would bring this grid nearer its target, whatever the neighbour.
    """

    partners: int
    lightest: Exchange | None
    helps: Exchange | None
    light_enough: bool


@dataclass(frozen=True)
class _Units:
    """The units of some grids, as a graph.

    ``grid`` and ``households`` of each unit; ``compound`` or -1; ``spot`` its place;
    ``borders`` which units share a border.
    """

    grid: IntArray
    households: IntArray
    compound: IntArray
    spot: GeometryArray
    borders: csr_array


def find_outlook(
    standing: Standing,
    town: Town,
    grid: int,
    *,
    fixed: frozenset[int],
    compounds: GeometryArray,
    walls: GeometryArray,
) -> Outlook:
    """Look for exchanges that would help one grid.

    Parameters
    ----------
    standing, town
        The plan, and what it was made from, in the same local metres.
    grid
        Position of the grid that is off its target.
    fixed
        Grids that may not change.
    compounds
        Polygons that are kept whole.
    walls
        Lines and polygons that no grid may lie across.
    """
    partners = _partners(standing, grid, fixed)
    if not partners:
        return Outlook(0, None, None, light_enough=False)
    units = _find_units(standing, town, [grid, *partners], compounds, walls)
    found = sorted(
        _exchanges(standing, units, grid, partners), key=lambda one: (one[0].after, one[1])
    )
    if not found:
        return Outlook(len(partners), None, None, light_enough=False)
    lightest = min((one for one, _ in found), key=lambda one: (one.households, one.after))
    off = abs(standing.households[grid] - standing.target[grid])
    return Outlook(
        len(partners),
        lightest,
        _first_help(standing, units, grid, found),
        light_enough=bool(lightest.households < 2 * off),
    )


def _partners(standing: Standing, grid: int, fixed: frozenset[int]) -> list[int]:
    near = shapely.STRtree(standing.shapes).query(
        standing.shapes[grid], predicate="dwithin", distance=0.01
    )
    return [
        at
        for at in np.sort(near).tolist()
        if at != grid
        and at not in fixed
        and standing.area[at] == standing.area[grid]
        and standing.kind[at] == standing.kind[grid]
    ]


def _find_units(
    standing: Standing,
    town: Town,
    grids: list[int],
    compounds: GeometryArray,
    walls: GeometryArray,
) -> _Units:
    """Divide the ground of some grids into units; no unit lies in two grids."""
    shapes = standing.shapes[grids]
    ground = shapely.union_all(shapes)
    lines = [town.lines, shapely.boundary(shapes)]
    if len(walls):
        flat = shapely.get_dimensions(walls) == 2
        lines.append(np.where(flat, shapely.boundary(walls), walls))
    part = split_town(
        replace(town, areas=np.array([ground]), lines=shapely.get_parts(np.concatenate(lines)))
    )[0]
    cells = make_cells(part, 0)
    inner = shapely.point_on_surface(cells.faces)
    face, found = shapely.STRtree(shapes).query(inner, predicate="intersects")
    grid_of_cell = np.full(len(cells.households), -1, dtype=np.int64)
    # The largest face of a cell says where it lies.
    order = np.argsort(shapely.area(cells.faces[face]), kind="stable")
    grid_of_cell[cells.cell_of_face[face[order]]] = np.array(grids)[found[order]]
    spot = np.empty(len(grid_of_cell), dtype=np.object_)
    spot[cells.cell_of_face[face[order]]] = inner[face[order]]
    homes = shapely.point_on_surface(part.buildings)
    at, home_face = shapely.STRtree(cells.faces).query(homes, predicate="intersects")
    lived_in = part.households[at] > 0
    spot[cells.cell_of_face[home_face[lived_in]]] = homes[at[lived_in]]
    borders = _open_borders(cells.border_m, cells.cell_of_face, cells.faces, walls)
    plain = _Units(
        grid_of_cell, cells.households, np.full(len(spot), -1, dtype=np.int64), spot, borders
    )
    return _keep_whole(plain, compounds)


def _open_borders(
    border_m: csr_array, cell_of_face: IntArray, faces: GeometryArray, walls: GeometryArray
) -> csr_array:
    """Leave out borders that lie along a wall, which no grid may lie across."""
    if len(walls) == 0:
        return border_m
    pairs = border_m.tocoo()
    shapes = np.empty(border_m.shape[0], dtype=np.object_)
    order = np.argsort(cell_of_face, kind="stable")
    for own in np.split(order, np.cumsum(np.bincount(cell_of_face))[:-1]):
        shapes[cell_of_face[own[0]]] = shapely.coverage_union_all(faces[own])
    shared = shapely.intersection(shapes[pairs.row], shapes[pairs.col])
    wall = shapely.buffer(shapely.union_all(walls), 0.02)
    free = shapely.length(shapely.difference(shared, wall)) > 0.1
    return csr_array(
        coo_array((pairs.data[free], (pairs.row[free], pairs.col[free])), shape=border_m.shape)
    )


def _keep_whole(units: _Units, compounds: GeometryArray) -> _Units:
    """Make one unit of the cells of each compound that lies in one grid."""
    if len(compounds) == 0:
        return units
    lived_in = np.flatnonzero(units.households > 0)
    at, compound = shapely.STRtree(compounds).query(units.spot[lived_in], predicate="intersects")
    of_cell = np.full(len(units.grid), -1, dtype=np.int64)
    of_cell[lived_in[at]] = compound
    for one in np.unique(compound).tolist():
        if len(np.unique(units.grid[of_cell == one])) > 1:
            of_cell[of_cell == one] = -1
    label = np.arange(len(of_cell))
    for one in np.unique(of_cell[of_cell >= 0]).tolist():
        label[of_cell == one] = np.flatnonzero(of_cell == one)[0]
    _, first, label = np.unique(label, return_index=True, return_inverse=True)
    pairs = units.borders.tocoo()
    rows, cols = label[pairs.row], label[pairs.col]
    apart = rows != cols
    size = len(first)
    borders = coo_array((pairs.data[apart], (rows[apart], cols[apart])), shape=(size, size))
    return _Units(
        units.grid[first],
        np.bincount(label, units.households, minlength=size).astype(np.int64),
        of_cell[first],
        units.spot[first],
        csr_array(borders.tocsr()),
    )


def _exchanges(
    standing: Standing, units: _Units, grid: int, partners: list[int]
) -> Iterator[tuple[Exchange, tuple[int, ...]]]:
    """Each unit that could change hands, and the units that go with it, its own the last."""
    over = standing.households[grid] > standing.target[grid]
    for partner in partners:
        giver, taker = (grid, partner) if over else (partner, grid)
        for path in _reachable(units, giver, taker):
            unit = path[-1]
            weight = int(units.households[unit])
            point = units.spot[unit]
            yield (
                Exchange(
                    weight,
                    point.x,
                    point.y,
                    giver,
                    taker,
                    max(
                        _off(standing, giver, -weight),
                        _off(standing, taker, weight),
                    ),
                    int(units.compound[unit]) if units.compound[unit] >= 0 else None,
                ),
                path,
            )


def _off(standing: Standing, grid: int, more: int = 0) -> float:
    """Deviation from the target as a share of it, when ``more`` households come."""
    target = float(standing.target[grid])
    return abs(float(standing.households[grid]) + more - target) / max(target, 1.0)


def _reachable(units: _Units, giver: int, taker: int) -> Iterator[tuple[int, ...]]:
    """Lived-in units of the giver beside the taker, or behind empty ground that goes along."""
    own = units.grid == giver
    starts = np.flatnonzero(units.grid == taker)
    seen = np.zeros(len(own), dtype=bool)
    waiting: deque[tuple[int, tuple[int, ...]]] = deque((int(at), ()) for at in starts)
    while waiting:
        here, path = waiting.popleft()
        for there in units.borders.indices[
            units.borders.indptr[here] : units.borders.indptr[here + 1]
        ].tolist():
            if not own[there] or seen[there]:
                continue
            seen[there] = True
            if units.households[there] > 0:
                yield (*path, there)
            else:
                waiting.append((there, (*path, there)))


def _first_help(
    standing: Standing,
    units: _Units,
    grid: int,
    found: list[tuple[Exchange, tuple[int, ...]]],
) -> Exchange | None:
    off = abs(float(standing.households[grid] - standing.target[grid]))
    for one, path in found:
        before = max(_off(standing, one.giver), _off(standing, one.taker))
        if one.households < 2 * off and one.after < before - _LEAST and _leaves_whole(units, path):
            return one
    return None


def _leaves_whole(units: _Units, path: tuple[int, ...]) -> bool:
    """Whether the lived-in units that stay with the giver are still in one piece."""
    stays = units.grid == units.grid[path[-1]]
    stays[list(path)] = False
    rest = np.flatnonzero(stays)
    if not (units.households[rest] > 0).any():
        return False
    _, piece = connected_components(units.borders[rest][:, rest], directed=False)
    return len(np.unique(piece[units.households[rest] > 0])) == 1
