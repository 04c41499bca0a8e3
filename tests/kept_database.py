"""A database that is lent to one test after the other, and put back as it was in between.

To copy a template takes the server a fifth of a second, to put back what a test changed takes a
fraction of that. Rows, sequences and new tables are put back. A test that changes anything else (a
policy, a function) asks for a database of its own.
"""

from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from data.cluster import PrivateCluster

# A table that has grown so large is cleared of the rows that were deleted.
_MUCH_BYTES: Final = 256 * 1024
_TABLES: Final = """
SELECT t.oid::regclass::text, pg_relation_size(t.oid)
FROM pg_class AS t
WHERE
    t.relkind = 'r'
    AND t.relnamespace = 'public'::regnamespace
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e'
    )
"""
_SEQUENCES: Final = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""


class _State(NamedTuple):
    """How many rows a table has, and the transaction that wrote the newest of them."""

    rows: int
    newest: int


class KeptDatabase:
    """A copy of a template, and what its tables held when it was made.

    Parameters
    ----------
    cluster
        Where it is made.
    name
        What it is called while nobody has it.
    template
        The database that it is a copy of.
    """

    def __init__(self, cluster: PrivateCluster, name: str, template: str) -> None:
        self._cluster, self._name, self._template = cluster, name, template
        self._make()

    def lend(self, name: str) -> None:
        """Call it by the name that a test knows it by."""
        self._rename(self._name, name)

    def take_back(self, name: str) -> None:
        """End its sessions and put back all rows that are not as they were."""
        self._rename(name, self._name)
        with self._cluster.connect_as_superuser(self._name) as connection:
            tables = connection.execute(_TABLES).fetchall()
            complete = self._held.keys() <= {table for table, _ in tables}
            if complete:
                with connection.transaction():
                    self._put_back(connection, tables)
                for table, size in tables:
                    if size > _MUCH_BYTES and table in self._held:
                        connection.execute(f"VACUUM {table}")
        if not complete:
            self.drop()
            self._make()

    def drop(self) -> None:
        """Delete it."""
        self._cluster.drop_database(self._name)

    def _make(self) -> None:
        self._cluster.create_database(self._name, template=self._template)
        with self._cluster.connect_as_superuser(self._name) as connection:
            tables = [table for table, _ in connection.execute(_TABLES)]
            self._held = {table: _copied(connection, table) for table in tables}
            self._states = _states(connection, tables)
            self._sequences = {
                name: connection.execute(f"SELECT last_value, is_called FROM {name}").fetchone()
                for (name,) in connection.execute(_SEQUENCES).fetchall()
            }

    def _put_back(self, connection: psycopg.Connection, tables: list[Any]) -> None:
        # Without the rows' triggers and references: they come back all together.
        connection.execute("SET LOCAL session_replication_role = replica")
        for table, _ in tables:
            if table not in self._held:
                connection.execute(f"DROP TABLE {table} CASCADE")
        asked = [table for table, size in tables if self._held.get(table) or size]
        states = _states(connection, [table for table in asked if table in self._held])
        changed = [table for table, state in states.items() if state != self._states[table]]
        for table in changed:
            connection.execute(f"DELETE FROM {table}")
        for table in changed:
            if self._held[table]:
                with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(self._held[table])
        self._states |= _states(connection, changed)
        for name, was in self._sequences.items():
            connection.execute(f"SELECT setval('{name}', %s, %s)", was)

    def _rename(self, old: str, new: str) -> None:
        with self._cluster.connect_as_superuser("postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                [old],
            )
            names = map(sql.Identifier, (old, new))
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)


def _states(connection: psycopg.Connection, tables: list[str]) -> dict[str, _State]:
    if not tables:
        return {}
    asked = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {table}"
        for table in tables
    )
    return {table: _State(rows, newest) for table, rows, newest in connection.execute(asked)}
