"""Notices in a line of words, for chat groups and mail: what, which case, where; nobody's name.

Of a case it says number, kind and grid, never the address or what was written: a message leaves
the system.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from data.exports.map_words import Language

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "half-time": ("时限过半", "half of the time is over"),
    "soon-due": ("即将到期", "soon due"),
    "overdue": ("已超期", "overdue"),
    "confirm-late": ("核实超时", "check before filing is late"),
    "accept-late": ("接收超时", "not accepted in time"),
    "verify-late": ("核查超时", "verification is late"),
    "escalated": ("已提级", "passed up a level"),
    "resumed": ("挂账到期，恢复计时", "suspension over, the clock runs again"),
    "on-call": ("紧急问题，请值班人员接收", "urgent: you are on call"),
    "on-call-post": ("紧急问题，请电话通知值班岗位", "urgent: telephone the post on call"),
    "on-call-nobody": ("紧急问题，无人值班", "urgent: nobody is on call"),
    "device-reused": (
        "有人用了您设备登录凭证的副本，已作废",
        "a copy of your device's sign-in was used: it is revoked",
    ),
    "round-reason": ("有一次巡查没做，请说明原因", "a round was not done: please say why"),
    "place-not-visited": ("有网格未按计划巡查", "a grid was not visited as planned"),
    "calendar-missing": ("缺少工作日历", "working days are missing"),
}
_OTHER: Final = ("新提醒", "new notice")
_DUE: Final = {"zh-CN": "期限 {at:%m-%d %H:%M}", "en": "due {at:%m-%d %H:%M}"}
_YEAR: Final = {"zh-CN": "{year} 年", "en": "year {year}"}
_MORE: Final = {
    "zh-CN": "另有 {count} 条，请登录查看。",
    "en": "{count} more: sign in to see them.",
}


def word_of(kind: str, language: Language) -> str:
    """A kind of notice in words."""
    chinese, english = KINDS.get(kind, _OTHER)
    return chinese if language == "zh-CN" else english


def line_of(row: Any, language: Language, zone: ZoneInfo, link: str | None) -> str:
    """One notice in a line.

    Parameters
    ----------
    row
        As `notices_due.sql` tells it.
    link
        Where the case opens; None where nobody has said how this server is reached.
    """
    what = word_of(row.kind, language)
    parts = [f"【{what}】" if language == "zh-CN" else f"[{what}]"]
    if row.number is not None:
        name = row.category_name if language == "zh-CN" else row.category_name_en
        parts += [row.number, name, " ".join(filter(None, (row.area_name, row.grid_name)))]
    facts: Mapping[str, Any] = row.facts
    if "deadline_at" in facts:
        at = datetime.fromisoformat(str(facts["deadline_at"])).astimezone(zone)
        parts.append(_DUE[language].format(at=at))
    if "year" in facts:
        parts.append(_YEAR[language].format(year=facts["year"]))
    if link is not None:
        parts.append(link)
    return " ".join(part for part in parts if part)


def more(count: int, language: Language) -> str:
    """That there are more than a message holds."""
    return _MORE[language].format(count=count)
