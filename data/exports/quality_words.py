"""The words of the quality report, Chinese and English; why a grid misses, in a sentence."""

from __future__ import annotations

from typing import Any, Final

from data.exports.quality_content import QualityReport, ReportMiss
from geo.limits import Language

_ZH: Final = {
    "title": "{place}网格划分质量报告",
    "made": "{day} 生成",
    "wanted": "每网格目标 {wanted} 户，允许偏差 ±{tolerance} %",
    "wanted_short": "目标",
    "seed": "随机种子 {seed}",
    "sources": "输入：{files}",
    "good": "全部 {grids} 个网格都在公平目标的 ±{tolerance} % 以内。",
    "bad": "{grids} 个网格中有 {misses} 个超出公平目标的 ±{tolerance} %，原因见“未达标网格”。",
    "outside": "另有 {outside} 户的楼不在任何区域内，没有计入。",
    "figures": "主要指标",
    "measure": "指标",
    "value": "值",
    "meaning": "含义",
    "histogram": "各网格户数",
    "histogram_note": "颜色为与各自公平目标的偏差；竖线为目标 {wanted} 户，"
    "深、浅灰带为 ±5 % 与 ±10 %。公平目标因社区总户数而异（{low}–{high} 户）。",
    "kind_general": "综合网格",
    "kind_micro": "微网格",
    "kind_site": "专属网格",
    "axis": "户数",
    "count": "网格数",
    "map": "户数偏差图",
    "numbered": "图上数字为未达标网格的序号。",
    "misses": "未达标网格",
    "no_misses": "没有。",
    "number": "序号",
    "grid": "网格",
    "code": "编码",
    "name": "名称",
    "area": "社区",
    "households": "户数",
    "target": "公平目标",
    "off": "偏差",
    "compactness": "紧凑度",
    "road5": "沿路",
    "size": "面积（公顷）",
    "kind": "类型",
    "why": "原因",
    "advice": "可以怎么办",
    "areas": "户数本身凑不成整数个网格的社区",
    "areas_note": "这些社区的总户数除以网格数，与目标相差超过允许偏差，怎么划都一样；"
    "上面的偏差已按公平目标计算，不怪划分。",
    "grids": "网格数",
    "towers": "按单元划分的大楼",
    "towers_note": "这些楼的户数超过一个网格能容纳的 1.5 倍，已从楼中间分到几个网格。",
    "compounds": "分在几个网格的小区",
    "not_revised": "没有调整的社区",
    "not_revised_note": "这些社区按最少变动调整时出错，网格保持原样；其他社区已照常调整。",
    "compound": "{name}（{households} 户，{grids} 个网格）",
    "building": "楼",
    "row": "第 {row} 行",
    "parts": "分成",
    "table": "网格明细",
    "page": "第",
    "far_below": "少 10 % 以上",
    "below": "少 5–10 %",
    "within": "±5 % 以内",
    "above": "多 5–10 %",
    "far_above": "多 10 % 以上",
    "none": "专属（不设目标）",
    "attribution": "底图来源",
}

_EN: Final = {
    "title": "Quality of the grids: {place}",
    "made": "Made on {day}",
    "wanted": "{wanted} households wanted in a grid, tolerance ±{tolerance} %",
    "wanted_short": "wanted",
    "seed": "seed {seed}",
    "sources": "Made from {files}",
    "good": "All {grids} grids are within ±{tolerance} % of their fair target.",
    "bad": "{misses} of {grids} grids are further than ±{tolerance} % from their fair target; "
    "see “Grids that miss” for the reasons.",
    "outside": "Buildings with {outside} households lie in none of the areas and are not counted.",
    "figures": "Key figures",
    "measure": "Measure",
    "value": "Value",
    "meaning": "What it means",
    "histogram": "Households in each grid",
    "histogram_note": "Colours show the deviation from each grid’s own fair target; the line is "
    "{wanted} households, the dark and light bands are ±5 % and ±10 % of it. Fair targets differ "
    "with the total of the community ({low}–{high} households).",
    "kind_general": "General grids",
    "kind_micro": "Micro-grids",
    "kind_site": "Whole sites",
    "axis": "Households",
    "count": "Grids",
    "map": "Deviation from the target",
    "numbered": "Numbers on the map are those of the grids that miss.",
    "misses": "Grids that miss",
    "no_misses": "None.",
    "number": "No.",
    "grid": "Grid",
    "code": "Code",
    "name": "Name",
    "area": "Community",
    "households": "Households",
    "target": "Fair target",
    "off": "Off by",
    "compactness": "Compactness",
    "road5": "Along roads",
    "size": "Size (ha)",
    "kind": "Kind",
    "why": "Why",
    "advice": "What could be done",
    "areas": "Communities whose households do not make whole grids",
    "areas_note": "The total of these communities over the number of grids is further from what "
    "was wanted than the tolerance, however they are divided. Deviations above are from the fair "
    "target, so the division is not blamed.",
    "grids": "Grids",
    "towers": "Buildings that were divided",
    "towers_note": "These have more than 1.5 times the households of a grid and were divided "
    "across, by staircases where they are known.",
    "compounds": "Compounds that lie in several grids",
    "not_revised": "Communities that were not revised",
    "not_revised_note": "Changing these least met a fault, so their grids are what they were; the "
    "others were revised.",
    "compound": "{name} ({households} households, {grids} grids)",
    "building": "Building",
    "row": "row {row}",
    "parts": "Parts",
    "table": "All grids",
    "page": "Page",
    "far_below": "over 10 % too few",
    "below": "5–10 % too few",
    "within": "within ±5 %",
    "above": "5–10 % too many",
    "far_above": "over 10 % too many",
    "none": "whole site, no target",
    "attribution": "Map data",
}

