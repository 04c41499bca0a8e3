"""Posts: roles given and ended from a day without rewriting what was; a post handed over."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import small_town
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
OFFICER, TWO = small_town.account_id("officer"), small_town.account_id("officer.two")
PATH = f"/api/v1/accounts/{OFFICER}"
# The town's day is 2026-11-20.


def told(person: Person, account_id: UUID = OFFICER) -> list[tuple[str, Any, str, str | None]]:
    """Posts of an account, oldest first: role, place, first and last day."""
    posts = person.read(f"/api/v1/accounts/{account_id}")["posts"]
    return sorted(
        (
            post["role"],
            (post["grid"] or post["area"])["id"],
            post["since"],
            post["last_day"],
        )
        for post in posts
    )


def sees(person: Person, grid: int) -> bool:
    """Whether somebody's map has the status of a grid now."""
    return grid in person.read("/api/v1/grid-status")["grid_id"]


def test_a_role_is_given_for_some_days(person: People, clock: Clock) -> None:
    administrator = person("administrator")
    body = {"role": "officer", "grid_id": 3, "since": "2026-11-22", "last_day": "2026-11-24"}
    administrator.do(f"{PATH}/posts", body)
    assert told(administrator) == [
        ("officer", 1, "2026-01-01", None),
        ("officer", 3, "2026-11-22", "2026-11-24"),
    ]
    officer = person("officer")
    assert not sees(officer, 3)
    clock.forward(days=2)
    assert sees(officer, 3)
    clock.forward(days=3)
    assert not sees(officer, 3)


def test_a_role_ends_with_a_day_and_what_was_stays(person: People, clock: Clock) -> None:
    administrator = person("administrator")
    post = administrator.read(PATH)["posts"][0]["id"]
    administrator.do(f"{PATH}/posts/{post}/end", {"last_day": "2026-11-21"})
    assert told(administrator) == [("officer", 1, "2026-01-01", "2026-11-21")]
    assert person("officer").get("/api/v1/grid-status").status_code == 200
    clock.forward(days=2)
    assert person("officer").get("/api/v1/grid-status").status_code == 403
    again = administrator.post(f"{PATH}/posts/{post}/end", {})
    assert (again.status_code, again.json()["code"]) == (409, "post-over")


def test_a_role_that_has_not_begun_is_taken_back(person: People) -> None:
    administrator = person("administrator")
    made = administrator.do(
        f"{PATH}/posts", {"role": "officer", "grid_id": 3, "since": "2026-12-01"}
    )
    administrator.do(f"{PATH}/posts/{made['posts'][0]['id']}/end", {})
    assert told(administrator) == [("officer", 1, "2026-01-01", None)]


def test_another_role_takes_its_place_from_a_day(person: People) -> None:
    administrator = person("administrator")
    post = administrator.read(PATH)["posts"][0]["id"]
    change = {"role": "officer", "grid_id": 4, "since": "2026-12-01"}
    administrator.do(f"{PATH}/posts/{post}/change", change)
    assert told(administrator) == [
        ("officer", 1, "2026-01-01", "2026-11-30"),
        ("officer", 4, "2026-12-01", None),
    ]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"since": "2026-11-19"}, "post-past"),
        ({"last_day": "2026-11-19"}, "post-order"),
        ({"grid_id": 1}, "post-held"),
    ],
)
def test_a_role_that_cannot_be_given(person: People, said: dict[str, Any], code: str) -> None:
    administrator = person("administrator")
    answer = administrator.post(f"{PATH}/posts", {"role": "officer", "grid_id": 3, **said})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert told(administrator) == [("officer", 1, "2026-01-01", None)]


def test_a_stand_in_takes_a_post_and_it_comes_back_by_itself(
    person: People, clock: Clock, report: Callable[..., dict[str, Any]]
) -> None:
    administrator, officer, two = person("administrator"), person("officer"), person("officer.two")
    case = person("commander").do("/api/v1/cases", report())
    asked = {"stand_in_id": str(TWO), "since": "2026-11-21", "last_day": "2026-11-23"}
    preview = administrator.read(f"{PATH}/handover", **asked)
    assert (len(preview["posts"]), preview["open_cases"]) == (1, 1)
    assert told(administrator) == [("officer", 1, "2026-01-01", None)], "a preview moves nothing"
    operation = uuid7()
    sent = {**asked, "reason": "产假"}
    first = administrator.post(f"{PATH}/handover", sent, operation=operation)
    assert (first.status_code, first.json()) == (201, preview)
    assert administrator.post(f"{PATH}/handover", sent, operation=operation).json() == preview
    assert told(administrator) == [
        ("officer", 1, "2026-01-01", "2026-11-20"),
        ("officer", 1, "2026-11-24", None),
    ]
    assert told(administrator, TWO) == [
        ("officer", 1, "2026-11-21", "2026-11-23"),
        ("officer", 2, "2026-01-01", None),
    ]
    path = f"/api/v1/cases/{case['id']}"
    seen = []
    for days in (0, 1, 4):
        clock.at = small_town.AT
        clock.forward(days=days)
        seen.append((officer.get(path).status_code, two.get(path).status_code))
    assert seen == [(200, 404), (403, 200), (200, 404)]
    made = administrator.read(PATH)["handovers"]
    assert [(one["reason"], one["last_day"], one["posts"]) for one in made] == [
        ("产假", "2026-11-23", 1)
    ]


