"""Areas as a tree: codes, levels and parents of what a file brings, checked against each other.

Codes follow the national scheme: 6 digits for a district, 9 for a street, 12 for a community
(10 or 11 for a zone, which only some towns have).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from data.imports.problems import BadRow, ImportFileError, Problem
from data.imports.read import ReadResult

LEVELS: Final = ("district", "street", "zone", "community")
_DIGITS: Final = {"district": (6,), "street": (9,), "zone": (10, 11), "community": (12,)}
_PARENT_LEVELS: Final = {
    "street": ("district",),
    "zone": ("street",),
    "community": ("street", "zone"),
}
_NAMES: Final = {
    "district": ("区县", "district"),
    "street": ("街道（镇）", "street"),
    "zone": ("管区", "zone"),
    "community": ("社区（村）", "community"),
}
# The statistical scheme gives out 001–599 within a parent; from 600 on no official code exists.
_FIRST_PROVISIONAL: Final = 600
_PROVISIONAL_CODES: Final = 400
# Borders drawn by different offices differ by slivers; what stays after this is a real overlap.
SLIVER_HALF_WIDTH_M: Final = 0.5
_MIN_FAULT_M2: Final = 1.0


@dataclass(frozen=True)
class AreaNode:
    """An area in the tree; `row` is None when it is stored already or made as an ancestor."""

    code: str
    name: str
    name_en: str | None
    level: str
    parent_code: str | None
    geometry: BaseGeometry
    row: int | None = None


@dataclass(frozen=True)
class AreaOptions:
    """What the caller says about areas that do not say it themselves.

    Parameters
    ----------
    level
        Of rows without a level and without a code.
    parent
        Code of the parent of rows without one; made as the outline of its children where it is
        neither in the file nor stored.
    parent_name
        Name of a parent made so.
    grow_parent
        Redraw stored parents as the outline of all their children.
    """

    level: str | None = None
    parent: str | None = None
    parent_name: str | None = None
    grow_parent: bool = False


def plan_areas(
    read: ReadResult, known: Mapping[str, AreaNode], options: AreaOptions
) -> tuple[list[AreaNode], list[BadRow]]:
    """Work out which areas a file comes to, parents first.

    Parameters
    ----------
    read
        A file read as "areas".
    known
        Areas stored already, by code.
    options
        Level and parent where the file has none.

    Returns
    -------
    nodes, bad
        Areas to store, and rows that do not fit: no parent, outside it, overlapping a sibling.

    Raises
    ------
    ImportFileError
        If codes are missing and cannot be made.
    """
    nodes = _nodes(read, options)
    made = _made_ancestors(nodes, known, options) if options.parent is not None else []
    taken: dict[str, AreaNode] = {node.code: node for node in made}
    column = read.mapping.get("parent_code") or read.mapping.get("code") or "code"
    bad: list[BadRow] = []
    metric = _Metric([*(n.geometry for n in nodes), *(n.geometry for n in known.values())])
    for level in LEVELS:
        layer = [node for node in nodes if node.level == level]
        fitting, faults = _with_parents(layer, {**known, **taken}, column)
        bad += faults
        if not options.grow_parent:
            fitting, faults = _inside_parents(fitting, {**known, **taken}, metric)
            bad += faults
        fitting, faults = _apart(fitting, _others(known, nodes, level), metric)
        bad += faults
        taken |= {node.code: node for node in fitting}
    if options.grow_parent:
        taken = _grown(taken, known)
    return sorted(taken.values(), key=lambda node: LEVELS.index(node.level)), bad


def _nodes(read: ReadResult, options: AreaOptions) -> list[AreaNode]:
    frame = read.frame
    if frame["code"].isna().any() and (options.level is None or options.parent is None):
        raise ImportFileError("area_codes_missing")
    made = _provisional_codes(read, options) if frame["code"].isna().any() else {}
    nodes = []
    for row in frame.itertuples():
        code = row.code if row.code is not None else made[row.source_row]
        level = row.level or (options.level if row.code is None else None) or _level_of(code)
        parent = row.parent_code or (options.parent if row.code is None else None)
        nodes.append(
            AreaNode(
                code=code,
                name=row.name,
                name_en=row.name_en,
                level=level,
                parent_code=parent or _parent_of(code, level),
                geometry=row.geometry,
                row=int(row.source_row),
            )
        )
    return nodes


def _level_of(code: str) -> str:
    return next(level for level, digits in _DIGITS.items() if len(code) in digits)


def _parent_of(code: str, level: str) -> str | None:
    if level == "district":
        return None
    return code[:6] if level == "street" else code[:9]


def _provisional_codes(read: ReadResult, options: AreaOptions) -> dict[int, str]:
    """Give codes to areas that have none: parent's code and 600 + number within the parent.

    The number is the file's own id where it is a whole number under 400 and unique, so that a
    later file with the same ids gives the same codes; else the place in the order from west to
    east and, at one longitude, from north to south.
    """
    level, parent = options.level or "community", options.parent or ""
    digits = 9 if level == "community" else 6
    if level not in {"street", "community"} or not (parent.isdigit() and len(parent) == digits):
        raise ImportFileError("parent_option_bad", parent=parent, level=level, digits=digits)
    frame = read.frame[read.frame["code"].isna()]
    if len(frame) > _PROVISIONAL_CODES:
        raise ImportFileError("too_many_provisional", count=len(frame), limit=_PROVISIONAL_CODES)
    ids = [str(value) for value in frame["external_id"]]
    usable = all(value.isdigit() and int(value) < _PROVISIONAL_CODES for value in ids)
    if usable and len(set(map(int, ids))) == len(ids):
        numbers = [int(value) for value in ids]
    else:
        inner = shapely.point_on_surface(frame.geometry.to_numpy())
        order = np.lexsort((-shapely.get_y(inner), shapely.get_x(inner)))
        numbers = [int(place) for place in np.argsort(order)]
    return {
        int(row): f"{parent}{_FIRST_PROVISIONAL + number:03d}"
        for row, number in zip(frame["source_row"], numbers, strict=True)
    }


def _made_ancestors(
    nodes: Sequence[AreaNode], known: Mapping[str, AreaNode], options: AreaOptions
) -> list[AreaNode]:
    """Make the parent that the caller names, and the district above it, from their children."""
    present = {node.code for node in nodes} | known.keys()
    made: list[AreaNode] = []
    code = options.parent
    children = [node for node in nodes if node.parent_code == code]
    while code is not None and code not in present and children:
        level = _level_of(code)
        parent = _parent_of(code, level)
        outline = _outline(node.geometry for node in children)
        name = options.parent_name or f"{code}（临时）"
        made.append(AreaNode(code, name, None, level, parent, outline))
        children, code = [made[-1]], parent
    return made


def _outline(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    return shapely.union_all(list(shapes))


def _with_parents(
    layer: Sequence[AreaNode], parents: Mapping[str, AreaNode], column: str
) -> tuple[list[AreaNode], list[BadRow]]:
    fitting, bad = [], []
    for node in layer:
        problem = _parent_problem(node, parents)
        if problem is None:
            fitting.append(node)
        else:
            bad.append(BadRow(node.row or 0, column, node.parent_code or node.code, problem))
    return fitting, bad


def _parent_problem(node: AreaNode, parents: Mapping[str, AreaNode]) -> Problem | None:
    if len(node.code) not in _DIGITS[node.level]:
        digits = " / ".join(map(str, _DIGITS[node.level]))
        return Problem("code_bad", {"field": "code", "field_zh": "编码", "digits": digits})
    stored = parents.get(node.code)
    if stored is not None and stored.parent_code != node.parent_code:
        params = {"known": stored.parent_code or "–", "parent": node.parent_code or "–"}
        return Problem("parent_changed", params)
    if node.level == "district":
        return None
    parent = parents.get(node.parent_code or "")
    if parent is None:
        return Problem("parent_missing", {"parent": node.parent_code})
    if parent.level not in _PARENT_LEVELS[node.level]:
        level_zh, level_en = _NAMES[node.level]
        needed_zh, needed_en = _NAMES[_PARENT_LEVELS[node.level][0]]
        params = {"parent": parent.code, "level_zh": level_zh, "level_en": level_en}
        return Problem("parent_level", params | {"needed_zh": needed_zh, "needed_en": needed_en})
    return None


class _Metric:
    """Shapes of one district on a plane in metres around their middle (azimuthal equidistant)."""

    def __init__(self, shapes: Sequence[BaseGeometry]) -> None:
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
        lon, lat = (west + east) / 2, (south + north) / 2
        self._project: Any = pyproj.Transformer.from_crs(
            4326, f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84", always_xy=True
        ).transform
        self._seen: dict[int, tuple[BaseGeometry, BaseGeometry]] = {}

    def of(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the shape in metres; each is projected once."""
        if id(shape) not in self._seen:
            flat: Any = shapely.transform(shape, self._project, interleaved=False)
            self._seen[id(shape)] = (shape, flat)
        return self._seen[id(shape)][1]


