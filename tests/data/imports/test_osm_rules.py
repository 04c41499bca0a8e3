"""The table of rules for households: ours, and one that somebody made of it."""

from pathlib import Path

import pytest

from data.imports.household_match import is_home
from data.imports.osm.rules import default_rules_text, read_rules
from data.imports.problems import ImportFileError

HEAD = "用途,用地,层数起,层数止,占地起,占地止,户数,每户面积,默认层数\n"


def _file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "规则.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_our_table_can_be_given_back(tmp_path: Path) -> None:
    assert read_rules(_file(tmp_path, default_rules_text())) == read_rules(None)


def test_our_table_ends_with_a_rule_that_fits_everything() -> None:
    last = read_rules(None)[-1]
    assert (last.uses, last.landuses, last.levels_from, last.m2_from) == (
        frozenset(),
        frozenset(),
        None,
        None,
    )


def test_nobody_lives_where_other_imports_say_so() -> None:
    first = read_rules(None)[0]
    assert first.households == 0
    assert {use for use in first.uses if is_home(use)} <= {
        "bank", "block_house", "bridge", "clinic", "collapsed", "data_center", "digester",
        "gasometer", "police", "service", "silo", "slurry_tank", "tent", "tower", "townhall",
        "underpass_entrance", "utility", "marketplace", "ruins", "fuel",
    }  # fmt: skip


def test_a_table_in_chinese_and_gbk(tmp_path: Path) -> None:
    path = _file(tmp_path, HEAD + "住宅、公寓,,4,,,,,95.5,6\n任意,工业,,,,,0,,\n", "gbk")
    first, second = read_rules(path)
    assert first.uses == {"住宅", "公寓"}
    assert (first.levels_from, first.m2_per_household, first.levels) == (4, 95.5, 6)
    assert (second.uses, second.landuses, second.households) == (frozenset(), {"工业"}, 0)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("*,,,,,,,,", "第 2 行，“户数”列：户数和每户面积都没有填"),
        ("*,,,,,,1,90,", "第 2 行，“每户面积”列（90）：户数和每户面积都填了"),
        ("*,,,,,,,0,", "第 2 行，“每户面积”列（0）：每户面积必须大于 0"),
        ("*,,6,3,,,1,,", "第 2 行，“层数起”列（6）：起（6）大于止（3）"),
        ("*,,,,,,1,,0", "第 2 行，“默认层数”列（0）：默认层数必须大于 0"),
        ("*,,,,很大,,1,,", "第 2 行，“占地起”列（很大）"),
        ("*,,,,,,-1,,", "第 2 行，“户数”列（-1）"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        read_rules(_file(tmp_path, HEAD + row + "\n"))
    assert said in refused.value.message_zh
    assert "row 2, column" in refused.value.message_en


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError) as refused:
        read_rules(_file(tmp_path, "用途,户数\n*,1\n"))
    assert refused.value.code == "column_missing"
