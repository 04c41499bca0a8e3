"""Lists of cases by filter, the board by state, and filters that are kept."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
Cases = dict[str, dict[str, Any]]
CASES = "/api/v1/cases"
FILTERS = "/api/v1/saved-filters"


def act(who: Person, case: dict[str, Any], action: str, **said: Any) -> dict[str, Any]:
    """Take a step with a case; the case afterwards."""
    body = {"action": action, "seq": case["seq"], **said}
    answer: dict[str, Any] = who.do(f"{CASES}/{case['id']}/actions", body)
    return answer


@pytest.fixture
def filed(person: People, report: Report, units: dict[str, int]) -> Cases:
    """Cases of several states in the officer's grid, and one in the east."""
    officer, commander, handler = person("officer"), person("commander"), person("handler")
    unit = units["环卫所"]
    made = {
        name: officer.do(CASES, report(**said))
        for name, said in {
            "new": {"source": "phone"},
            "dispatched": {"severity": "red"},
            "accepted": {},
            "handled": {},
            "returned": {},
            "east": {"lon": 118.025},
        }.items()
    }
    for name in ("dispatched", "accepted", "handled", "returned"):
        made[name] = act(commander, made[name], "dispatch", unit_id=unit)
    made["accepted"] = act(handler, made["accepted"], "accept")
    made["handled"] = act(handler, made["handled"], "handle")
    made["returned"] = act(handler, made["returned"], "return", text="不归我们管")
    until = "2026-11-25T10:00:00Z"
    made["accepted"] = act(handler, made["accepted"], "ask-extension", until=until, text="等材料")
    return made


def found(who: Person, made: Cases, **asked: Any) -> set[str]:
    """Names of the cases that a filter finds."""
    names = {case["id"]: name for name, case in made.items()}
    return {names[item["id"]] for item in who.read(CASES, **asked)["items"]}


def test_each_filter_finds_its_own(
    person: People, filed: Cases, units: dict[str, int], clock: Clock
) -> None:
    commander = person("commander")

    def by(**asked: Any) -> set[str]:
        return found(commander, filed, **asked)

    everything = set(filed)
    assert by() == everything
    assert by(state="charged") == {"dispatched", "accepted"}
    assert by(state="unhandled") == everything - {"handled"}
    assert by(source="phone") == {"new"}
    assert by(severity="red") == {"dispatched"}
    assert by(unit_id=units["环卫所"]) == {"dispatched", "accepted", "handled"}
    assert by(nobodys=True) == {"new", "returned", "east"}
    assert by(returned=True) == {"returned"}
    assert by(extension=True) == {"accepted"}
    assert by(area_id=20) == {"east"}
    # Four hours of work: by the end of this day; the handled one waits for nobody's deadline.
    assert by(due_days=0) == everything - {"handled"}
    assert by(days=1) == everything
    clock.forward(days=1)
    assert by(days=1) == set()
    assert by(days=2) == everything


def test_it_is_the_turn_of_who_takes_the_next_step(
    person: People, filed: Cases, units: dict[str, int]
) -> None:
    commander, handler, officer = person("commander"), person("handler"), person("officer")
    assert found(commander, filed, mine=True) == {"new", "returned", "east", "accepted"}
    assert found(handler, filed, mine=True) == {"dispatched", "accepted"}
    assert found(officer, filed, mine=True) == {"handled"}
    assert found(person("officer.two"), filed, mine=True) == set()
    assert found(person("auditor"), filed, mine=True) == set()
    # Called 吹哨, until the unit has come.
    other = person("handler.other")
    assert found(other, filed, mine=True) == set()
    called = act(commander, filed["new"], "whistle", unit_ids=[units["市政所"]], text="来看")
    assert found(other, filed, mine=True) == {"new"}
    act(other, called, "report-in")
    assert found(other, filed, mine=True) == set()
    assert found(other, filed, called=True) == {"new"}


def test_who_put_it_right_has_no_turn_to_check_it(person: People, report: Report) -> None:
    officer = person("officer")
    case = act(officer, officer.do(CASES, report()), "handle")
    assert found(officer, {"own": case}, mine=True) == set()


