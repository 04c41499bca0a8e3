"""Operations handed in together: answered one by one, as if each had been sent alone."""

import json
import os
from collections.abc import Callable
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import Person
from sqlalchemy import text
from uuid_utils.compat import uuid7

from api.routes import shifts, sync
from data.database import open_engine
from data.server import DatabaseUrls

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
CASES = "/api/v1/cases"
SHIFTS = "/api/v1/shifts"
BEGUN = "2026-11-20T01:00:00Z"


def operation(path: str, body: dict[str, Any], *needs: str, id_: str | None = None) -> Any:
    return {"id": id_ or str(uuid7()), "path": path, "body": body, "needs": list(needs)}


def hand_in(who: Person, *operations: Any) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = who.do("/api/v1/sync", {"operations": operations})["results"]
    assert [one["id"] for one in results] == [one["id"] for one in operations]
    return results


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in results]


def fixes(count: int = 3) -> dict[str, Any]:
    return {
        "points": [
            {"seq": n, "occurred_at": f"2026-11-20T01:0{n}:00Z", "lon": 118.005, "lat": 36.83}
            for n in range(count)
        ]
    }


def test_a_day_is_handed_in_at_once_and_again(person: People, report: Report) -> None:
    officer, body, shift_id = person("officer"), report(), str(uuid7())
    begin = operation(
        SHIFTS, {"id": shift_id, "grid_ids": [1], "tracked": True, "started_at": BEGUN}
    )
    day = [
        begin,
        operation(f"{SHIFTS}/{shift_id}/points", fixes(), begin["id"]),
        operation(CASES, body),
        operation(f"{SHIFTS}/{shift_id}/end", {"ended_at": "2026-11-20T01:30:00Z"}, begin["id"]),
    ]
    first = hand_in(officer, *day)
    assert outcomes(first) == ["applied"] * 4
    assert [one["status"] for one in first] == [201, 200, 201, 200]
    assert first[1]["answer"] == {"accepted": 3, "duplicates": 0, "refused": []}
    again = hand_in(officer, *day)
    assert outcomes(again) == ["already"] * 4
    assert [one["answer"] for one in again] == [one["answer"] for one in first]
    assert officer.read(f"{CASES}/{body['id']}")["id"] == body["id"]


def test_it_is_the_same_command_as_when_it_is_sent_alone(person: People, report: Report) -> None:
    officer, body, id_ = person("officer"), report(description="垃圾成堆 “很多”"), uuid7()
    alone = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {**officer.cookies, "X-Sanbai": "1", "Operation-Id": str(id_)}
    headers["Content-Type"] = "application/json"
    assert officer.client.post(CASES, content=alone, headers=headers).status_code == 201
    assert outcomes(hand_in(officer, operation(CASES, body, id_=str(id_)))) == ["already"]
    other = operation(CASES, body | {"description": "别的"}, id_=str(id_))
    reused = hand_in(officer, other)[0]
    assert (reused["outcome"], reused["problem"]["code"]) == ("conflict", "operation-reused")


def test_each_is_answered_by_itself(person: People, report: Report) -> None:
    officer, body = person("officer"), report()
    wrong = operation(CASES, report(category_id=999_999))
    results = hand_in(
        officer,
        wrong,
        operation(CASES, body),
        operation(f"{CASES}/{body['id']}/actions", {"action": "verify", "seq": 77}),
        operation("/api/v1/accounts", {"login": "me"}),
        operation(f"{CASES}/x/actions", {}, wrong["id"]),
        operation(f"{SHIFTS}/{uuid7()}/end", {}),
    )
    assert outcomes(results) == ["refused", "applied", "conflict", "refused", "held", "refused"]
    problems = [one["problem"] and one["problem"]["code"] for one in results]
    assert problems[2:] == ["case-moved-on", "not-synced", "needs-not-done", "not-found"]
    assert results[2]["problem"]["params"] == {"expected_seq": 77, "seq": 1, "state": "reported"}
    assert results[4]["problem"]["params"] == {"needs": [wrong["id"]]}


def test_what_is_needed_comes_first(person: People) -> None:
    officer, shift_id = person("officer"), str(uuid7())
    begin = operation(SHIFTS, {"id": shift_id, "grid_ids": [1], "started_at": BEGUN})
    end = operation(f"{SHIFTS}/{shift_id}/end", {}, begin["id"])
    assert outcomes(hand_in(officer, end)) == ["held"], "nobody has begun it"
    assert outcomes(hand_in(officer, end, begin)) == ["held", "applied"]
    assert outcomes(hand_in(officer, end)) == ["applied"], "begun by a batch before"


def test_rights_are_those_of_who_hands_in(person: People, report: Report) -> None:
    begin = operation(SHIFTS, {"id": str(uuid7()), "grid_ids": [1]})
    refused = hand_in(person("auditor"), begin, operation(CASES, report()))
    assert [one["problem"]["code"] for one in refused] == ["forbidden", "forbidden"]
    nobody = person("officer").client.post(
        "/api/v1/sync", json={"operations": [begin]}, headers={"X-Sanbai": "1"}
    )
    assert nobody.status_code == 401
    plain = person("officer").client.post(
        "/api/v1/sync", json={"operations": [begin]}, headers=person("officer").cookies
    )
    assert plain.json()["code"] == "header-missing"


