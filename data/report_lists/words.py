"""What words of an office stand for here: kinds of hazard, states, severities, sources."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from rapidfuzz import fuzz, process

WordField = Literal["category", "severity", "source", "state"]
Channel = Literal["patrol", "phone", "hotline", "message", "inspection"]
LEFT_OUT: Final = ""
"""The meaning of a word whose rows are left out."""

_STATES: Final = {
    "struck_off": "销号 已销号 办结 已办结 结案 已结案 已整改 整改完成 已完成 完成 已处理 处理完成"
    " 已解决 已落实 已反馈 closed done resolved 是 √ ✓",
    "open": "未销号 未办结 未结案 未整改 整改中 办理中 处理中 处置中 未处理 未完成 未解决 正在整改"
    " 正在办理 待办 待处理 待整改 已派单 已交办 已受理 挂账 open pending 否 × x",
}
_SEVERITIES: Final = {
    "red": "red 红 红色 重大 特急 紧急 特别紧急",
    "yellow": "yellow 黄 黄色 较大 一般 加急 急",
    "blue": "blue 蓝 蓝色 轻微 较小 普通 平件 正常",
}
_SOURCES: Final = {
    "hotline": "12345 12345热线 热线 市民热线 政务热线 便民热线 市长热线 网格热线 hotline",
    "phone": "电话 来电 值班电话 phone",
    "message": "微信 公众号 随手拍 网络 网络留言 留言 信箱 短信 平台留言 小程序 message",
    "patrol": "网格员上报 网格上报 网格巡查 巡查 日常巡查 巡查发现 自行发现 patrol",
    "inspection": "检查 督查 专项检查 上级交办 领导交办 交办 转办 督办 暗访 视频巡查 视频监控"
    " 无人机 媒体曝光 部门转办 inspection",
}
_FIXED_WORDS: Final[dict[WordField, dict[str, str]]] = {
    "severity": _SEVERITIES,
    "source": _SOURCES,
    "state": _STATES,
}
FIXED: Final[Mapping[WordField, Mapping[str, str]]] = {
    field: {word.lower(): meaning for meaning, words in meanings.items() for word in words.split()}
    for field, meanings in _FIXED_WORDS.items()
}
"""field → word → meaning, of the words that need no question."""

_SUGGESTED: Final = 3
_LEAST_LIKE: Final = 45.0


@dataclass(frozen=True)
class Suggestion:
    """What a word may stand for: the meaning as it is kept, its name, and how like it is (0–1)."""

    meaning: str
    name: str
    score: float


@dataclass(frozen=True)
class Kind:
    """A category as words are matched with it."""

    id: int
    code: str
    name: str
    name_en: str


def plain_word(word: object) -> str:
    """Reduce a word to what is compared: no width, case, spaces; a code as Excel made a number."""
    if isinstance(word, float) and word.is_integer():
        word = int(word)
    text = unicodedata.normalize("NFKC", str(word)).strip().strip("。；;,，").lower()
    return re.sub(r"\s+", "", text)


class Meanings:
    """Turns words into meanings: what was said once, then the fixed words, then the categories.

    Parameters
    ----------
    kinds
        Categories in use.
    said
        (field, plain word) → meaning, as somebody said before.
    """

    def __init__(self, kinds: Iterable[Kind], said: Mapping[tuple[str, str], str]) -> None:
        self._kinds = list(kinds)
        self._said = dict(said)
        self._categories = _by_word(self._kinds)
        self._ids = {str(kind.id) for kind in self._kinds}

    def of(self, field: WordField, word: object) -> str | None:
        """The meaning of a word, `LEFT_OUT`, or None where nobody knows it."""
        plain = plain_word(word)
        said = self._said.get((field, plain))
        if said is not None and (field != "category" or said in self._ids or said == LEFT_OUT):
            return said
        if field == "category":
            return self._category(plain)
        return FIXED[field].get(plain)

    def _category(self, plain: str) -> str | None:
        for part in (plain, re.split(r"[/\\>→—\-·|]", plain)[-1]):
            found = self._categories.get(part)
            if found is None and part.isdecimal():
                # Excel takes the noughts from the front of a code.
                found = self._categories.get(part.zfill(5))
            if found is not None and len(found) == 1:
                return next(iter(found))
        return None

    def suggestions(self, word: object) -> list[Suggestion]:
        """Categories whose names are like a word, the likest first."""
        names = {kind.id: kind.name for kind in self._kinds}
        found: Sequence[Any] = process.extract(
            plain_word(word),
            names,
            scorer=fuzz.WRatio,
            limit=_SUGGESTED,
            score_cutoff=_LEAST_LIKE,
        )
        return [Suggestion(str(key), name, round(score / 100, 2)) for name, score, key in found]


def _by_word(kinds: Iterable[Kind]) -> dict[str, set[str]]:
    """Codes repeat between standards: a word that means several categories decides nothing."""
    found: dict[str, set[str]] = {}
    for kind in kinds:
        for word in {plain_word(kind.code), plain_word(kind.name), plain_word(kind.name_en)}:
            if word:
                found.setdefault(word, set()).add(str(kind.id))
    return found
