"""Which known name is meant by one that is written a little differently."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.addresses import words

Likely = tuple[tuple[str, float], ...]

# How much a way of writing a name differently leaves of its certainty.
GENERIC_END: Final = 0.97
NO_END: Final = 0.92
OTHER_END: Final = 0.6
SHORTENED: Final = 0.85
ROAD_TURNED: Final = 0.72
WITH_TALK: Final = 0.97
NO_SECTION: Final = 0.9
_SLIP: Final = {2: 0.6, 3: 0.72, 4: 0.82}
_LONG_SLIP: Final = 0.88
_ALIKE_SLIP: Final = {2: 0.88, 3: 0.92}
_LONG_ALIKE_SLIP: Final = 0.95
# The first character of each syllable in GB 2312, which lists its common characters by sound.
_SYLLABLES: Final = (
    "啊埃鞍肮凹芭白斑邦苞杯奔崩逼鞭标鳖彬兵玻哺擦猜餐苍操厕层插拆搀昌超车郴撑吃充抽初揣川疮吹"
    "春戳疵聪凑粗蹿摧村磋搭呆耽当刀德蹬堤颠碉跌丁丢东兜都端堆墩掇蛾恩而发藩坊菲芬丰佛否夫噶该"
    "干冈篙哥给根耕工钩辜刮乖棺光瑰辊锅哈骸酣夯壕呵嘿痕哼轰喉呼花槐欢荒灰荤豁击嘉歼僵蕉揭巾荆"
    "炯揪鞠捐撅均喀开刊康考坷肯坑空抠枯夸块宽匡亏坤括垃莱蓝琅捞勒雷棱厘俩联粮撩列琳玲溜龙楼芦"
    "驴峦掠抡萝妈埋瞒芒猫么玫门萌眯棉苗蔑民明谬摸谋拇拿氖南囊挠呢馁嫩能妮蔫娘鸟捏您柠牛脓奴女"
    "暖虐挪哦欧啪拍攀乓抛呸喷砰坯篇飘撇拼乒坡扑期掐牵枪橇切钦青琼秋趋圈缺裙然瓤饶惹壬扔日戎揉"
    "茹软蕊闰若撒腮三桑搔瑟森僧莎筛珊墒梢奢砷声师收蔬刷摔栓霜谁吮说斯松搜嗽酸虽孙蓑塌胎坍汤掏"
    "特藤梯天挑贴厅通偷凸湍推吞拖挖歪豌汪威瘟嗡挝巫昔瞎掀相萧楔薪星兄休墟轩靴勋压焉殃邀椰一茵"
    "英哟拥幽淤鸳曰耘匝栽咱赃遭责贼怎增扎摘瞻樟招遮珍蒸芝中舟珠抓拽专桩椎谆捉兹鬃邹租钻嘴尊昨"
)
_FIRST_CODE: Final = 0xB0A1
_LAST_CODE: Final = 0xD7F9
_MOST_ANSWERS: Final = 4
_MOST_NEAR: Final = 8
_LONGEST_ASKED: Final = 30
_LONGEST_TAIL: Final = 12
_MOST_KEPT: Final = 20_000
# One for another of these is no slip of the pen but another name: 人民东路, 人民西路.
_TELLING: Final = frozenset(
    "东西南北中大小新老前后上下左右内外甲乙丙丁0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_TURNED: Final = re.compile(r"^(?P<stem>.+?)(?P<turn>[东西南北中])?(?P<end>大街|大道|路|街)$")
_GENERIC: Final = re.compile(r"(?:小区|社区|住宅区|生活区|住宅小区|家属院|宿舍)$")
_CLAN: Final = re.compile(
    r"^(.{1,2})家(庄|村|屯|营|疃|洼|埠|河|桥|店|楼|泊|峪|沟|坡|湾|台|坊|集|寨|铺)(村?)$"
)


@dataclass(frozen=True)
class _Ends:
    pattern: re.Pattern[str]
    generic: re.Pattern[str] | None = None


_ENDS: Final = {
    "road": _Ends(words.ROAD_END),
    "compound": _Ends(words.COMPOUND_END, _GENERIC),
    "village": _Ends(words.VILLAGE_END, words.VILLAGE_END),
    "area": _Ends(words.AREA_END),
    "place": _Ends(re.compile(r"(?!)")),
}


class NameBook:
    """Known names of one role, as keys (see `geo.addresses.normalise.plain_name`).

    Parameters
    ----------
    role
        road, compound, village, area or place.
    names
        The keys.
    """

    def __init__(self, role: str, names: Iterable[str]) -> None:
        self._ends, self._role = _ENDS[role], role
        self._names = list(dict.fromkeys(names))
        self._known = frozenset(self._names)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            for stem in self._stems_of(name):
                self._stems[stem].append(name)
        self._stem_list = list(self._stems)
        self._kept: dict[str, Likely] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def find(self, asked: str) -> Likely:
        """Names that may be meant, with the certainty that is left, the best first.

        Exactly so 1; 阳光花园小区 for 阳光花园 0.97; 阳光 for 阳光小区 0.92; 县医院 for
        县人民医院 0.85; 人民路 for 人民东路 0.72; 阳光小区 for 阳光花园 0.6; a slip of the pen 0.6
        for names of two characters, 0.78 of three, 0.88 of four, 0.92 of more, and only where it
        can mean one name alone.
        """
        if asked in self._known:
            return ((asked, 1.0),)
        if len(asked) > _LONGEST_ASKED:
            return ()
        if asked not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[asked] = self._search(asked)
        return self._kept[asked]

    def _stems_of(self, name: str) -> set[str]:
        stems = {name[: found.start()] for found in [self._ends.pattern.search(name)] if found}
        if self._ends.generic is not None:
            stems |= {name[: found.start()] for found in [self._ends.generic.search(name)] if found}
        if self._role in {"village", "area"} and (clan := _CLAN.match(name)):
            stems |= {clan[1] + clan[2], clan[1] + clan[2] + clan[3]}
        if self._role == "compound" and (found := words.SECTION_END.search(name)):
            stems.add(name[: found.start()])
        return {stem for stem in stems if len(stem) > 1}

    def _search(self, asked: str) -> Likely:
        found: dict[str, float] = {}
        for name, left in (
            *self._by_stem(asked),
            *self._turned(asked),
            *self._shortened(asked),
            *self._contained(asked),
        ):
            found[name] = max(left, found.get(name, 0.0))
        if max(found.values(), default=0.0) < SHORTENED:
            for name, left in self._slips(asked).items():
                found[name] = max(left, found.get(name, 0.0))
        return tuple(sorted(found.items(), key=lambda one: -one[1])[:_MOST_ANSWERS])

    def _by_stem(self, asked: str) -> list[tuple[str, float]]:
        answers = [
            (name, NO_SECTION if words.SECTION_END.search(name) else NO_END)
            for name in self._stems.get(asked, ())
        ]
        generic = self._ends.generic
        for stem in self._stems_of(asked):
            end = asked[len(stem) :]
            is_generic = generic is not None and generic.fullmatch(end) is not None
            if stem in self._known:
                answers.append((stem, GENERIC_END if is_generic else NO_END))
            for name in self._stems.get(stem, ()):
                same_kind = self._role in {"village", "area"}
                answers.append((name, GENERIC_END if same_kind else OTHER_END))
        return answers

    def _turned(self, asked: str) -> list[tuple[str, float]]:
        """人民路 where the map has 人民东路 and 人民西路, and the other way round."""
        found = _TURNED.match(asked) if self._role == "road" else None
        if found is None or len(found["stem"]) < 2:
            return []
        turns = ("",) if found["turn"] else tuple("东西南北中")
        names = (found["stem"] + turn + found["end"] for turn in turns)
        return [(name, ROAD_TURNED) for name in names if name in self._known]

    def _shortened(self, asked: str) -> list[tuple[str, float]]:
        """县医院 for 县人民医院, 实验小学 for 县实验小学; only where one name alone fits."""
        if self._role not in {"place", "compound"} or len(asked) < 3:
            return []
        fitting = [
            name
            for name in self._names
            if len(asked) < len(name) <= 3 * len(asked)
            and name[-1] == asked[-1]
            and (name.endswith(asked) or (name[0] == asked[0] and _within(asked, name)))
        ]
        return [(fitting[0], SHORTENED)] if len(fitting) == 1 else []

    def _contained(self, asked: str) -> list[tuple[str, float]]:
        """人民医院急诊, 我在鼓楼: a known name with talk before or after it."""
        if self._role != "place":
            return []
        held = [
            asked[start:end]
            for start in range(len(asked))
            for end in range(len(asked), start + 2, -1)
            if (start == 0 or end == len(asked))
            and (start == 0 or asked[start - 1] not in words.APART)
            and asked[start:end] in self._known
        ]
        return [(max(held, key=len), SHORTENED)] if held else []

    def _slips(self, asked: str) -> dict[str, float]:
        """One character amiss, in the whole or in what follows talk: 帮忙看看环成南路."""
        last = 1 if self._role == "place" else max(len(asked) - 2, 1)
        for cut in (0, *range(max(len(asked) - _LONGEST_TAIL, 1), last)):
            if len(asked) - cut < 3 or (cut and asked[cut - 1] in words.APART):
                continue
            if found := self._slip(asked[cut:]):
                return {name: left * (WITH_TALK if cut else 1.0) for name, left in found.items()}
        return {}

    def _slip(self, asked: str) -> dict[str, float]:
        near = process.extract(
            asked, self._names, scorer=OSA.distance, score_cutoff=1, limit=_MOST_NEAR
        )
        left = {name: self._left_by_slip(asked, name) for name, _, _ in near}
        found = {name: one for name, one in left.items() if one > 0}
        if not found and len(asked) > 2:
            stems = process.extract(
                asked, self._stem_list, scorer=OSA.distance, score_cutoff=1, limit=_MOST_NEAR
            )
            for stem, _, _ in stems:
                if (one := self._left_by_slip(asked, stem)) > 0:
                    found |= dict.fromkeys(self._stems[stem], one * NO_END)
        best = max(found.values(), default=0.0)
        meant = {name: one for name, one in found.items() if one == best}
        # What may as well be another name is no slip that one can mend.
        return meant if len({self._stem_of(name) for name in meant}) == 1 else {}

    def _stem_of(self, name: str) -> str:
        without = words.SECTION_END.sub("", name)
        return without if self._role == "compound" else name

    def _left_by_slip(self, asked: str, name: str) -> float:
        """What one character amiss leaves of certainty; 0 where it makes another name."""
        found = self._ends.pattern.search(name)
        size = max(found.start() if found is not None else len(name), 2)
        ours, theirs = _odd_part(asked, name)
        if len(ours) == len(theirs) == 1:
            if sound_alike(ours, theirs):
                return _ALIKE_SLIP.get(size, _LONG_ALIKE_SLIP)
            if ours in _TELLING or theirs in _TELLING or asked[-1] != name[-1]:
                return 0.0
        elif any(one in _TELLING for one in ours + theirs) or asked[-1] != name[-1]:
            return 0.0
        return _SLIP.get(size, _LONG_SLIP)


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters are read alike but for the tone, as 人 and 仁, 成 and 城.

    GB 2312 lists its 3,755 common characters by pronunciation: they are alike where they stand
    between the same two first characters of syllables. Of rarer characters nothing is known.
    """
    return (first := _syllable_of(one)) is not None and first == _syllable_of(other)


def _syllable_of(character: str) -> int | None:
    code = int.from_bytes(character.encode("gb2312", errors="ignore"), "big")
    if not _FIRST_CODE <= code <= _LAST_CODE:
        return None
    return bisect_right(_syllable_starts(), code)


@cache
def _syllable_starts() -> list[int]:
    return [int.from_bytes(first.encode("gb2312"), "big") for first in _SYLLABLES]


def _odd_part(one: str, other: str) -> tuple[str, str]:
    """What is left of two names without the beginning and the end that they share."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[start : len(one) - end], other[start : len(other) - end]


def _within(short: str, name: str) -> bool:
    """Whether the characters of one stand in the other in the same order."""
    rest = iter(name)
    return all(character in rest for character in short)
