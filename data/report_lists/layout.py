"""How a list is read: which sheets, where the header is, which column is what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from data.imports.problems import ImportFileError
from data.report_lists.fields import (
    BY_NAME,
    FIELDS,
    is_person,
    private_columns,
    propose_columns,
)
from data.report_lists.header import (
    Header,
    best_sheets,
    find_header,
    header_at,
    kind_of_row,
    possible_headers,
)
from data.report_lists.sheets import Book, Cell, Sheet
from data.report_lists.words import Channel
from geo.datum import Datum

# Blanks of these in a CSV are merged cells of before, where the cell above is filled.
_MERGED_AS_A_RULE: Final = ("reported_at", "source", "reporter_unit")


class ListLayout(BaseModel):
    """What somebody says about a list; what he leaves out is found.

    Attributes
    ----------
    sheets
        Names; None: the best one and those with the same header.
    header
        First and last row of the header as a person counts them; None: found.
    columns
        Ours → the list's; None: by their words, or as they were said before.
    filled_down
        Our fields whose blanks take the value above (merged cells that a CSV has lost).
    source
        What the list is called here; a row is known by it and its number.
    channel
        How its reports came in where a row does not say it.
    category_id
        The kind of rows that name none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sheets: tuple[str, ...] | None = None
    header: tuple[int, int] | None = None
    columns: dict[str, str] | None = None
    filled_down: tuple[str, ...] | None = None
    datum: Datum = "wgs84"
    source: str = Field("", max_length=100)
    channel: Channel = "hotline"
    category_id: int | None = None


@dataclass(frozen=True)
class Page:
    """A sheet with its header."""

    sheet: Sheet
    header: Header

    @property
    def body(self) -> list[tuple[int, list[Cell]]]:
        """Rows below the header, with their numbers."""
        start = self.header.last + 1
        return list(zip(self.sheet.numbers[start:], self.sheet.rows[start:], strict=True))


