"""Cells as people fill them in."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.imports.columns import KINDS, Field, map_columns
from data.imports.encoding import decode_text, is_garbled
from data.imports.problems import RowError
from data.imports.values import convert

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNT = Field("households", "户数", ("户数",), "count", limit=10_000)
CODE = Field("code", "编码", ("编码",), "code")
TIME = Field("at", "时间", ("时间",), "time")
TEXT = Field("name", "名称", ("名称",))


@pytest.mark.parametrize(
    ("cell", "count"),
    [(36, 36), (36.0, 36), ("36", 36), ("36户", 36), ("１２", 12), ("1,234", 1234), (" 0 ", 0)],
)
def test_counts_are_read_as_people_write_them(cell: Any, count: int) -> None:
    assert convert(COUNT, cell, SHANGHAI) == count


@pytest.mark.parametrize("cell", ["三十", "3.5", 3.5, True, "12-14", "1e3", float("inf")])
def test_what_is_no_count_is_refused(cell: Any) -> None:
    with pytest.raises(RowError):
        convert(COUNT, cell, SHANGHAI)


@pytest.mark.parametrize("cell", [None, "", "—", "无", float("nan"), "\u3000"])
def test_ways_of_writing_nothing(cell: Any) -> None:
    assert convert(COUNT, cell, SHANGHAI) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("370303001002", "370303001002"),
        (370303001002.0, "370303001002"),
        ("370303000000", "370303"),
        ("370303001000", "370303001"),
        ("'370303001002", "370303001002"),
        ("３７０３０３", "370303"),
    ],
)
def test_area_codes_are_read_with_or_without_padding(cell: Any, code: str) -> None:
    assert convert(CODE, cell, SHANGHAI) == code


@pytest.mark.parametrize(
    ("cell", "problem"), [("3.70303E+11", "code_rounded"), ("37030", "code_bad")]
)
def test_codes_that_lost_digits_say_so(cell: str, problem: str) -> None:
    with pytest.raises(RowError) as refused:
        convert(CODE, cell, SHANGHAI)
    assert refused.value.problem.code == problem


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-05 08:30",
        "2026/3/5 8:30",
        "2026年3月5日 8时30分",
        "2026-03-05T00:30:00Z",
        "2026-03-05T08:30:00.000+08:00",
        "2026-03-05 00:30:00+00",
        datetime(2026, 3, 5, 8, 30),  # noqa: DTZ001 (Excel knows no zones)
    ],
)
def test_times_come_out_as_one_moment(cell: Any) -> None:
    assert convert(TIME, cell, SHANGHAI) == datetime(2026, 3, 5, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("cell", ["2026-02-30", "昨天", "08:30", "20260305", "2026-03-05 25:00"])
def test_times_that_cannot_be_are_refused(cell: str) -> None:
    with pytest.raises(RowError):
        convert(TIME, cell, SHANGHAI)


@pytest.mark.parametrize("text", ["Vilimalé", "Hulhumalé", "Ærø", "Bučovice", "幸福路12号", "A座"])
def test_good_names_are_not_taken_for_garbled(text: str) -> None:
    assert not is_garbled(text)
    assert convert(TEXT, text, SHANGHAI) == text


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_misread_chinese_is_found(wrong: str) -> None:
    raw = "幸福路社区".encode("gbk")
    assert is_garbled(raw.decode(wrong, errors="ignore"))
    assert is_garbled("幸福路社区".encode().decode("latin-1"))
    assert is_garbled("阳光小区\ufffd")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1))
def test_chinese_is_decoded_from_gbk_and_utf8(text: str) -> None:
    line = f"名称,{text}\n"
    assert decode_text(line.encode())[0] == line
    assert decode_text(line.encode("utf-8-sig"))[0] == line
    assert decode_text(line.encode("gb18030"), "gbk")[0] == line


def test_columns_are_guessed_in_both_languages_and_each_serves_once() -> None:
    fields = KINDS["buildings"].fields
    chinese = map_columns(fields, ["名称", "户数(户)", "总层数", "小区 名称", "Shape_Area"], {})
    assert chinese == {
        "name": "名称",
        "households": "户数(户)",
        "levels": "总层数",
        "compound": "小区 名称",
    }
    english = map_columns(fields, ["OSM_ID", "HOUSEHOLDS", "Floors", "id"], {})
    assert english == {"external_id": "OSM_ID", "households": "HOUSEHOLDS", "levels": "Floors"}


def test_names_cut_by_a_dbf_are_known_again() -> None:
    fields = KINDS["hazards"].fields
    cut = ["descriptio", "occurred_a", "问题类", "详情"]
    mapping = map_columns(fields, cut, {}, cut_names=True)
    assert mapping["description"] == "descriptio"
    assert mapping["occurred_at"] == "occurred_a"
    assert mapping["category"] == "问题类"
    assert map_columns(fields, ["descriptio"], {}) == {}
