"""Running lists over the API: shown, checked, imported by the worker, told to the right people."""

import asyncio
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import running_list
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.settings import Settings
from api.worker import work
from data.server import DatabaseUrls

People = Callable[[str], Person]
LISTS = "/api/v1/report-lists"
AREA = 10
SOURCE = "西街12345"
TWICE = "诉求内容"


def send(
    who: Person,
    where: str,
    body: bytes,
    order: dict[str, Any],
    *,
    name: str = "台账.xlsx",
    operation: UUID | None = None,
) -> Response:
    """Send a list with what is said of it."""
    command = {"X-Sanbai": "1", "Operation-Id": str(operation or uuid7())}
    return who.client.post(
        f"{LISTS}{where}",
        files={"file": (name, body, "application/octet-stream")},
        data={"order": json.dumps({"area_id": AREA, **order})},
        headers={**who.cookies, **command},
    )


def words(categories: dict[str, int]) -> list[dict[str, str]]:
    """What the office's words stand for."""
    return [
        {"field": "category", "word": "道路坑洼", "meaning": str(categories["06013"])},
        {"field": "source", "word": "市民来信来访", "meaning": "message"},
        {"field": "state", "word": "研判中", "meaning": "open"},
    ]


@pytest.fixture
def let_work(urls: DatabaseUrls, tmp_path: Path, clock: Clock) -> Callable[[], None]:
    """Let the worker do what is waiting."""
    settings = Settings(_env_file=None, home=tmp_path, database_url=urls.app, files_url=None)
    return lambda: asyncio.run(work(settings, clock, until_idle=True, own_signals=False))


def import_it(
    who: Person, let_work: Callable[[], None], body: bytes, order: dict[str, Any]
) -> dict[str, Any]:
    """Import a list to its end."""
    list_id = str(uuid7())
    asked = send(who, "", body, {"id": list_id, **order})
    assert asked.status_code == 202, asked.text
    assert asked.json()["state"] == "waiting"
    let_work()
    told: dict[str, Any] = who.read(f"{LISTS}/{list_id}")
    return told


def test_a_list_is_shown_as_it_is_read(person: People) -> None:
    shown = send(person("commander"), "/preview", running_list.workbook(), {}).json()
    assert [(sheet["name"], sheet["chosen"]) for sheet in shown["sheets"]] == [
        ("汇总", False),
        ("3月", True),
        ("4月", True),
    ]
    assert shown["layout"]["header"] == [3, 4]
    assert shown["layout"]["columns"]["address"] == "位置/地址"
    private = [column["name"] for column in shown["columns"] if column["private"]]
    assert private == ["来电人", "联系电话"]
    assert all(not column["samples"] for column in shown["columns"] if column["private"])
    assert "张某" not in json.dumps(shown, ensure_ascii=False)
    assert "13800138" not in json.dumps(
        [row["cells"][9] for row in shown["head"]], ensure_ascii=False
    )


