"""From a draft to grids in force, and a point in words, over HTTP and with the real worker."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import small_town
from fastapi import FastAPI
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.context import Context
from api.worker import work

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
NEW = {"area_id": 11, "name": "幸福社区调整", "households": 200, "reason": "新建小区入住"}
TOMORROW = "2026-11-21"


@pytest.fixture
def worker(application: tuple[FastAPI, Clock], clock: Clock) -> Callable[[], None]:
    """Let the worker do what is queued."""
    parts: Context = application[0].state.context

    def run() -> None:
        asyncio.run(work(parts.settings, clock, until_idle=True, own_signals=False))

    return run


def test_a_draft_is_generated_published_and_moves_cases(
    person: People, worker: Callable[[], None], report: Report
) -> None:
    planner, commander = person("planner"), person("commander")
    case = person("officer").do("/api/v1/cases", report())
    waiting = planner.post("/api/v1/plans", NEW)
    assert waiting.status_code == 202
    plan = waiting.json()
    assert (plan["status"], plan["generation"]["state"], plan["grids"]) == ("draft", "waiting", 0)
    assert plan["area"] == {"id": 11, "code": "370399001001", "name": "幸福社区"}
    worker()
    ready = planner.read(f"/api/v1/plans/{plan['id']}")
    assert ready["generation"]["state"] == "done"
    assert ready["grids"] == ready["quality"]["grids"] >= 1
    draft = planner.read("/api/v1/grids", plan_id=plan["id"])["items"]
    assert len(draft) == ready["grids"]
    assert draft[0]["validity"] is None
    assert planner.get("/tiles/grids/13/6781/3193.mvt", plan=plan["id"]).status_code == 200

    approve(planner, plan["id"])
    published = planner.do(
        f"/api/v1/plans/{plan['id']}/publish", {"effective_on": small_town.AT.date().isoformat()}
    )
    assert (published["status"], published["reason"]) == ("published", "新建小区入住")
    in_force = {grid["id"] for grid in commander.read("/api/v1/grids", area_id=11)["items"]}
    assert in_force == {grid["id"] for grid in draft}
    assert commander.read(f"/api/v1/cases/{case['id']}")["grid"]["id"] in in_force
    assert [p["id"] for p in planner.read("/api/v1/plans")["items"]] == [plan["id"], 1]


def approve(planner: Person, plan_id: int) -> None:
    checked = planner.do(f"/api/v1/plans/{plan_id}/check")
    assert (checked["status"], checked["last_check"]["passed"]) == ("checked", True), checked
    assert planner.do(f"/api/v1/plans/{plan_id}/approve", {})["status"] == "approved"


def test_the_same_command_again_draws_up_one_draft(person: People, engine: Engine) -> None:
    planner, operation = person("planner"), uuid7()
    first = planner.post("/api/v1/plans", NEW, operation=operation)
    again = planner.post("/api/v1/plans", NEW, operation=operation)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["operation-replayed"] == "true"
    with engine.connect() as connection:
        queued = connection.execute(text("SELECT count(*) FROM procrastinate_jobs"))
        assert queued.scalar_one() == 1


@pytest.mark.parametrize(
    ("login", "status", "code"),
    [
        ("commander", 403, "forbidden"),
        ("officer", 403, "forbidden"),
        ("commander.east", 403, "forbidden"),
    ],
)
def test_who_may_not_plan_an_area_does_not(
    person: People, login: str, status: int, code: str
) -> None:
    answer = person(login).post("/api/v1/plans", NEW)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_plans_of_another_street_do_not_show(person: People) -> None:
    plan = person("planner").post("/api/v1/plans", NEW).json()
    stranger = person("commander.east")
    assert stranger.get(f"/api/v1/plans/{plan['id']}").status_code == 404
    assert stranger.read("/api/v1/plans")["items"] == []
    assert person("officer").get("/api/v1/plans").json()["code"] == "forbidden"


def test_what_cannot_be_published_is_refused_with_its_reason(person: People) -> None:
    planner = person("planner")
    plan = planner.post("/api/v1/plans", NEW).json()
    day = {"effective_on": TOMORROW}
    early = planner.post(f"/api/v1/plans/{plan['id']}/publish", day)
    assert (early.status_code, early.json()["code"]) == (409, "plan-not-generated")
    twice = planner.post("/api/v1/plans/1/publish", day)
    assert (twice.status_code, twice.json()["code"]) == (409, "plan-published")
    assert planner.post("/api/v1/plans/99/publish", day).status_code == 404


def test_a_draft_can_be_discarded_and_a_published_plan_cannot(person: People) -> None:
    planner = person("planner")
    plan = planner.post("/api/v1/plans", NEW).json()
    headers = {**planner.cookies, "X-Sanbai": "1"}

    def discard(plan_id: int) -> Any:
        return planner.client.delete(
            f"/api/v1/plans/{plan_id}", headers={**headers, "Operation-Id": str(uuid7())}
        )

    assert discard(plan["id"]).json() == {"id": plan["id"]}
    assert discard(plan["id"]).status_code == 404
    assert discard(1).json()["code"] == "plan-published"


@pytest.mark.parametrize(
    "body",
    [{}, {**NEW, "households": 0}, {**NEW, "name": "  "}, {**NEW, "name": "x" * 201}],
)
def test_a_draft_needs_an_area_a_name_and_sensible_households(
    person: People, body: dict[str, Any]
) -> None:
    answer = person("planner").post("/api/v1/plans", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_point_is_put_into_words_with_what_is_open_nearby(person: People, report: Report) -> None:
    officer = person("officer")
    case = officer.do("/api/v1/cases", report())
    here = officer.read("/api/v1/locate", lon=118.0052, lat=36.83)
    assert here["grid"] == {"id": 1, "code": "370399001001001", "name": "第一网格"}
    assert here["area"]["id"] == 11
    assert here["address"] == "幸福路2号"
    assert [near["id"] for near in here["nearby"]] == [case["id"]]
    far = officer.read("/api/v1/locate", lon=118.006, lat=36.8303)
    assert far["nearby"] == []


def test_outside_all_grids_a_point_is_in_none(person: People) -> None:
    there = person("officer").read("/api/v1/locate", lon=119, lat=37)
    assert there == {
        "lon": 119,
        "lat": 37,
        "grid": None,
        "temporary_grids": [],
        "area": None,
        "address": None,
        "nearby": [],
    }


def test_a_shifted_point_is_put_right_once(person: People) -> None:
    officer = person("officer")
    shifted = officer.read("/api/v1/locate", lon=118.0108, lat=36.8305, datum="gcj02")
    assert shifted["lon"] == pytest.approx(118.0050, abs=0.0015)
    assert shifted["grid"]["id"] == 1
    answer = officer.get("/api/v1/locate", lon=118, lat=36, datum="mars")
    assert answer.json()["code"] == "invalid"
    assert officer.get("/api/v1/locate", lon="nan", lat=36).json()["code"] == "invalid"
