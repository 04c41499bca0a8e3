"""Reading what an office says to our answers: the sheet as it went, or one of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from data.imports.columns import plain
from data.imports.problems import ImportFileError
from data.report_lists.fields import field_of
from data.report_lists.sheets import Cell, Sheet, read_book
from data.report_lists.words import plain_word
from data.ticket_replies import Outcome, Verdict

_HEAD_WITHIN: Final = 20


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_OUTCOMES: Final = _set(
    "对方意见 确认结果 回访结果 回访意见 是否满意 满意度 审核结果 审核意见 办理结果 办结确认 "
    "theiranswer outcome result "
)
_REMARKS: Final = _set(
    "对方说明 退回原因 不满意原因 回访说明 审核说明 说明 原因 备注 theirremarks remarks reason "
)
_WORDS: Final[dict[Outcome, frozenset[str]]] = {
    "accepted": _set(
        "采纳 确认 通过 同意 满意 基本满意 非常满意 办结 已办结 是 accepted accept ok yes 1 √ "
    ),
    "refused": _set(
        "退回 驳回 不采纳 未采纳 不通过 不同意 不满意 重办 返工 否 refused refuse rejected no 0 × "
    ),
}


@dataclass(frozen=True)
class VerdictsRead:
    """Verdicts of a file; rows that say nothing yet, and those whose word nobody knows."""

    verdicts: list[Verdict]
    empty: int
    unclear: list[int]


def read_verdicts(name: str, body: bytes) -> VerdictsRead:
    """Read an office's file.

    Raises
    ------
    ImportFileError
        It cannot be read, or has no columns of numbers and answers.
    """
    for sheet in read_book(name, body).sheets:
        for at in range(min(_HEAD_WITHIN, len(sheet.rows))):
            names = [plain(str(cell)) if cell is not None else "" for cell in sheet.rows[at]]
            columns = _columns(names, sheet.rows[at])
            if columns is not None:
                return _read(sheet, at + 1, columns)
    raise ImportFileError("no_verdict_columns", path=name)


def _columns(names: Sequence[str], cells: Sequence[Cell]) -> tuple[int, int, int | None] | None:
    number = next(
        (
            at
            for at, cell in enumerate(cells)
            if cell is not None
            and (field_of(str(cell)) == "external_number" or names[at] == "ticketnumber")
        ),
        None,
    )
    outcome = next((at for at, name in enumerate(names) if name in _OUTCOMES), None)
    if number is None or outcome is None:
        return None
    return number, outcome, next((at for at, name in enumerate(names) if name in _REMARKS), None)


def _read(sheet: Sheet, first: int, columns: tuple[int, int, int | None]) -> VerdictsRead:
    number_at, outcome_at, remark_at = columns
    verdicts: list[Verdict] = []
    unclear: list[int] = []
    empty = 0
    for row, number in zip(sheet.rows[first:], sheet.numbers[first:], strict=True):
        ticket, said = _text(row[number_at]), row[outcome_at]
        if not ticket:
            continue
        if said is None:
            empty += 1
            continue
        word = plain_word(said)
        outcome = next((one for one, words in _WORDS.items() if word in words), None)
        if outcome is None:
            unclear.append(number)
            continue
        remark = "" if remark_at is None else _text(row[remark_at])
        verdicts.append(Verdict(number, ticket, outcome, remark[:1000]))
    return VerdictsRead(verdicts, empty, unclear)


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()
