"""Routing rules: kept in an order, tried, asked when a case is filed."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from people import Person
from sqlalchemy import Engine

from data.routing import Filed, read_route, route_new_cases

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
PATH = "/api/v1/routing/rules"
TRIAL = "/api/v1/routing/trial"


@pytest.fixture
def rules(person: People, units: dict[str, int]) -> list[dict[str, Any]]:
    """Rubbish in the western street, red matters anywhere, then nobody's."""
    commander = person("commander")
    bodies: list[dict[str, Any]] = [
        {"name": "西街市容", "codes": ["06*"], "area_id": 10, "unit_id": units["环卫所"]},
        {"name": "红色", "severities": ["red"], "unit_id": units["市政所"]},
        {"name": "其余", "queue": "无头事项"},
    ]
    return [commander.do(PATH, body) for body in bodies]


def names(person: Person) -> list[str]:
    return [rule["name"] for rule in person.read(PATH)["items"]]


def test_rules_are_kept_in_their_order(person: People, rules: list[dict[str, Any]]) -> None:
    commander = person("commander")
    assert names(commander) == ["西街市容", "红色", "其余"]
    first = commander.read(PATH)["items"][0]
    assert (first["area"]["name"], first["unit"]["name"]) == ("西街街道", "环卫所")
    assert first["cases"] == 0
    ids = [rule["id"] for rule in rules]
    told = commander.do(f"{PATH}/order", {"ids": [ids[2], ids[0], ids[1]]})
    assert [rule["name"] for rule in told["items"]] == ["其余", "西街市容", "红色"]
    assert names(commander) == ["其余", "西街市容", "红色"]
    late = commander.post(f"{PATH}/order", {"ids": ids[:2]})
    assert (late.status_code, late.json()["code"]) == (409, "rules-moved-on")
    commander.do(f"{PATH}/{ids[2]}/remove", {})
    assert names(commander) == ["西街市容", "红色"]
    assert commander.post(f"{PATH}/{ids[2]}/remove", {}).status_code == 404


def test_a_rule_is_tried_before_it_is_believed(
    person: People, rules: list[dict[str, Any]], categories: dict[str, int], units: dict[str, int]
) -> None:
    commander = person("commander")
    rubbish = {"category_id": categories["06010"]}

    def fires(**facts: Any) -> Any:
        return commander.read(TRIAL, **rubbish, **facts)["suggestion"]

    told = fires(area_id=11)
    assert (told["rule_name"], told["unit"]["name"], told["queue"]) == ("西街市容", "环卫所", None)
    assert told["why"] == {"category": "06*", "area": "西街街道", "severity": None, "owner": None}
    assert fires(area_id=21, severity="red")["rule_name"] == "红色"
    assert fires(area_id=21)["queue"] == "无头事项"
    off = {"name": "西街市容", "codes": ["06*"], "unit_id": units["环卫所"], "active": False}
    commander.do(f"{PATH}/{rules[0]['id']}/change", off)
    assert fires(area_id=11)["queue"] == "无头事项"
    commander.do(f"{PATH}/{rules[2]['id']}/remove", {})
    assert fires(area_id=11) is None
    owned = {"name": "供电", "owner": "供电公司", "unit_id": units["市政所"]}
    commander.do(PATH, owned)
    assert fires(owner="供电 公司")["why"]["owner"] == "供电公司"
    for wrong in ({"category_id": 999_999}, {}):
        assert commander.get(TRIAL, **wrong).status_code == 422
    assert commander.get(TRIAL, **rubbish, area_id=999).status_code == 422


