"""Plans in the database: draw up a draft, generate its grids, read them again.

A draft's grids are versions without a validity; publishing gives them one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geoalchemy2.shape import from_shape
from pyproj import Geod
from sqlalchemy import Connection, Engine, delete, insert, select, update

from data.database import query
from data.schema import Area, Grid, GridVersion, Plan
from data.shapes import store_grid_shapes
from geo.grids import GridError, GridInputError, GridOptions, GridScore, generate, score

WGS84 = "EPSG:4326"
SAME_GRID = 0.5
"""Intersection over union above which a new grid is the old one, redrawn."""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class TownFrames:
    """What grids are made from, in EPSG:4326; ``areas`` also has ``id`` and ``path``."""

    areas: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame


@dataclass(frozen=True)
class GenerationFailure:
    """Why a plan has no grids; in the words of :class:`geo.grids.GridError`."""

    code: str
    message_zh: str
    message_en: str


@dataclass(frozen=True)
class AreaKey:
    """An area and its name."""

    district_id: int
    id: int
    name: str


def find_area(connection: Connection, code: str) -> AreaKey | None:
    """Find an area by its code, in whatever district."""
    found = connection.execute(
        select(Area.district_id, Area.id, Area.name).where(Area.code == code)
    ).first()
    return None if found is None else AreaKey(*found)


@dataclass(frozen=True)
class PlanKey:
    """A plan, the area it divides and the households it aims at."""

    district_id: int
    id: int
    area_id: int
    households: int


def find_plan(connection: Connection, plan_id: int) -> PlanKey | None:
    """Find a plan by its number, in whatever district."""
    found = connection.execute(
        select(Plan.district_id, Plan.id, Plan.area_id, Plan.target_households).where(
            Plan.id == plan_id
        )
    ).first()
    return None if found is None else PlanKey(*found)


def score_plan(connection: Connection, plan: PlanKey) -> GridScore:
    """Score a plan's grids against the buildings and roads of today.

    Raises
    ------
    GridInputError
        When the plan has no grids.
    """
    grids = read_plan_grids(connection, plan.district_id, plan.id)
    town = load_town(connection, plan.district_id, plan.area_id)
    return score(grids, town.buildings, town.roads, town.areas, plan.households)


def create_plan(
    connection: Connection,
    district_id: int,
    area_id: int,
    *,
    name: str,
    households: int,
    reason: str,
    created_by: UUID | None,
    now: datetime,
) -> int:
    """Insert an empty draft for an area and return its id; its grids are still to be generated."""
    return int(
        connection.execute(
            insert(Plan)
            .values(
                district_id=district_id,
                area_id=area_id,
                name=name,
                reason=reason,
                target_households=households,
                generation=_state("waiting", 0, 100, ""),
                created_by=created_by,
                created_at=now,
            )
            .returning(Plan.id)
        ).scalar_one()
    )


def generate_plan(
    engine: Engine,
    district_id: int,
    plan_id: int,
    *,
    now: datetime,
    seed: int = 0,
    progress: Progress | None = None,
) -> GenerationFailure | None:
    """Generate the grids of a draft, keeping ``plan.generation`` up to date on the way.

    Reading, each step of progress and storing are short transactions of their own, so that a
    long generation holds no lock; the grids appear all at once, or not at all.

    Parameters
    ----------
    engine
        As the run-time role.
    now
        Our clock; grids in force on its day lend their identity to those that are like them.
    progress
        Called as well as the plan's row is written.

    Returns
    -------
    None, or what the input must be mended of; the plan's row says the same.
    """
    keep = _Keeper(engine, district_id, plan_id, progress)
    keep("read", 0)
    try:
        with engine.connect() as connection:
            area_id, households = _what_to_divide(connection, district_id, plan_id)
            town = load_town(connection, district_id, area_id)
        options = GridOptions(households=households, seed=seed)
        grids = generate(
            town.buildings,
            town.roads,
            town.areas,
            options,
            lambda done, _total, stage: keep(stage, round(done * 0.9)),
            water=town.water,
        )
    except GridError as error:
        failure = GenerationFailure(error.code, error.message_zh, error.message_en)
        keep.fail(failure)
        return failure
    keep("score", 90)
    quality = asdict(score(grids, town.buildings, town.roads, town.areas, households))
    with engine.begin() as connection:
        store_draft(connection, district_id, plan_id, town, grids, now=now)
        store_grid_shapes(connection, district_id, plan_id)
        _set_plan(
            connection,
            district_id,
            plan_id,
            generation=_state("done", 100, 100, "done") | {"seed": seed},
            quality=quality | {"households_outside": grids.attrs["households_outside"]},
        )
    if progress is not None:
        progress(100, 100, "done")
    return None


def load_town(connection: Connection, district_id: int, area_id: int) -> TownFrames:
    """Read what an area is divided by: its communities, buildings, roads and water.

    Raises
    ------
    GridInputError
        When the area holds no community.
    """
    place = {"district_id": district_id, "area_id": area_id}
    areas = _frame(connection, "communities_to_divide", place)
    if len(areas) == 0:
        raise GridInputError(
            "no_communities",
            "该区域下没有社区或村，无法划分网格。请先导入社区边界。",
            "There is no community or village in this area: import their boundaries first.",
        )
    lines = _frame(connection, "lines_to_follow", place)
    return TownFrames(
        areas=areas,
        buildings=_frame(connection, "buildings_to_divide", place),
        roads=lines[lines["kind"] == "road"],
        water=lines[lines["kind"] == "water"],
    )


def store_draft(
    connection: Connection,
    district_id: int,
    plan_id: int,
    town: TownFrames,
    grids: gpd.GeoDataFrame,
    *,
    now: datetime,
) -> None:
    """Store generated grids as versions of a draft plan, in place of those it may have had.

    A grid that mostly covers one in force (intersection over union above one half) keeps its
    identity, so that its cases, officers and history stay with it.
    """
    _clear_draft(connection, district_id, plan_id)
    ids = dict(zip(town.areas["code"], town.areas["id"].astype(int), strict=True))
    paths = dict(zip(town.areas["code"], town.areas["path"], strict=True))
    communities = [ids[code] for code in grids["area"]]
    kept = _kept_identities(connection, district_id, grids, communities, now.date())
    fresh = [at for at in range(len(grids)) if at not in kept]
    made = _new_identities(connection, district_id, [communities[at] for at in fresh], now)
    identity = kept | dict(zip(fresh, made, strict=True))
    shapes = grids.geometry.to_numpy()
    facts = _measure(shapes, town.buildings)
    rows = [
        {
            "district_id": district_id,
            "grid_id": identity[at],
            "plan_id": plan_id,
            "area_path": paths[row.area],
            "code": row.code,
            "name": row.name,
            "households": int(row.households),
            "geom": from_shape(shapely.multipolygons([shapes[at]]), srid=4326),
        }
        | facts[at]
        for at, row in enumerate(grids.itertuples(index=False, name="GridRow"))
    ]
    connection.execute(insert(GridVersion), rows)


def read_plan_grids(connection: Connection, district_id: int, plan_id: int) -> gpd.GeoDataFrame:
    """Read a plan's grids as :func:`geo.grids.generate` returns them, in EPSG:4326.

    Raises
    ------
    GridInputError
        When the plan has no grids.
    """
    frame = _frame(connection, "grids_of_plan", {"district_id": district_id, "plan_id": plan_id})
    if len(frame) == 0:
        raise GridInputError(
            "plan_empty",
            f"方案 {plan_id} 还没有网格，请先生成。",
            f"Plan {plan_id} has no grids yet: generate them first.",
        )
    shapes = frame.geometry.to_numpy()
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=WGS84))


def _what_to_divide(connection: Connection, district_id: int, plan_id: int) -> tuple[int, int]:
    area_id, households = connection.execute(
        select(Plan.area_id, Plan.target_households).where(
            Plan.district_id == district_id, Plan.id == plan_id, Plan.status == "draft"
        )
    ).one()
    return int(area_id), int(households)


def _frame(connection: Connection, name: str, parameters: dict[str, Any]) -> gpd.GeoDataFrame:
    result = connection.execute(query(name), parameters)
    rows = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    shapes = shapely.from_wkb(rows.pop("geometry").to_numpy(dtype=object))
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, crs=WGS84))


def _clear_draft(connection: Connection, district_id: int, plan_id: int) -> None:
    """Drop the draft's versions and identities that nothing else ever used."""
    gone = connection.execute(
        delete(GridVersion)
        .where(
            GridVersion.district_id == district_id,
            GridVersion.plan_id == plan_id,
            GridVersion.validity.is_(None),
        )
        .returning(GridVersion.grid_id)
    ).scalars()
    used = select(GridVersion.grid_id).where(GridVersion.district_id == district_id)
    connection.execute(
        delete(Grid).where(
            Grid.district_id == district_id, Grid.id.in_(list(gone)), Grid.id.not_in(used)
        )
    )


