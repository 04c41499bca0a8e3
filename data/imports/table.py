"""Tables with coordinates in them: CSV and XLSX, as offices really write them."""

import csv
import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from data.imports.columns import LAT, LON, WKT, Kind, plain
from data.imports.encoding import decode_text
from data.imports.limits import ARCHIVE_ERRORS, MAX_FILE_BYTES
from data.imports.problems import ImportFileError
from data.imports.raw import RawTable

_DELIMITERS: Final = (",", ";", "\t", "|", "，")
# Titles and notes stand above the real header in many office tables.
_MAX_HEADER_ROW = 12
# A boundary as WKT easily passes the 128 KiB that the csv module allows.
_MAX_CELL_CHARACTERS = 8 << 20
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"

Cells = Sequence[Any]


def read_csv(path: Path, kind: Kind, encoding: str | None) -> RawTable:
    """Read a CSV: any of UTF-8, UTF-16 and GBK, with comma, semicolon, tab or bar.

    Parameters
    ----------
    path
        The file; its rows are numbered by line, the header being line 1 as a rule.
    kind
        What is looked for; tells the header from titles above it.
    encoding
        None to find out.

    Raises
    ------
    ImportFileError
        If the encoding cannot be found, or there is nothing in it.
    """
    text, found = decode_text(path.read_bytes(), encoding)
    rows, numbers, first_line = [], [], 1
    usual_limit = csv.field_size_limit(_MAX_CELL_CHARACTERS)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        for row in reader:
            rows.append(row)
            numbers.append(first_line)
            first_line = reader.line_num + 1
    except csv.Error as error:
        raise ImportFileError(
            "file_unreadable", path=path.name, reason=f"{error}, line {first_line}"
        ) from error
    finally:
        csv.field_size_limit(usual_limit)
    return _table(rows, numbers, kind, layer=path.stem, file_format="CSV", encoding=found)


def delimiter_of(text: str) -> str:
    """Return the mark that separates the columns of a CSV."""
    head = text[:20_000].splitlines()[:_MAX_HEADER_ROW]
    return max(_DELIMITERS, key=lambda mark: max((line.count(mark) for line in head), default=0))


def read_xlsx(path: Path, kind: Kind, sheet: str | None) -> RawTable:
    """Read one sheet of a workbook; rows are numbered as Excel shows them.

    Parameters
    ----------
    path
        An .xlsx or .xlsm file.
    kind
        What is looked for; chooses sheet and header row.
    sheet
        Name of the sheet; None for the only one that fits.

    Raises
    ------
    ImportFileError
        If it is encrypted, an old .xls, no workbook at all, or the sheet is not clear.
    """
    _refuse_odd_workbook(path)
    try:
        with warnings.catch_warnings():
            # Style and validation parts that openpyxl does not know are of no concern here.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                sheets = {
                    page.title: [list(row) for row in page.iter_rows(values_only=True)]
                    for page in book.worksheets
                    if sheet is None or page.title == sheet
                }
                names = book.sheetnames
            finally:
                book.close()
    except (InvalidFileException, KeyError, ParseError, ValueError, *ARCHIVE_ERRORS) as error:
        raise ImportFileError("xlsx_broken", path=path.name, reason=type(error).__name__) from error
    if sheet is not None and not sheets:
        raise ImportFileError("layer_missing", layer=sheet, layers=", ".join(names))
    title = sheet if sheet is not None else _choose_sheet(sheets, kind)
    rows = sheets[title]
    numbers = list(range(1, len(rows) + 1))
    return _table(rows, numbers, kind, layer=title, file_format="XLSX", encoding=None)


def _refuse_odd_workbook(path: Path) -> None:
    raw = path.read_bytes()
    if raw.startswith(_OLE_MAGIC):
        locked = "EncryptedPackage".encode("utf-16-le") in raw
        raise ImportFileError("xlsx_encrypted" if locked else "format_old_excel", path=path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except ARCHIVE_ERRORS as error:
        is_page = b"<html" in raw[:4096].lower() or b"<table" in raw[:4096].lower()
        reason = "HTML" if is_page else "not a ZIP"
        raise ImportFileError("xlsx_broken", path=path.name, reason=reason) from error
    if size > MAX_FILE_BYTES:
        raise ImportFileError("file_too_large", size_mb=size >> 20, limit_mb=MAX_FILE_BYTES >> 20)


def _choose_sheet(sheets: dict[str, list[list[Any]]], kind: Kind) -> str:
    filled = [title for title, rows in sheets.items() if any(map(_is_filled, rows))]
    if not filled:
        raise ImportFileError("no_rows", layer=next(iter(sheets), ""))
    scores = {title: find_header(sheets[title], kind)[1] for title in filled}
    best = [title for title in filled if scores[title] == max(scores.values())]
    if len(best) > 1:
        raise ImportFileError("layer_unclear", layers=", ".join(sheets))
    return best[0]


def _is_filled(row: Cells) -> bool:
    return any(cell is not None and str(cell).strip() for cell in row)


def find_header(rows: Sequence[Cells], kind: Kind) -> tuple[int, int]:
    """Return where the header row is and how many of our columns it names."""
    known = {plain(word) for field in (*kind.fields, LON, LAT, WKT) for word in field.synonyms}
    best, score = -1, 0
    for at, row in enumerate(rows[:_MAX_HEADER_ROW]):
        hits = sum(1 for cell in row if isinstance(cell, str) and plain(cell) in known)
        if hits > score:
            best, score = at, hits
    if best >= 0:
        return best, score
    first = next((at for at, row in enumerate(rows) if _is_filled(row)), 0)
    return first, 0


def column_names(header: Cells) -> list[str]:
    """Return a name for every column, unnamed and repeated ones told apart."""
    names: list[str] = []
    for at, cell in enumerate(header):
        name = str(cell).strip() if cell is not None else ""
        name = name or f"#{at + 1}"
        names.append(name if name not in names else f"{name} (#{at + 1})")
    return names


def _table(
    rows: Sequence[Cells],
    numbers: Sequence[int],
    kind: Kind,
    *,
    layer: str,
    file_format: str,
    encoding: str | None,
) -> RawTable:
    at, _ = find_header(rows, kind)
    kept = [(n, row) for n, row in zip(numbers, rows, strict=True) if _is_filled(row)]
    body = [(n, row) for n, row in kept if n > numbers[at]] if kept else []
    if not body:
        raise ImportFileError("no_rows", layer=layer)
    names = column_names(rows[at])
    width = len(names)
    cells = [[*row[:width], *[None] * (width - len(row))] for _, row in body]
    return RawTable(
        frame=pd.DataFrame(cells, columns=names, dtype=object),
        rows=[n for n, _ in body],
        crs=None,
        file_format=file_format,
        layer=layer,
        layers=(layer,),
        encoding=encoding,
    )
