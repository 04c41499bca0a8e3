"""Giving a building or a block to a neighbouring grid."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import BoolArray, GeometryArray, IntArray
from geo.redraw.coverage import Coverage, Redrawn, as_array
from geo.redraw.edits import GiveBlock, GiveBuilding
from geo.redraw.errors import RedrawError
from geo.redraw.ground import Ground
from geo.redraw.mosaic import Mosaic, Piece, groups, shared_m

NEAR_M = 0.2
WALL_STEP_M = 2.0
"""Spacing of the points on walls between which the ground is divided."""
AROUND_M = 200.0
"""Buildings further away than this from a building do not bound its ground."""
SMOOTH_M = 0.6


def give_building(coverage: Coverage, ground: Ground, asked: GiveBuilding) -> Redrawn:
    """Give a building, with the ground nearer to it than to others of its grid, to a neighbour.

    One that is divided among grids goes over from each of them, unless only one is to give.

    Raises
    ------
    RedrawError
        `unknown-building`, `own-grid`, `ground-apart`, `emptied`, `torn`, `locked` …
    """
    to = asked.to_grid_id
    home = ground.home(coverage.shapes)
    givers = _givers(coverage, ground, asked, home)
    coverage.require_free([*givers, to])
    mosaic = Mosaic(coverage)
    given = []
    for own in givers:
        whole = mosaic.of(own)[0]
        together = np.flatnonzero(home == coverage.ids.index(own))
        walls = mosaic.plane.bring(ground.buildings[together])
        mine = ground.ids[together] == asked.building_id
        around = _ground_of(walls, mine, whole.shape)
        if around is None:
            raise RedrawError("emptied", grid_id=own)
        parts = mosaic.cut(whole, as_array(shapely.get_parts(around.boundary)), NEAR_M)
        inside = shapely.contains_properly(around, _inner(parts))
        chosen = [part for part, within in zip(parts, inside, strict=True) if within]
        given += _with_points(groups(chosen), mosaic.plane.bring(ground.inner[together[mine]]))
    return _hand_over(mosaic, ground, given, to)


def _givers(coverage: Coverage, ground: Ground, asked: GiveBuilding, home: IntArray) -> list[int]:
    """Ids of the grids that are to give what they hold of a building, ascending."""
    held = home[(ground.ids == asked.building_id) & (home >= 0)]
    holders = {coverage.ids[at] for at in held.tolist()}
    if asked.from_grid_id is not None:
        holders &= {asked.from_grid_id}
    if not holders:
        raise RedrawError("unknown-building", building_id=asked.building_id)
    if holders == {asked.to_grid_id}:
        raise RedrawError("own-grid", grid_id=asked.to_grid_id)
    return sorted(holders - {asked.to_grid_id})


def give_block(coverage: Coverage, ground: Ground, asked: GiveBlock) -> Redrawn:
    """Give the part of a grid that roads and banks enclose around a point to a neighbour.

    A road that runs into a building is led around it, so that the block cuts none.

    Raises
    ------
    RedrawError
        `outside`, `own-grid`, `ground-apart`, `emptied`, `torn`, `locked` …
    """
    spot = shapely.Point(asked.point)
    here = np.flatnonzero(shapely.intersects(coverage.shapes, spot))
    if len(here) == 0:
        raise RedrawError("outside", lon=asked.point[0], lat=asked.point[1])
    own = coverage.ids[int(here[0])]
    mosaic, whole = _begin(coverage, own, asked.to_grid_id)
    walls = mosaic.plane.bring(ground.buildings)
    lines, crossed = _led_around(mosaic.plane.bring(ground.lines), walls, whole.shape)
    parts = mosaic.cut(whole, lines, NEAR_M)
    point = shapely.Point(mosaic.plane.forward(np.array([asked.point]))[0])
    walled = shapely.contains(crossed, _inner(parts))
    free = [part for part, inside in zip(parts, walled, strict=True) if not inside]
    if not free:
        raise RedrawError("unclean")
    block = min(free, key=lambda part: part.shape.distance(point))
    chosen = [block, *_leaning(block, parts, free)]
    block_and_houses = max(groups(chosen), key=_size_m2)
    return _hand_over(mosaic, ground, [block_and_houses], asked.to_grid_id)


def _begin(coverage: Coverage, own: int, to: int) -> tuple[Mosaic, Piece]:
    if own == to:
        raise RedrawError("own-grid", grid_id=to)
    coverage.require_free([own, to])
    mosaic = Mosaic(coverage)
    return mosaic, mosaic.of(own)[0]


def _inner(parts: list[Piece]) -> GeometryArray:
    points = shapely.point_on_surface(as_array(part.shape for part in parts))
    return np.asarray(points, dtype=np.object_)


def _with_points(pieces: list[list[Piece]], points: GeometryArray) -> list[list[Piece]]:
    """Those groups of pieces that hold points, every one of which must be held."""
    shapes = as_array(shapely.multipolygons([p.shape for p in group]) for group in pieces)
    group, point = shapely.STRtree(shapes).query(points, predicate="intersects")[::-1]
    if len(np.unique(point)) < len(points):
        raise RedrawError("unclean")
    return [pieces[at] for at in np.unique(group)]


def _size_m2(pieces: list[Piece]) -> float:
    return sum(piece.shape.area for piece in pieces)


def _hand_over(mosaic: Mosaic, ground: Ground, given: list[list[Piece]], to: int) -> Redrawn:
    """Let pieces change hands, with scraps that would hang on nothing else.

    Parameters
    ----------
    given
        Groups of pieces that hang together, each of one grid. One apart from the grid that
        takes it may come to it by another.
    """
    givers = sorted({group[0].owner for group in given})
    waiting = given
    while waiting:
        taken = mosaic.of(to)
        beside = [group for group in waiting if shared_m(group, taken) > 0]
        if not beside:
            raise RedrawError("ground-apart", grid_id=to)
        waiting = [group for group in waiting if group not in beside]
        for piece in (piece for group in beside for piece in group):
            piece.owner = to
    for own in givers:
        if not mosaic.of(own):
            raise RedrawError("emptied", grid_id=own)
        _give_scraps(mosaic, ground, own, to)
    return mosaic.finish()


def _give_scraps(mosaic: Mosaic, ground: Ground, own: int, to: int) -> None:
    """Let go what was cut off from the rest of a grid where nobody lives on it."""
    left = groups(mosaic.of(own))
    left.sort(key=_size_m2)
    for scrap in left[:-1]:
        if sum(mosaic.households(scrap, ground)) or shared_m(scrap, mosaic.of(to)) == 0:
            raise RedrawError("torn", grid_ids=[own])
        for piece in scrap:
            piece.owner = to


def _ground_of(
    walls: GeometryArray, chosen: BoolArray, around: shapely.Polygon
) -> BaseGeometry | None:
    """Ground nearer to some walls than to the others, all kept whole; None: all of it."""
    own = shapely.union_all(walls[chosen])
    near = np.flatnonzero(shapely.dwithin(walls, own, AROUND_M))
    others = near[~chosen[near]]
    if len(others) == 0:
        return None
    rings = shapely.segmentize(shapely.boundary(walls[near]), WALL_STEP_M)
    points, owner = shapely.get_coordinates(rings, return_index=True)
    points, first = np.unique(np.round(points, 3), axis=0, return_index=True)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.multipoints(points), extend_to=around.envelope.buffer(10), ordered=True
        )
    )
    mine = chosen[near[owner[first]]]
    ground = shapely.simplify(shapely.union_all(cells[mine]), SMOOTH_M)
    others_walls = shapely.union_all(walls[others])
    own_walls = shapely.buffer(own, NEAR_M, join_style="mitre")
    whole: BaseGeometry = shapely.difference(shapely.union(ground, own_walls), others_walls)
    return whole


def _led_around(
    lines: GeometryArray, walls: GeometryArray, shape: shapely.Polygon
) -> tuple[GeometryArray, BaseGeometry]:
    """Lines in a grid without what runs through buildings, and those buildings' walls instead."""
    shapely.prepare(shape)
    lines = lines[shapely.intersects(lines, shape)]
    if len(lines) == 0:
        return lines, shapely.Polygon()
    line, building = shapely.STRtree(walls).query(lines, predicate="intersects")
    del line
    crossed = shapely.union_all(walls[np.unique(building)])
    kept = shapely.difference(shapely.union_all(lines), crossed)
    return as_array([*shapely.get_parts(kept), *shapely.get_parts(crossed.boundary)]), crossed


def _leaning(block: Piece, parts: list[Piece], free: list[Piece]) -> list[Piece]:
    """Buildings on a road that lean on the block more than on any other ground."""
    rest = [part for part in free if part is not block]
    walled = [part for part in parts if part not in free]
    return [
        part
        for part in walled
        if shared_m([part], [block]) > max((shared_m([part], [o]) for o in rest), default=0.0)
    ]
