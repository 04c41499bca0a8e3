"""People as administrators find and name them, and who took which files."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from people import Person
from sqlalchemy import Engine, text

People = Callable[[str], Person]
NEW = {
    "login": "wang.li",
    "display_name": "王丽",
    "roles": [{"role": "officer", "grid_id": 5}],
}


def logins(person: Person, **asked: Any) -> list[str]:
    """Logins of a list of accounts."""
    items = person.read("/api/v1/accounts", **asked)["items"]
    return [item["login"] for item in items]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"role": "commander"}, ["commander", "commander.east"]),
        ({"role": "officer", "area_id": 20}, ["officer.east"]),
        ({"area_id": 20}, ["commander.east", "officer.east"]),
        ({"role": "auditor", "area_id": 20}, []),
        ({"q": "OFFICER"}, ["officer", "officer.east", "officer.two"]),
        ({"q": "%"}, []),
        ({"state": "off"}, []),
        ({"state": "none"}, []),
    ],
)
def test_accounts_are_found(person: People, asked: dict[str, Any], found: list[str]) -> None:
    assert logins(person("administrator"), **asked) == found


def test_accounts_are_found_by_unit_and_state(
    person: People, units: dict[str, int], engine: Engine
) -> None:
    administrator = person("administrator")
    assert logins(administrator, unit_id=units["环卫所"]) == ["handler"]
    two = small_town.account_id("officer.two")
    administrator.do(f"/api/v1/accounts/{two}/activity", {"active": False})
    post = administrator.read(f"/api/v1/accounts/{small_town.account_id('officer')}")["posts"][0]
    administrator.do(
        f"/api/v1/accounts/{small_town.account_id('officer')}/posts/{post['id']}/end", {}
    )
    assert logins(administrator, state="off") == ["officer.two"]
    happened = administrator.read(f"/api/v1/accounts/{two}/ways-in")["happened"]
    assert [one["action"] for one in happened] == ["switched-off"]
    assert logins(administrator, state="none") == ["officer"]
    active = logins(administrator, state="active")
    assert not {"officer", "officer.two"} & set(active)
    assert "handler" in active
    assert administrator.get("/api/v1/accounts", area_id=999).status_code == 404


def test_an_account_without_a_password_opens_by_a_code(person: People) -> None:
    administrator = person("administrator")
    made = administrator.do("/api/v1/accounts", NEW)
    assert made["must_change"] is True
    client = administrator.client
    for tried in ("", "None", "nobody's password"):
        answer = client.post("/api/v1/session", json={"login": "wang.li", "password": tried or "x"})
        assert answer.status_code == 401
    code = administrator.do(f"/api/v1/accounts/{made['id']}/reset")["code"]
    chosen = {"login": "wang.li", "code": code, "new_password": "我自己选的好口令"}
    assert client.post("/api/v1/session/password", json=chosen).status_code == 204
    given = {"login": "wang.li", "password": chosen["new_password"]}
    assert client.post("/api/v1/session", json=given).status_code == 200
    listed = administrator.read("/api/v1/accounts", q="wang.li")["items"][0]
    assert listed["must_change"] is False


def test_somebody_is_named_anew(person: People, units: dict[str, int]) -> None:
    administrator = person("administrator")
    handler = small_town.account_id("handler")
    path = f"/api/v1/accounts/{handler}/naming"
    body = {"display_name": " 李明 ", "unit_id": units["市政所"]}
    told = administrator.do(path, body)["account"]
    assert (told["display_name"], told["unit"]["name"]) == ("李明", "市政所")
    assert administrator.post(path, {**body, "unit_id": 999}).status_code == 422
    assert administrator.post(path, {**body, "display_name": " "}).status_code == 422
    assert person("commander").post(path, body).status_code == 403


def test_an_administrator_of_a_street_names_nobody_elsewhere(
    person: People, engine: Engine
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE assignment SET area_id = 20 WHERE role = 'administrator'"))
    path = f"/api/v1/accounts/{small_town.account_id('officer')}/naming"
    assert person("administrator").post(path, {"display_name": "甲"}).status_code == 404


def test_the_log_of_files_is_asked_by_day_and_person(
    person: People, clock: Any, report: Callable[..., dict[str, Any]]
) -> None:
    commander = person("commander")
    commander.do("/api/v1/cases", report())
    order = {"format": "csv", "cases": {}}
    commander.do("/api/v1/exports", {**order, "purpose": "周例会材料"})
    clock.forward(hours=15)
    # 01:00 of the next day in the district, still the same day in UTC.
    person("commander.east").do("/api/v1/exports", {**order, "purpose": "年终检查"})
    auditor = person("auditor")

    def purposes(**asked: Any) -> list[str]:
        items = auditor.read("/api/v1/exports", **asked)["items"]
        return [item["purpose"] for item in items]

    assert purposes() == ["年终检查", "周例会材料"]
    assert purposes(to="2026-11-20") == ["周例会材料"]
    assert purposes(**{"from": "2026-11-21"}) == ["年终检查"]
    assert purposes(q="east") == ["年终检查"]
    assert purposes(q="例会") == ["周例会材料"]
    assert purposes(q="_") == []
    assert auditor.get("/api/v1/exports", to="9999-12-31").status_code == 422
