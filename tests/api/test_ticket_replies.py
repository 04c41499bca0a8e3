"""Answers to a hotline: once each, without names; its verdicts count once."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from httpx2 import Response
from people import Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
PATH = "/api/v1/ticket-replies"


@pytest.fixture
def commander(person: People) -> Person:
    """Who answers."""
    return person("commander")


@pytest.fixture
def ticket(commander: Person, report: Report, person: People) -> Callable[..., dict[str, Any]]:
    """A ticket of the hotline that was closed, or is still open."""

    def make(number: str, *, done: str | None = "已清运，联系人张三 13812345678") -> dict[str, Any]:
        case = commander.do("/api/v1/cases", report(source="hotline", external_number=number))
        if done is None:
            return case
        path = f"/api/v1/cases/{case['id']}/actions"
        case = commander.do(path, {"action": "confirm", "seq": case["seq"]})
        case = commander.do(path, {"action": "handle", "seq": case["seq"], "text": done})
        officer = person("officer")
        commander.show(case["id"], "after")
        case = officer.do(path, {"action": "verify", "seq": case["seq"]})
        return commander.do(path, {"action": "close", "seq": case["seq"]})

    return make


def sheet_of(who: Person, told: dict[str, Any]) -> list[list[Any]]:
    """The rows of answers in a file that was fetched."""
    answer = who.get(told["url"])
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def tell(who: Person, **said: Any) -> dict[str, Any]:
    """Write answers."""
    told: dict[str, Any] = who.do(PATH, {"source": "hotline", "purpose": "本周答复", **said})
    return told


def send(who: Person, rows: list[list[Any]], *, check: bool = False) -> Response:
    """Send the office's file."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return who.client.post(
        f"{PATH}/verdicts{'/check' if check else ''}",
        files={"file": ("答复.xlsx", out.getvalue())},
        data={"source": "hotline"},
        headers={**who.cookies, "X-Sanbai": "1", "Operation-Id": str(uuid7())},
    )


def test_each_answer_is_told_once_and_names_nobody(
    commander: Person, ticket: Callable[..., dict[str, Any]], person: People
) -> None:
    case = ticket("=12345-001")
    ticket("12345-002", done=None)
    (office,) = commander.read(PATH)["items"]
    assert (office["source"], office["open"], office["waiting"]) == ("hotline", 1, 1)
    told = tell(commander)
    assert told["rows"] == 1
    head, row = sheet_of(commander, told)
    assert head[:5] == ["工单编号", "本系统编号", "类别", "办理状态", "办理情况"]
    assert row[:5] == ["=12345-001", case["number"], "暴露垃圾", "已办结", "已清运，联系人*** ***"]
    assert row[7] == "=12345-001-整改后-1.jpg"
    assert tell(commander)["rows"] == 0
    assert tell(commander, again=True)["rows"] == 1
    assert commander.read(PATH)["items"][0]["told"] == 1
    (line, *_) = person("auditor").read("/api/v1/exports")["items"]
    assert line["cases"] == {"replies": "hotline", "again": True}
    assert person("commander.east").read(PATH)["items"] == []
    assert tell(person("commander.east"), again=True)["rows"] == 0
    assert person("officer").post(PATH, {"source": "x", "purpose": "xx"}).status_code == 403


def test_what_was_opened_again_is_answered_again(
    commander: Person, ticket: Callable[..., dict[str, Any]]
) -> None:
    case = ticket("12345-001")
    assert tell(commander)["rows"] == 1
    path = f"/api/v1/cases/{case['id']}/actions"
    commander.do(path, {"action": "reopen", "seq": case["seq"], "text": "又有了"})
    assert tell(commander, again=True)["rows"] == 0
    commander.do(path, {"action": "void", "seq": case["seq"] + 1, "text": "与事实不符"})
    told = tell(commander)
    assert told["rows"] == 1
    assert sheet_of(commander, told)[1][3:5] == ["不予受理", "与事实不符"]


def test_verdicts_count_once(
    commander: Person, ticket: Callable[..., dict[str, Any]], engine: Engine
) -> None:
    good, bad = ticket("001"), ticket("002")
    ticket("003")
    head, *rows = sheet_of(commander, tell(commander))
    for row in rows:
        row[8] = {"001": "采纳", "002": "退回", "003": None}[row[0]]
        row[9] = "王先生说还有 13812345678" if row[0] == "002" else None
    file = [head, *rows, ["009", *[None] * 7, "采纳", None], ["001", *[None] * 7, "也许", None]]
    told = {
        "accepted": 1,
        "refused": 1,
        "known": 0,
        "empty": 1,
        "unclear": [6],
        "unknown": [5],
        "differs": [],
        "not_possible": [],
    }
    assert send(commander, file, check=True).json() == told
    assert commander.read(f"/api/v1/cases/{bad['id']}")["seq"] == bad["seq"]
    assert send(commander, file).json() == told
    again = send(commander, file).json()
    assert (again["accepted"], again["refused"], again["known"]) == (0, 0, 2)
    ledger = commander.read(f"/api/v1/cases/{good['id']}")["ledger"]
    assert [line["action"] for line in ledger].count("answer") == 1
    ledger = commander.read(f"/api/v1/cases/{bad['id']}")["ledger"]
    assert [line["action"] for line in ledger].count("appeal") == 1
    assert ledger[-1]["text"] == "“hotline”退回工单 002 的答复：***先生说还有 ***"
    rows[0][8] = "退回"
    assert send(commander, [head, rows[0]]).json()["differs"] == [2]
    (office,) = commander.read(PATH)["items"]
    assert (office["accepted"], office["refused"], office["told"]) == (1, 1, 1)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT string_agg(answer::text, '') FROM operation"))
        assert "13812345678" not in kept.scalar_one().replace("已清运，联系人张三 13812345678", "")


def test_a_case_that_moved_on_is_not_appealed(
    commander: Person, ticket: Callable[..., dict[str, Any]]
) -> None:
    case = ticket("001")
    tell(commander)
    path = f"/api/v1/cases/{case['id']}/actions"
    commander.do(path, {"action": "reopen", "seq": case["seq"], "text": "没修好"})
    told = send(commander, [["工单编号", "对方意见"], ["001", "不满意"]]).json()
    assert (told["refused"], told["not_possible"]) == (0, [2])


def test_a_file_without_answers_is_refused(commander: Person) -> None:
    answer = send(commander, [["编号", "金额"], ["001", 5]])
    assert (answer.status_code, answer.json()["code"]) == (422, "list-unreadable")
    assert answer.json()["params"]["reason"] == "no_verdict_columns"
