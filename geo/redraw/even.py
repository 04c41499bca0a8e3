"""Evening out: the boundaries between some grids drawn anew, so that households are alike."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment

from geo.grids.anneal import Weights
from geo.grids.errors import GridError
from geo.grids.faces import GeometryArray, IntArray
from geo.grids.generate import GridOptions, generate
from geo.grids.partition import partition
from geo.redraw.coverage import Coverage, Redrawn, as_array
from geo.redraw.edits import EvenOut
from geo.redraw.errors import RedrawError
from geo.redraw.ground import Ground
from geo.redraw.mosaic import Mosaic, Piece, groups, shared_m

NEAR_M = 0.2
EVENLY = partial(partition, weights=Weights(tolerance=0.0))
"""Who asks for like households wants them closer than a plan needs."""
WGS84 = "EPSG:4326"


def even_out(coverage: Coverage, ground: Ground, asked: EvenOut) -> Redrawn:
    """Divide the ground of some neighbouring grids anew into as many of like households.

    Each new grid keeps the id of the old one with which it shares most households.

    Raises
    ------
    RedrawError
        `too-few`, `not-adjacent`, `locked`, `even-already` …
    """
    chosen = sorted(set(asked.grid_ids))
    if len(chosen) < 2:
        raise RedrawError("too-few")
    coverage.require_free(chosen)
    old = as_array(coverage.shape(grid_id) for grid_id in chosen)
    home = ground.home(old)
    mosaic = Mosaic(coverage)
    whole = mosaic.join(chosen, chosen[0])
    new = _generated(old, ground, home)
    if len(new) != len(chosen):
        raise RedrawError("even-already")
    lines = mosaic.plane.bring(shapely.get_parts(shapely.boundary(new)))
    parts = mosaic.cut(whole, as_array(lines), NEAR_M)
    label = _labels(parts, mosaic.plane.bring(new))
    before = np.bincount(home[home >= 0], ground.households[home >= 0], minlength=len(chosen))
    _settle(parts, label)
    sorted_ = [[p for p in parts if p.owner == at] for at in range(len(chosen))]
    if not all(sorted_):
        raise RedrawError("even-already")
    after = np.array([sum(mosaic.households(group, ground)) for group in sorted_])
    if _off(after) >= _off(before):
        raise RedrawError("even-already")
    overlap = _overlap(mosaic, ground, sorted_, home, len(chosen))
    for at, old_at in zip(*linear_sum_assignment(-overlap), strict=True):
        for piece in sorted_[int(at)]:
            piece.owner = chosen[int(old_at)]
    return mosaic.finish()


def _generated(old: GeometryArray, ground: Ground, home: IntArray) -> GeometryArray:
    """The union of some grids divided into as many, EPSG:4326."""
    inside = home >= 0
    total = int(ground.households[inside].sum())
    if total < 10 * len(old):
        raise RedrawError("even-already")
    union = shapely.coverage_union_all(old)
    buildings = gpd.GeoDataFrame(
        {"households": ground.households[inside]}, geometry=ground.buildings[inside], crs=WGS84
    )
    near = ground.lines[shapely.intersects(ground.lines, union)]
    roads = gpd.GeoDataFrame(geometry=gpd.GeoSeries(near, crs=WGS84))
    area = gpd.GeoDataFrame(geometry=[union], crs=WGS84)
    options = GridOptions(households=max(10, round(total / len(old))))
    try:
        made = generate(buildings, roads, area, options, partitioner=EVENLY)
    except GridError as error:
        raise RedrawError("unclean") from error
    return np.asarray(made.geometry.to_numpy(), dtype=np.object_)


def _labels(parts: list[Piece], new: GeometryArray) -> list[int]:
    """For each part the new grid that holds most of it."""
    shapes = as_array(part.shape for part in parts)
    part, grid = shapely.STRtree(new).query(shapes, predicate="intersects")
    held = np.zeros((len(parts), len(new)))
    held[part, grid] = shapely.area(shapely.intersection(shapes[part], new[grid]))
    return [int(at) for at in held.argmax(axis=1)]


def _settle(parts: list[Piece], label: list[int]) -> None:
    """Make the labels owners; what does not hang on its grid joins the one it touches most."""
    for part, at in zip(parts, label, strict=True):
        part.owner = at
    scraps: list[list[Piece]] = []
    for at in sorted(set(label)):
        found = groups([part for part in parts if part.owner == at])
        found.sort(key=lambda group: -sum(part.shape.area for part in group))
        scraps += found[1:]
    for scrap in scraps:
        beside = {
            at: shared_m(scrap, [p for p in parts if p.owner == at and p not in scrap])
            for at in sorted(set(label))
        }
        best = max(beside, key=lambda at: beside[at])
        for part in scrap:
            part.owner = best


def _off(households: IntArray) -> float:
    return float(np.abs(households - households.mean()).sum())


def _overlap(
    mosaic: Mosaic, ground: Ground, sorted_: list[list[Piece]], home: IntArray, size: int
) -> IntArray:
    """Households that each new grid shares with each old one; a building more decides a tie."""
    points = mosaic.plane.bring(ground.inner)
    shared = np.zeros((size, size), dtype=np.int64)
    for at, group in enumerate(sorted_):
        shapes = as_array(piece.shape for piece in group)
        inside = np.unique(shapely.STRtree(points).query(shapes, predicate="intersects")[1])
        inside = inside[home[inside] >= 0]
        np.add.at(shared[at], home[inside], 1000 * ground.households[inside] + 1)
    return shared