def _real_area_m2(shape: BaseGeometry) -> float:
    """Return the area of a fault, 0 where it is but a sliver."""
    is_sliver = shape.area < _MIN_FAULT_M2 or shape.buffer(-SLIVER_HALF_WIDTH_M).is_empty
    return 0.0 if is_sliver else float(shape.area)


def _inside_parents(
    layer: Sequence[AreaNode], parents: Mapping[str, AreaNode], metric: _Metric
) -> tuple[list[AreaNode], list[BadRow]]:
    fitting, bad = [], []
    for node in layer:
        outside_m2 = 0.0
        if node.parent_code is not None:
            parent = parents[node.parent_code]
            beyond = metric.of(node.geometry).difference(metric.of(parent.geometry))
            outside_m2 = _real_area_m2(beyond)
        if outside_m2 == 0:
            fitting.append(node)
            continue
        params = {"parent": node.parent_code, "outside_m2": f"{outside_m2:.0f}"}
        problem = Problem("area_outside_parent", params)
        bad.append(BadRow(node.row or 0, "geometry", node.name, problem))
    return fitting, bad


def _others(known: Mapping[str, AreaNode], nodes: Sequence[AreaNode], level: str) -> list[AreaNode]:
    """Return stored areas of a level that the file does not bring anew."""
    renewed = {node.code for node in nodes}
    return [area for area in known.values() if area.level == level and area.code not in renewed]