def test_pages_of_a_filter_leave_nothing_out(person: People, filed: Cases) -> None:
    commander = person("commander")
    for sort in ("deadline", "received", "-received"):
        seen: list[str] = []
        onward: dict[str, str] = {}
        while True:
            page = commander.read(CASES, state="open", sort=sort, limit=2, **onward)
            seen += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            onward = {"cursor": page["next"]}
        assert sorted(seen) == sorted(case["id"] for case in filed.values())
    wrong = commander.get(CASES, sort="received", cursor="e30")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("asked", [{"state": "gone"}, {"days": 0}, {"due_days": 99}, {"limit": 0}])
def test_what_cannot_be_asked_says_so(person: People, asked: dict[str, Any]) -> None:
    assert person("commander").get(CASES, **asked).status_code == 422


def test_the_board_has_a_column_for_each_open_state(person: People, filed: Cases) -> None:
    board = person("commander").read(f"{CASES}/board")
    columns = {column["state"]: column for column in board["columns"]}
    states = ["reported", "filed", "dispatched", "accepted", "handled", "verified", "suspended"]
    assert list(columns) == states
    counts = {state: column["count"] for state, column in columns.items() if column["count"]}
    assert counts == {"reported": 2, "filed": 1, "dispatched": 1, "accepted": 1, "handled": 1}
    (dispatched,) = columns["dispatched"]["items"]
    assert dispatched["id"] == filed["dispatched"]["id"]
    assert {"accept", "handle", "dispatch", "return"} <= set(dispatched["actions"])
    (accepted,) = columns["accepted"]["items"]
    assert "grant-extension" in accepted["actions"]


def test_a_column_shows_its_first_and_counts_all(person: People, report: Report) -> None:
    commander = person("commander")
    for _ in range(3):
        commander.do(CASES, report())
    (column,) = commander.read(f"{CASES}/board", state="reported", limit=2)["columns"]
    assert (column["count"], column["more"], len(column["items"])) == (3, False, 2)
    deadlines = [item["deadline_at"] for item in column["items"]]
    assert deadlines == sorted(deadlines)


def test_the_board_of_a_street_shows_nothing_of_the_next(person: People, filed: Cases) -> None:
    board = person("commander.east").read(f"{CASES}/board")
    shown = [item["id"] for column in board["columns"] for item in column["items"]]
    assert shown == [filed["east"]["id"]]
    assert sum(column["count"] for column in board["columns"]) == 1


def test_a_filter_is_kept_counted_changed_and_taken_away(person: People, filed: Cases) -> None:
    commander = person("commander")
    asked = {"state": "charged", "severity": "red"}
    kept = commander.do(FILTERS, {"name": " 红色在办 ", "asked": asked, "columns": ["number"]})
    (item,) = kept["items"]
    assert (item["name"], item["own"], item["shared"]) == ("红色在办", True, False)
    assert {name: item["asked"][name] for name in asked} == asked
    assert item["columns"] == ["number"]
    counts = {one["key"]: one["count"] for one in commander.read(f"{FILTERS}/counts")["items"]}
    assert counts[str(item["id"])] == 1
    assert (counts["mine"], counts["nobodys"], counts["check"], counts["extension"]) == (4, 3, 1, 1)
    assert "called" not in counts
    path = f"{FILTERS}/{item['id']}"
    changed = commander.do(f"{path}/change", {"name": "红色", "asked": {"severity": "red"}})
    assert changed["items"][0]["asked"]["state"] is None
    commander.do(f"{path}/remove")
    assert commander.read(FILTERS)["items"] == []
    assert commander.post(f"{path}/remove").status_code == 404


def test_filters_have_an_order_of_ones_own(person: People) -> None:
    commander = person("commander")
    for name in ("甲", "乙", "丙"):
        commander.do(FILTERS, {"name": name, "asked": {}})
    ids = [item["id"] for item in commander.read(FILTERS)["items"]]
    ordered = commander.do(f"{FILTERS}/order", {"ids": ids[::-1]})
    assert [item["name"] for item in ordered["items"]] == ["丙", "乙", "甲"]
    late = commander.post(f"{FILTERS}/order", {"ids": ids[:2]})
    assert (late.status_code, late.json()["code"]) == (409, "filters-moved-on")


