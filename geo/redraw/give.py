"""Giving a building or a block to a neighbouring grid."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import GeometryArray
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

    Raises
    ------
    RedrawError
        `unknown-building`, `own-grid`, `ground-apart`, `emptied`, `torn`, `locked` …
    """
    found = np.flatnonzero(ground.ids == asked.building_id)
    home = ground.home(coverage.shapes)
    if len(found) == 0 or home[found[0]] < 0:
        raise RedrawError("unknown-building", building_id=asked.building_id)
    own = coverage.ids[int(home[found[0]])]
    mosaic, whole = _begin(coverage, own, asked.to_grid_id)
    together = np.flatnonzero(home == home[found[0]])
    walls = mosaic.plane.bring(ground.buildings[together])
    around = _ground_of(walls, int(np.flatnonzero(together == found[0])[0]), whole.shape)
    if around is None:
        raise RedrawError("emptied", grid_id=own)
    parts = mosaic.cut(whole, as_array(shapely.get_parts(around.boundary)), NEAR_M)
    inside = shapely.contains_properly(around, _inner(parts))
    chosen = [part for part, within in zip(parts, inside, strict=True) if within]
    return _hand_over(mosaic, ground, chosen, own, asked.to_grid_id)


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
    return _hand_over(mosaic, ground, chosen, own, asked.to_grid_id)


def _begin(coverage: Coverage, own: int, to: int) -> tuple[Mosaic, Piece]:
    if own == to:
        raise RedrawError("own-grid", grid_id=to)
    coverage.require_free([own, to])
    mosaic = Mosaic(coverage)
    return mosaic, mosaic.of(own)[0]


def _inner(parts: list[Piece]) -> GeometryArray:
    points = shapely.point_on_surface(as_array(part.shape for part in parts))
    return np.asarray(points, dtype=np.object_)


def _hand_over(mosaic: Mosaic, ground: Ground, chosen: list[Piece], own: int, to: int) -> Redrawn:
    """Let pieces change hands, with scraps that would hang on nothing else."""
    chosen = max(groups(chosen), key=lambda group: sum(p.shape.area for p in group), default=[])
    if not chosen:
        raise RedrawError("unclean")
    if len(chosen) == len(mosaic.of(own)):
        raise RedrawError("emptied", grid_id=own)
    if shared_m(chosen, mosaic.of(to)) == 0:
        raise RedrawError("ground-apart", grid_id=to)
    for piece in chosen:
        piece.owner = to
    left = groups(mosaic.of(own))
    left.sort(key=lambda group: sum(piece.shape.area for piece in group))
    for scrap in left[:-1]:
        if sum(mosaic.households(scrap, ground)) or shared_m(scrap, mosaic.of(to)) == 0:
            raise RedrawError("torn", grid_ids=[own])
        for piece in scrap:
            piece.owner = to
    return mosaic.finish()


def _ground_of(walls: GeometryArray, chosen: int, around: shapely.Polygon) -> BaseGeometry | None:
    """Ground nearer to one building than to the others, their walls kept whole; None: all of it."""
    near = np.flatnonzero(shapely.dwithin(walls, walls[chosen], AROUND_M))
    others = near[near != chosen]
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
    mine = near[owner[first]] == chosen
    ground = shapely.simplify(shapely.union_all(cells[mine]), SMOOTH_M)
    others_walls = shapely.union_all(walls[others])
    own_walls = shapely.buffer(walls[chosen], NEAR_M, join_style="mitre")
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
