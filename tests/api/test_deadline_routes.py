"""The calendar, the limits and what a deadline comes to, as an administrator sets them."""

from collections.abc import Callable
from typing import Any

import pytest
import small_town
from fastapi.testclient import TestClient
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from data.calendars import shipped_years
from data.watch import watch_all

People = Callable[[str], Person]
CALENDAR = "/api/v1/calendar"
LIMITS = "/api/v1/limits"
FRIDAY_EVENING = "2026-11-20T17:00:00+08:00"


@pytest.fixture
def admin(person: People) -> Person:
    """The administrator of the whole district."""
    return person("administrator")


@pytest.fixture
def street_admin(engine: Engine, person: People) -> Person:
    """An administrator of one street."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE assignment SET area_id = 10 WHERE role = 'administrator'"))
    return person("administrator")


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_calendar_tells_what_is_entered_and_what_is_missing(
    person: People, clock: Clock
) -> None:
    told = person("officer").read(CALENDAR)
    assert told["time_zone"] == "Asia/Shanghai"
    assert told["hours"] == [
        {"opens": "08:00", "closes": "12:00"},
        {"opens": "14:00", "closes": "18:00"},
    ]
    assert {2025, 2026} <= set(told["years"])
    # In November a deadline may lie in the year to come.
    assert told["missing"] == [year for year in (2026, 2027) if year not in told["years"]]
    days = person("officer").read(f"{CALENDAR}/2026")["days"]
    assert {"day": "2026-02-14", "worked": True, "name": "春节"} in days
    assert refused(person("officer").get(f"{CALENDAR}/2099")) == (404, "calendar-missing")


def test_a_year_is_entered_by_hand(admin: Person) -> None:
    days = [
        {"day": "2099-01-01", "worked": False, "name": "元旦"},
        {"day": "2099-01-04", "worked": True, "name": None},
    ]
    answer = admin.put(f"{CALENDAR}/2099", {"days": days})
    assert answer.status_code == 200, answer.text
    assert answer.json()["days"] == days
    assert 2099 in admin.read(CALENDAR)["years"]
    for wrong, code in (
        ([days[0], days[0]], "twice"),
        ([{"day": "2098-01-01", "worked": False}], "year"),
    ):
        answer = admin.put(f"{CALENDAR}/2099", {"days": wrong})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == code


def test_a_year_that_ships_is_taken_back(admin: Person) -> None:
    admin.put(f"{CALENDAR}/2026", {"days": []})
    assert admin.read(f"{CALENDAR}/2026")["days"] == []
    again = admin.do(f"{CALENDAR}/2026/shipped")
    assert again["source"] == "chinesecalendar"
    assert len(again["days"]) == 25
    unknown = shipped_years()[-1] + 1
    answer = admin.post(f"{CALENDAR}/{unknown}/shipped")
    assert refused(answer) == (409, "calendar-not-shipped")


def test_a_list_is_read_and_nothing_written(admin: Person, client: TestClient) -> None:
    rows = (
        "日期,类型,名称\n2099-01-01,休,元旦\n2099年1月4日,班,\n"
        "2098-05-01,休,劳动节\n2099-05-01,调,x\n"
    )
    answer = client.post(
        f"{CALENDAR}/2099/read",
        files={"file": ("2099.csv", rows.encode("gbk"))},
        headers={**admin.cookies, "X-Sanbai": "1"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "days": [
            {"day": "2099-01-01", "worked": False, "name": "元旦"},
            {"day": "2099-01-04", "worked": True, "name": None},
        ],
        "faults": [
            {"row": 4, "code": "year", "cell": "2098-05-01"},
            {"row": 5, "code": "kind", "cell": "2099-05-01"},
        ],
    }
    assert admin.get(f"{CALENDAR}/2099").status_code == 404
    broken = client.post(
        f"{CALENDAR}/2099/read",
        files={"file": ("x.xlsx", b"PK\x03\x04nonsense")},
        headers={**admin.cookies, "X-Sanbai": "1"},
    )
    assert refused(broken) == (422, "list-unreadable")


def test_hours_of_work_move_deadlines(admin: Person, categories: dict[str, int]) -> None:
    asked = {"category_id": categories["09012"], "at": FRIDAY_EVENING}
    assert admin.read("/api/v1/deadlines", **asked)["deadline_at"] == "2026-11-23T01:00:00Z"
    hours = [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "20:00"}]
    assert admin.put(f"{CALENDAR}/hours", {"hours": hours}).status_code == 200
    assert admin.read("/api/v1/deadlines", **asked)["deadline_at"] == "2026-11-20T11:00:00Z"
    wrong = admin.put(f"{CALENDAR}/hours", {"hours": list(reversed(hours))})
    assert wrong.status_code == 422


def test_what_if_says_what_is_left_out(person: People, categories: dict[str, int]) -> None:
    officer = person("officer")
    told = officer.read(
        "/api/v1/deadlines", category_id=categories["09012"], at="2026-11-20T11:00:00+08:00"
    )
    assert told == {
        "since": "2026-11-20T03:00:00Z",
        "limit": {"clock": "working-hours", "amount": 120},
        "deadline_at": "2026-11-20T07:00:00Z",
        "missing_year": None,
        "left_out": [
            {"since": "2026-11-20T04:00:00Z", "until": "2026-11-20T06:00:00Z", "why": "break"}
        ],
    }
    now = officer.read("/api/v1/deadlines", category_id=categories["C01"], severity="red")
    assert now["since"] == small_town.AT.isoformat().replace("+00:00", "Z")
    assert now["left_out"] == []
    assert officer.get("/api/v1/deadlines", category_id=999_999).status_code == 404
    for odd in ("0001-01-01T00:00:00Z", "9999-12-31T23:00:00Z"):
        answer = officer.get("/api/v1/deadlines", category_id=categories["C01"], at=odd)
        assert answer.status_code == 422, answer.text


def test_what_if_says_which_year_is_missing(person: People, categories: dict[str, int]) -> None:
    unknown = shipped_years()[-1] + 1
    told = person("officer").read(
        "/api/v1/deadlines",
        category_id=categories["M05"],
        at=f"{unknown - 1}-12-31T17:30:00+08:00",
    )
    assert (told["deadline_at"], told["missing_year"]) == (None, unknown)


def test_nothing_reported_is_lost_for_want_of_a_calendar(
    *, engine: Engine, admin: Person, person: People, report: Callable[..., Any], clock: Clock
) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM calendar_year"))
    case = person("officer").do("/api/v1/cases", report())
    assert case["deadline_at"] is None
    assert not case["overdue"]
    told = admin.read("/api/v1/notices")
    assert [(n["kind"], n["facts"]) for n in told["items"]] == [
        ("calendar-missing", {"year": 2026})
    ]
    person("officer").do("/api/v1/cases", report())
    assert admin.read("/api/v1/notices")["unread"] == 1
    admin.do(f"{CALENDAR}/2026/shipped")
    clock.forward(minutes=1)
    watch_all(engine, clock())
    dated = person("officer").read(f"/api/v1/cases/{case['id']}")
    # Four hours of work from ten o'clock on a Friday, lunch left out.
    assert dated["deadline_at"] == "2026-11-20T08:00:00Z"


def test_limits_are_set_and_taken_away(admin: Person, categories: dict[str, int]) -> None:
    ads = categories["M05"]
    own = admin.read(LIMITS, category_id=ads)["items"]
    assert own == [
        {
            "step": "handle",
            "category_id": ads,
            "severity": None,
            "limit": {"clock": "working-days", "amount": 1},
        }
    ]
    rule = {"step": "handle", "category_id": ads, "severity": "red"}
    limit = {"clock": "continuous", "amount": 30}
    answer = admin.put(LIMITS, {**rule, "limit": limit})
    assert answer.status_code == 200, answer.text
    assert {**rule, "limit": limit} in answer.json()["items"]
    asked = {"category_id": ads, "at": FRIDAY_EVENING}
    due = admin.read("/api/v1/deadlines", **asked, severity="red")["deadline_at"]
    assert due == "2026-11-20T09:30:00Z"
    assert admin.put(LIMITS, {**rule, "limit": None}).json()["items"] == own
    district = {"step": "handle", "category_id": None, "severity": None, "limit": None}
    assert refused(admin.put(LIMITS, district)) == (409, "limit-needed")
    for wrong in (
        {**rule, "limit": {"clock": "continuous", "amount": 0}},
        {**rule, "limit": {"clock": "working-days", "amount": 501}},
        {**rule, "step": "sleep", "limit": limit},
    ):
        assert admin.put(LIMITS, wrong).status_code == 422
    assert admin.put(LIMITS, {**rule, "category_id": 999_999, "limit": limit}).status_code == 404


@pytest.mark.parametrize("login", ["commander", "officer", "auditor", "planner"])
def test_only_an_administrator_changes_them(person: People, login: str) -> None:
    somebody = person(login)
    for answer in (
        somebody.put(f"{CALENDAR}/2026", {"days": []}),
        somebody.put(f"{CALENDAR}/hours", {"hours": [{"opens": "08:00", "closes": "12:00"}]}),
        somebody.post(f"{CALENDAR}/2026/shipped"),
        somebody.put(LIMITS, {"step": "accept", "limit": None}),
    ):
        assert refused(answer) == (403, "forbidden")
    assert somebody.get(CALENDAR).status_code == 200
    assert somebody.get(LIMITS).status_code == 200


def test_a_streets_administrator_changes_nothing_of_the_district(street_admin: Person) -> None:
    for answer in (
        street_admin.put(f"{CALENDAR}/2026", {"days": []}),
        street_admin.put(LIMITS, {"step": "accept", "limit": None}),
        street_admin.post("/api/v1/case-rules", street_admin.read("/api/v1/case-rules")),
        street_admin.post(
            "/api/v1/categories/1/case-rules", {"proof": "none", "confirm_first": False}
        ),
    ):
        assert refused(answer) == (403, "whole-district-only")


def test_a_repeated_command_is_answered_as_before(admin: Person) -> None:
    operation = uuid7()
    first = admin.post(f"{CALENDAR}/2026/shipped", operation=operation)
    again = admin.post(f"{CALENDAR}/2026/shipped", operation=operation)
    assert again.json() == first.json()
    assert again.headers["Operation-Replayed"] == "true"


def test_notices_are_read_by_each_for_himself(
    *,
    engine: Engine,
    person: People,
    report: Callable[..., Any],
    units: dict[str, int],
    categories: dict[str, int],
    clock: Clock,
) -> None:
    commander, handler = person("commander"), person("handler")
    case = commander.do("/api/v1/cases", report(category_id=categories["C01"]))
    commander.do(
        f"/api/v1/cases/{case['id']}/actions",
        {"action": "dispatch", "seq": 1, "unit_id": units["环卫所"]},
    )
    clock.forward(hours=3)
    watch_all(engine, clock())
    told = handler.read("/api/v1/notices")
    assert [notice["kind"] for notice in told["items"]] == ["overdue", "soon-due", "half-time"]
    assert {notice["case_number"] for notice in told["items"]} == {case["number"]}
    assert told["items"][0]["to_unit"]
    newest_told = told["items"][0]
    assert (newest_told["severity"], newest_told["category"]) == (
        case["severity"],
        case["category"]["name"],
    )
    assert told["unread"] == 3
    newest = told["items"][0]["id"]
    read = {"id": newest, "only": True}
    assert handler.do("/api/v1/notices/read", read) == {"unread": 2}
    assert len(handler.read("/api/v1/notices", unread=True)["items"]) == 2
    assert handler.do("/api/v1/notices/read", {"id": newest}) == {"unread": 0}
    # Nobody is on call for it, which the commander is told as well.
    office = commander.read("/api/v1/notices")["items"]
    assert [notice["kind"] for notice in office] == ["overdue", "on-call-nobody"]
    assert person("handler.other").read("/api/v1/notices")["items"] == []
    first = handler.read("/api/v1/notices", limit=2)
    second = handler.read("/api/v1/notices", limit=2, cursor=first["next"])
    assert [n["kind"] for n in second["items"]] == ["half-time"]
