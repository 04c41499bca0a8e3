"""The real database for every test: built by migrations once, cloned for each worker.

`database` gives a connection whose transaction is rolled back at the end of the test; `fresh_urls`
gives a database of the test's own, for what needs commits, NOTIFY or a worker.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import small_town
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url

from data.cluster import PrivateCluster
from data.database import open_engine
from data.migrate import upgrade
from data.server import DatabaseUrls

ROOT = Path(__file__).parent.parent

# How long an example takes says more about what else the machine does than about the code.
settings.register_profile("sanbai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sanbai")


@pytest.fixture(scope="session")
def cluster() -> Iterator[PrivateCluster]:
    """A running cluster for tests; the last process of a run stops it."""
    with PrivateCluster(ROOT / ".sanbai" / "test-cluster", durable=False).hold() as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster: PrivateCluster) -> Iterator[str]:
    """Name of an empty, fully migrated database that others are cloned from."""
    name = f"template_{os.getpid()}"
    cluster.create_database(name)
    engine = open_engine(cluster.url("sanbai_owner", name), statement_timeout_s=0)
    upgrade(engine, app_role="sanbai_app")
    engine.dispose()
    yield name
    cluster.drop_database(name)


@pytest.fixture
def fresh_urls(cluster: PrivateCluster, template: str) -> Iterator[DatabaseUrls]:
    """A database of this test's own."""
    name = f"test_{os.getpid()}_{uuid4().hex[:8]}"
    cluster.create_database(name, template=template)
    yield DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def shared_urls(cluster: PrivateCluster, template: str) -> Iterator[DatabaseUrls]:
    """A database that the tests of one worker share and leave as they found it."""
    name = f"shared_{os.getpid()}"
    cluster.create_database(name, template=template)
    urls = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    held = _rows_held(urls)
    yield urls
    assert _rows_held(urls) == held, "a test left rows in the database that all share"
    cluster.drop_database(name)


def _rows_held(urls: DatabaseUrls) -> dict[str, int]:
    """Rows of every table but the sessions, which tests of the API open."""
    engine = open_engine(urls.owner)
    with engine.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT tablename FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'session'"
            )
        ).scalars()
        rows = {
            table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
            for table in list(tables)
        }
    engine.dispose()
    return rows


@pytest.fixture(scope="session")
def shared_engine(shared_urls: DatabaseUrls) -> Iterator[Engine]:
    """An engine on the shared database, as the run-time role."""
    engine = open_engine(shared_urls.app)
    assert make_url(shared_urls.app).username == "sanbai_app"
    yield engine
    engine.dispose()


@pytest.fixture
def database(shared_engine: Engine) -> Iterator[Connection]:
    """A connection as the run-time role; whatever the test writes is rolled back."""
    with shared_engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture(scope="session")
def town_urls(cluster: PrivateCluster, template: str) -> Iterator[DatabaseUrls]:
    """A database with the small town in it, for tests that read; none may leave a trace."""
    name = f"town_{os.getpid()}"
    cluster.create_database(name, template=template)
    urls = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    engine = open_engine(urls.owner)
    with engine.begin() as connection:
        small_town.build(connection)
    engine.dispose()
    held = _rows_held(urls)
    yield urls
    assert _rows_held(urls) == held, "a test left rows in the town that all share"
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def town_engine(town_urls: DatabaseUrls) -> Iterator[Engine]:
    """An engine on the small town, as the run-time role."""
    engine = open_engine(town_urls.app)
    yield engine
    engine.dispose()


@pytest.fixture
def town(town_engine: Engine) -> Iterator[Connection]:
    """A connection to the small town; whatever the test writes is rolled back."""
    with town_engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()
