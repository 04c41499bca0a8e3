"""Reading a file of places or work into a frame of ours, or saying what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np

from data.imports.columns import KINDS, Kind, map_columns, require_columns
from data.imports.layers import take_columns
from data.imports.points import add_shapes
from data.imports.position import Source, resolve_source, to_wgs84
from data.imports.problems import BadRow, ImportFileError, refuse_rows
from data.imports.raw import RawTable
from data.imports.rows import (
    check_together,
    give_identity,
    ids_are_weak,
    leave_out,
    make_frame,
    take_values,
)
from data.imports.shapes import ShapeCheck, check_places, check_shapes
from data.imports.source import open_source
from geo.datum import Datum

DEFAULT_TIME_ZONE: Final = "Asia/Shanghai"
_AS_GUESSED: Final[Mapping[str, str]] = {}
_PLACE_COLUMNS: Final = frozenset({"lon", "lat", "wkt"})


@dataclass
class ReadResult:
    """What was read from a file.

    Parameters
    ----------
    frame
        Our columns, `source_row`, and `geometry` in EPSG:4326 (WGS 84), longitude first.
    bad
        Rows left out; empty unless bad rows were to be skipped.
    rows_read
        Rows in the file.
    mapping
        Our columns → the file's.
    crs, datum
        What the coordinates were in before they were converted.
    file_format, layer, encoding
        What the file turned out to be.
    notes
        Codes of what is worth telling although nothing is wrong: "encoding_not_as_declared",
        "crs_overridden", "ids_ignored".
    """

    frame: gpd.GeoDataFrame
    bad: list[BadRow]
    rows_read: int
    mapping: dict[str, str]
    crs: str
    datum: Datum
    file_format: str
    layer: str
    encoding: str | None
    notes: list[str] = field(default_factory=list)


def read_features(
    path: Path | str,
    kind: str | Kind,
    *,
    columns: Mapping[str, str] = _AS_GUESSED,
    crs: str | None = None,
    datum: Datum | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    time_zone: str = DEFAULT_TIME_ZONE,
) -> ReadResult:
    """Read a file of any known format, check all of it, and bring it to WGS 84.

    Parameters
    ----------
    path
        GeoPackage, Shapefile (.shp or ZIP), GeoJSON, FlatGeobuf, GeoParquet, CSV, XLSX or GPX.
    kind
        "areas", "buildings", "roads", "water", "places", "hazards", "tracks", or a kind of the
        caller's own.
    columns
        Ours → the file's, where the guess is not to be trusted; `lon`, `lat`, `wkt` too.
    crs
        Coordinate system, such as "EPSG:4527"; goes before the file's own.
    datum
        "wgs84", "cgcs2000", "gcj02" or "bd09"; None takes the coordinate system's.
    layer
        Layer or sheet, where there are several.
    encoding
        Of text; None to find out.
    skip_bad
        Leave bad rows out and return them, rather than raise.
    time_zone
        IANA name, for times that do not say theirs.

    Returns
    -------
    ReadResult

    Raises
    ------
    ImportFileError
        If anything is wrong with the file, or with a row unless `skip_bad`; says in Chinese and
        English which row and what to mend.
    """
    wanted = kind if isinstance(kind, Kind) else KINDS[kind]
    raw = open_source(Path(path), wanted, layer, encoding)
    bad, place_mapping = _ensure_shapes(raw, wanted, columns)
    check = check_shapes(raw, wanted)
    mapping = _map_fields(raw, wanted, columns, place_mapping)
    source = _source(raw, crs, datum)
    check_places(check, source.crs)
    bad += _shape_faults(raw, check, bad)
    values, bad_cells = take_values(raw, wanted, mapping, ZoneInfo(time_zone))
    bad += bad_cells
    frame = make_frame(raw, wanted, values, _placed(check, source), bad)
    if ids_are_weak(frame, mapping, asked="external_id" in columns):
        frame["external_id"] = None
        raw.notes.append("ids_ignored")
    bad += check_together(frame, wanted, mapping)
    if bad and not skip_bad:
        raise refuse_rows(bad, len(raw.rows))
    if source.overrides_file:
        raw.notes.append("crs_overridden")
    frame = give_identity(leave_out(frame, bad), wanted)
    return _result(raw, frame, bad, mapping | place_mapping, source)


def _ensure_shapes(
    raw: RawTable, kind: Kind, columns: Mapping[str, str]
) -> tuple[list[BadRow], dict[str, str]]:
    if raw.has_shapes:
        return [], {}
    wanted = {ours: theirs for ours, theirs in columns.items() if ours in _PLACE_COLUMNS}
    return add_shapes(raw, kind.geometry, wanted)


def _map_fields(
    raw: RawTable, kind: Kind, columns: Mapping[str, str], place_mapping: Mapping[str, str]
) -> dict[str, str]:
    wanted = {ours: theirs for ours, theirs in columns.items() if ours not in _PLACE_COLUMNS}
    names = [name for name in take_columns(raw) if name not in place_mapping.values()]
    mapping = map_columns(kind.fields, names, wanted, cut_names=raw.cut_names)
    require_columns(kind, mapping, names)
    return mapping


def _source(raw: RawTable, crs: str | None, datum: Datum | None) -> Source:
    shapes = raw.frame["geometry"].to_numpy(dtype=object)
    return resolve_source(raw.crs, crs, datum, shapes)


def _shape_faults(raw: RawTable, check: ShapeCheck, told: list[BadRow]) -> list[BadRow]:
    """Make bad rows of faulty shapes, save where the coordinate columns were blamed already."""
    known = {row.row for row in told}
    return [
        BadRow(raw.rows[at], column, "", problem)
        for at, column, problem in check.faults
        if raw.rows[at] not in known
    ]


def _placed(check: ShapeCheck, source: Source) -> Any:
    """Return the good shapes in WGS 84; None stands for the others."""
    shapes = np.full(len(check.shapes), None, dtype=object)
    shapes[check.good] = to_wgs84(check.shapes[check.good], source)
    return shapes


def _result(
    raw: RawTable,
    frame: gpd.GeoDataFrame,
    bad: list[BadRow],
    mapping: dict[str, str],
    source: Source,
) -> ReadResult:
    authority = source.crs.to_authority()
    return ReadResult(
        frame=frame,
        bad=sorted(bad, key=lambda row: row.row),
        rows_read=len(raw.rows),
        mapping=mapping,
        crs=":".join(authority) if authority is not None else source.crs.name,
        datum=source.datum,
        file_format=raw.file_format,
        layer=raw.layer,
        encoding=raw.encoding,
        notes=raw.notes,
    )


__all__ = ["BadRow", "ImportFileError", "ReadResult", "read_features"]
