"""Workbooks and tables as an office keeps them: every sheet, with merged cells filled."""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from data.imports.encoding import decode_text
from data.imports.limits import ARCHIVE_ERRORS
from data.imports.problems import ImportFileError

Cell = str | int | float | bool | date | time | datetime | timedelta | None

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 200
MOST_UNPACKED_BYTES: Final = 400 << 20
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0"
_ZIP_MAGIC: Final = b"PK\x03\x04"
_DELIMITERS: Final = (",", "\t", ";", "|", "，")
_MOST_CELL_CHARACTERS: Final = 1 << 20


@dataclass(frozen=True)
class Sheet:
    """One sheet; `numbers` are its rows as a person counts them.

    Attributes
    ----------
    rows
        All as long as the widest; nothing is None. Cells of a merged range all hold its value.
    merged
        Whether merged cells were known; a CSV leaves blanks where they were.
    """

    name: str
    rows: list[list[Cell]]
    numbers: list[int]
    merged: bool


@dataclass(frozen=True)
class Book:
    """A file of one or more sheets."""

    name: str
    file_format: str
    encoding: str | None
    sheets: tuple[Sheet, ...]


def read_book(name: str, body: bytes, encoding: str | None = None) -> Book:
    """Read an XLSX, XLS or CSV; which of them is told by its bytes, not by its name.

    Parameters
    ----------
    name
        Of the file, for messages.
    body
        The whole file.
    encoding
        Of text; None to find out (UTF-8, UTF-16, GBK).

    Raises
    ------
    ImportFileError
        If it is empty, damaged, protected by a password, too large, or a page of HTML.
    """
    if not body:
        raise ImportFileError("file_empty", path=name)
    if body.startswith((_OLE_MAGIC, _ZIP_MAGIC)):
        return _read_workbook(name, body)
    head = body[:4096].lower()
    if b"<html" in head or b"<table" in head or b"<?xml" in head:
        raise ImportFileError("xlsx_broken", path=name, reason="HTML")
    return _read_text(name, body, encoding)


def _read_workbook(name: str, body: bytes) -> Book:
    is_zip = body.startswith(_ZIP_MAGIC)
    if not is_zip and "EncryptedPackage".encode("utf-16-le") in body:
        raise ImportFileError("xlsx_encrypted", path=name)
    if is_zip:
        _refuse_bomb(name, body)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheets = tuple(
            _sheet(workbook.get_sheet_by_index(at), title)
            for at, title in enumerate(workbook.sheet_names)
        )
    except CalamineError as error:
        raise ImportFileError("xlsx_broken", path=name, reason=str(error)[:120]) from error
    return Book(name, "XLSX" if is_zip else "XLS", None, sheets)


def _refuse_bomb(name: str, body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except ARCHIVE_ERRORS as error:
        raise ImportFileError("xlsx_broken", path=name, reason="ZIP") from error
    if size > MOST_UNPACKED_BYTES:
        limit = MOST_UNPACKED_BYTES >> 20
        raise ImportFileError("file_too_large", size_mb=size >> 20, limit_mb=limit)


def _sheet(read: CalamineSheet, title: str) -> Sheet:
    if read.start is None:
        return Sheet(title, [], [], merged=True)
    if read.total_height > MOST_ROWS:
        raise ImportFileError("list_too_long", sheet=title, rows=read.total_height, limit=MOST_ROWS)
    rows = [
        [_plain(cell) for cell in row[:MOST_COLUMNS]]
        for row in read.to_python(skip_empty_area=False)
    ]
    for (top, left), (bottom, right) in read.merged_cell_ranges or ():
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [value] * len(row[left : right + 1])
    return Sheet(title, rows, list(range(1, len(rows) + 1)), merged=True)


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return cell if cell.strip() else None
    return cell


def _read_text(name: str, body: bytes, encoding: str | None) -> Book:
    text, found = decode_text(body, encoding)
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    first_line = 1
    usual = csv.field_size_limit(_MOST_CELL_CHARACTERS)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
        for row in reader:
            if len(rows) >= MOST_ROWS:
                raise ImportFileError("list_too_long", sheet=name, rows=len(rows), limit=MOST_ROWS)
            rows.append([_plain(cell) for cell in row[:MOST_COLUMNS]])
            numbers.append(first_line)
            first_line = reader.line_num + 1
    except csv.Error as error:
        reason = f"{error}, line {first_line}"
        raise ImportFileError("file_unreadable", path=name, reason=reason) from error
    finally:
        csv.field_size_limit(usual)
    title = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return Book(name, "CSV", found, (Sheet(title, _even(rows), numbers, merged=False),))


def _delimiter(text: str) -> str:
    head = text[:20_000].splitlines()[:30]
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in head), default=0))


def _even(rows: Sequence[list[Cell]]) -> list[list[Cell]]:
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]
