"""The duty officer's desk: a night from the report to the signed hand-over, through the API."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import small_town
from people import Clock, Person
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError
from uuid_utils.compat import uuid7

from data.database import open_engine
from data.duty_alerts import alert_on_call
from data.handovers import is_intact, read_handover
from data.server import DatabaseUrls

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
HANDOVERS = "/api/v1/handovers"


@pytest.fixture
def night(person: People, units: dict[str, int], clock: Clock) -> Person:
    """Ten past two: red goes to 市政所 by itself, whose rota has two."""
    clock.forward(hours=16, minutes=10)
    commander = person("commander")
    commander.do("/api/v1/routing/rules", red_rule(units))
    settings = {"dispatched": ["red"], "urgent": ["red"], "patience_minutes": 10}
    commander.do("/api/v1/duty/settings", settings)
    shift = {
        "unit_id": units["市政所"],
        "starts_at": (clock.at - timedelta(hours=6)).isoformat(),
        "ends_at": (clock.at + timedelta(hours=6)).isoformat(),
    }
    handler = str(small_town.account_id("handler.other"))
    commander.do("/api/v1/rota", {**shift, "account_id": handler})
    post = {"post": "值班室", "desk_number": "2680110", "turn": 2}
    commander.do("/api/v1/rota", {**shift, **post})
    return commander


def red_rule(units: dict[str, int]) -> dict[str, Any]:
    return {"name": "红色归市政", "severities": ["red"], "unit_id": units["市政所"]}


def call(case_id: str, clock: Clock, **said: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "case_id": case_id,
        "post": "市政所值班室",
        "desk_number": "2680110",
        "said": "已派人，四十分钟到",
        "promised_by": (clock.at + timedelta(minutes=40)).isoformat(),
        **said,
    }


def test_a_red_case_at_night_finds_its_unit_and_who_is_on_call(
    person: People, night: Person, report: Report, clock: Clock, engine: Engine
) -> None:
    case = person("officer").do("/api/v1/cases", report(severity="red", owner="自来水公司"))
    assert (case["state"], case["unit"]["name"]) == ("dispatched", "市政所")
    line = case["ledger"][1]
    assert (line["actor"], line["facts"]["rule"]) == (None, "红色归市政")
    duty = night.read(f"/api/v1/cases/{case['id']}/duty")
    assert duty["owner"] == "自来水公司"
    assert duty["suggestion"]["why"]["severity"] == "red"
    assert [one["account"]["display_name"] for one in duty["alerts"]] == ["handler.other"]
    clock.forward(minutes=11)
    alert_on_call(engine, clock.at)
    desk = night.read("/api/v1/duty/desk")
    (urgent,) = desk["urgent"]
    assert urgent["case"]["id"] == case["id"]
    assert [one["post"] for one in urgent["alerts"]] == [None, "值班室"]
    assert desk["counts"] == {"open": 1, "overdue": 0, "incoming": 1, "closed": 0}
    assert [one["case"]["id"] for one in desk["incoming"]] == [case["id"]]
    east = person("commander.east")
    assert east.read("/api/v1/duty/desk")["urgent"] == []
    assert east.get(f"/api/v1/cases/{case['id']}/duty").status_code == 404
    assert east.get("/api/v1/duty/desk", area_id=1).status_code == 404
    assert night.read("/api/v1/duty/desk", area_id=20)["urgent"] == []


def test_a_commander_who_dispatches_calls_up_who_is_on_call(
    person: People, night: Person, report: Report, units: dict[str, int]
) -> None:
    case = person("officer").do("/api/v1/cases", report(severity="blue"))
    assert case["state"] == "reported"
    settings = {"dispatched": [], "urgent": ["red", "blue"], "patience_minutes": 10}
    night.do("/api/v1/duty/settings", settings)
    step = {"action": "dispatch", "seq": 1, "unit_id": units["市政所"]}
    night.do(f"/api/v1/cases/{case['id']}/actions", step)
    duty = night.read(f"/api/v1/cases/{case['id']}/duty")
    assert [one["turn"] for one in duty["alerts"]] == [1]
    assert duty["suggestion"] is None


def test_what_was_promised_shows_until_it_is_kept(
    person: People, night: Person, report: Report, clock: Clock
) -> None:
    case = person("officer").do("/api/v1/cases", report(severity="red"))
    made = night.do("/api/v1/duty/calls", call(case["id"], clock))
    assert (made["number"], made["post"]) == (case["number"], "市政所值班室")
    other = night.do("/api/v1/duty/calls", call(case["id"], clock, outcome="reached"))
    busy = call(case["id"], clock, outcome="no-answer", promised_by=None)
    night.do("/api/v1/duty/calls", busy)
    promises = night.read("/api/v1/duty/desk")["promises"]
    assert [one["id"] for one in promises] == [made["id"], other["id"]]
    night.do(f"/api/v1/duty/calls/{made['id']}/settle", {})
    promises = night.read("/api/v1/duty/desk")["promises"]
    assert [one["id"] for one in promises] == [other["id"]]
    calls = night.read(f"/api/v1/cases/{case['id']}/duty")["calls"]
    assert len(calls) == 3
    step = {"action": "handle", "seq": 2, "text": "已加盖"}
    night.do(f"/api/v1/cases/{case['id']}/actions", step)
    assert night.read("/api/v1/duty/desk")["promises"] == []
    assert night.post(f"/api/v1/duty/calls/{uuid7()}/settle", {}).status_code == 404


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"post": " "}, "/post"),
        ({"desk_number": "老王"}, "/desk_number"),
        ({"unit_id": 999}, "/unit_id"),
        ({"outcome": "no-answer"}, "/"),
        ({"promised_by": "2026-11-01T00:00:00Z"}, "/promised_by"),
        ({"called_at": "2026-12-01T00:00:00Z"}, "/called_at"),
    ],
)
def test_what_must_be_mended_in_a_call_is_said(
    night: Person, report: Report, clock: Clock, said: dict[str, Any], pointer: str
) -> None:
    case = night.do("/api/v1/cases", report())
    answer = night.post("/api/v1/duty/calls", call(case["id"], clock, **said))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_call_is_of_a_case_one_may_see(
    person: People, night: Person, report: Report, clock: Clock
) -> None:
    case = night.do("/api/v1/cases", report())
    body = call(case["id"], clock)
    assert person("commander.east").post("/api/v1/duty/calls", body).status_code == 404
    assert person("officer").post("/api/v1/duty/calls", body).status_code == 403
    night.do("/api/v1/duty/calls", body)
    again = night.post("/api/v1/duty/calls", {**body, "said": "别的"})
    assert (again.status_code, again.json()["code"]) == (409, "call-exists")


def signed(person: Person, clock: Clock, **said: Any) -> dict[str, Any]:
    told: dict[str, Any] = person.do(
        HANDOVERS,
        {
            "id": str(uuid7()),
            "area_id": 1,
            "starts_at": (clock.at - timedelta(hours=8)).isoformat(),
            "notes": "东岳路井盖盯住",
            **said,
        },
    )
    return told


def test_a_shift_is_signed_and_acknowledged_and_kept_as_it_was(
    person: People, night: Person, report: Report, clock: Clock
) -> None:
    case = person("officer").do("/api/v1/cases", report(severity="red"))
    night.do("/api/v1/duty/calls", call(case["id"], clock))
    clock.forward(hours=5, minutes=50)
    made = signed(night, clock)
    assert (made["intact"], made["acknowledged_by"]) == (True, None)
    page = made["page"]
    assert [one["case"]["id"] for one in page["urgent"]] == [case["id"]]
    assert len(page["promises"]) == 1
    path = f"{HANDOVERS}/{made['id']}"
    own = night.post(f"{path}/acknowledge", {})
    assert (own.status_code, own.json()["code"]) == (409, "handover-same-person")
    assert person("commander.east").post(f"{path}/acknowledge", {}).status_code == 404
    assert person("commander.east").get(path).status_code == 404
    assert person("auditor").post(f"{path}/acknowledge", {}).status_code == 403
    day = person("commander.day")
    done = day.do(f"{path}/acknowledge", {"remarks": "已知"})
    assert (done["acknowledged_by"]["display_name"], done["remarks"]) == ("commander.day", "已知")
    again = day.post(f"{path}/acknowledge", {})
    assert (again.status_code, again.json()["code"]) == (409, "handover-done")
    step = {"action": "handle", "seq": 2, "text": "已加盖"}
    night.do(f"/api/v1/cases/{case['id']}/actions", step)
    assert person("auditor").read(path) == done, "it is as it was"
    listed = day.read(HANDOVERS)["items"]
    assert [(one["id"], "page" in one) for one in listed] == [(made["id"], False)]


def test_not_even_the_owner_of_the_tables_changes_what_was_signed(
    night: Person, clock: Clock, urls: DatabaseUrls, engine: Engine
) -> None:
    made = signed(night, clock)
    owner = open_engine(urls.owner)
    for statement in ("UPDATE handover SET notes = 'x'", "DELETE FROM handover"):
        with pytest.raises(DatabaseError, match="kept as it is"), owner.begin() as connection:
            connection.execute(text(statement))
    owner.dispose()
    with engine.connect() as connection:
        row = read_handover(connection, 1, made["id"])
    assert row is not None
    told = dict(row._mapping)
    assert is_intact(SimpleNamespace(**told))
    assert not is_intact(SimpleNamespace(**told | {"notes": "别的"}))


@pytest.fixture(autouse=True)
def day_commander(engine: Engine) -> None:
    """Who comes at eight."""
    values = {"id": small_town.account_id("commander.day"), "at": small_town.AT}
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash,"
                " created_at) VALUES (1, :id, 'commander.day', 'commander.day', 'none', :at)"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO assignment (district_id, account_id, role, area_id, validity)"
                " VALUES (1, :id, 'commander', 1, daterange('2026-01-01', NULL))"
            ),
            values,
        )


def test_hand_overs_are_listed_the_newest_first(
    person: People, night: Person, clock: Clock
) -> None:
    made = []
    for _ in range(3):
        made.append(signed(night, clock)["id"])
        clock.forward(hours=8)
    first = night.read(HANDOVERS, limit=2)
    assert [one["id"] for one in first["items"]] == made[:0:-1]
    rest = night.read(HANDOVERS, limit=2, cursor=first["next"])
    assert [one["id"] for one in rest["items"]] == made[:1]
    assert rest["next"] is None
    assert person("commander.east").read(HANDOVERS)["items"] == []
    assert night.get(HANDOVERS, cursor="x").status_code == 422


@pytest.mark.parametrize("hours", [-1, 73])
def test_a_shift_began_before_it_ends_and_not_days_ago(
    night: Person, clock: Clock, hours: float
) -> None:
    body = {
        "id": str(uuid7()),
        "area_id": 1,
        "starts_at": (clock.at - timedelta(hours=hours)).isoformat(),
    }
    answer = night.post(HANDOVERS, body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/starts_at")


@pytest.mark.parametrize(
    ("login", "desk", "acts"),
    [("auditor", 200, 403), ("officer", 403, 403), ("handler", 403, 403)],
)
def test_who_is_no_duty_officer_signs_nothing(
    person: People, clock: Clock, login: str, desk: int, acts: int
) -> None:
    somebody = person(login)
    assert somebody.get("/api/v1/duty/desk").status_code == desk
    assert somebody.get(HANDOVERS).status_code == desk
    body = {"id": str(uuid7()), "area_id": 1, "starts_at": clock.at.isoformat()}
    assert somebody.post(HANDOVERS, body).status_code == acts