def test_a_post_left_for_good(person: People) -> None:
    administrator = person("administrator")
    asked = {"stand_in_id": str(TWO), "since": "2026-11-20"}
    administrator.do(f"{PATH}/handover", asked)
    assert told(administrator) == [("officer", 1, "2026-01-01", "2026-11-19")]
    assert told(administrator, TWO) == [
        ("officer", 1, "2026-11-20", None),
        ("officer", 2, "2026-01-01", None),
    ]
    again = administrator.post(f"{PATH}/handover", asked)
    assert (again.status_code, again.json()["code"]) == (409, "post-nothing")


def test_nobody_handles_without_a_unit(person: People, units: dict[str, int]) -> None:
    administrator = person("administrator")
    role = {"role": "handler", "area_id": 1}
    given = administrator.post(f"{PATH}/posts", role)
    assert (given.status_code, given.json()["code"]) == (409, "post-no-unit")
    new = {"login": "li.ming", "display_name": "李明", "roles": [role]}
    made = administrator.post("/api/v1/accounts", new)
    assert (made.status_code, made.json()["errors"][0]["pointer"]) == (422, "/unit_id")
    administrator.do("/api/v1/accounts", {**new, "unit_id": units["环卫所"]})
    handler = f"/api/v1/accounts/{small_town.account_id('handler')}/naming"
    left = administrator.post(handler, {"display_name": "甲", "unit_id": None})
    assert (left.status_code, left.json()["errors"][0]["pointer"]) == (422, "/unit_id")


def test_a_handlers_post_stays_in_its_unit(person: People) -> None:
    handler, other = small_town.account_id("handler"), small_town.account_id("handler.other")
    answer = person("administrator").get(
        f"/api/v1/accounts/{handler}/handover", stand_in_id=str(other), since="2026-11-20"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "post-unit")


def test_shifts_on_call_go_with_a_post_for_its_days(
    person: People, units: dict[str, int], engine: Engine
) -> None:
    handler = small_town.account_id("handler")
    stand_in = small_town.account_id("handler.other")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET unit_id = :unit WHERE id = :id"),
            {"unit": units["环卫所"], "id": stand_in},
        )
    commander, administrator = person("commander"), person("administrator")
    for day in (20, 21, 22):
        shift = {
            "unit_id": units["环卫所"],
            "starts_at": f"2026-11-{day}T20:00:00+08:00",
            "ends_at": f"2026-11-{day + 1}T08:00:00+08:00",
            "account_id": str(handler),
        }
        commander.do("/api/v1/rota", shift)
    path = f"/api/v1/accounts/{handler}/handover"
    asked = {"stand_in_id": str(stand_in), "since": "2026-11-21", "last_day": "2026-11-21"}
    assert administrator.read(path, **asked)["rota_entries"] == 1
    assert administrator.do(path, asked)["rota_entries"] == 1
    week = commander.read("/api/v1/rota", **{"from": "2026-11-20", "to": "2026-11-23"})
    on_call = [one["account"]["id"] for one in week["items"]]
    assert on_call == [str(handler), str(stand_in), str(handler)]


def test_an_account_is_switched_off_but_not_ones_own(person: People) -> None:
    administrator, officer = person("administrator"), person("officer")
    assert not administrator.do(f"{PATH}/activity", {"active": False})["account"]["active"]
    assert officer.get("/api/v1/session").status_code == 401
    mine = f"/api/v1/accounts/{small_town.account_id('administrator')}/activity"
    answer = administrator.post(mine, {"active": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "own-account")


def test_an_administrator_of_a_street_manages_nobody_elsewhere(
    person: People, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE assignment SET area_id = 20 WHERE role = 'administrator'"))
    administrator = person("administrator")
    assert administrator.get(PATH).status_code == 404
    east = f"/api/v1/accounts/{small_town.account_id('officer.east')}"
    west = {"role": "officer", "grid_id": 1}
    assert administrator.post(f"{east}/posts", west).status_code == 404
    asked = {"stand_in_id": str(OFFICER), "since": "2026-11-20"}
    assert administrator.post(f"{east}/handover", asked).status_code == 404


def test_people_are_found_by_part_of_their_name(person: People) -> None:
    found = person("administrator").read("/api/v1/accounts", q="officer.")["items"]
    assert [one["login"] for one in found] == ["officer.east", "officer.two"]
    assert person("administrator").read("/api/v1/accounts", q="%")["items"] == []