def _kept_identities(
    connection: Connection,
    district_id: int,
    grids: gpd.GeoDataFrame,
    communities: list[int],
    on: date,
) -> dict[int, int]:
    """Position of a new grid → id of the grid in force that it mostly covers."""
    old = _frame(
        connection,
        "grids_in_force",
        {"district_id": district_id, "communities": sorted(set(communities)), "on": on},
    )
    was, shapes = old.geometry.to_numpy(), grids.geometry.to_numpy()
    at, before = shapely.STRtree(was).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[at], was[before]))
    both = shapely.area(shapes[at]) + shapely.area(was[before]) - shared
    same = np.array(communities)[at] == old["community_id"].to_numpy(dtype=int)[before]
    like = same & (shared > SAME_GRID * both)
    # More than half of the union can be shared with one partner only, so no id is given twice.
    ids = old["id"].to_numpy(dtype=int)[before[like]]
    return dict(zip(at[like].tolist(), ids.tolist(), strict=True))


def _new_identities(
    connection: Connection, district_id: int, communities: list[int], now: datetime
) -> list[int]:
    if not communities:
        return []
    rows = [
        {"district_id": district_id, "community_id": community, "created_at": now}
        for community in communities
    ]
    made = connection.execute(insert(Grid).returning(Grid.id, sort_by_parameter_order=True), rows)
    return [int(grid_id) for grid_id in made.scalars()]


