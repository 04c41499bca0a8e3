"""Every form of address that the field writes, taken apart."""

from typing import Any

import pytest

from geo.addresses.lexicon import Lexicon
from geo.addresses.parse import parse
from geo.addresses.parts import Number, Relation

KNOWN = Lexicon(
    {
        "幸福路": ["road"],
        "人民街": ["road"],
        "和平路": ["road"],
        "中心街": ["road"],
        "阳光小区": ["compound"],
        "阳光小区东区": ["compound"],
        "纺织厂宿舍": ["compound"],
        "张家庄村": ["village", "area"],
        "幸福社区": ["area"],
        "县人民医院": ["place"],
        "蜜雪冰城人民街店": ["place"],
    }
)
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("幸福路12号", {"road": "幸福路", "number": Number(12)}),
    ("幸福路12-3号", {"number": Number(12, "3")}),
    ("幸福路12号附3号", {"number": Number(12, "3")}),
    ("幸福路12号院3号楼", {"number": Number(12), "building": "3"}),
    ("幸福路12号甲", {"number": Number(12, "甲")}),
    ("幸福路甲12号", {"number": Number(12, "甲")}),
    ("幸福路12甲号", {"number": Number(12, "甲")}),
    ("幸福路12-16号", {"number": Number(12)}),
    ("幸福路12、14号", {"number": Number(12)}),
    ("幸福路12", {"number": Number(12)}),
    ("幸福路 12a", {"number": Number(12, "A")}),
    ("幸福路3巷5号", {"road": "幸福路3巷", "number": Number(5)}),
    ("槐树胡同五号", {"road": "槐树胡同", "number": Number(5)}),
    ("阳光小区三号楼二单元501室", {"compound": "阳光小区", "building": "3", "unit": "2"}),
    ("阳光小区3-2-501", {"building": "3", "unit": "2"}),
    ("阳光小区3楼", {"building": "3"}),
    ("阳光小区（东区）3#", {"compound": "阳光小区东区", "building": "3"}),
    ("阳光小区二期5号楼", {"compound": "阳光小区", "section": "2期", "building": "5"}),
    ("阳光小区B座", {"building": "B"}),
    ("纺织厂宿舍丙楼", {"building": "丙"}),
    ("纺织厂宿舍（乙楼）", {"building": "乙"}),
    ("张家庄村3组12号", {"compound": "张家庄村", "group": "3", "number": Number(12)}),
    ("张家庄村第三生产队", {"group": "3"}),
    ("张家庄村5排2号", {"group": "5", "number": Number(2)}),
    ("张家庄村二巷8号", {"road": "2巷", "number": Number(8)}),
    ("张家庄村委会", {"compound": "张家庄村", "places": ["村委会"]}),
    ("幸福路北17号杆", {"road": "幸福路", "pole": "17", "pole_side": "北"}),
    ("幸福路17#灯杆", {"pole": "17"}),
    ("幸福路南杆号9", {"pole": "9", "pole_side": "南"}),
    ("10kV柳泉线7号杆", {"places": ["柳泉线"], "pole": "7"}),
    ("县人民医院旁", {"places": ["县人民医院"], "relation": Relation("near")}),
    ("县人民医院附近", {"relation": Relation("near")}),
    ("县人民医院正门口", {"relation": Relation("near")}),
    ("县人民医院斜对面", {"relation": Relation("opposite")}),
    ("县人民医院东侧", {"relation": Relation("side", 90.0)}),
    ("县人民医院往东50米", {"relation": Relation("offset", 90.0, 50.0)}),
    ("县人民医院东北方向约一百米处", {"relation": Relation("offset", 45.0, 100.0)}),
    ("县人民医院南1.5公里", {"relation": Relation("offset", 180.0, 1500.0)}),
    ("县人民医院50米东", {"relation": Relation("offset", 90.0, 50.0)}),
    ("幸福路北段", {"relation": Relation("stretch", 0.0)}),
    ("幸福路中段", {"relation": Relation("stretch")}),
    ("幸福路与人民街交叉口", {"road": "幸福路", "crossing": "人民街"}),
    ("幸福路和和平路交汇处", {"crossing": "和平路"}),
    ("幸福路人民街路口东南角", {"crossing": "人民街"}),
    ("幸福路、人民街十字路口", {"crossing": "人民街"}),
    ("幸福路（人民街口）", {"crossing": "人民街"}),
    ("幸福路（人民街至和平路段）", {"crossing": "人民街", "until": "和平路"}),
    ("从人民街开过来，幸福路12号", {"road": "幸福路", "number": Number(12)}),
    ("幸福路12号（幸福社区）", {"areas": ["幸福社区"]}),
    ("阳光小区（幸福路29号）3号楼", {"road": "幸福路", "number": Number(29), "building": "3"}),
    ("中心街道幸福路3号", {"areas": ["中心街道"], "road": "幸福路"}),
    ("新幸福社区", {"areas": ["新幸福社区"]}),
    ("蜜雪 冰城人民街店", {"places": ["蜜雪冰城人民街店"]}),
    ("人明路12号", {"road": "人明路", "number": Number(12)}),
    ("翠湖名邸7号楼", {"compound": "翠湖名邸", "building": "7"}),
]


@pytest.mark.parametrize(("text", "parts"), FORMS)
def test_a_form_is_taken_apart(text: str, parts: dict[str, Any]) -> None:
    address = parse(text, KNOWN)
    assert {name: getattr(address, name) for name in parts} == parts


def test_all_levels_of_a_long_address() -> None:
    text = "山东省淄博市淄川区般阳路街道幸福社区幸福路12号阳光小区3号楼2单元501室"
    address = parse(text, KNOWN)
    assert address.areas == ["山东省", "淄博市", "淄川区", "般阳路街道", "幸福社区"]
    assert (address.road, address.number) == ("幸福路", Number(12))
    assert (address.compound, address.building, address.unit) == ("阳光小区", "3", "2")
    assert (address.places, address.rest) == ([], 0)


def test_an_offset_may_tell_the_side_of_the_road() -> None:
    relation = parse("幸福路人民街路口往东50米路北", KNOWN).relation
    assert relation == Relation("offset", 90.0, 50.0, 0.0)


def test_what_is_named_after_a_relation_is_an_address_of_its_own() -> None:
    address = parse("县人民医院对面阳光小区3号楼", KNOWN)
    assert (address.places, address.relation) == (["县人民医院"], Relation("opposite"))
    assert address.then is not None
    assert (address.then.compound, address.then.building) == ("阳光小区", "3")


def test_floors_and_rooms_are_forgotten() -> None:
    address = parse("阳光小区3号楼2单元5层501室", KNOWN)
    assert "501" not in repr(address).replace(address.text, "")


def test_talk_does_not_become_a_road() -> None:
    for text in ("阳光小区3号楼楼道灯坏了", "幸福路12号下水道堵了", "阳光小区门口道路破损"):
        address = parse(text, KNOWN)
        assert address.road in {None, "幸福路"}, text
        assert address.crossing is None, text
