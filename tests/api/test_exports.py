"""Files of cases: what is in them, who may take them, and that it is known who did."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from people import Clock, Person
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from api.worker import Parts, each_hour_care

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
PATH = "/api/v1/exports"


def wanted(**said: Any) -> dict[str, Any]:
    """An order for a file."""
    return {"format": "csv", "cases": {}, "purpose": "周例会材料", **said}


@pytest.fixture
def cases(person: People, report: Report) -> list[dict[str, Any]]:
    """Three cases in the west, one in the east."""
    commander = person("commander")
    said = [{"address": f"幸福路{n}号"} for n in range(3)] + [{"lon": 118.035}]
    return [commander.do("/api/v1/cases", report(**one)) for one in said]


@pytest.fixture
def few(application: tuple[FastAPI, Clock]) -> Iterator[None]:
    """No more than two rows may be taken."""
    context = application[0].state.context
    settings = context.settings
    object.__setattr__(context, "settings", settings.model_copy(update={"export_rows": 2}))
    yield
    object.__setattr__(context, "settings", settings)


def rows_of(raw: bytes) -> list[dict[str, str]]:
    """The rows of a CSV."""
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_a_file_holds_what_the_list_shows(
    person: People, cases: list[dict[str, Any]], report: Report
) -> None:
    commander = person("commander")
    commander.do(
        f"/api/v1/cases/{cases[0]['id']}/actions", {"action": "void", "seq": 1, "text": "重复"}
    )
    told = commander.do(PATH, wanted(cases={"state": "open", "q": "幸福路"}, oldest_first=True))
    assert (told["rows"], told["capped"]) == (2, False)
    answer = commander.get(told["url"])
    assert answer.headers["content-type"].startswith("text/csv")
    assert "no-store" in answer.headers["cache-control"]
    assert hashlib.sha256(answer.content).hexdigest() == told["sha256"]
    assert len(answer.content) == told["size_bytes"]
    rows = rows_of(answer.content)
    assert [row["编号"] for row in rows] == [cases[1]["number"], cases[2]["number"]]
    assert "情况说明" not in rows[0]


def test_a_page_of_rows_follows_the_other(
    person: People, cases: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.case_exports._PAGE", 1)
    commander = person("commander")
    told = commander.do(PATH, wanted(columns=["number", "description"]))
    rows = rows_of(commander.get(told["url"]).content)
    assert {row["编号"] for row in rows} == {case["number"] for case in cases}
    assert {row["情况说明"] for row in rows} == {"垃圾成堆"}
    assert not told["capped"]


@pytest.mark.parametrize("page", [1, 2, 1000])
def test_more_rows_than_allowed_are_left_out_and_that_is_said(
    *, few: None, person: People, cases: list[dict[str, Any]], page: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("data.case_exports._PAGE", page)
    commander = person("commander")
    told = commander.do(PATH, wanted(format="xlsx"))
    assert (told["rows"], told["capped"], told["most"]) == (2, True, 2)
    book = openpyxl.load_workbook(io.BytesIO(commander.get(told["url"]).content))
    assert book["问题"].max_row == 3
    notes = {line[0].value: line[1].value for line in book["说明"].iter_rows()}
    assert notes["用途"] == "周例会材料"
    assert "前 2 条" in notes["备注"]
    exact = commander.do(PATH, wanted(cases={"bbox": "118.03,36,119,37"}))
    assert (exact["rows"], exact["capped"]) == (1, False)


def test_geojson_and_gbk(person: People, cases: list[dict[str, Any]], report: Report) -> None:
    commander = person("commander")
    commander.do("/api/v1/cases", report(address="𠮷祥路"))
    told = commander.do(PATH, wanted(format="geojson", language="en"))
    features = json.loads(commander.get(told["url"]).content)["features"]
    assert len(features) == 5
    assert {f["properties"]["severity"] for f in features} == {"Blue (ordinary)"}
    gbk = commander.do(PATH, wanted(encoding="gbk"))
    assert gbk["beyond_gbk"] == 1
    assert "𠮷祥路" in commander.get(gbk["url"]).content.decode("gb18030")


def test_nobody_takes_more_than_he_sees(person: People, cases: list[dict[str, Any]]) -> None:
    east = person("commander.east")
    told = east.do(PATH, wanted())
    assert told["rows"] == 1
    assert person("commander").get(told["url"]).status_code == 404
    assert person("officer").post(PATH, wanted()).status_code == 403
    assert person("planner").post(PATH, wanted()).status_code == 403
    assert person("auditor").do(PATH, wanted())["rows"] == 4
    assert person("handler").do(PATH, wanted())["rows"] == 4


@pytest.mark.parametrize(
    "order",
    [
        wanted(purpose=" "),
        wanted(purpose=None),
        wanted(columns=[]),
        wanted(columns=["number", "number"]),
        wanted(columns=["password_hash"]),
        wanted(cases={"reported_by": 1}),
        wanted(cases={"bbox": "1,2"}),
        wanted(format="pdf"),
    ],
)
def test_an_order_must_be_whole(person: People, order: dict[str, Any]) -> None:
    assert person("commander").post(PATH, order).status_code == 422
    assert person("auditor").read(PATH)["items"] == []


def test_it_is_known_who_took_what_and_why(
    person: People, cases: list[dict[str, Any]], engine: Engine
) -> None:
    person("commander").do(PATH, wanted(cases={"state": "open", "from": "2026-11-01"}))
    east = person("commander.east").do(PATH, wanted(purpose="核对"))
    auditor = person("auditor")
    last, first = auditor.read(PATH)["items"]
    assert (last["by"]["display_name"], last["purpose"], last["rows"]) == (
        "commander.east",
        "核对",
        1,
    )
    assert first["cases"] == {"state": "open", "from": "2026-11-01"}
    assert last["sha256"] == east["sha256"]
    page = auditor.read(PATH, limit=1)
    assert page["items"] == [last]
    assert auditor.read(PATH, cursor=page["next"])["items"] == [first]
    assert auditor.get(PATH, cursor="x").status_code == 422
    assert person("commander").get(PATH).status_code == 403
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
        connection.execute(text("DELETE FROM export_log"))


def test_an_order_sent_twice_is_carried_out_once(
    person: People, cases: list[dict[str, Any]]
) -> None:
    commander, operation = person("commander"), uuid7()
    first = commander.post(PATH, wanted(), operation=operation)
    assert commander.post(PATH, wanted(), operation=operation).json() == first.json()
    assert len(person("auditor").read(PATH)["items"]) == 1


def test_the_file_is_there_for_a_day_and_the_log_for_good(
    *, person: People, cases: list[dict[str, Any]], client: TestClient, engine: Engine,
    clock: Clock,
) -> None:  # fmt: skip
    commander = person("commander")
    told = commander.do(PATH, wanted())
    parts = Parts(engine, client.app.state.context.files, clock)
    key = f"exports/1/{told['id']}.csv"
    assert parts.files.head(key)["size"] == told["size_bytes"]
    each_hour_care(parts)
    assert commander.get(told["url"]).status_code == 200
    clock.at = max(clock.at, datetime.now(UTC)) + timedelta(days=2)
    each_hour_care(parts)
    with pytest.raises(FileNotFoundError):
        parts.files.head(key)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM export_log")).scalar() == 1


def test_the_file_of_another_account_or_none_is_not_found(person: People) -> None:
    assert person("commander").get(f"{PATH}/{UUID(int=4)}/file").status_code == 404
