"""Gaps of a track with the officer's reasons, who looked at it, and that he sees it first."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Clock, Person
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
BEGUN = "2026-11-20T01:00:00Z"
ENDED = "2026-11-20T01:20:00Z"


def minute(number: int) -> str:
    return f"2026-11-20T01:{number:02}:00Z"


@pytest.fixture
def walked(person: People) -> str:
    """The path of an ended shift in grid 1, with nothing known from minute 4 to 15."""
    officer, shift_id = person("officer"), str(uuid7())
    begun = {"id": shift_id, "grid_ids": [1], "tracked": True, "started_at": BEGUN}
    officer.do("/api/v1/shifts", begun)
    path = f"/api/v1/shifts/{shift_id}"
    times = [*range(1, 5), *range(15, 20)]
    points = [
        {"seq": n, "occurred_at": minute(at), "lon": 118.005 + n * 1e-4, "lat": 36.83}
        for n, at in enumerate(times)
    ]
    officer.do(f"{path}/points", {"points": points})
    officer.do(f"{path}/end", {"ended_at": ENDED})
    return path


def said(*gaps: tuple[str, str, str]) -> dict[str, Any]:
    return {"gaps": [{"from": a, "to": b, "reason": why} for a, b, why in gaps]}


def told(answer: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(gap["from"], gap["to"], gap["reason"]) for gap in answer["gaps"]]


def test_an_officer_says_why_nobody_knows_where_he_was(person: People, walked: str) -> None:
    officer = person("officer")
    assert told(officer.read(f"{walked}/gaps")) == [(minute(4), minute(15), None)]
    inside = (minute(4), minute(15), "进楼入户")
    assert told(officer.do(f"{walked}/gaps", said(inside))) == [inside]
    assert told(person("commander").read(f"{walked}/gaps")) == [inside]
    corrected = (minute(5), minute(15), "手机没电")
    assert told(officer.do(f"{walked}/gaps", said(corrected))) == [corrected]
    taken_back = officer.do(f"{walked}/gaps", said((minute(5), minute(15), " ")))
    assert told(taken_back) == [(minute(4), minute(15), None)]


@pytest.mark.parametrize(
    "gap", [(minute(9), minute(9)), (minute(9), minute(8)), ("2026-11-20T00:59:00Z", minute(9))]
)
def test_a_gap_lies_within_the_shift(person: People, walked: str, gap: tuple[str, str]) -> None:
    answer = person("officer").post(f"{walked}/gaps", said((*gap, "进楼")))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "time")


def test_only_the_officer_explains(person: People, walked: str) -> None:
    body = said((minute(4), minute(15), "进楼"))
    assert person("officer.two").post(f"{walked}/gaps", body).status_code == 404
    assert person("commander").post(f"{walked}/gaps", body).status_code == 403


def test_the_officer_sees_his_track_first(person: People, walked: str, clock: Clock) -> None:
    early = person("commander").get(f"{walked}/track")
    assert (early.status_code, early.json()["code"]) == (409, "officer-first")
    assert early.json()["params"] == {"from": "2026-11-20T13:20:00+00:00"}
    assert person("officer").get(f"{walked}/track").status_code == 200
    assert person("commander").get(f"{walked}/track").status_code == 200
    assert clock.at.hour < 13


def test_half_a_day_later_it_is_shown_anyhow(person: People, walked: str, clock: Clock) -> None:
    clock.forward(hours=12)
    assert person("commander").get(f"{walked}/track").status_code == 200


def test_who_looked_is_kept_and_shown(person: People, walked: str, clock: Clock) -> None:
    officer = person("officer")
    officer.read(f"{walked}/track")
    assert officer.read(f"{walked}/looks") == {"looks": []}, "his own are nobody's business"
    for login in ("commander", "auditor", "commander"):
        clock.forward(minutes=1)
        person(login).read(f"{walked}/track")
    clock.forward(days=1)
    person("commander").read(f"{walked}/track")
    looks = officer.read(f"{walked}/looks")["looks"]
    assert [(one["who"]["display_name"], one["day"], one["times"]) for one in looks] == [
        ("commander", "2026-11-21", 1),
        ("commander", "2026-11-20", 2),
        ("auditor", "2026-11-20", 1),
    ]
    person("commander").read(walked)
    assert len(officer.read(f"{walked}/looks")["looks"]) == 3, "figures alone are no track"
    assert person("officer.two").get(f"{walked}/looks").status_code == 404
