"""The map to take along, over HTTP: whose ground it covers, and when it is another one."""

import gzip
from collections.abc import Callable

import pytest
import small_town
from fastapi import FastAPI
from people import Clock, Person
from pmtiles.reader import MemorySource, Reader, all_tiles
from sqlalchemy import Engine

from data.layers import touch_layer
from tiles import offline_map
from tiles.mvt import features

People = Callable[[str], Person]
FILE = "/api/v1/offline-map.pmtiles"
TOLD = "/api/v1/offline-map"


@pytest.fixture(autouse=True)
def few_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to tell: the last zooms take most of the time."""
    monkeypatch.setattr(offline_map, "LAST_ZOOM", 13)


def _again(person: Person, path: str, etag: str) -> int:
    headers = {**person.cookies, "If-None-Match": etag}
    return int(person.client.get(path, headers=headers).status_code)


def test_an_officer_takes_along_the_ground_of_his_grid(person: People) -> None:
    officer = person("officer")
    told = officer.read(TOLD)
    answer = officer.get(FILE)
    assert answer.headers["content-type"] == "application/vnd.pmtiles"
    assert told["size_bytes"] == len(answer.content)
    assert answer.headers["etag"] == f'"{told["version"]}"'
    assert told["grids"] == 1
    # Grid 1 of the small town.
    assert told["bounds"] == pytest.approx([118.0, 36.82, 118.01, 36.84])
    source = MemorySource(answer.content)
    header = Reader(source).header()
    assert (header["min_zoom"], header["max_zoom"]) == (11, 13)
    (widest,) = (gzip.decompress(tile) for (z, *_), tile in all_tiles(source) if z == 11)
    # Every grid that lies there, for shapes are for everybody who is signed in; and no case.
    assert b"grids" in widest
    assert b"cases" not in widest
    assert len(features(widest)) >= len(small_town.GRIDS)


def test_a_leader_takes_along_his_area(person: People) -> None:
    told = person("commander").read(TOLD)
    assert told["grids"] == 0
    assert told["bounds"] == pytest.approx([118.0, 36.8, 118.04, 36.84])


def test_who_has_it_is_not_sent_it_again_until_something_changes(
    person: People, engine: Engine
) -> None:
    officer = person("officer")
    before = officer.get(FILE).headers["etag"]
    assert _again(officer, FILE, before) == 304
    assert _again(officer, TOLD, before) == 304
    with engine.begin() as connection:
        touch_layer(connection, small_town.DISTRICT, "temporary", small_town.AT)
    assert _again(officer, TOLD, before) == 304
    with engine.begin() as connection:
        touch_layer(connection, small_town.DISTRICT, "roads", small_town.AT)
    assert _again(officer, TOLD, before) == 200
    assert officer.get(FILE).headers["etag"] != before


def test_one_map_more_than_are_drawn_at_once_comes_later(
    person: People, application: tuple[FastAPI, Clock]
) -> None:
    slots = application[0].state.context.map_slots
    officer = person("officer")
    while slots.acquire(blocking=False):
        pass
    refused = officer.get(FILE)
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert refused.headers["retry-after"] == "3"
    slots.release()
    assert officer.get(FILE).status_code == 200
    # Where it is drawn already nobody waits.
    assert slots.acquire(blocking=False)
    assert officer.get(FILE).status_code == 200
    slots.release()
    slots.release()
