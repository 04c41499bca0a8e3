"""Taking out of a text what reaches or names a person: numbers, plates, mailboxes, names.

Numbers are found for certain. Names are not: only those that say of themselves that they are one
(联系人张三, 李女士); whoever uses the text reads it over.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Private = Literal["sender", "name", "phone", "identity", "plate", "mail", "account"]
HIDDEN: Final = "***"

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易"
    "常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝"
    "左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂"
)
_DIGIT_GAP: Final = "[ \\-—]?"
# In this order: what is an identity number must not be taken for a telephone's.
_PATTERNS: Final[tuple[tuple[Private, re.Pattern[str]], ...]] = (
    ("mail", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
    (
        "account",
        re.compile(
            r"(?:微信号?|wechat|vx|QQ号?|抖音号?)[:： ]{1,2}([A-Za-z0-9_-]{5,20})", re.IGNORECASE
        ),
    ),
    ("identity", re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")),
    (
        "phone",
        re.compile(
            rf"(?<!\d)(?:(?:\+?86|0086){_DIGIT_GAP})?1[3-9]\d{_DIGIT_GAP}\d{{4}}"
            rf"{_DIGIT_GAP}\d{{4}}(?!\d)"
        ),
    ),
    ("phone", re.compile(r"(?<!\d)(?:\(0\d{2,3}\)|（0\d{2,3}）|0\d{2,3}[- ]?)\d{7,8}(?!\d)")),
    (
        "plate",
        re.compile(
            "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
            "[A-HJ-NP-Z][ ·•.]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"
        ),
    ),
    (
        "name",
        re.compile(
            "(?:联系人|负责人|业主|户主|举报人|反映人|报修人|姓名|我叫|我是|本人)[:： 是叫为]{0,2}"
            f"([{_SURNAMES}][\\u4e00-\\u9fff]{{1,2}})(?<![的了着来去过在])"
            "(?=[\\s，,。.；;！!？?、（(:：*]|$|先生|女士|电话|手机|联系)"
        ),
    ),
    (
        "name",
        re.compile(
            f"([{_SURNAMES}][\\u4e00-\\u9fff]{{0,2}}?)"
            "(?:先生|女士|小姐|大爷|大妈|大姐|阿姨|师傅|奶奶|爷爷)"
        ),
    ),
)


@dataclass(frozen=True)
class Cleared:
    """A text without what is private, and how much of each kind there was."""

    text: str
    removed: Mapping[Private, int]


def clear(text: str) -> Cleared:
    """Put *** in the place of what reaches or names a person."""
    removed: Counter[Private] = Counter()
    for kind, pattern in _PATTERNS:
        text, count = pattern.subn(_hide, text)
        removed[kind] += count
    return Cleared(text, {kind: count for kind, count in removed.items() if count})


def _hide(found: re.Match[str]) -> str:
    """Hide what a pattern means: its group, where it has one, and the rest stays."""
    whole = found.group()
    if found.re.groups == 0:
        return HIDDEN
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    return whole[:start] + HIDDEN + whole[end:]
