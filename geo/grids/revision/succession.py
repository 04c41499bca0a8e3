"""Codes of grids that go on, and of grids that are new."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import shapely

from geo.grids.codes import MOST_GRIDS, grid_code, grid_name, reading_order
from geo.grids.errors import GridInputError
from geo.grids.faces import GeometryArray


def name_new(
    shapes: GeometryArray, area: str, taken: Collection[str]
) -> tuple[Sequence[str], Sequence[str]]:
    """Give new grids of an area codes and names after the highest number ever used there.

    Parameters
    ----------
    shapes
        The new grids, local metres.
    area
        Twelve-digit code of the area.
    taken
        Codes of present and past grids, of this area or of any.

    Returns
    -------
    Codes and names, in the order of ``shapes``.

    Raises
    ------
    GridInputError
        When the numbers have run out.
    """
    numbers = [int(code[12:]) for code in taken if _is_of(code, area)]
    highest = max(numbers, default=0)
    if highest + len(shapes) > MOST_GRIDS:
        raise GridInputError(
            "codes_used_up",
            f"区域 {area} 的网格编号已用到 {highest}，还需 {len(shapes)} 个，将超过 {MOST_GRIDS}。"
            "请重新编码，或拆分该区域。",
            f"Area {area} has used the numbers up to {highest} and needs {len(shapes)} more, "
            f"beyond {MOST_GRIDS}: number its grids anew, or divide the area.",
        )
    if len(shapes) == 0:
        return [], []
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    order = reading_order(x, y, shapely.area(shapes))
    number = np.zeros(len(shapes), dtype=np.int64)
    number[order] = highest + 1 + np.arange(len(shapes))
    found = number.tolist()
    return [grid_code(area, at) for at in found], [grid_name(at) for at in found]


def _is_of(code: str, area: str) -> bool:
    tail = code[12:]
    return code.startswith(area) and len(tail) == 3 and tail.isascii() and tail.isdigit()
