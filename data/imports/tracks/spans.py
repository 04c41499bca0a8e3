"""Cutting a track into shifts: which fixes belong to duty, and where one shift ends."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.imports.problems import ImportFileError
from data.imports.track_messages import DropReason
from data.imports.tracks.fixes import Floats, Ints

_DAY_S: Final = 86_400
_HOURS: Final = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–—~至]\s*(\d{1,2}):(\d{2})$")
# Where a fix was left out for one of these, what comes before and after is not one shift.
_BREAKING: Final[frozenset[DropReason]] = frozenset(
    {"off_hours", "no_grids", "already_recorded", "untracked_duty"}
)
Reasons = npt.NDArray[Any]


@dataclass(frozen=True)
class DutyRules:
    """How tracks become shifts.

    Parameters
    ----------
    kind
        Kind of duty of the shifts.
    hours
        Seconds of the local day from which to which duty lasts; none: the whole day.
    gap_s
        A longer silence ends a shift.
    least_s
        A shorter stretch is none.
    """

    kind: str = "patrol"
    hours: tuple[tuple[int, int], ...] = ()
    gap_s: float = 1800.0
    least_s: float = 60.0


def parse_hours(texts: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Read hours of duty such as ``08:00-12:00``; over midnight they come to two stretches.

    Raises
    ------
    ImportFileError
        If one cannot be read.
    """
    hours: list[tuple[int, int]] = []
    for text in texts:
        match = _HOURS.match(unicodedata.normalize("NFKC", text).strip())
        numbers = [int(part) for part in match.groups()] if match is not None else [99] * 4
        begin, end = (h * 3600 + m * 60 for h, m in (numbers[:2], numbers[2:]))
        if max(begin, end) > _DAY_S or max(numbers[1], numbers[3]) > 59 or begin == end:
            raise ImportFileError("hours_bad", hours=text)
        hours += [(begin, end)] if begin < end else [(begin, _DAY_S), (0, end)]
    return tuple(hours)


def local_days(time_s: Floats, zone: ZoneInfo) -> tuple[npt.NDArray[np.datetime64], Floats]:
    """Return the day of each fix in a time zone, and the seconds since that day's midnight."""
    moments = pd.DatetimeIndex(pd.to_datetime(time_s, unit="s", utc=True)).tz_convert(zone)
    local = moments.tz_localize(None).to_numpy().astype("datetime64[s]")
    days = local.astype("datetime64[D]")
    return days, (local - days).astype(np.float64)


def mark_time(
    reasons: Reasons, time_s: Floats, second_of_day: Floats, rules: DutyRules, latest_s: float
) -> None:
    """Mark fixes of the future, those said twice, and those outside the hours of duty."""
    reasons[time_s > latest_s] = "in_future"
    again = np.zeros(len(time_s), dtype=bool)
    again[1:] = np.diff(time_s) <= 0
    reasons[again & _open(reasons)] = "repeated"
    if rules.hours:
        inside = np.zeros(len(time_s), dtype=bool)
        for begin, end in rules.hours:
            inside |= (second_of_day >= begin) & (second_of_day <= end)
        reasons[~inside & _open(reasons)] = "off_hours"


def mark_recorded(
    reasons: Reasons, time_s: Floats, recorded: Sequence[tuple[float, float, bool]]
) -> None:
    """Mark fixes of times that are on record; `recorded` is begin, end and whether tracked."""
    for begin, end, tracked in recorded:
        first, last = np.searchsorted(time_s, begin), np.searchsorted(time_s, end, side="right")
        stretch = reasons[first:last]
        stretch[_open(stretch)] = "already_recorded" if tracked else "untracked_duty"


def _open(reasons: Reasons) -> npt.NDArray[np.bool_]:
    return np.asarray(reasons == "", dtype=bool)


def cut_spans(
    time_s: Floats, reasons: Reasons, duty: Ints, rules: DutyRules, longest: timedelta
) -> list[npt.NDArray[np.intp]]:
    """Cut what is left into shifts; marks those that are none as too short or too long.

    Parameters
    ----------
    time_s : array of float64, shape (n,)
        Rising.
    reasons : array of str, shape (n,)
        Empty for fixes that stay.
    duty : array of int64, shape (n,)
        Number of the set of grids that a fix is on duty for; a shift has one.

    Returns
    -------
    list of arrays of intp
        The places of each shift's fixes.
    """
    kept = np.flatnonzero(reasons == "")
    if len(kept) == 0:
        return []
    passed = np.cumsum(np.isin(reasons, list(_BREAKING)))[kept]
    ends = (
        (np.diff(time_s[kept]) > rules.gap_s) | (np.diff(passed) > 0) | (np.diff(duty[kept]) != 0)
    )
    spans = []
    for span in np.split(kept, np.flatnonzero(ends) + 1):
        lasted_s = time_s[span[-1]] - time_s[span[0]]
        if len(span) < 2 or lasted_s < rules.least_s:
            reasons[span] = "too_short"
        elif lasted_s > longest.total_seconds():
            reasons[span] = "too_long"
        else:
            spans.append(span)
    return spans
