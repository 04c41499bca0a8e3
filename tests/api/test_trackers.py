"""Trackers: what Traccar Client, OsmAnd and OwnTracks send, kept within a duty and nowhere else."""

import base64
import json
import logging
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import small_town
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import text
from uuid_utils.compat import uuid7

from api.routes.trackers import WRONG_A_MINUTE, WrongSecrets
from api.tracker_messages import read_json, read_parameters
from data.database import open_engine
from data.server import DatabaseUrls

People = Callable[[str], Person]
OWN = "/api/v1/session"
BEGUN = "2026-11-20T01:00:00Z"
AT_S = int(datetime.fromisoformat("2026-11-20T01:05:00+00:00").timestamp())
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def secret(person: People) -> str:
    """The secret of a tracker of the officer's."""
    made = person("officer").do(f"{OWN}/devices", {"name": "定位手机", "kind": "tracker"})
    tracker: dict[str, str] = made["tracker"]
    assert tracker["address"].endswith(f"/t/{tracker['secret']}")
    assert tracker["qr"].startswith("data:image/png;base64,")
    return tracker["secret"]


@pytest.fixture
def shift(person: People) -> str:
    """A tracked shift of the officer's in grid 1."""
    shift_id = str(uuid7())
    begun = {"id": shift_id, "grid_ids": [1], "tracked": True, "started_at": BEGUN}
    person("officer").do("/api/v1/shifts", begun)
    return shift_id


def kept(urls: DatabaseUrls) -> list[tuple[Any, ...]]:
    """Every point that is stored, by time: seconds of the day, place and accuracy."""
    engine = open_engine(urls.owner)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT extract(epoch FROM occurred_at)::float8, ST_X(geom), ST_Y(geom), accuracy_m"
                " FROM track_point ORDER BY occurred_at"
            )
        ).all()
    engine.dispose()
    return [tuple(row) for row in rows]


def traccar_9(**coords: Any) -> dict[str, Any]:
    """What Traccar Client sends from version 9 on, as its documentation has it."""
    return {
        "location": {
            "timestamp": "2026-11-20T01:05:00.000Z",
            "coords": {
                "latitude": 36.83,
                "longitude": 118.005,
                "accuracy": 12.5,
                "speed": 1.1,
                "heading": 90,
                "altitude": 320,
                **coords,
            },
            "is_moving": True,
            "odometer": 1042,
            "event": "motionchange",
            "battery": {"level": 0.83, "is_charging": False},
            "activity": {"type": "walking"},
            "extras": {},
        },
        "device_id": "48241179",
    }


def owntracks(**said: Any) -> dict[str, Any]:
    """What OwnTracks sends over HTTP, as its booklet has it."""
    return {
        "_type": "location",
        "acc": 12.5,
        "alt": 320,
        "batt": 83,
        "bs": 1,
        "conn": "m",
        "created_at": AT_S + 1,
        "lat": 36.83,
        "lon": 118.005,
        "t": "u",
        "tid": "JJ",
        "tst": AT_S,
        "vac": 3,
        "vel": 4,
        **said,
    }


def send_query(client: TestClient, path: str, **said: Any) -> Response:
    """One fix as Traccar Client before 9 sends it."""
    fix = {
        "timestamp": AT_S,
        "lat": 36.83,
        "lon": 118.005,
        "speed": 2.1,
        "bearing": 90.0,
        "altitude": 320.0,
        "accuracy": 12.5,
        "batt": 83.0,
    }
    return client.post(path, params=fix | said)


SENDERS: dict[str, Callable[[TestClient, str], Response]] = {
    "Traccar Client before 9": lambda c, s: send_query(c, "/t", id=s),
    "Traccar Client by its address": lambda c, s: send_query(c, f"/t/{s}", id="123456"),
    "Traccar Client from 9 on": lambda c, s: c.post("/t", json=traccar_9() | {"device_id": s}),
    "a batch of it": lambda c, s: c.post(
        f"/t/{s}", json={"location": [traccar_9()["location"]] * 2, "device_id": "1"}
    ),
    "OsmAnd": lambda c, s: c.get(
        f"/t/{s}?lat=36.83&lon=118.005&timestamp={AT_S * 1000}&hdop=12.5&altitude=320.0"
        "&speed=1.1&bearing=90.0&accuracy=12.5"
    ),
    "a form": lambda c, s: c.post(
        "/t",
        data={
            "deviceid": s,
            "location": "36.83,118.005",
            "timestamp": "2026-11-20T01:05:00Z",
            "accuracy": "12.5",
        },
    ),
    "OwnTracks by its address": lambda c, s: c.post(f"/t/{s}", json=owntracks()),
    "OwnTracks by name and password": lambda c, s: c.post(
        "/t",
        json=owntracks(),
        headers={"Authorization": "Basic " + base64.b64encode(f"jane:{s}".encode()).decode()},
    ),
}


