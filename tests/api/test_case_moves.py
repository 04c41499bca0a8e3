"""The moves of a case through the API: proof, units, more time, duplicates, and after the end."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from people import Clock, Person
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from api.case_actions import AskedAction
from casework.states import ACTIONS, COUNTERPARTS
from data.case_clock import take_by_clock
from data.case_types import Step
from data.recount import check_ledgers, recount
from data.watch import watch_all

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]


class Desk:
    """A case in the hands of several people, acted on at its newest line."""

    def __init__(self, person: People, body: dict[str, Any], who: str = "officer") -> None:
        self.person = person
        self.case = person(who).do("/api/v1/cases", body)
        self.path = f"/api/v1/cases/{self.case['id']}"

    def act(self, who: str, action: str, **said: Any) -> dict[str, Any]:
        body = {"action": action, "seq": self.case["seq"], **said}
        self.case = self.person(who).do(f"{self.path}/actions", body)
        return self.case

    def refused(self, who: str, action: str, **said: Any) -> tuple[int, str]:
        body = {"action": action, "seq": self.case["seq"], **said}
        answer = self.person(who).post(f"{self.path}/actions", body)
        told = answer.json()
        errors = told.get("errors") or [{"code": told["code"]}]
        return answer.status_code, told["params"].get("reason", errors[0]["code"])

    def may(self, who: str) -> set[str]:
        return {*self.person(who).read(self.path)["actions"]}

    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = self.case["ledger"][-1]
        return line


@pytest.fixture
def desk(person: People, report: Report) -> Callable[..., Desk]:
    return lambda who="officer", **said: Desk(person, report(**said), who)


@pytest.fixture(autouse=True)
def books_are_right(engine: Engine, clock: Clock) -> Any:
    """After each test every ledger holds and every counter is what the ledgers come to."""
    yield
    with engine.connect() as connection:
        assert recount(connection, 1, clock()) == []
        assert [fault for fault in check_ledgers(connection, 1) if fault] == []


def test_every_action_that_is_not_written_by_another_may_be_asked_for() -> None:
    assert {*get_args(AskedAction)} == {*ACTIONS} - COUNTERPARTS


def id_with_share(least: float, most: float) -> UUID:
    """An id that the sample draws between two shares."""
    while True:
        made = uuid7()
        drawn = int.from_bytes(hashlib.sha256(made.bytes).digest()[:8], "big") / 2**64
        if least <= drawn < most:
            return made


@pytest.mark.parametrize(("least", "most", "state"), [(0.0, 0.1, "handled"), (0.1, 1.0, "closed")])
def test_put_right_at_once_with_two_photos(
    desk: Callable[..., Desk], least: float, most: float, state: str
) -> None:
    at_once = desk(id=str(id_with_share(least, most)))
    assert at_once.refused("officer", "rectify") == (409, "photos")
    for role in ("before", "after"):
        at_once.person("officer").show(at_once.case["id"], role)
    assert at_once.act("officer", "rectify", text="已清走")["state"] == state
    assert len(at_once.last()["facts"]["photos"]) == 2
    if state == "handled":
        assert at_once.refused("officer", "verify") == (409, "same-person")
        assert at_once.act("commander", "verify")["state"] == "verified"


def test_a_repair_is_shown_anew_after_rework(
    desk: Callable[..., Desk], units: dict[str, int]
) -> None:
    case = desk()
    case.act("commander", "dispatch", unit_id=units["环卫所"])
    assert "accept" in case.may("handler")
    assert "accept" not in case.may("officer")
    case.act("handler", "accept")
    case.person("handler").show(case.case["id"], "after")
    case.act("handler", "handle")
    case.act("officer", "rework", text="还有一半")
    case.act("handler", "handle", text="又清了一遍")
    assert case.refused("officer", "verify") == (409, "photo")
    case.person("handler").show(case.case["id"], "after")
    assert case.act("officer", "verify")["state"] == "verified"
    held = [(span["holder"], span["until"] is None) for span in case.case["course"]["held"]]
    assert held[-1] == ("commander", True)


def test_who_took_it_on_returns_it_or_the_office_acts_for_the_unit(
    desk: Callable[..., Desk], units: dict[str, int]
) -> None:
    case = desk()
    case.act("commander", "dispatch", unit_id=units["市政所"])
    assert case.refused("handler.other", "return")[1] == "text"
    returned = case.act("handler.other", "return", text="不是市政的")
    assert (returned["state"], returned["unit"]) == ("filed", None)
    assert case.may("handler.other") == set()
    case.act("commander", "dispatch", unit_id=units["环卫所"])
    case.act("commander", "accept")
    assert case.last()["facts"]["for_unit"] == units["环卫所"]
    withdrawn = (
        case.act("handler", "handle", text="好了"),
        case.act("handler", "withdraw", text="点错了"),
    )
    assert [told["state"] for told in withdrawn] == ["handled", "accepted"]


def test_more_time_and_a_suspension(
    desk: Callable[..., Desk], units: dict[str, int], clock: Clock
) -> None:
    case = desk()
    case.act("commander", "dispatch", unit_id=units["环卫所"])
    until = (clock() + timedelta(days=2)).isoformat()
    assert case.refused("handler", "ask-extension", text="等材料")[1] == "date"
    case.act("handler", "ask-extension", text="等材料", until=until)
    assert "grant-extension" not in case.may("handler")
    granted = case.act("commander", "grant-extension")
    assert granted["deadline_at"] == "2026-11-22T02:00:00Z"
    spring = (clock() + timedelta(days=100)).isoformat()
    assert case.refused("commander", "suspend", text="冬季", until=FAR)[1] == "date"
    suspended = case.act("commander", "suspend", text="冬季不能施工", until=spring)
    assert (suspended["state"], suspended["overdue"]) == ("suspended", False)
    clock.forward(days=3)
    resumed = case.act("commander", "resume")
    # Six hours of work were left on the Friday; they are over on the Monday evening.
    assert resumed["deadline_at"] == "2026-11-23T10:00:00Z"
    assert resumed["course"]["paused_s"] == 3 * 86_400


def test_several_units_are_called_and_each_reports_in(
    desk: Callable[..., Desk], units: dict[str, int]
) -> None:
    case = desk()
    assert case.may("handler") == set()
    assert case.refused("officer", "whistle", text="来看看")[1] == "units"
    case.act("officer", "whistle", text="来看看", unit_ids=list(units.values()))
    assert case.may("handler") == {"report-in"}
    told = case.act("handler", "report-in")
    called = {one["unit"]["name"]: one["reported_in_at"] for one in told["course"]["called"]}
    assert called["环卫所"] is not None
    assert called["市政所"] is None
    assert case.refused("handler", "report-in")[1] == "nothing"
    case.act("commander", "report-in", unit_id=units["市政所"])
    assert case.last()["facts"]["for_unit"] == units["市政所"]
    listed = case.person("handler").read("/api/v1/cases", called=True)["items"]
    assert [one["id"] for one in listed] == [case.case["id"]]
    assert case.person("commander").read("/api/v1/cases", called=True)["items"] == []


def test_a_duplicate_is_offered_merged_and_parted(
    desk: Callable[..., Desk], person: People, categories: dict[str, int], clock: Clock
) -> None:
    first = desk()
    clock.forward(hours=1)
    asked = {"category_id": categories["06010"], "lon": 118.0053, "lat": 36.83}
    near = person("officer").read("/api/v1/cases/near", **asked)
    assert (near["metres"], near["hours"]) == (50, 24)
    assert [one["id"] for one in near["items"]] == [first.case["id"]]
    for other in ({"lon": 118.006}, {"category_id": categories["09012"]}):
        assert person("officer").read("/api/v1/cases/near", **{**asked, **other})["items"] == []
    second = desk(lon=118.0053)
    assert second.refused("commander", "merge")[1] == "unknown"
    assert second.refused("officer", "merge", case_id=first.case["id"])[0] == 403
    merged = second.act("commander", "merge", case_id=first.case["id"], text="同一堆")
    assert (merged["state"], merged["course"]["related"][0]["relation"]) == ("void", "duplicate-of")
    there = person("commander").read(first.path)
    assert there["ledger"][-1]["action"] == "absorb"
    assert there["course"]["related"][0]["relation"] == "duplicate"
    assert there["state"] == "reported"
    assert second.refused("commander", "reopen", text="再办")[1] == "merged"
    assert second.act("commander", "unmerge")["state"] == "reported"
    there = person("commander").read(first.path)
    assert (there["ledger"][-1]["action"], there["course"]["related"]) == ("release", [])
    clock.forward(hours=25)
    assert person("officer").read("/api/v1/cases/near", **asked)["items"] == []


def test_what_lies_elsewhere_cannot_be_merged_with(desk: Callable[..., Desk]) -> None:
    west, east = desk(), desk(lon=118.025)
    assert west.refused("commander.east", "merge", case_id=east.case["id"])[0] == 404
    assert east.refused("commander.east", "merge", case_id=west.case["id"])[0] == 404
    assert east.refused("commander.east", "merge", case_id=str(uuid7()))[0] == 404
    assert east.refused("commander.east", "merge", case_id=east.case["id"])[1] == "unknown"


def test_a_case_has_parts_and_closes_after_them(desk: Callable[..., Desk]) -> None:
    whole, part = desk(), desk()
    part.act("commander", "join", case_id=whole.case["id"])
    assert whole.refused("commander", "join", case_id=part.case["id"])[1] == "unknown"
    whole.act("officer", "handle", text="好了")
    whole.person("officer").show(whole.case["id"], "after")
    whole.act("commander", "verify")
    assert whole.refused("commander", "close")[1] == "parts-open"
    assert whole.person("commander").read(whole.path)["course"]["related"][0]["relation"] == "part"
    part.act("commander", "void", text="撤销")
    assert whole.act("commander", "close")["state"] == "closed"


def test_after_the_end(desk: Callable[..., Desk]) -> None:
    case = desk()
    case.act("officer", "handle", text="好了")
    case.person("officer").show(case.case["id"], "after")
    case.act("commander", "verify")
    case.act("commander", "close")
    assert case.refused("officer", "answer", text="已处理")[1] == "how"
    case.act("officer", "answer", text="已处理", how="phone")
    assert "dismiss-appeal" not in case.may("commander")
    case.act("officer", "appeal", text="又堆上了")
    assert {"dismiss-appeal", "reopen"} <= case.may("commander")
    reopened = case.act("commander", "reopen", text="再去一趟")
    assert (reopened["state"], reopened["closed_at"]) == ("filed", None)
    case.act("commander", "supervise", text="今天办完")
    case.act("officer", "escalate", text="村里办不了")
    assert case.case["course"]["level"] == "community"
    assert case.last()["facts"] == {
        "level": 1,
        "text_digest": case.last()["facts"]["text_digest"],
    }


def test_what_others_report_is_checked_first_where_the_category_asks(
    desk: Callable[..., Desk], person: People, categories: dict[str, int], units: dict[str, int]
) -> None:
    rules = {
        "proof": "none",
        "confirm_first": True,
        "questions": [
            {"id": "width", "text": "占用多宽？", "kind": "number", "least": 0, "needed": True},
            {"id": "where", "text": "在哪一侧？", "kind": "text"},
        ],
    }
    path = f"/api/v1/categories/{categories['06010']}/case-rules"
    assert person("commander").post(path, rules).status_code == 403
    assert (
        person("administrator").post("/api/v1/categories/999/case-rules", rules).status_code == 404
    )
    person("administrator").do(path, rules)
    kind = next(
        one
        for one in person("officer").read("/api/v1/categories")["items"]
        if one["code"] == "06010"
    )
    assert (kind["proof"], kind["questions"][0]["id"]) == ("none", "width")
    wrong = desk
    body = {"source": "phone", "answers": {"where": "东侧"}}
    with pytest.raises(AssertionError, match="/answers/width"):
        wrong("commander", **body)
    told = desk("commander", source="phone", answers={"width": 2.5, "where": "东侧"})
    assert told.case["ledger"][0]["facts"]["answers"] == {"width": 2.5}
    assert told.case["description"] == "垃圾成堆\n在哪一侧？ 东侧"
    unit = units["环卫所"]
    assert told.refused("commander", "dispatch", unit_id=unit)[1] == "unconfirmed"
    assert told.case["course"]["held"][0]["holder"] == "officer"
    told.act("officer", "confirm")
    assert told.act("commander", "dispatch", unit_id=unit)["state"] == "dispatched"
    seen = desk(source="patrol")
    assert seen.act("commander", "dispatch", unit_id=unit)["state"] == "dispatched"


def test_the_settings_of_a_district(person: People, desk: Callable[..., Desk]) -> None:
    path = "/api/v1/case-rules"
    known = person("officer").read(path)
    assert (known["sample_share"], known["most_extensions"]) == (0.1, 2)
    wanted = {**known, "sample_share": 1.0, "near_m": 10}
    assert person("commander").post(path, wanted).status_code == 403
    assert person("administrator").post(path, {**wanted, "near_m": 0}).status_code == 422
    person("administrator").do(path, wanted)
    assert person("officer").read(path) == wanted
    case = desk(id=str(id_with_share(0.5, 1)))
    for role in ("before", "after"):
        case.person("officer").show(case.case["id"], role)
    assert case.act("officer", "rectify")["state"] == "handled"


FAR = "2028-01-01T00:00:00Z"
LINE = {"type": "LineString", "coordinates": [[118.001, 36.83], [118.009, 36.83]]}
AREA = {
    "type": "Polygon",
    "coordinates": [[[118.012, 36.825], [118.018, 36.825], [118.018, 36.835], [118.012, 36.825]]],
}


@pytest.mark.parametrize(("shape", "grid"), [(LINE, 1), (AREA, 2)])
def test_a_place_may_be_a_line_or_an_area(
    desk: Callable[..., Desk], shape: dict[str, Any], grid: int
) -> None:
    case = desk(lon=None, lat=None, shape=shape).case
    assert case["shape"] == shape
    assert case["grid"]["id"] == grid
    assert len(case["ledger"][0]["facts"]["shape"]) == 64


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ({"type": "LineString", "coordinates": [[118.001, 36.83]]}, "coordinates"),
        ({"type": "LineString", "coordinates": [[118.001, 36.83]] * 2}, "invalid"),
        ({"type": "LineString", "coordinates": [[118.0, 36.8], [999, 36.8]]}, "coordinates"),
        ({"type": "LineString", "coordinates": [[118.0, 36.8], ["a", 36.8]]}, "coordinates"),
        ({"type": "LineString", "coordinates": [[118.0, 36.8]] * 1001}, "vertices"),
        ({"type": "LineString", "coordinates": [[[[[]]]]]}, "coordinates"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}, "invalid"),
    ],
)
def test_a_shape_that_is_none_says_so(
    person: People, report: Report, shape: dict[str, Any], fault: str
) -> None:
    answer = person("officer").post("/api/v1/cases", report(lon=None, lat=None, shape=shape))
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/shape", fault)]


def test_the_run_time_role_cannot_change_a_ledger(
    engine: Engine, desk: Callable[..., Desk]
) -> None:
    desk()
    for statement in (
        "UPDATE case_event SET facts = '{}'",
        "DELETE FROM case_event",
        "TRUNCATE case_event",
    ):
        with (
            engine.connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text(statement))


def test_a_suspension_ends_by_itself_once(
    desk: Callable[..., Desk], clock: Clock, engine: Engine
) -> None:
    cases = [desk() for _ in range(3)]
    until = (clock() + timedelta(days=10)).isoformat()
    for case in cases:
        case.act("commander", "suspend", text="冬季", until=until)
    watch_all(engine, clock())
    assert all(case.may("commander") >= {"resume"} for case in cases)
    clock.forward(days=12)
    for _ in range(2):
        watch_all(engine, clock())
    for case in cases:
        told = case.person("commander").read(case.path)
        lines = [line for line in told["ledger"] if line["action"] == "resume"]
        assert [(line["actor"], line["state"]) for line in lines] == [(None, "reported")]
        # It was suspended at once, so that all of its time is left on the day.
        assert told["deadline_at"] == "2026-11-30T08:00:00Z"
        assert told["course"]["paused_s"] == 10 * 86_400


def test_the_clock_passes_a_case_up_once_to_each_level(
    desk: Callable[..., Desk], clock: Clock, engine: Engine
) -> None:
    case = desk()
    case_id = UUID(case.case["id"])
    for level, taken in ((1, True), (1, False), (3, False), (2, True)):
        step = Step("escalate", 0, facts={"level": level})
        with engine.begin() as connection:
            assert take_by_clock(connection, 1, case_id, step, clock()) is taken
    assert case.person("commander").read(case.path)["course"]["level"] == "zone"
