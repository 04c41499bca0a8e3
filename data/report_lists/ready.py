"""Rows whose words are understood: all that is needed to file them, and to ask about the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from data.imports.problems import BadRow, Problem
from data.report_lists.layout import ListLayout
from data.report_lists.rows import Fault, ListRow, digests_of
from data.report_lists.words import LEFT_OUT, Channel, Meanings, WordField, plain_word

ASKED_FIELDS: Final[tuple[WordField, ...]] = ("category", "state", "severity", "source")


class ReadyRow(BaseModel):
    """A row as it will be filed; what a job keeps of a list until it is done."""

    model_config = ConfigDict(frozen=True)

    sheet: str
    row: int
    key: str
    external_number: str | None
    category_id: int
    severity: Literal["red", "yellow", "blue"] | None
    channel: Channel
    description: str | None
    address: str | None
    lon: float | None
    lat: float | None
    occurred_at: AwareDatetime | None
    struck_off: bool
    struck_off_at: AwareDatetime | None
    reporter_unit: str | None
    digests: dict[str, str]


@dataclass(frozen=True)
class UnknownWord:
    """A word of the list that nobody has given a meaning, and how many rows use it."""

    field: WordField
    word: str
    rows: int


@dataclass
class Ready:
    """What became of a list's rows.

    Attributes
    ----------
    left_out
        Rows whose category somebody said to leave out.
    unknown
        Rows of an unknown category are among `faults`; other unknown words are passed over: the
        state is then open, severity and source are the usual ones.
    """

    rows: list[ReadyRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0
    unknown: list[UnknownWord] = field(default_factory=list)


def make_ready(rows: Sequence[ListRow], layout: ListLayout, meanings: Meanings) -> Ready:
    """Look up the words of rows."""
    ready = Ready()
    unknown: dict[tuple[WordField, str], list[str]] = {}
    column = (layout.columns or {}).get("category", "")
    for row in rows:
        found: dict[WordField, str | None] = {}
        for name in ASKED_FIELDS:
            word = row.words.get(name)
            found[name] = None if word is None else meanings.of(name, word)
            if word is not None and found[name] is None:
                unknown.setdefault((name, plain_word(word)), []).append(word)
        category = _category(row, found["category"], layout)
        if isinstance(category, Problem):
            bad = BadRow(row.row, column, row.words.get("category", ""), category)
            ready.faults.append(Fault(row.sheet, bad))
        elif category == LEFT_OUT:
            ready.left_out += 1
        else:
            ready.rows.append(_ready(row, int(category), found, layout))
    ready.unknown = [
        UnknownWord(name, words[0], len(words))
        for (name, _), words in sorted(
            unknown.items(), key=lambda item: (ASKED_FIELDS.index(item[0][0]), -len(item[1]))
        )
    ]
    return ready


def _category(row: ListRow, meaning: str | None, layout: ListLayout) -> str | Problem:
    word = row.words.get("category")
    if word is None:
        if layout.category_id is None:
            return Problem("category_missing")
        return str(layout.category_id)
    return Problem("category_unsaid", {"word": word}) if meaning is None else meaning


def _ready(
    row: ListRow, category_id: int, found: dict[WordField, str | None], layout: ListLayout
) -> ReadyRow:
    said = found["state"] is not None or row.words.get("state") is not None
    # A list without a column of states strikes off by filling in the date.
    struck_off = found["state"] == "struck_off" if said else row.struck_off_at is not None
    return ReadyRow.model_validate(
        {
            **{name: getattr(row, name) for name in _SAME},
            "category_id": category_id,
            "severity": found["severity"] or None,
            "channel": found["source"] or layout.channel,
            "struck_off": struck_off,
            "digests": digests_of(row),
        }
    )


_SAME: Final = (
    *("sheet", "row", "key", "external_number", "description", "address", "lon", "lat"),
    *("occurred_at", "struck_off_at", "reporter_unit"),
)


def happened_at(row: ReadyRow, at: datetime) -> datetime:
    """When a row's hazard was reported there; never after now."""
    return at if row.occurred_at is None else min(row.occurred_at, at)