def test_rules_are_tried_with_a_case(
    person: People, rules: list[dict[str, Any]], report: Report
) -> None:
    case = person("officer").do("/api/v1/cases", report())
    told = person("commander").read(TRIAL, case_id=case["id"])["suggestion"]
    assert told["rule_id"] == rules[0]["id"]
    east = person("commander.east").get(TRIAL, case_id=case["id"])
    assert east.status_code == 404


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"unit_id": 999}, "/unit_id"),
        ({"area_id": 999}, "/area_id"),
        ({"codes": ["99999"]}, "/codes"),
        ({"codes": ["99*"]}, "/codes"),
        ({"codes": ["0_010"]}, "/codes/0"),
        ({"codes": ["0*1"]}, "/codes/0"),
        ({"severities": ["pink"]}, "/severities/0"),
        ({"name": " "}, "/name"),
        ({"queue": "无头事项"}, "/"),
    ],
)
def test_what_must_be_mended_in_a_rule_is_said(
    person: People, units: dict[str, int], said: dict[str, Any], pointer: str
) -> None:
    commander = person("commander")
    answer = commander.post(PATH, {"name": "环卫", "unit_id": units["环卫所"], **said})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert names(commander) == []


@pytest.mark.parametrize(
    ("login", "reads", "writes"),
    [
        ("commander", 200, 201),
        ("administrator", 200, 201),
        ("commander.east", 200, 404),
        ("auditor", 200, 403),
        ("officer", 403, 403),
        ("handler", 403, 403),
    ],
)
def test_rules_of_the_district_are_of_whoever_has_all_of_it(
    person: People, units: dict[str, int], login: str, reads: int, writes: int
) -> None:
    somebody = person(login)
    assert somebody.get(PATH).status_code == reads
    assert somebody.get("/api/v1/routing/queues").status_code == reads
    assert somebody.get("/api/v1/duty/settings").status_code == reads
    answer = somebody.post(PATH, {"name": "环卫", "unit_id": units["环卫所"]})
    assert answer.status_code == writes
    settings = {"dispatched": ["red"], "urgent": ["red"], "patience_minutes": 5}
    asked = somebody.post("/api/v1/duty/settings", settings)
    assert asked.status_code == (200 if writes == 201 else writes)


def test_what_is_filed_is_sent_on_and_stays_so(
    person: People,
    rules: list[dict[str, Any]],
    report: Report,
    categories: dict[str, int],
    engine: Engine,
) -> None:
    officer, commander = person("officer"), person("commander")
    ours, nobodys = (
        officer.do("/api/v1/cases", report(owner="某公司")),
        officer.do("/api/v1/cases", report(lon=118.035)),
    )
    # Asked once more, as after a broken connection, the rules say nothing new.
    filed = [
        Filed(ours["id"], categories["06010"], small_town.PATHS[11], "yellow", "别的公司"),
        Filed(nobodys["id"], categories["06010"], small_town.PATHS[21], "yellow"),
    ]
    with engine.begin() as connection:
        route_new_cases(connection, 1, filed, small_town.AT)
    told = [rule["cases"] for rule in commander.read(PATH)["items"]]
    assert told == [1, 0, 1]
    queue = commander.read("/api/v1/routing/queues")["items"]
    assert [(one["name"], one["cases"]) for one in queue] == [("无头事项", 1)]
    commander.do(f"{PATH}/{rules[0]['id']}/remove", {})
    with engine.connect() as connection:
        kept = read_route(connection, 1, ours["id"])
    assert kept is not None
    assert (kept.rule_name, kept.unit_name, kept.owner) == ("西街市容", "环卫所", "某公司")
    assert (kept.why, kept.area_name) == (
        {"category": "06*", "area": small_town.PATHS[10]},
        "西街街道",
    )


def test_settings_of_duty_are_the_usual_ones_until_somebody_sets_them(person: People) -> None:
    commander = person("commander")
    usual = commander.read("/api/v1/duty/settings")
    assert usual == {"dispatched": [], "urgent": ["red"], "patience_minutes": 10}
    ours = {"dispatched": ["red"], "urgent": ["red", "yellow"], "patience_minutes": 15}
    assert commander.do("/api/v1/duty/settings", ours) == ours
    assert commander.read("/api/v1/duty/settings") == ours
    wrong = commander.post("/api/v1/duty/settings", {**ours, "patience_minutes": 0})
    assert wrong.status_code == 422
