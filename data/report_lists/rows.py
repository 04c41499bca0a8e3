"""Rows of a list, turned into what a case needs, or refused with a reason each."""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.imports.problems import BadRow, Problem, RowError
from data.imports.values import convert
from data.report_lists.dates import read_date
from data.report_lists.fields import BY_NAME, hide_numbers
from data.report_lists.header import kind_of_row
from data.report_lists.layout import Arranged, Page
from data.report_lists.sheets import Cell
from geo.datum import to_wgs84

_ROUNDED: Final = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
# 3.1 in a CSV was 3.1 or 3.10 in the workbook it was saved from.
_SHORT_NUMBER: Final = re.compile(r"^\d{1,2}\.\d$")
# From here on a double has lost digits of a number that Excel took for a quantity.
_EXACT_BELOW: Final = 1e15
_TEXTS: Final = ("description", "address", "reporter_unit")
_NO_NUMBER: Final = "d"
_NUMBERED: Final = "n"


@dataclass(frozen=True)
class ListRow:
    """A row that can be a case, before its words and its place are looked up.

    Attributes
    ----------
    key
        By which it is known again: its number, or a digest of what it says.
    words
        Field → the word of the list, for category, severity, source and state.
    lon, lat
        WGS 84.
    hidden
        Telephone and identity numbers that were taken out of its texts.
    """

    sheet: str
    row: int
    key: str
    external_number: str | None
    description: str | None
    address: str | None
    lon: float | None
    lat: float | None
    occurred_at: datetime | None
    struck_off_at: datetime | None
    reporter_unit: str | None
    words: Mapping[str, str]
    hidden: int = 0


@dataclass(frozen=True)
class Fault:
    """A row that cannot be a case, with its sheet."""

    sheet: str
    bad: BadRow


@dataclass
class ReadRows:
    """What a list holds.

    Attributes
    ----------
    passed
        Rows that are none, by kind: "blank", "sum", "note" (one cell only), "header" (repeated).
    """

    rows: list[ListRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)

    @property
    def hidden(self) -> int:
        """Telephone and identity numbers taken out."""
        return sum(row.hidden for row in self.rows)


def read_rows(arranged: Arranged, now: datetime, zone: ZoneInfo) -> ReadRows:
    """Read the rows of a list.

    Parameters
    ----------
    now, zone
        For dates without a year, and those to come.
    """
    read = ReadRows()
    first: dict[str, str] = {}
    for page in arranged.pages:
        for number, cells in _own_rows(page, arranged, read.passed):
            reader = _RowReader(arranged, page, number, cells)
            row = reader.read(now, zone)
            if row is not None:
                _take(read, row, first, arranged)
            read.faults += reader.faults
    return read


def _take(read: ReadRows, row: ListRow, first: dict[str, str], arranged: Arranged) -> None:
    where = f"{row.sheet} {row.row}" if len(arranged.pages) > 1 else str(row.row)
    if row.key not in first:
        first[row.key] = where
        read.rows.append(row)
        return
    number = BY_NAME["external_number"]
    code = "duplicate" if row.external_number is not None else "row_repeated"
    params = {"field": number.name, "field_zh": number.name_zh, "first": first[row.key]}
    column = (arranged.layout.columns or {}).get("external_number", "")
    bad = BadRow(row.row, column, row.external_number or "", Problem(code, params))
    read.faults.append(Fault(row.sheet, bad))


