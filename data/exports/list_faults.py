"""Rows of a list that could not be filed, as a workbook to mend and import again."""

import io
from collections.abc import Sequence
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from data.report_lists.header import ADDED_COLUMNS
from data.report_lists.layout import Arranged
from data.report_lists.rows import Fault
from geo.limits import Language

_TITLES: Final = {"zh": "未导入", "en": "Not imported"}
_HEAD: Final = PatternFill("solid", fgColor="E8EEF4")
_WHY: Final = PatternFill("solid", fgColor="FFF4E0")
_WIDTH: Final = 16
_WIDE: Final = 48


def write_faults(arranged: Arranged, faults: Sequence[Fault], language: Language) -> bytes:
    """Write the rows at fault under the list's own columns, with the reason and what to do.

    The names of the columns stay, so that the list is known again by them; the added ones are
    passed over when it is read.

    Parameters
    ----------
    faults
        Of a row there may be several; it is written once.

    Returns
    -------
    The bytes of an XLSX.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_TITLES[language])
    sheet.freeze_panes = "A2"
    names = (*ADDED_COLUMNS[language], *arranged.names)
    for at in range(1, len(names) + 1):
        added = at <= len(ADDED_COLUMNS[language])
        sheet.column_dimensions[get_column_letter(at)].width = _WIDE if added and at > 1 else _WIDTH
    head = []
    for name in names:
        cell = WriteOnlyCell(sheet, name)
        cell.font, cell.fill = Font(bold=True), _HEAD
        head.append(cell)
    sheet.append(head)
    rows = {(page.sheet.name, number): row for page in arranged.pages for number, row in page.body}
    for (title, number), own in _by_row(faults).items():
        wrong = "\n".join(_said(one, language) for one in own)
        mend = "\n".join(dict.fromkeys(one.bad.problem.mend(language) for one in own))
        where = f"{title} {number}" if len(arranged.pages) > 1 else str(number)
        cells = [WriteOnlyCell(sheet, text) for text in (where, wrong, mend)]
        for cell in cells:
            cell.fill, cell.alignment = _WHY, Alignment(wrap_text=True, vertical="top")
        width = len(arranged.names)
        kept = [_cell(sheet, value) for value in rows[title, number][:width]]
        sheet.append([*cells, *kept])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _by_row(faults: Sequence[Fault]) -> dict[tuple[str, int], list[Fault]]:
    found: dict[tuple[str, int], list[Fault]] = {}
    for fault in faults:
        found.setdefault((fault.sheet, fault.bad.row), []).append(fault)
    return found


def _said(fault: Fault, language: Language) -> str:
    wrong = fault.bad.problem.wrong(language)
    if not fault.bad.column:
        return wrong
    return f"{fault.bad.column}{'：' if language == 'zh' else ': '}{wrong}"


def _cell(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        # What a stranger wrote never runs as a formula.
        cell.data_type = "s"
    return cell
