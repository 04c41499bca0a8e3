"""A district names its kinds of hazard, its units and its areas itself."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Person
from sqlalchemy import Engine

from data.layers import layer_versions

People = Callable[[str], Person]
KINDS = "/api/v1/categories"
KIND = {
    "standard": "本地",
    "kind": "matter",
    "code": "90001",
    "name": "河道漂浮物",
    "name_en": "Floating rubbish in a river",
    "severity": "blue",
    "limit": {"clock": "working-days", "amount": 2},
}


@pytest.fixture
def administrator(person: People) -> Person:
    """Who may name things."""
    return person("administrator")


def kinds(who: Person, *, retired: bool = False) -> dict[str, dict[str, Any]]:
    """Kinds by their codes."""
    told = who.read(KINDS, retired=retired)["items"]
    return {one["code"]: one for one in told}


def test_a_kind_of_ones_own_can_be_reported_at_once(
    administrator: Person, person: People, report: Callable[..., dict[str, Any]]
) -> None:
    made = administrator.do(KINDS, KIND)
    told = kinds(person("officer"))["90001"]
    assert (told["id"], told["name"], told["limit"]) == (made["id"], KIND["name"], KIND["limit"])
    filed = person("officer").do("/api/v1/cases", report(category_id=made["id"]))
    assert filed["category"]["name"] == KIND["name"]
    again = administrator.post(KINDS, KIND)
    assert (again.status_code, again.json()["code"]) == (409, "category-there")


def test_a_kind_that_is_no_longer_offered_stays_for_its_cases(
    administrator: Person, person: People, report: Callable[..., dict[str, Any]]
) -> None:
    officer = person("officer")
    kind = kinds(officer)["06010"]
    case = officer.do("/api/v1/cases", report(category_id=kind["id"]))
    words = {"name": "垃圾", "name_en": "Rubbish", "severity": "red", "active": False}
    administrator.do(f"{KINDS}/{kind['id']}", words)
    assert "06010" not in kinds(officer)
    assert kinds(officer, retired=True)["06010"]["active"] is False
    told = officer.read(f"/api/v1/cases/{case['id']}")
    assert (told["category"]["name"], told["severity"]) == ("垃圾", case["severity"])
    assert officer.post("/api/v1/cases", report(category_id=kind["id"])).status_code in {409, 422}


def test_units_have_names_of_their_own(administrator: Person) -> None:
    made = administrator.do("/api/v1/units", {"name": "水务站", "name_en": None, "area_id": 1})
    path = f"/api/v1/units/{made['id']}"
    administrator.do(path, {"name": "水务所", "name_en": "Water office"})
    names = [one["name"] for one in administrator.read("/api/v1/units")["items"]]
    assert ("水务所" in names, "水务站" in names) == (True, False)
    taken = next(name for name in names if name != "水务所")
    for refused in (
        administrator.post(path, {"name": taken}),
        administrator.post("/api/v1/units", {"name": taken, "area_id": 1}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "unit-there")
    nowhere = administrator.post("/api/v1/units", {"name": "新所", "area_id": 999})
    assert nowhere.status_code == 404


def test_an_area_is_called_something_else_on_maps_as_well(
    administrator: Person, engine: Engine
) -> None:
    area = administrator.read("/api/v1/areas", level="community")["items"][0]
    with engine.connect() as connection:
        before = layer_versions(connection, 1)
    administrator.do(f"/api/v1/areas/{area['id']}", {"name": "新苑社区", "name_en": "Xinyuan"})
    told = administrator.read(f"/api/v1/areas/{area['id']}")
    assert (told["name"], told["name_en"], told["code"]) == ("新苑社区", "Xinyuan", area["code"])
    with engine.connect() as connection:
        assert layer_versions(connection, 1) == before | {"areas": before["areas"] + 1}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{KINDS}/999", {"name": "a", "name_en": "a", "severity": "red"}),
        ("/api/v1/units/999", {"name": "a"}),
        ("/api/v1/areas/999", {"name": "a"}),
    ],
)
def test_what_is_not_there_cannot_be_named(
    administrator: Person, path: str, body: dict[str, Any]
) -> None:
    assert administrator.post(path, body).status_code == 404


def test_nobody_else_names_them(person: People) -> None:
    for login in ("commander", "officer", "auditor"):
        assert person(login).post(KINDS, KIND).status_code == 403
