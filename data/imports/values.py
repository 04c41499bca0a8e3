"""Cells as people fill them in, turned into values, or refused with a reason."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.imports.columns import Field, ValueKind
from data.imports.encoding import is_garbled
from data.imports.problems import RowError

_EXCEL_ERRORS: Final = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_NOTHING: Final = frozenset({"", "-", "—", "/", "无", "null", "none", "nan", "n/a", "<null>"})
_COUNT = re.compile(r"^([+-]?\d+(?:\.0+)?)\s*[户层套家]?$")
_ROUNDED = re.compile(r"^\d(\.\d+)?[eE]\+?\d+$")
_AREA_CODE = re.compile(r"^\d{6}$|^\d{9,12}$")
_MOMENT = re.compile(
    r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[T\s]*(?P<H>\d{1,2})[:时](?P<M>\d{1,2})(?:[:分](?P<S>\d{1,2})(?:\.\d+)?)?[分秒]?"
    r"\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?$",
    re.IGNORECASE,
)
_LEVELS: Final = {
    "district": ("district", "county", "区县", "县", "区", "市辖区", "县级"),
    "street": ("street", "town", "township", "街道", "镇", "乡", "街镇", "乡镇", "乡级"),
    "zone": ("zone", "管区", "片区"),
    "community": ("community", "village", "社区", "村", "居委会", "村委会", "居", "村级", "村居"),
}
_SEVERITIES: Final = {
    "red": ("red", "红", "红色", "重大", "紧急"),
    "yellow": ("yellow", "黄", "黄色", "较大", "一般"),
    "blue": ("blue", "蓝", "蓝色", "轻微", "较小"),
}


def convert(field: Field, value: Any, time_zone: ZoneInfo) -> Any:
    """Turn a cell into a value of its field.

    Parameters
    ----------
    field
        Ours.
    value
        As the file has it; None where it has nothing.
    time_zone
        For times that do not say theirs.

    Returns
    -------
    object
        str, int, float, an aware datetime, or None for nothing.

    Raises
    ------
    RowError
        If the cell is filled but cannot be this field, or is empty where it must not be.
    """
    cell = _cell(value)
    if cell is None:
        if field.required:
            code = "count_missing" if field.kind == "count" else "value_missing"
            raise RowError(code, field=field.name, field_zh=field.name_zh)
        return None
    return _CONVERTERS[field.kind](field, cell, time_zone)


def _cell(value: Any) -> Any:
    """Return None for every way of writing nothing; texts trimmed, widths made plain."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if not isinstance(value, str):
        return value
    text = value.strip(" \t\r\n\u3000\ufeff\u00a0")
    if text in _EXCEL_ERRORS:
        raise RowError("excel_error")
    return None if text.lower() in _NOTHING else text


def _fault(code: str, field: Field, **params: object) -> RowError:
    return RowError(code, field=field.name, field_zh=field.name_zh, **params)


def _text(field: Field, cell: Any, _: ZoneInfo) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    # A DBF cuts text at its width, at times in the middle of a character.
    text = str(cell).rstrip("\ufffd")
    if is_garbled(text):
        raise RowError("text_garbled")
    if "\0" in text:
        raise RowError("text_garbled")
    if len(text) > field.limit:
        raise _fault("text_too_long", field, length=len(text), limit=field.limit)
    return text


def _digits(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).replace(" ", "").removeprefix("'")


def _code(field: Field, cell: Any, _: ZoneInfo) -> str:
    """Return an area code of 6, 9 or 12 digits (10 or 11 for a zone), padding zeros taken off.

    Statistical codes write a county as 370303000000 and a street as 370303001000.
    """
    code = _digits(cell)
    if _ROUNDED.match(code):
        raise _fault("code_rounded", field)
    if not _AREA_CODE.match(code):
        raise _fault("code_bad", field, digits="6 / 9 / 12")
    if len(code) == 12 and code.endswith("000000"):
        return code[:6]
    if len(code) == 12 and code.endswith("000"):
        return code[:9]
    return code


def _count(field: Field, cell: Any, _: ZoneInfo) -> int:
    if isinstance(cell, bool):
        raise _fault("count_bad", field)
    match = _COUNT.match(_digits(cell).replace(",", ""))
    if match is None:
        raise _fault("count_bad", field)
    count = int(float(match[1]))
    if count < 0:
        raise _fault("count_negative", field)
    if count > field.limit:
        raise _fault("count_too_large", field, limit=field.limit)
    return count


def _number(field: Field, cell: Any, _: ZoneInfo) -> float:
    try:
        number = float(_digits(cell))
    except ValueError as error:
        raise _fault("number_bad", field) from error
    if not math.isfinite(number):
        raise _fault("number_bad", field)
    return number


def _time(_: Field, cell: Any, time_zone: ZoneInfo) -> datetime:
    if isinstance(cell, datetime):
        return cell if cell.tzinfo is not None else cell.replace(tzinfo=time_zone)
    match = _MOMENT.match(unicodedata.normalize("NFKC", str(cell)))
    if match is None:
        raise RowError("time_bad")
    parts = [int(match[part] or 0) for part in ("y", "m", "d", "H", "M", "S")]
    stamp = "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}".format(*parts)
    try:
        moment = datetime.fromisoformat(stamp + (match["zone"] or "").upper())
    except ValueError as error:
        raise RowError("time_bad") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=time_zone)


def _choice(choices: Mapping[str, tuple[str, ...]]) -> Callable[[Field, Any, ZoneInfo], str]:
    def convert_choice(field: Field, cell: Any, _: ZoneInfo) -> str:
        word = str(cell).lower()
        for ours, words in choices.items():
            if word in words:
                return ours
        shown = "; ".join(" / ".join(words) for words in choices.values())
        raise _fault("choice_bad", field, choices=shown)

    return convert_choice


_CONVERTERS: Final[dict[ValueKind, Callable[[Field, Any, ZoneInfo], Any]]] = {
    "text": _text,
    "code": _code,
    "count": _count,
    "number": _number,
    "time": _time,
    "level": _choice(_LEVELS),
    "severity": _choice(_SEVERITIES),
}
