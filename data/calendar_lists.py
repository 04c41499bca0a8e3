"""A year's holidays and make-up workdays from a list: XLSX, XLS or CSV, as an office keeps it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from data.calendars import SpecialDay
from data.report_lists.sheets import Book, Cell

_FREE: Final = frozenset(
    ("休", "放假", "休息", "休息日", "节假日", "假日", "holiday", "off", "free", "0", "false", "否")
)
_WORKED: Final = frozenset(
    ("班", "上班", "补班", "调休上班", "工作日", "workday", "work", "worked", "1", "true", "是")
)
_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True)
class ListFault:
    """A row that could not be taken, and why: `day`, `kind`, `year` or `twice`."""

    row: int
    code: Literal["day", "kind", "year", "twice"]
    cell: str


def read_days(book: Book, year: int) -> tuple[list[SpecialDay], list[ListFault]]:
    """Read the special days of a year: a date, whether it is worked, and what it is called.

    Columns may stand in any order and under any heading. A row without a date at its beginning is
    a heading; a row with one says 休 or 班 in another cell.
    """
    days: dict[date, SpecialDay] = {}
    faults: list[ListFault] = []
    for sheet in book.sheets:
        for number, row in zip(sheet.numbers, sheet.rows, strict=True):
            found = _read_row(number, row, year)
            if isinstance(found, ListFault):
                faults.append(found)
            elif found is not None and days.setdefault(found.day, found) != found:
                faults.append(ListFault(number, "twice", found.day.isoformat()))
    return sorted(days.values(), key=lambda day: day.day), faults


def _read_row(number: int, row: Sequence[Cell], year: int) -> SpecialDay | ListFault | None:
    cells = [cell for cell in row if cell not in ("", None)]
    day = next((found for cell in cells if (found := _day(cell)) is not None), None)
    kinds = [kind for cell in cells if (kind := _kind(cell)) is not None]
    if day is None:
        if kinds and len(cells) > 1:
            return ListFault(number, "day", str(cells[0])[:60])
        return None
    if day.year != year:
        return ListFault(number, "year", day.isoformat())
    if len(set(kinds)) != 1:
        return ListFault(number, "kind", day.isoformat())
    names = [str(c).strip() for c in cells if _day(c) is None and _kind(c) is None]
    return SpecialDay(day, kinds[0], names[0][:40] if names else None)


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = _DATE.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _kind(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    said = (f"{cell:g}" if isinstance(cell, float) else str(cell)).strip().lower()
    if said in _FREE:
        return False
    return True if said in _WORKED else None
