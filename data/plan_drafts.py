"""A draft as it is edited: its grids with their counts, what stands there, what is amiss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, text

from data.counted_buildings import in_parts_of
from data.frames import read_frame
from data.plan_wishes import Limits, limits_of
from geo.grids.options import grid_targets, locked_of
from geo.redraw.ground import Ground

MOST_LINES: Final = 20_000
SHOWN_BUILDINGS: Final = 20

GeometryArray = npt.NDArray[np.object_]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class DraftPlan:
    """The row of a plan that is being edited."""

    district_id: int
    id: int
    area_id: int
    status: str
    revision: int
    generation: str | None
    limits: Limits


@dataclass(frozen=True)
class GridProblem:
    """Something about a grid that a planner should look at."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DraftGrid:
    """A grid of a draft with its counts and what is amiss with it."""

    grid_id: int
    revision: int
    code: str
    name: str
    area_id: int
    area_code: str
    kind: str
    locked: bool
    households: int
    buildings: int
    off_pct: float | None
    problems: tuple[GridProblem, ...]
    shape: shapely.Polygon


def find_draft(connection: Connection, district_id: int, plan_id: int) -> DraftPlan | None:
    """Find a plan by its id."""
    row = connection.execute(
        text(
            "SELECT district_id, id, area_id, status, revision, "
            "generation ->> 'state' AS generation, target_households, wishes FROM plan "
            "WHERE district_id = :district_id AND id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).one_or_none()
    if row is None:
        return None
    return DraftPlan(
        district_id=row.district_id,
        id=row.id,
        area_id=row.area_id,
        status=row.status,
        revision=row.revision,
        generation=row.generation,
        limits=limits_of(row.target_households, row.wishes),
    )


def read_rows(
    connection: Connection, plan: DraftPlan, communities: Sequence[int] | None = None
) -> gpd.GeoDataFrame:
    """Read the grids of a draft, of all its communities or of some; shapes are polygons."""
    rows = read_frame(
        connection,
        "draft_grids",
        {
            "district_id": plan.district_id,
            "plan_id": plan.id,
            "communities": None if communities is None else list(communities),
        },
    )
    shapes = rows.geometry.to_numpy()
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return rows.set_geometry(gpd.GeoSeries(shapes, crs=rows.crs))


def read_ground(
    connection: Connection, plan: DraftPlan, communities: Sequence[int], *, lines: Box | None
) -> Ground:
    """Read the buildings of some communities, and the lines in a box of degrees if one is given."""
    frame = _counted(connection, plan, list(communities))
    followed = np.empty(0, dtype=np.object_)
    if lines is not None:
        found = read_lines(connection, plan.district_id, lines).geometry.to_numpy()
        flat = shapely.get_dimensions(found) == 2
        found[flat] = shapely.boundary(found[flat])
        followed = shapely.get_parts(found)
    return Ground(
        ids=frame["id"].to_numpy(dtype=np.int64),
        households=frame["households"].to_numpy(dtype=np.int64),
        buildings=frame.geometry.to_numpy(),
        lines=np.asarray(followed, dtype=np.object_),
    )


def read_lines(connection: Connection, district_id: int, box: Box) -> gpd.GeoDataFrame:
    """Read roads and water in a box of degrees: `kind`, `name`, `highway`, `geometry`."""
    west, south, east, north = box
    return read_frame(
        connection,
        "draft_lines",
        {
            "district_id": district_id,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "limit": MOST_LINES,
        },
    )


def box_of_plan(connection: Connection, plan: DraftPlan) -> Box:
    """West, south, east and north of the area that a plan divides."""
    west, south, east, north = connection.execute(
        text(
            "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM "
            "(SELECT CAST(geom AS box2d) AS box FROM area "
            "WHERE district_id = :district_id AND id = :area_id) AS around"
        ),
        {"district_id": plan.district_id, "area_id": plan.area_id},
    ).one()
    return west, south, east, north


def read_draft_grids(connection: Connection, plan: DraftPlan) -> list[DraftGrid]:
    """Read all grids of a draft, counted and looked over."""
    rows = read_rows(connection, plan)
    if len(rows) == 0:
        return []
    ground = read_ground(connection, plan, communities_of(rows), lines=None)
    return look_over(rows, ground, plan.limits)


def read_buildings(connection: Connection, plan: DraftPlan) -> gpd.GeoDataFrame:
    """Read the buildings that are counted in a draft's grids; `geometry` is an inner point.

    One that is too large for a grid is there by its parts, each a row with its households.
    """
    frame = _counted(connection, plan, communities_of(read_rows(connection, plan)))
    return frame.set_geometry(frame.geometry.representative_point())


def _counted(connection: Connection, plan: DraftPlan, communities: list[int]) -> gpd.GeoDataFrame:
    place = {"district_id": plan.district_id, "communities": communities}
    frame = read_frame(connection, "draft_buildings", place)
    return in_parts_of(connection, plan.district_id, frame, communities, plan.limits)


def communities_of(rows: gpd.GeoDataFrame) -> list[int]:
    """Ids of the communities that grids lie in, ascending."""
    return sorted({int(area_id) for area_id in rows["area_id"]})


def look_over(rows: gpd.GeoDataFrame, ground: Ground, limits: Limits) -> list[DraftGrid]:
    """Count the grids of whole communities and name what is amiss.

    Parameters
    ----------
    rows
        As `read_rows` gives them, all grids of each community.
    limits
        Households that the grids of the plan should have.
    """
    shapes = rows.geometry.to_numpy()
    households, buildings = ground.count(shapes)
    cut = ground.cut(shapes)
    fair = _targets(rows, households, limits)
    looked = []
    for at, row in enumerate(rows.itertuples(index=False)):
        count = int(households[at])
        target = float(fair[at])
        off_pct = off_target_pct(str(row.kind), count, target, limits.micro)
        looked.append(
            DraftGrid(
                grid_id=int(row.grid_id),
                revision=int(row.revision),
                code=str(row.code),
                name=str(row.name),
                area_id=int(row.area_id),
                area_code=str(row.area_code),
                kind=str(row.kind),
                locked=bool(row.locked),
                households=count,
                buildings=int(buildings[at]),
                off_pct=off_pct,
                problems=(
                    *_off_problems(str(row.kind), count, off_pct, target, limits.problem_pct),
                    *_cut_problems(cut[at]),
                ),
                shape=shapes[at],
            )
        )
    return looked


def _targets(
    rows: gpd.GeoDataFrame, households: npt.NDArray[np.int64], limits: Limits
) -> npt.NDArray[np.float64]:
    areas = rows["area_id"].to_numpy(dtype=np.int64)
    wanted = [limits.of_area.get(area_id, limits.households) for area_id in areas.tolist()]
    kinds = rows["kind"].tolist()
    return grid_targets(areas, kinds, locked_of(rows), households, np.array(wanted, dtype=np.int64))


def off_target_pct(kind: str, households: int, fair: float, micro: tuple[int, int]) -> float | None:
    """How far a grid is off what it should have, in per cent; None for a whole site.

    A micro-grid is compared with the nearer limit of its range, and is 0 off within it.
    """
    if kind == "site":
        return None
    if kind == "micro":
        low, high = micro
        nearest = min(max(households, low), high)
        return 100.0 * (households / nearest - 1)
    return 100.0 * (households / fair - 1) if fair > 0 else 0.0


def _off_problems(
    kind: str, households: int, off_pct: float | None, fair: float, problem_pct: float
) -> Iterator[GridProblem]:
    if households == 0 and kind == "general":
        yield GridProblem("no-households")
    elif off_pct is not None and abs(off_pct) > problem_pct:
        params = {"off_pct": round(off_pct, 1), "households": households}
        target = {"target": round(fair)} if kind == "general" else {}
        yield GridProblem("households-off", params | target)


def _cut_problems(cut: list[int]) -> Iterator[GridProblem]:
    if cut:
        shown = sorted(cut)[:SHOWN_BUILDINGS]
        yield GridProblem("building-cut", {"count": len(cut), "building_ids": shown})
