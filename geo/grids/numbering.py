"""Number the grids of a plan: codes and names in reading order, beside those that are kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from geo.grids.codes import MOST_GRIDS, grid_code, grid_name, reading_order
from geo.grids.errors import GridInputError
from geo.grids.faces import GeometryArray, IntArray


def number_grids(
    shapes: GeometryArray, area: IntArray, codes: list[str], given: list[tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Give each grid its code and name, in reading order within its area.

    Parameters
    ----------
    shapes
        Local metres.
    area
        Position of the area of each.
    codes
        Code of each area.
    given
        Code and name that a grid has already, or two empty texts. Numbers that are taken are
        left out; nothing is renumbered.

    Raises
    ------
    GridInputError
        When an area has more grids than there are numbers.
    """
    x, y = shapely.get_coordinates(shapely.centroid(shapes)).T
    size_m2 = shapely.area(shapes)
    found, names = [code for code, _ in given], [name for _, name in given]
    for at in np.unique(area).tolist():
        members = np.flatnonzero(area == at)
        free = _free({given[grid] for grid in members.tolist()})
        ranked = members[reading_order(x[members], y[members], size_m2[members])]
        for grid in ranked.tolist():
            if found[grid]:
                continue
            sequence = next(free, None)
            if sequence is None:
                raise _too_many(codes[at], len(members))
            found[grid] = grid_code(codes[at], sequence)
    for grid, name in enumerate(names):
        names[grid] = name or grid_name(int(found[grid][12:]))
    return found, names


def _free(given: set[tuple[str, str]]) -> Iterator[int]:
    """Numbers that no given code bears, nor a given name tells."""
    used, told = {code[12:] for code, _ in given}, {name for _, name in given}
    for sequence in range(1, MOST_GRIDS + 1):
        if f"{sequence:03d}" not in used and grid_name(sequence) not in told:
            yield sequence


def _too_many(code: str, count: int) -> GridInputError:
    return GridInputError(
        "area_too_large",
        f"区域 {code} 需要 {count} 个网格，超过 {MOST_GRIDS} 个，"
        "请先划分成社区，或增加每网格户数。",
        f"Area {code} needs {count} grids, more than {MOST_GRIDS}: divide it into communities "
        "first, or allow more households in a grid.",
    )
