"""Is a plan fit to be approved? What forbids it, and what its planner should look at again.

A grid must be one polygon, the grids of a community must tile it, and a code belongs to one grid.
Everything else is told and left to the planner: households off the target may be forced by one
tower, a building may be cut on purpose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import shapely

from geo.grids.coverage import find_faults
from geo.grids.faces import FloatArray, GeometryArray, IntArray
from geo.grids.local import LocalFrame, local_frame
from geo.grids.options import grid_targets, locked_of
from geo.locate import OUTSIDE, GridIndex

LIMIT_PCT: Final = 10.0
"""Households further than this from the fair target of the community are told."""
CUT_M2: Final = 0.1
"""A building is cut when two grids hold more than this of it."""
_NO_TARGETS: Final[Mapping[str, int]] = {}

ProblemCode = Literal[
    "gap",
    "overlap",
    "outside",
    "pieces",
    "edges",
    "code-twice",
    "code-taken",
    "code-prefix",
    "name-twice",
    "community-without-grids",
    "households",
    "households-changed",
    "building-cut",
]
FORBIDDING: Final = frozenset(
    {"gap", "overlap", "outside", "pieces", "edges", "code-twice", "code-taken"}
)


@dataclass(frozen=True)
class PlanProblem:
    """One thing that a check found.

    Attributes
    ----------
    code
        What it is; those in `FORBIDDING` forbid the plan, the others warn.
    area
        Code of the community.
    grids
        Codes of the grids concerned.
    lon, lat
        A place to look at, WGS 84 degrees; None where there is none.
    params
        Numbers and names that put it into words.
    """

    code: ProblemCode
    area: str
    grids: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def forbids(self) -> bool:
        """Whether the plan cannot be approved with it."""
        return self.code in FORBIDDING


def check_plan(
    grids: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    target: int,
    taken: Collection[str] = (),
    limit_pct: float = LIMIT_PCT,
    targets: Mapping[str, int] = _NO_TARGETS,
    micro: tuple[int, int] | None = None,
) -> list[PlanProblem]:
    """Check a plan's grids against its communities and buildings, all in EPSG:4326.

    Parameters
    ----------
    grids
        ``code``, ``name``, ``area`` (code of the community), ``kind``, ``households`` as stored,
        ``locked`` where there are any; polygons or multipolygons.
    areas
        The communities that the plan may divide: ``code``, ``name``.
    buildings
        ``households``.
    target
        Households in a grid.
    taken
        Codes in force elsewhere when the plan would take effect.
    limit_pct
        Off the fair target by more than this is told.
    targets
        Households in a grid of the communities that have a target of their own, by code.
    micro
        Range of households in a micro-grid 微网格; None: they are not looked at.

    Returns
    -------
    Problems, those that forbid first.
    """
    if len(grids) == 0:
        return _undivided(grids, areas)
    frame = local_frame(areas)
    homes = _Homes.count(grids, buildings)
    fair = _fair(grids, homes.households, target, targets, micro)
    found = [
        *_untiled(grids, areas, frame),
        *_codes(grids, taken),
        *_undivided(grids, areas),
        *_off_target(grids, homes, fair, limit_pct),
        *_recounted(grids, homes),
        *_cut(grids, buildings, frame),
    ]
    return sorted(found, key=lambda problem: not problem.forbids)


@dataclass(frozen=True)
class _Homes:
    """Households of each grid as the buildings say today, and of its largest building."""

    households: IntArray
    largest: IntArray

    @staticmethod
    def count(grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> _Homes:
        households = np.zeros(len(grids), dtype=np.int64)
        largest = np.zeros(len(grids), dtype=np.int64)
        if len(buildings):
            inner = shapely.point_on_surface(buildings.geometry.to_numpy())
            index = GridIndex(np.arange(len(grids)), grids.geometry.to_numpy())
            at = index.locate(shapely.get_x(inner), shapely.get_y(inner))
            within = at != OUTSIDE
            homes = buildings["households"].to_numpy(dtype=np.int64)[within]
            np.add.at(households, at[within], homes)
            np.maximum.at(largest, at[within], homes)
        return _Homes(households, largest)


def _untiled(
    grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, frame: LocalFrame
) -> Iterable[PlanProblem]:
    """Gaps, overlaps and overhangs in metres; edges that do not match as they are stored.

    Where a shape is not valid nothing else can be measured: its community waits until it is mended.
    """
    stored = _single(grids.geometry.to_numpy())
    outlines = frame.bring_areas(areas)
    codes, of_area = grids["code"].to_numpy(), grids["area"].to_numpy()
    valid = shapely.is_valid(stored)
    for at in np.flatnonzero(~valid).tolist():
        lon, lat = shapely.get_coordinates(stored[at])[0].tolist()
        why = {"why": shapely.is_valid_reason(stored[at])}
        yield PlanProblem("pieces", of_area[at], (str(codes[at]),), lon, lat, why)
    flat = np.empty(len(grids), dtype=np.object_)
    flat[valid] = _single(frame.bring_areas(grids[valid]))
    for area, outline in zip(areas["code"], outlines, strict=True):
        members = np.flatnonzero(of_area == area)
        if len(members) == 0 or not valid[members].all():
            continue
        for fault in find_faults(flat[members], outline):
            if fault.kind != "edges":
                named = tuple(str(codes[members[at]]) for at in fault.grids)
                place = _place(shapely.Point(fault.x, fault.y), frame)
                size = {"area_m2": round(fault.size_m2, 2)} if fault.size_m2 else {}
                yield PlanProblem(fault.kind, area, named, *place, size)
        wrong = shapely.coverage_invalid_edges(stored[members])
        for at in np.flatnonzero(~shapely.is_empty(wrong)).tolist():
            spot = shapely.point_on_surface(wrong[at])
            yield PlanProblem("edges", area, (str(codes[members[at]]),), spot.x, spot.y)


def _single(shapes: Any) -> GeometryArray:
    """Multipolygons of one part as polygons."""
    found = np.array(shapes, dtype=np.object_)
    alone = shapely.get_num_geometries(found) == 1
    found[alone] = shapely.get_geometry(found[alone], 0)
    return found


def _place(point: shapely.Point, frame: LocalFrame) -> tuple[float | None, float | None]:
    if not np.isfinite([point.x, point.y]).all():
        return None, None
    moved = gpd.GeoSeries(
        [shapely.Point(point.x + frame.origin[0], point.y + frame.origin[1])], crs=frame.crs
    ).to_crs(4326)
    return float(moved.iloc[0].x), float(moved.iloc[0].y)


def _codes(grids: gpd.GeoDataFrame, taken: Collection[str]) -> Iterable[PlanProblem]:
    used = Counter(grids["code"])
    names = Counter(zip(grids["area"], grids["name"], strict=True))
    elsewhere = frozenset(taken)
    labels = shapely.point_on_surface(grids.geometry.to_numpy())
    for row, label in zip(grids.itertuples(index=False, name="GridRow"), labels, strict=True):
        faults: list[tuple[ProblemCode, bool]] = [
            ("code-twice", used[row.code] > 1),
            ("code-taken", row.code in elsewhere),
            ("code-prefix", not str(row.code).startswith(str(row.area))),
            ("name-twice", names[row.area, row.name] > 1),
        ]
        for code, holds in faults:
            if holds:
                told = {"name": row.name} if code == "name-twice" else {}
                yield PlanProblem(code, row.area, (row.code,), label.x, label.y, told)


def _undivided(grids: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> list[PlanProblem]:
    divided = set(grids["area"])
    return [
        PlanProblem(
            "community-without-grids",
            row.code,
            lon=row.geometry.representative_point().x,
            lat=row.geometry.representative_point().y,
            params={"name": row.name},
        )
        for row in areas.itertuples(index=False, name="AreaRow")
        if row.code not in divided
    ]


def _off_target(
    grids: gpd.GeoDataFrame, homes: _Homes, fair: FloatArray, limit_pct: float
) -> Iterable[PlanProblem]:
    """Grids too far off what they should have; NaN: they should have nothing in particular."""
    of_area = grids["area"].to_numpy()
    labels = shapely.point_on_surface(grids.geometry.to_numpy())
    for at in np.flatnonzero(np.isfinite(fair)).tolist():
        off = 100 * (homes.households[at] / fair[at] - 1)
        if abs(off) <= limit_pct:
            continue
        # What is too much is forced when the grid would be short without its largest building;
        # what is too little, when no building of the community fits into the gap.
        most = int(homes.largest[at] if off > 0 else homes.largest[of_area == of_area[at]].max())
        yield PlanProblem(
            "households",
            of_area[at],
            (grids["code"].iloc[at],),
            labels[at].x,
            labels[at].y,
            {
                "households": int(homes.households[at]),
                "fair": round(float(fair[at])),
                "off_pct": round(float(off), 1),
                "largest_building": most,
                "forced": bool(abs(homes.households[at] - fair[at]) <= most),
            },
        )


def _fair(
    grids: gpd.GeoDataFrame,
    households: IntArray,
    target: int,
    targets: Mapping[str, int],
    micro: tuple[int, int] | None,
) -> FloatArray:
    """What each grid should have, at least 1.

    As :func:`geo.grids.options.grid_targets` says; for a micro-grid 微网格 the nearest of its
    range; NaN for a whole site 专属网格.
    """
    of_area, kinds = grids["area"].to_numpy(), grids["kind"].to_numpy()
    wanted = np.array([targets.get(area, target) for area in of_area], dtype=np.int64)
    _, area = np.unique(of_area, return_inverse=True)
    fair = np.maximum(grid_targets(area, kinds.tolist(), locked_of(grids), households, wanted), 1.0)
    small = kinds == "micro"
    fair[small] = np.nan if micro is None else np.clip(households[small], *micro)
    return fair


def _recounted(grids: gpd.GeoDataFrame, homes: _Homes) -> Iterable[PlanProblem]:
    stored = grids["households"].to_numpy(dtype=np.int64)
    labels = shapely.point_on_surface(grids.geometry.to_numpy())
    codes, areas = grids["code"].to_numpy(), grids["area"].to_numpy()
    for at in np.flatnonzero(stored != homes.households).tolist():
        counts = {"stored": int(stored[at]), "counted": int(homes.households[at])}
        code, area = codes[at], areas[at]
        yield PlanProblem("households-changed", area, (code,), labels[at].x, labels[at].y, counts)


def _cut(
    grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, frame: LocalFrame
) -> Iterable[PlanProblem]:
    """Buildings that grids of one community share; those on a community's border are not told."""
    if len(buildings) == 0:
        return
    grids = grids[shapely.is_valid(grids.geometry.to_numpy())]
    # The tree holds the buildings: a grid is then prepared once, not asked for each building.
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    grid, wall = tree.query(grids.geometry.to_numpy(), predicate="intersects")
    several = np.bincount(wall, minlength=len(buildings))[wall] > 1
    wall, grid = wall[several], grid[several]
    order = np.lexsort((grid, wall))
    wall, grid = wall[order], grid[order]
    # Only these few are brought into metres.
    near, at_near = np.unique(wall, return_inverse=True)
    shapes, walls = frame.bring(grids), frame.bring(buildings.iloc[near])
    held = shapely.area(shapely.intersection(walls[at_near], shapes[grid])) > CUT_M2
    wall, grid = wall[held], grid[held]
    codes, of_area = grids["code"].to_numpy(), grids["area"].to_numpy()
    homes = buildings["households"].to_numpy()
    # Found building by building, so that the parts of each stand side by side.
    cut, begins = np.unique(wall, return_index=True)
    if len(cut) == 0:
        return
    inners = shapely.point_on_surface(buildings.geometry.to_numpy()[cut])
    for at, inner, parts in zip(
        cut.tolist(), inners.tolist(), np.split(grid, begins[1:]), strict=True
    ):
        if len(parts) < 2 or len(set(of_area[parts])) > 1:
            continue
        named = tuple(sorted(str(codes[part]) for part in parts))
        told = {"households": int(homes[at])}
        yield PlanProblem("building-cut", of_area[parts[0]], named, inner.x, inner.y, told)
