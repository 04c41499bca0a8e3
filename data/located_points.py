"""A file of points with the grid of each: read, located and written piece by piece."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from data.database import query
from data.grid_memory import grids_of_day
from data.imports.problems import ImportFileError
from data.imports.store import Progress
from geo.datum import Datum, FloatArray, to_wgs84
from geo.locate import OUTSIDE

ROWS_AT_ONCE: Final = 50_000
ADDED: Final = ("网格编码 grid_code", "网格 grid")


@dataclass(frozen=True)
class Asked:
    """A CSV file, and where in it the positions are.

    Parameters
    ----------
    lon, lat
        Names of the columns.
    datum
        Of the positions.
    encoding
        Of the text, such as `gbk`.
    """

    path: Path
    lon: str
    lat: str
    datum: Datum
    encoding: str


@dataclass
class LocatedPoints:
    """What a file came to: points in a grid, in none, and rows without a position."""

    inside: int = 0
    outside: int = 0
    unplaced: int = 0


def locate_file(
    connection: Connection,
    district_id: int,
    asked: Asked,
    out: Path,
    *,
    on: date,
    told: Progress,
) -> LocatedPoints:
    """Write a file again with two more columns: code and name of the grid in force on a day.

    A row without a readable position keeps its place with both empty. Memory does not grow with
    the file.

    Raises
    ------
    ImportFileError
        If the file is not there, or has no such column.
    """
    done = LocatedPoints()
    kept = grids_of_day(connection, district_id, on)
    names = _names(connection, district_id, on, kept.index.ids.tolist())
    with _rows_of(asked) as (header, rows), out.open("w", encoding="utf-8-sig", newline="") as file:
        at = _place(header, "lon", asked.lon), _place(header, "lat", asked.lat)
        writer = csv.writer(file)
        writer.writerow([*header, *ADDED])
        while part := list(islice(rows, ROWS_AT_ONCE)):
            lon, lat = (_numbers(part, place) for place in at)
            known = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
            found = np.full(len(part), OUTSIDE)
            found[known] = kept.locate(*to_wgs84(lon[known], lat[known], asked.datum))
            writer.writerows(
                [*row, *names[grid_id]] for row, grid_id in zip(part, found.tolist(), strict=True)
            )
            inside = int((found != OUTSIDE).sum())
            done.inside += inside
            done.outside += int(known.sum()) - inside
            done.unplaced += len(part) - int(known.sum())
            told(done.inside + done.outside + done.unplaced, 0, "")
    return done


@contextmanager
def _rows_of(asked: Asked) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    try:
        file = asked.path.open(encoding=asked.encoding, newline="")
    except FileNotFoundError:
        raise ImportFileError("file_missing", path=str(asked.path)) from None
    with file:
        rows = csv.reader(file)
        try:
            yield next(rows, []), rows
        except (UnicodeDecodeError, csv.Error) as error:
            raise ImportFileError("file_unreadable", path=asked.path.name, reason=error) from error


def _place(header: Sequence[str], field: str, name: str) -> int:
    if name not in header:
        raise ImportFileError("column_unknown", field=field, column=name, columns=", ".join(header))
    return header.index(name)


def _numbers(rows: Sequence[Sequence[str]], place: int) -> FloatArray:
    return np.array([_number(row[place]) if place < len(row) else np.nan for row in rows])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _names(
    connection: Connection, district_id: int, on: date, grid_ids: list[int]
) -> dict[int, tuple[Any, ...]]:
    rows = connection.execute(
        query("grids_by_id"), {"district_id": district_id, "on": on, "grid_ids": grid_ids}
    )
    return {OUTSIDE: ("", "")} | {row.grid_id: (row.code, row.name) for row in rows}
