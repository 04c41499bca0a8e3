"""One way of writing for what people write in many ways."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.addresses.normalise import normalise, plain_name
from geo.addresses.parse import parse

WRITINGS = {
    "幸福路12号,阳光小区3号楼2单元": [
        "幸福路12号 阳光小区3号楼2单元",
        "幸福路１２号　阳光小区３号楼２单元",
        "幸福路12號，陽光小區3號樓2單元",
        "幸福路十二号、阳光小区三号楼二单元",
        "幸福路12号 阳光小区3#楼2单元",
        "幸福路12号 阳光小区3幢2单元",
        "幸福路12号;阳光小区3栋2单元",
        "幸福路12号/阳光小区第3座2单元",
        "幸福路012号，阳光小区03号楼2单元",
    ],
    "和平街42号": ["和平街4 2号", "和平街四十二号", "和平街42號", "和 平 街 4 2 号", "和平街42#"],
    "12-3号": ["12－3号", "12—3号", "12一3号", "12~3号"],
    "A号楼": ["A座", "Ａ座", "a座", "A栋"],
    "甲号楼": ["甲楼", "甲座"],
    "幸福花园2期": ["幸福花园二期", "幸福花园Ⅱ期", "幸福花园II期"],
    "张家庄村村委会": ["张家庄村委会", "张家庄村委", "張家莊村民委員會"],
    "10KV柳泉线7号杆": ["10kV柳泉线7号杆", "10千伏柳泉线7＃杆", "10KV柳泉线7 # 杆"],
    "5座桥村": ["五座桥村"],
    "1.5公里": ["1.5公里", "１.５公里"],
}
CHARACTERS = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "幸福路巷号楼栋幢座单元一二三十百千甲乙村委会期第#＃-—一~"
            "、，.。 　()（）0123０９ABNOoVIⅡ②㊀"
        ),
    ),
    max_size=40,
)


@pytest.mark.parametrize(("plain", "written"), [(p, w) for p, ws in WRITINGS.items() for w in ws])
def test_writings_of_one_thing_come_to_the_same(plain: str, written: str) -> None:
    assert normalise(written) == plain


@pytest.mark.parametrize("text", ["", " ", "。", "——", "()", "\x00\u200b\n"])
def test_nothing_is_left_of_marks_alone(text: str) -> None:
    assert plain_name(text) == ""


def test_formal_numerals_count_only_before_what_is_counted() -> None:
    assert normalise("叁号楼") == "3号楼"
    assert normalise("陆家庄伍号") == "陆家庄5号"


@given(CHARACTERS)
@example("一" * 5000)
@example("零#第#3##号号楼座")
@example("村村村委委会")
@example("1.一.第 第3 # 号,#")
def test_normalising_twice_changes_nothing_and_never_fails(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(CHARACTERS)
def test_taking_apart_never_fails(text: str) -> None:
    address = parse(text)
    assert address.rest <= len(address.text)
