"""What a file of tracks holds: fixes as arrays, whose they are, and rows that are bad."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from data.imports.problems import BadRow, ImportFileError, Problem
from geo.datum import Datum, to_wgs84

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
MAX_BAD_ROWS_KEPT: Final = 10_000
NOBODY: Final = -1
"""Stands in `Fixes.login` where the file says nothing."""


@dataclass
class Fixes:
    """Fixes of a file, in its order.

    Parameters
    ----------
    time_s
        Seconds since 1970, UTC.
    lon, lat
        Degrees; in the file's datum until `settle` was called.
    accuracy_m
        NaN where the file does not say.
    row
        As a person counts rows in the file.
    track, login
        Numbers of the file's tracks, and of the logins in `TrackFile.logins`.
    """

    time_s: Floats
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    row: Ints
    track: Ints
    login: Ints

    def __len__(self) -> int:
        return len(self.time_s)

    def pick(self, which: npt.NDArray[Any]) -> "Fixes":
        """Return some of the fixes, by mask or by place."""
        return Fixes(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass
class BadRows:
    """Bad rows of a file: the first ones in full, the others counted."""

    rows: list[BadRow] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, column: str, value: str, code: str, **params: object) -> None:
        """Note a bad row."""
        self.count += 1
        if len(self.rows) < MAX_BAD_ROWS_KEPT:
            self.rows.append(BadRow(row, column, value, Problem(code, params)))


@dataclass
class TrackFile:
    """A file of tracks as read, places in WGS 84.

    Parameters
    ----------
    logins
        Whom its rows name; empty where it has no such column.
    mapping
        Our columns → the file's; empty for GPX and FIT.
    """

    fixes: Fixes
    logins: list[str]
    bad: BadRows
    rows_read: int
    file_format: str
    datum: Datum
    mapping: dict[str, str] = field(default_factory=dict)
    encoding: str | None = None


def join(parts: Sequence[Fixes]) -> Fixes:
    """Put the fixes of several parts of a file together."""
    if not parts:
        nothing, none = np.zeros(0), np.zeros(0, dtype=np.int64)
        return Fixes(nothing, nothing, nothing, nothing, none, none, none)
    names = parts[0].__dataclass_fields__
    return Fixes(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def settle(fixes: Fixes, datum: Datum, bad: BadRows) -> Fixes:
    """Leave out fixes that lie nowhere on earth and bring the others to WGS 84.

    Raises
    ------
    ImportFileError
        If most are swapped, or not in degrees: then it is the file that is wrong.
    """
    lon, lat = fixes.lon, fixes.lat
    in_range = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    swapped = ~in_range & (np.abs(lon) <= 90) & (np.abs(lat) <= 180)
    at_zero = (lon == 0) & (lat == 0)
    if len(fixes) and 2 * (~in_range).sum() > len(fixes):
        first = int(np.argmax(~in_range))
        x, y = f"{lon[first]:.6f}", f"{lat[first]:.6f}"
        if 2 * swapped.sum() > len(fixes):
            raise ImportFileError("coordinates_swapped", x=x, y=y)
        raise ImportFileError("coordinates_not_degrees", x=x, y=y, hint_zh="", hint_en="")
    for at in np.flatnonzero(~in_range | at_zero):
        code = "coordinate_zero" if at_zero[at] else "coordinate_range"
        code = "coordinate_swapped" if swapped[at] else code
        value = f"{lon[at]:.6f}, {lat[at]:.6f}"
        params = {"lon": f"{lon[at]:.6f}", "lat": f"{lat[at]:.6f}"}
        bad.add(int(fixes.row[at]), "lon, lat", value, code, **params)
    kept = fixes.pick(in_range & ~at_zero)
    if len(kept):
        kept.lon, kept.lat = to_wgs84(kept.lon, kept.lat, datum)
    return kept