def _own_rows(
    page: Page, arranged: Arranged, passed: dict[str, int]
) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Yield the rows that stand for something, with blanks filled where merged cells were lost."""
    columns = arranged.layout.columns or {}
    places = {ours: page.header.names.index(theirs) for ours, theirs in columns.items()}
    above: dict[str, Cell] = {}
    words = page.header.words
    for number, row in page.body:
        kind = kind_of_row(row, words)
        if kind is not None:
            passed[kind] = passed.get(kind, 0) + 1
            continue
        cells = {ours: row[at] for ours, at in places.items()}
        for ours in arranged.layout.filled_down or ():
            if ours in cells:
                cells[ours] = above[ours] = (
                    cells[ours] if cells[ours] is not None else above.get(ours)
                )
        yield number, cells


class _RowReader:
    """Reads one row; what is wrong with it gathers in `faults`."""

    def __init__(
        self, arranged: Arranged, page: Page, number: int, cells: Mapping[str, Cell]
    ) -> None:
        self._columns = arranged.layout.columns or {}
        self._datum = arranged.layout.datum
        self._is_text = not page.sheet.merged
        self._sheet, self._number, self._cells = page.sheet.name, number, cells
        self._hidden = 0
        self.faults: list[Fault] = []

    def read(self, now: datetime, zone: ZoneInfo) -> ListRow | None:
        texts = {name: self._text(name) for name in _TEXTS}
        number = self._external_number()
        occurred_at = self._date("reported_at", now, zone, required=True)
        struck_off_at = self._date("struck_off_at", now, zone, required=False)
        lon, lat = self._position()
        words = {
            name: text
            for name in ("category", "severity", "source", "state")
            if (text := self._text(name)) is not None
        }
        if texts["description"] is None and texts["address"] is None and lon is None:
            self._blame("description", Problem("row_says_nothing"))
        if self.faults:
            return None
        row = ListRow(
            self._sheet,
            self._number,
            "",
            number,
            **texts,
            lon=lon,
            lat=lat,
            occurred_at=occurred_at,
            struck_off_at=struck_off_at,
            words=words,
            hidden=self._hidden,
        )
        return _with_key(row)

    def _blame(self, name: str, problem: Problem) -> None:
        cell = self._cells.get(name)
        shown = "" if cell is None else str(cell)
        bad = BadRow(self._number, self._columns.get(name, ""), shown, problem)
        self.faults.append(Fault(self._sheet, bad))

    def _text(self, name: str) -> str | None:
        """Text of a cell, without numbers that reach a person."""
        cell = self._cells.get(name)
        try:
            # Dates and numbers are written as Excel shows them, more or less; names are texts.
            value = convert(BY_NAME[name], _shown(cell), _UTC)
        except RowError as error:
            self._blame(name, error.problem)
            return None
        if value is None:
            return None
        text, hidden = hide_numbers(str(value))
        self._hidden += hidden
        return text

    def _external_number(self) -> str | None:
        cell = self._cells.get("external_number")
        text = "" if cell is None else str(cell).strip()
        if (isinstance(cell, float) and abs(cell) >= _EXACT_BELOW) or _ROUNDED.match(text):
            self._blame("external_number", Problem("number_rounded"))
            return None
        try:
            value = convert(BY_NAME["external_number"], _shown(cell), _UTC)
        except RowError as error:
            self._blame("external_number", error.problem)
            return None
        return None if value is None else str(value).removeprefix("'").strip() or None

    def _date(self, name: str, now: datetime, zone: ZoneInfo, *, required: bool) -> datetime | None:
        if name not in self._columns:
            return None
        cell = self._cells.get(name)
        if self._is_text and isinstance(cell, str) and _SHORT_NUMBER.match(cell.strip()):
            cell = float(cell)
        if cell is None or (isinstance(cell, str) and cell.strip() in _NOTHING):
            if required:
                self._blame(name, _missing(name))
            return None
        try:
            return read_date(cell, now, zone)
        except RowError as error:
            self._blame(name, error.problem)
            return None

    def _position(self) -> tuple[float | None, float | None]:
        try:
            lon, lat = (
                convert(BY_NAME[name], self._cells.get(name), _UTC) for name in ("lon", "lat")
            )
        except RowError:
            self._blame("lon", Problem("coordinate_bad"))
            return None, None
        if lon is None and lat is None:
            return None, None
        if lon is None or lat is None:
            self._blame("lon" if lon is None else "lat", Problem("coordinate_missing"))
        elif lon == 0 and lat == 0:
            # Forms that want a number get a nought: there was none.
            return None, None
        elif abs(lat) > 90 >= abs(lon):
            self._blame("lat", Problem("coordinate_swapped"))
        elif not (abs(lon) <= 180 and abs(lat) <= 90):
            self._blame("lon", Problem("coordinate_range", {"lon": lon, "lat": lat}))
        else:
            x, y = to_wgs84(lon, lat, self._datum)
            return float(x), float(y)
        return None, None


_UTC: Final = ZoneInfo("UTC")
_NOTHING: Final = frozenset({"", "-", "—", "/", "无", "——"})


def _missing(name: str) -> Problem:
    return Problem("value_missing", {"field": name, "field_zh": BY_NAME[name].name_zh})


def _shown(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, float) and math.isfinite(cell) and cell.is_integer():
        return int(cell)
    return cell


def _with_key(row: ListRow) -> ListRow:
    if row.external_number is not None:
        key = f"{_NUMBERED}:{row.external_number}"
    else:
        said = {
            "occurred_at": None if row.occurred_at is None else row.occurred_at.isoformat(),
            "category": row.words.get("category"),
            "description": row.description,
            "address": row.address,
            "place": None if row.lon is None or row.lat is None else _rounded(row.lon, row.lat),
        }
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        key = f"{_NO_NUMBER}:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
    return ListRow(**{**vars(row), "key": key})


def _rounded(lon: float, lat: float) -> list[float]:
    return [round(lon, 7), round(lat, 7)]


def digests_of(row: ListRow) -> dict[str, str]:
    """By field, a short digest of what the row says; two rows that differ, differ there.

    They are salted with the row's key, so that equal words of two rows look different.
    """
    said: dict[str, object] = {
        "description": row.description,
        "address": row.address,
        "place": None if row.lon is None or row.lat is None else _rounded(row.lon, row.lat),
        "reported_at": None if row.occurred_at is None else row.occurred_at.isoformat(),
        "struck_off_at": None if row.struck_off_at is None else row.struck_off_at.isoformat(),
        "reporter_unit": row.reporter_unit,
        **{name: row.words.get(name) for name in ("category", "severity", "source", "state")},
    }
    return {
        name: hashlib.sha256(f"{row.key}|{name}|{json.dumps(value)}".encode()).hexdigest()[:16]
        for name, value in said.items()
    }
