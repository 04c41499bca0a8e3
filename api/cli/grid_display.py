"""How the commands on grids show themselves: progress bars and the quality table."""

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from geo.grids import GridScore

STAGES = {
    "read": "读取数据 Reading",
    "blocks": "划分街块 Finding blocks",
    "grids": "组合网格 Forming grids",
    "check": "检查覆盖 Checking the coverage",
    "score": "评价 Scoring",
    "done": "完成 Done",
}


@contextlib.contextmanager
def grid_progress(console: Console) -> Iterator[Callable[[int, int, str], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(STAGES["read"], total=100)

        def report(done: int, total: int, stage: str) -> None:
            bar.update(task, completed=done, total=total, description=STAGES[stage])

        yield report


def score_table(found: GridScore) -> Table:
    """Lay a score out as a table, one measure a row."""
    rows = [
        ("网格数 Grids", f"{found.grids}"),
        ("偏差 ±5 % Within ±5 % of target", f"{found.adj5_pct:.0f} %"),
        ("偏差 ±10 % Within ±10 % of target", f"{found.adj10_pct:.0f} %"),
        ("连片 In one piece", f"{found.contiguous_pct:.0f} %"),
        ("缝隙 Gaps", f"{found.gaps}"),
        ("重叠 Overlaps", f"{found.overlaps}"),
        ("紧凑度 Compactness (Polsby–Popper)", f"{found.compactness:.2f}"),
        ("边界沿路 Boundary along roads", f"{found.road5_pct:.0f} %"),
        ("误切楼栋 Buildings cut that need not be", f"{found.cut_pct:.2f} %"),
        (
            "户数 最少/平均/最多 Households min/mean/max",
            f"{found.households_min} / {found.households_mean:.0f} / {found.households_max}",
        ),
    ]
    table = Table(title="网格质量 Quality of the grids", title_justify="left")
    table.add_column("指标 Measure")
    table.add_column("值 Value", justify="right")
    for row in rows:
        table.add_row(*row)
    return table
