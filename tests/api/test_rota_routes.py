"""The rota: by hand and from a workbook; who is on call, where nobody is."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import small_town
from httpx2 import Response
from people import Person

People = Callable[[str], Person]
PATH = "/api/v1/rota"
# Eight in the evening of the 20th in the district.
EVENING = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def shift(unit_id: int, hour: float = 0, hours: float = 12, **said: Any) -> dict[str, Any]:
    """The night of the 20th, or so many hours later."""
    starts_at = EVENING + timedelta(hours=hour)
    return {
        "unit_id": unit_id,
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=hours)).isoformat(),
        "post": "值班室",
        "desk_number": "0533-2680110",
        **said,
    }


def sent(person: Person, path: str, rows: list[list[Any]], **form: Any) -> Response:
    """A workbook with a title above its header."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["11月值班表"])
    sheet.append(["责任单位", "日期", "从", "到", "呼叫顺序", "账号", "岗位", "值班电话"])
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    headers = {**person.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid4())}
    return person.client.post(
        path, files={"file": ("值班表.xlsx", out.getvalue())}, data=form, headers=headers
    )


def test_who_is_on_call_is_told_in_the_order_of_calling(
    person: People, units: dict[str, int]
) -> None:
    commander = person("commander")
    unit = units["环卫所"]
    handler = str(small_town.account_id("handler"))
    commander.do(PATH, shift(unit, turn=2))
    commander.do(PATH, shift(unit, post=None, desk_number=None, account_id=handler))
    commander.do(PATH, shift(unit, 12, 12))
    night = commander.read(f"{PATH}/on-call", at=(EVENING + timedelta(hours=6)).isoformat())
    (told,) = night["items"]
    assert told["unit"]["name"] == "环卫所"
    who = [
        (one["turn"], one["account"], one["post"], one["desk_number"]) for one in told["entries"]
    ]
    assert who == [
        (1, {"id": handler, "display_name": "handler"}, None, None),
        (2, None, "值班室", "0533-2680110"),
    ]
    day = commander.read(f"{PATH}/on-call", at=(EVENING + timedelta(hours=12)).isoformat())
    assert [one["turn"] for one in day["items"][0]["entries"]] == [1]
    after = commander.read(f"{PATH}/on-call", at=(EVENING + timedelta(hours=24)).isoformat())
    assert after["items"][0]["entries"] == []


def test_a_week_is_told_with_its_gaps(person: People, units: dict[str, int]) -> None:
    commander = person("commander")
    made = commander.do(PATH, shift(units["环卫所"]))
    commander.do(PATH, shift(units["环卫所"], 13, 8))
    week = commander.read(PATH, **{"from": "2026-11-20", "to": "2026-11-21"})
    assert len(week["items"]) == 2
    hours = [
        (datetime.fromisoformat(gap[end]) - EVENING) / timedelta(hours=1)
        for gap in week["gaps"]
        for end in ("starts_at", "ends_at")
    ]
    assert hours == [-20, 0, 12, 13, 21, 28]
    assert commander.read(PATH, **{"from": "2026-11-23"})["items"] == []
    longer = shift(units["环卫所"], 0, 13)
    commander.do(f"{PATH}/{made['id']}/change", longer)
    week = commander.read(PATH, **{"from": "2026-11-20", "to": "2026-11-21"})
    assert len(week["gaps"]) == 2
    commander.do(f"{PATH}/{made['id']}/remove", {})
    assert len(commander.read(PATH, **{"from": "2026-11-20"})["items"]) == 1
    assert commander.post(f"{PATH}/{made['id']}/remove", {}).status_code == 404
    assert commander.get(PATH, **{"from": "2026-01-01", "to": "2026-12-31"}).status_code == 422


