"""From roads, walls and buildings to cells: the pieces a grid is put together from.

A block is what roads, water and area borders enclose; a road that runs into a building is
led around it. A block with many households is divided further, half way between its
buildings (the edges of a Voronoi diagram of points on their walls). No cell cuts a building,
so no grid made of cells does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geo.grids.along import NEAR_LINE_M, Guides
from geo.grids.constraints import Bars, Constraints, find_bars, join_compounds, preference_m
from geo.grids.faces import (
    BoolArray,
    Borders,
    FloatArray,
    GeometryArray,
    IntArray,
    absorb,
    border_matrix,
    find_borders,
    node_lines,
    polygonize,
    split_pieces,
)
from geo.grids.halfway import halfway_lines
from geo.grids.open_ground import open_points

RUNS_INTO_M = 0.01
"""A barrier that goes no deeper into a building only touches it."""
WALL_STEP_M = 3.5
"""Spacing of the points on walls between which a block is divided."""


LEAST_OPEN = 0.25
"""Less open ground than this share of a cell's is no cell of its own."""


@dataclass(frozen=True)
class Town:
    """The input in local metres, checked.

    Attributes
    ----------
    areas
        Polygons and multipolygons that do not overlap.
    buildings
        Polygons that do not overlap (overlapping ones are united).
    households
        Households of each building.
    lines
        Roads, and water where given: what a border should follow.
    units
        Units (staircases) of each building; 0 where they are not known.
    rows
        Position of each building in its layer.
    constraints
        What is asked of the ground; its lines are among ``lines``.
    """

    areas: GeometryArray
    buildings: GeometryArray
    households: IntArray
    lines: GeometryArray
    units: IntArray
    rows: IntArray
    constraints: Constraints = field(default_factory=Constraints)


@dataclass(frozen=True)
class Cells:
    """Cells of a town and who borders on whom.

    Attributes
    ----------
    faces, cell_of_face
        The arrangement the cells are made of.
    area, block
        Area index of each cell; the block it is a part of.
    households, size_m2
        Of each cell.
    border_m, open_m
        Symmetric matrices: length of border between two cells; the part of it that follows
        neither road nor water.
    outer_m
        Border of each cell with what lies outside its area.
    """

    faces: GeometryArray
    cell_of_face: IntArray
    area: IntArray
    block: IntArray
    households: IntArray
    size_m2: FloatArray
    border_m: csr_array
    open_m: csr_array
    outer_m: FloatArray


@dataclass(frozen=True)
class _Arrangement:
    """Faces inside the areas, with the area and the building (or -1) of each."""

    faces: GeometryArray
    area: IntArray
    building: IntArray
    borders: Borders


@dataclass(frozen=True)
class _Sites:
    """What a divided block is divided between: its lived-in buildings, and its open ground.

    Attributes
    ----------
    tree, owner
        Points on walls with the building of each, and points of open ground, each an owner of
        its own: numbers from ``open_from`` on.
    open_from
        How many buildings there are in all.
    least_m2
        Less open ground than this is given to a neighbour.
    """

    tree: cKDTree
    owner: IntArray
    open_from: int
    least_m2: float


def make_cells(town: Town, split_households: int) -> Cells:
    """Divide a town into cells.

    Parameters
    ----------
    town
        The checked input.
    split_households
        A block with more households than this is divided between its buildings.
    """
    walls = shapely.STRtree(town.buildings)
    lines = _block_lines(town, walls)
    blocks = _arrange(node_lines(lines), town, walls)
    home = _face_of_building(town, blocks)
    bars = _bars_of(town, walls, blocks, home)
    block, whole = join_compounds(
        town.constraints, bars, blocks.faces, blocks.borders, _label_blocks(blocks, bars)
    )
    weight = np.bincount(block[home[home >= 0]], town.households[home >= 0], minlength=len(block))
    weight[whole] = 0
    heavy = np.flatnonzero(weight > split_households)
    extra, sites = _divide_blocks(town, walls, blocks, (block, home), heavy)
    if not extra:
        return _finish(town, blocks, (block, block), bars)
    fine = _arrange(node_lines(np.concatenate([lines, np.array(extra)])), town, walls)
    coarse = _coarse_face(fine, blocks)
    pen, bars = np.where(coarse >= 0, block[coarse], -1), bars.of_faces(coarse)
    return _finish(town, fine, (_label_cells(fine, (pen, len(block)), sites, bars), pen), bars)


def _block_lines(town: Town, walls: shapely.STRtree) -> GeometryArray:
    """Area borders and roads, the latter led around buildings by the buildings' walls."""
    borders = shapely.boundary(town.areas)
    if len(town.lines) == 0:
        return np.asarray(borders, dtype=np.object_)
    lines = town.lines.copy()
    line, building = walls.query(lines, predicate="intersects")
    crossed = np.unique(building)
    for index in np.unique(line):
        hit = town.buildings[building[line == index]]
        lines[index] = shapely.difference(lines[index], shapely.union_all(hit))
    outlines = shapely.boundary(town.buildings[crossed])
    return np.concatenate([borders, lines[~shapely.is_empty(lines)], outlines])


