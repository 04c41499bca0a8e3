"""What can be wrong with a file, as exceptions and rows that speak both languages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from data.imports.address_messages import ADDRESS_MESSAGES
from data.imports.file_messages import FILE_MESSAGES
from data.imports.grid_messages import GRID_MESSAGES
from data.imports.household_messages import HOUSEHOLD_MESSAGES
from data.imports.list_messages import LIST_MESSAGES
from data.imports.messages import Language, Message
from data.imports.osm_messages import OSM_MESSAGES
from data.imports.row_messages import ROW_MESSAGES
from data.imports.track_messages import TRACK_MESSAGES

MESSAGES: Final[dict[str, Message]] = (
    ADDRESS_MESSAGES
    | FILE_MESSAGES
    | GRID_MESSAGES
    | HOUSEHOLD_MESSAGES
    | LIST_MESSAGES
    | OSM_MESSAGES
    | ROW_MESSAGES
    | TRACK_MESSAGES
)


def _shown(value: object, limit: int = 600) -> str:
    """Shorten a value so that one broken cell cannot fill the screen."""
    text = str(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, by code, with what the sentence needs.

    Parameters
    ----------
    code
        A key of `MESSAGES`.
    params
        Values for the sentence's blanks.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def _message(self) -> Message:
        return MESSAGES[self.code]

    def wrong(self, language: Language) -> str:
        """Say what is wrong, in the language asked for."""
        return self._message.wrong(language).format(**self._blanks())

    def mend(self, language: Language) -> str:
        """Say what to do about it, in the language asked for."""
        return self._message.mend(language).format(**self._blanks()).rstrip()

    def text(self, language: Language) -> str:
        """Say what is wrong and what to do, as one line."""
        space = "" if language == "zh" else " "
        return f"{self.wrong(language)}{space}{self.mend(language)}"

    def _blanks(self) -> dict[str, str]:
        return {key: _shown(value) for key, value in self.params.items()}


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be imported.

    Parameters
    ----------
    row
        As a person counts rows in that file: the line of a CSV, the row of a
        sheet, the nth feature of a layer, the nth point of a GPX file.
    column
        The file's own column name; "geometry" for the shape.
    value
        What stands there, as text.
    problem
        What is wrong with it.
    """

    row: int
    column: str
    value: str
    problem: Problem

    @property
    def code(self) -> str:
        """The problem's code, for programs."""
        return self.problem.code

    @property
    def message_zh(self) -> str:
        """What is wrong and what to do, in Chinese."""
        return self.problem.text("zh")

    @property
    def message_en(self) -> str:
        """What is wrong and what to do, in English."""
        return self.problem.text("en")

    def line(self, language: Language) -> str:
        """Return row, column, value and message as one line for a person."""
        value = _shown(self.value, limit=80)
        if language == "zh":
            column = "" if self.column == "geometry" else f"，“{self.column}”列"
            where = f"第 {self.row} 行{column}" + (f"（{value}）" if value else "")
            return f"{where}：{self.message_zh}"
        column = "" if self.column == "geometry" else f", column {self.column}"
        where = f"row {self.row}{column}" + (f" ({value})" if value else "")
        return f"{where}: {self.message_en}"


class ImportFileError(ValueError):
    """The file cannot be imported; nothing of it was.

    Parameters
    ----------
    code
        A key of `MESSAGES`.
    bad
        The rows at fault, when the fault lies in rows.
    **params
        Values for the sentence's blanks.
    """

    def __init__(self, code: str, /, *, bad: Sequence[BadRow] = (), **params: object) -> None:
        self.problem = Problem(code, dict(params))
        self.bad = list(bad)
        super().__init__(self.problem.text("en"))

    @property
    def code(self) -> str:
        """The problem's code, for programs."""
        return self.problem.code

    @property
    def message_zh(self) -> str:
        """What is wrong and what to do, in Chinese."""
        return self.problem.text("zh")

    @property
    def message_en(self) -> str:
        """What is wrong and what to do, in English."""
        return self.problem.text("en")


class RowError(ValueError):
    """A value that cannot be taken over; caught by the check of its row."""

    def __init__(self, code: str, /, **params: object) -> None:
        self.problem = Problem(code, dict(params))
        super().__init__(code)


def refuse_rows(bad: Sequence[BadRow], total: int) -> ImportFileError:
    """Make the error for a file with bad rows, which names the first of them."""
    first = min(bad, key=lambda row: row.row)
    return ImportFileError(
        "rows_bad",
        bad=sorted(bad, key=lambda row: row.row),
        count=len({row.row for row in bad}),
        total=total,
        first_zh=first.line("zh"),
        first_en=first.line("en"),
    )
