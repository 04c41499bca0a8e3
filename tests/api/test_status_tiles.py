"""Status inside the tile: equal to the array, as far as rights reach, and never behind."""

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import small_town
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, event, text

from api.context import Context
from data.layers import touch_layer

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
Read = Callable[[Response], dict[int, dict[str, Any]]]
Z, X, Y = 13, 6781, 3193
PATH = f"/tiles/grid-status/{Z}/{X}/{Y}.mvt"
COUNTED = ("households", "open", "overdue", "handled", "closed", "patrols_30d")
SECRET = "幸福路三百户"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a tile as GDAL does, and so QGIS: grid id → properties."""

    def read_tile(answer: Response) -> dict[int, dict[str, Any]]:
        if answer.status_code == 204:
            return {}
        assert answer.status_code == 200, answer.text
        path = tmp_path / "tile.pbf"
        path.write_bytes(answer.content)
        frame = gpd.read_file(path, engine="pyogrio", X=X, Y=Y, Z=Z, CLIP="NO")
        assert frame.geometry.is_valid.all()
        return {int(row["mvt_id"]): row.to_dict() for _, row in frame.iterrows()}

    return read_tile


@pytest.fixture
def statements(application: tuple[FastAPI, Clock]) -> Iterator[list[str]]:
    """What the application asks its database for requests."""
    asked: list[str] = []
    engine = application[0].state.context.engine

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def hearing(client: TestClient, application: tuple[FastAPI, Clock]) -> None:
    """The application hears notices of the database."""
    parts: Context = application[0].state.context
    until = time.monotonic() + 20
    while not parts.live.hearing:
        assert time.monotonic() < until, "notices are not heard"


def change(engine: Engine, grid_id: int, **columns: object) -> None:
    """Set the counters of a grid, from outside of the application."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO grid_status (district_id, grid_id, area_path) SELECT 1, grid_id,"
                " area_path FROM grid_version WHERE grid_id = :grid ON CONFLICT DO NOTHING"
            ),
            {"grid": grid_id},
        )
        told = ", ".join(f"{name} = :{name}" for name in columns)
        connection.execute(
            text(
                f"UPDATE grid_status SET {told}, changed_in = pg_current_xact_id()"
                " WHERE grid_id = :grid"
            ),
            {"grid": grid_id, **columns},
        )


def until_told(person: Person, read: Read, grid_id: int, **told: object) -> dict[str, Any]:
    """Ask until a grid tells this; a notice takes a moment to come round."""
    until = time.monotonic() + 20
    while True:
        grid = read(person.get(PATH))[grid_id]
        if {name: grid[name] for name in told} == told:
            return grid
        assert time.monotonic() < until, grid


def test_a_tile_tells_of_grids_what_the_array_tells(
    person: People, report: Report, engine: Engine, read: Read
) -> None:
    commander = person("commander")
    for lon in (118.005, 118.006, 118.025):
        commander.do("/api/v1/cases", report(lon=lon))
    change(engine, 1, overdue_cases=1, closed_cases=9_999)
    change(engine, 2, overdue_cases=1, closed_cases=2, patrols_30d=70_000)
    grids = until_told(commander, read, 2, closed=2) and read(commander.get(PATH))
    array = commander.read("/api/v1/grid-status")
    assert sorted(grids) == array["grid_id"] == list(range(1, 9))
    for name in COUNTED:
        assert [grids[grid_id][name] for grid_id in array["grid_id"]] == array[name], name
    assert (grids[1]["open"], grids[5]["open"], grids[1]["code"]) == (2, 1, "370399001001001")
    # 100 is all: 99.99 % is not. Where nothing was due nothing is told.
    assert (grids[1]["rectified_percent"], grids[2]["rectified_percent"]) == (99, 66)
    assert np.isnan(grids[3]["rectified_percent"])


@pytest.mark.parametrize(
    ("last", "days"),
    [
        ("2026-11-20T02:00:00Z", 0),
        ("2026-11-19T16:00:00Z", 0),
        # Before midnight in Shanghai.
        ("2026-11-19T15:59:59Z", 1),
        ("2026-11-10T12:00:00Z", 10),
        # A clock that runs ahead.
        ("2026-11-21T02:00:00Z", 0),
    ],
)
def test_days_since_the_last_patrol_are_days_of_the_town(
    person: People, engine: Engine, read: Read, last: str, days: int
) -> None:
    change(engine, 1, last_patrol_at=last)
    change(engine, 2, closed_cases=1)
    grids = read(person("commander").get(PATH))
    assert grids[1]["last_patrol_days"] == days
    assert np.isnan(grids[2]["last_patrol_days"])
    assert np.isnan(grids[1]["rectified_percent"])
    assert grids[2]["rectified_percent"] == 100


def test_nobody_is_told_of_the_grids_of_others(person: People, read: Read) -> None:
    seen = {login: person(login).get(PATH) for login in ("officer", "commander.east", "planner")}
    grids = {login: sorted(read(answer)) for login, answer in seen.items()}
    assert grids == {
        "officer": [1],
        "commander.east": [5, 6, 7, 8],
        "planner": list(range(1, 9)),
    }
    # Neither by name, which a tile keeps apart from its shapes.
    assert b"370399001001002" in seen["planner"].content
    assert b"370399001001002" not in seen["officer"].content
    assert len({answer.headers["etag"] for answer in seen.values()}) == 3
    assert {answer.headers["cache-control"] for answer in seen.values()} == {"private, no-cache"}
    outside = person("officer").get("/tiles/grid-status/16/1/1.mvt")
    assert (outside.status_code, outside.headers["cache-control"]) == (204, "private, no-cache")


