"""Where the header of an office's list is: below titles, over one or several rows."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from data.imports.columns import plain
from data.report_lists.fields import is_known
from data.report_lists.sheets import Cell, Sheet

LOOKED_AT: Final = 30
MOST_LEVELS: Final = 4
ADDED_COLUMNS: Final = {
    "zh": ("原行号", "未导入原因", "怎么改"),
    "en": ("Row in the list", "Why not imported", "What to do"),
}
"""Columns that stand before an office's own where its rows come back to be mended."""
_ADDED: Final = frozenset(plain(name) for names in ADDED_COLUMNS.values() for name in names)
_LEAST_KNOWN: Final = 2
_LONGEST_NAME: Final = 24
_SUMS: Final = re.compile(
    r"^(?:本?[日周月季年页]?)?(?:合计|小计|总计|累计|共计|总数|合\s*计|小\s*计)(?:[:：数]|$|\s|\d)"
)


@dataclass(frozen=True)
class Header:
    """A header: the places of its first and last row in `Sheet.rows`, and a name for each column.

    A name of several levels is joined by a stroke: 位置/经度.
    """

    first: int
    last: int
    names: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """Every word that stands in it."""
        return frozenset(part for name in self.names for part in (name, *name.split("/")))

    @property
    def shape(self) -> bytes:
        """What lists of the same columns have in common; the same for every week's list."""
        named = [plain(name) for name in self.names if not name.startswith("#")]
        named = [name for name in named if name not in _ADDED]
        return hashlib.sha256("\n".join(named).encode()).digest()


def find_header(sheet: Sheet) -> Header | None:
    """Find the rows that name the columns; None where no row names two of what is known."""
    rows = sheet.rows[:LOOKED_AT]
    known = [_known(row) for row in rows]
    best = max(range(len(rows)), key=lambda at: (known[at], -at), default=None)
    if best is None or known[best] < _LEAST_KNOWN:
        return None
    first, last = best, best
    while last + 1 < len(rows) and last - first + 1 < MOST_LEVELS and _goes_on(rows, last):
        last += 1
    while first > 0 and last - first + 1 < MOST_LEVELS and _stands_over(rows, first):
        first -= 1
    return header_at(sheet, first, last)


def header_at(sheet: Sheet, first: int, last: int) -> Header:
    """The header that stands in these rows, whatever they hold."""
    levels = [list(row) for row in sheet.rows[first : last + 1]]
    if not sheet.merged:
        _fill_right(levels)
    names: list[str] = []
    for at in range(len(levels[0])):
        parts: list[str] = []
        for level in levels:
            cell = level[at]
            word = "" if cell is None else " ".join(str(cell).split())
            if word and (not parts or parts[-1] != word):
                parts.append(word)
        name = "/".join(parts) or f"#{at + 1}"
        names.append(name if name not in names else f"{name} (#{at + 1})")
    while names and names[-1] == f"#{len(names)}":
        names.pop()
    return Header(first, last, tuple(names))


def possible_headers(sheet: Sheet) -> Iterator[Header]:
    """Every run of rows near the top that might be a header."""
    for first in range(min(len(sheet.rows), LOOKED_AT // 2)):
        for last in range(first, min(len(sheet.rows), first + MOST_LEVELS)):
            if len(_words(sheet.rows[last])) > 1:
                yield header_at(sheet, first, last)


def best_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheet whose header names most that is known, and those with the same header.

    Summaries and notes beside a list have other headers, and months of one list the same.
    """
    headers = [(sheet, find_header(sheet)) for sheet in sheets]
    found = [(sheet, header) for sheet, header in headers if header is not None]
    if not found:
        return [sheet for sheet in sheets if sheet.rows][:1]
    best = max(found, key=lambda pair: sum(map(is_known, pair[1].names)))[1]
    return [sheet for sheet, header in found if header.shape == best.shape]


def kind_of_row(row: Sequence[Cell], words: frozenset[str]) -> str | None:
    """What a row below a header is that is no report; None for a report.

    "blank", "sum" (合计 and its kin), "note" (one cell, or one merged over all), "header" (the
    same names again, as on the next printed page).

    Parameters
    ----------
    words
        `Header.words`.
    """
    filled = [cell for cell in row if cell is not None]
    if not filled:
        return "blank"
    texts = [str(cell).strip() for cell in filled]
    if any(_SUMS.match(text) is not None for text in texts[:3]):
        return "sum"
    different = set(texts)
    if len(different) == 1:
        return "note"
    if len(different & words) > len(different) / 2:
        return "header"
    return None


def _words(row: Iterable[Cell]) -> set[str]:
    return {plain(str(cell)) for cell in row if cell is not None}


def _known(row: Sequence[Cell]) -> int:
    """How many different known words a row holds that look like names of columns."""
    texts = {cell for cell in row if isinstance(cell, str) and len(cell) <= _LONGEST_NAME}
    return len({plain(text) for text in texts if is_known(text)})


def _is_names(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if cell is not None]
    return bool(filled) and all(
        isinstance(cell, str)
        and len(cell) <= _LONGEST_NAME
        and not any(mark.isdecimal() for mark in cell)
        for cell in filled
    )


def _goes_on(rows: Sequence[Sequence[Cell]], last: int) -> bool:
    """Whether the row below belongs to the header: it divides a column, or repeats merged ones."""
    above, below = rows[last], rows[last + 1]
    if not _is_names(below) or _words(below) == _words(above):
        return False
    pairs = list(zip(above, below, strict=True))
    repeated = sum(1 for up, down in pairs if up is not None and up == down)
    new = {str(down) for up, down in pairs if down is not None and up != down}
    divided = sum(1 for word in new if is_known(word))
    # A first row of data names things too, but fills the columns that a header leaves merged.
    plain_column = sum(1 for up, down in pairs if up is not None and down is None)
    return divided > 0 and (repeated > 0 or plain_column > 0)


def _stands_over(rows: Sequence[Sequence[Cell]], first: int) -> bool:
    """Whether the row above belongs to the header; a title is one word over all columns."""
    above, below = rows[first - 1], rows[first]
    if not _is_names(above) or len(_words(above)) < _LEAST_KNOWN:
        return False
    repeated = any(up is not None and up == down for up, down in zip(above, below, strict=True))
    return repeated or _known(above) > 0


def _fill_right(levels: list[list[Cell]]) -> None:
    """Give back to the upper levels of a CSV what merged cells had; blanks stand there."""
    for upper, lower in pairwise(levels):
        for at in range(1, len(upper)):
            if upper[at] is None and lower[at] is not None:
                upper[at] = upper[at - 1]