def test_a_failure_of_ours_ends_one_operation(
    person: People, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(shifts.patrols, "begin_shift", fail)
    begin = operation(SHIFTS, {"id": str(uuid7()), "grid_ids": [1]})
    results = hand_in(person("officer"), begin, operation(CASES, report()))
    assert outcomes(results) == ["later", "applied"]
    assert (results[0]["status"], results[0]["problem"]["code"]) == (500, "internal")


def test_a_busy_server_is_not_asked_two_hundred_times(
    person: People, report: Report, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = client.app.state.context
    busy = parts.settings.model_copy(update={"track_queue": 0})
    intake = shifts.TrackIntake(parts, shifts._answer)
    object.__setattr__(intake, "_parts", type("Parts", (), {"settings": busy})())
    monkeypatch.setattr(client.app.state, "track_intake", intake, raising=False)
    points = operation(f"{SHIFTS}/{uuid7()}/points", fixes())
    results = hand_in(person("officer"), points, operation(CASES, report()))
    assert outcomes(results) == ["later", "later"]
    assert results[1]["problem"]["code"] == "tracks-busy"


def test_every_path_that_is_synced_is_a_command(client: TestClient) -> None:
    told = client.get("/openapi.json").json()["paths"]
    for path in sync.SYNCED:
        headers = {one["name"].lower() for one in told[path]["post"]["parameters"]}
        assert "operation-id" in headers, path


# Two phones of two officers: what each did, and what it needs.
PHONES = ("officer", "officer.two")
MOST_EXAMPLES = int(os.environ.get("SANBAI_TEST_SYNC_EXAMPLES", "5"))


def named(run: int, *words: object) -> str:
    """An id that a day of one run gives to something."""
    return str(uuid5(UUID(int=run), "/".join(map(str, words))))


def a_day_of(phone: int, category_id: int, run: int) -> list[Any]:
    """What one officer did: a shift, its points in batches that overlap, a report and steps."""
    shift, case = named(run, phone, "shift"), named(run, phone, "case")
    lon = 118.005 + phone / 100
    begun = {"id": shift, "grid_ids": [phone + 1], "tracked": True, "started_at": BEGUN}
    points = [{**one, "lon": lon + 1e-4 * one["seq"]} for one in fixes(6)["points"]]
    report = {
        "id": case,
        "category_id": category_id,
        "lon": lon,
        "lat": 36.83,
        "description": PHONES[phone],
        "occurred_at": BEGUN,
    }
    done = [
        ("begin", SHIFTS, begun, ()),
        ("first", f"{SHIFTS}/{shift}/points", {"points": points[:4]}, ("begin",)),
        ("report", CASES, report, ()),
        ("confirm", f"{CASES}/{case}/actions", {"action": "confirm", "seq": 1}, ("report",)),
        ("second", f"{SHIFTS}/{shift}/points", {"points": points[2:]}, ("begin",)),
        (
            "answer",
            f"{CASES}/{case}/actions",
            {"action": "answer", "seq": 2, "how": "phone", "text": "已告知"},
            ("confirm",),
        ),
        ("end", f"{SHIFTS}/{shift}/end", {"ended_at": "2026-11-20T01:30:00Z"}, ("begin",)),
    ]
    return [
        operation(
            path,
            body,
            *(named(run, phone, "operation", need) for need in needs),
            id_=named(run, phone, "operation", name),
        )
        for name, path, body, needs in done
    ]


KEPT = {
    "reports": "SELECT state, grid_id, ST_AsText(geom) FROM hazard_case WHERE id = :case",
    "ledger": "SELECT seq, action, actor_id FROM case_event WHERE case_id = :case ORDER BY seq",
    "shifts": "SELECT account_id, ended_at, points, seconds, metres FROM shift WHERE id = :shift",
    "points": "SELECT seq, occurred_at, ST_AsText(geom), grid_id FROM track_point"
    " WHERE shift_id = :shift ORDER BY seq",
    "shares": "SELECT grid_id, points, seconds, metres FROM shift_grid"
    " WHERE shift_id = :shift ORDER BY grid_id",
}


def kept(urls: DatabaseUrls, run: int) -> dict[str, list[Any]]:
    """All that the server has of the days of one run."""
    engine = open_engine(urls.owner)
    with engine.connect() as connection:
        found = {
            f"{PHONES[phone]} {name}": [
                tuple(row)
                for row in connection.execute(
                    text(asked),
                    {"case": named(run, phone, "case"), "shift": named(run, phone, "shift")},
                )
            ]
            for phone in range(2)
            for name, asked in KEPT.items()
        }
    engine.dispose()
    return found


@pytest.fixture
def in_order(
    person: People, categories: dict[str, int], urls: DatabaseUrls
) -> dict[str, list[Any]]:
    """What is kept when both hand in their day once and in order."""
    for phone in range(2):
        day = a_day_of(phone, categories["06010"], 1)
        assert outcomes(hand_in(person(PHONES[phone]), *day)) == ["applied"] * len(day)
    found = kept(urls, 1)
    assert [len(found["officer points"]), len(found["officer ledger"])] == [6, 3]
    return found


runs = count(2)
batches_of_both = st.lists(
    st.tuples(st.integers(0, 1), st.lists(st.integers(0, 6), min_size=1, max_size=7)),
    max_size=5,
)


@settings(
    max_examples=MOST_EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sent=batches_of_both)
def test_batches_sent_twice_mixed_and_out_of_order_come_to_the_same(
    person: People,
    categories: dict[str, int],
    urls: DatabaseUrls,
    in_order: dict[str, list[Any]],
    sent: list[tuple[int, list[int]]],
) -> None:
    run = next(runs)
    people = [person(login) for login in PHONES]
    days = [a_day_of(phone, categories["06010"], run) for phone in range(2)]
    for phone, picked in sent:
        results = hand_in(people[phone], *(days[phone][number] for number in picked))
        assert {"conflict", "refused", "later"}.isdisjoint(outcomes(results)), results
    for phone in range(2):
        last = hand_in(people[phone], *days[phone])
        assert set(outcomes(last)) <= {"applied", "already"}
    assert kept(urls, run) == in_order
