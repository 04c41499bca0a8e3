"""How offices write buildings: 1-5号楼、7号楼; one compound by several spellings."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from data.imports.problems import RowError
from geo.grids.codes import chinese_number

_SUFFIX: Final = re.compile(r"(号楼|#楼|号院|栋楼|幢楼|#|栋|幢|座|号|楼)$")
_SPLIT: Final = re.compile(r"[、,;，；/\n]+|(?<=[号楼栋幢座#])\s+|(?:及|和|与)(?=\d)")
_RANGE: Final = re.compile(r"^(\d+)[^\d]{0,2}[-~—–至到](\d+)(.*)$")
_ALL: Final = frozenset(
    {"全部", "所有", "全部楼栋", "所有楼栋", "整个小区", "全小区", "全村", "all"}
)
_MOST_IN_RANGE: Final = 2_000
_CHINESE: Final = {chinese_number(number): str(number) for number in range(1, 100)}


def plain_place(name: str) -> str:
    """Reduce a compound's or lane's name to what is compared: no width, space or mark."""
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\s()\[\]【】·•\-_,，。'\"“”]+", "", text)


def plain_number(name: str) -> str:
    """Reduce a building's number: 03号楼, 3#, 第三栋 and ３幢 all come to "3"."""
    text = plain_place(name).removeprefix("第")
    text = _SUFFIX.sub("", text) or text
    text = _CHINESE.get(text, text)
    return text.lstrip("0") or text


def parse_buildings(cell: str | None) -> list[str] | None:
    """Read a cell that lists buildings.

    Parameters
    ----------
    cell
        Such as ``1-5号楼、7号楼``, ``1-9单号``, ``甲楼``; empty or 全部 for all.

    Returns
    -------
    Plain numbers in the order of the cell, each once; None for all buildings.

    Raises
    ------
    RowError
        If a range runs backwards or is longer than a compound can be.
    """
    if cell is None or plain_place(cell) in _ALL:
        return None
    found: list[str] = []
    for word in _SPLIT.split(unicodedata.normalize("NFKC", cell).strip()):
        if word.strip():
            found += _expand(word.strip())
    return list(dict.fromkeys(found))


def _expand(word: str) -> list[str]:
    match = _RANGE.match(word.replace(" ", ""))
    if match is None:
        return [plain_number(word)]
    first, last, rest = int(match.group(1)), int(match.group(2)), match.group(3)
    if not first <= last < first + _MOST_IN_RANGE:
        raise RowError("list_range_bad", word=word)
    step = 2 if "单" in rest or "双" in rest else 1
    if ("单" in rest and first % 2 == 0) or ("双" in rest and first % 2 == 1):
        first += 1
    return [str(number) for number in range(first, last + 1, step)]
