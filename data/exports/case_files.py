"""Cases as a CSV, a workbook or GeoJSON, written row by row.

Nothing in them runs as a formula, whatever was typed into a case. A CSV for old Excel is GB18030:
the same bytes as GBK for all that GBK knows, and no character is lost; how many rows hold others
is counted, so that it can be said.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Final, Literal

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from data.exports.case_columns import COLUMNS, ColumnKey, Telling, Value
from data.imports.report import as_text

Format = Literal["csv", "xlsx", "geojson"]
Encoding = Literal["utf-8", "gbk"]
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEAD: Final = PatternFill("solid", fgColor="E8EEF4")
_TIME_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
_SHEETS: Final = {"zh-CN": ("问题", "说明"), "en": ("Cases", "Notes")}


@dataclass(frozen=True)
class Written:
    """What was written: how many rows, and how many of them hold characters beyond GBK."""

    rows: int
    beyond_gbk: int = 0


def write_csv(
    out: BinaryIO,
    rows: Iterable[Any],
    columns: Sequence[ColumnKey],
    telling: Telling,
    encoding: Encoding,
) -> Written:
    """Write a CSV: UTF-8 with byte order mark, or GB18030."""
    count = beyond = 0
    text = io.TextIOWrapper(
        out, "utf-8-sig" if encoding == "utf-8" else "gb18030", newline="", write_through=True
    )
    writer = csv.writer(text)
    writer.writerow([COLUMNS[key].name(telling.language) for key in columns])
    for row in rows:
        cells = [_csv_cell(COLUMNS[key].read(row, telling)) for key in columns]
        writer.writerow(cells)
        count += 1
        if encoding == "gbk":
            beyond += not _is_gbk("".join(map(str, cells)))
    text.flush()
    # Closed, the wrapper would close the file too.
    text.detach()
    return Written(count, beyond)


def _is_gbk(words: str) -> bool:
    try:
        words.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _csv_cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return as_text(_CONTROLS.sub("", value)) if isinstance(value, str) else value


def write_xlsx(
    out: BinaryIO,
    rows: Iterable[Any],
    columns: Sequence[ColumnKey],
    telling: Telling,
    notes: Callable[[int], Sequence[tuple[str, str]]],
) -> Written:
    """Write a workbook; `notes`, told how many rows there are, stand on a sheet of their own."""
    book = openpyxl.Workbook(write_only=True)
    titles = _SHEETS[telling.language]
    sheet = book.create_sheet(titles[0])
    sheet.freeze_panes = "A2"
    for at, key in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = COLUMNS[key].width
    sheet.append([_head(sheet, COLUMNS[key].name(telling.language)) for key in columns])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, COLUMNS[key].read(row, telling)) for key in columns])
        count += 1
    said = book.create_sheet(titles[1])
    said.column_dimensions["A"].width, said.column_dimensions["B"].width = 16, 80
    for name, words in notes(count):
        said.append([_head(said, name), _cell(said, words)])
    book.save(out)
    return Written(count)


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, name)
    cell.font, cell.fill = Font(bold=True), _HEAD
    return cell


def _cell(sheet: Any, value: Value) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value.replace(tzinfo=None))
        cell.number_format = _TIME_FORMAT
    elif isinstance(value, str):
        cell = WriteOnlyCell(sheet, _CONTROLS.sub("", value))
        # Text it stays, whatever it begins with, and whatever is typed after it.
        cell.data_type, cell.quotePrefix = "s", True
    else:
        cell = WriteOnlyCell(sheet, value)
    return cell


def write_geojson(
    out: BinaryIO,
    rows: Iterable[Any],
    columns: Sequence[ColumnKey],
    telling: Telling,
    facts: dict[str, Any],
) -> Written:
    """Write GeoJSON (RFC 7946: WGS 84, longitude first); what has no place has no geometry."""
    count = 0
    head = json.dumps(facts, ensure_ascii=False)[1:-1]
    out.write(f'{{"type":"FeatureCollection",{head},"features":['.encode())
    for row in rows:
        where = None
        if row.lon is not None:
            where = {"type": "Point", "coordinates": [round(row.lon, 7), round(row.lat, 7)]}
        feature = {
            "type": "Feature",
            "id": str(row.id),
            "geometry": where,
            "properties": {key: _json(COLUMNS[key].read(row, telling)) for key in columns},
        }
        out.write(b"\n" if count == 0 else b",\n")
        out.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":")).encode())
        count += 1
    out.write(b"\n]}\n")
    return Written(count)


def _json(value: Value) -> str | int | float | None:
    return value.isoformat() if isinstance(value, datetime) else value
