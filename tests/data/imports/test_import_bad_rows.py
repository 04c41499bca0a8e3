"""What is said about bad rows: the sentences are pinned, for offices act on them."""

import csv
from pathlib import Path

import bad_files as bad
import office_files as office
import pytest
from bad_files import WGS84, Case

from data.imports.problems import ImportFileError
from data.imports.read import read_features
from data.imports.report import write_report

ROWS: dict[str, Case] = {
    "self-intersection": (
        bad.with_shape(1, bad.BOWTIE),
        "buildings",
        {},
        "geometry_invalid",
        "第 2 行：图形无效：边界自相交，位置 (118.300500, 36.600500)。"
        "请在 QGIS 中用“检查有效性”找到并修正。",
    ),
    "no shape": (
        bad.with_shape(1, None),
        "buildings",
        {},
        "geometry_missing",
        "第 2 行：没有图形，或图形数据损坏。请补画，或删除该行。",
    ),
    "a point among buildings": (
        bad.with_shape(1, office.SHAPES[0].centroid),
        "buildings",
        {},
        "geometry_type",
        "第 2 行：图形是点，这里需要面。请改画，或删除该行。",
    ),
    "drawn twice": (
        bad.with_shape(1, office.SHAPES[0]),
        "buildings",
        {},
        "duplicate_shape",
        "第 2 行：图形与第 1 行完全相同。请删去重复的一行，否则户数会算两次。",
    ),
    "one row swapped": (
        bad.with_shape(1, office.square(36.6, 118.3)),
        "buildings",
        {},
        "coordinate_swapped",
        "第 2 行：这一行的经度和纬度写反了。请把两个数对调。",
    ),
    "negative households": (
        bad.csv_with(2, 5, -3),
        "buildings",
        WGS84,
        "count_negative",
        "第 3 行，“户数”列（-3）：“户数”是负数。请改为 0 或正整数。",
    ),
    "half a household": (
        bad.csv_with(2, 5, "36.5"),
        "buildings",
        WGS84,
        "count_bad",
        "第 3 行，“户数”列（36.5）：“户数”不是整数。请只写数字，如 36。",
    ),
    "a total in one row": (
        bad.csv_with(2, 5, 360_000),
        "buildings",
        WGS84,
        "count_too_large",
        "第 3 行，“户数”列（360000）：“户数”大得不合理（上限 10000）。"
        "请核对是否多写了零，或把合计写进了单栋。",
    ),
    "households left blank": (
        bad.csv_with(2, 5, ""),
        "buildings",
        WGS84,
        "count_missing",
        "第 3 行，“户数”列：“户数”没有填。请填数字；没有住户的填 0。",
    ),
    "an Excel error": (
        bad.csv_with(2, 5, "#REF!"),
        "buildings",
        WGS84,
        "excel_error",
        "第 3 行，“户数”列（#REF!）：单元格是 Excel 错误值。请修正公式，或粘贴为数值。",
    ),
    "a code twice": (
        bad.csv_with(2, 0, "B001"),
        "buildings",
        WGS84,
        "duplicate",
        "第 3 行，“楼栋编码”列（B001）：“编号”与第 2 行重复。请删去一行，或改正编号。",
    ),
    "garbled text": (
        bad.long_ago_garbled,
        "buildings",
        WGS84,
        "text_garbled",
        "第 3 行，“地址”列（å¹¸ç¦\x8fè·¯）：文字是乱码。文件编码判断有误或早已损坏："
        "请用 --encoding gbk 或 utf-8 再试，否则请从源头重新导出。",
    ),
    "WKT cut off": (
        bad.csv_with(2, 6, "POLYGON ((118.3 36"),
        "buildings",
        WGS84,
        "wkt_bad",
        "第 3 行，“WKT”列（POLYGON ((118.3 36）：WKT 读不通。应形如 POLYGON ((118.04 36.81, …))；"
        "太长时 Excel 会截断（32767 字），请改用 GPKG。",
    ),
    "a time in words": (
        bad.track_table("昨天下午"),
        "tracks",
        WGS84,
        "time_bad",
        "第 2 行，“时间”列（昨天下午）：时间读不通。"
        "请写成 2026-03-05 08:30 或 2026-03-05T08:30:00+08:00。",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_row_is_named_with_what_to_mend(name: str, tmp_path: Path) -> None:
    write, kind, options, code, sentence = ROWS[name]
    path = write(tmp_path)
    with pytest.raises(ImportFileError) as refused:
        read_features(path, kind, **options)
    error = refused.value
    assert error.code == "rows_bad"
    assert [row.code for row in error.bad] == [code]
    assert error.bad[0].line("zh") == sentence
    assert sentence in error.message_zh
    assert error.bad[0].line("en") in error.message_en


def test_the_english_names_the_row_too(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError) as refused:
        read_features(bad.csv_with(2, 5, -3)(tmp_path), "buildings", **WGS84)
    assert refused.value.message_en == (
        "Bad rows: 1 of 3; nothing was imported. The first: row 3, column 户数 (-3): The value for "
        "households is negative. Make it 0 or a positive whole number. Mend them and import "
        "again, or use --skip-bad --report bad.csv to import the rest."
    )


def test_bad_rows_can_be_skipped_and_listed(tmp_path: Path) -> None:
    rows = office.table_rows()
    rows[1][5], rows[3][5] = "=1+1", None
    path = office.write_csv(tmp_path / "楼栋.csv", rows)
    result = read_features(path, "buildings", skip_bad=True, **WGS84)
    assert result.frame["external_id"].tolist() == ["B002"]
    report = tmp_path / "bad.csv"
    write_report(report, result.bad, "zh")
    assert report.read_bytes().startswith(office.BOM)
    with report.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["行", "列", "值", "问题", "怎么改"],
            ["2", "户数", "'=1+1", "“户数”不是整数。", "请只写数字，如 36。"],
            ["4", "户数", "", "“户数”没有填。", "请填数字；没有住户的填 0。"],
        ]
    write_report(report, result.bad, "en")
    assert "Write digits only" in report.read_text(encoding="utf-8-sig")
    assert list(tmp_path.glob(".report-*")) == []
