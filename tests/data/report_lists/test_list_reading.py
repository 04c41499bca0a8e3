"""Lists are read as offices keep them."""

import io
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import running_list

from data.imports.list_messages import LIST_MESSAGES
from data.imports.problems import ImportFileError, Problem, RowError
from data.report_lists.dates import read_date
from data.report_lists.fields import hide_numbers, is_person, private_columns, propose_columns
from data.report_lists.header import find_header
from data.report_lists.layout import Arranged, ListLayout, arrange
from data.report_lists.rows import ReadRows, digests_of, read_rows
from data.report_lists.sheets import Cell, read_book

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
COLUMNS = {
    "external_number": "工单编号",
    "reported_at": "受理日期",
    "category": "诉求类别",
    "address": "位置/地址",
    "lon": "位置/经度",
    "lat": "位置/纬度",
    "description": "诉求内容",
    "source": "问题来源",
    "severity": "紧急程度",
    "state": "办理情况",
    "struck_off_at": "办结日期",
}


OURS = ("external_number", "reported_at", "category", "address")


def arranged(body: bytes, name: str = "台账.xlsx", **asked: object) -> Arranged:
    return arrange(read_book(name, body), ListLayout.model_validate(asked))


def rows_of(body: bytes, name: str = "台账.xlsx", **asked: object) -> ReadRows:
    return read_rows(arranged(body, name, **asked), NOW, ZONE)


def simple(*rows: tuple[Any, ...], header: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_sheets_header_and_columns_are_found() -> None:
    found = arranged(running_list.workbook())
    assert found.book.file_format == "XLSX"
    assert found.layout.sheets == ("3月", "4月")
    assert found.layout.header == (3, 4)
    assert found.layout.columns == COLUMNS
    assert found.layout.filled_down == ()
    assert found.private == ("来电人", "联系电话")
    assert not found.remembered


def test_a_table_in_gbk_is_read_as_its_workbook() -> None:
    found = arranged(running_list.table(), "台账.csv")
    assert (found.book.file_format, found.book.encoding) == ("CSV", "gb18030")
    assert found.layout.header == (3, 4)
    assert found.layout.columns == COLUMNS
    assert found.layout.filled_down == ("reported_at",)
    table = rows_of(running_list.table(), "台账.csv")
    book = rows_of(running_list.workbook(), sheets=("3月",))
    assert [row.key for row in table.rows] == [row.key for row in book.rows]
    for one, other in zip(table.rows, book.rows, strict=True):
        assert digests_of(one) == digests_of(other), one
    assert table.passed == book.passed


def test_every_row_is_a_report_or_told_of() -> None:
    read = rows_of(running_list.workbook())
    assert [(row.sheet, row.row, row.external_number) for row in read.rows] == [
        ("3月", 6, "GD20260301"),
        ("3月", 7, "GD20260302"),
        ("3月", 8, "GD20260303"),
        ("3月", 9, "GD20260304"),
        ("3月", 13, "GD20260305"),
        ("3月", 15, "GD20260307"),
        ("4月", 3, "GD20260401"),
    ]
    assert [(f.sheet, f.bad.row, f.bad.column, f.bad.code) for f in read.faults] == [
        ("3月", 14, "受理日期", "date_unclear"),
    ]
    assert read.passed == {"note": 3, "sum": 2, "blank": 1}
    days = [row.occurred_at and row.occurred_at.astimezone(ZONE) for row in read.rows]
    assert days == [
        datetime(2026, 3, 5, tzinfo=ZONE),
        datetime(2026, 3, 5, tzinfo=ZONE),
        datetime(2026, 3, 6, tzinfo=ZONE),
        datetime(2026, 3, 7, 8, tzinfo=ZONE),
        datetime(2026, 3, 9, tzinfo=ZONE),
        datetime(2026, 3, 9, 14, 30, tzinfo=ZONE),
        datetime(2026, 4, 2, tzinfo=ZONE),
    ]
    assert read.rows[3].description == "电***"
    assert read.hidden == 1
    assert (read.rows[2].lon, read.rows[2].lat) == (118.005, 36.81)


def test_nothing_of_a_person_is_read() -> None:
    told = repr(rows_of(running_list.workbook()))
    assert not any(name in told for name in ("张某", "钱某某", "1380013"))
    with pytest.raises(ImportFileError) as refused:
        arranged(running_list.workbook(), columns={"description": "来电人"})
    assert refused.value.code == "column_private"


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("姓名", True),
        ("联系电话", True),
        ("来电人/手机", True),
        ("网格员", True),
        ("责任人", True),
        ("责任单位", False),
        ("小区名称", False),
        ("地址", False),
    ],
)
def test_columns_about_persons_are_known_by_name(name: str, private: bool) -> None:
    assert is_person(name) == private


