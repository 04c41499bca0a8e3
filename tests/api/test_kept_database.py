"""The database that tests of the API are lent one after the other is the same for each."""

import os
from collections.abc import Callable, Iterator

import psycopg
import pytest
from kept_database import KeptDatabase

from data.cluster import PrivateCluster

NAME = f"lent_{os.getpid()}"


@pytest.fixture(scope="module")
def kept(cluster: PrivateCluster, town_template: str) -> Iterator[KeptDatabase]:
    """A small town of this file's own."""
    kept = KeptDatabase(cluster, f"kept_here_{os.getpid()}", town_template)
    yield kept
    kept.drop()


def _whole(connection: psycopg.Connection) -> dict[str, list[tuple[object, ...]]]:
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    return {
        table: connection.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY 1').fetchall()
        for (table,) in tables
    }


CHANGES: dict[str, Callable[[psycopg.Connection], object]] = {
    "a row more": lambda c: c.execute(
        "INSERT INTO unit (district_id, area_id, name) VALUES (1, 1, '新所')"
    ),
    "a row changed": lambda c: c.execute("UPDATE area SET name = '别处' WHERE id = 11"),
    "rows gone": lambda c: c.execute("DELETE FROM assignment"),
    "a table emptied": lambda c: c.execute("TRUNCATE assignment"),
    "a new partition": lambda c: c.execute("SELECT make_track_week('2031-01-01')"),
    "a table gone": lambda c: c.execute("DROP TABLE assignment CASCADE"),
    "a session left open": lambda c: c.execute("BEGIN; UPDATE area SET name = 'x'"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_put_back(
    kept: KeptDatabase, cluster: PrivateCluster, change: Callable[[psycopg.Connection], object]
) -> None:
    kept.lend(NAME)
    connection = cluster.connect_as_superuser(NAME)
    before = _whole(connection)
    unit = connection.execute("SELECT nextval(pg_get_serial_sequence('unit', 'id'))").fetchone()
    change(connection)
    kept.take_back(NAME)
    connection.close()
    kept.lend(NAME)
    with cluster.connect_as_superuser(NAME) as connection:
        assert _whole(connection) == before
        again = connection.execute("SELECT nextval(pg_get_serial_sequence('unit', 'id'))")
        assert again.fetchone() == unit
    kept.take_back(NAME)
