"""Cutting land in two, again and again, across its longer side."""

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.ops import split


def longer_side(piece: Polygon) -> tuple[float, float, float]:
    """Length, width (metres) and direction (radians) of the smallest enclosing rectangle."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(piece))[:3]
    sides = np.diff(corners, axis=0)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    longer = int(np.argmax(lengths))
    direction = float(np.arctan2(sides[longer, 1], sides[longer, 0]))
    return float(lengths[longer]), float(lengths[1 - longer]), direction


def halve(
    piece: Polygon, rng: np.random.Generator, bend: float = 0.0
) -> tuple[list[Polygon], LineString | None]:
    """Cut a piece across its longer side, near the middle.

    Parameters
    ----------
    piece : Polygon
        Land, local metres.
    rng : numpy.random.Generator
        Chooses where.
    bend : float
        How far the cut bows, as a share of its length.

    Returns
    -------
    list of Polygon, LineString or None
        The two parts and the cut; the piece itself and None where no clean cut was found.
    """
    length, width, direction = longer_side(piece)
    along = np.array([np.cos(direction), np.sin(direction)])
    across = np.array([-along[1], along[0]])
    centre = np.array(piece.minimum_rotated_rectangle.centroid.coords[0])
    for _ in range(4):
        middle = centre + along * length * rng.uniform(-0.13, 0.13)
        bow = along * width * bend * rng.uniform(-1, 1)
        ends = [middle - across * width * 0.7, middle + bow, middle + across * width * 0.7]
        cut = LineString(ends if bend else [ends[0], ends[2]])
        parts = [
            part for part in split(piece, cut).geoms if isinstance(part, Polygon) and part.area > 1
        ]
        inside = cut.intersection(piece)
        if len(parts) != 2 or not isinstance(inside, LineString):
            continue
        if min(part.area for part in parts) > 0.2 * piece.area:
            return parts, inside
    return [piece], None