WORDS: Final[dict[Language, dict[str, str]]] = {"zh": _ZH, "en": _EN}

FIGURES: Final[dict[Language, dict[str, tuple[str, str]]]] = {
    "zh": {
        "grids": ("网格数", "{areas} 个社区、{households} 户"),
        "within_5": (
            "偏差 ±5 % 以内",
            "户数与公平目标相差不超过 5 % 的网格占比；公平目标 = "
            "社区总户数 H ÷ round(H ÷ 每网格目标户数)",
        ),
        "within_10": ("偏差 ±10 % 以内", "同上，不超过 10 %"),
        "span": ("户数 最少 / 平均 / 最多", "按楼内点落在哪个网格计数"),
        "contiguous": ("连成一片", "只有一块的网格占比"),
        "gaps": ("缝隙 / 重叠", "宽过 1 厘米的漏划处、重划处（含划出区域）"),
        "compactness": (
            "紧凑度",
            "Polsby–Popper，4π × 面积 ÷ 周长²，各网格平均；圆为 1，方为 0.79",
        ),
        "road5": ("边界沿路", "社区内部的网格边界中，离道路 5 米以内的长度占比"),
        "cut": ("误切楼栋", "整栋在一个社区内、却被网格边界切开的楼占比"),
    },
    "en": {
        "grids": ("Grids", "{areas} communities, {households} households"),
        "within_5": (
            "Within ±5 %",
            "Share of grids no further than 5 % from their fair target; "
            "fair target = H ÷ round(H ÷ wanted), H being the households of the community",
        ),
        "within_10": ("Within ±10 %", "The same, no further than 10 %"),
        "span": ("Households min / mean / max", "A building counts where its inner point lies"),
        "contiguous": ("In one piece", "Share of grids that are a single piece"),
        "gaps": (
            "Gaps / overlaps",
            "Places wider than 1 cm in no grid, or in two (or beyond the area)",
        ),
        "compactness": (
            "Compactness",
            "Polsby–Popper, 4π × area ÷ perimeter², mean; a circle is 1, a square 0.79",
        ),
        "road5": (
            "Boundary along roads",
            "Share of the boundary inside communities that runs within 5 m of a road",
        ),
        "cut": ("Buildings cut", "Share of buildings wholly in one community that a boundary cuts"),
    },
}

