"""What an import of grids changed, as a CSV that Excel opens with its Chinese intact."""

import csv
from collections.abc import Sequence
from pathlib import Path

from data.imports.grid_difference import GridDifference
from data.imports.grids import GridMend

MEND_COLUMNS = (
    ("行", "row"),
    ("网格编码", "code"),
    ("名称", "name"),
    ("原编码", "code_before"),
    ("边界最大移动（米）", "moved_m"),
    ("增加（平方米）", "gained_m2"),
    ("减少（平方米）", "lost_m2"),
    ("增加户数", "households_gained"),
    ("减少户数", "households_lost"),
)
DIFFERENCE_COLUMNS = (
    ("网格编码", "code"),
    ("名称", "name"),
    ("变化", "kind"),
    ("原编码", "code_before"),
    ("原户数", "households_before"),
    ("现户数", "households_after"),
    ("原面积（平方米）", "area_m2_before"),
    ("现面积（平方米）", "area_m2_after"),
    ("边界最大移动（米）", "moved_m"),
    ("对上依据", "matched"),
)
MATCHES = {"code": "编码", "shape": "图形"}
DIFFERENCE_KINDS = {"same": "未变", "changed": "改动", "new": "新增", "gone": "取消"}

Cell = str | int | float | None


def mend_cells(mend: GridMend) -> list[Cell]:
    """What mending did to one grid, in the order of ``MEND_COLUMNS``."""
    return [
        mend.row,
        mend.code,
        mend.name,
        mend.code_before,
        round(mend.moved.moved_m, 2),
        round(mend.moved.gained_m2, 1),
        round(mend.moved.lost_m2, 1),
        mend.households_gained,
        mend.households_lost,
    ]


def difference_cells(found: GridDifference) -> list[Cell]:
    """How one grid differs, in the order of ``DIFFERENCE_COLUMNS``."""
    return [
        found.code,
        found.name,
        f"{DIFFERENCE_KINDS[found.kind]} {found.kind}",
        found.code_before,
        found.households_before,
        found.households_after,
        None if found.area_m2_before is None else round(found.area_m2_before),
        None if found.area_m2_after is None else round(found.area_m2_after),
        None if found.moved_m is None else round(found.moved_m, 2),
        None if found.matched is None else f"{MATCHES[found.matched]} {found.matched}",
    ]


def write_table(
    path: Path, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Cell]]
) -> None:
    """Write rows under Chinese headers with the English ones beside them; replaces a file."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{zh} {en}" for zh, en in columns])
        # A code is text: Excel would round fifteen digits that it takes for a number.
        writer.writerows([[f"\t{c}" if _is_code(c) else c for c in row] for row in rows])


def _is_code(cell: Cell) -> bool:
    return isinstance(cell, str) and len(cell) > 11 and cell.isdigit()
