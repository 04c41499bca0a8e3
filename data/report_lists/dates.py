"""Dates as offices write them: 2026.3.5, 3月5日, 2026年3月5日上午, and the numbers of Excel."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from data.imports.problems import RowError
from data.report_lists.sheets import Cell

# Only a half of the day is said: its usual beginning stands for it.
_PARTS: Final = {
    "凌晨": time(0),
    "清晨": time(6),
    "早上": time(7),
    "早晨": time(7),
    "上午": time(8),
    "中午": time(12),
    "下午": time(14),
    "傍晚": time(18),
    "晚上": time(19),
    "晚间": time(19),
    "夜间": time(20),
    "am": time(8),
    "pm": time(14),
}
_AFTERNOON: Final = frozenset({"下午", "傍晚", "晚上", "晚间", "夜间", "pm"})
_NOON: Final = 12
_DAY = r"(?:(?P<y>\d{4}|\d{2})\s*[-/.年]\s*)?(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
_PART = rf"(?P<part>{'|'.join(_PARTS)})?"
_CLOCK = (
    r"(?:(?P<H>\d{1,2})\s*(?:[:时点]\s*(?:(?P<M>\d{1,2})|(?P<half>半))?"
    r"\s*(?:[:分]\s*(?P<S>\d{1,2})?(?:\.\d+)?)?\s*[分秒]?))?"
)
_WRITTEN: Final = re.compile(
    rf"^{_DAY}\s*(?:[(（]?(?:星期|周)[一二三四五六日天][)）]?)?[T,，\s]*{_PART}\s*{_CLOCK}\s*"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?\s*(?:左右|许|前后)?$",
    re.IGNORECASE,
)
_SOLID: Final = re.compile(
    r"^(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?$"
)
_SERIAL_TEXT: Final = re.compile(r"^\d{5}(?:\.\d+)?$")
# Excel counts days from 1899-12-30; of what lies outside, 1954 to 2119, none is a report.
_EXCEL_ORIGIN: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (a wall clock; its zone comes later)
_SERIALS: Final = (20_000, 80_000)
_OLDEST: Final = date(2000, 1, 1)
_CENTURY: Final = 2000


def read_date(cell: Cell, now: datetime, zone: ZoneInfo) -> datetime:
    """Read a moment from a cell.

    Parameters
    ----------
    cell
        A date, a number of Excel's days, or text. A date without a year is the latest one that is
        not to come; a part of the day stands for its usual beginning (上午 08:00, 下午 14:00), and
        may be still to come where the day is today.
    now
        The present moment.
    zone
        Where the list is kept.

    Raises
    ------
    RowError
        `date_bad`, `date_unclear` (3.1 as a number: 1 or 10 March), `date_future`, `date_old`.
    """
    today = now.astimezone(zone).date()
    moment = _moment(cell, today, zone)
    if moment.astimezone(zone).date() > today:
        raise RowError("date_future", today=today.isoformat())
    if moment.astimezone(zone).date() < _OLDEST:
        raise RowError("date_old")
    return moment


def read_day(cell: Cell, today: date, zone: ZoneInfo) -> date:
    """Read a day, past or to come; one without a year is the latest that is not to come.

    Raises
    ------
    RowError
        `date_bad`, `date_unclear`.
    """
    return _moment(cell, today, zone).astimezone(zone).date()


def _moment(cell: Cell, today: date, zone: ZoneInfo) -> datetime:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo is not None else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), zone)
    if isinstance(cell, bool) or cell is None or isinstance(cell, time | timedelta):
        raise RowError("date_bad")
    if isinstance(cell, int | float):
        return _of_number(float(cell), zone)
    text = unicodedata.normalize("NFKC", cell).strip().removeprefix("'")
    solid = _SOLID.match(text)
    if solid is not None:
        return _built(solid.groupdict(), today, zone)
    if _SERIAL_TEXT.match(text):
        return _of_number(float(text), zone)
    written = _WRITTEN.match(text)
    if written is None:
        raise RowError("date_bad")
    return _built(written.groupdict(), today, zone)


def _of_number(number: float, zone: ZoneInfo) -> datetime:
    if number.is_integer() and 20000101 <= number <= 20991231:
        text = str(int(number))
        return _built({"y": text[:4], "m": text[4:6], "d": text[6:]}, date.max, zone)
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        # 3.1 may be the first or the tenth of March: Excel has dropped the nought.
        raise RowError("date_unclear" if 1 <= number < 13 else "date_bad")
    counted = _EXCEL_ORIGIN + timedelta(days=number)
    whole = counted.replace(microsecond=0)
    rounded = whole + timedelta(seconds=1) if counted.microsecond >= 500_000 else whole
    return rounded.replace(tzinfo=zone)


def _built(parts: dict[str, str | None], today: date, zone: ZoneInfo) -> datetime:
    try:
        day = _day(parts, today)
        moment = datetime.combine(day, _time(parts), zone)
    except ValueError as error:
        raise RowError("date_bad") from error
    offset = parts.get("zone")
    if offset is None:
        return moment
    return datetime.fromisoformat(moment.replace(tzinfo=None).isoformat() + offset.upper())


def _day(parts: dict[str, str | None], today: date) -> date:
    month, day = int(parts["m"] or 0), int(parts["d"] or 0)
    year = parts.get("y")
    if year is not None:
        return date(int(year) + (_CENTURY if len(year) == 2 else 0), month, day)
    for year_back in range(5):
        try:
            found = date(today.year - year_back, month, day)
        except ValueError:
            # 29 February is there only now and then.
            continue
        if found <= today:
            return found
    raise ValueError(f"no {month}-{day} in the last five years")


def _time(parts: dict[str, str | None]) -> time:
    part = (parts.get("part") or "").lower()
    if parts.get("H") is None:
        return _PARTS.get(part, time())
    hour = int(parts["H"] or 0)
    if part in _AFTERNOON and hour < _NOON:
        hour += _NOON
    minute = 30 if parts.get("half") else int(parts.get("M") or 0)
    return time(hour, minute, int(parts.get("S") or 0))
