"""Cells of ground without houses: fields and hills of a block that is divided between its houses.

Without them such ground goes to the houses at its edge in strips from wall to wall, and a grid
that takes a house takes its strip. Cells of their own let a boundary cross it by a short way.
"""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geo.grids.faces import FloatArray

PARTS = 16
"""A block has so many cells from side to side where it is empty."""
LEAST_M = 60.0
"""Cells of open ground are at least so wide, and so far from houses."""


def open_points(block: BaseGeometry, walls: FloatArray) -> tuple[FloatArray, float]:
    """Spread points evenly over what of a block lies far from its houses.

    Parameters
    ----------
    block
        Polygon or multipolygon, local metres.
    walls
        Points on the walls of its houses, shape (n, 2).

    Returns
    -------
    points, apart_m
        Middles of cells, shape (m, 2), rows of triangles; the distance between neighbours, which
        is the least distance from a wall as well.
    """
    apart_m = max(LEAST_M, float(block.area) ** 0.5 / PARTS)
    west, south, east, north = block.bounds
    x, y = np.meshgrid(
        np.arange(west, east + apart_m, apart_m), np.arange(south, north, apart_m * 3**0.5 / 2)
    )
    x[1::2] -= apart_m / 2
    points: FloatArray = np.column_stack([x.ravel(), y.ravel()])
    points = points[shapely.contains_xy(block, points[:, 0], points[:, 1])]
    return points[cKDTree(walls).query(points)[0] >= apart_m], apart_m
