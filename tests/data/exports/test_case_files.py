"""Files of cases: nothing runs as a formula, no character is lost, times are the district's."""

import csv
import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from casework.course_words import STATE_WORDS
from casework.states import STATES as COURSE
from data.exports.case_columns import COLUMNS, USUAL, ColumnKey, Telling
from data.exports.case_files import write_csv, write_geojson, write_xlsx

AT = datetime(2026, 11, 20, 2, 3, 4, tzinfo=UTC)
CHINESE = Telling("zh-CN", ZoneInfo("Asia/Shanghai"))
ENGLISH = Telling("en", ZoneInfo("Asia/Shanghai"))
SOME: tuple[ColumnKey, ...] = ("number", "state", "address", "lon", "received_at", "closed_at")
HOSTILE = ("=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1")


def row(**said: Any) -> Any:
    """A case as a list tells it."""
    return SimpleNamespace(
        **{
            "id": "a",
            "number": "2026000001",
            "state": "handled",
            "address": "幸福路2号",
            "lon": -118.5,
            "lat": 36.6,
            "received_at": AT,
            "closed_at": None,
            **said,
        }
    )


def as_csv(*rows: Any, encoding: Any = "utf-8", telling: Telling = CHINESE) -> tuple[bytes, int]:
    """A CSV's bytes, and how many rows go beyond GBK."""
    out = io.BytesIO()
    written = write_csv(out, rows, SOME, telling, encoding)
    assert written.rows == len(rows)
    return out.getvalue(), written.beyond_gbk


def test_a_csv_is_read_by_excel_and_tells_local_time() -> None:
    raw, _ = as_csv(row())
    assert raw.startswith(b"\xef\xbb\xbf")
    head, line = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert head == ["编号", "状态", "地址", "经度（WGS84）", "上报时间", "结案时间"]
    assert line == [
        "2026000001",
        "已处置，待核查",
        "幸福路2号",
        "-118.5",
        "2026-11-20 10:03:04",
        "",
    ]
    _, english = csv.reader(io.StringIO(as_csv(row(), telling=ENGLISH)[0].decode("utf-8-sig")))
    assert english[1] == "Handled, to be verified"


def test_old_excel_gets_gbk_and_no_character_is_lost() -> None:
    raw, beyond = as_csv(row(), row(address="㐂路𠮷号😀"), encoding="gbk")
    assert beyond == 1
    first, second = raw.decode("gb18030").splitlines()[1:]
    assert "㐂路𠮷号😀" in second
    assert first.encode("gbk") in raw
    assert "已处置，待核查" in raw.splitlines()[1].decode("gbk")


@pytest.mark.parametrize("address", HOSTILE)
def test_nothing_runs_as_a_formula(address: str) -> None:
    raw, _ = as_csv(row(address=address, number=address))
    _, line = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert line[0] == line[2] == f"'{address}"
    assert line[3] == "-118.5"
    out = io.BytesIO()
    write_xlsx(out, [row(address=address)], SOME, CHINESE, lambda _: [("用途", address)])
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    for cell in (book["问题"]["C2"], book["说明"]["B1"]):
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert cell.value.strip() == address.strip()


def test_a_workbook_keeps_numbers_and_times() -> None:
    out = io.BytesIO()
    told: list[int] = []

    def notes(rows: int) -> list[tuple[str, str]]:
        told.append(rows)
        return [("用途", "周例会")]

    rows = [row(address="a\x00b\x0bc"), row(lon=None)]
    write_xlsx(out, rows, SOME, CHINESE, notes)
    sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["问题"]
    assert told == [2]
    assert sheet["E2"].value == datetime(2026, 11, 20, 10, 3, 4)  # noqa: DTZ001
    assert (sheet["D2"].value, sheet["C2"].value, sheet["D3"].value) == (-118.5, "abc", None)
    assert sheet.freeze_panes == "A2"


def test_geojson_is_in_wgs84_longitude_first() -> None:
    out = io.BytesIO()
    write_geojson(out, [row(), row(lon=None)], SOME, ENGLISH, {"purpose": '"quoted"'})
    told = json.loads(out.getvalue())
    assert told["purpose"] == '"quoted"'
    first, second = told["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-118.5, 36.6]}
    assert first["properties"]["received_at"] == "2026-11-20T10:03:04+08:00"
    assert second["geometry"] is None
    empty = io.BytesIO()
    write_geojson(empty, [], SOME, ENGLISH, {"purpose": "x"})
    assert json.loads(empty.getvalue())["features"] == []


def test_every_state_has_words_and_free_words_are_not_usual() -> None:
    assert set(COURSE) == set(STATE_WORDS)
    assert "description" not in USUAL
    assert set(USUAL) < set(COLUMNS)