def _apart(
    layer: Sequence[AreaNode], others: Sequence[AreaNode], metric: _Metric
) -> tuple[list[AreaNode], list[BadRow]]:
    """Refuse each area that overlaps one before it, in the file or stored."""
    everyone = [*others, *layer]
    shapes = np.array([metric.of(node.geometry) for node in everyone], dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    bad: dict[str, BadRow] = {}
    for first, second in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        node, other = everyone[second], everyone[first]
        if first >= second or node.row is None or node.code in bad or other.code in bad:
            continue
        overlap_m2 = _real_area_m2(shapes[first].intersection(shapes[second]))
        if overlap_m2 > 0:
            bad[node.code] = BadRow(
                node.row, "geometry", node.name, _overlap_problem(other, overlap_m2)
            )
    return [node for node in layer if node.code not in bad], list(bad.values())


def _overlap_problem(other: AreaNode, overlap_m2: float) -> Problem:
    stored = other.row is None
    params = {
        "other": other.name,
        "where_zh": "系统中已有" if stored else f"第 {other.row} 行",
        "where_en": "stored already" if stored else f"row {other.row}",
        "overlap_m2": f"{overlap_m2:.0f}",
    }
    return Problem("areas_overlap", params)


def _grown(taken: dict[str, AreaNode], known: Mapping[str, AreaNode]) -> dict[str, AreaNode]:
    """Redraw the parents of what was taken as the outline of all their children, lowest first."""
    result = dict(taken)
    for level in reversed(LEVELS[1:]):
        parents = {
            node.parent_code
            for node in result.values()
            if node.level == level and node.parent_code is not None
        }
        everyone = {**known, **result}
        for code in parents:
            children = [area.geometry for area in everyone.values() if area.parent_code == code]
            result[code] = replace(everyone[code], geometry=_outline(children))
    return result
