"""Storing what was read: buildings, roads, water and places, each file in one transaction.

The caller opens the transaction and commits it. A row is known again by its id (see
`data.imports.rows.give_identity`): the same file twice changes nothing, a changed row is changed.
Nothing is deleted: what is missing from a newer file stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, select

from data.database import query
from data.imports.problems import ImportFileError
from data.imports.read import ReadResult
from data.layers import touch_layer
from data.schema import District

Progress = Callable[[int, int, str], None]
Layer = Literal["buildings", "roads", "water", "places"]
BATCH_ROWS: Final = 5_000
_SAMPLE_ROWS: Final = 500
_COLUMNS: Final[dict[Layer, tuple[str, ...]]] = {
    "buildings": (
        "external_id",
        "name",
        "compound",
        "address",
        "use",
        "levels",
        "units",
        "households",
    ),
    "roads": ("external_id", "name", "highway"),
    "water": ("external_id", "name", "kind"),
    "places": ("external_id", "name", "name_en", "kind"),
}
_INTEGERS: Final = frozenset({"levels", "units", "households"})


@dataclass(frozen=True)
class Stored:
    """What an import came to, in rows."""

    district_id: int
    added: int
    changed: int
    unchanged: int


def no_progress(done: int, total: int, message: str) -> None:
    """Take progress and say nothing."""


def store_layer(
    connection: Connection,
    read: ReadResult,
    at: datetime,
    layer: Layer,
    *,
    district: str | None = None,
    progress: Progress = no_progress,
) -> Stored:
    """Store a layer of the map; each building finds its community.

    Parameters
    ----------
    connection
        In a transaction, which the caller ends.
    read
        A file read as this layer.
    at
        The time of the import.
    district
        Code of the district; None finds it by place.
    progress
        Called with (rows done, rows, message).

    Raises
    ------
    ImportFileError
        If no district holds the rows, or the code is not known.
    """
    district_id = find_district(connection, read.frame, district)
    statement = query(f"import_{layer}", rows=_rows_of_batch(layer))
    fixed = {"district_id": district_id, "datum": read.datum, "at": at}
    total, added, changed = len(read.frame), 0, 0
    for start, batch in _batches(read.frame):
        progress(start, total, layer)
        rows = connection.execute(
            statement, fixed | batch_parameters(batch, _COLUMNS[layer])
        ).scalars()
        fresh = [bool(is_added) for is_added in rows]
        added += sum(fresh)
        changed += len(fresh) - sum(fresh)
    if added or changed:
        touch_layer(connection, district_id, layer, at)
    progress(total, total, layer)
    return Stored(district_id, added, changed, total - added - changed)


def _rows_of_batch(layer: Layer) -> str:
    """Write the rows of a batch's parameters as a subquery, with their shapes."""
    columns = _COLUMNS[layer]
    casts = [f"CAST(:{name} AS {'integer' if name in _INTEGERS else 'text'}[])" for name in columns]
    names, lists = ", ".join((*columns, "shape")), ", ".join((*casts, "CAST(:shape AS bytea[])"))
    return query("import_rows", names=names, lists=lists).text


def _batches(frame: gpd.GeoDataFrame) -> Iterator[tuple[int, gpd.GeoDataFrame]]:
    for start in range(0, len(frame), BATCH_ROWS):
        yield start, frame.iloc[start : start + BATCH_ROWS]


def batch_parameters(frame: gpd.GeoDataFrame, columns: tuple[str, ...]) -> dict[str, Any]:
    """Return a list for each column, None for nothing, and `shape` as WKB."""
    lists: dict[str, Any] = {
        name: [None if pd.isna(value) else value for value in frame[name].astype(object)]
        for name in columns
    }
    lists["shape"] = list(shapely.to_wkb(frame.geometry.to_numpy()))
    return lists


def district_ids(connection: Connection) -> dict[str, int]:
    """Return the id of each district by its code."""
    rows = connection.execute(select(District.code, District.id)).all()
    return {row.code: row.id for row in rows}


def find_district(connection: Connection, frame: gpd.GeoDataFrame, code: str | None) -> int:
    """Find the district that a file belongs to, by its code or by where its shapes lie.

    Raises
    ------
    ImportFileError
        If there is none.
    """
    if code is not None:
        codes = district_ids(connection)
        if code not in codes:
            raise ImportFileError(
                "district_unknown", code=code, codes=", ".join(sorted(codes)) or "–"
            )
        return codes[code]
    sample = np.unique(np.linspace(0, len(frame) - 1, _SAMPLE_ROWS).astype(int))
    points = shapely.point_on_surface(frame.geometry.to_numpy()[sample]) if len(frame) else []
    found: int | None = connection.execute(
        query("import_find_district"), {"shape": list(shapely.to_wkb(points))}
    ).scalar()
    if found is None:
        raise ImportFileError("no_district")
    return found