def test_a_unit_shares_filters_and_only_the_owner_changes_them(
    person: People, engine: Engine, units: dict[str, int]
) -> None:
    handler, other, commander = person("handler"), person("handler.other"), person("commander")
    body = {"name": "本所", "asked": {"state": "charged"}, "shared": True}
    item = handler.do(FILTERS, body)["items"][0]
    assert other.read(FILTERS)["items"] == []
    assert commander.post(FILTERS, body).status_code == 422
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET unit_id = :unit WHERE login = 'handler.other'"),
            {"unit": units["环卫所"]},
        )
    (shared,) = other.read(FILTERS)["items"]
    assert (shared["id"], shared["own"], shared["owner_name"]) == (item["id"], False, "handler")
    keys = {one["key"] for one in other.read(f"{FILTERS}/counts")["items"]}
    assert str(item["id"]) in keys
    path = f"{FILTERS}/{item['id']}"
    assert other.post(f"{path}/change", body).status_code == 404
    assert other.post(f"{path}/remove").status_code == 404
    handler.do(f"{path}/change", {**body, "shared": False})
    assert other.read(FILTERS)["items"] == []


def test_there_is_an_end_to_filters_and_a_repeat_keeps_one(person: People) -> None:
    commander = person("commander")
    operation = uuid7()
    for _ in range(2):
        answer = commander.post(FILTERS, {"name": "一", "asked": {}}, operation=operation)
        assert answer.status_code == 201
    for _ in range(29):
        commander.do(FILTERS, {"name": "多", "asked": {}})
    full = commander.post(FILTERS, {"name": "满", "asked": {}})
    assert (full.status_code, full.json()["code"]) == (409, "filters-too-many")
    assert len(commander.read(FILTERS)["items"]) == 30


def test_the_desk_of_a_unit_has_each_case_once_and_in_its_place(
    person: People, filed: Cases, report: Report, units: dict[str, int], clock: Clock
) -> None:
    commander, handler, unit = person("commander"), person("handler"), units["环卫所"]

    def accepted(**said: Any) -> dict[str, Any]:
        case = act(commander, commander.do(CASES, report(**said)), "dispatch", unit_id=unit)
        return act(handler, case, "accept")

    filed["today"] = accepted()
    filed["waits"] = act(
        commander, accepted(), "suspend", until="2026-12-20T00:00:00Z", text="冬季"
    )
    reworked = act(handler, accepted(), "handle")
    filed["reworked"] = act(commander, reworked, "rework", text="没清干净")
    act(commander, filed["new"], "whistle", unit_ids=[unit], text="来看")
    names = {case["id"]: name for name, case in filed.items()}

    def desk(who: Person = handler, **asked: Any) -> dict[str, list[str]]:
        told = who.read("/api/v1/unit-desk", **asked)
        assert all(one["count"] == len(one["items"]) for one in told["sections"])
        return {
            one["name"]: [names[item["id"]] for item in one["items"]]
            for one in told["sections"]
            if one["items"]
        }

    assert desk() == {
        "called": ["new"],
        "incoming": ["dispatched"],
        "returned": ["reworked"],
        "today": ["today"],
        "extension": ["accepted"],
        "suspended": ["waits"],
    }
    clock.forward(days=-1)
    assert desk()["later"] == ["today"]
    clock.forward(days=1)
    actions = {
        item["id"]: item["actions"]
        for one in handler.read("/api/v1/unit-desk")["sections"]
        for item in one["items"]
    }
    assert {"accept", "return"} <= set(actions[filed["dispatched"]["id"]])
    assert "report-in" in actions[filed["new"]["id"]]
    # The centre looks at the desk of a unit; another unit has its own.
    assert desk(commander, unit_id=unit)["incoming"] == ["dispatched"]
    assert desk(person("handler.other")) == {}
    assert desk(person("commander.east"), unit_id=unit) == {}
    assert commander.read("/api/v1/unit-desk")["unit"] is None
    assert commander.get("/api/v1/unit-desk", unit_id=10**6).status_code == 422
