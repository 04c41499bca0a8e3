"""One way of writing for text that people write in many ways.

What comes out is for comparing, never for showing: 幸福路十二號 阳光小区３＃楼 and
幸福路12号,阳光小区3号楼 come to the same.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final

from opencc import OpenCC

_ROUNDS: Final = 12
_MOST_KEPT: Final = 20_000
_DASHES: Final = re.compile(r"[-‐‑‒–—―−﹣－~～〜∼_]+")
_BREAKS: Final = re.compile(r"[,，、;；:：|/\\·•・。!！?？\"'“”‘’《》<>=*&^%$@`]+")
_OPENING: Final = str.maketrans(dict.fromkeys("[{【〔「『〖", "("))
_CLOSING: Final = str.maketrans(dict.fromkeys("]}】〕」』〗", ")"))
_ASCII_UPPER: Final = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
_DIGIT: Final = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGIT.update({"六": 6, "七": 7, "八": 8, "九": 9})
_POWER: Final = {"十": 10, "百": 100, "千": 1000}
_NUMERAL: Final = re.compile("[〇零一二两三四五六七八九十][〇零一二三四五六七八九十百千]*")
# 壹 to 玖 are also surnames and parts of village names: numerals only before a counted thing.
_FORMAL: Final = re.compile("[壹贰叁肆伍陆柒捌玖拾]+(?=[号#楼栋幢座单层室组队])")
_FORMAL_PLAIN: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_ROMAN: Final = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_BUILDING: Final = (
    r"(?:第|#|NO\.?)?(\d+|(?<![A-Z])[A-Z]\d{0,2})(?:#|号)?"
    r"(?:楼座|幢楼|栋楼|座楼|栋|幢|座(?![桥山坟塔]))"
)
_MARKS: Final = re.compile(r"[,\-()]+")
_NUMERAL_DASH: Final = re.compile(r"(?<=\d)一(?=\d)")
_Replace = str | Callable[[re.Match[str]], str]


def _rule(
    of: str, pattern: str, replace: _Replace
) -> tuple[frozenset[str], re.Pattern[str], _Replace]:
    """A rule, tried only on text that holds one of the characters `of`."""
    return frozenset(of), re.compile(pattern), replace


_RULES: Final = (
    _rule(".", r"(?<=[甲乙丙丁\d])[.](?!\d)|(?<!\d)[.](?=\d)", ","),
    _rule(".", r"(?<![\dA-Z])[.]|[.](?![\dA-Z])", ","),
    # 幸 福 路 1 2 号: typed with spaces throughout; 和平街4 2号, 大 王庄: with one too many.
    _rule(" ", r"(?<![^ ])(?:[^ ] +){3,}[^ ](?![^ ])", lambda found: found[0].replace(" ", "")),
    _rule(" ", r"(?<=[路街巷道弄同院村组]\d) +(?=\d+号(?!楼))", ""),
    _rule(" ", r"^([\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", r"\1"),
    _rule(" ", r"(?<= )([\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])", r"\1"),
    _rule(" ", r" +", ","),
    _rule("0", r"(?<![\d.])0+(?=\d)", ""),
    _rule("期", r"(?<![A-Z])(I{1,3}|IV|V)(?=期)", lambda found: _ROMAN[found[1]]),
    _rule("千", r"千伏", "KV"),
    _rule("委", r"(?<![,村])村(?:村民委员会|民委员会|委会|村委(?!会)|委(?!会))", "村村委会"),
    _rule("委", r"村村(?:民委员会|委(?!会))", "村村委会"),
    _rule("甲乙丙丁戊", r"(?<=[甲乙丙丁戊])(?:座|栋|幢|号楼|楼)(?![下上顶道])", "号楼"),
    _rule("#", r"[ ,]*#[ ,]*(?=[楼号杆灯电])", "#"),
    _rule("№O", r"(?:№|NO[.,]?)(?=\d)", ""),
    _rule("#", r"#(?=\d+(?:号|#))", ""),
    _rule("#", r"(?<![\dA-Z])#(\d+)楼", r"\1号楼"),
    _rule("#", r"(?<![\dA-Z])#(\d+)", r"\1号"),
    _rule("#", r"(?<=[\dA-Z])(?:#+号?|号#)", "号"),
    _rule(",", r"(?<=\d),(?=号)", ""),
    _rule("号", r"号{2,}", "号"),
    _rule("第", r"第(?=\d+(?:号|栋|幢|座|单元|组|队|层))", ""),
    _rule("楼栋幢座", _BUILDING, r"\1号楼"),
    _rule("楼", r"(?<=[\dA-Z])号楼楼", "号楼"),
    _rule("牌", r"门牌(?=\d)|(?<=\d)门牌(?=号)", ""),
    _rule("(", r",*\(,*", "("),
    _rule(")", r",*\),*", ")"),
    _rule("-", r",*-,*", "-"),
    _rule(",", r",{2,}", ","),
    _rule(",-", r"^[,\-]+|[,\-]+$", ""),
)


class _Simplified(dict[int, str]):
    """Traditional characters to simplified ones, each looked up once."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x3FFFF:
            self[code] = _settled(character)
            return self[code]
        return character


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _settled(character: str) -> str:
    """Convert until nothing changes; a character that turns in a circle stays as it is."""
    seen = [character]
    while (then := _converter().convert(seen[-1])) != seen[-1]:
        if then in seen or len(then) != 1:
            return character
        seen.append(then)
    return seen[-1]


