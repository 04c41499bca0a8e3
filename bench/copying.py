"""Rows into tables by COPY."""

from collections.abc import Iterable

import psycopg


def copy_rows(
    connection: psycopg.Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    """Copy rows of values, None for NULL."""
    copy_text(connection, table, columns, "".join(map(_line, rows)))


def copy_text(connection: psycopg.Connection, table: str, columns: str, lines: str) -> None:
    """Copy lines in COPY's own text format."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        copy.write(lines)


def _line(row: tuple[object, ...]) -> str:
    return "\t".join("\\N" if cell is None else str(cell) for cell in row) + "\n"
