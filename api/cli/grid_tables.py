"""How what an import of grids changed is shown on a terminal."""

from collections.abc import Sequence

from rich.table import Table

from data.imports.grid_difference import GridDifference
from data.imports.grid_report import (
    DIFFERENCE_COLUMNS,
    MEND_COLUMNS,
    Cell,
    difference_cells,
    mend_cells,
)
from data.imports.grids import FittedGrids

MOST_ROWS = 30
_SEEN_M = 0.01


def mend_table(fitted: FittedGrids) -> Table | None:
    """The grids that mending changed, the most moved first; None when there are none."""
    changed = [
        mend
        for mend in fitted.mends
        if mend.moved.moved_m >= _SEEN_M or mend.code_before is not None
    ]
    changed.sort(key=lambda mend: -mend.moved.moved_m)
    rows = [mend_cells(mend) for mend in changed]
    return _table("修补情况 What was mended", MEND_COLUMNS, rows) if rows else None


def difference_table(found: Sequence[GridDifference]) -> Table | None:
    """The grids that differ; None when there are none."""
    rows = [difference_cells(one) for one in found if one.kind != "same"]
    return _table("与方案的差别 Differences", DIFFERENCE_COLUMNS, rows) if rows else None


def _table(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Cell]]) -> Table:
    more = len(rows) - MOST_ROWS
    caption = f"…… 另有 {more} 个，见 --report · {more} more in --report" if more > 0 else None
    table = Table(title=title, title_justify="left", caption=caption)
    for zh, en in columns:
        numeric = en not in {"code", "name", "kind", "code_before", "matched"}
        table.add_column(f"{zh}\n{en}", justify="right" if numeric else "left")
    for row in rows[:MOST_ROWS]:
        table.add_row(
            *(
                "" if cell is None else f"{cell:,}" if isinstance(cell, int | float) else cell
                for cell in row
            )
        )
    return table