def _arrange(noded: BaseGeometry, town: Town, walls: shapely.STRtree) -> _Arrangement:
    faces = polygonize(noded)
    points = shapely.point_on_surface(faces)
    area = np.full(len(faces), -1, dtype=np.int64)
    # The large shape is the one asked with, for that is the one made ready.
    inside, face = shapely.STRtree(points).query(town.areas, predicate="contains")
    area[face] = inside
    kept = area >= 0
    faces, area, points = faces[kept], area[kept], points[kept]
    building = np.full(len(faces), -1, dtype=np.int64)
    face, unit = walls.query(points, predicate="within")
    # A light block may hold whole buildings: only a face that lies inside its building is wall.
    inside_m2 = shapely.area(faces[face]) <= shapely.area(town.buildings[unit]) * 1.01 + 0.01
    building[face[inside_m2]] = unit[inside_m2]
    return _Arrangement(faces, area, building, find_borders(faces))


def _bars_of(town: Town, walls: shapely.STRtree, blocks: _Arrangement, home: IntArray) -> Bars:
    """Find what keeps faces apart; buildings that a barrier runs into do so as well."""
    inside = home >= 0
    households = np.bincount(
        home[inside], town.households[inside], minlength=len(blocks.faces)
    ).astype(np.int64)
    near = np.unique(walls.query(town.constraints.barriers, predicate="intersects")[1])
    core = shapely.buffer(town.buildings[near], -RUNS_INTO_M)
    hit = shapely.STRtree(core).query(town.constraints.barriers, predicate="intersects")[1]
    crossed = np.isin(blocks.building, near[np.unique(hit)])
    return find_bars(town.constraints, blocks.faces, blocks.borders, households, crossed)


def _label_blocks(blocks: _Arrangement, bars: Bars) -> IntArray:
    """Join each walled or passive face to a free neighbour; every label is then one block."""
    own = np.arange(len(blocks.faces))
    walled = blocks.building >= 0
    labels = absorb(own, walled, bars.open_borders(blocks.borders), blocks.area)
    return absorb(labels, (walled | bars.passive) & (labels == own), blocks.borders, blocks.area)


def _face_of_building(town: Town, blocks: _Arrangement) -> IntArray:
    """Find the face that holds each building's inner point; -1 outside all areas."""
    home = np.full(len(town.buildings), -1, dtype=np.int64)
    points = shapely.point_on_surface(town.buildings)
    face, unit = shapely.STRtree(points).query(blocks.faces, predicate="intersects")
    home[unit[::-1]] = face[::-1]
    return home


def _divide_blocks(
    town: Town,
    walls: shapely.STRtree,
    blocks: _Arrangement,
    found: tuple[IntArray, IntArray],
    heavy: IntArray,
) -> tuple[list[BaseGeometry], dict[int, _Sites]]:
    """Lines that divide the heavy blocks, and what each such block is divided between.

    ``found`` has the block of each face and the face of each building.
    """
    block, home = found
    lived_in = np.flatnonzero((home >= 0) & (town.households > 0))
    of_block = _group(block[home[lived_in]], lived_in)
    faces_of_block = _group(block, np.arange(len(block)))
    extra: list[BaseGeometry] = []
    sites: dict[int, _Sites] = {}
    for label in heavy.tolist():
        units = of_block[label]
        shape = shapely.coverage_union_all(blocks.faces[faces_of_block[label]])
        points, owner = _wall_points(town.buildings[units], units)
        empty, apart_m = open_points(shape, points)
        points = np.concatenate([points, empty])
        owner = np.concatenate([owner, len(town.buildings) + np.arange(len(empty))])
        edges = halfway_lines(points, owner)
        if len(edges) == 0:
            continue
        network = shapely.multilinestrings(edges, indices=np.zeros(len(edges), dtype=np.int64))
        within = np.asarray(shapely.intersection(network, shape), dtype=np.object_)
        extra.extend(within.tolist())
        extra.extend(shapely.boundary(town.buildings[walls.query(shape, predicate="intersects")]))
        least_m2 = LEAST_OPEN * apart_m * apart_m
        sites[label] = _Sites(cKDTree(points), owner, len(town.buildings), least_m2)
    return extra, sites


def _group(labels: IntArray, members: IntArray) -> dict[int, IntArray]:
    if len(labels) == 0:
        return {}
    order = np.argsort(labels, kind="stable")
    values, starts = np.unique(labels[order], return_index=True)
    parts = np.split(members[order], starts[1:])
    return dict(zip(values.tolist(), parts, strict=True))