@pytest.mark.usefixtures("hearing")
def test_unchanged_it_is_told_without_the_database_and_changed_at_once(
    person: People,
    report: Report,
    engine: Engine,
    read: Read,
    statements: list[str],
) -> None:
    commander = person("commander")
    first = commander.get(PATH)
    known = {**commander.cookies, "If-None-Match": first.headers["etag"]}
    until = time.monotonic() + 20
    while True:
        statements.clear()
        again = commander.client.get(PATH, headers=known)
        assert again.status_code == 304
        if not statements:
            break
        assert time.monotonic() < until, "it is always read anew"
    # What is done here is seen by the very next request.
    commander.do("/api/v1/cases", report())
    after = commander.client.get(PATH, headers=known)
    assert read(after)[1]["open"] == 1
    assert after.headers["etag"] != first.headers["etag"]
    # What is done elsewhere is seen once it was heard of.
    change(engine, 5, open_cases=7)
    until_told(commander, read, 5, open=7)
    plain = {**commander.cookies, "Accept-Encoding": "identity"}
    assert commander.client.get(PATH, headers=plain).content == commander.get(PATH).content


@pytest.mark.usefixtures("hearing")
def test_whoever_loses_the_right_is_told_nothing_more(person: People, engine: Engine) -> None:
    officer = person("officer")
    assert officer.get(PATH).status_code == 200
    with engine.begin() as connection:
        connection.execute(
            text("DELETE FROM assignment WHERE account_id = :id"), {"id": officer.account_id}
        )
    until = time.monotonic() + 20
    while officer.get(PATH).status_code != 403:
        assert time.monotonic() < until


def test_a_publication_is_seen_at_once(person: People, engine: Engine, read: Read) -> None:
    planner = person("planner")
    assert read(planner.get(PATH))[1]["name"] == "第一网格"
    with engine.begin() as connection:
        touch_layer(connection, 1, "grids", small_town.AT)
        connection.execute(text("UPDATE grid_version SET name = '新网格' WHERE grid_id = 1"))
        connection.execute(
            text(
                "UPDATE grid_version SET validity = daterange(lower(validity), '2026-11-20')"
                " WHERE grid_id = 2"
            )
        )
    planner.client.app.state.context.boards.note_change()
    grids = read(planner.get(PATH))
    assert grids[1]["name"] == "新网格"
    assert 2 not in grids


def test_its_tilejson_names_every_property(person: People, read: Read) -> None:
    commander = person("commander")
    described = commander.read("/tiles/grid-status.json")
    (held,) = described["vector_layers"]
    assert described["tiles"] == ["http://testserver/tiles/grid-status/{z}/{x}/{y}.mvt"]
    assert (held["id"], held["minzoom"]) == ("grid-status", 11)
    known = {*held["fields"], "mvt_id", "geometry"}
    assert set(read(commander.get(PATH))[1]) <= known
    for path, code in (("10/847/399", 204), ("13/6781/8192", 404), ("23/0/0", 404)):
        assert commander.get(f"/tiles/grid-status/{path}.mvt").status_code == code


@pytest.fixture
def password(engine: Engine) -> None:
    """The commander of the east has a password; a cheap hash, only the course is tested."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(SECRET)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET password_hash = :hash WHERE login = 'commander.east'"),
            {"hash": hashed},
        )


def basic(
    client: TestClient, password: str = SECRET, path: str = PATH, method: str = "GET"
) -> Response:
    said = base64.b64encode(f"commander.east:{password}".encode()).decode()
    return client.request(method, path, headers={"Authorization": f"Basic {said}"})


@pytest.mark.usefixtures("password")
def test_desktop_programs_send_login_and_password(
    client: TestClient, engine: Engine, read: Read
) -> None:
    answer = basic(client)
    assert sorted(read(answer)) == [5, 6, 7, 8]
    assert "set-cookie" not in answer.headers
    assert basic(client, path="/tiles/grid-status.json").status_code == 200
    with engine.begin() as connection:
        sessions = text("SELECT count(*) FROM session")
        assert connection.execute(sessions).scalar_one() == 1
        # An administrator ends the sessions of an account: the password has to hold still.
        connection.execute(text("DELETE FROM session"))
        connection.execute(text("UPDATE account SET active = false WHERE login = 'commander.east'"))
    client.app.state.context.signed_in.forget()
    refused = basic(client)
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong-credentials")


@pytest.mark.usefixtures("password")
def test_a_password_opens_tiles_and_nothing_else(client: TestClient) -> None:
    assert basic(client, path="/api/v1/cases").status_code == 401
    assert basic(client, path="/api/v1/session", method="DELETE").status_code == 403
    assert basic(client).status_code == 200
    assert basic(client, path="/api/v1/grid-status").status_code == 401


@pytest.mark.usefixtures("password")
def test_wrong_passwords_slow_down_here_too(client: TestClient) -> None:
    answers = [basic(client, f"guess {n}") for n in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert answers[0].headers["www-authenticate"].startswith("Basic ")
    assert int(answers[-1].headers["retry-after"]) >= 1
    # A browser that was signed out is not asked by a dialog of its own.
    assert "www-authenticate" not in client.get(PATH).headers


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("said", ["", "x", "%%%", "Y29tbWFuZGVy", "OnBhc3N3b3Jk", "/w=="])
def test_what_is_no_login_and_password_is_refused(client: TestClient, said: str) -> None:
    answer = client.get(PATH, headers={"Authorization": f"Basic {said}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")
