"""Answers to another office's tickets as a workbook, with room for what the office says to them."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from data.exports.map_words import Language

# The last two are theirs to fill: the sheet comes back as it went.
_COLUMNS: Final[Sequence[tuple[str, str, int]]] = (
    ("工单编号", "Ticket number", 22),
    ("本系统编号", "Number here", 14),
    ("类别", "Category", 18),
    ("办理状态", "State", 12),
    ("办理情况", "What was done", 48),
    ("办结时间", "Over at", 18),
    ("责任单位", "Unit", 18),
    ("整改照片", "Photos", 28),
    ("对方意见", "Their answer", 14),
    ("对方说明", "Their remarks", 30),
)
_TITLES: Final = {"zh-CN": ("答复", "说明"), "en": ("Answers", "Notes")}
_NOTES: Final = {
    "zh-CN": "请在“对方意见”一列填写“采纳”或“退回”，退回的请写明原因，原样发回即可。",
    "en": "Fill “Their answer” with accepted or refused, say why where refused, and send it back.",
}
_HEAD: Final = PatternFill("solid", fgColor="E8EEF4")
_THEIRS: Final = PatternFill("solid", fgColor="FFF4E0")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Answer:
    """An answer to one ticket; times on the district's clock."""

    external_number: str
    number: str
    category: str
    state: str
    done: str
    over_at: datetime | None
    unit: str
    photos: Sequence[str]


def write_answers(
    answers: Iterable[Answer], language: Language, notes: Sequence[tuple[str, str]]
) -> bytes:
    """Write answers; nothing in them runs as a formula.

    Parameters
    ----------
    notes
        Name and words of what stands on a sheet of its own.
    """
    book = openpyxl.Workbook(write_only=True)
    titles = _TITLES[language]
    sheet = book.create_sheet(titles[0])
    sheet.freeze_panes = "B2"
    for at, column in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = column[2]
    fills = [_HEAD] * (len(_COLUMNS) - 2) + [_THEIRS] * 2
    sheet.append(
        [
            _cell(sheet, chinese if language == "zh-CN" else english, fill)
            for (chinese, english, _), fill in zip(_COLUMNS, fills, strict=True)
        ]
    )
    for one in answers:
        sheet.append([_cell(sheet, value) for value in _row(one)])
    said = book.create_sheet(titles[1])
    said.column_dimensions["A"].width, said.column_dimensions["B"].width = 14, 90
    for name, words in (*notes, ("", _NOTES[language])):
        said.append([_cell(said, name), _cell(said, words)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(one: Answer) -> list[str]:
    over = "" if one.over_at is None else f"{one.over_at:%Y-%m-%d %H:%M}"
    told = (one.external_number, one.number, one.category, one.state, one.done, over, one.unit)
    return [*told, "、".join(one.photos), "", ""]


def _cell(sheet: Any, words: str, fill: PatternFill | None = None) -> Any:
    cell = WriteOnlyCell(sheet, _CONTROLS.sub("", words))
    # Text it stays, numbers of tickets too, and whatever it begins with.
    cell.data_type, cell.quotePrefix, cell.number_format = "s", True, "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if fill is not None:
        cell.fill, cell.font = fill, Font(bold=True)
    return cell
