"""The real application on a copy of the small town of each test's own."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import small_town
from fastapi import FastAPI
from fastapi.testclient import TestClient
from kept_database import KeptDatabase
from people import Clock, Person
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from api.app import create_app
from api.cli import grid_shared, import_run
from api.settings import Settings
from data.calendars import seed_calendar
from data.categories import create_unit, seed_categories
from data.cluster import PrivateCluster
from data.database import open_engine
from data.server import DatabaseUrls

UNITS = ("环卫所", "市政所")
# login → role, area, grid, unit; beside those of the small town.
MORE_ACCOUNTS = {
    "officer.two": ("officer", None, 2, None),
    "officer.east": ("officer", None, 5, None),
    "handler": ("handler", 1, None, "环卫所"),
    "handler.other": ("handler", 1, None, "市政所"),
}


@pytest.fixture(scope="session")
def town_template(cluster: PrivateCluster, template: str) -> Iterator[str]:
    """Name of a database with the small town, categories, units and more accounts."""
    name = f"town_template_{os.getpid()}"
    cluster.create_database(name, template=template)
    engine = open_engine(cluster.url("sanbai_owner", name))
    with engine.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, small_town.DISTRICT)
        seed_calendar(connection, small_town.DISTRICT, small_town.AT)
        _more_accounts(connection)
    engine.dispose()
    yield name
    cluster.drop_database(name)


def _more_accounts(connection: Connection) -> None:
    units = {name: create_unit(connection, 1, 1, name, None) for name in UNITS}
    for login, (role, area, grid, unit) in MORE_ACCOUNTS.items():
        values = {
            "id": small_town.account_id(login),
            "login": login,
            "unit": None if unit is None else units[unit],
            "role": role,
            "area": area,
            "grid": grid,
            "at": small_town.AT,
        }
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash,"
                " unit_id, created_at) VALUES (1, :id, :login, :login, 'none', :unit, :at)"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO assignment (district_id, account_id, role, area_id, grid_id,"
                " validity) VALUES (1, :id, :role, :area, :grid, daterange('2026-01-01', NULL))"
            ),
            values,
        )


@pytest.fixture(scope="session")
def kept_town(cluster: PrivateCluster, town_template: str) -> Iterator[KeptDatabase]:
    """The small town, for one test after the other."""
    kept = KeptDatabase(cluster, f"kept_town_{os.getpid()}", town_template)
    yield kept
    kept.drop()


@pytest.fixture
def urls(cluster: PrivateCluster, kept_town: KeptDatabase) -> Iterator[DatabaseUrls]:
    """The test's own small town; always under the same name."""
    urls = _urls(cluster)
    name = make_url(urls.app).database or ""
    kept_town.lend(name)
    yield urls
    kept_town.take_back(name)


def _urls(cluster: PrivateCluster) -> DatabaseUrls:
    name = f"api_{os.getpid()}"
    return DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))


@pytest.fixture
def engine(urls: DatabaseUrls) -> Iterator[Engine]:
    """An engine on the test's database, as the run-time role."""
    opened = open_engine(urls.app)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def application(
    cluster: PrivateCluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FastAPI, Clock]:
    """The application, built once, and the clock it runs by."""
    urls, clock = _urls(cluster), Clock()
    settings = Settings(
        _env_file=None,
        home=tmp_path_factory.mktemp("home"),
        database_url=SecretStr(urls.app),
        migration_database_url=SecretStr(urls.owner),
        pool_size=4,
    )
    return create_app(settings, clock=clock), clock


@pytest.fixture
def clock(application: tuple[FastAPI, Clock]) -> Clock:
    """The application's clock, set to the town's moment."""
    clock = application[1]
    clock.at = small_town.AT
    return clock


@pytest.fixture
def client(
    urls: DatabaseUrls, application: tuple[FastAPI, Clock], clock: Clock
) -> Iterator[TestClient]:
    """The running application on the test's own database; nobody is signed in."""
    with TestClient(application[0], raise_server_exceptions=False) as running:
        yield running


@pytest.fixture
def person(client: TestClient, engine: Engine) -> Callable[[str], Person]:
    """Sign somebody in by login."""

    def sign_in(login: str) -> Person:
        with engine.begin() as connection:
            token = small_town.sign_in(connection, login)
        return Person(client, token, small_town.account_id(login))

    return sign_in


@pytest.fixture
def categories(engine: Engine) -> dict[str, int]:
    """Ids of the categories by code."""
    with engine.connect() as connection:
        return {
            row.code: row.id for row in connection.execute(text("SELECT id, code FROM category"))
        }


@pytest.fixture
def units(engine: Engine) -> dict[str, int]:
    """Ids of the units by name."""
    with engine.connect() as connection:
        return {row.name: row.id for row in connection.execute(text("SELECT id, name FROM unit"))}


@pytest.fixture
def report(categories: dict[str, int]) -> Callable[..., dict[str, Any]]:
    """The body of a report: in the middle of grid 1 unless something else is said."""

    def body(**said: Any) -> dict[str, Any]:
        return {
            "id": str(uuid7()),
            "category_id": categories["06010"],
            "lon": 118.005,
            "lat": 36.83,
            "description": "垃圾成堆",
            **said,
        }

    return body


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of the command line have room, whatever COLUMNS was when they were made."""
    for where in (grid_shared, import_run):
        for screen in (where.console, where.errors):
            monkeypatch.setattr(screen, "width", 200)
