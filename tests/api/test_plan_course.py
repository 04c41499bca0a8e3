"""The course of a plan over HTTP: who may take which step, and what is told of it."""

from collections.abc import Callable

import pytest
import small_town
from drafts import draft
from people import Person
from sqlalchemy import Engine, text

People = Callable[[str], Person]
PLAN = "/api/v1/plans/2"


@pytest.fixture
def drafted(engine: Engine) -> None:
    """A draft for community 11 that leaves its grids as they are."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO plan (district_id, id, area_id, name, created_by, created_at) "
                "VALUES (1, 2, 11, '调整', :by, :at)"
            ),
            {"by": small_town.account_id("planner"), "at": small_town.AT},
        )
        connection.execute(
            text(
                "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
                "households, buildings, area_m2, geom, label) SELECT 1, grid_id, 2, area_path, "
                "code, name, households, 1, 1, geom, label FROM grid_version WHERE grid_id < 3"
            )
        )


@pytest.mark.usefixtures("drafted")
def test_from_draft_to_force_by_its_steps(person: People) -> None:
    planner, commander = person("planner"), person("commander")
    draft = planner.read(PLAN)
    assert (draft["actions"], draft["steps"]) == (["edit", "check", "unsign"], [])
    assert draft["last_check"] is None
    early = planner.post(f"{PLAN}/publish", {"effective_on": "2026-11-21"})
    assert (early.status_code, early.json()["code"]) == (409, "plan-not-approved")
    assert early.json()["params"]["status"] == "draft"
    checked = planner.do(f"{PLAN}/check")
    assert checked["last_check"] | {"at": ""} == {
        "at": "",
        "passed": True,
        "current": True,
        "counts": {},
    }
    assert checked["actions"] == ["edit", "sign", "unsign", "approve", "send-back"]
    assert commander.read(PLAN)["actions"] == ["sign", "unsign", "approve", "send-back"]
    back = commander.do(f"{PLAN}/send-back", {"reason": "名称有误"})
    assert (back["status"], back["steps"][-1]["reason"]) == ("draft", "名称有误")
    assert back["steps"][-1]["by"]["display_name"] == "commander"
    planner.do(f"{PLAN}/check")
    commander.do(f"{PLAN}/approve", {})
    done = planner.do(f"{PLAN}/publish", {"effective_on": "2026-11-21", "reason": "新建小区"})
    assert (done["status"], done["actions"]) == ("published", [])
    assert [step["action"] for step in done["steps"]] == [
        *("check", "send-back", "check", "approve", "publish")
    ]
    listed = planner.read("/api/v1/plans", status="published")["items"]
    assert [plan["last_check"] is not None for plan in listed] == [True, False]
    assert "problems" not in listed[0]


@pytest.mark.usefixtures("drafted")
def test_what_a_check_finds_is_told(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET geom = :geom WHERE plan_id = 2 AND grid_id = 2"),
            {"geom": small_town.ewkt((118.0101, 36.82, 118.02, 36.84))},
        )
    found = person("planner").do(f"{PLAN}/check")
    assert (found["status"], found["last_check"]["passed"]) == ("draft", False)
    assert found["problems"][0]["code"] == "gap"
    assert found["problems"][0]["area"] == "370399001001"


@pytest.mark.usefixtures("drafted")
@pytest.mark.parametrize(
    ("login", "step", "status"),
    [
        ("commander", "check", 403),
        ("auditor", "approve", 403),
        ("commander.east", "approve", 404),
        ("commander", "publish", 403),
        ("officer", "send-back", 403),
    ],
)
def test_who_may_not_take_a_step_does_not(
    person: People, login: str, step: str, status: int
) -> None:
    body = {"reason": "看看", "effective_on": "2026-11-21"}
    assert person(login).post(f"{PLAN}/{step}", body).status_code == status


@pytest.mark.usefixtures("drafted")
def test_sending_back_needs_a_reason_and_a_state(person: People) -> None:
    commander = person("commander")
    assert commander.post(f"{PLAN}/send-back", {"reason": " "}).status_code == 422
    refused = commander.post(f"{PLAN}/send-back", {"reason": "看看"})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-state")


def test_a_published_plan_is_taken_back_by_a_draft(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        draft(connection)
    planner = person("planner")
    early = planner.post(f"{PLAN}/reverse", {})
    assert (early.status_code, early.json()["code"]) == (409, "plan-not-published")
    planner.do(f"{PLAN}/publish", {"effective_on": "2026-11-20"})
    assert person("commander").post(f"{PLAN}/reverse", {}).status_code == 403
    back = planner.do(f"{PLAN}/reverse", {"reason": "群众意见"})
    assert (back["status"], back["reverses"], back["grids"]) == ("draft", 2, 2)
    assert (back["name"], back["reason"]) == ("恢复：调整", "群众意见")