def test_a_column_of_telephone_numbers_is_known_by_its_cells() -> None:
    rows: list[list[object]] = [["垃圾", 13800138000.0], ["积水", "138 0013 8001"], ["井盖", None]]
    assert private_columns(["内容", "备注"], rows) == ["备注"]
    assert hide_numbers("找李师傅 138-0013-8000，工单 2026031212345678901") == (
        "找李师傅 ***，工单 2026031212345678901",
        1,
    )


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026.3.5", "2026-03-05 00:00"),
        ("2026-03-05", "2026-03-05 00:00"),
        ("2026/3/5 9:05", "2026-03-05 09:05"),
        ("26.3.5", "2026-03-05 00:00"),
        ("3月5日", "2026-03-05 00:00"),
        ("12月30号", "2025-12-30 00:00"),
        ("3.05", "2026-03-05 00:00"),
        ("2026年3月5日上午", "2026-03-05 08:00"),
        ("2026年3月5日下午3时20分", "2026-03-05 15:20"),
        ("３月５日晚上８点半", "2026-03-05 20:30"),
        ("2026年3月5日(周四) 16:00左右", "2026-03-05 16:00"),
        ("20260305", "2026-03-05 00:00"),
        (20260305.0, "2026-03-05 00:00"),
        (46086.0, "2026-03-05 00:00"),
        (46086.604166667, "2026-03-05 14:30"),
        ("46086", "2026-03-05 00:00"),
        (date(2026, 3, 5), "2026-03-05 00:00"),
        ("2024年2月29日", "2024-02-29 00:00"),
        ("2月29日", "2024-02-29 00:00"),
        ("2026-03-05T08:00:00Z", "2026-03-05 16:00"),
    ],
)
def test_dates_are_read_as_people_write_them(cell: Cell, moment: str) -> None:
    assert f"{read_date(cell, NOW, ZONE).astimezone(ZONE):%Y-%m-%d %H:%M}" == moment


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (3.1, "date_unclear"),
        ("上周三", "date_bad"),
        ("2026.13.5", "date_bad"),
        ("2月30日", "date_bad"),
        (True, "date_bad"),
        (120.0, "date_bad"),
        ("2026.5.1", "date_future"),
        ("1999.12.31", "date_old"),
    ],
)
def test_what_is_no_date_is_refused_with_the_reason(cell: Cell, code: str) -> None:
    with pytest.raises(RowError) as refused:
        read_date(cell, NOW, ZONE)
    assert refused.value.problem.code == code


def test_a_header_can_be_shown_and_corrected() -> None:
    body = simple(
        ("甲", "乙", "丙"),
        ("2026.3.1", "暴露垃圾", "幸福路2号"),
        header=("本表三列", "都不认识", "的名字"),
    )
    with pytest.raises(ImportFileError) as refused:
        arranged(body)
    assert refused.value.code == "header_missing"
    found = arranged(body, header=(2, 2), columns={"reported_at": "甲", "category": "乙"})
    assert found.names == ("甲", "乙", "丙")
    assert len(read_rows(found, NOW, ZONE).faults) == 1  # it says neither where nor what
    with pytest.raises(ImportFileError) as refused:
        arranged(body, header=(3, 2))
    assert refused.value.code == "header_rows_bad"