@pytest.mark.parametrize("sender", SENDERS)
def test_each_app_is_taken_and_the_same_fix_twice_is_one(
    sender: str, client: TestClient, secret: str, shift: str, urls: DatabaseUrls
) -> None:
    assert shift
    for _ in range(2):
        answer = SENDERS[sender](client, secret)
        assert answer.status_code == 200, answer.text
        if "OwnTracks" in sender:
            assert answer.json() == []
    assert kept(urls) == [(AT_S, 118.005, 36.83, 12.5)]


def test_what_lies_outside_a_duty_is_answered_forgotten_and_counted(
    client: TestClient, secret: str, shift: str, urls: DatabaseUrls, person: People
) -> None:
    outside = [
        owntracks(tst=AT_S - 3600),
        owntracks(lon=118.0123),
        owntracks(lat="none"),
        {"_type": "encrypted", "data": "aGVsbG8="},
        {"_type": "status", "iOS": {}},
        {"_type": "waypoint", "lat": 36.83, "lon": 118.005, "tst": AT_S, "desc": "家"},
    ]
    for message in outside:
        answer = client.post(f"/t/{secret}", json=message)
        assert (answer.status_code, answer.json()) == (200, [])
    for body in (b"", b"{broken"):
        assert client.post(f"/t/{secret}", content=body, headers=JSON).status_code == 200
    assert send_query(client, f"/t/{secret}", lat="here").status_code == 200
    assert client.post(f"/t/{secret}", params={"batt": 83}).status_code == 200
    assert kept(urls) == []
    person("officer").do(f"/api/v1/shifts/{shift}/end", {"ended_at": "2026-11-20T01:04:00Z"})
    assert send_query(client, f"/t/{secret}").status_code == 200
    device = person("officer").read(f"{OWN}/ways-in")["devices"][0]
    assert device["not_kept"] == {"off_duty": 2, "far_away": 1, "unreadable": 4}
    assert device["seen_on"] == "2026-11-20"
    assert kept(urls) == []


def test_what_was_buffered_goes_to_the_shift_that_was_on_then(
    client: TestClient, secret: str, shift: str, person: People
) -> None:
    officer = person("officer")
    officer.do(f"/api/v1/shifts/{shift}/end", {"ended_at": "2026-11-20T01:30:00Z"})
    for minute in range(5):
        send_query(client, f"/t/{secret}", timestamp=AT_S + 60 * minute)
    ended = officer.read(f"/api/v1/shifts/{shift}")
    assert (ended["points"], ended["seconds"]) == (5, 240.0)


def test_an_unknown_secret_is_refused_and_nothing_is_logged_of_it(
    client: TestClient, secret: str, shift: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert shift
    caplog.set_level(logging.INFO, "sanbai.access")
    unknown = "abcdefghabcdefghabcdefgh"
    for path in (f"/t/{unknown}", "/t", "/t/日本", f"/t/{secret[:-1]}"):
        assert send_query(client, path).status_code == 404
    assert send_query(client, f"/t/{secret}").status_code == 200
    told = [vars(record) for record in caplog.records if record.name == "sanbai.access"]
    assert {line["path"] for line in told} == {"/t", "/t/…"}
    assert secret not in str(told)
    assert unknown not in str(told)


def test_who_guesses_has_to_wait_and_others_go_on(
    client: TestClient, secret: str, shift: str
) -> None:
    assert shift
    client.app.state.wrong_secrets = WrongSecrets()
    assert send_query(client, f"/t/{secret}").status_code == 200
    for _ in range(WRONG_A_MINUTE):
        assert send_query(client, "/t/guess").status_code == 404
    waits = send_query(client, "/t/guess")
    assert (waits.status_code, waits.headers["retry-after"]) == (429, "60")
    assert send_query(client, f"/t/{secret}").status_code == 200
    client.app.state.wrong_secrets = WrongSecrets()


def test_a_tracker_that_was_revoked_is_unknown(
    client: TestClient, secret: str, shift: str, person: People, urls: DatabaseUrls
) -> None:
    assert shift
    officer = person("officer")
    device_id = officer.read(f"{OWN}/ways-in")["devices"][0]["id"]
    renewed = officer.do(f"{OWN}/devices/{device_id}/token")["tracker"]["secret"]
    assert send_query(client, f"/t/{secret}").status_code == 404
    assert send_query(client, f"/t/{renewed}").status_code == 200
    officer.do(f"{OWN}/devices/{device_id}/revoke")
    assert send_query(client, f"/t/{renewed}", timestamp=AT_S + 60).status_code == 404
    assert len(kept(urls)) == 1


def test_handed_over_it_records_for_whoever_has_it_that_day(
    client: TestClient, secret: str, shift: str, urls: DatabaseUrls
) -> None:
    assert shift
    engine = open_engine(urls.owner)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE device_holding SET account_id = :other"),
            {"other": small_town.account_id("officer.two")},
        )
    engine.dispose()
    assert send_query(client, f"/t/{secret}").status_code == 200
    assert kept(urls) == []


