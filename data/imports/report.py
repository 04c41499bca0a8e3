"""The list of rows left out, as a CSV that Excel opens with its Chinese intact."""

import csv
import os
import tempfile
from collections.abc import Sequence
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
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".report-", suffix=".csv")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADERS[language])
            for row in bad:
                wrong, mend = row.problem.wrong(language), row.problem.mend(language)
                writer.writerow((row.row, row.column, _as_text(row.value), wrong, mend))
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