def test_a_check_says_what_would_become_of_each_row(
    person: People, engine: Engine, categories: dict[str, int]
) -> None:
    order = {"layout": {"source": SOURCE}}
    duty = person("commander")
    told = send(duty, "/check", running_list.workbook(), order).json()
    assert [(word["field"], word["word"]) for word in told["words"]] == [
        ("category", "道路坑洼"),
        ("state", "研判中"),
        ("source", "市民来信来访"),
    ]
    assert "道路破损" in [one["name"] for one in told["words"][0]["suggestions"]]
    assert [fault["code"] for fault in told["faults"]] == ["category_unsaid", "date_unclear"]
    assert told["faults"][1]["row"] == 14
    told = send(
        duty, "/check", running_list.workbook(), order | {"words": words(categories)}
    ).json()
    counts = told["counts"]
    assert (counts["new"], counts["placed"], counts["triage"], counts["failed"]) == (7, 6, 1, 1)
    assert (counts["struck_off"], counts["hidden"]) == (2, 1)
    waiting = told["rows"][0]
    assert (waiting["address"], waiting["doubt"]) == ("幸福家园", "unclear")
    assert [one["grid"]["name"] for one in waiting["candidates"]] != []
    with engine.connect() as connection:
        for table in ("hazard_case", "report_list", "report_layout", "report_word"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_a_list_is_imported_by_the_worker_and_the_second_time_changes_nothing(
    person: People, let_work: Callable[[], None], categories: dict[str, int], engine: Engine
) -> None:
    duty = person("commander")
    order = {"layout": {"source": SOURCE}, "words": words(categories)}
    told = import_it(duty, let_work, running_list.workbook(), order)
    assert (told["state"], told["done"], told["total"]) == ("done", 7, 7)
    outcome = {name: count for name, count in told["outcome"].items() if count}
    assert outcome == {"new": 7, "triage": 1, "handled": 2, "failed": 1, "hidden": 1}
    found = duty.read("/api/v1/cases", q="GD20260305")["items"]
    assert [(case["external_number"], case["grid"]["id"]) for case in found] == [("GD20260305", 4)]
    case = duty.read(f"/api/v1/cases/{found[0]['id']}")
    assert [line["action"] for line in case["ledger"]] == ["report", "handle"]
    assert case["ledger"][0]["facts"]["list"] == SOURCE
    assert duty.read("/api/v1/search", q="GD20260305")["items"][0]["id"] == found[0]["id"]
    # The words and columns are known now: next week's list needs nothing said.
    again = send(duty, "/preview", running_list.workbook(), {}).json()
    assert again["remembered"]
    assert again["layout"]["source"] == SOURCE
    told = import_it(duty, let_work, running_list.workbook(), {})
    outcome = {name: count for name, count in told["outcome"].items() if count}
    assert outcome == {"known": 7, "failed": 1, "hidden": 1}
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM hazard_case")).scalar() == 7
        assert connection.execute(text("SELECT count(*) FROM case_event")).scalar() == 9
        kept = connection.execute(text("SELECT rows FROM report_list")).scalars().all()
        assert kept == [None, None]
        for table in ("report_list", "report_row", "report_layout", "hazard_case", "case_text"):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert not any(name in rows for name in ("张某", "钱某某", "1380013")), table
    assert [one["file_name"] for one in duty.read(LISTS)["items"]] == ["台账.xlsx"] * 2


def test_triage_shows_candidates_and_one_of_them_gives_the_place(
    person: People, let_work: Callable[[], None], categories: dict[str, int]
) -> None:
    duty = person("commander")
    order = {"layout": {"source": SOURCE}, "words": words(categories)}
    import_it(duty, let_work, running_list.workbook(), order)
    listed = duty.read("/api/v1/triage")
    assert listed["total"] == 1
    waiting = listed["items"][0]
    assert (waiting["case"]["lon"], waiting["case"]["external_number"]) == (None, "GD20260304")
    assert len(waiting["candidates"]) == 2
    assert {one["grid"]["id"] for one in waiting["candidates"]} == {1, 2}
    assert duty.read("/api/v1/cases/points")["count"] == 6
    chosen = waiting["candidates"][1]
    step = {"action": "place", "seq": 1, "lon": chosen["lon"], "lat": chosen["lat"]}
    placed = duty.do(f"/api/v1/cases/{waiting['case']['id']}/actions", step)
    assert placed["grid"]["id"] == chosen["grid"]["id"]
    assert duty.read("/api/v1/triage") == {"items": [], "total": 0, "next": None}
    east = person("commander.east")
    assert east.read("/api/v1/triage")["total"] == 0


def test_rows_at_fault_come_back_to_be_mended(
    person: People, let_work: Callable[[], None], categories: dict[str, int]
) -> None:
    duty = person("commander")
    order = {"layout": {"source": SOURCE}, "words": words(categories)}
    import_it(duty, let_work, running_list.workbook(), order)
    answer = send(duty, "/faults.xlsx", running_list.workbook(), {})
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    assert head[:3] == ["原行号", "未导入原因", "怎么改"]
    assert head[3:6] == ["序号", "工单编号", "受理日期"]
    assert sheet.max_row == 2
    sheet.cell(2, head.index("受理日期") + 1).value = "3月10日"
    mended = io.BytesIO()
    book.save(mended)
    told = send(duty, "/check", mended.getvalue(), {}).json()
    assert (told["counts"]["new"], told["counts"]["failed"]) == (1, 0)
    assert told["layout"]["source"] == SOURCE


def test_what_is_struck_off_there_is_proposed_and_taken_only_when_agreed(
    person: People, let_work: Callable[[], None], categories: dict[str, int]
) -> None:
    duty = person("commander")
    order = {"layout": {"source": SOURCE}, "words": words(categories)}
    import_it(duty, let_work, running_list.workbook(), order)
    changed = running_list.workbook({0: {12: "已办结", 13: "2026.3.20"}})
    told = send(duty, "/check", changed, {}).json()
    assert told["counts"]["proposed"] == 1
    row = told["changed"][0]
    assert (row["struck_off"], row["case"]["state"]) == (True, "reported")
    assert import_it(duty, let_work, changed, {})["outcome"]["accepted"] == 0
    done = import_it(duty, let_work, changed, {"accept_struck_off": True})
    assert done["outcome"]["accepted"] == 1
    case = duty.read(f"/api/v1/cases/{row['case']['id']}")
    assert case["state"] == "handled"
    assert "verify" not in case["actions"]


def test_the_case_says_which_office_reported_it(
    person: People, let_work: Callable[[], None]
) -> None:
    body = "工单编号,日期,类别,地址,转办单位\nA-1,11月3日,暴露垃圾,幸福路2号,区信访局\n".encode(
        "gbk"
    )
    duty = person("commander")
    import_it(duty, let_work, body, {"layout": {"source": SOURCE}})
    found = duty.read("/api/v1/cases", q="A-1")["items"][0]
    case = duty.read(f"/api/v1/cases/{found['id']}")
    assert (case["external_number"], case["reporter_unit"]) == ("A-1", "区信访局")
    assert case["ledger"][0]["facts"]["list"] == SOURCE


def test_only_a_commander_of_the_area_imports(person: People) -> None:
    body = running_list.workbook()
    for login in ("officer", "planner", "administrator", "auditor"):
        answer = send(person(login), "/check", body, {})
        assert answer.status_code in {403, 404}, login
    assert send(person("commander.east"), "/check", body, {}).status_code == 404
    assert send(person("commander.east"), "", body, {}).status_code == 404
    assert person("officer").get(LISTS).status_code == 403


def test_an_import_of_another_area_is_not_seen(
    person: People, let_work: Callable[[], None], categories: dict[str, int]
) -> None:
    duty = person("commander")
    order = {"layout": {"source": SOURCE}, "words": words(categories)}
    told = import_it(duty, let_work, running_list.workbook(), order)
    east = person("commander.east")
    assert east.get(f"{LISTS}/{told['id']}").status_code == 404
    assert east.read(LISTS)["items"] == []
    # The same name used by another street: its rows are known, what they are is not told.
    again = send(east, "/check", running_list.workbook({0: {7: "别的话"}}), {"area_id": 20}).json()
    assert (again["counts"]["known"], again["changed"][0]["case"]) == (7, None)


def test_an_import_whose_right_has_ended_files_nothing(
    person: People,
    let_work: Callable[[], None],
    categories: dict[str, int],
    engine: Engine,
    clock: Clock,
) -> None:
    duty = person("commander")
    list_id = str(uuid7())
    order = {"layout": {"source": SOURCE}, "words": words(categories), "id": list_id}
    assert send(duty, "", running_list.workbook(), order).status_code == 202
    with engine.begin() as connection:
        connection.execute(
            text("DELETE FROM assignment WHERE account_id = :id"), {"id": duty.account_id}
        )
    clock.at += timedelta(minutes=1)
    let_work()
    with engine.connect() as connection:
        state, result = connection.execute(text("SELECT state, result FROM report_list")).one()
        assert (state, result["failure"]) == ("failed", "not-allowed")
        assert connection.execute(text("SELECT count(*) FROM hazard_case")).scalar() == 0


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"layout": {"sheets": ["5月"]}}, "layer_missing"),
        ({"layout": {"header": [99, 100]}}, "header_rows_bad"),
        ({"layout": {"columns": {"description": "联系电话"}}}, "column_private"),
        ({"layout": {"columns": dict.fromkeys(("address", "category"), TWICE)}}, "column_twice"),
        ({"layout": {"columns": {"mood": "诉求内容"}}}, "field_unknown"),
    ],
)
def test_what_cannot_be_read_says_why(person: People, order: dict[str, Any], reason: str) -> None:
    answer = send(person("commander"), "/check", running_list.workbook(), order)
    assert (answer.status_code, answer.json()["code"]) == (422, "list-unreadable")
    assert answer.json()["params"]["reason"] == reason
    assert answer.json()["params"]["message_zh"]


def test_an_order_that_makes_no_sense_is_refused(person: People) -> None:
    duty, body = person("commander"), running_list.workbook()
    for order in (
        {"layout": {"colour": "red"}},
        {"words": [{"field": "category", "word": "x", "meaning": "99999"}]},
        {"area_id": "x"},
    ):
        assert send(duty, "/check", body, order).status_code == 422
    unnamed = send(duty, "", body, {"id": str(uuid7())})
    assert unnamed.json()["params"]["reason"] == "source_missing"


def test_an_import_sent_twice_is_done_once(
    person: People, let_work: Callable[[], None], categories: dict[str, int], engine: Engine
) -> None:
    duty, operation = person("commander"), uuid7()
    order = {"layout": {"source": SOURCE}, "words": words(categories), "id": str(uuid7())}
    first = send(duty, "", running_list.table(), order, name="台账.csv", operation=operation)
    again = send(duty, "", running_list.table(), order, name="台账.csv", operation=operation)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["Operation-Replayed"] == "true"
    let_work()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM report_list")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM hazard_case")).scalar() == 6
