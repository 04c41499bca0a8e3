"""Splitting a grid along a drawn line, and merging grids."""

from __future__ import annotations

import numpy as np
import shapely

from geo.grids.faces import FloatArray
from geo.redraw.coverage import Coverage, Redrawn, as_array
from geo.redraw.edits import Merge, Split
from geo.redraw.errors import RedrawError
from geo.redraw.ground import Ground
from geo.redraw.mosaic import Mosaic

REACH_M = 30.0
"""A line that ends this near to the grid's boundary is drawn on to it."""
NEAR_M = 0.05
SMALLEST_PART_M2 = 25.0


def split(coverage: Coverage, ground: Ground, asked: Split) -> Redrawn:
    """Divide a grid along a line; the part with most households keeps the grid's id.

    Raises
    ------
    RedrawError
        `not-divided`, `too-small`, `locked` or `unknown-grid`.
    """
    coverage.require_free([asked.grid_id])
    mosaic = Mosaic(coverage)
    whole = mosaic.of(asked.grid_id)[0]
    points = mosaic.plane.forward(np.array(asked.line))
    points = points[np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1)]]
    if len(points) < 2:
        raise RedrawError("not-divided", grid_id=asked.grid_id)
    line = _reaching(points, whole.shape)
    parts = mosaic.cut(whole, as_array([line]), NEAR_M)
    if len(parts) < 2:
        raise RedrawError("not-divided", grid_id=asked.grid_id)
    if min(part.shape.area for part in parts) < SMALLEST_PART_M2:
        raise RedrawError("too-small", grid_id=asked.grid_id)
    households = mosaic.households(parts, ground)
    order = sorted(range(len(parts)), key=lambda at: (-households[at], -parts[at].shape.area))
    for new, at in enumerate(order):
        parts[at].owner = asked.grid_id if new == 0 else -new
    return mosaic.finish()


def merge(coverage: Coverage, ground: Ground, asked: Merge) -> Redrawn:
    """Make one grid of several; it keeps the id of the one with most households.

    Raises
    ------
    RedrawError
        `too-few`, `not-adjacent`, `locked` or `unknown-grid`.
    """
    chosen = sorted(set(asked.grid_ids))
    if len(chosen) < 2:
        raise RedrawError("too-few")
    coverage.require_free(chosen)
    counted, _ = ground.count(coverage.shapes)
    households = dict(zip(coverage.ids, counted.tolist(), strict=True))
    heaviest = max(chosen, key=lambda grid_id: (households[grid_id], -grid_id))
    mosaic = Mosaic(coverage)
    mosaic.join(chosen, heaviest)
    return mosaic.finish()


def _reaching(points: FloatArray, shape: shapely.Polygon) -> shapely.LineString:
    """A line whose ends, where they lie inside near the boundary, are drawn straight on to it."""
    first = _drawn_on(points[1], points[0], shape)
    last = _drawn_on(points[-2], points[-1], shape)
    return shapely.LineString(np.vstack([first, points[1:-1], last]))


def _drawn_on(before: FloatArray, end: FloatArray, shape: shapely.Polygon) -> FloatArray:
    if not shape.contains(shapely.Point(end)):
        return end
    ahead = (end - before) / np.hypot(*(end - before))
    ray = shapely.LineString([end, end + ahead * REACH_M])
    met = shapely.get_coordinates(shapely.intersection(ray, shape.boundary))
    if len(met) == 0:
        return end
    first_m = float(np.hypot(*(met - end).T).min())
    return np.asarray(end + ahead * (first_m + 2 * NEAR_M), dtype=np.float64)