@dataclass(frozen=True)
class Arranged:
    """A book that can be read: its pages, all with the same columns, and the whole layout.

    Attributes
    ----------
    private
        Columns about persons; nothing reads them.
    remembered
        Whether the columns are as somebody said for an earlier list.
    """

    book: Book
    pages: tuple[Page, ...]
    layout: ListLayout
    private: tuple[str, ...]
    remembered: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the list."""
        return self.pages[0].header.names

    @property
    def shape(self) -> bytes:
        """By which the layout is remembered."""
        return self.pages[0].header.shape


def shapes_of(book: Book, asked: ListLayout) -> list[bytes]:
    """Shapes that a header of this book may have: under them a layout may be remembered."""
    found = []
    for sheet in _chosen(book, asked):
        best = find_header(sheet)
        found += [best.shape] if best is not None else []
        found += [header.shape for header in possible_headers(sheet)]
    return list(dict.fromkeys(found))


def arrange(
    book: Book, asked: ListLayout, remembered: Mapping[bytes, ListLayout] | None = None
) -> Arranged:
    """Find what was not said of a list's layout.

    Parameters
    ----------
    asked
        What was said; goes before everything.
    remembered
        Shape of header → layout, from earlier lists.

    Raises
    ------
    ImportFileError
        If there is no header, a sheet or column that was named is not there, sheets differ, or a
        column about persons was asked for.
    """
    known = remembered or {}
    sheets = _chosen(book, asked)
    first = _header_of(sheets[0], asked, known)
    further = [Page(sheet, _same_header(sheet, first, asked, known)) for sheet in sheets[1:]]
    pages = [Page(sheets[0], first), *further]
    earlier = known.get(first.shape)
    cells = [row for page in pages for _, row in page.body]
    private = private_columns(first.names, cells)
    layout = _completed(asked, earlier, pages[0], private)
    _check_columns(layout.columns or {}, first.names, private)
    if layout.filled_down is None:
        layout = layout.model_copy(update={"filled_down": _lost_merges(pages, layout)})
    layout = layout.model_copy(
        update={
            "sheets": tuple(sheet.name for sheet in sheets),
            "header": (pages[0].sheet.numbers[first.first], pages[0].sheet.numbers[first.last]),
        }
    )
    return Arranged(
        book,
        tuple(pages),
        layout,
        tuple(private),
        remembered=earlier is not None and asked.columns is None,
    )


def _chosen(book: Book, asked: ListLayout) -> list[Sheet]:
    if asked.sheets is None:
        sheets = best_sheets(book.sheets)
    else:
        by_name = {sheet.name: sheet for sheet in book.sheets}
        missing = [name for name in asked.sheets if name not in by_name]
        if missing:
            raise ImportFileError("layer_missing", layer=missing[0], layers=", ".join(by_name))
        sheets = [by_name[name] for name in asked.sheets]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise ImportFileError("no_rows", layer=", ".join(sheet.name for sheet in book.sheets))
    return sheets


def _header_of(sheet: Sheet, asked: ListLayout, known: Mapping[bytes, ListLayout]) -> Header:
    if asked.header is not None:
        return _header_in_rows(sheet, asked.header)
    found = find_header(sheet)
    if found is not None and found.shape in known:
        return found
    for header in possible_headers(sheet):
        if header.shape in known:
            return header
    if found is None:
        raise ImportFileError("header_missing", sheet=sheet.name)
    return found


def _header_in_rows(sheet: Sheet, rows: tuple[int, int]) -> Header:
    places = [sheet.numbers.index(row) for row in rows if row in sheet.numbers]
    if len(places) < 2 or places[0] > places[1] or places[1] - places[0] > 9:
        raise ImportFileError("header_rows_bad", first=rows[0], last=rows[1], sheet=sheet.name)
    return header_at(sheet, places[0], places[1])


def _same_header(
    sheet: Sheet, first: Header, asked: ListLayout, known: Mapping[bytes, ListLayout]
) -> Header:
    """The header of a further sheet, which names the same columns, in whatever rows."""
    tried = []
    if asked.header is not None and all(row in sheet.numbers for row in asked.header):
        tried.append(_header_in_rows(sheet, asked.header))
    tried.append(_header_of(sheet, ListLayout(), known))
    for header in tried:
        if header.shape == first.shape:
            return header
    raise ImportFileError("sheets_differ", sheet=sheet.name)


def _completed(
    asked: ListLayout, earlier: ListLayout | None, page: Page, private: Sequence[str]
) -> ListLayout:
    header = page.header
    said = asked.model_dump(exclude_unset=True)
    base = earlier if earlier is not None else ListLayout()
    if page.sheet.merged:
        base = base.model_copy(update={"filled_down": None})
    layout = ListLayout.model_validate(base.model_dump() | said)
    if layout.columns is None:
        columns = propose_columns(header.names, private)
    else:
        columns = {
            ours: theirs
            for ours, theirs in layout.columns.items()
            # Remembered columns that turned out to be about persons are dropped, not refused.
            if asked.columns is not None or (theirs in header.names and theirs not in private)
        }
    return layout.model_copy(update={"columns": columns})


def _check_columns(
    columns: Mapping[str, str], names: Sequence[str], private: Sequence[str]
) -> None:
    for ours, theirs in columns.items():
        if ours not in BY_NAME:
            fields = ", ".join(field.name for field in FIELDS)
            raise ImportFileError("field_unknown", field=ours, fields=fields)
        if theirs not in names:
            shown = ", ".join(names)
            raise ImportFileError("column_unknown", field=ours, column=theirs, columns=shown)
        if theirs in private or is_person(theirs):
            raise ImportFileError("column_private", column=theirs)
    twice = [name for name in columns.values() if list(columns.values()).count(name) > 1]
    if twice:
        raise ImportFileError("column_twice", column=twice[0])


def _lost_merges(pages: Sequence[Page], layout: ListLayout) -> tuple[str, ...]:
    """Fields of a CSV whose first row is filled and some of whose others are not."""
    columns = layout.columns or {}
    found = []
    for name in _MERGED_AS_A_RULE:
        if name not in columns:
            continue
        for page in pages:
            at = page.header.names.index(columns[name])
            words = page.header.words
            cells = [row[at] for _, row in page.body if kind_of_row(row, words) is None]
            if not page.sheet.merged and cells and cells[0] is not None and None in cells:
                found.append(name)
                break
    return tuple(found)
