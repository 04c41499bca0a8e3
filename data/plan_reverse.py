"""Taking a published plan back: a draft of the grids that were in force before it.

It is a plan like any other: checked, approved and published on a day. What happened between the
two stays history.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import geopandas as gpd
import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Connection, Row, insert, select, text, update

from data.counted_buildings import in_parts
from data.draft_grids import measure
from data.frames import read_frame
from data.layers import district_today
from data.plan_errors import PlanError
from data.plan_steps import codes_taken
from data.plan_wishes import Limits
from data.plans import create_plan
from data.schema import GridVersion, Plan
from data.shapes import store_grid_shapes
from geo.grids.codes import grid_code
from geo.locate import GridIndex
from geo.redraw.errors import RedrawError
from geo.redraw.numbering import free_sequences, sequence_of


def reverse_plan(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    name: str | None,
    reason: str,
    created_by: UUID | None,
    at: datetime,
) -> int:
    """Draw up a draft that takes a published plan back, and return its id.

    Its grids are those in force the day before the plan took effect, with their identities, names
    and kinds. They keep their codes but for one that a grid elsewhere has got meanwhile, which is
    numbered anew. Households and buildings are counted as of today.

    Parameters
    ----------
    name
        None: 恢复 and the name of the plan.

    Raises
    ------
    PlanError
        `unknown`, `not-published`, `nothing-before` where the plan was the first, or
        `codes-taken` where a community has no number left.
    """
    plan = _published(connection, district_id, plan_id)
    grids = read_frame(
        connection, "grids_to_restore", {"district_id": district_id, "plan_id": plan_id}
    )
    if len(grids) == 0:
        raise PlanError("nothing-before", "There were no grids before this plan.")
    reverse_id = create_plan(
        connection,
        district_id,
        plan.area_id,
        name=name or f"恢复：{plan.name}",
        households=plan.target_households,
        reason=reason,
        created_by=created_by,
        now=at,
    )
    limits = Limits(households=plan.target_households)
    _store(connection, district_id, reverse_id, plan.area_id, grids, limits=limits)
    _number_anew(connection, district_id, reverse_id, at)
    store_grid_shapes(connection, district_id, reverse_id)
    done = {"state": "done", "done": 100, "total": 100, "message": "reversed"}
    connection.execute(
        update(Plan)
        .where(Plan.district_id == district_id, Plan.id == reverse_id)
        .values(reverses=plan_id, generation=done)
    )
    return reverse_id


def _published(connection: Connection, district_id: int, plan_id: int) -> Row[int, str, str, int]:
    plan = connection.execute(
        select(Plan.area_id, Plan.name, Plan.status, Plan.target_households).where(
            Plan.district_id == district_id, Plan.id == plan_id
        )
    ).one_or_none()
    if plan is None:
        raise PlanError("unknown", "There is no such plan.")
    if plan.status != "published":
        raise PlanError("not-published", "Only a published plan is taken back.", status=plan.status)
    return plan


def _store(
    connection: Connection,
    district_id: int,
    plan_id: int,
    area_id: int,
    grids: gpd.GeoDataFrame,
    *,
    limits: Limits,
) -> None:
    place = {"district_id": district_id, "area_id": area_id}
    buildings = read_frame(connection, "buildings_to_divide", place)
    parts = in_parts(buildings, read_frame(connection, "communities_to_divide", place), limits)
    shapes = grids.geometry.to_numpy()
    facts, households = measure(shapes, buildings), _households(shapes, parts)
    rows = [
        {
            "district_id": district_id,
            "grid_id": int(row.grid_id),
            "plan_id": plan_id,
            "area_path": row.area_path,
            "code": row.code,
            "name": row.name,
            "kind": row.kind,
            "households": int(households[at]),
            "geom": from_shape(shapes[at], srid=4326),
        }
        | facts[at]
        for at, row in enumerate(grids.itertuples(index=False, name="GridRow"))
    ]
    connection.execute(insert(GridVersion), rows)


def _households(shapes: Any, buildings: gpd.GeoDataFrame) -> Any:
    """Households of each grid, a building counted where its inner point lies."""
    inner = shapely.point_on_surface(buildings.geometry.to_numpy())
    index = GridIndex(np.arange(len(shapes)), shapes)
    at = index.locate(shapely.get_x(inner), shapely.get_y(inner))
    homes = buildings["households"].to_numpy(dtype=np.int64)
    return np.bincount(at[at >= 0], homes[at >= 0], minlength=len(shapes)).astype(np.int64)


def _number_anew(connection: Connection, district_id: int, plan_id: int, at: datetime) -> None:
    """Give another code to grids whose old one is in use elsewhere."""
    today = district_today(connection, district_id, at)
    for code in codes_taken(connection, district_id, plan_id, today):
        mine = {"district_id": district_id, "plan_id": plan_id, "code": code}
        community = connection.execute(_COMMUNITY, mine).scalar_one()
        used: Collection[str] = (
            connection.execute(_USED, mine | {"community": community}).scalars().all()
        )
        try:
            (sequence,) = free_sequences({sequence_of(taken) for taken in used}, 1)
        except RedrawError as error:
            raise PlanError(
                "codes-taken", "The community has no number left for a grid.", codes=[code]
            ) from error
        connection.execute(_RENUMBER, mine | {"new": grid_code(community, sequence)})


_COMMUNITY = text(
    "SELECT a.code FROM grid_version AS v "
    "JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id "
    "JOIN area AS a ON a.district_id = g.district_id AND a.id = g.community_id "
    "WHERE v.district_id = :district_id AND v.plan_id = :plan_id AND v.code = :code"
)
_USED = text(
    "SELECT DISTINCT code FROM grid_version "
    "WHERE district_id = :district_id AND starts_with(code, :community) "
    "AND (plan_id = :plan_id OR upper_inf(validity))"
)
_RENUMBER = text(
    "UPDATE grid_version SET code = :new "
    "WHERE district_id = :district_id AND plan_id = :plan_id AND code = :code"
)
