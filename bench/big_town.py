"""A big town to measure on, in a cluster of its own: loaded once a size, copied for every run."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psutil
from psycopg import sql
from pydantic import SecretStr
from rich.console import Console

from api.cookies import COOKIE
from api.settings import Settings
from bench.sizes import Size
from bench.town_load import DISTRICT, load_town
from bench.town_people import account_id, officer_login
from data.accounts import open_session
from data.cluster import PrivateCluster
from data.database import open_engine
from data.migrate import upgrade
from data.server import DatabaseUrls
from data.status import OVERDUE_BATCH, mark_overdue

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".sanbai" / "bench"
SESSION_HOURS = 24
console = Console()


@dataclass(frozen=True)
class BigTown:
    """A copy of the town that the bench may change as it likes.

    Attributes
    ----------
    urls
        The database as the run-time role and as the owner.
    settings
        For `api.app.create_app`.
    size
        How large it is.
    """

    urls: DatabaseUrls
    settings: Settings
    size: Size
    cluster: PrivateCluster

    @property
    def environment(self) -> dict[str, str]:
        """Variables for a server process of ours, see `bench.peers.our_server`."""
        return {
            "SANBAI_HOME": str(self.settings.home),
            "SANBAI_DATABASE_URL": self.urls.app,
            "SANBAI_MIGRATION_DATABASE_URL": self.urls.owner,
            "SANBAI_LOG_LEVEL": "WARNING",
        }

    def headers(self, login: str) -> dict[str, str]:
        """Sign somebody in; headers for every request, commands included.

        Logins: admin, planner, commander, commander.street, auditor, handler1 …, officer00001 …
        """
        return self.all_headers([login])[0]

    def all_headers(self, logins: list[str]) -> list[dict[str, str]]:
        """Sign many in at once."""
        engine, at = open_engine(self.urls.app), datetime.now(UTC)
        with engine.begin() as connection:
            tokens = [
                open_session(connection, DISTRICT, account_id(login), at, SESSION_HOURS)
                for login in logins
            ]
        engine.dispose()
        return [{"Cookie": f"{COOKIE}={token}", "X-Sanbai": "1"} for token in tokens]

    def officers_headers(self) -> list[dict[str, str]]:
        """Sign all officers in; in the order of their logins."""
        return self.all_headers([officer_login(n + 1) for n in range(self.size.officers)])


@contextmanager
def big_town(size: Size) -> Iterator[BigTown]:
    """Give a copy of the town of a size; loaded first where there is none for today's schema."""
    cluster = PrivateCluster(ROOT / ".sanbai" / "bench-cluster")
    with cluster.hold():
        _drop_leftovers(cluster)
        name = f"run_{os.getpid()}_{size.name}"
        _copy_loaded(cluster, size, name)
        try:
            yield _opened(cluster, size, name)
        finally:
            cluster.drop_database(name)


def _opened(cluster: PrivateCluster, size: Size, name: str) -> BigTown:
    urls = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    settings = Settings(
        _env_file=None,
        home=HOME,
        database_url=SecretStr(urls.app),
        migration_database_url=SecretStr(urls.owner),
        session_hours=SESSION_HOURS,
    )
    town = BigTown(urls, settings, size, cluster)
    _age(town)
    return town


def _age(town: BigTown) -> None:
    """Mark what became overdue since the town was loaded."""
    engine, more = open_engine(town.urls.owner, statement_timeout_s=0), True
    while more:
        with engine.begin() as connection:
            more = mark_overdue(connection, datetime.now(UTC)) == OVERDUE_BATCH
    engine.dispose()


def _copy_loaded(cluster: PrivateCluster, size: Size, name: str) -> None:
    """Copy the town as loaded to a database of this name."""
    with cluster.connect_as_superuser("postgres") as connection:
        # One loads, the others wait; nobody drops what another is copying.
        connection.execute("SELECT pg_advisory_lock(hashtext('big town'))")
        source = f"town_{size.name}_{_digest()}"
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
        if source not in names:
            for stale in names:
                if stale.startswith((f"town_{size.name}_", f"loading_{size.name}")):
                    cluster.drop_database(stale)
            _load(cluster, f"loading_{size.name}", size)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(
                rename.format(sql.Identifier(f"loading_{size.name}"), sql.Identifier(source))
            )
        copy = sql.SQL("CREATE DATABASE {} OWNER sanbai_owner TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(source)))


def _load(cluster: PrivateCluster, name: str, size: Size) -> None:
    console.print(f"loading the {size.name} town …")
    cluster.create_database(name)
    owner = open_engine(cluster.url("sanbai_owner", name), statement_timeout_s=0)
    upgrade(owner, app_role="sanbai_app")
    begun = datetime.now(UTC)
    with cluster.connect_as_superuser(name) as superuser:
        superuser.autocommit = False
        load_town(superuser, owner, size, begun)
    owner.dispose()
    console.print(f"loaded in {(datetime.now(UTC) - begun).total_seconds():.0f} s")


def _drop_leftovers(cluster: PrivateCluster) -> None:
    """Drop the copies of runs that were killed."""
    with cluster.connect_as_superuser("postgres") as connection:
        names = [row[0] for row in connection.execute("SELECT datname FROM pg_database")]
    for name in names:
        if name.startswith("run_") and not psutil.pid_exists(int(name.split("_")[1])):
            cluster.drop_database(name)


def _digest() -> str:
    """What the loaded town depends on: schema, and how it is made."""
    parts = [
        *sorted((ROOT / "data" / "schema").glob("*.py")),
        *sorted((ROOT / "data" / "migrations" / "versions").glob("*.py")),
        ROOT / "data" / "migrate.py",
        *sorted((ROOT / "bench").glob("town_*.py")),
        ROOT / "bench" / "sizes.py",
    ]
    return sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:12]
