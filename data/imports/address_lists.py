"""Lists of addresses and places: doors, landmarks, poles, villages without door numbers."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely

from data.imports.columns import LAT, LON, WKT, Field, Kind, map_columns
from data.imports.layers import take_columns, values_of
from data.imports.points import add_shapes
from data.imports.position import resolve_source, to_wgs84
from data.imports.problems import BadRow, Problem
from data.imports.raw import RawTable
from data.imports.read import DEFAULT_TIME_ZONE
from data.imports.rows import take_values
from data.imports.shapes import check_places, check_shapes
from data.imports.source import open_source
from geo.addresses.normalise import plain_name
from geo.datum import Datum

AddressKind = Literal["address", "place", "pole"]
Points = npt.NDArray[np.object_]
_AS_GUESSED: Final[Mapping[str, str]] = {}
_PLACE_COLUMNS: Final = frozenset({"lon", "lat", "wkt"})
_ALIAS_BREAKS: Final = re.compile(r"[,，、;；|/\n]+")
_POLES: Final = re.compile(r"杆|铁塔|杆塔|pole", re.IGNORECASE)
_DOORS: Final = re.compile(r"门牌|门楼|户门|住址|door|house", re.IGNORECASE)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADDRESS_LIST: Final = Kind(
    "addresses",
    "地址",
    "any",
    (
        Field(
            "external_id",
            "编号",
            _words(
                "external_id address_id 编号 唯一编号 标准地址编码 地址编码 杆号编码 编码 code id"
            ),
        ),
        Field(
            "name",
            "名称",
            _words("name 名称 地名 标志物 地标 兴趣点 单位名称 店名 杆号 杆塔名称 杆名 mc poi"),
        ),
        Field(
            "aliases",
            "别名",
            _words("aliases alias 别名 俗称 又名 曾用名 简称 other_names"),
            limit=500,
        ),
        Field(
            "compound",
            "村（小区）",
            _words("compound village 村 村庄 自然村 村名 所属村 行政村 小区 小区名称")
            + _words("小区（村庄） 所属小区 estate"),
        ),
        Field(
            "address",
            "地址",
            _words("address 地址 标准地址 详细地址 门牌 门牌号 门牌地址 门楼牌 坐落 位置 addr"),
            limit=500,
        ),
        Field("kind", "类别", _words("kind 类别 类型 地名类别 poi类别 type category")),
    ),
    _words("address poi 地址 门牌 地名 电杆 杆"),
)


@dataclass(frozen=True)
class AddressRow:
    """One row of a list.

    Attributes
    ----------
    row
        As a person counts rows in that file.
    lon, lat
        WGS 84 degrees; None where the row has no position.
    """

    row: int
    external_id: str
    kind: AddressKind
    name: str | None
    aliases: tuple[str, ...]
    compound: str | None
    address: str | None
    lon: float | None
    lat: float | None


@dataclass
class AddressList:
    """A list as read.

    Attributes
    ----------
    mapping
        Our columns → the file's.
    crs, datum
        Of its positions; None where it has none.
    bad
        Rows that cannot be understood; they are not among ``rows``.
    """

    rows: list[AddressRow]
    bad: list[BadRow]
    rows_read: int
    mapping: dict[str, str]
    crs: str | None
    datum: Datum | None
    file_format: str
    layer: str
    encoding: str | None
    notes: list[str] = field(default_factory=list)


def read_address_list(
    path: Path,
    *,
    columns: Mapping[str, str] = _AS_GUESSED,
    crs: str | None = None,
    datum: Datum | None = None,
    layer: str | None = None,
    encoding: str | None = None,
) -> AddressList:
    """Read addresses and places from XLSX, CSV, GeoJSON or another file with points.

    Rows may lack a position. Polygons count by a point within them.

    Parameters
    ----------
    path, columns, crs, datum, layer, encoding
        As for `data.imports.read.read_features`; `crs` and `datum` are needed only where a row
        has a position.

    Raises
    ------
    ImportFileError
        If the file cannot be read, or it is not clear what its coordinates mean.
    """
    raw = open_source(path, ADDRESS_LIST, layer, encoding)
    bad, place_mapping = _add_points(raw, columns)
    wanted = {ours: theirs for ours, theirs in columns.items() if ours not in _PLACE_COLUMNS}
    names = [name for name in take_columns(raw) if name not in place_mapping.values()]
    mapping = map_columns(ADDRESS_LIST.fields, names, wanted, cut_names=raw.cut_names)
    points, faults, source = _positions(raw, crs, datum, {row.row for row in bad})
    bad += faults
    values, bad_cells = take_values(raw, ADDRESS_LIST, mapping, ZoneInfo(DEFAULT_TIME_ZONE))
    bad += bad_cells
    rows, unnamed = _rows(raw, values, points, {row.row for row in bad})
    rows, twice = _identified(rows)
    return AddressList(
        rows, sorted([*bad, *unnamed, *twice], key=lambda one: one.row), len(raw.rows),
        mapping | place_mapping, source[0], source[1], raw.file_format, raw.layer, raw.encoding,
        raw.notes,
    )  # fmt: skip


def _add_points(raw: RawTable, columns: Mapping[str, str]) -> tuple[list[BadRow], dict[str, str]]:
    """Make points of the coordinate columns; a row with nothing in them has no position."""
    if raw.has_shapes:
        return [], {}
    wanted = {ours: theirs for ours, theirs in columns.items() if ours in _PLACE_COLUMNS}
    found = map_columns((LON, LAT, WKT), take_columns(raw), wanted)
    if "wkt" not in found and not {"lon", "lat"} <= found.keys():
        raw.frame["geometry"] = np.full(len(raw.rows), None, dtype=object)
        raw.has_shapes = True
        return [], {}
    bad, mapping = add_shapes(raw, "any", wanted)
    blank = {
        row
        for row, *cells in zip(
            raw.rows, *(values_of(raw, column) for column in mapping.values()), strict=True
        )
        if all(cell is None or not str(cell).strip() for cell in cells)
    }
    return [one for one in bad if one.row not in blank], mapping


def _positions(
    raw: RawTable, crs: str | None, datum: Datum | None, faulty: set[int]
) -> tuple[Points, list[BadRow], tuple[str | None, Datum | None]]:
    """Bring the positions to WGS 84; None for rows that have none or a bad one."""
    shapes = raw.frame["geometry"].to_numpy(dtype=object)
    placed = np.flatnonzero(~shapely.is_missing(shapes))
    points = np.full(len(shapes), None, dtype=object)
    if len(placed) == 0:
        return points, [], (None, None)
    part = replace(
        raw,
        frame=raw.frame.iloc[placed].reset_index(drop=True),
        rows=[raw.rows[at] for at in placed],
    )
    check = check_shapes(part, ADDRESS_LIST)
    source = resolve_source(raw.crs, crs, datum, check.shapes)
    check_places(check, source.crs)
    good = to_wgs84(check.shapes[check.good], source)
    points[placed[check.good]] = shapely.point_on_surface(good)
    bad = [
        BadRow(part.rows[at], column, "", problem)
        for at, column, problem in check.faults
        if part.rows[at] not in faulty
    ]
    authority = source.crs.to_authority()
    name = ":".join(authority) if authority is not None else source.crs.name
    return points, bad, (name, source.datum)


def _rows(
    raw: RawTable, values: Mapping[str, list[Any]], points: Points, faulty: set[int]
) -> tuple[list[AddressRow], list[BadRow]]:
    rows, bad = [], []
    for at, number in enumerate(raw.rows):
        if number in faulty:
            continue
        name, address = values["name"][at], values["address"][at]
        if name is None and address is None:
            bad.append(BadRow(number, "", "", Problem("address_unnamed")))
            continue
        others = [one.strip() for one in _ALIAS_BREAKS.split(values["aliases"][at] or "")]
        point = points[at]
        rows.append(
            AddressRow(
                number,
                values["external_id"][at] or "",
                _kind(values["kind"][at], name, address),
                name,
                tuple(dict.fromkeys(one for one in others if one)),
                values["compound"][at],
                address,
                None if point is None else float(point.x),
                None if point is None else float(point.y),
            )
        )
    return rows, bad


def _kind(said: str | None, name: str | None, address: str | None) -> AddressKind:
    if _POLES.search(said or "") or _POLES.search(name or ""):
        return "pole"
    if name is None or _DOORS.search(said or "") or plain_name(name) == plain_name(address or ""):
        return "address"
    return "place"


def _identified(rows: list[AddressRow]) -> tuple[list[AddressRow], list[BadRow]]:
    """Give each row an id that a second reading gives again.

    A column of ids is taken where it is filled and no id repeats; else the id is made from name,
    village and address, and from the position too where several rows are called alike.
    """
    ids = [one.external_id for one in rows]
    if all(ids) and len(set(ids)) == len(ids):
        return rows, []
    names = [_name_digest(one) for one in rows]
    often = {one for one, times in Counter(names).items() if times > 1}
    first: dict[str, int] = {}
    kept, bad = [], []
    for row, name in zip(rows, names, strict=True):
        key = name if name not in often else _digest(f"{name} {row.lon} {row.lat}")
        if key in first:
            problem = Problem("address_twice", {"first": first[key]})
            bad.append(BadRow(row.row, "", row.name or row.address or "", problem))
            continue
        first[key] = row.row
        kept.append(replace(row, external_id=key))
    return kept, bad


def _name_digest(row: AddressRow) -> str:
    words = (row.name, row.compound, row.address)
    return _digest("\n".join(plain_name(word or "") for word in words))


def _digest(text: str) -> str:
    return "s" + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
