"""What a file of cases says of each, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from casework.course_words import STATE_WORDS
from data.exports.map_words import Language

Value = str | int | float | datetime | None
ColumnKey = Literal[
    "number",
    "external_number",
    "category_code",
    "category",
    "severity",
    "state",
    "overdue",
    "grid_code",
    "grid",
    "area",
    "address",
    "lon",
    "lat",
    "unit",
    "source",
    "occurred_at",
    "received_at",
    "deadline_at",
    "dispatched_at",
    "handled_at",
    "verified_at",
    "closed_at",
    "reworks",
    "photos",
    "description",
]

SEVERITIES: Final[Mapping[str, tuple[str, str]]] = {
    "red": ("红色（急）", "Red (urgent)"),
    "yellow": ("黄色（重）", "Yellow (serious)"),
    "blue": ("蓝色（一般）", "Blue (ordinary)"),
}
SOURCES: Final[Mapping[str, tuple[str, str]]] = {
    "patrol": ("巡查发现", "Patrol"),
    "phone": ("电话", "Phone"),
    "hotline": ("热线", "Hotline"),
    "message": ("留言", "Message"),
    "inspection": ("检查", "Inspection"),
}
_YES: Final = {True: ("是", "yes"), False: ("否", "no")}


@dataclass(frozen=True)
class Telling:
    """In which language and on which clock a file tells of cases."""

    language: Language
    zone: ZoneInfo

    def word(self, words: Mapping[Any, tuple[str, str]], code: Any) -> str:
        """A code in words; one that has none stays as it is."""
        chinese, english = words.get(code, (str(code), str(code)))
        return chinese if self.language == "zh-CN" else english

    def local(self, at: datetime | None) -> datetime | None:
        """A moment on the district's clock."""
        return None if at is None else at.astimezone(self.zone)


@dataclass(frozen=True)
class Column:
    """A column: its names, how wide it is in a workbook, and what it says of a case."""

    chinese: str
    english: str
    width: int
    read: Callable[[Any, Telling], Value]

    def name(self, language: Language) -> str:
        """Its name."""
        return self.chinese if language == "zh-CN" else self.english


def _plain(name: str) -> Callable[[Any, Telling], Value]:
    def read(row: Any, _telling: Telling) -> Value:
        value: Value = getattr(row, name)
        return value

    return read


def _coded(name: str, words: Mapping[Any, tuple[str, str]]) -> Callable[[Any, Telling], Value]:
    return lambda row, telling: telling.word(words, getattr(row, name))


def _time(name: str) -> Callable[[Any, Telling], Value]:
    return lambda row, telling: telling.local(getattr(row, name))


def _category(row: Any, telling: Telling) -> Value:
    name: str = row.category_name if telling.language == "zh-CN" else row.category_name_en
    return name


COLUMNS: Final[Mapping[ColumnKey, Column]] = {
    "number": Column("编号", "Number", 14, _plain("number")),
    "external_number": Column("外部编号", "External number", 16, _plain("external_number")),
    "category_code": Column("类别代码", "Category code", 10, _plain("category_code")),
    "category": Column("类别", "Category", 18, _category),
    "severity": Column("等级", "Severity", 12, _coded("severity", SEVERITIES)),
    "state": Column("状态", "State", 16, _coded("state", STATE_WORDS)),
    "overdue": Column("超期", "Overdue", 8, _coded("overdue", _YES)),
    "grid_code": Column("网格编码", "Grid code", 18, _plain("grid_code")),
    "grid": Column("网格", "Grid", 16, _plain("grid_name")),
    "area": Column("所在区域", "Area", 16, _plain("area_name")),
    "address": Column("地址", "Address", 32, _plain("address")),
    "lon": Column("经度（WGS84）", "Longitude (WGS 84)", 14, _plain("lon")),
    "lat": Column("纬度（WGS84）", "Latitude (WGS 84)", 14, _plain("lat")),
    "unit": Column("责任单位", "Unit", 18, _plain("unit_name")),
    "source": Column("来源", "Source", 12, _coded("source", SOURCES)),
    "occurred_at": Column("发现时间", "Found at", 19, _time("occurred_at")),
    "received_at": Column("上报时间", "Received at", 19, _time("received_at")),
    "deadline_at": Column("期限", "Deadline", 19, _time("deadline_at")),
    "dispatched_at": Column("派遣时间", "Dispatched at", 19, _time("dispatched_at")),
    "handled_at": Column("处置时间", "Handled at", 19, _time("handled_at")),
    "verified_at": Column("核查时间", "Verified at", 19, _time("verified_at")),
    "closed_at": Column("结案时间", "Closed at", 19, _time("closed_at")),
    "reworks": Column("返工次数", "Reworks", 8, _plain("reworks")),
    "photos": Column("照片数", "Photos", 8, _plain("photos")),
    "description": Column("情况说明", "Description", 40, _plain("description")),
}
# Free words may hold what is nobody's business: they go along only when they are asked for.
USUAL: Final[Sequence[ColumnKey]] = tuple(key for key in COLUMNS if key != "description")