_SIMPLIFIED: Final = _Simplified()


@lru_cache(maxsize=_MOST_KEPT)
def normalise(text: str) -> str:
    """Bring text to the one way of writing that names and numbers are compared in.

    Full-width forms become half-width (NFKC), traditional characters simplified ones, Latin
    letters capitals; Chinese numerals become digits; 3#楼, 三号楼, 3幢, 3栋 and 3座 become 3号楼;
    spaces and marks become one comma; dashes and brackets one kind of each.

    Parameters
    ----------
    text
        Anything.

    Returns
    -------
    Normalising it again changes nothing.
    """
    for _ in range(_ROUNDS):
        then = _once(text)
        if then == text:
            return then
        text = then
    # Marks in rows that no address has: what is left of them are letters, digits and Chinese.
    return re.sub(r"[^A-Z0-9\u4e00-\u9fff]", "", text)


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).translate(_ASCII_UPPER)
    text = text.translate(_OPENING).translate(_CLOSING)
    if not text.isprintable():
        text = "".join(" " if one.isspace() else one for one in text if _is_kept(one))
    text = _FORMAL.sub(lambda found: found[0].translate(_FORMAL_PLAIN), text)
    # 12一3号: the numeral one, typed for a dash.
    text = _NUMERAL_DASH.sub("-", text)
    text = _NUMERAL.sub(lambda found: _digits(found[0]), text)
    text = _BREAKS.sub(",", _DASHES.sub("-", text))
    held = set(text)
    for of, pattern, replacement in _RULES:
        if not of.isdisjoint(held):
            text = pattern.sub(replacement, text)
            held = set(text)
    return text


def _is_kept(character: str) -> bool:
    return character.isprintable() or character.isspace()


def _digits(numeral: str) -> str:
    """Write a Chinese numeral in digits: 十二 is 12, 一百零五 is 105, 二〇三 is 203."""
    if not any(mark in _POWER for mark in numeral):
        return "".join(str(_DIGIT[mark]) for mark in numeral)
    total, pending = 0, 0
    for mark in numeral:
        if mark in _POWER:
            total += max(pending, 1) * _POWER[mark]
            pending = 0
        else:
            pending = _DIGIT[mark]
    return str(total + pending)


def plain_name(name: str) -> str:
    """Normalise a name and drop what is left of marks, for use as a key."""
    return _MARKS.sub("", normalise(name))
