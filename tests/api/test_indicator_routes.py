"""Indicators of places and units, counted from cases as they stand."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Clock, Person

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
CASES = "/api/v1/cases"
PERIOD = {"first": "2026-11-01", "last": "2026-12-31"}


def act(who: Person, case: dict[str, Any], action: str, **said: Any) -> dict[str, Any]:
    """Take a step with a case; the case afterwards."""
    body = {"action": action, "seq": case["seq"], **said}
    answer: dict[str, Any] = who.do(f"{CASES}/{case['id']}/actions", body)
    return answer


@pytest.fixture
def lived(
    *,
    person: People,
    report: Report,
    units: dict[str, int],
    categories: dict[str, int],
    clock: Clock,
) -> None:
    """Seven reports: closed in time, closed late after rework, overdue, not yet due, and others."""
    officer, commander, handler = person("officer"), person("commander"), person("handler")
    unit = units["环卫所"]
    rules = {"proof": "none", "confirm_first": False}
    person("administrator").do(f"/api/v1/categories/{categories['06010']}/case-rules", rules)

    def charged(**said: Any) -> dict[str, Any]:
        return act(commander, officer.do(CASES, report(**said)), "dispatch", unit_id=unit)

    in_time, late, overdue, waiting = (charged() for _ in range(4))
    act(commander, officer.do(CASES, report()), "void", text="不是隐患")
    in_time = act(handler, in_time, "handle")
    act(commander, act(commander, in_time, "verify"), "close")
    act(commander, waiting, "suspend", until="2027-03-15T00:00:00Z", text="冬季不能施工")
    clock.forward(days=5)
    late = act(commander, act(handler, late, "handle"), "rework", text="没有清干净")
    late = act(handler, late, "handle")
    act(commander, act(commander, late, "verify"), "close")
    officer.do(CASES, report(lon=118.025))
    charged(lon=118.025)
    assert overdue["state"] == "dispatched"


def told(who: Person, **asked: Any) -> list[dict[str, Any]]:
    """The items of an answer."""
    items: list[dict[str, Any]] = who.read("/api/v1/indicators", **PERIOD | asked)["items"]
    return items


@pytest.mark.usefixtures("lived")
def test_what_was_due_and_what_was_done(person: People) -> None:
    (whole,) = told(person("commander"))
    counts = whole["counts"]
    assert {name: counts[name] for name in ("reported", "valid", "filed")} == {
        "reported": 7,
        "valid": 6,
        "filed": 5,
    }
    # Put right in time, late, overdue; the suspended one and those of today are not due.
    assert {name: counts[name] for name in ("to_handle", "handled", "handled_in_time")} == {
        "to_handle": 3,
        "handled": 2,
        "handled_in_time": 1,
    }
    assert [counts[name] for name in ("overdue", "reworked", "closed", "closed_in_time")] == [
        1, 1, 2, 1,
    ]  # fmt: skip
    shares = {one["rate"]: (one["percent"], one["grade"]) for one in whole["rates"]}
    assert shares["closed"] == (66.67, "C")
    assert shares["handled-in-time"] == (33.33, "E")
    assert shares["valid-reports"] == (85.71, "B")
    assert shares["overdue"] == (33.33, None)
    assert shares["confirmed-in-time"] == (None, None)


@pytest.mark.usefixtures("lived")
def test_they_are_told_by_area_unit_and_kind(person: People, units: dict[str, int]) -> None:
    commander = person("commander")
    by_unit = {
        one["of"] and one["of"]["name"]: one["counts"]["reported"]
        for one in told(commander, by="unit")
    }
    assert by_unit == {"环卫所": 5, None: 2}
    (kind,) = told(commander, by="category")
    assert (kind["of"]["name"], kind["counts"]["reported"]) == ("暴露垃圾", 7)
    streets = {one["of"]["name"]: one["counts"]["reported"] for one in told(commander, by="area")}
    assert sum(streets.values()) == 7
    assert len(streets) > 1
    (alone,) = told(commander, unit_id=units["环卫所"])
    assert alone["counts"]["reported"] == 5


@pytest.mark.usefixtures("lived")
def test_each_sees_his_own_places(person: People) -> None:
    (east,) = told(person("commander.east"))
    assert east["counts"]["reported"] == 2
    assert told(person("commander"), first="2026-10-01", last="2026-10-31") == []


@pytest.mark.parametrize("last", ["2026-10-31", "2028-01-01"])
def test_a_period_has_one_day_to_a_year(person: People, last: str) -> None:
    answer = person("commander").get("/api/v1/indicators", first="2026-11-01", last=last)
    assert answer.status_code == 422
