"""Officers of an area, and how much each has."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.case_views import ActorRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import not_found, problem_responses
from api.routes.plan_preview import Load
from data.areas import area_path
from data.layers import district_today
from data.plan_officers import officers_near

router = APIRouter(prefix="/api/v1/officers", tags=["plans"])
MOST_LISTED = 500


class OfficerLoad(BaseModel):
    """An officer and what all his grids come to."""

    officer: ActorRef
    grids: int
    load: Load


class Officers(BaseModel):
    """Officers by name."""

    items: list[OfficerLoad] = Field(description="500 at most.")
    truncated: bool


@router.get("", responses=problem_responses(404))
def officers(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    area_id: Annotated[
        int | None, Query(description="Of the street this area lies in; none: the caller's areas.")
    ] = None,
    on: Annotated[
        date | None, Query(description="What they have on this day; none: today.")
    ] = None,
) -> Officers:
    """List officers who may be charged with grids, with what each has already."""
    scope = scope_for(caller, "plan:read")
    paths = scope.area_paths
    if area_id is not None:
        path = area_path(tx, scope.district_id, area_id)
        if path is None:
            raise not_found("area")
        caller.require_at("plan:read", path, what="area")
        paths = (path,)
    day = on or district_today(tx, scope.district_id, at)
    rows = officers_near(tx, scope.district_id, paths, day, limit=MOST_LISTED + 1)
    return Officers(
        items=[
            OfficerLoad(
                officer=ActorRef(id=row.id, display_name=row.display_name),
                grids=row.grids,
                load=Load(
                    households=row.households, buildings=row.buildings, open_cases=row.open_cases
                ),
            )
            for row in rows[:MOST_LISTED]
        ],
        truncated=len(rows) > MOST_LISTED,
    )