_WHY: Final[dict[Language, dict[str, tuple[str, str]]]] = {
    "zh": {
        "kept": ("网格已锁定，保持原样。", "解锁后才能调整。"),
        "largest_building": (
            "{building}一处就有 {building_households} 户，已超过上限 {high} 户，划到哪个网格都超。",
            "把楼按单元登记户数，就能按单元划分；否则只能接受。",
        ),
        "island": (
            "所在地块与本社区其余部分不相连，共 {households} 户，"
            "分成几个网格，平均户数都不在允许范围内。",
            "接受，或与相邻社区商调边界。",
        ),
        "barrier": (
            "所在地块被不可跨越的界线隔开，共 {households} 户，"
            "分成几个网格，平均户数都不在允许范围内。",
            "如果这条界线可以跨越，把它从禁跨图层中去掉；否则接受。",
        ),
        "count": (
            "这一片共 {households} 户，划了 {grids} 个网格，平均 {mean} 户；划成 {fits} 个才合适。",
            "合并或拆分网格，使这一片有 {fits} 个。",
        ),
        "remainder": (
            "同一片里有超过上限的楼（如{building}，{building_households} 户），"
            "余下 {left} 户由 {grids} 个网格来分，平均不足。",
            "接受，或把大楼按单元划分。",
        ),
        "neighbours_kept": (
            "本社区内没有可以交换楼栋的相邻网格（都已锁定，或没有）。",
            "解锁一个相邻网格。",
        ),
        "compound": (
            "小区要保持完整；边界上能整体划转的，最小的也有 {unit_households} 户（{unit}），"
            "不少于偏差的两倍（{twice_off} 户），划过去不会更接近目标。",
            "允许拆分这个小区，或接受。",
        ),
        "indivisible": (
            "边界上可以划转的楼，最小的也有 {unit_households} 户（{unit}），"
            "不少于偏差的两倍（{twice_off} 户），划过去不会更接近目标。",
            "把楼按单元登记户数，或接受。",
        ),
        "neighbours": (
            "边界上有够小的楼，但任何一栋单独划转，都会使相邻网格偏得更多，或把网格分成两块。",
            "在编辑器里选中它和周围几个网格，用“均衡所选”；或连着划转几栋。",
        ),
        "search": (
            "把{unit}（{unit_households} 户）从{from_name}划给{to_name}，"
            "两者中较大的偏差会降到 {after} %；"
            "程序没有找到，或认为形状、沿路更要紧。",
            "在编辑器里用“划转楼栋”试一下，看边界是否合适。",
        ),
    },
    "en": {
        "kept": ("The grid is locked and stayed as it was.", "Unlock it to change it."),
        "largest_building": (
            "{building} alone has {building_households} households, more than the limit of {high}: "
            "whatever grid it is in is too large.",
            "Give its households by staircase, and it can be divided; else accept it.",
        ),
        "island": (
            "It lies on a piece of the community that is apart from the rest and has {households} "
            "households: no number of grids there has a mean within the tolerance.",
            "Accept it, or settle another border with the next community.",
        ),
        "barrier": (
            "It lies on ground that barriers cut off, with {households} households: no number of "
            "grids there has a mean within the tolerance.",
            "Take the barrier out of its layer if it may be crossed; else accept it.",
        ),
        "count": (
            "This ground has {households} households in {grids} grids, {mean} in the mean; {fits} "
            "grids would fit.",
            "Merge or split grids until there are {fits}.",
        ),
        "remainder": (
            "Buildings above the limit stand on the same ground ({building}: "
            "{building_households}); the other {left} households are too few for {grids} grids.",
            "Accept it, or divide the large building by staircases.",
        ),
        "neighbours_kept": (
            "No neighbour in this community can exchange buildings with it: they are locked, or "
            "there are none.",
            "Unlock a neighbour.",
        ),
        "compound": (
            "Compounds are kept whole; the least that could be moved across its border is {unit} "
            "with {unit_households} households, no fewer than twice the deviation ({twice_off}), "
            "which brings it no nearer.",
            "Let this compound be divided, or accept it.",
        ),
        "indivisible": (
            "The smallest building that could be moved across its border ({unit}) has "
            "{unit_households} households, no fewer than twice the deviation ({twice_off}): moving "
            "it brings the grid no nearer.",
            "Give households by staircase, or accept it.",
        ),
        "neighbours": (
            "There are buildings small enough at its border, but each alone would put the "
            "neighbour further off, or cut a grid in two.",
            "Select it with the grids around it in the editor and even them out, or move several "
            "buildings in a row.",
        ),
        "search": (
            "Moving {unit} ({unit_households} households) from {from_name} to {to_name} would "
            "bring the worse of the two to {after} %. The search did not find it, or held shape "
            "and roads to be worth more.",
            "Try it in the editor (give a building) and see whether the boundary is good.",
        ),
    },
}


def title_of(report: QualityReport, language: Language) -> str:
    """The title of a report: of what was given as its place, or of the areas."""
    place = report.title or "、".join(report.places)
    more = report.figures.areas - len(report.places)
    if report.title is None and more > 0:
        first = report.places[0] if report.places else ""
        count = report.figures.areas
        place = f"{first}等 {count} 个社区" if language == "zh" else f"{first} and {count - 1} more"
    return WORDS[language]["title"].format(place=place)


def why_and_advice(miss: ReportMiss, tolerance_pct: float, language: Language) -> tuple[str, str]:
    """Put a reason into a sentence, and say what could be done."""
    params = miss.params
    building = _building(params.get("building"), language)
    compound = params.get("compound")
    told: dict[str, Any] = {
        **params,
        "building": building,
        "building_households": (params.get("building") or {}).get("households"),
        "unit": compound or building,
        "unit_households": params.get("households"),
        "high": round(miss.target * (1 + tolerance_pct / 100)),
        "after": params.get("after_pct"),
    }
    if params.get("grids") and "households" in params:
        told["mean"] = round(params["households"] / params["grids"])
    for side in ("from", "to"):
        told[f"{side}_name"] = params.get(f"{side}_name") or params.get(side)
    why, advice = _WHY[language][miss.reason]
    return why.format_map(told), advice.format_map(told)


def _building(found: dict[str, Any] | None, language: Language) -> str:
    """Name a building: by its name, else its row in the file, else its place."""
    if found is None:
        return ""
    united = found.get("united", 1) > 1
    if found.get("name"):
        name = str(found["name"])
    elif "row" in found:
        name = (
            f"第 {found['row']} 行的楼"
            if language == "zh"
            else f"the building in row {found['row']}"
        )
    else:
        spot = f"{found['lon']:.5f}, {found['lat']:.5f}"
        name = f"{spot} 处的楼" if language == "zh" else f"the building at {spot}"
    if united:
        name += "等相互重叠的楼" if language == "zh" else " and those that overlap it"
    return name
