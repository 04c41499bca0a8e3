"""Outlines of buildings, drawn into the boxes of their plots."""

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.ground import Points

# Corners as shares of width and depth, from the south-west, counter-clockwise.
PLAIN = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
COURTYARD = np.array([(0, 0), (0.32, 0), (0.32, 0.52), (1, 0.52), (1, 1), (0, 1)], dtype=np.float64)
COURTYARD_EAST = np.array(
    [(0.66, 0), (1, 0), (1, 1), (0, 1), (0, 0.55), (0.66, 0.55)], dtype=np.float64
)
WALLED_YARD = np.array(
    [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0.5), (0.3, 0.5), (0.3, 0.2), (0, 0.2)], dtype=np.float64
)
SLAB = np.array(
    [
        (0, 0), (1, 0), (1, 0.9), (0.88, 0.9), (0.88, 1), (0.78, 1), (0.78, 0.9), (0.55, 0.9),
        (0.55, 1), (0.45, 1), (0.45, 0.9), (0.22, 0.9), (0.22, 1), (0.12, 1), (0.12, 0.9), (0, 0.9),
    ]
)  # fmt: skip
TOWER = np.array(
    [
        (0, 0.08), (0.2, 0.08), (0.2, 0), (0.42, 0), (0.42, 0.2), (0.58, 0.2), (0.58, 0), (0.8, 0),
        (0.8, 0.08), (1, 0.08), (1, 0.7), (0.7, 0.7), (0.7, 1), (0.3, 1), (0.3, 0.7), (0, 0.7),
    ]
)  # fmt: skip
E_SHAPE = np.array(
    [
        (0, 0), (0.14, 0), (0.14, 0.6), (0.43, 0.6), (0.43, 0.15), (0.57, 0.15), (0.57, 0.6),
        (0.86, 0.6), (0.86, 0), (1, 0), (1, 1), (0, 1),
    ]
)  # fmt: skip


def draw(boxes: Points, outline: Points) -> NDArray[np.object_]:
    """Draw one outline into each box.

    Parameters
    ----------
    boxes : ndarray of shape (n, 4)
        West, south, east, north.
    outline : ndarray of shape (k, 2)
        Corners as shares of the box.

    Returns
    -------
    ndarray of Polygon
    """
    if len(boxes) == 0:
        return np.empty(0, dtype=object)
    size = boxes[:, None, 2:] - boxes[:, None, :2]
    return np.asarray(shapely.polygons(boxes[:, None, :2] + outline[None] * size), dtype=object)