def _measure(shapes: Any, buildings: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Buildings, size on the ellipsoid and a point for the label of each grid."""
    inner = shapely.point_on_surface(buildings.geometry.to_numpy())
    building, grid = shapely.STRtree(shapes).query(inner, predicate="intersects")
    _, first = np.unique(building, return_index=True)
    counts = np.bincount(grid[first], minlength=len(shapes))
    geod = Geod(ellps="WGS84")
    labels = shapely.get_point(shapely.maximum_inscribed_circle(shapes), 0)
    return [
        {
            "buildings": int(counts[at]),
            "area_m2": abs(geod.geometry_area_perimeter(shape)[0]),
            "label": from_shape(labels[at], srid=4326),
        }
        for at, shape in enumerate(shapes)
    ]


State = Literal["waiting", "running", "done", "failed"]


def _state(state: State, done: int, total: int, stage: str) -> dict[str, Any]:
    return {"state": state, "done": done, "total": total, "message": stage}


def _set_plan(
    connection: Connection, district_id: int, plan_id: int, **values: dict[str, Any]
) -> None:
    connection.execute(
        update(Plan).where(Plan.district_id == district_id, Plan.id == plan_id).values(**values)
    )


class _Keeper:
    """Writes progress into the plan's row, once for each per cent."""

    def __init__(
        self, engine: Engine, district_id: int, plan_id: int, told: Progress | None
    ) -> None:
        self._engine, self._key, self._told = engine, (district_id, plan_id), told
        self._last: tuple[str, int] | None = None

    def __call__(self, stage: str, done: int) -> None:
        if (stage, done) == self._last:
            return
        self._last = (stage, done)
        with self._engine.begin() as connection:
            _set_plan(connection, *self._key, generation=_state("running", done, 100, stage))
        if self._told is not None:
            self._told(done, 100, stage)

    def fail(self, failure: GenerationFailure) -> None:
        done = self._last[1] if self._last is not None else 0
        state = _state("failed", done, 100, failure.code) | asdict(failure)
        with self._engine.begin() as connection:
            _set_plan(connection, *self._key, generation=state)
