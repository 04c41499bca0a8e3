"""The list of rows left out, as a CSV that Excel opens with its Chinese intact."""

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from data.imports.messages import Language
from data.imports.problems import BadRow

_HEADERS = {
    "zh": ("行", "列", "值", "问题", "怎么改"),
    "en": ("row", "column", "value", "what is wrong", "what to do"),
}
# Excel runs a cell that begins so as a formula; the apostrophe makes it text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_report(path: Path, bad: Sequence[BadRow], language: Language) -> None:
    """Write bad rows to a CSV in UTF-8 with byte order mark, all or nothing.

    Parameters
    ----------
    path
        Where to; an older report is replaced.
    bad
        What was left out; an empty list gives a file with its header only.
    language
        Of the header and the messages.
    """
    write_rows(path, _HEADERS[language], (_line(row, language) for row in bad))


def _line(row: BadRow, language: Language) -> tuple[object, ...]:
    wrong, mend = row.problem.wrong(language), row.problem.mend(language)
    return (row.row, row.column, as_text(row.value), wrong, mend)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV in UTF-8 with byte order mark, all or nothing; an older one is replaced."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-", suffix=".csv")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def as_text(value: str) -> str:
    """Keep a cell from being run as a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
