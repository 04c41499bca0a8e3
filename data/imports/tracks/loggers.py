"""Fixes from what loggers and watches write: GPX and FIT. Both are WGS 84 by their standard."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import fitdecode
import gpxpy
import numpy as np
from gpxpy.gpx import GPXException, GPXTrackPoint

from data.imports.encoding import decode_text
from data.imports.problems import ImportFileError
from data.imports.tracks.fixes import NOBODY, BadRows, Fixes, TrackFile, settle
from geo.datum import Datum

_FIT_MARK: Final = b".FIT"
# FIT Protocol, "semicircles": 2^31 of them are 180°.
_DEG_PER_SEMICIRCLE: Final = 180.0 / 2**31
_FIT_FIELDS: Final = ("timestamp", "position_lat", "position_long", "gps_accuracy")
# What the decoder lets through from damaged files besides its own errors.
_FIT_ERRORS: Final = (
    *(fitdecode.FitError, struct.error, OSError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
_Row = tuple[float, float, float, float, int, int]


def is_fit(path: Path) -> bool:
    """Tell a FIT file by the mark in its header."""
    with path.open("rb") as file:
        return file.read(12)[8:] == _FIT_MARK


def read_gpx_fixes(path: Path, *, datum: Datum | None) -> TrackFile:
    """Read the tracks of a GPX file; a row is a point, counted through the file.

    Parameters
    ----------
    datum
        None: WGS 84, as the standard has it; some phone apps write GCJ-02 nevertheless.

    Raises
    ------
    ImportFileError
        If it cannot be read or holds no track.
    """
    text, _ = decode_text(path.read_bytes())
    try:
        tracks = gpxpy.parse(text).tracks
    except (GPXException, ParseError, ValueError) as error:
        reason = str(error).splitlines()[0][:200]
        raise ImportFileError("file_unreadable", path=path.name, reason=reason) from error
    bad = BadRows()
    points = [
        (at, point)
        for at, track in enumerate(tracks)
        for segment in track.segments
        for point in segment.points
    ]
    if not points:
        raise ImportFileError("gpx_without_track")
    rows = list(_gpx_rows(points, bad))
    return _file(rows, len(points), bad, "GPX", datum)


def _gpx_rows(points: list[tuple[int, GPXTrackPoint]], bad: BadRows) -> Iterator[_Row]:
    for row, (track, point) in enumerate(points, start=1):
        if point.time is None:
            bad.add(row, "time", "", "value_missing", field="time", field_zh="时间")
            continue
        yield (
            (point.time if point.time.tzinfo else point.time.replace(tzinfo=UTC)).timestamp(),
            point.longitude,
            point.latitude,
            np.nan,
            row,
            track,
        )


def read_fit_fixes(path: Path, *, datum: Datum | None) -> TrackFile:
    """Read the records of a FIT file (watch, cycle computer); a row is a record.

    Records without a place, as a watch writes them before its first fix, are passed over.

    Raises
    ------
    ImportFileError
        If it is damaged or holds no place.
    """
    rows, number = [], 0
    for number, values in enumerate(_fit_records(path), start=1):
        row = _fit_row(values, number)
        rows += [row] if row is not None else []
    if not rows:
        raise ImportFileError("track_without_places", path=path.name)
    return _file(rows, number, BadRows(), "FIT", datum)


def _fit_records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the fields that matter of each record; all of a damaged file is refused at its end."""
    try:
        with fitdecode.FitReader(
            path,
            check_crc=fitdecode.CrcCheck.RAISE,
            # Watches write fields of their own that nobody else can read.
            error_handling=fitdecode.ErrorHandling.IGNORE,
        ) as reader:
            for frame in reader:
                if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record":
                    yield {name: frame.get_value(name, fallback=None) for name in _FIT_FIELDS}
    except _FIT_ERRORS as error:
        reason = str(error)[:200] or type(error).__name__
        raise ImportFileError("file_unreadable", path=path.name, reason=reason) from error


def _fit_row(values: dict[str, Any], number: int) -> _Row | None:
    moment, lat, lon, accuracy_m = (values[name] for name in _FIT_FIELDS)
    # Before a watch knows the time it counts seconds since it was switched on.
    if not isinstance(moment, datetime) or not (_is_number(lat) and _is_number(lon)):
        return None
    return (
        moment.timestamp(),
        lon * _DEG_PER_SEMICIRCLE,
        lat * _DEG_PER_SEMICIRCLE,
        float(accuracy_m) if _is_number(accuracy_m) else np.nan,
        number,
        0,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _file(
    rows: list[_Row], read: int, bad: BadRows, written: str, datum: Datum | None
) -> TrackFile:
    time_s, lon, lat, accuracy_m, row, track = np.array(rows, dtype=np.float64).reshape(-1, 6).T
    nobody = np.full(len(rows), NOBODY, dtype=np.int64)
    numbers = row.astype(np.int64), track.astype(np.int64)
    fixes = Fixes(time_s.copy(), lon.copy(), lat.copy(), accuracy_m.copy(), *numbers, nobody)
    known = datum if datum is not None else "wgs84"
    return TrackFile(settle(fixes, known, bad), [], bad, read, written, known)
