"""What was somebody's own until lately: told what changed, where others are told nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from people import Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
HANDLED = {"action": "handle", "seq": 1, "text": "已清运"}


@pytest.fixture
def case(person: People, report: Report, engine: Engine) -> dict[str, Any]:
    """What the commander found in grid 1, some days ago."""
    found: dict[str, Any] = person("commander").do("/api/v1/cases", report())
    sql(engine, "UPDATE hazard_case SET received_at = '2026-11-15T01:00:00Z'")
    return found


def act(who: Person, case: dict[str, Any]) -> tuple[int, str, dict[str, Any]]:
    """Put it right, as a phone hands it in; what the server says of it."""
    step = {"id": str(uuid7()), "path": f"/api/v1/cases/{case['id']}/actions", "body": HANDLED}
    told = who.do("/api/v1/sync", {"operations": [step]})["results"][0]
    return told["status"], told["problem"]["code"], told["problem"].get("params", {})


def sql(engine: Engine, statement: str, **values: Any) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def until(engine: Engine, login: str, day: str) -> None:
    """End the roles of an account on a day."""
    sql(
        engine,
        "UPDATE assignment SET validity = daterange('2026-01-01', CAST(:day AS date))"
        " WHERE account_id = :id",
        day=day,
        id=small_town.account_id(login),
    )


def test_whose_charge_has_ended_is_told_since_when(
    person: People, case: dict[str, Any], engine: Engine
) -> None:
    until(engine, "officer", "2026-11-20")
    status, code, params = act(person("officer"), case)
    assert (status, code) == (409, "case-not-yours-now")
    assert params == {
        "why": "charge",
        "since": "2026-11-20",
        "number": case["number"],
        "grid": case["grid"]["code"],
        "area": case["area"]["name"],
    }


def test_a_case_reported_after_his_charge_is_unknown(
    person: People, case: dict[str, Any], engine: Engine
) -> None:
    until(engine, "officer", "2026-11-15")
    assert act(person("officer"), case)[:2] == (404, "not-found")


def test_what_was_long_ago_is_unknown_again(
    person: People, case: dict[str, Any], engine: Engine
) -> None:
    sql(engine, "UPDATE hazard_case SET received_at = '2026-09-15T01:00:00Z'")
    until(engine, "officer", "2026-10-01")
    assert act(person("officer"), case)[:2] == (404, "not-found")


def test_a_case_that_lies_in_another_grid_now(
    person: People, case: dict[str, Any], engine: Engine
) -> None:
    sql(engine, "UPDATE hazard_case SET grid_id = 2")
    status, code, params = act(person("officer"), case)
    assert (status, code, params["why"], params["since"]) == (
        *(409, "case-not-yours-now"),
        *("place", None),
    )
    assert params["grid"] != case["grid"]["code"]


def test_a_case_that_another_unit_has_now(
    person: People, case: dict[str, Any], units: dict[str, int], engine: Engine
) -> None:
    path, commander = f"/api/v1/cases/{case['id']}/actions", person("commander")
    commander.do(path, {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]})
    until(engine, "handler", "2026-11-20")
    sql(engine, "UPDATE hazard_case SET unit_id = :unit", unit=units["市政所"])
    with engine.begin() as connection:
        connection.execute(
            text("DELETE FROM assignment WHERE account_id = :id"),
            {"id": small_town.account_id("handler")},
        )
    assert act(person("handler"), case)[1:2] == ("case-not-yours-now",)


def test_who_never_had_it_is_told_nothing(person: People, case: dict[str, Any]) -> None:
    assert act(person("officer.two"), case)[:2] == (404, "not-found")
    assert act(person("officer.east"), case)[:2] == (404, "not-found")
    unknown = {"id": str(uuid7())}
    assert act(person("officer"), unknown)[:2] == (404, "not-found")


def test_duty_on_a_grid_that_was_his_until_lately(person: People, engine: Engine) -> None:
    sql(
        engine,
        "INSERT INTO assignment (district_id, account_id, role, area_id, grid_id, validity)"
        " VALUES (1, :id, 'officer', NULL, 2, daterange('2026-01-01', '2026-11-19'))",
        id=small_town.account_id("officer"),
    )
    officer = person("officer")

    def begin(grid: int, started_at: str) -> Any:
        body = {"id": str(uuid7()), "grid_ids": [grid], "started_at": started_at}
        return officer.post("/api/v1/shifts", body | {"tracked": False})

    assert begin(2, "2026-11-18T01:00:00Z").status_code == 201
    refused = begin(2, "2026-11-20T01:00:00Z")
    assert (refused.status_code, refused.json()["code"]) == (409, "grids-not-yours-now")
    assert refused.json()["params"]["since"] == "2026-11-19"
    assert len(refused.json()["params"]["grids"]) == 1
    assert begin(5, "2026-11-20T01:00:00Z").status_code == 404
