"""Tracks are thinned and then go: nothing of where somebody was remains, what was walked does."""

import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import small_town
from fastapi.testclient import TestClient
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from data.accounts import open_session
from data.database import open_engine
from data.server import DatabaseUrls
from data.street_matching import match_shift
from data.track_retention import thin_and_forget_tracks

People = Callable[[str], Person]
# Nowhere else in the town.
LON, LAT = 118.00512347, 36.83054329
STEP = 1.0000007e-4
FIXES = 60


@pytest.fixture
def worker(urls: DatabaseUrls) -> Any:
    """An engine as the worker has it."""
    engine = open_engine(urls.app)
    yield engine
    engine.dispose()


def fixes() -> list[dict[str, Any]]:
    """A fix each ten seconds for ten minutes."""
    return [
        {
            "seq": n,
            "occurred_at": f"2026-11-20T01:{n // 6:02}:{n % 6 * 10:02}Z",
            "lon": LON + n * STEP,
            "lat": LAT,
            "accuracy_m": 5,
        }
        for n in range(FIXES)
    ]


def traces(urls: DatabaseUrls, home: Path) -> set[str]:
    """Tables and files in which a coordinate of the track is found, as text or as a number."""
    numbers = [LON + n * STEP for n in range(FIXES)] + [LAT]
    packed = [struct.pack("<d", number) for number in numbers]
    words = [f"{number:.8f}"[:12] for number in numbers] + [one.hex().upper() for one in packed]
    found = set()
    engine = open_engine(urls.owner)
    with engine.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ).scalars()
        for table in list(tables):
            rows = connection.execute(text(f"SELECT t::text FROM {table} AS t")).scalars().all()
            if any(word in row for row in rows for word in words):
                found.add(table)
    engine.dispose()
    for path in home.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if any(one in content for one in packed) or any(w.encode() in content for w in words):
            found.add(path.name)
    return found


@pytest.fixture
def shift_id(person: People, worker: Engine, client: TestClient) -> UUID:
    """A shift that ended and was matched, with a tracker's fix, looks and a gap explained."""
    officer, shift_id = person("officer"), uuid7()
    path = f"/api/v1/shifts/{shift_id}"
    begun = {"id": str(shift_id), "grid_ids": [1], "tracked": True}
    officer.do("/api/v1/shifts", begun | {"started_at": "2026-11-20T01:00:00Z"})
    officer.do(f"{path}/points", {"points": fixes()})
    made = officer.do("/api/v1/session/devices", {"name": "定位器", "kind": "tracker"})
    said = {"lat": LAT, "lon": LON, "timestamp": "2026-11-20T01:12:00Z"}
    assert client.get(f"/t/{made['tracker']['secret']}", params=said).status_code == 200
    officer.do(f"{path}/end", {"ended_at": "2026-11-20T01:20:00Z"})
    gap = {"from": "2026-11-20T01:12:00Z", "to": "2026-11-20T01:20:00Z", "reason": "进楼"}
    officer.do(f"{path}/gaps", {"gaps": [gap]})
    officer.read(f"{path}/track")
    person("commander").read(f"{path}/track")
    assert match_shift(worker, small_town.DISTRICT, UUID(str(shift_id)), small_town.AT)
    return UUID(str(shift_id))


def signed_in_anew(client: TestClient, worker: Engine, clock: Clock) -> Person:
    """The officer, whose session of three months ago has ended."""
    who = small_town.account_id("officer")
    with worker.begin() as connection:
        token = open_session(connection, small_town.DISTRICT, who, clock.at, 10)
    return Person(client, token, who)


def care(worker: Engine, clock: Clock) -> int:
    """What the worker does each hour."""
    with worker.begin() as connection:
        return thin_and_forget_tracks(connection, clock.at, whole_days=30, days=90)


def test_nothing_of_where_somebody_was_remains(
    *,
    person: People,
    client: TestClient,
    worker: Engine,
    clock: Clock,
    urls: DatabaseUrls,
    shift_id: UUID,
) -> None:
    officer, path = person("officer"), f"/api/v1/shifts/{shift_id}"
    home = client.app.state.context.settings.home
    begun = clock.at
    there = {"public.track_point", "public.track_point_2026w47"}
    assert traces(urls, home) == there, "the search finds what is there, and only there"
    figures = officer.read(path)
    assert figures["metres"] > 40
    clock.at = begun + timedelta(days=29)
    assert care(worker, clock) == 0
    assert len(officer.read(f"{path}/track")["properties"]["times"][0]) == FIXES
    clock.at = begun + timedelta(days=32)
    assert care(worker, clock) == 0
    officer = person("officer")
    assert [len(line) for line in officer.read(f"{path}/track")["properties"]["times"]] == [10]
    assert officer.read(path) == figures
    clock.at = begun + timedelta(days=90)
    assert care(worker, clock) == 1
    officer = signed_in_anew(client, worker, clock)
    assert traces(urls, home) == set()
    assert officer.read(path) == figures, "what was walked stays"
    assert officer.read(f"{path}/track")["geometry"]["coordinates"] == []
    assert len(officer.read(f"{path}/looks")["looks"]) == 1
    assert officer.read(f"{path}/gaps")["gaps"][0]["reason"] == "进楼"
    late = officer.do(f"{path}/points", {"points": fixes()[:2]})
    assert [one["reason"] for one in late["refused"]] == ["too-old", "too-old"]
    assert officer.read(path) == figures
    assert traces(urls, home) == set()
    assert care(worker, clock) == 0


def test_a_shift_that_nobody_ended_ends_with_its_last_fix(
    person: People, worker: Engine, clock: Clock
) -> None:
    officer, shift_id = person("officer"), uuid7()
    begun = {"id": str(shift_id), "grid_ids": [1], "tracked": True}
    officer.do("/api/v1/shifts", begun | {"started_at": "2026-11-20T01:00:00Z"})
    officer.do(f"/api/v1/shifts/{shift_id}/points", {"points": fixes()})
    clock.forward(days=31)
    care(worker, clock)
    told = person("officer").read(f"/api/v1/shifts/{shift_id}")
    assert told["ended_at"] == "2026-11-20T01:09:50Z"
    assert told["metres"] > 40
