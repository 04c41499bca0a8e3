"""Cases through the API: the whole course, rights, conflicts, repeated commands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from people import Clock, Person
from sqlalchemy import event
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


def test_a_case_goes_its_whole_course(
    person: People, report: Report, units: dict[str, int], clock: Clock
) -> None:
    officer, commander, handler = person("officer"), person("commander"), person("handler")
    case = officer.do("/api/v1/cases", report(address="幸福路2号"))
    path = f"/api/v1/cases/{case['id']}"
    assert (case["state"], case["seq"], case["grid"]["id"]) == ("reported", 1, 1)
    assert case["number"].startswith("2026")
    # Four hours of work from ten in the morning: lunch is left out.
    assert case["deadline_at"] == "2026-11-20T08:00:00Z"
    assert {"confirm", "handle", "rectify"} <= {*case["actions"]}
    assert not {"dispatch", "verify", "close", "void"} & {*case["actions"]}

    steps = [
        (commander, {"action": "dispatch", "unit_id": units["环卫所"]}, "dispatched"),
        (handler, {"action": "handle", "text": "已清运"}, "handled"),
        (commander, {"action": "rework", "text": "还有一堆"}, "dispatched"),
        (handler, {"action": "handle"}, "handled"),
        (officer, {"action": "verify"}, "verified"),
        (commander, {"action": "close"}, "closed"),
    ]
    for seq, (who, body, state) in enumerate(steps, start=1):
        clock.forward(minutes=5)
        if body["action"] == "verify":
            unseen = who.post(f"{path}/actions", {**body, "seq": seq})
            assert (unseen.status_code, unseen.json()["params"]["reason"]) == (409, "photo")
            who.show(case["id"], "after")
        assert body["action"] in who.read(path)["actions"]
        case = who.do(f"{path}/actions", {**body, "seq": seq})
        assert (case["state"], case["seq"]) == (state, seq + 1)

    assert case["course"]["reworks"] == 1
    assert case["closed_at"] == "2026-11-20T02:30:00Z"
    assert {*case["actions"]} == {"answer", "appeal", "reopen"}
    ledger = case["ledger"]
    assert [line["seq"] for line in ledger] == [1, 2, 3, 4, 5, 6, 7]
    assert ledger[0]["text"] == "垃圾成堆"
    assert ledger[2]["text"] == "已清运"
    assert ledger[2]["actor"]["display_name"] == "handler"
    status = officer.read("/api/v1/grid-status")
    assert (status["grid_id"], status["open"], status["closed"]) == ([1], [0], [1])


def test_two_at_once_the_second_is_told_and_changes_nothing(
    person: People, report: Report, units: dict[str, int]
) -> None:
    commander = person("commander")
    case = commander.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}/actions"
    commander.do(path, {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]})
    late = commander.post(path, {"action": "void", "seq": 1})
    assert late.status_code == 409
    assert late.json()["code"] == "case-moved-on"
    assert late.json()["params"] == {"expected_seq": 1, "seq": 2, "state": "dispatched"}
    assert commander.read(f"/api/v1/cases/{case['id']}")["seq"] == 2


def test_a_step_out_of_course_says_why(person: People, report: Report) -> None:
    commander, officer = person("commander"), person("officer")
    case = commander.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}/actions"
    closed = commander.post(path, {"action": "close", "seq": 1})
    assert (closed.status_code, closed.json()["code"]) == (409, "action-not-allowed")
    assert closed.json()["params"] == {"action": "close", "state": "reported", "reason": "state"}
    voided = officer.post(path, {"action": "void", "seq": 1})
    assert (voided.status_code, voided.json()["code"]) == (403, "forbidden")
    commander.do(path, {"action": "handle", "seq": 1})
    checked = commander.post(path, {"action": "verify", "seq": 2})
    assert checked.status_code == 409
    assert checked.json()["params"]["reason"] == "same-person"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"lon": 200}, "/lon"),
        ({"lat": None}, "/lat"),
        ({"category_id": 10**12}, "/category_id"),
        ({"category_id": 10**30}, None),
        ({"description": ""}, "/description"),
        ({"description": "a\u0000b"}, None),
        ({"datum": "mars"}, "/datum"),
        ({"severity": "green"}, "/severity"),
        ({"occurred_at": "2026-11-20T10:00:00"}, "/occurred_at"),
        ({"id": "17"}, "/id"),
    ],
)
def test_a_report_that_cannot_be_kept_says_what_to_mend(
    person: People, report: Report, body: dict[str, Any], pointer: str | None
) -> None:
    officer = person("officer")
    answer = officer.post("/api/v1/cases", report(**body))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer is not None:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert officer.read("/api/v1/cases")["items"] == []


def test_dispatch_to_a_unit_that_is_not_there(person: People, report: Report) -> None:
    commander = person("commander")
    case = commander.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}/actions"
    for body in ({"unit_id": 999}, {}):
        answer = commander.post(path, {"action": "dispatch", "seq": 1, **body})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert commander.read(f"/api/v1/cases/{case['id']}")["state"] == "reported"


def test_a_command_can_be_repeated(person: People, report: Report) -> None:
    officer, operation = person("officer"), uuid7()
    body = report()
    first = officer.post("/api/v1/cases", body, operation=operation)
    again = officer.post("/api/v1/cases", body, operation=operation)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "operation-replayed" not in first.headers
    assert again.headers["operation-replayed"] == "true"
    other = officer.post("/api/v1/cases", report(), operation=operation)
    assert (other.status_code, other.json()["code"]) == (409, "operation-reused")
    same_case = officer.post("/api/v1/cases", body)
    assert (same_case.status_code, same_case.json()["code"]) == (409, "case-exists")
    assert len(officer.read("/api/v1/cases")["items"]) == 1


def test_a_refused_command_may_be_mended_under_its_id(person: People, report: Report) -> None:
    officer, operation, body = person("officer"), uuid7(), report()
    refused = officer.post("/api/v1/cases", {**body, "category_id": 9999}, operation=operation)
    assert refused.status_code == 422
    assert officer.post("/api/v1/cases", body, operation=operation).status_code == 201


@pytest.mark.parametrize(
    ("lon", "lat", "grid", "area"),
    [
        (118.005, 36.83, 1, "幸福社区"),
        (118.01, 36.83, 1, "幸福社区"),  # on the edge of 1 and 2
        (118.01, 36.82, 1, "幸福社区"),  # the corner of 1, 2, 3 and 4
        (118.02, 36.82, 2, "幸福社区"),  # the corner of 2, 4, 5 and 7
        (118.035, 36.801, 8, "胜利社区"),
        (120.0, 36.83, None, "试验区"),
    ],
)
def test_a_place_finds_its_grid_or_goes_to_triage(
    *, person: People, report: Report, lon: float, lat: float, grid: int | None, area: str
) -> None:
    commander = person("commander")
    case = commander.do("/api/v1/cases", report(lon=lon, lat=lat))
    assert (case["grid"] and case["grid"]["id"], case["area"]["name"]) == (grid, area)
    triage = commander.read("/api/v1/cases", triage=True)["items"]
    assert len(triage) == (grid is None)


def test_a_place_is_converted_once(person: People, report: Report) -> None:
    case = person("officer").do("/api/v1/cases", report(lon=118.011, lat=36.83, datum="gcj02"))
    assert case["grid"]["id"] == 1
    assert case["lon"] == pytest.approx(118.0055, abs=0.001)
    assert case["ledger"][0]["facts"]["datum"] == "gcj02"


def test_triage_is_placed_into_a_grid_and_counts_there(person: People, report: Report) -> None:
    commander = person("commander")
    case = commander.do("/api/v1/cases", report(lon=117.0))
    body = {"action": "place", "seq": 1, "lon": 118.035, "lat": 36.81}
    placed = commander.do(f"/api/v1/cases/{case['id']}/actions", body)
    assert (placed["grid"]["id"], placed["grid_filed"], placed["state"]) == (8, None, "reported")
    assert commander.read("/api/v1/cases", triage=True)["items"] == []
    status = commander.read("/api/v1/grid-status")
    assert dict(zip(status["grid_id"], status["open"], strict=True))[8] == 1


def test_lists_are_filtered_and_paged_without_loss(
    person: People, report: Report, categories: dict[str, int], clock: Clock
) -> None:
    commander = person("commander")
    for number in range(7):
        clock.forward(minutes=1 if number % 2 else 0)
        code = "09012" if number % 3 == 0 else "06010"
        lon = 118.005 if number < 5 else 118.035
        commander.do("/api/v1/cases", report(category_id=categories[code], lon=lon))
    for sort in ("received", "-received", "deadline"):
        seen, cursor = [], None
        while True:
            query = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
            page = commander.read("/api/v1/cases", **query)
            seen += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        assert len({case["id"] for case in seen}) == len(seen) == 7
        key = "deadline_at" if sort == "deadline" else "received_at"
        assert [case[key] for case in seen] == sorted(
            (case[key] for case in seen), reverse=sort == "-received"
        )

    def count(**query: Any) -> int:
        return len(commander.read("/api/v1/cases", **query)["items"])

    number = seen[0]["number"]
    assert count(category_id=categories["09012"]) == 3
    assert count(grid_id=1) == 5
    assert count(area_id=20) == 2
    assert count(bbox="118.03,36.80,118.04,36.84") == 2
    assert count(severity="red") == 3
    assert count(state="open") == 7
    assert count(state="closed") == 0
    assert count(q=number) == 1
    assert count(q="100%") == 0
    assert count(**{"from": "2026-11-20", "to": "2026-11-20"}) == 7
    assert count(to="2026-11-19") == 0
    assert count(overdue=True) == 0
    for wrong in ({"bbox": "1,2,3"}, {"cursor": "abc"}, {"limit": 0}, {"limit": 201}):
        answer = commander.get("/api/v1/cases", **wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
    deadline = commander.read("/api/v1/cases", limit=1, sort="deadline")["next"]
    assert commander.get("/api/v1/cases", sort="received", cursor=deadline).status_code == 422


def test_a_day_of_the_list_is_a_day_of_the_district(
    person: People, report: Report, clock: Clock
) -> None:
    officer = person("officer")
    clock.at = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past midnight in Shandong
    officer.do("/api/v1/cases", report())
    assert officer.read("/api/v1/cases", to="2026-11-20")["items"] == []
    assert len(officer.read("/api/v1/cases", **{"from": "2026-11-21"})["items"]) == 1


def test_points_are_columns_that_are_sent_once(person: People, report: Report) -> None:
    officer = person("officer")
    case = officer.do("/api/v1/cases", report())
    answer = officer.get("/api/v1/cases/points")
    columns = answer.json()
    assert (columns["count"], columns["truncated"], columns["id"]) == (1, False, [case["id"]])
    assert (columns["lon"], columns["overdue"]) == ([118.005], [0])
    assert answer.headers["cache-control"] == "private, no-cache"
    etag = {"If-None-Match": answer.headers["etag"]}
    again = officer.client.get("/api/v1/cases/points", headers={**officer.cookies, **etag})
    assert (again.status_code, again.content) == (304, b"")
    officer.do("/api/v1/cases", report())
    new = officer.client.get("/api/v1/cases/points", headers={**officer.cookies, **etag})
    assert new.json()["count"] == 2
    assert officer.read("/api/v1/cases/points", bbox="0,0,1,1")["count"] == 0


def test_a_page_asks_no_more_questions_than_one_case(
    person: People, report: Report, client: TestClient, units: dict[str, int]
) -> None:
    """No list or ledger sends a query for each of its items."""
    commander = person("commander")
    asked: list[str] = []
    engine = client.app.state.context.engine

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    def questions(path: str) -> int:
        asked.clear()
        commander.read(path)
        return len(asked)

    case = commander.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}"
    event.listen(engine, "before_cursor_execute", note)
    try:
        few = questions("/api/v1/cases"), questions(path)
        for _ in range(5):
            commander.do("/api/v1/cases", report())
        for seq, unit in enumerate(["环卫所", "市政所", "环卫所"], start=1):
            body = {"action": "dispatch", "seq": seq, "unit_id": units[unit], "text": "改派"}
            commander.do(f"{path}/actions", body)
        assert (questions("/api/v1/cases"), questions(path)) == few
    finally:
        event.remove(engine, "before_cursor_execute", note)
