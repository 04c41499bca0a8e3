"""Shapes from the columns of a table: longitude and latitude, or WKT."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from data.imports.columns import LAT, LON, WKT, GeometryKind, map_columns
from data.imports.layers import take_columns, values_of
from data.imports.problems import BadRow, ImportFileError, Problem
from data.imports.raw import RawTable

_MARKS = "°度 EWNSewns东西南北经纬"


def add_shapes(
    raw: RawTable, needed: GeometryKind, wanted: Mapping[str, str]
) -> tuple[list[BadRow], dict[str, str]]:
    """Make the column `geometry` of a table from its coordinate columns.

    Parameters
    ----------
    raw
        The table; gets its shapes, or None where a row has no usable coordinates.
    needed
        Which shapes are needed: points may come as two columns, all may come as WKT.
    wanted
        `lon`, `lat`, `wkt` → the file's columns, where the caller has said.

    Returns
    -------
    bad, mapping
        Rows without usable coordinates, and which columns were used.

    Raises
    ------
    ImportFileError
        If the table has no such columns.
    """
    columns = take_columns(raw)
    mapping = map_columns((LON, LAT, WKT), columns, wanted)
    points_allowed = needed in {"point", "any"}
    raw.has_shapes = True
    if points_allowed and {"lon", "lat"} <= mapping.keys() and "wkt" not in wanted:
        used = {name: mapping[name] for name in ("lon", "lat")}
        return _from_numbers(raw, used["lon"], used["lat"]), used
    if "wkt" in mapping:
        return _from_wkt(raw, mapping["wkt"]), {"wkt": mapping["wkt"]}
    raise ImportFileError("no_geometry_column", columns=", ".join(columns))


def _from_numbers(raw: RawTable, lon_column: str, lat_column: str) -> list[BadRow]:
    bad: list[BadRow] = []
    pairs = zip(raw.rows, values_of(raw, lon_column), values_of(raw, lat_column), strict=True)
    lons, lats = [], []
    for row, *cells in pairs:
        numbers = []
        for column, cell in zip((lon_column, lat_column), cells, strict=True):
            number = read_degrees(cell)
            if number is None and (not bad or bad[-1].row != row):
                code = "coordinate_missing" if _is_blank(cell) else "coordinate_bad"
                bad.append(BadRow(row, column, _text(cell), Problem(code)))
            numbers.append(math.nan if number is None else number)
        lons.append(numbers[0])
        lats.append(numbers[1])
    xy = np.column_stack([lons, lats])
    complete = np.isfinite(xy).all(axis=1)
    shapes = np.full(len(xy), None, dtype=object)
    shapes[complete] = shapely.points(xy[complete])
    raw.frame["geometry"] = shapes
    return bad


def _is_blank(cell: Any) -> bool:
    return cell is None or not str(cell).strip()


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def read_degrees(cell: Any) -> float | None:
    """Read a coordinate; forgives degree signs, hemisphere letters and a decimal comma."""
    if cell is None or isinstance(cell, bool):
        return None
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    sign = -1 if text[:1] in "WSws西南" and text else 1
    text = text.strip(_MARKS)
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        number = sign * float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _from_wkt(raw: RawTable, column: str) -> list[BadRow]:
    bad: list[BadRow] = []
    shapes = np.full(len(raw.rows), None, dtype=object)
    for at, (row, cell) in enumerate(zip(raw.rows, values_of(raw, column), strict=True)):
        if _is_blank(cell):
            bad.append(BadRow(row, column, "", Problem("coordinate_missing")))
            continue
        # Hexadecimal WKB stands in such columns when they come out of a database.
        shape = shapely.from_wkt(str(cell), on_invalid="ignore")
        if shape is None:
            shape = (
                shapely.from_wkb(str(cell).strip(), on_invalid="ignore") if _is_hex(cell) else None
            )
        if shape is None:
            bad.append(BadRow(row, column, _text(cell), Problem("wkt_bad")))
        else:
            shapes[at] = shapely.force_2d(shape)
    raw.frame["geometry"] = shapes
    return bad


def _is_hex(cell: Any) -> bool:
    text = str(cell).strip()
    return len(text) % 2 == 0 and all(mark in "0123456789abcdefABCDEF" for mark in text)
