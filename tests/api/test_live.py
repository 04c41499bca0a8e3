"""The live stream: told to who may see it, nothing skipped, ended when rights end."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event, Semaphore
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx2
import pytest
import small_town
from fastapi import FastAPI
from people import Clock, Person
from served import WAIT_S, Running, running
from sqlalchemy import Engine, event, text

from casework.states import Actor
from data.case_types import NewCase, Point
from data.cases import create_case
from data.layers import touch_layer
from data.server import DatabaseUrls

Report = Callable[..., dict[str, Any]]
CHIEF = Actor(small_town.account_id("commander"), frozenset({"commander"}))


@pytest.fixture
def server(
    urls: DatabaseUrls, application: tuple[FastAPI, Clock], clock: Clock
) -> Iterator[Running]:
    """The application on the test's own database, with streams that really stream."""
    with running(application[0]) as served:
        yield served


@pytest.fixture
def person(server: Running, engine: Engine) -> Iterator[Callable[[str], Person]]:
    """Sign somebody in by login."""
    with httpx2.Client(base_url=server.address, timeout=WAIT_S, trust_env=False) as client:

        def sign_in(login: str) -> Person:
            with engine.begin() as connection:
                token = small_town.sign_in(connection, login)
            return Person(client, token, small_town.account_id(login))  # type: ignore[arg-type]

        yield sign_in


People = Callable[[str], Person]


