"""Cases through the API: the whole course, rights, conflicts, repeated commands."""

from collections.abc import Callable
from typing import Any

from people import Clock, Person

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


def test_a_case_goes_its_whole_course(
    person: People, report: Report, units: dict[str, int], clock: Clock
) -> None:
    officer, commander, handler = person("officer"), person("commander"), person("handler")
    case = officer.do("/api/v1/cases", report(address="幸福路2号"))
    path = f"/api/v1/cases/{case['id']}"
    assert (case["state"], case["seq"], case["grid"]["id"]) == ("reported", 1, 1)
    assert case["number"].startswith("2026")
    assert case["deadline_at"] == "2026-11-20T06:00:00Z"
    assert case["actions"] == ["handle"]

    steps = [
        (commander, {"action": "dispatch", "unit_id": units["环卫所"]}, "dispatched"),
        (handler, {"action": "handle", "text": "已清运"}, "handled"),
        (commander, {"action": "rework", "text": "还有一堆"}, "dispatched"),
        (handler, {"action": "handle"}, "handled"),
        (officer, {"action": "verify"}, "verified"),
        (commander, {"action": "close"}, "closed"),
    ]
    for seq, (who, body, state) in enumerate(steps, start=1):
        clock.forward(minutes=5)
        assert body["action"] in who.read(path)["actions"]
        case = who.do(f"{path}/actions", {**body, "seq": seq})
        assert (case["state"], case["seq"]) == (state, seq + 1)

    assert case["reworks"] == 1
    assert case["closed_at"] == "2026-11-20T02:30:00Z"
    assert case["actions"] == []
    ledger = case["ledger"]
    assert [line["seq"] for line in ledger] == [1, 2, 3, 4, 5, 6, 7]
    assert ledger[0]["text"] == "垃圾成堆"
    assert ledger[2]["text"] == "已清运"
    assert ledger[2]["actor"]["display_name"] == "handler"
    status = officer.read("/api/v1/grid-status")
    assert (status["grid_id"], status["open"], status["closed"]) == ([1], [0], [1])
