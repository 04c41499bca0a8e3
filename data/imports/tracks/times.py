"""Many times at once, as loggers and offices write them."""

import re
from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.imports.columns import Field
from data.imports.problems import RowError
from data.imports.tracks.fixes import Floats
from data.imports.values import convert

# A zone after a time of day; "2026-11-05" alone ends in no zone.
_HAS_ZONE: Final = r":\d{2}(?:\.\d+)?\s*(?:Z|z|[+-]\d{2}(?::?\d{2})?)$"
_FORMATS: Final = (
    "ISO8601",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H%M%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H时%M分%S秒",
)
_EPOCH: Final = re.compile(r"^\d{10}(\.\d+)?$|^\d{13}$")
_MILLISECONDS_FROM: Final = 1e11
_MOMENT: Final = Field("occurred_at", "时间", (), "time", required=True)


def read_times(cells: npt.NDArray[Any], zone: ZoneInfo) -> tuple[Floats, list[tuple[int, str]]]:
    """Read a column of times.

    Parameters
    ----------
    cells : array of str, shape (n,)
        ISO 8601 and the usual Chinese ways, with or without a zone; seconds or milliseconds
        since 1970.
    zone
        Of times that say none.

    Returns
    -------
    time_s, faults
        Seconds since 1970, NaN where a cell cannot be read; and (place, problem code) of those.
    """
    texts = pd.Series(cells, dtype="str").str.strip()
    seconds = np.full(len(texts), np.nan)
    epoch = texts.str.match(_EPOCH.pattern).fillna(value=False).to_numpy(dtype=bool)
    if epoch.any():
        numbers = texts[epoch].astype(float).to_numpy()
        seconds[epoch] = np.where(numbers > _MILLISECONDS_FROM, numbers / 1000, numbers)
    zoned = texts.str.contains(_HAS_ZONE, regex=True).fillna(value=False).to_numpy(dtype=bool)
    for which, parse in (
        (zoned & ~epoch, _parse_zoned),
        (~zoned & ~epoch, lambda some, fmt: _parse_local(some, fmt, zone)),
    ):
        _try_formats(texts, which, seconds, parse)
    return seconds, _one_by_one(texts, seconds, zone)


def _try_formats(
    texts: "pd.Series[str]",
    which: npt.NDArray[np.bool_],
    seconds: Floats,
    parse: Callable[["pd.Series[str]", str], Floats],
) -> None:
    for written in _FORMATS:
        left = np.flatnonzero(which & np.isnan(seconds))
        if len(left) == 0:
            return
        # A format that does not fit the first cell fits hardly any; the rest is read one by one.
        if np.isnan(parse(texts.iloc[left[:1]], written)[0]):
            continue
        seconds[left] = parse(texts.iloc[left], written)


def _parse_zoned(texts: "pd.Series[str]", written: str) -> Floats:
    if written != "ISO8601":
        return np.full(len(texts), np.nan)
    return _epoch(pd.to_datetime(texts, format=written, utc=True, errors="coerce"))


def _parse_local(texts: "pd.Series[str]", written: str, zone: ZoneInfo) -> Floats:
    local = pd.to_datetime(texts, format=written, errors="coerce")
    # An hour that a change of clocks repeats or skips cannot be told; China has none since 1991.
    aware = local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    return _epoch(aware.dt.tz_convert("UTC"))


def _epoch(moments: Any) -> Floats:
    values = moments.dt.tz_localize(None).to_numpy().astype("datetime64[us]")
    seconds: Floats = values.astype(np.int64) / 1e6
    seconds[np.isnat(values)] = np.nan
    return seconds


def _one_by_one(texts: "pd.Series[str]", seconds: Floats, zone: ZoneInfo) -> list[tuple[int, str]]:
    faults = []
    for at in np.flatnonzero(np.isnan(seconds)):
        cell: str | float = texts.iloc[at]  # NaN where there is nothing
        try:
            seconds[at] = convert(_MOMENT, cell, zone).timestamp()
        except RowError as error:
            faults.append((int(at), error.problem.code))
    return faults