class Stream:
    """An open stream, read event by event."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self.cursor: str | None = None
        self._lines = answer.iter_lines()

    def next(self, *names: str) -> tuple[str, Any]:
        """The next event of one of these names; what comes between is left out."""
        for name, data in self:
            if name in names:
                return name, data
        pytest.fail(f"the stream ended before {names}")

    def until_told(self) -> dict[str, Any]:
        """All that is told together, by name; beats come at any time and are left out."""
        told = {}
        for name, data in self:
            if name == "told":
                return told
            if name != "beat":
                told[name] = data
        pytest.fail("the stream ended")

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        fields: dict[str, str] = {}
        for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
                continue
            self.cursor = fields.get("id", self.cursor)
            yield fields["event"], json.loads(fields["data"])
            fields = {}


@pytest.fixture
def listen() -> Iterator[Callable[..., Stream]]:
    """Open a stream as somebody, from a cursor on; the first news has come when it is returned."""
    with ExitStack() as stack:

        def begin(person: Person, since: str | None = None, base: str = "") -> Stream:
            query = {} if since is None else {"since": since}
            asked = person.client.stream(
                "GET", f"{base}/api/v1/live", params=query, headers=person.cookies
            )
            answer = stack.enter_context(asked)
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            return Stream(answer)

        yield begin


Listen = Callable[..., Stream]


def cursor_of(person: Person) -> str:
    """Where somebody stands who has loaded everything."""
    cursor: str = person.read("/api/v1/grid-status")["cursor"]
    return cursor


def new_case(number: int, category_id: int, lon: float = 118.005) -> NewCase:
    return NewCase(
        id=UUID(int=number),
        category_id=category_id,
        point=Point(lon, 36.83),
        description="垃圾成堆",
        occurred_at=small_town.AT,
        source="patrol",
    )


def test_a_change_is_told_to_who_may_see_it_and_to_nobody_else(
    person: People, listen: Listen, report: Report
) -> None:
    officer, east, commander = person("officer"), person("commander.east"), person("commander")
    streams = {who: listen(who, cursor_of(who)) for who in (officer, east, commander)}
    for stream in streams.values():
        assert set(stream.until_told()) == {"layers"}
    case = commander.do("/api/v1/cases", report())
    for who in (officer, commander):
        told = streams[who].until_told()
        assert (told["status"]["grid_id"], told["status"]["open"]) == ([1], [1])
        assert told["status"]["households"] == [300]
        assert (told["cases"]["id"], told["cases"]["state"]) == ([case["id"]], ["reported"])
        assert (told["cases"]["lon"], told["cases"]["gone"]) == ([118.005], [])
    other = commander.do("/api/v1/cases", report(lon=118.025))
    # The first that the east hears is its own.
    told = streams[east].until_told()
    assert (told["status"]["grid_id"], told["cases"]["id"]) == ([5], [other["id"]])
    # The officer hears nothing of it, but of what is done next.
    body = {"action": "handle", "seq": 1}
    officer.do(f"/api/v1/cases/{case['id']}/actions", body)
    told = streams[officer].until_told()
    assert (told["status"]["handled"], told["cases"]["state"]) == ([1], ["handled"])


@pytest.mark.parametrize("broken_off", [False, True])
def test_a_late_commit_is_not_skipped(
    person: People,
    listen: Listen,
    engine: Engine,
    categories: dict[str, int],
    *,
    broken_off: bool,
) -> None:
    """It began first and commits last; meanwhile others are told, and the line may break."""
    commander = person("commander")
    stream = listen(commander, cursor_of(commander))
    stream.until_told()
    kind = categories["06010"]
    with engine.connect() as slow:
        slow.begin()
        create_case(slow, 1, new_case(1, kind), CHIEF, small_town.AT)
        with engine.begin() as quick:
            create_case(quick, 1, new_case(2, kind, 118.035), CHIEF, small_town.AT)
        told = stream.until_told()
        assert (told["status"]["grid_id"], told["cases"]["id"]) == ([6], [str(UUID(int=2))])
        if broken_off:
            stream.answer.close()
        slow.commit()
    if broken_off:
        told = listen(commander, stream.cursor).until_told()
        assert 1 in told["status"]["grid_id"]
        assert str(UUID(int=1)) in told["cases"]["id"]
    else:
        # Exactly what was not told before.
        told = stream.until_told()
        assert (told["status"]["grid_id"], told["cases"]["id"]) == ([1], [str(UUID(int=1))])


def test_who_comes_back_is_told_what_he_missed(
    person: People, listen: Listen, report: Report
) -> None:
    officer = person("officer")
    stream = listen(officer, cursor_of(officer))
    stream.until_told()
    stream.answer.close()
    cases = [officer.do("/api/v1/cases", report())["id"] for _ in range(2)]
    headers = {**officer.cookies, "Last-Event-ID": stream.cursor or ""}
    # The browser's own way goes before what the address says.
    path = "/api/v1/live?since=long.ago"
    with officer.client.stream("GET", path, headers=headers) as answer:
        told = Stream(answer).until_told()
    assert told["status"]["open"] == [2]
    assert sorted(told["cases"]["id"]) == sorted(cases)


def test_a_cursor_of_another_time_is_told_to_load_anew(person: People, listen: Listen) -> None:
    commander = person("commander")
    for odd in ("x", cursor_of(person("commander.east")), "1.2.3"):
        assert listen(commander, odd).until_told()["reload"] == {"what": ["status", "cases"]}
    assert set(listen(commander).until_told()) == {"layers"}


def test_a_case_that_moves_away_is_gone_for_who_saw_it(
    person: People, listen: Listen, report: Report
) -> None:
    officer, east, commander = person("officer"), person("commander.east"), person("commander")
    case = commander.do("/api/v1/cases", report())
    streams = [listen(who, cursor_of(who)) for who in (officer, east)]
    for stream in streams:
        stream.until_told()
    body = {"action": "place", "seq": 1, "lon": 118.035, "lat": 36.83}
    commander.do(f"/api/v1/cases/{case['id']}/actions", body)
    left, come = (stream.until_told() for stream in streams)
    assert (left["cases"]["id"], left["cases"]["gone"]) == ([], [case["id"]])
    assert (left["status"]["grid_id"], left["status"]["open"]) == ([1], [0])
    assert (come["cases"]["id"], come["cases"]["gone"]) == ([case["id"]], [])
    assert (come["status"]["grid_id"], come["status"]["open"]) == ([6], [1])


def test_other_grids_are_told_to_all(person: People, listen: Listen, engine: Engine) -> None:
    officer = person("officer")
    stream = listen(officer, cursor_of(officer))
    known = stream.until_told()["layers"]
    with engine.begin() as connection:
        touch_layer(connection, 1, "grids", small_town.AT)
    told = stream.until_told()
    assert told["layers"]["versions"]["grids"] == known["versions"]["grids"] + 1
    assert told["reload"] == {"what": ["status", "cases"]}
    # What is loaded then fits.
    assert set(listen(officer, cursor_of(officer)).until_told()) == {"layers"}
    with engine.begin() as connection:
        touch_layer(connection, 1, "roads", small_town.AT)
    assert set(stream.until_told()) == {"layers"}


ENDS = {
    "session": "DELETE FROM session WHERE account_id = :id",
    "account": "UPDATE account SET active = false WHERE id = :id",
    "role": "UPDATE assignment SET area_id = 20 WHERE account_id = :id",
    "new role": "INSERT INTO assignment (district_id, account_id, role, area_id, validity)"
    " VALUES (1, :id, 'auditor', 1, daterange('2026-01-01', NULL))",
}


@pytest.mark.parametrize("change", ENDS)
def test_a_stream_ends_with_the_rights_that_it_began_with(
    person: People, listen: Listen, engine: Engine, change: str
) -> None:
    commander, other = person("commander"), person("commander.east")
    stream, unhurt = (listen(who, cursor_of(who)) for who in (commander, other))
    for one in (stream, unhurt):
        one.until_told()
    with engine.begin() as connection:
        connection.execute(text(ENDS[change]), {"id": commander.account_id})
    assert stream.next("end") == ("end", {"reason": "rights"})
    assert list(stream) == []
    with engine.begin() as connection:
        touch_layer(connection, 1, "roads", small_town.AT)
    assert set(unhurt.until_told()) == {"layers"}


def test_a_session_ended_elsewhere_gets_no_tile_any_more(
    person: People, listen: Listen, engine: Engine
) -> None:
    """The word of it comes before the seconds are over for which a look-up holds."""
    planner, watcher = person("planner"), person("planner")
    stream = listen(planner, cursor_of(planner))
    stream.until_told()
    url = watcher.read("/tiles/grids.json")["tiles"][0].format(z=13, x=6781, y=3193)
    assert watcher.client.get(url, headers=watcher.cookies).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM session"))
    stream.next("end")
    assert watcher.client.get(url, headers=watcher.cookies).status_code == 401


def test_many_listeners_cost_one_reading(
    person: People, listen: Listen, report: Report, application: tuple[FastAPI, Clock]
) -> None:
    commander = person("commander")
    streams = [listen(commander, cursor_of(commander)) for _ in range(12)]
    for stream in streams:
        stream.until_told()
    asked: list[str] = []
    engine = application[0].state.context.live._engine

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    commander.do("/api/v1/cases", report())
    told = [stream.until_told() for stream in streams]
    event.remove(engine, "before_cursor_execute", note)
    assert all(one == told[0] for one in told)
    # Once, and perhaps once more for a beat.
    assert len([sql for sql in asked if "FROM hazard_case" in sql]) <= 2


def test_a_lost_connection_is_made_again_and_nothing_is_missed(
    person: People, listen: Listen, engine: Engine, urls: DatabaseUrls, report: Report
) -> None:
    commander = person("commander")
    stream = listen(commander, cursor_of(commander))
    stream.until_told()
    with engine.begin() as connection:
        ended = connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'sanbai live'"
            )
        ).scalar_one()
    assert ended == 1
    commander.do("/api/v1/cases", report())
    assert stream.until_told()["status"]["grid_id"] == [1]
    commander.do("/api/v1/cases", report())
    assert stream.until_told()["status"]["open"] == [2]


def test_the_server_ends_though_streams_are_open(
    person: People, listen: Listen, server: Running
) -> None:
    commander = person("commander")
    stream = listen(commander, cursor_of(commander))
    stream.until_told()
    server.end()
    assert stream.next("end") == ("end", {"reason": "closing"})
    assert list(stream) == []


def test_the_server_waits_for_a_reading_under_way_before_it_ends(
    application: tuple[FastAPI, Clock], urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = application[0].state.context.live
    began, done, end = Semaphore(0), Semaphore(0), Event()

    def read_long(_: object) -> None:
        began.release()
        end.wait(WAIT_S)
        done.release()

    async def serve() -> None:
        async with hub.running():
            assert await asyncio.to_thread(began.acquire, timeout=WAIT_S)
            asyncio.get_running_loop().call_later(0.2, end.set)

    monkeypatch.setattr(
        hub, "_boards", SimpleNamespace(wanted=lambda: [1], note_change=lambda **_: None)
    )
    monkeypatch.setattr(hub, "_bring_up", read_long)
    asyncio.run(serve())
    assert done.acquire(blocking=False)


def test_beyond_the_limit_nobody_is_let_in(
    person: People, application: tuple[FastAPI, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application[0].state.context.live, "_most", 0)
    answer = person("commander").get("/api/v1/live")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"] == "30"
