"""Plans in the database: draw up a draft, generate its grids, read them again.

A draft's grids are versions without a validity; publishing gives them one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import geopandas as gpd
import shapely
from sqlalchemy import Connection, Engine, insert, select, update

from data.draft_grids import store_draft
from data.frames import WGS84, read_frame
from data.schema import Area, Plan
from data.shapes import store_grid_shapes
from geo.grids import GridError, GridInputError, GridOptions, GridScore, generate, score

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
    executor: Executor | None = None,
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
    executor
        What divides the areas; None: threads of this process.

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
            executor=executor,
        )
    except GridError as error:
        failure = GenerationFailure(error.code, error.message_zh, error.message_en)
        keep.fail(failure)
        return failure
    keep("score", 90)
    quality = asdict(score(grids, town.buildings, town.roads, town.areas, households))
    with engine.begin() as connection:
        store_draft(
            connection,
            district_id,
            plan_id,
            areas=town.areas,
            buildings=town.buildings,
            grids=grids,
            now=now,
        )
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
    areas = read_frame(connection, "communities_to_divide", place)
    if len(areas) == 0:
        raise GridInputError(
            "no_communities",
            "该区域下没有社区或村，无法划分网格。请先导入社区边界。",
            "There is no community or village in this area: import their boundaries first.",
        )
    lines = read_frame(connection, "lines_to_follow", place)
    return TownFrames(
        areas=areas,
        buildings=read_frame(connection, "buildings_to_divide", place),
        roads=lines[lines["kind"] == "road"],
        water=lines[lines["kind"] == "water"],
    )


def read_plan_grids(connection: Connection, district_id: int, plan_id: int) -> gpd.GeoDataFrame:
    """Read a plan's grids as :func:`geo.grids.generate` returns them, in EPSG:4326.

    Raises
    ------
    GridInputError
        When the plan has no grids.
    """
    frame = read_frame(
        connection, "grids_of_plan", {"district_id": district_id, "plan_id": plan_id}
    )
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
