"""Tiles from memory: without the database, never stale, and only for who is signed in."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import small_town
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, event, text

import api.routes.tiles as routes
from data.layers import touch_layer
from tiles.memory import ByteMemory

People = Callable[[str], Person]
TILE = "13/6781/3193"


@pytest.fixture
def memory(client: TestClient, application: tuple[FastAPI, Clock]) -> ByteMemory:
    """What the application keeps; nothing as yet."""
    memory: ByteMemory = application[0].state.context.memory
    assert len(memory) == 0
    return memory


@pytest.fixture
def statements(application: tuple[FastAPI, Clock]) -> Iterator[list[str]]:
    """What the application asks its database."""
    asked: list[str] = []
    engine = application[0].state.context.engine

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def shared_url(person: Person, layer: str = "grids") -> str:
    """The address of the tile under its version."""
    z, x, y = TILE.split("/")
    url: str = person.read(f"/tiles/{layer}.json")["tiles"][0].format(z=z, x=x, y=y)
    return url


def fetch(person: Person, url: str) -> Response:
    """Ask for an address as it is, with its query."""
    return person.client.get(url, headers=person.cookies)


def test_a_tile_drawn_once_needs_no_database(person: People, statements: list[str]) -> None:
    planner = person("planner")
    url = shared_url(planner)
    first = fetch(planner, url)
    statements.clear()
    again = fetch(planner, url)
    assert statements == []
    assert again.content == first.content
    assert again.headers["content-encoding"] == "gzip"
    for name in ("etag", "cache-control", "vary", "content-type", "x-content-type-options"):
        assert again.headers[name] == first.headers[name]
    known = {**planner.cookies, "If-None-Match": first.headers["etag"]}
    assert planner.client.get(url, headers=known).status_code == 304
    plain = planner.client.get(url, headers={**planner.cookies, "Accept-Encoding": "identity"})
    assert plain.content == first.content
    assert statements == []
    # Somebody else's session is looked up, the tile is not.
    assert fetch(person("officer"), url).content == first.content
    assert not [asked for asked in statements if "ST_AsMVT" in asked]


def test_where_nothing_lies_is_remembered_too(person: People, statements: list[str]) -> None:
    planner = person("planner")
    url = shared_url(planner, "buildings").replace(TILE, "14/1/1")
    assert fetch(planner, url).status_code == 204
    statements.clear()
    assert fetch(planner, url).status_code == 204
    assert statements == []


def test_a_publication_gives_another_address_and_another_tile(
    person: People, engine: Engine
) -> None:
    planner = person("planner")
    before = shared_url(planner)
    old = fetch(planner, before)
    with engine.begin() as connection:
        touch_layer(connection, 1, "grids", small_town.AT)
        connection.execute(text("UPDATE grid_version SET name = '新网格' WHERE grid_id = 1"))
    after = shared_url(planner)
    assert after != before
    new = fetch(planner, after)
    assert "新网格".encode() in new.content
    assert "新网格".encode() not in old.content
    assert fetch(planner, before).content == old.content
    assert fetch(planner, f"/tiles/grids/{TILE}.mvt").content == new.content


def test_a_tile_drawn_beside_a_publication_is_not_kept(
    person: People, engine: Engine, monkeypatch: pytest.MonkeyPatch, memory: ByteMemory
) -> None:
    planner = person("planner")
    before = shared_url(planner)
    drawn: list[bytes] = []

    def draw(*arguments: Any) -> bytes:
        if not drawn:
            with engine.begin() as connection:
                touch_layer(connection, 1, "grids", small_town.AT)
        drawn.append(draw_tile(*arguments))
        return drawn[-1]

    draw_tile = routes.draw_tile
    monkeypatch.setattr(routes, "draw_tile", draw)
    answer = fetch(planner, before)
    assert (answer.status_code, len(drawn), len(memory)) == (200, 2, 1)
    # It is not what the address names any more.
    assert answer.headers["cache-control"] == "private, no-cache"
    after = fetch(planner, shared_url(planner))
    assert (after.headers["etag"], len(drawn)) == (answer.headers["etag"], 2)


def test_a_burst_draws_a_tile_once(person: People, monkeypatch: pytest.MonkeyPatch) -> None:
    planner = person("planner")
    url = shared_url(planner)
    drawn: list[int] = []
    begun, release = Event(), Event()

    def draw(*arguments: Any) -> bytes:
        drawn.append(1)
        begun.set()
        assert release.wait(20)
        return draw_tile(*arguments)

    draw_tile = routes.draw_tile
    monkeypatch.setattr(routes, "draw_tile", draw)
    with ThreadPoolExecutor(3) as burst:
        answers = [burst.submit(fetch, planner, url) for _ in range(3)]
        assert begun.wait(20)
        release.set()
        contents = {answer.result(20).content for answer in answers}
    assert (len(contents), drawn) == (1, [1])


def test_who_signs_out_gets_no_tile_from_memory(person: People) -> None:
    planner = person("planner")
    url = shared_url(planner)
    assert fetch(planner, url).status_code == 200
    headers = {**planner.cookies, "X-Sanbai": "1"}
    assert planner.client.delete("/api/v1/session", headers=headers).status_code == 204
    assert fetch(planner, url).status_code == 401


def test_a_session_ended_unheard_of_is_looked_up_again_after_some_seconds(
    person: People, engine: Engine, clock: Clock, application: tuple[FastAPI, Clock]
) -> None:
    planner = person("planner")
    url = shared_url(planner)
    assert fetch(planner, url).status_code == 200
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM session"))
    clock.forward(seconds=application[0].state.context.settings.session_memory_s)
    assert fetch(planner, url).status_code == 401


def test_what_is_filtered_by_rights_never_comes_from_memory(
    person: People, memory: ByteMemory
) -> None:
    commander = person("commander")
    fetch(commander, f"/tiles/cases/{TILE}.mvt?v=1")
    fetch(commander, f"/tiles/hexagons/{TILE}.mvt?v=1")
    assert len(memory) == 0
    assert fetch(commander, f"{shared_url(commander)}&plan=99").status_code == 404
    assert len(memory) == 0
