"""Fixes from CSV, streamed, so that a year of a whole district fits; and from other tables."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import shapely

from data.imports.columns import KINDS, LAT, LON, Field, Kind, map_columns, require_columns
from data.imports.encoding import decode_text
from data.imports.points import read_degrees
from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.table import column_names, delimiter_of, find_header
from data.imports.tracks.fixes import NOBODY, BadRows, Fixes, Ints, TrackFile, join, settle
from data.imports.tracks.times import read_times
from geo.datum import Datum

DAY: Final = Field("day", "日期", ("day", "date", "日期", "定位日期"))
KIND: Final[Kind] = KINDS["tracks"]
_FIELDS: Final = (LON, LAT, *KIND.fields)
_HEAD_BYTES: Final = 1 << 18
_BLOCK_BYTES: Final = 8 << 20
_SHOWN: Final = 80


@dataclass
class _Layout:
    """How a CSV is written, as found from its first lines."""

    encoding: str
    delimiter: str
    header_at: int
    names: list[str]
    mapping: dict[str, str]


@dataclass
class _Seen:
    """What is remembered from block to block."""

    next_line: int
    torn: list[int] = field(default_factory=list)
    logins: dict[str, int] = field(default_factory=dict)
    tracks: dict[str, int] = field(default_factory=dict)
    rows: int = 0


def read_csv_fixes(
    path: Path,
    *,
    columns: Mapping[str, str],
    datum: Datum | None,
    encoding: str | None,
    zone: ZoneInfo,
) -> TrackFile:
    """Read a CSV of fixes in blocks.

    Parameters
    ----------
    columns
        Ours → the file's, where the guess is not to be trusted.
    datum
        Of its coordinates; a CSV cannot say it.
    encoding
        None to find out: UTF-8, UTF-16, GBK.
    zone
        Of times that say none.

    Raises
    ------
    ImportFileError
        If columns are missing, the datum is not said, or the text cannot be decoded.
    """
    layout = _layout(path, columns, encoding)
    bad, seen = BadRows(), _Seen(layout.header_at + 2)
    parts = [
        _block_fixes(block, layout, seen, bad, zone) for block in _blocks(path, layout, seen, bad)
    ]
    fixes = join(parts)
    if seen.rows == 0:
        raise ImportFileError("no_rows", layer=path.name)
    if datum is None:
        raise _datum_missing(fixes)
    fixes = settle(fixes, datum, bad)
    return TrackFile(
        fixes, list(seen.logins), bad, seen.rows, "CSV", datum, layout.mapping, layout.encoding
    )


def _datum_missing(fixes: Fixes) -> ImportFileError:
    x, y = (np.median(fixes.lon), np.median(fixes.lat)) if len(fixes) else (0.0, 0.0)
    return ImportFileError("crs_missing", x=f"{x:.6f}", y=f"{y:.6f}", hint_zh="", hint_en="")


def _layout(path: Path, columns: Mapping[str, str], encoding: str | None) -> _Layout:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    # The last line may be cut, in the middle of a character at worst.
    whole = head[: head.rfind(b"\n") + 1] if len(head) == _HEAD_BYTES else head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        whole = head[: len(head) // 2 * 2]
    text, found = decode_text(whole, encoding)
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = [row for row, _ in zip(reader, range(20), strict=False)]
    header_at, _ = find_header(lines, KIND)
    names = column_names(lines[header_at]) if lines else []
    mapping = map_columns((*_FIELDS, DAY), names, columns)
    require_columns(replace(KIND, fields=(*_FIELDS,)), mapping, names)
    for place in (LON, LAT):
        if place.name not in mapping:
            raise ImportFileError("no_geometry_column", columns=", ".join(names))
    return _Layout(found, delimiter, header_at, names, mapping)


def _blocks(path: Path, layout: _Layout, seen: _Seen, bad: BadRows) -> Iterator[pa.RecordBatch]:
    def on_torn_row(row: Any) -> str:
        seen.torn.append(row.number)
        if row.text.strip(f" \t{layout.delimiter}"):
            seen.rows += 1
            found = {"found": row.actual_columns, "expected": row.expected_columns}
            bad.add(row.number, "", row.text[:_SHOWN], "row_torn", **found)
        return "skip"

    wanted = list(layout.mapping.values())
    try:
        reader = pa_csv.open_csv(
            path,
            read_options=pa_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK_BYTES,
                skip_rows=layout.header_at + 1,
                column_names=layout.names,
                encoding=layout.encoding,
            ),
            parse_options=pa_csv.ParseOptions(
                delimiter=layout.delimiter,
                invalid_row_handler=on_torn_row,
                ignore_empty_lines=False,
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted
            ),
        )
        yield from reader
    except UnicodeDecodeError as error:
        raise ImportFileError("encoding_wrong", encoding=layout.encoding, row=1) from error
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0][:200]
        raise ImportFileError("file_unreadable", path=path.name, reason=reason) from error


def _block_fixes(
    block: pa.RecordBatch, layout: _Layout, seen: _Seen, bad: BadRows, zone: ZoneInfo
) -> Fixes:
    cells = {
        ours: block.column(theirs).to_numpy(zero_copy_only=False)
        for ours, theirs in layout.mapping.items()
    }
    rows = _line_numbers(block.num_rows, seen)
    filled = np.zeros(block.num_rows, dtype=bool)
    for column in cells.values():
        filled |= pd.Series(column, dtype="str").str.strip().fillna("").to_numpy() != ""
    cells = {name: column[filled] for name, column in cells.items()}
    rows = rows[filled]
    seen.rows += len(rows)
    lon, lat = (_degrees(cells[name], rows, layout.mapping[name], bad) for name in ("lon", "lat"))
    time_s = _times(cells, rows, layout.mapping, bad, zone)
    fixes = Fixes(
        time_s,
        lon,
        lat,
        _accuracy(cells.get("accuracy_m"), len(rows)),
        rows,
        _codes(cells.get("track"), len(rows), seen.tracks),
        _codes(cells.get("login"), len(rows), seen.logins),
    )
    return fixes.pick(np.isfinite(lon) & np.isfinite(lat) & np.isfinite(time_s))


def _line_numbers(rows: int, seen: _Seen) -> Ints:
    """Number the rows of a block by line, passing over those that were torn."""
    lines = np.arange(seen.next_line, seen.next_line + rows + len(seen.torn), dtype=np.int64)
    lines = lines[~np.isin(lines, seen.torn)][:rows]
    if rows:
        seen.next_line = int(lines[-1]) + 1
        seen.torn = [line for line in seen.torn if line >= seen.next_line]
    return lines


def _degrees(
    cells: npt.NDArray[Any], rows: Ints, column: str, bad: BadRows
) -> npt.NDArray[np.float64]:
    degrees = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(dtype=float, copy=True)
    for at in np.flatnonzero(~np.isfinite(degrees)):
        cell = cells[at]
        number = read_degrees(cell)
        degrees[at] = np.nan if number is None else number
        if number is None:
            code = "coordinate_bad" if (cell or "").strip() else "coordinate_missing"
            bad.add(int(rows[at]), column, cell or "", code)
    return degrees


def _times(
    cells: Mapping[str, npt.NDArray[Any]],
    rows: Ints,
    mapping: Mapping[str, str],
    bad: BadRows,
    zone: ZoneInfo,
) -> npt.NDArray[np.float64]:
    texts = cells["occurred_at"]
    if "day" in cells:
        days, hours = (pd.Series(cells[name], dtype="str") for name in ("day", "occurred_at"))
        texts = (days.str.strip() + " " + hours.str.strip()).to_numpy(dtype=object)
    time_s, faults = read_times(texts, zone)
    for at, code in faults:
        field_of = {"field": "occurred_at", "field_zh": "时间"}
        value = "" if pd.isna(texts[at]) else str(texts[at])
        bad.add(int(rows[at]), mapping["occurred_at"], value, code, **field_of)
    return time_s


def _accuracy(cells: npt.NDArray[Any] | None, count: int) -> npt.NDArray[np.float64]:
    if cells is None:
        return np.full(count, np.nan)
    metres = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(dtype=float, copy=True)
    metres[~(metres >= 0)] = np.nan
    return metres


def _codes(cells: npt.NDArray[Any] | None, count: int, known: dict[str, int]) -> Ints:
    """Number the words of a column; nothing is `NOBODY`."""
    if cells is None:
        return np.full(count, NOBODY, dtype=np.int64)
    places, words = pd.factorize(pd.Series(cells, dtype="str").str.strip())
    numbers = [known.setdefault(str(word), len(known)) if word else NOBODY for word in words]
    lookup = np.array([*numbers, NOBODY], dtype=np.int64)
    return lookup[places]


def read_other_fixes(
    path: Path,
    *,
    columns: Mapping[str, str],
    crs: str | None,
    datum: Datum | None,
    layer: str | None,
    encoding: str | None,
    zone: ZoneInfo,
) -> TrackFile:
    """Read fixes from a workbook or a GIS layer of points.

    Raises
    ------
    ImportFileError
        As `data.imports.read.read_features`.
    """
    read = read_features(
        path,
        KIND,
        columns=columns,
        crs=crs,
        datum=datum,
        layer=layer,
        encoding=encoding,
        skip_bad=True,
        time_zone=zone.key,
    )
    frame, bad = read.frame, BadRows(read.bad[:], len({row.row for row in read.bad}))
    seen = _Seen(1)
    moments = frame["occurred_at"].dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    points = frame.geometry.to_numpy()
    count = len(frame)
    fixes = Fixes(
        moments.astype(np.int64) / 1e6,
        shapely.get_x(points),
        shapely.get_y(points),
        _accuracy(frame["accuracy_m"].to_numpy(), count),
        frame["source_row"].to_numpy(dtype=np.int64),
        _codes(frame["track"].to_numpy(), count, seen.tracks),
        _codes(frame["login"].to_numpy(), count, seen.logins),
    )
    return TrackFile(
        fixes,
        list(seen.logins),
        bad,
        read.rows_read,
        read.file_format,
        read.datum,
        read.mapping,
        read.encoding,
    )
