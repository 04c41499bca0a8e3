"""The ledger of grids 网格台账: one row a grid, in a workbook ready to print."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from data.exports.grid_book import GridBook, limit_columns
from data.exports.household_basis import basis_text
from geo.limits import Language

_COLUMNS: Final = (
    ("网格编码", "Code", 18),
    ("网格名称", "Name", 14),
    ("所属社区", "Community", 16),
    ("户数", "Households", 9),
    ("楼栋数", "Buildings", 9),
    ("面积（公顷）", "Size (ha)", 11),
    ("网格员", "Officers", 16),
    ("东至", "East to", 22),
    ("南至", "South to", 22),
    ("西至", "West to", 22),
    ("北至", "North to", 22),
)
_TITLES: Final = {"zh": "{title}网格台账", "en": "Ledger of grids: {title}"}
_SHEETS: Final = {"zh": "网格台账", "en": "Grids"}
_TOTALS: Final = {"zh": "合计", "en": "Total"}
_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_HEADER_ROW: Final = 3
_THIN: Final = Side(style="thin", color="808080")
_FRAME: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def write_ledger(path: Path, book: GridBook, language: Language) -> None:
    """Write the ledger: title, one row a grid, a total; A4 across, the header on each page.

    Parameters
    ----------
    path
        An .xlsx file to be written.
    book
        What to write.
    language
        Of title, headers and the four limits.
    """
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    if not isinstance(sheet, Worksheet):  # pragma: no cover - a new workbook has a sheet
        raise TypeError("a new workbook has no sheet")
    sheet.title = _SHEETS[language]
    _head(sheet, book, language)
    rows = _rows(book, language)
    for row in rows:
        sheet.append(row)
    sheet.append(_total(rows, language))
    _dress(sheet)
    workbook.save(path)


def _head(sheet: Worksheet, book: GridBook, language: Language) -> None:
    sheet.append([_TITLES[language].format(title=book.title)])
    sheet.append([_source(book, language)])
    sheet.append([zh if language == "zh" else en for zh, en, _ in _COLUMNS])


def _source(book: GridBook, language: Language) -> str:
    count = len(book.grids)
    if language == "zh":
        what = f"方案 {book.plan}" if book.plan is not None else "现行网格"
        told = [what, f"{book.on:%Y年%m月%d日}", f"共 {count} 个网格"]
    else:
        what = f"Plan {book.plan}" if book.plan is not None else "Grids in force"
        told = [what, str(book.on), f"{count} grids"]
    basis = basis_text(book.basis, language)
    return " · ".join([*told, basis] if basis else told)


def _rows(book: GridBook, language: Language) -> list[list[str | int | float]]:
    limits = zip(*limit_columns(book, language).values(), strict=True)
    return [
        [
            _text(grid.code),
            _text(grid.name),
            _text(grid.community),
            int(grid.households),
            int(grid.buildings),
            round(grid.area_m2 / 10_000, 2),
            _text(grid.officers),
            *map(_text, sides),
        ]
        for grid, sides in zip(book.grids.itertuples(), limits, strict=True)
    ]


def _text(value: str) -> str:
    """A cell of text; one that Excel would run as a formula is kept from it."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _total(rows: list[list[str | int | float]], language: Language) -> list[str | int | float]:
    sums: list[str | int | float] = [
        round(sum(float(row[at]) for row in rows), 2) for at in (3, 4, 5)
    ]
    return [_TOTALS[language], "", "", *sums]


def _dress(sheet: Worksheet) -> None:
    last = get_column_letter(len(_COLUMNS))
    for row in (1, 2):
        sheet.merge_cells(f"A{row}:{last}{row}")
        sheet[f"A{row}"].alignment = Alignment(horizontal="center")
    sheet["A1"].font = Font(size=16, bold=True)
    for at, (_, _, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for cells in sheet.iter_rows(min_row=_HEADER_ROW, max_col=len(_COLUMNS)):
        for cell in cells:
            cell.border = _FRAME
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            if cell.row == _HEADER_ROW:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="E8EEF4")
            elif cell.column == 1:
                cell.number_format = "@"
            elif cell.column == 6:
                cell.number_format = "0.00"
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}{sheet.max_row - 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
