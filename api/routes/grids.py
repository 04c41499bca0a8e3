"""Grids as they are in force on a day, or as a plan draws them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.case_views import NamedRef
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from api.paging import Cursor, Page, WideLimit, cursor_of, key_of
from api.permissions import Caller
from api.shapes import BboxText, Box, LonLat, Outline, Ref, read_bbox
from data.grids import (
    grid_geojson,
    list_grids,
    officers_of_grid,
    publication_days,
    status_of_grid,
    versions_of_grid,
)
from data.layers import district_today

router = APIRouter(prefix="/api/v1/grids", tags=["grids"])
MOST_DAYS = 500
On = Annotated[date | None, Query(description="As in force on this day; none: today.")]


class Validity(BaseModel):
    """The days a grid is in force: from the first up to, not including, `to`."""

    from_: date | None = Field(alias="from", serialization_alias="from")
    to: date | None


class Grid(BaseModel):
    """A grid of about 300 households."""

    id: int
    code: str = Field(examples=["370303001001001"])
    name: str = Field(examples=["第一网格"])
    kind: str
    area: Ref = Field(description="Its community.")
    households: int
    buildings: int
    area_m2: float
    centre: LonLat = Field(description="A point within the grid, for its label.")
    bbox: Box
    validity: Validity | None = Field(description="Null while the plan is a draft.")


class Officer(BaseModel):
    """An account charged with the grid."""

    id: UUID
    display_name: str


class GridCounters(BaseModel):
    """What is kept of a grid's cases and patrols."""

    open: int
    overdue: int
    handled: int
    closed: int
    patrols_30d: int
    patrol_seconds_30d: float
    patrol_metres_30d: float
    last_patrol_at: datetime | None
    last_case_at: datetime | None


class GridVersion(BaseModel):
    """How the grid was drawn by one plan."""

    plan: dict[str, int | str] = Field(examples=[{"id": 1, "name": "首次划分"}])
    code: str
    name: str
    households: int
    validity: Validity


class GridDay(BaseModel):
    """A day from which on grids were drawn anew, and by which plan."""

    day: date
    plan: NamedRef
    area: Ref


class GridDays(BaseModel):
    """When the caller's map changed, newest first; the map can be seen as of any day."""

    today: date = Field(description="In the district's time zone.")
    days: list[GridDay] = Field(description="500 at most.")


class GridDetail(Grid):
    """A grid with its outline, officers, counters and history."""

    geometry: Outline
    officers: list[Officer]
    status: GridCounters | None = Field(description="Null for another day than today.")
    versions: list[GridVersion]


@router.get("")
def grids(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    area_id: int | None = None,
    bbox: BboxText = None,
    q: Annotated[str | None, Query(max_length=100, description="Name, or code's start.")] = None,
    on: On = None,
    plan_id: int | None = None,
    limit: WideLimit = 50,
    cursor: Cursor = None,
) -> Page[Grid]:
    """List grids by code."""
    # A draft is nobody's business but the planners'.
    scope = scope_for(caller, "map:read" if plan_id is None else "plan:read")
    after = key_of(cursor, str, int)
    rows = list_grids(
        tx,
        scope,
        on or district_today(tx, scope.district_id, at),
        plan_id=plan_id,
        area_id=area_id,
        bbox=read_bbox(bbox),
        named=q,
        after=None if after is None else (str(after[0]), int(after[1])),
        limit=limit,
    )
    more = cursor_of(rows[limit - 1].code, rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[Grid(**_grid(row)) for row in rows[:limit]], next=more)


@router.get("/days")
def grid_days(caller: CurrentCaller, tx: Tx, at: Now) -> GridDays:
    """Tell on which days the grids changed, those ahead as well."""
    scope = scope_for(caller, "map:read")
    return GridDays(
        today=district_today(tx, scope.district_id, at),
        days=[
            GridDay(
                day=row.day,
                plan=NamedRef(id=row.id, name=row.name),
                area=Ref(id=row.area_id, code=row.area_code, name=row.area_name),
            )
            for row in publication_days(tx, scope, limit=MOST_DAYS)
        ],
    )


@router.get("/{grid_id}")
def grid(grid_id: int, caller: CurrentCaller, tx: Tx, at: Now, on: On = None) -> GridDetail:
    """Show one grid: outline, officers, counters, and how it was drawn over time."""
    scope = scope_for(caller, "map:read")
    today = district_today(tx, scope.district_id, at)
    day = on or today
    rows = list_grids(tx, scope, day, grid_id=grid_id, limit=1)
    if not rows:
        raise not_found("grid")
    return _detail(tx, caller, rows[0], day, current=day == today)


def _detail(tx: Tx, caller: Caller, row: Any, day: date, *, current: bool) -> GridDetail:
    district_id = caller.district_id
    officers = officers_of_grid(tx, district_id, row.id, day)
    return GridDetail(
        **_grid(row),
        geometry=Outline.model_validate_json(grid_geojson(tx, district_id, row.version_id)),
        officers=[Officer(id=o.id, display_name=o.display_name) for o in officers],
        # Counters are those of now: beside the grid of another day they would mislead.
        status=_counters(status_of_grid(tx, district_id, row.id)) if current else None,
        versions=[
            GridVersion(
                plan={"id": v.plan_id, "name": v.plan},
                code=v.code,
                name=v.name,
                households=v.households,
                validity=_validity(v),
            )
            for v in versions_of_grid(tx, district_id, row.id)
        ],
    )


def _grid(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "area": Ref(id=row.area_id, code=row.area_code, name=row.area_name),
        "households": row.households,
        "buildings": row.buildings,
        "area_m2": row.area_m2,
        "centre": (row.lon, row.lat),
        "bbox": (row.west, row.south, row.east, row.north),
        "validity": None if row.valid_from is None else _validity(row),
    }


def _validity(row: Any) -> Validity:
    return Validity.model_validate({"from": row.valid_from, "to": row.valid_to})


def _counters(row: Any) -> GridCounters | None:
    if row is None:
        return None
    return GridCounters(
        open=row.open_cases,
        overdue=row.overdue_cases,
        handled=row.handled_cases,
        closed=row.closed_cases,
        patrols_30d=row.patrols_30d,
        patrol_seconds_30d=row.patrol_seconds_30d,
        patrol_metres_30d=row.patrol_metres_30d,
        last_patrol_at=row.last_patrol_at,
        last_case_at=row.last_case_at,
    )