def test_a_turn_is_of_one_at_a_time(person: People, units: dict[str, int]) -> None:
    commander = person("commander")
    first = commander.do(PATH, shift(units["环卫所"]))
    again = commander.post(PATH, shift(units["环卫所"], 11.5))
    assert (again.status_code, again.json()["code"]) == (409, "rota-taken")
    for free in (shift(units["环卫所"], 12), shift(units["环卫所"], 11.5, turn=2)):
        commander.do(PATH, free)
    commander.do(PATH, shift(units["市政所"]))
    commander.do(f"{PATH}/{first['id']}/change", shift(units["环卫所"], 1, 11))
    moved = commander.post(f"{PATH}/{first['id']}/change", shift(units["环卫所"], 6))
    assert moved.status_code == 409


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"unit_id": 999}, "/unit_id"),
        ({"ends_at": EVENING.isoformat()}, "/ends_at"),
        ({"ends_at": (EVENING + timedelta(hours=73)).isoformat()}, "/ends_at"),
        ({"desk_number": None}, "/"),
        ({"post": None}, "/"),
        ({"desk_number": "张三"}, "/desk_number"),
        ({"post": None, "account_id": str(small_town.account_id("officer"))}, "/account_id"),
        ({"turn": 0}, "/turn"),
    ],
)
def test_what_must_be_mended_in_an_entry_is_said(
    person: People, units: dict[str, int], said: dict[str, Any], pointer: str
) -> None:
    body = {**shift(units["环卫所"]), **said}
    answer = person("commander").post(PATH, body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


ROWS: list[list[Any]] = [
    ["环卫所", datetime(2026, 11, 20), "20:00", "08:00", 1, "handler", None, None],  # noqa: DTZ001
    ["环卫所", "2026年11月20日", "20:00", "8:00", 2, None, "值班室", "0533-2680110"],
    ["市政所", "2026/11/21", "08:00", "24:00", None, None, "调度室", 2680111],
]
BAD: list[list[Any]] = [
    ["没有的单位", "2026-11-20", "20:00", "08:00", 1, None, "值班室", "2680110"],
    ["环卫所", "2026-13-01", "20:00", "08:00", 1, None, "值班室", "2680110"],
    ["环卫所", "2026-11-22", "25:00", "08:00", 1, None, "值班室", "2680110"],
    ["环卫所", "2026-11-22", "20:00", "08:00", "先", None, "值班室", "2680110"],
    ["环卫所", "2026-11-22", "20:00", "08:00", 1, "nobody", None, None],
    ["环卫所", "2026-11-22", "20:00", "08:00", 1, "officer", None, None],
    ["环卫所", "2026-11-22", "20:00", "08:00", 1, None, "值班室", "李四"],
    ["环卫所", "2026-11-22", "20:00", "08:00", 1, None, "值班室", None],
    ["环卫所", "2026-11-22", "20:00", "08:00", 1, None, None, None],
    ["环卫所", "2026-11-20", "23:00", "01:00", 2, None, "值班室", "2680110"],
]
CODES = ["unit", "day", "time", "turn", "account", "account", "desk_number", "desk_number"]


def test_a_workbook_names_the_rows_that_fail(person: People) -> None:
    commander = person("commander")
    checked = sent(commander, f"{PATH}/check", ROWS + BAD).json()
    assert (checked["entries"], checked["units"]) == (3, ["环卫所", "市政所"])
    assert [fault["code"] for fault in checked["faults"]] == [*CODES, "who", "taken"]
    assert [fault["row"] for fault in checked["faults"]] == list(range(6, 16))
    refused = sent(commander, f"{PATH}/import", ROWS + BAD)
    assert (refused.status_code, refused.json()["code"]) == (422, "rota-rows")
    assert len(refused.json()["params"]["faults"]) == len(BAD)
    assert commander.read(PATH, **{"from": "2026-11-20"})["items"] == []
    taken = sent(commander, f"{PATH}/import", ROWS + BAD, good_rows="true").json()
    assert (taken["added"], len(taken["left_out"])) == (3, len(BAD))


def test_a_workbook_comes_back_as_it_went(person: People) -> None:
    commander = person("commander")
    assert sent(commander, f"{PATH}/import", ROWS).json() == {
        "added": 3,
        "replaced": 0,
        "left_out": [],
    }
    before = commander.read(PATH, **{"from": "2026-11-20"})["items"]
    assert [one["ends_at"] for one in before] == ["2026-11-21T00:00:00Z"] * 2 + [
        "2026-11-21T16:00:00Z"
    ]
    assert before[2]["desk_number"] == "2680111"
    file = commander.get(f"{PATH}/file.xlsx", **{"from": "2026-11-20"})
    headers = {**commander.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid4())}
    again = commander.client.post(
        f"{PATH}/import", files={"file": ("x.xlsx", file.content)}, headers=headers
    )
    assert again.json() == {"added": 3, "replaced": 3, "left_out": []}
    after = commander.read(PATH, **{"from": "2026-11-20"})["items"]
    assert [{**one, "id": 0} for one in after] == [{**one, "id": 0} for one in before]


def test_an_empty_workbook_says_how_to_fill_it_in(person: People) -> None:
    file = person("commander").get(f"{PATH}/file.xlsx", lang="zh")
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    assert [cell.value for cell in book["值班表"][1]][:4] == ["责任单位", "日期", "从", "到"]
    words = [row[0].value for row in book["填写说明"].iter_rows()]
    assert words[-2:] == ["环卫所", "市政所"]
    checked = sent(person("commander"), f"{PATH}/check", [])
    assert checked.json()["entries"] == 0


def test_what_is_no_rota_is_refused(person: People) -> None:
    commander = person("commander")
    headers = {**commander.cookies, "X-Sanbai": "1"}
    for body, code in ((b"a,b\n1,2\n", "rota-columns"), (b"", "list-unreadable")):
        answer = commander.client.post(
            f"{PATH}/check", files={"file": ("x.csv", body)}, headers=headers
        )
        assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("login", "reads", "writes"),
    [
        ("administrator", 200, 201),
        ("handler", 200, 403),
        ("auditor", 200, 403),
        ("officer", 403, 403),
        ("commander.east", 200, 404),
    ],
)
def test_who_sets_the_rota(
    person: People, units: dict[str, int], login: str, reads: int, writes: int
) -> None:
    somebody = person(login)
    assert somebody.get(PATH).status_code == reads
    assert somebody.get(f"{PATH}/on-call").status_code == reads
    assert somebody.post(PATH, shift(units["环卫所"])).status_code == writes
    if login == "commander.east":
        checked = sent(somebody, f"{PATH}/check", ROWS[:1]).json()
        assert [fault["code"] for fault in checked["faults"]] == ["unit"]
