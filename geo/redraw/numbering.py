"""Numbers of a community's grids while they are redrawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.grids.codes import MOST_GRIDS, grid_code, grid_name, reading_order
from geo.grids.faces import GeometryArray
from geo.redraw.errors import RedrawError
from geo.redraw.plane import Plane


@dataclass(frozen=True)
class Label:
    """Code and name of a grid; a locked one keeps both."""

    code: str
    name: str
    locked: bool


def sequence_of(code: str) -> int:
    """The last three of a grid's fifteen digits."""
    return int(code[12:])


def free_sequences(used: Collection[int], count: int) -> list[int]:
    """Numbers for new grids: those above all in use, then the lowest free ones.

    Raises
    ------
    RedrawError
        `full`, when the community has no more numbers.
    """
    above = range(max(used, default=0) + 1, MOST_GRIDS + 1)
    below = (number for number in range(1, max(used, default=0)) if number not in used)
    found = [*above[:count]]
    while len(found) < count:
        number = next(below, None)
        if number is None:
            raise RedrawError("full")
        found.append(number)
    return found


def renumber(area_code: str, shapes: GeometryArray, labels: Sequence[Label]) -> list[Label]:
    """Number the grids of one community anew, as a page is read.

    Parameters
    ----------
    area_code
        Twelve digits.
    shapes : array of polygons, EPSG:4326
    labels
        Of each grid. A locked grid keeps its number, and the others go round it; a name that was
        made from the number (第三网格) follows it, one that somebody gave stays.
    """
    plane = Plane.around(shapes)
    flat = plane.bring(shapes)
    x, y = shapely.get_coordinates(shapely.centroid(flat)).T
    order = reading_order(x, y, shapely.area(flat))
    held = {sequence_of(label.code) for label in labels if label.locked}
    free = [number for number in range(1, MOST_GRIDS + 1) if number not in held]
    made = list(labels)
    turn = iter(free)
    for at in np.asarray(order).tolist():
        old = labels[at]
        if old.locked:
            continue
        number = next(turn, None)
        if number is None:
            raise RedrawError("full")
        own_name = old.name != grid_name(max(sequence_of(old.code), 1))
        name = old.name if own_name else grid_name(number)
        made[at] = Label(grid_code(area_code, number), name, locked=False)
    return made
