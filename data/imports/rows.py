"""From checked cells and shapes to a frame of ours, and the checks that need several rows."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data.imports.columns import Field, Kind, plain
from data.imports.layers import values_of
from data.imports.problems import BadRow, Problem, RowError
from data.imports.raw import RawTable
from data.imports.values import convert
from data.imports.vocabulary import VOCABULARIES

# Such columns are often left at 0, or filled anew at every export: good only when unique.
_WEAK_ID_COLUMNS: Final = frozenset({"id", "fid", "objectid", "编号"})
_IDENTIFIED: Final = frozenset({"buildings", "roads", "water", "places"})
_DIGEST_DECIMALS = 7


def take_values(
    raw: RawTable, kind: Kind, mapping: Mapping[str, str], time_zone: ZoneInfo
) -> tuple[dict[str, list[Any]], list[BadRow]]:
    """Convert every mapped column of a table.

    Parameters
    ----------
    raw, kind, mapping
        The table, what is imported, and ours → the file's columns.
    time_zone
        For times that do not say theirs.

    Returns
    -------
    values, bad
        A list for each of our fields (None where the file has no such column or the cell is
        bad), and the bad cells.
    """
    bad: list[BadRow] = []
    values: dict[str, list[Any]] = {}
    for field in kind.fields:
        column = mapping.get(field.name)
        if column is None:
            values[field.name] = [None] * len(raw.rows)
            continue
        column_values, faults = _convert_column(field, values_of(raw, column), time_zone)
        values[field.name] = column_values
        bad += [BadRow(raw.rows[at], column, cell, problem) for at, cell, problem in faults]
    return values, bad


def _convert_column(
    field: Field, cells: Sequence[Any], time_zone: ZoneInfo
) -> tuple[list[Any], list[tuple[int, str, Problem]]]:
    values: list[Any] = []
    faults: list[tuple[int, str, Problem]] = []
    for at, cell in enumerate(cells):
        try:
            values.append(convert(field, cell, time_zone))
        except RowError as error:
            values.append(None)
            faults.append((at, "" if cell is None else str(cell), error.problem))
    return values, faults


def make_frame(
    raw: RawTable,
    kind: Kind,
    values: Mapping[str, list[Any]],
    shapes: npt.NDArray[Any],
    bad: Sequence[BadRow],
) -> gpd.GeoDataFrame:
    """Put values and shapes (EPSG:4326) together, leaving out the rows that are bad."""
    data: dict[str, Any] = {
        name: pd.Series(column, dtype=object) for name, column in values.items()
    }
    data["source_row"] = pd.Series(raw.rows, dtype="int64")
    frame = gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(shapes, crs=4326))
    return _typed(leave_out(frame, bad), kind)


def leave_out(frame: gpd.GeoDataFrame, bad: Sequence[BadRow]) -> gpd.GeoDataFrame:
    """Return the rows of a frame that no bad row names."""
    numbers = {row.row for row in bad}
    return frame[~frame["source_row"].isin(numbers)].reset_index(drop=True)


def _typed(frame: gpd.GeoDataFrame, kind: Kind) -> gpd.GeoDataFrame:
    for field in kind.fields:
        if field.kind == "count":
            frame[field.name] = frame[field.name].astype("int64" if field.required else "Int64")
        elif field.kind == "number":
            frame[field.name] = frame[field.name].astype("float64")
        elif field.kind == "time":
            frame[field.name] = pd.to_datetime(frame[field.name], utc=True)
    for (kind_name, column), (words, otherwise) in VOCABULARIES.items():
        if kind_name == kind.name:
            frame[column] = pd.Series(
                [otherwise if word is None else words.get(word, word) for word in frame[column]],
                dtype=object,
            )
    return frame


def check_together(frame: gpd.GeoDataFrame, kind: Kind, mapping: Mapping[str, str]) -> list[BadRow]:
    """Find rows that are good alone but not together: repeated ids or shapes.

    Parameters
    ----------
    frame
        Good rows, as made by `make_frame`.
    kind
        What is imported.
    mapping
        Ours → the file's columns, to name them.
    """
    bad: list[BadRow] = []
    fields = {field.name: field for field in kind.fields}
    for name in ("code", "external_id"):
        if name in mapping and name in fields:
            bad += _repeated(frame, fields[name], mapping[name])
    if kind.name == "buildings":
        bad += _repeated_shapes(frame)
    return bad


def _repeated(frame: gpd.GeoDataFrame, field: Field, column: str) -> list[BadRow]:
    first: dict[Any, int] = {}
    bad = []
    for row, value in zip(frame["source_row"], frame[field.name], strict=True):
        if value is None:
            continue
        if value in first:
            params = {"field": field.name, "field_zh": field.name_zh, "first": first[value]}
            bad.append(BadRow(int(row), column, str(value), Problem("duplicate", params)))
        first.setdefault(value, int(row))
    return bad


def _repeated_shapes(frame: gpd.GeoDataFrame) -> list[BadRow]:
    first: dict[bytes, int] = {}
    bad = []
    rows = zip(frame["source_row"], _shape_bytes(frame), strict=True)
    for row, shape in rows:
        if shape in first:
            problem = Problem("duplicate_shape", {"first": first[shape]})
            bad.append(BadRow(int(row), "geometry", "", problem))
        first.setdefault(shape, int(row))
    return bad


def ids_are_weak(frame: gpd.GeoDataFrame, mapping: Mapping[str, str], asked: bool) -> bool:
    """Tell whether a guessed id column is one of those that identify nothing.

    Parameters
    ----------
    frame
        Good rows.
    mapping
        Ours → the file's columns.
    asked
        Whether the user named the column; then it is taken at its word.
    """
    column = mapping.get("external_id")
    if asked or column is None or plain(column) not in _WEAK_ID_COLUMNS:
        return False
    ids = frame["external_id"]
    return bool(ids.isna().any() or ids.duplicated().any())


def give_identity(frame: gpd.GeoDataFrame, kind: Kind) -> gpd.GeoDataFrame:
    """Give every row an id that a second reading of the same row gives again.

    Where the file has none, it is a digest of name and shape (BLAKE2b, coordinates to 1e-7°), so
    that importing a file twice changes nothing. Lines drawn twice come to one.
    """
    if kind.name not in _IDENTIFIED:
        return frame
    names = frame["name"].to_list()
    made = [
        "s" + hashlib.blake2b(shape + str(name or "").encode(), digest_size=12).hexdigest()
        for shape, name in zip(_shape_bytes(frame), names, strict=True)
    ]
    ids = [
        made[at] if external is None else external
        for at, external in enumerate(frame["external_id"])
    ]
    frame["external_id"] = pd.Series(ids, dtype=object)
    return frame.drop_duplicates("external_id").reset_index(drop=True)


def _shape_bytes(frame: gpd.GeoDataFrame) -> list[bytes]:
    shapes = frame.geometry.to_numpy()
    rounded = shapely.transform(shapes, lambda xy: np.round(xy, _DIGEST_DECIMALS))
    return [bytes(wkb) for wkb in shapely.to_wkb(shapely.normalize(rounded), byte_order=1)]