def _wall_points(buildings: GeometryArray, units: IntArray) -> tuple[FloatArray, IntArray]:
    rings = shapely.segmentize(shapely.get_exterior_ring(buildings), WALL_STEP_M)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    _, first = np.unique(np.round(points, 3), axis=0, return_index=True)
    first.sort()
    return points[first], units[ring[first]]


def _coarse_face(fine: _Arrangement, blocks: _Arrangement) -> IntArray:
    """Coarse face that holds the inner point of each fine face; -1 for none."""
    points = shapely.point_on_surface(fine.faces)
    coarse, face = shapely.STRtree(points).query(blocks.faces, predicate="intersects")
    found = np.full(len(fine.faces), -1, dtype=np.int64)
    found[face[::-1]] = coarse[::-1]
    return found


def _label_cells(
    fine: _Arrangement, held: tuple[IntArray, int], sites: dict[int, _Sites], bars: Bars
) -> IntArray:
    """Label each face: its block, or in a divided block what lies nearest: house or open ground.

    ``held`` has the block of each face, and how many blocks there are at most.
    """
    pen, blocks = held
    labels = pen.copy()
    settled = ~np.isin(pen, list(sites))
    least_m2 = np.full(len(pen), np.inf)
    middles = shapely.get_coordinates(shapely.point_on_surface(fine.faces))
    for label, site in sites.items():
        inside = np.flatnonzero(pen == label)
        nearest = site.owner[site.tree.query(middles[inside])[1]]
        walled = fine.building[inside]
        lived_in = np.isin(walled, site.owner)
        labels[inside] = blocks + np.where(lived_in, walled, nearest)
        settled[inside] = lived_in
        least_m2[inside[(nearest >= site.open_from) & ~lived_in]] = site.least_m2
    alone = ~settled & (fine.building >= 0)
    labels[alone] = labels.max() + 1 + fine.building[alone]
    borders = bars.open_borders(fine.borders)
    pieces = split_pieces(labels, borders, pen)
    anchored = np.zeros(pieces.max() + 1, dtype=bool)
    anchored[pieces[settled]] = True
    size_m2 = np.bincount(pieces, shapely.area(fine.faces))
    anchored[pieces[size_m2[pieces] >= least_m2]] = True
    return absorb(pieces, ~anchored, borders, pen)


def _finish(town: Town, made: _Arrangement, found: tuple[IntArray, IntArray], bars: Bars) -> Cells:
    """Number the cells, put the buildings in, and measure; ``found``: label and block of faces."""
    labels, block = found
    links = bars.links(made.borders)
    pieces = split_pieces(labels, bars.open_borders(made.borders), made.area)
    # A walled face nobody wanted in its own block may still join one across the road, and one
    # that joins nothing is given to its own block before others.
    own = (made.building < 0) & ~bars.passive
    for borders, pen in (
        (bars.open_borders(made.borders), made.area),
        (made.borders, block),
        (made.borders, made.area),
    ):
        hosts = np.zeros(pieces.max() + 1, dtype=bool)
        hosts[pieces[own]] = True
        pieces = absorb(pieces, ~hosts, borders, pen)
    _, cell = np.unique(pieces, return_inverse=True)
    size = int(cell.max()) + 1
    area, block_of_cell = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    area[cell] = made.area
    block_of_cell[cell] = block
    home = _face_of_building(town, made)
    inside = home >= 0
    households = np.bincount(cell[home[inside]], town.households[inside], minlength=size)
    return _measure(made, cell, area, block_of_cell, households.astype(np.int64), (town, ~links))


def _measure(  # noqa: PLR0917 (what is known of each cell, and what its borders may be)
    made: _Arrangement,
    cell: IntArray,
    area: IntArray,
    block: IntArray,
    households: IntArray,
    ground: tuple[Town, BoolArray],
) -> Cells:
    (town, barred), borders, size = ground, made.borders, len(area)
    left = cell[borders.left]
    right = np.where(borders.right >= 0, cell[borders.right], -1)
    outside = (right < 0) | (area[left] != area[right]) | (barred & (left != right))
    outer = np.bincount(left[outside], borders.length_m[outside], minlength=size)
    beyond = outside & (right >= 0)
    outer += np.bincount(right[beyond], borders.length_m[beyond], minlength=size)
    left, right, length_m = left[~outside], right[~outside], borders.length_m[~outside]
    open_m = length_m * ~Guides(town.lines).near(borders.middle[~outside])
    open_m -= preference_m(town.constraints, borders, NEAR_LINE_M)[~outside]
    return Cells(
        faces=made.faces,
        cell_of_face=cell.astype(np.int64),
        area=area,
        block=block,
        households=households,
        size_m2=np.bincount(cell, shapely.area(made.faces), minlength=size).astype(np.float64),
        border_m=border_matrix(left, right, length_m, size),
        open_m=border_matrix(left, right, open_m, size),
        outer_m=outer.astype(np.float64),
    )
