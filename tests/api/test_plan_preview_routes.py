"""The preview of a plan over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from drafts import draft
from people import Person
from sqlalchemy import Engine
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
PREVIEW = "/api/v1/plans/2/preview"


@pytest.fixture
def drafted(engine: Engine) -> None:
    """Community 11 is to be divided into a north and a south, 201 and 202."""
    with engine.begin() as connection:
        draft(connection)


@pytest.mark.usefixtures("drafted")
def test_a_preview_says_what_moves_and_publishing_does_it(person: People, report: Report) -> None:
    planner = person("planner")
    case = person("officer").do("/api/v1/cases", report(lat=36.835))
    found = planner.read(PREVIEW)
    assert (found["on"], found["obstacle"], found["truncated"]) == ("2026-11-20", None, False)
    assert found["totals"] == {
        "grids_before": 2,
        "grids_after": 2,
        "ended": 2,
        "begun": 2,
        "changed": 0,
        "buildings": 2,
        "households": 600,
        "open_cases": 1,
        "officers": 2,
    }
    told = {(m["from"]["id"], m["to"]["id"]): m["open_cases"] for m in found["moves"]}
    assert told == {(1, 201): 1, (2, 201): 0, (1, 202): 0, (2, 202): 0}
    ended = found["grids"][0]
    assert (ended["change"], ended["after"], ended["successor"]["id"]) == ("ended", None, 201)
    officer = next(o for o in found["officers"] if o["officer"]["display_name"] == "officer")
    assert [grid["id"] for grid in officer["grids_after"]] == [201]
    assert (officer["before"]["households"], officer["after"]["households"]) == (300, 600)
    assert [grid["id"] for grid in found["without_officer"]] == [202]
    moving = planner.read(f"{PREVIEW}/cases")
    assert [(m["id"], m["from"]["id"], m["to"]["id"]) for m in moving["items"]] == [
        (case["id"], 1, 201)
    ]

    planner.do("/api/v1/plans/2/publish", {"effective_on": "2026-11-20"})
    assert person("commander").read(f"/api/v1/cases/{case['id']}")["grid"]["id"] == 201
    again = planner.get(PREVIEW)
    assert (again.status_code, again.json()["code"]) == (409, "plan-published")


@pytest.mark.usefixtures("drafted")
def test_lists_come_in_pages(person: People) -> None:
    planner = person("planner")
    first = planner.read(f"{PREVIEW}/buildings", limit=1)
    second = planner.read(f"{PREVIEW}/buildings", limit=1, cursor=first["next"])
    names = [page["items"][0]["name"] for page in (first, second)]
    assert (names, second["next"]) == (["1号楼", "2号楼"], None)
    assert planner.read(f"{PREVIEW}/buildings", from_grid=2)["items"][0]["name"] == "2号楼"
    assert planner.read(f"{PREVIEW}/buildings", to_grid=202)["items"] == []


@pytest.mark.usefixtures("drafted")
def test_the_difference_map_is_geojson(person: People) -> None:
    drawn = person("planner").read(f"{PREVIEW}/map")
    assert (drawn["type"], drawn["truncated"]) == ("FeatureCollection", False)
    assert len(drawn["features"]) == 4
    feature = drawn["features"][0]
    assert feature["geometry"]["type"] == "MultiPolygon"
    lon, lat = feature["geometry"]["coordinates"][0][0][0]
    assert 118 <= lon <= 118.02
    assert 36.82 <= lat <= 36.84
    assert feature["properties"]["area_m2"] == pytest.approx(0.99e6, rel=0.01)


@pytest.mark.usefixtures("drafted")
def test_an_obstacle_is_told_before_it_refuses(person: People) -> None:
    found = person("planner").read(PREVIEW, on="2026-11-19")
    assert found["obstacle"]["code"] == "day-passed"
    assert found["obstacle"]["day"] == "2026-11-20"


@pytest.mark.usefixtures("drafted")
@pytest.mark.parametrize(
    ("login", "status"), [("commander", 200), ("commander.east", 404), ("officer", 403)]
)
@pytest.mark.parametrize("part", ["", "/map", "/cases", "/buildings"])
def test_a_preview_is_for_those_who_read_plans(
    person: People, login: str, status: int, part: str
) -> None:
    assert person(login).get(PREVIEW + part).status_code == status


@pytest.mark.usefixtures("drafted")
def test_a_publication_says_who_looks_after_a_grid(person: People) -> None:
    planner = person("planner")
    officer = str(small_town.account_id("officer"))
    for grid_id, login, code in (
        (999, "officer", "plan-unknown-grid"),
        (202, "officer.east", "plan-unknown-officer"),
        (202, "planner", "plan-unknown-officer"),
    ):
        charge = {"grid_id": grid_id, "officer_ids": [str(small_town.account_id(login))]}
        body = {"effective_on": "2026-11-21", "charges": [charge]}
        refused = planner.post("/api/v1/plans/2/publish", body)
        assert (refused.status_code, refused.json()["code"]) == (409, code)
    body = {"effective_on": "2026-11-21", "charges": [{"grid_id": 202, "officer_ids": [officer]}]}
    operation = uuid7()
    first = planner.post("/api/v1/plans/2/publish", body, operation=operation)
    again = planner.post("/api/v1/plans/2/publish", body, operation=operation)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    tomorrow = planner.read("/api/v1/grids/202", on="2026-11-21")
    assert [officer["display_name"] for officer in tomorrow["officers"]] == ["officer"]


@pytest.mark.usefixtures("drafted")
def test_officers_of_a_street_are_listed_with_what_they_have(person: People) -> None:
    planner = person("planner")
    found = planner.read("/api/v1/officers", area_id=11)["items"]
    assert [(o["officer"]["display_name"], o["grids"], o["load"]["households"]) for o in found] == [
        ("officer", 1, 300),
        ("officer.two", 1, 300),
    ]
    everyone = planner.read("/api/v1/officers")["items"]
    assert "officer.east" in {o["officer"]["display_name"] for o in everyone}
    assert planner.get("/api/v1/officers", area_id=999).status_code == 404
    assert person("commander.east").get("/api/v1/officers", area_id=11).status_code == 404
    assert person("officer").get("/api/v1/officers").status_code == 403
