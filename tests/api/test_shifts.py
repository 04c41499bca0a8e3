"""Shifts and tracks: what is kept of a patrol, what is refused, and who sees it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from people import Clock, Person
from sqlalchemy import event
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
START = datetime.fromisoformat("2026-11-20T01:00:00+00:00")


def begin(who: Person, **said: Any) -> dict[str, Any]:
    body = {
        "id": str(uuid7()),
        "grid_ids": [1],
        "tracked": True,
        "started_at": START.isoformat(),
        **said,
    }
    shift: dict[str, Any] = who.do("/api/v1/shifts", body)
    return shift


def fix(seq: int, lon: float, minutes: float, **said: Any) -> dict[str, Any]:
    at = START + timedelta(minutes=minutes)
    return {"seq": seq, "occurred_at": at.isoformat(), "lon": lon, "lat": 36.83, **said}


def walk() -> list[dict[str, Any]]:
    """Eastwards at 0.00008° in 15 s, about 0.5 m/s: half in grid 1, half in grid 2."""
    return [fix(seq, 118.008 + seq * 0.00008, seq / 4) for seq in range(51)]


def test_a_patrol_is_shared_over_the_grids(person: People) -> None:
    officer, commander = person("officer"), person("commander")
    shift = begin(officer)
    assert (shift["shift_day"], shift["ended_at"], shift["points"]) == ("2026-11-20", None, 0)
    path = f"/api/v1/shifts/{shift['id']}"
    taken = officer.do(f"{path}/points", {"points": walk()})
    assert taken == {"accepted": 51, "duplicates": 0, "refused": []}
    ended = officer.do(f"{path}/end", {"ended_at": "2026-11-20T01:20:00Z"})
    assert ended["seconds"] == pytest.approx(750)
    assert ended["metres"] == pytest.approx(357, abs=1)
    assert [grid["grid_id"] for grid in ended["grids"]] == [1, 2]
    for grid in ended["grids"]:
        assert grid["seconds"] == pytest.approx(375)
        assert grid["metres"] == pytest.approx(178.5, abs=1)
    assert ended["grids"][0]["points"] + ended["grids"][1]["points"] == 51
    status = commander.read("/api/v1/grid-status")
    assert status["patrols_30d"][:3] == [1, 1, 0]
    assert status["patrol_seconds_30d"][:3] == [375.0, 375.0, 0.0]
    assert status["last_patrol_at"][1] == int((START + timedelta(minutes=12.5)).timestamp())
    twice = officer.post("/api/v1/shifts", {"id": shift["id"], "grid_ids": [1]})
    assert (twice.status_code, twice.json()["code"]) == (409, "shift-exists")
    again = officer.post(f"{path}/end", {})
    assert (again.status_code, again.json()["code"]) == (409, "shift-ended")


def test_the_track_is_split_where_nobody_knows(person: People) -> None:
    officer = person("officer")
    shift = begin(officer)
    path = f"/api/v1/shifts/{shift['id']}"
    assert officer.read(f"{path}/track")["geometry"]["coordinates"] == []
    points = [fix(0, 118.005, 0), fix(1, 118.0052, 0.5), fix(2, 118.006, 9), fix(3, 118.0062, 9.5)]
    officer.do(f"{path}/points", {"points": points})
    track = officer.read(f"{path}/track")
    assert track["geometry"]["type"] == "MultiLineString"
    assert [len(line) for line in track["geometry"]["coordinates"]] == [2, 2]
    assert track["properties"]["times"][1][0] == (START + timedelta(minutes=9)).timestamp()
    ended = officer.do(f"{path}/end", {})
    assert (ended["seconds"], ended["gap_seconds"]) == (60.0, 510.0)


def test_what_lies_outside_the_duty_is_refused_with_its_reason(person: People) -> None:
    officer = person("officer")
    shift = begin(officer)
    path = f"/api/v1/shifts/{shift['id']}"
    points = [
        fix(0, 118.005, 1),
        fix(1, 118.005, -1),
        fix(2, 118.005, 61 + 24 * 60),
        fix(3, 118.0123, 2),
        fix(4, 118.005, 120),
        fix(5, 118.0121, 2),
        fix(0, 118.006, 3),
    ]
    taken = officer.do(f"{path}/points", {"points": points})
    assert (taken["accepted"], taken["duplicates"]) == (2, 1), "187 m off is near, 205 m is not"
    assert [(point["seq"], point["reason"]) for point in taken["refused"]] == [
        (1, "before-start"),
        (2, "after-end"),
        (3, "far-from-duty"),
        (4, "in-future"),
    ]


def test_the_same_batch_again_changes_nothing(person: People) -> None:
    officer = person("officer")
    path = f"/api/v1/shifts/{begin(officer)['id']}"
    officer.do(f"{path}/points", {"points": walk()})
    again = officer.do(f"{path}/points", {"points": walk()})
    assert again == {"accepted": 0, "duplicates": 51, "refused": []}
    assert officer.read(path)["points"] == 51


def test_points_that_come_late_count(person: People) -> None:
    """A phone without a net ends the shift first and sends the rest afterwards."""
    officer = person("officer")
    path = f"/api/v1/shifts/{begin(officer)['id']}"
    officer.do(f"{path}/points", {"points": walk()[:26]})
    officer.do(f"{path}/end", {"ended_at": "2026-11-20T01:20:00Z"})
    assert officer.read(path)["seconds"] == pytest.approx(375)
    late = officer.do(f"{path}/points", {"points": [*walk()[26:], fix(99, 118.005, 21)]})
    assert (late["accepted"], late["refused"]) == (25, [{"seq": 99, "reason": "after-end"}])
    assert officer.read(path)["seconds"] == pytest.approx(750)
    assert officer.read("/api/v1/grid-status")["patrol_seconds_30d"] == [375.0]


def test_a_duty_without_a_track_is_taken_at_its_word(person: People) -> None:
    officer = person("officer")
    path = f"/api/v1/shifts/{begin(officer, tracked=False)['id']}"
    refused = officer.post(f"{path}/points", {"points": walk()})
    assert (refused.status_code, refused.json()["code"]) == (409, "not-tracked")
    officer.do(f"{path}/end", {"ended_at": "2026-11-20T01:20:00Z"})
    status = officer.read("/api/v1/grid-status")
    assert (status["patrols_30d"], status["patrol_seconds_30d"]) == ([1], [0.0])


def test_points_of_another_datum_are_converted(person: People) -> None:
    officer = person("officer")
    path = f"/api/v1/shifts/{begin(officer)['id']}"
    batch = {"points": [fix(s, 118.011 + s * 1e-4, s / 2) for s in range(2)], "datum": "gcj02"}
    officer.do(f"{path}/points", batch)
    lon, lat = officer.read(f"{path}/track")["geometry"]["coordinates"][0][0]
    assert (lon, lat) == pytest.approx((118.0055, 36.8296), abs=1e-3)


def test_who_sees_a_shift(person: People) -> None:
    officer = person("officer")
    shift = begin(officer)
    path = f"/api/v1/shifts/{shift['id']}"
    officer.do(f"{path}/points", {"points": walk()})
    officer.do(f"{path}/end", {})
    officer.read(f"{path}/track")
    for login in ("commander", "auditor", "officer"):
        assert len(person(login).read("/api/v1/shifts", grid_id=1)["items"]) == 1, login
        assert person(login).get(f"{path}/track").status_code == 200
    for login in ("officer.two", "commander.east"):
        assert person(login).read("/api/v1/shifts")["items"] == [], login
        assert person(login).get(path).status_code == 404
        assert person(login).get(f"{path}/track").status_code == 404
    for login in ("planner", "handler"):
        assert person(login).get("/api/v1/shifts").status_code == 403, login
    other = person("officer.two").post(f"{path}/points", {"points": walk()})
    assert other.status_code == 404
    assert person("commander").post(f"{path}/end", {}).status_code == 403


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"grid_ids": [2]}, 404, "not-found"),
        ({"grid_ids": [999]}, 404, "not-found"),
        ({"grid_ids": []}, 422, "invalid"),
        ({"started_at": "2026-11-20T09:00:00Z"}, 422, "invalid"),
        ({"started_at": "2026-10-01T00:00:00Z"}, 422, "invalid"),
        ({"kind": "holiday"}, 422, "invalid"),
    ],
)
def test_a_duty_that_cannot_be_begun(
    person: People, said: dict[str, Any], status: int, code: str
) -> None:
    body = {"id": str(uuid7()), "grid_ids": [1], "tracked": True, **said}
    answer = person("officer").post("/api/v1/shifts", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_shift_ends_after_it_began_and_within_a_day(person: People) -> None:
    officer = person("officer")
    path = f"/api/v1/shifts/{begin(officer)['id']}"
    for ended_at in ("2026-11-20T00:59:59Z", "2026-11-21T01:00:01Z"):
        answer = officer.post(f"{path}/end", {"ended_at": ended_at})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert officer.read(path)["ended_at"] is None


def test_a_shift_over_midnight_stays_on_its_day(person: People, clock: Clock) -> None:
    officer = person("officer")
    clock.at = datetime.fromisoformat("2026-11-20T17:00:00+00:00")
    shift = begin(officer, started_at="2026-11-20T15:30:00Z")
    assert shift["shift_day"] == "2026-11-20"
    points = [
        {"seq": seq, "occurred_at": at, "lon": 118.005, "lat": 36.83}
        for seq, at in enumerate(["2026-11-20T15:59:30Z", "2026-11-20T16:00:30Z"])
    ]
    taken = officer.do(f"/api/v1/shifts/{shift['id']}/points", {"points": points})
    assert taken["accepted"] == 2
    assert len(officer.read("/api/v1/shifts", to="2026-11-20")["items"]) == 1


def test_lists_of_shifts_are_paged_in_one_question(person: People, client: TestClient) -> None:
    officer = person("officer")
    ids = [begin(officer)["id"] for _ in range(5)]
    asked: list[str] = []
    engine = client.app.state.context.engine

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        seen, cursor, questions = [], None, set()
        while True:
            asked.clear()
            page = officer.read("/api/v1/shifts", limit=2, **({"cursor": cursor} if cursor else {}))
            questions.add(len(asked))
            seen += [shift["id"] for shift in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert sorted(seen) == sorted(ids)
    assert len(questions) == 1


def test_a_batch_is_a_command_that_can_be_repeated(person: People) -> None:
    officer, operation = person("officer"), uuid7()
    path = f"/api/v1/shifts/{begin(officer)['id']}/points"
    first = officer.post(path, {"points": walk()}, operation=operation)
    again = officer.post(path, {"points": walk()}, operation=operation)
    assert first.json() == again.json() == {"accepted": 51, "duplicates": 0, "refused": []}
    assert [one.headers.get("Operation-Replayed") for one in (first, again)] == [None, "true"]
    reused = officer.post(path, {"points": walk()[:5]}, operation=operation)
    assert (reused.status_code, reused.json()["code"]) == (409, "operation-reused")
    bare = officer.client.post(
        path, json={"points": walk()}, headers={**officer.cookies, "X-Sanbai": "1"}
    )
    assert (bare.status_code, bare.json()["code"]) == (422, "operation-id-missing")


def test_only_who_is_signed_in_sends_points_and_only_of_his_own_shifts(person: People) -> None:
    officer, other = person("officer"), person("officer.two")
    path = f"/api/v1/shifts/{begin(officer)['id']}/points"
    body = {"points": walk()}
    assert other.post(path, body).status_code == 404
    assert person("auditor").post(path, body).status_code == 403
    headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7())}
    assert officer.client.post(path, json=body, headers=headers).status_code == 401
    plain = officer.client.post(path, json=body, headers=officer.cookies)
    assert (plain.status_code, plain.json()["code"]) == (403, "header-missing")
