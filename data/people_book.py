"""The workbook in which an office lists its people: examples, and lists to choose from."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Connection, select

from data.database import query
from data.people_cells import ROLE_WORDS
from data.people_lists import COLUMNS, EXAMPLE, MOST_PEOPLE, NAMES
from data.schema import Unit
from data.scope import Scope
from geo.limits import Language

_AT: Final[Mapping[Language, int]] = {"zh": 0, "en": 1}
_TITLES: Final[Mapping[Language, tuple[str, str, str]]] = {
    "zh": ("人员名单", "填写说明", "可选的值"),
    "en": ("People", "How to fill it in", "Values to choose from"),
}
_HELP: Final[Mapping[Language, tuple[str, ...]]] = {
    "zh": (
        "一行写一个人的一个角色；一个人有几个角色就写几行，登录名和姓名照样写。",
        f"登录名以 {EXAMPLE} 开头的行是示例，导入时跳过。",
        "登录名：2 至 64 个字符，小写字母、数字和 . _ -，以字母或数字开头，全系统不重复。",
        "角色：从下拉列表选。网格员可以写网格（编码，或区域加网格名，几个之间用顿号）；"
        "不写网格就是管整个区域。",
        "区域：从下拉列表选，写编码或名称都行；名称有重复的请写编码。",
        "责任单位：责任单位人员必填，名称须与系统里一致。",
        "开始日期、结束日期：如 2026-11-22，结束日期当天仍有效；都可以空着"
        "（从导入当天起，不限期）。",
        "导入前先核对，有一行不对就一行也不写。同一个文件再导入一次不会重复；名单里没有的不会动。",
        "不要写身份证号、手机号等个人信息，多出来的列不会读取。",
    ),
    "en": (
        "One row is one role of one person; for several roles write several rows with the same "
        "login and name.",
        f"Rows whose login begins with {EXAMPLE} are examples and passed over.",
        "Login: 2 to 64 small letters, digits and . _ -, beginning with a letter or digit; no two "
        "people have the same.",
        "Role: choose from the list. A grid officer may have grids (by code, or area and name of "
        "the grid, parted by commas); without grids it is the whole area.",
        "Area: choose from the list; code or name. Where names are not unique, give the code.",
        "Unit: needed for people of responsible units; named as in the system.",
        "From and To: such as 2026-11-22, To included; both may be left out (from the day of "
        "import, without end).",
        "Everything is checked first: with one bad row nothing is written. The same file again "
        "changes nothing; who is not in it stays as he is.",
        "No identity numbers, no private telephones: other columns are not read.",
    ),
}
_HEAD_FILL: Final = PatternFill("solid", fgColor="E8EEF4")
_WIDTHS: Final = (18, 14, 16, 28, 34, 18, 14, 14)
_GRIDS_LISTED: Final = 5_000


def people_book(
    connection: Connection, scope: Scope, today: date, language: Language = "zh"
) -> bytes:
    """Make the workbook for somebody who administers accounts in a scope.

    Returns
    -------
    The bytes of an XLSX.
    """
    places = connection.execute(
        query("places_for_people"), {**scope.parameters(), "day": today}
    ).all()
    areas = [f"{row.code} {row.name}" for row in places if row.kind == "area"]
    grids = [f"{row.code} {row.name}" for row in places if row.kind == "grid"]
    units = connection.execute(
        select(Unit.name).where(Unit.district_id == scope.district_id).order_by(Unit.id)
    ).scalars()
    at = _AT[language]
    roles = [words[at] for words in ROLE_WORDS.values()]
    columns = {"role": roles, "area": areas, "unit": list(units), "grids": grids[:_GRIDS_LISTED]}
    book = openpyxl.Workbook()
    first, help_title, choices_title = _TITLES[language]
    sheet = book.worksheets[0]
    sheet.title = first
    _head(sheet, [NAMES[column][at] for column in COLUMNS], _WIDTHS)
    for row in _examples(roles, areas, grids, list(columns["unit"]), today):
        sheet.append(row)
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            if isinstance(cell.value, str):
                # What somebody named so never runs as a formula.
                cell.data_type = "s"
                cell.font = Font(italic=True, color="6D7B81")
    _explain(book.create_sheet(help_title), _HELP[language])
    chosen = book.create_sheet(choices_title)
    _head(chosen, [NAMES[column][at] for column in columns], (18, 34, 24, 34))
    _offer(sheet, chosen, columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Worksheet, words: Sequence[str], widths: Sequence[int]) -> None:
    sheet.append(list(words))
    for at, width in enumerate(widths, 1):
        cell = sheet.cell(1, at)
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"


def _examples(
    roles: Sequence[str],
    areas: Sequence[str],
    grids: Sequence[str],
    units: Sequence[str],
    today: date,
) -> list[list[Any]]:
    """Rows that show how it is done: an officer with two grids, one for some days, a handler."""
    area = areas[-1] if areas else ""
    codes = "、".join(grid.split(" ", maxsplit=1)[0] for grid in grids[:2])
    unit = units[0] if units else ""
    return [
        [f"{EXAMPLE}.wang", "王丽", roles[0], area, codes, "", today, None],
        [f"{EXAMPLE}.zhao", "赵强", roles[2], area, "", "", None, date(today.year, 12, 31)],
        [f"{EXAMPLE}.li", "李明", roles[3], areas[0] if areas else "", "", unit, None, None],
    ]


def _explain(sheet: Worksheet, words: Sequence[str]) -> None:
    sheet.column_dimensions["A"].width = 100
    for text in words:
        sheet.append([text])
        cell = sheet.cell(sheet.max_row, 1)
        cell.data_type, cell.alignment = "s", Alignment(wrap_text=True)


def _offer(sheet: Worksheet, chosen: Worksheet, columns: Mapping[str, Sequence[str]]) -> None:
    """List the values of columns, and let their cells choose from them."""
    for at, (column, values) in enumerate(columns.items(), 1):
        for row, value in enumerate(values, 2):
            cell = chosen.cell(row, at, value)
            cell.data_type = "s"
        if not values or column == "grids":
            # A cell may name several grids: no list of single ones would let it.
            continue
        letter = get_column_letter(at)
        there = f"'{chosen.title}'!${letter}$2:${letter}${len(values) + 1}"
        # Names alone, and words of other offices, are taken too: nothing else is refused.
        rule = DataValidation("list", formula1=there, allow_blank=True, showErrorMessage=False)
        place = get_column_letter(COLUMNS.index(column) + 1)
        rule.add(f"{place}2:{place}{MOST_PEOPLE + 10}")
        sheet.add_data_validation(rule)