def test_the_secret_is_told_once_and_kept_nowhere(person: People, urls: DatabaseUrls) -> None:
    officer, operation = person("officer"), uuid7()
    body = {"name": "定位手机", "kind": "tracker"}
    made = officer.post(f"{OWN}/devices", body, operation=operation).json()
    again = officer.post(f"{OWN}/devices", body, operation=operation).json()
    assert again == {**made, "token": None, "tracker": None}
    phone = officer.do(f"{OWN}/devices", {"name": "手机", "kind": "phone"})
    assert phone["tracker"] is None
    engine = open_engine(urls.owner)
    with engine.connect() as connection:
        rows = [
            str(connection.execute(text(f"SELECT {table}::text FROM {table}")).scalars().all())
            for table in ("operation", "tracker_key", "device", "account_event")
        ]
    engine.dispose()
    assert all(made["tracker"]["secret"] not in row for row in rows)


def test_no_answer_of_a_tracker_is_remembered(
    client: TestClient, secret: str, shift: str, urls: DatabaseUrls
) -> None:
    assert shift
    owner = open_engine(urls.owner)

    def operations() -> int:
        with owner.connect() as connection:
            count: int = connection.execute(text("SELECT count(*) FROM operation")).scalar_one()
        return count

    before = operations()
    send_query(client, f"/t/{secret}")
    assert operations() == before
    owner.dispose()


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1700000000", 1_700_000_000),
        ("1700000000123", 1_700_000_000.123),
        ("2023-11-14T22:13:20Z", 1_700_000_000),
        ("2023-11-15T06:13:20+08:00", 1_700_000_000),
        ("2023-11-14 22:13:20", 1_700_000_000),
        ("1999", None),
        ("nan", None),
        ("1e300", None),
        ("", None),
    ],
)
def test_moments_in_all_their_forms(said: str, seconds: float | None) -> None:
    told = read_parameters({"lat": "1", "lon": "2", "timestamp": said}, small_town.AT)
    assert [fix.at.timestamp() for fix in told.fixes] == ([] if seconds is None else [seconds])
    assert told.unreadable == (seconds is None)


def test_what_tells_no_time_is_now(clock: Clock) -> None:
    told = read_parameters({"lat": "1", "lon": "2", "id": "x"}, clock.at)
    assert (told.fixes[0].at, told.device) == (clock.at, "x")
    assert math.isnan(told.fixes[0].accuracy_m)


@pytest.mark.parametrize(
    "body",
    [
        '"text"',
        "[1, null]",
        '{"location": 7}',
        '{"location": {"coords": {"latitude": 91, "longitude": 1}, "timestamp": 1700000000}}',
        '{"location": {"coords": {"latitude": true, "longitude": 1}, "timestamp": 1700000000}}',
        '{"_type": "location", "lat": 1, "lon": 1e999, "tst": 1700000000}',
        '{"location": {"mock": true, "coords": {"latitude": 1, "longitude": 1}, "timestamp": 2e9}}',
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_counted(body: str) -> None:
    told = read_json(body.encode())
    assert (told.fixes, told.unreadable > 0) == ((), True)


def test_one_bad_fix_leaves_the_others(clock: Clock) -> None:
    assert clock
    batch = {"location": [traccar_9()["location"], {"coords": {}}]}
    told = read_json(json.dumps(batch).encode())
    assert (len(told.fixes), told.unreadable) == (1, 1)
