"""Whether a border follows a road or water."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree

from geo.grids.faces import BoolArray, FloatArray, GeometryArray

NEAR_LINE_M = 5.0
"""A border this close to a road or to water is said to follow it."""


class Guides:
    """Lines that a border should follow, made ready to be asked often.

    Parameters
    ----------
    lines
        Roads and water in local metres; may be none.
    """

    def __init__(self, lines: GeometryArray) -> None:
        self._lines = shapely.STRtree(lines)
        samples = shapely.get_coordinates(shapely.segmentize(lines, NEAR_LINE_M))
        self._samples = cKDTree(samples) if len(samples) else None

    def near(self, points: FloatArray) -> BoolArray:
        """Whether each point, shape (n, 2), lies within ``NEAR_LINE_M`` of a line."""
        near = np.zeros(len(points), dtype=bool)
        if self._samples is None or len(points) == 0:
            return near
        # Most are settled by their distance to samples of the lines, which is quicker by far:
        # what is near a line is within 1.12 times that of a sample.
        away_m = self._samples.query(points, distance_upper_bound=1.2 * NEAR_LINE_M)[0]
        near[away_m <= NEAR_LINE_M] = True
        unsure = np.flatnonzero(np.isfinite(away_m) & ~near)
        hit, _ = self._lines.query(
            shapely.points(points[unsure]), predicate="dwithin", distance=NEAR_LINE_M
        )
        near[unsure[hit]] = True
        return near
