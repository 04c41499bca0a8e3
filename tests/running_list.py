"""A running list 台账 as a street's hotline desk keeps it, as a workbook and as a GBK table.

Two header rows over merged cells, a title and a line below it, days merged over several rows,
sections, subtotals, a grand total, a signature, names and telephone numbers, dates in every way
that people write them, three sheets of which one is a summary.
"""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

TITLE = "西街街道12345热线办理情况台账"
UPPER = (
    *("序号", "工单编号", "受理日期", "诉求类别", "位置", "位置", "位置", "诉求内容"),
    *("来电人", "联系电话", "问题来源", "紧急程度", "办理情况", "办结日期"),
)
LOWER = (*("", "", "", "", "地址", "经度", "纬度", ""), *("", "", "", "", "", ""))
WIDTH = len(UPPER)

Row = tuple[Any, ...]
# What is sure to be found, what is not, what cannot be read, and what was put right already.
MARCH: tuple[Row, ...] = (
    *(
        (1, "GD20260301", "2026.3.5", "暴露垃圾", "幸福路2号", None, None, "垃圾堆在楼道口"),
        (2, "GD20260302", "2026.3.5", "道路坑洼", "幸福路4号", None, None, "路面坑洼积水"),
        (3, "GD20260303", "3月6日", "06010", None, 118.005, 36.81, "桥头有垃圾"),
        (4, "GD20260304", "2026年3月7日上午", "暴露垃圾", "幸福家园", None, None, "电13800138000"),
        (5, "GD20260305", 46090, "占用消防通道", "和平路8号", None, None, "车堵了消防通道"),
        (6, "GD20260306", 3.1, "暴露垃圾", "幸福路2号", None, None, "日期写成了数"),
        (7, "GD20260307", "2026/3/9 14:30", "占用消防通道", "和平路6号", None, None, "杂物堆放"),
    ),
)
TAILS: tuple[Row, ...] = (
    ("张某", "13800138001", "12345热线", "一般", "办理中", None),
    ("李某", "13800138002", "12345热线", "紧急", "办理中", None),
    ("王某", "13800138003", "市民来信来访", "一般", "已办结", "2026.3.8"),
    ("赵某", "13800138004", "网格员上报", "一般", "办理中", None),
    ("孙某", "13800138005", "12345热线", "一般", "已销号", date(2026, 3, 12)),
    ("周某", "13800138006", "12345热线", "一般", "办理中", None),
    ("吴某", "13800138007", "12345热线", "一般", "研判中", None),
)
APRIL: tuple[Row, ...] = (
    *(("1", "GD20260401", "4月2日", "暴露垃圾", "和平路6号", None, None, "河边垃圾"),),
)
REPORTS = tuple((*head, *tail) for head, tail in zip(MARCH, TAILS, strict=True))
"""The seven rows of March; the first two share a merged day."""


def months(*, april: bool = True, changed: dict[int, dict[int, Any]] | None = None) -> list[Any]:
    """The rows of the sheet of March, changed where asked: {place: {column: value}}."""
    rows = [list(row) for row in REPORTS]
    for place, cells in (changed or {}).items():
        for column, value in cells.items():
            rows[place][column] = value
    return rows


def workbook(changed: dict[int, dict[int, Any]] | None = None) -> bytes:
    """The list as an office has it."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    march = book.create_sheet("3月")
    _title(march, TITLE)
    _header(march)
    rows = months(changed=changed)
    _merged_row(march, "一、市容环境类")
    start = march.max_row + 1
    for row in rows[:4]:
        march.append(row)
    # The day of the first two stands once, in merged cells.
    march.cell(start + 1, 3).value = None
    _merge_down(march, start, 3)
    march.append(["小计", 4])
    march.append([])
    _merged_row(march, "二、消防通道类")
    for row in rows[4:]:
        march.append(row)
    march.append(["合计", 7])
    march.append(["制表人：钱某某"])
    april = book.create_sheet("4月")
    _header(april)
    april.append([*APRIL[0], "郑某", "13800138008", "12345热线", "一般", "办理中", None])
    summary = book.create_sheet("汇总", 0)
    summary.append(["类别", "件数", "办结率"])
    summary.append(["暴露垃圾", 5, 0.4])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _title(sheet: Worksheet, title: str) -> None:
    _merged_row(sheet, title)
    sheet.append(["填报单位：西街街道指挥中心", *[None] * 6, "填报日期：2026.3.31"])


def _header(sheet: Worksheet) -> None:
    sheet.append(list(UPPER))
    top = sheet.max_row
    sheet.append([word or None for word in LOWER])
    for column in range(6, 8):
        sheet.cell(top, column).value = None
    sheet.merge_cells(start_row=top, end_row=top, start_column=5, end_column=7)
    for column in range(1, WIDTH + 1):
        if column not in {5, 6, 7}:
            _merge_down(sheet, top, column)


def _merge_down(sheet: Worksheet, top: int, column: int) -> None:
    sheet.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)


def _merged_row(sheet: Worksheet, words: str) -> None:
    sheet.append([words])
    sheet.merge_cells(
        start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=WIDTH
    )


def table() -> bytes:
    """The sheet of March as Excel saves it for an office: GBK, blanks where cells were merged."""
    out = io.StringIO()
    writer = csv.writer(out)
    rows = [["" if cell is None else _shown(cell) for cell in row] for row in months()]
    rows[1][2] = ""
    upper = list(UPPER)
    upper[5] = upper[6] = ""
    blank = [""] * WIDTH
    writer.writerow([TITLE, *blank[1:]])
    writer.writerow(["填报单位：西街街道指挥中心", *[""] * 6, "填报日期：2026.3.31", *[""] * 6])
    writer.writerow(upper)
    writer.writerow(LOWER)
    writer.writerow(["一、市容环境类", *blank[1:]])
    writer.writerows(rows[:4])
    writer.writerow(["小计", 4, *blank[2:]])
    writer.writerow(blank)
    writer.writerow(["二、消防通道类", *blank[1:]])
    writer.writerows(rows[4:])
    writer.writerow(["合计", 7, *blank[2:]])
    writer.writerow(["制表人：钱某某", *blank[1:]])
    return out.getvalue().encode("gbk")


def _shown(cell: Any) -> str:
    return f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell)
