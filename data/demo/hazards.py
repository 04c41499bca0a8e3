"""What is found in the demo town: kinds of hazards, where they occur, and what officers write."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class HazardKind:
    """A kind of hazard as it occurs in the demo.

    Attributes
    ----------
    code : str
        Its category's code.
    unit : str
        Login of the unit that puts it right.
    share : float
        How common it is.
    on_spot : float
        Share that the finder puts right himself.
    texts : tuple of str
        What is written down; ``{at}`` becomes the place.
    done : tuple of str
        What the unit writes when it is put right.
    """

    code: str
    unit: str
    share: float
    on_spot: float
    texts: tuple[str, ...]
    done: tuple[str, ...]


UNITS = {
    "sanitation": ("环卫服务中心", "Sanitation Service"),
    "roads": ("市政养护中心", "Road Maintenance"),
    "construction": ("住房和城乡建设局", "Housing and Construction Bureau"),
    "fire": ("消防救援大队", "Fire and Rescue Brigade"),
    "power": ("供电与通信维护站", "Power and Telecom Maintenance"),
    "enforcement": ("综合执法大队", "Urban Management Brigade"),
}

KINDS = (
    HazardKind("06010", "sanitation", 0.29, 0.62, (
        "{at}垃圾桶满溢，袋装垃圾堆在人行道上",
        "{at}有一堆装修垃圾，没有遮盖",
        "{at}绿化带里有散落的生活垃圾",
        "{at}墙角堆放旧家具和纸箱",
        "{at}旁空地倾倒了两车渣土",
    ), ("已清运完毕。", "垃圾已清理，地面已冲洗。", "已清理，桶已更换。")),
    HazardKind("06013", "roads", 0.12, 0.04, (
        "{at}路面有一处坑洼，约半米宽",
        "{at}人行道砖松动翘起，老人容易绊倒",
        "{at}路缘石断裂，影响非机动车通行",
        "{at}井盖周边路面下沉，车过有响声",
    ), ("已修补，恢复通行。", "坑洼已填平压实。", "路面砖已重新铺设。")),
    HazardKind("08004", "construction", 0.05, 0.1, (
        "{at}工地出入口未冲洗，车轮带泥上路",
        "{at}渣土没有覆盖，起风时扬尘明显",
        "{at}拆迁地块裸土未覆盖防尘网",
    ), ("出入口已设冲洗，路面已清扫。", "裸土已覆盖防尘网。", "已责令整改并复查。")),
    HazardKind("09012", "fire", 0.19, 0.5, (
        "{at}消防通道停了两辆小汽车",
        "{at}门前消防通道堆放杂物",
        "{at}巷口被货车占住，消防车进不去",
        "{at}商户把货架摆到消防通道上",
    ), ("车辆已驶离，通道畅通。", "杂物已清走，已划禁停线。", "已清理，通道恢复。")),
    HazardKind("10002", "power", 0.05, 0.1, (
        "{at}通信线下垂，离地不到两米",
        "{at}电杆拉线松脱，线缆搭在树上",
        "{at}一根废弃线缆断落在路边",
    ), ("线缆已重新固定。", "废弃线缆已拆除。", "已抬高绑扎。")),
    HazardKind("10001", "sanitation", 0.02, 0.35, (
        "{at}背阴处路面结冰，已放提示牌",
        "{at}路面有薄冰，行人易滑倒",
    ), ("已撒融雪剂并除冰。", "冰面已铲除。")),
    HazardKind("C02", "roads", 0.04, 0.05, (
        "{at}井盖松动，车过跳动",
        "{at}井盖边缘破损，露出缺口",
    ), ("井盖已更换。", "井盖已加固，加装防坠网。")),
    HazardKind("C04", "power", 0.05, 0.0, (
        "{at}两盏路灯不亮，夜间很暗",
        "{at}路灯时亮时灭",
    ), ("灯具已更换，已亮灯。", "线路已修复。")),
    HazardKind("C13", "sanitation", 0.03, 0.3, (
        "{at}行道树断枝悬在半空",
        "{at}树枝倒伏，占了半边人行道",
    ), ("断枝已清除。", "已修剪清运。")),
    HazardKind("M05", "enforcement", 0.04, 0.75, (
        "{at}墙面贴满小广告",
        "{at}电线杆上有喷涂广告",
    ), ("已清除覆盖。",)),
    HazardKind("M10", "enforcement", 0.04, 0.55, (
        "{at}流动摊点占了人行道",
        "{at}店铺把货物摆到盲道上",
    ), ("摊点已劝离。", "货物已收回店内。")),
    HazardKind("M11", "enforcement", 0.03, 0.5, (
        "{at}车辆停在人行道上，行人走到机动车道",
    ), ("车辆已移走。",)),
    HazardKind("M12", "fire", 0.03, 0.45, (
        "{at}从楼上拉线给电动车充电",
        "{at}单元门口飞线充电，插座露天",
    ), ("已拆除飞线，引导到充电棚。",)),
    HazardKind("M13", "fire", 0.02, 0.5, (
        "{at}楼道里堆放纸箱和旧家具",
    ), ("楼道已清空。",)),
)  # fmt: skip

# The two that the planted hotspots are made of.
HOTSPOT_CODES = ("06010", "09012")
ICE = "10001"
COLD_MONTHS = (11, 12, 1, 2, 3)

DISPATCHED = ("请尽快到场处置。", "请核实后处置，完成后反馈照片。", "群众反映，请优先办理。", "")
ON_SPOT = ("当场清理。", "已劝离并恢复通道。", "现场已处理。", "随手整改完成。")
REWORKED = ("现场仍有残留，请返工。", "修补处又松动，请重新处理。", "通道再次被占，请继续整改。")
VERIFIED = ("现场核查，已恢复正常。", "复查合格。", "照片与现场一致。")
VOIDED = ("与另一件重复。", "现场未发现所述情况。")


def draw_kind(rng: np.random.Generator, month: int) -> HazardKind:
    """A kind by how common it is; ice only in the cold months."""
    shares = np.array([k.share * (k.code != ICE or month in COLD_MONTHS) for k in KINDS])
    return KINDS[int(rng.choice(len(KINDS), p=shares / shares.sum()))]


def kind_of(code: str) -> HazardKind:
    """The kind with a code."""
    return next(kind for kind in KINDS if kind.code == code)


def describe(kind: HazardKind, at: str, rng: np.random.Generator) -> str:
    """What is written about one hazard."""
    return kind.texts[int(rng.integers(len(kind.texts)))].format(at=at)
