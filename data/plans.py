"""Plans in the database: begin a draft, find it, read its grids and what they are made from.

A draft's grids are versions without a validity; publishing gives them one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import geopandas as gpd
import shapely
from sqlalchemy import Connection, insert, select

from data.frames import WGS84, read_frame
from data.plan_runs import waiting
from data.plan_wishes import NO_WISHES, PlanWishes
from data.schema import Area, Plan
from geo.grids import GridInputError, GridScore, score


@dataclass(frozen=True)
class TownFrames:
    """What grids are made from, in EPSG:4326; ``areas`` also has ``id`` and ``path``."""

    areas: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame


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
    wishes: PlanWishes = NO_WISHES,
) -> int:
    """Insert an empty draft for an area and return its id; its grids are still to be generated."""
    asked = wishes.model_dump(mode="json", exclude_defaults=True)
    return int(
        connection.execute(
            insert(Plan)
            .values(
                district_id=district_id,
                area_id=area_id,
                name=name,
                reason=reason,
                target_households=households,
                wishes=asked,
                generation=waiting(1, households, wishes),
                created_by=created_by,
                created_at=now,
            )
            .returning(Plan.id)
        ).scalar_one()
    )


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
