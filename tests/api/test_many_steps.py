"""One step with several cases: foreseen, taken with an answer for each, repeated, taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from people import Clock, Person
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from data.recount import check_ledgers, recount

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
CASES = "/api/v1/cases"
STEPS = "/api/v1/cases/steps"
Case = dict[str, Any]


@pytest.fixture(autouse=True)
def books_are_right(engine: Engine, clock: Clock) -> Any:
    """Ledgers and counters are whole after each test."""
    yield
    with engine.connect() as connection:
        assert recount(connection, 1, clock()) == []
        assert [fault for fault in check_ledgers(connection, 1) if fault] == []


@pytest.fixture
def reported(person: People, report: Report) -> list[Case]:
    """Three cases in two grids and one in the east, whose ids are in no order."""
    officer = person("officer")
    bodies = [report(lon=lon) for lon in (118.015, 118.005, 118.015, 118.025)]
    return [officer.do(CASES, body) for body in bodies]


def said(cases: list[Case], **more: Any) -> list[dict[str, Any]]:
    """Cases as a command names them."""
    return [{"id": case["id"], "seq": case["seq"], **more} for case in cases]


def outcomes(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """What came of it, case by case."""
    return [(item["outcome"], item["reason"]) for item in answer["items"]]


def foreseen(who: Person, action: str, cases: list[Case], **more: Any) -> list[dict[str, Any]]:
    """What would come of a step."""
    body = {"action": action, "ids": [case["id"] for case in cases], **more}
    items: list[dict[str, Any]] = who.do(f"{STEPS}/preview", body)["items"]
    return items


def test_each_case_has_an_answer_of_its_own(
    person: People, reported: list[Case], units: dict[str, int]
) -> None:
    commander, unit = person("commander"), units["环卫所"]
    first, second, third, fourth = reported
    commander.do(f"{CASES}/{second['id']}/actions", {"action": "handle", "seq": 1})
    commander.do(
        f"{CASES}/{third['id']}/actions", {"action": "dispatch", "seq": 1, "unit_id": unit}
    )
    commander.do(f"{CASES}/{fourth['id']}/actions", {"action": "confirm", "seq": 1})
    ghost = {"id": str(uuid7()), "seq": 1}
    body = {
        "action": "dispatch",
        "cases": [*said(reported, unit_id=unit), {**ghost, "unit_id": unit}],
        "text": "请今日办理",
    }
    answer = commander.do(STEPS, body)
    assert [item["id"] for item in answer["items"]] == [
        *(case["id"] for case in reported),
        ghost["id"],
    ]
    assert outcomes(answer) == [
        ("applied", None),
        ("refused", "moved-on"),
        ("already", None),
        ("refused", "moved-on"),
        ("refused", "not-found"),
    ]
    states = [(item["state"], item["seq"]) for item in answer["items"]]
    assert states[:3] == [("dispatched", 2), ("handled", 2), ("dispatched", 2)]
    assert states[4] == (None, None)
    told = commander.read(f"{CASES}/{first['id']}")
    assert (told["unit"]["id"], told["ledger"][-1]["text"]) == (unit, "请今日办理")
    assert len(commander.read(f"{CASES}/{second['id']}")["ledger"]) == 2


def test_a_repeated_command_is_carried_out_once(
    person: People, reported: list[Case], units: dict[str, int]
) -> None:
    commander, operation = person("commander"), uuid7()
    body = {"action": "dispatch", "cases": said(reported, unit_id=units["环卫所"])}
    first = commander.post(STEPS, body, operation=operation)
    again = commander.post(STEPS, body, operation=operation)
    assert again.headers["Operation-Replayed"] == "true"
    assert first.json() == again.json()
    # Sent anew by somebody whose answer was lost together with its number.
    assert outcomes(commander.do(STEPS, body)) == [("already", None)] * 4
    assert commander.read(f"{CASES}/{reported[0]['id']}")["seq"] == 2


def test_the_preview_says_where_each_goes_and_why(
    person: People,
    reported: list[Case],
    report: Report,
    units: dict[str, int],
    categories: dict[str, int],
) -> None:
    commander = person("commander")
    rule = {"name": "垃圾归环卫", "codes": ["06*"], "unit_id": units["环卫所"]}
    commander.do("/api/v1/routing/rules", rule)
    routed = commander.do(CASES, report())
    other = commander.do(CASES, report(category_id=categories["C01"]))
    by_rule = foreseen(commander, "dispatch", [routed, reported[0], other])
    ids = [item["case"]["id"] for item in by_rule]
    assert ids == [routed["id"], reported[0]["id"], other["id"]]
    # The second was filed before there was a rule: it goes as the rules are now.
    for item in by_rule[:2]:
        assert (item["allowed"], item["unit"]["name"]) == (True, "环卫所")
        assert item["suggestion"]["why"]["category"] == "06*"
    assert (by_rule[2]["allowed"], by_rule[2]["reason"]) == (False, "unit")
    assert (by_rule[2]["unit"], by_rule[2]["suggestion"]) == (None, None)
    to_one = foreseen(commander, "dispatch", [routed, reported[0]], unit_id=units["市政所"])
    assert {item["unit"]["name"] for item in to_one} == {"市政所"}
    assert to_one[0]["suggestion"]["unit"]["name"] == "环卫所"
    unknown = {"action": "dispatch", "ids": [routed["id"]], "unit_id": 10**6}
    assert commander.post(f"{STEPS}/preview", unknown).status_code == 422


def test_the_preview_foresees_what_is_refused(
    person: People, reported: list[Case], units: dict[str, int]
) -> None:
    commander, officer = person("commander"), person("officer")
    path = f"{CASES}/{reported[1]['id']}/actions"
    commander.do(path, {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]})
    commander.do(path, {"action": "handle", "seq": 2})

    def reasons(who: Person, action: str) -> list[str | None]:
        items = foreseen(who, action, reported)
        return [item["reason"] for item in items]

    assert reasons(commander, "verify") == ["state", "same-person", "state", "state"]
    assert reasons(officer, "verify") == ["role", "photo", "role", "role"]
    officer.show(reported[1]["id"], "after")
    assert reasons(officer, "verify") == ["role", None, "role", "role"]
    done = officer.do(STEPS, {"action": "verify", "cases": [{"id": reported[1]["id"], "seq": 3}]})
    assert outcomes(done) == [("applied", None)]
    assert reasons(officer, "verify")[1] == "already"
    assert reasons(officer, "close") == ["role"] * 4
    assert reasons(commander, "close") == ["state", None, "state", "state"]
    # Elsewhere nothing is there, and nothing is told of it.
    east = foreseen(person("commander.east"), "dispatch", reported, unit_id=units["环卫所"])
    assert [item["case"]["id"] for item in east] == [reported[3]["id"]]


def test_a_unit_takes_on_many_and_no_other_does(
    person: People, reported: list[Case], units: dict[str, int]
) -> None:
    commander, handler = person("commander"), person("handler")
    answer = commander.do(
        STEPS, {"action": "dispatch", "cases": said(reported, unit_id=units["环卫所"])}
    )
    accept = {
        "action": "accept",
        "cases": [{"id": item["id"], "seq": item["seq"]} for item in answer["items"]],
    }
    other = person("handler.other").do(STEPS, accept)
    assert {outcome for outcome, _ in outcomes(other)} == {"refused"}
    assert outcomes(handler.do(STEPS, accept)) == [("applied", None)] * 4
    counts = person("handler").read(f"{CASES}/board", state="accepted")["columns"][0]
    assert counts["count"] == 4


def test_a_dispatch_is_taken_back_where_the_course_leads_back(
    person: People, reported: list[Case], units: dict[str, int]
) -> None:
    commander = person("commander")
    there = commander.do(
        STEPS, {"action": "dispatch", "cases": said(reported[:2], unit_id=units["环卫所"])}
    )
    seen = [{"id": item["id"], "seq": item["seq"]} for item in there["items"]]
    unsaid = commander.post(STEPS, {"action": "return", "cases": seen})
    assert unsaid.status_code == 422
    back = commander.do(STEPS, {"action": "return", "cases": seen, "text": "派错了，收回"})
    assert [item["state"] for item in back["items"]] == ["filed", "filed"]
    assert commander.read(f"{CASES}/{reported[0]['id']}")["unit"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"action": "dispatch", "cases": [{"id": str(UUID(int=1)), "seq": 1}]},
        {"action": "void", "cases": [{"id": str(UUID(int=1)), "seq": 1}], "text": "x"},
        {"action": "accept", "cases": []},
        {"action": "accept", "cases": [{"id": str(UUID(int=1)), "seq": 1}] * 2},
        {"action": "accept", "cases": [{"id": str(uuid7()), "seq": 1} for _ in range(201)]},
    ],
)
def test_what_cannot_be_asked_of_many_says_so(person: People, body: dict[str, Any]) -> None:
    assert person("commander").post(STEPS, body).status_code == 422
