"""What a case tells of its clock, and what who reports is asked for."""

from collections.abc import Callable
from typing import Any

from people import Clock, Person

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


def test_the_clock_of_a_case_runs_rests_stands_and_ends(
    person: People, report: Report, clock: Clock
) -> None:
    commander = person("commander")
    # Ten in the morning; four hours of work.
    case = commander.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}"
    time = case["time"]
    assert (time["clock"], time["day_s"]) == ("working-hours", 8 * 3600)
    assert (time["limit_s"], time["left_s"], time["runs"]) == (4 * 3600, 4 * 3600, True)
    assert time["turns_at"] == "2026-11-20T04:00:00Z"

    clock.forward(hours=3)
    time = commander.read(path)["time"]
    assert (time["left_s"], time["runs"], time["turns_at"]) == (
        2 * 3600,
        False,
        "2026-11-20T06:00:00Z",
    )

    clock.forward(hours=2)
    until = "2027-03-01T00:00:00Z"
    body = {"action": "suspend", "seq": 1, "until": until, "text": "冬季不能施工"}
    stopped = commander.do(f"{path}/actions", body)["time"]
    clock.forward(days=3)
    assert (stopped["left_s"], stopped["runs"], stopped["turns_at"]) == (3600, False, until)
    assert commander.read(path)["time"]["left_s"] == 3600

    commander.do(f"{path}/actions", {"action": "resume", "seq": 2})
    clock.forward(days=1)
    assert commander.read(path)["time"]["left_s"] < 0
    commander.do(f"{path}/actions", {"action": "handle", "seq": 3})
    assert commander.read(path)["time"] is None


def test_the_owner_is_asked_for_where_a_rule_asks(
    person: People, categories: dict[str, int], units: dict[str, int]
) -> None:
    commander, officer = person("commander"), person("officer")

    def asked(code: str) -> list[str]:
        found = officer.read("/api/v1/routing/owners", category_id=categories[code])
        return [*found["items"]]

    assert asked("06010") == []
    for body in (
        {"name": "供电", "codes": ["06*"], "owner": "供电公司", "unit_id": units["市政所"]},
        {"name": "又一条", "codes": ["06010"], "owner": " 供电公司", "unit_id": units["环卫所"]},
        {"name": "停用", "owner": "水务", "unit_id": units["环卫所"], "active": False},
    ):
        commander.do("/api/v1/routing/rules", body)
    assert asked("06010") == ["供电公司"]
    assert asked("10001") == []
    unknown = officer.get("/api/v1/routing/owners", category_id=0)
    assert unknown.status_code == 404
    refused = person("planner").get("/api/v1/routing/owners", category_id=categories["06010"])
    assert refused.status_code == 403
