"""Reading a message as people paste it out of WeChat, DingTalk or WeCom: words, time, no names.

Who wrote it is left out and so is what reaches or names a person; when it was written is kept.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from casework.private_words import Private, clear

_DAY: Final = (
    r"(?:(?P<year>\d{4})[-/.年])?(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"|(?P<past>今天|昨天|前天)|(?:星期|周)(?P<weekday>[一二三四五六日天])"
)
_CLOCK: Final = (
    r"(?P<half>凌晨|早上|上午|中午|下午|傍晚|晚上)?\s*(?P<hour>\d{1,2})[:：](?P<minute>\d{2})"
    r"(?:[:：]\d{2})?"
)
_WHEN: Final = rf"(?:{_DAY})?\s*{_CLOCK}"
# 张三 2026/11/22 8:03 · 张三(11-22 08:03:12): · 2026-11-22 08:03 张三 · 08:03
_HEADS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^{_WHEN}[:：]?$",
        rf"^(?P<who>[^\d:：(（][^:：]{{0,30}}?)[\s(（]*{_WHEN}[)）\s]*[:：]?$",
        rf"^{_WHEN}\s+(?P<who>[^\d:：]{{1,30}})[:：]?$",
    )
)
# 张三: · 张三（物业）： — a line of its own, or before the words.
_SPEAKER: Final = re.compile(r"^(?P<who>[^\s:：，,。！!？?；;0-9]{2,12})[:：](?P<rest>.*)$")
# What stands before a colon in a form, and is nobody.
_NOT_SPEAKERS: Final = frozenset(
    {
        *("地点", "地址", "位置", "时间", "日期", "问题", "情况", "描述"),
        *("内容", "类别", "类型", "来源", "现场", "要求", "备注", "说明"),
        *("标题", "网格", "小区", "反映", "诉求", "联系人", "联系电话", "电话"),
        *("事项", "概况", "处理", "建议", "请求", "隐患", "地段", "单位"),
        *("上报", "注意", "通知", "提醒"),
    }
)
_PICTURE: Final = re.compile(r"\[(?:图片|照片|Photo|Image|Picture)\]")
_OTHER_MARKS: Final = re.compile(
    r"\[(?:视频|语音|动画表情|表情|文件|链接|位置|Video|Voice|Sticker|File|Link|Location)\]",
    re.IGNORECASE,
)
_MENTION: Final = re.compile(r"@(?:所有人|all\b|[^\s@，,。：:]{1,20})[\s\u2005]?")
_QUOTED: Final = re.compile(r"^「(?P<who>[^：:」]{1,20})[：:](?P<rest>.*)」$")
_RULE: Final = re.compile(r"^(?:[-—–=*_·]\s*){4,}$")
_FRAMES: Final = re.compile(
    r"^(?:.{0,20}的?聊天记录|以下为.{0,20}消息|Chat History.*)$", re.IGNORECASE
)
_AFTERNOON: Final = frozenset({"下午", "傍晚", "晚上"})
_WEEKDAYS: Final = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}
LONGEST: Final = 20_000


@dataclass(frozen=True)
class ChatRead:
    """What a pasted message comes to.

    Attributes
    ----------
    text
        The words, without senders and without what is private.
    said_at
        When the first of them was written, in the zone of `now`; None: it does not say.
    messages, pictures
        How many messages there were, and how many pictures they speak of.
    removed
        How much was taken out, by kind.
    """

    text: str
    said_at: datetime | None
    messages: int
    pictures: int
    removed: Mapping[Private, int]


def read_chat(pasted: str, now: datetime) -> ChatRead:
    """Read what was pasted.

    Parameters
    ----------
    now
        In the zone of those who wrote: what says no day was said today, or else yesterday.
    """
    lines: list[str] = []
    removed: Counter[Private] = Counter()
    moments: list[datetime] = []
    messages = pictures = 0
    for raw in pasted[:LONGEST].replace("\u2005", " ").splitlines():
        line = raw.strip().lstrip("\ufeff")
        if not line or _RULE.match(line) or _FRAMES.match(line):
            continue
        head = _head(line)
        if head is not None:
            moment = _moment(head, now)
            messages += 1
            removed["sender"] += bool(head.groupdict().get("who"))
            moments += [] if moment is None else [moment]
            continue
        pictures += len(_PICTURE.findall(line))
        words, named = _words(line)
        removed["sender"] += named
        if words:
            lines.append(words)
    cleared = clear("\n".join(lines))
    removed.update(cleared.removed)
    return ChatRead(
        text=cleared.text,
        said_at=min(moments) if moments else None,
        messages=max(messages, 1 if lines else 0),
        pictures=pictures,
        removed={kind: count for kind, count in removed.items() if count},
    )


def _head(line: str) -> re.Match[str] | None:
    for pattern in _HEADS:
        found = pattern.match(line)
        if found is not None:
            return found
    return None


def _words(line: str) -> tuple[str, int]:
    """What is said in a line, and how many people it named as writers or as spoken to."""
    line = _OTHER_MARKS.sub("", _PICTURE.sub("", line))
    line, named = _MENTION.subn("", line)
    for pattern in (_QUOTED, _SPEAKER):
        found = pattern.match(line)
        if found is not None and found["who"] not in _NOT_SPEAKERS:
            return found["rest"].strip(), named + 1
    return line.strip(), named


def _moment(head: re.Match[str], now: datetime) -> datetime | None:
    hour, minute = int(head["hour"]), int(head["minute"])
    if head["half"] in _AFTERNOON and hour < 12:
        hour += 12
    if hour > 23 or minute > 59:
        return None
    day = _day(head, now)
    if day is None:
        return None
    moment = datetime.combine(day, time(hour, minute), now.tzinfo)
    says_day = head["month"] or head["past"] or head["weekday"]
    if moment > now and not says_day:
        moment -= timedelta(days=1)
    return moment if moment <= now else None


def _day(head: re.Match[str], now: datetime) -> date | None:
    if head["past"]:
        return now.date() - timedelta(days=("今天", "昨天", "前天").index(head["past"]))
    if head["weekday"]:
        return now.date() - timedelta(days=(now.weekday() - _WEEKDAYS[head["weekday"]]) % 7)
    if not head["month"]:
        return now.date()
    year = int(head["year"]) if head["year"] else now.year
    try:
        day = date(year, int(head["month"]), int(head["day"]))
        # In January a message of December says no year either.
        return day if head["year"] or day <= now.date() else day.replace(year=year - 1)
    except ValueError:
        return None
