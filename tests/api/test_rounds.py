"""Planned rounds: due, done or not, the officer's reason first, and then a place is told of."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import small_town
from people import Clock, Person
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

from data.rounds import REASON_WAIT, look_at_rounds

People = Callable[[str], Person]
# 10:00 in the district when the town begins; rounds are from eight to six.
ENDS = datetime.fromisoformat("2026-11-20T10:00:00+00:00")


def plan(who: Person, **said: Any) -> dict[str, Any]:
    body = {"id": str(uuid7()), "grid_ids": [1], "every_days": 2, "starts_on": "2026-11-20"}
    made: dict[str, Any] = who.do("/api/v1/round-plans", body | said)
    return made


def states(who: Person) -> list[tuple[int, str, str]]:
    listed = who.read("/api/v1/duty/rounds")["items"]
    return [(one["grid_id"], one["day"], one["state"]) for one in listed]


def kinds(who: Person) -> list[str]:
    return [notice["kind"] for notice in who.read("/api/v1/notices")["items"]]


def test_a_visit_in_its_hours_does_a_round(person: People, engine: Engine, clock: Clock) -> None:
    officer, commander = person("officer"), person("commander")
    made = plan(commander)["items"]
    assert [(one["grid_id"], one["every_days"], one["from_time"]) for one in made] == [
        (1, 2, "08:00:00")
    ]
    assert states(officer) == [(1, "2026-11-20", "due")]
    shift = str(uuid7())
    officer.do("/api/v1/shifts", {"id": shift, "grid_ids": [1]})
    clock.forward(minutes=30)
    officer.do(f"/api/v1/shifts/{shift}/end", {})
    look_at_rounds(engine, clock())
    assert states(officer) == [(1, "2026-11-20", "done")]
    clock.at = ENDS + REASON_WAIT + timedelta(hours=1)
    assert look_at_rounds(engine, clock()) == 0
    assert kinds(commander) == kinds(officer) == []


def test_the_officer_is_asked_first_and_a_place_is_told_of_once(
    person: People, engine: Engine, clock: Clock
) -> None:
    officer, commander = person("officer"), person("commander")
    plan(commander, weekdays=[4], every_days=None)
    clock.at = ENDS
    assert [look_at_rounds(engine, clock()) for _ in range(2)] == [1, 0]
    assert (kinds(officer), kinds(commander)) == (["round-reason"], [])
    [missed] = officer.read("/api/v1/duty/rounds")["items"]
    assert missed["state"] == "missed"
    path = f"/api/v1/rounds/{missed['id']}/reason"
    assert person("officer.two").post(path, {"reason": "下雨"}).status_code == 404
    assert officer.do(path, {"reason": "下雨封路"})["reason"] == "下雨封路"
    assert [look_at_rounds(engine, clock()) for _ in range(2)] == [1, 0]
    [notice] = commander.read("/api/v1/notices")["items"]
    assert (notice["kind"], notice["facts"]["reason"]) == ("place-not-visited", "下雨封路")
    assert not {"officer", "account_id", "officer_id"} & notice["facts"].keys()
    listed = commander.read("/api/v1/rounds", missed=True, grid_id=1)["items"]
    assert [one["reason"] for one in listed] == ["下雨封路"]


def test_without_a_reason_others_are_told_half_a_day_later(
    person: People, engine: Engine, clock: Clock
) -> None:
    commander = person("commander")
    plan(commander)
    clock.at = ENDS + REASON_WAIT - timedelta(minutes=1)
    look_at_rounds(engine, clock())
    assert kinds(commander) == []
    clock.forward(minutes=1)
    assert [look_at_rounds(engine, clock()) for _ in range(2)] == [1, 0]
    assert kinds(commander) == ["place-not-visited"]


def test_plans_are_of_ones_own_area_and_end(person: People, engine: Engine, clock: Clock) -> None:
    east, commander = person("commander.east"), person("commander")
    body = {"id": str(uuid7()), "grid_ids": [1, 5], "every_days": 1, "starts_on": "2026-11-20"}
    assert east.post("/api/v1/round-plans", body).status_code == 404
    assert len(commander.do("/api/v1/round-plans", body)["items"]) == 2
    [listed] = east.read("/api/v1/round-plans")["items"]
    assert listed["grid_id"] == 5
    assert person("officer").post("/api/v1/round-plans", body).status_code == 403
    east.do(f"/api/v1/round-plans/{listed['id']}/end")
    assert east.read("/api/v1/round-plans")["items"] == []
    clock.at = small_town.AT + timedelta(days=1)
    look_at_rounds(engine, clock())
    days = {one["grid_id"] for one in commander.read("/api/v1/rounds")["items"]
            if one["day"] == "2026-11-21"}  # fmt: skip
    assert days == {1}
    wrong = commander.post("/api/v1/round-plans", body | {"weekdays": [1], "id": str(uuid7())})
    assert wrong.status_code == 422