def test_the_shape_of_a_header_brings_back_what_was_said() -> None:
    header = ("编号", "何时", "何事", "何地")
    body = simple(("A1", "2026.3.1", "暴露垃圾", "幸福路2号"), header=header)
    said = ListLayout(
        columns=dict(zip(OURS, header, strict=True)),
        header=(1, 1),
        source="巡查台账",
        datum="gcj02",
    )
    first = arrange(read_book("一.xlsx", body), said)
    report = ("A2", "3月2日", "暴露垃圾", "幸福路4号")
    later = simple(header, report, header=("第二周", "", "", ""))
    again = arrange(read_book("二.xlsx", later), ListLayout(), {first.shape: first.layout})
    assert again.remembered
    assert again.layout.columns == said.columns
    assert (again.layout.source, again.layout.datum) == ("巡查台账", "gcj02")
    assert again.layout.header == (2, 2)


def test_a_number_that_excel_spoiled_is_refused() -> None:
    header = ("工单编号", "日期", "类别", "地址")
    read = rows_of(
        simple(
            ("1.23457E+15", "3月1日", "暴露垃圾", "幸福路2号"),
            (1234567890123456789.0, "3月1日", "暴露垃圾", "幸福路4号"),
            (20260301.0, "3月1日", "暴露垃圾", "幸福路6号"),
            ("20260301", "3月1日", "暴露垃圾", "幸福路8号"),
            header=header,
        )
    )
    assert [row.external_number for row in read.rows] == ["20260301"]
    assert [fault.bad.code for fault in read.faults] == ["number_rounded"] * 2 + ["duplicate"]
    assert read.faults[2].bad.problem.params["first"] == "4"


def test_rows_without_a_number_are_known_by_what_they_say() -> None:
    header = ("日期", "类别", "地址", "内容", "状态")
    rows = (
        ("3月1日", "暴露垃圾", "幸福路2号", "桶满", "办理中"),
        ("3月1日", "暴露垃圾", "幸福路2号", "桶满", "办理中"),
        ("3月1日", "暴露垃圾", "幸福路2号", "桶倒", "办理中"),
    )
    read = rows_of(simple(*rows, header=header))
    assert len(read.rows) == 2
    assert [fault.bad.code for fault in read.faults] == ["row_repeated"]
    done = rows_of(simple((*rows[0][:4], "已办结"), header=header))
    assert done.rows[0].key == read.rows[0].key
    changed = {
        name
        for name, digest in digests_of(done.rows[0]).items()
        if digests_of(read.rows[0])[name] != digest
    }
    assert changed == {"state"}


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("空.csv", b"", "file_empty"),
        ("页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "xlsx_broken"),
        ("坏.xlsx", b"PK\x03\x04 and no more", "xlsx_broken"),
        ("坏.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "xlsx_broken"),
        ("锁.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "xlsx_encrypted"),
        ("白.csv", b"\n\n", "header_missing"),
    ],
)
def test_files_that_cannot_be_read_say_why(name: str, body: bytes, code: str) -> None:
    with pytest.raises(ImportFileError) as refused:
        arranged(body, name)
    assert refused.value.code == code
    assert refused.value.message_zh
    assert refused.value.message_en


@pytest.mark.parametrize("code", LIST_MESSAGES)
def test_every_message_can_be_said(code: str) -> None:
    class Blanks(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return key

    message = LIST_MESSAGES[code]
    for language in ("zh", "en"):
        said = message.wrong(language) + message.mend(language)
        assert said.format_map(Blanks())
    assert Problem(code).code == code


def test_english_lists_are_read_too() -> None:
    names = ["Ticket number", "Reported at", "Category", "Address", "Phone"]
    assert propose_columns(names, ["Phone"]) == {
        "external_number": "Ticket number",
        "reported_at": "Reported at",
        "category": "Category",
        "address": "Address",
    }


def test_a_first_row_of_data_is_no_header() -> None:
    body = simple(
        ("热线", "3月1日", "类型不明", "地址不详"),
        ("来源", "日期", "类别", "地址"),
        ("热线", "3月2日", "暴露垃圾", "幸福路2号"),
        header=("来源", "日期", "类别", "地址"),
    )
    sheet = read_book("一.xlsx", body).sheets[0]
    header = find_header(sheet)
    assert header is not None
    assert (header.first, header.last) == (0, 0)
    # A header that is printed again on the next page is no report.
    assert rows_of(body).passed == {"header": 1}
