"""What would happen if a plan took effect on a day; nothing is done."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

import numpy as np
import shapely
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.case_views import ActorRef, Severity
from api.context import CurrentCaller, Now, Tx
from api.errors import problem_responses
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.permissions import Caller
from api.plan_views import refusing, require_plan
from api.shapes import LonLat, Outline, Ref
from casework.states import State
from data import plan_preview
from data.plan_preview import Change, GridFacts, Preview, preview_plan
from geo.locate import OUTSIDE

router = APIRouter(
    prefix="/api/v1/plans/{plan_id}/preview", tags=["plans"], responses=problem_responses(409)
)

MOST_LISTED = 2_000
On = Annotated[date | None, Query(description="First day of the plan; none: today.")]
FromGrid = Annotated[int | None, Query(description="Only what leaves this grid.")]
ToGrid = Annotated[int | None, Query(description="Only what comes to this grid.")]


class Obstacle(BaseModel):
    """Why the plan cannot take effect on this day."""

    code: str = Field(examples=["later-plan"])
    detail: str
    day: date | None


class Totals(BaseModel):
    """How much changes in all."""

    grids_before: int
    grids_after: int
    ended: int
    begun: int
    changed: int
    buildings: int
    households: int
    open_cases: int
    officers: int = Field(description="Whose grids or load change.")


class Move(BaseModel):
    """What goes from one grid to another."""

    from_: Ref | None = Field(alias="from", serialization_alias="from")
    to: Ref | None
    buildings: int = Field(description="Whole or in part.")
    households: int
    open_cases: int
    area_m2: float


class Load(BaseModel):
    """What a grid holds, or an officer has in all his grids."""

    households: int
    buildings: int
    open_cases: int


class GridSide(BaseModel):
    """A grid before, or after."""

    code: str
    name: str
    area_m2: float
    load: Load


class GridChange(BaseModel):
    """A grid that ends, begins or changes."""

    id: int
    change: Change
    before: GridSide | None
    after: GridSide | None
    successor: Ref | None = Field(description="Of a grid that ends: who takes most of it.")


class OfficerChange(BaseModel):
    """An officer with a grid that is redrawn."""

    officer: ActorRef
    grids_before: list[Ref]
    grids_after: list[Ref]
    before: Load
    after: Load


class PlanPreview(BaseModel):
    """What the plan would do on a day; each list holds 2,000 entries at most."""

    plan_id: int
    on: date
    obstacle: Obstacle | None
    totals: Totals
    moves: list[Move] = Field(description="The most households first.")
    grids: list[GridChange] = Field(description="By id; grids that stay are left out.")
    officers: list[OfficerChange]
    without_officer: list[Ref] = Field(description="Grids that nobody would be charged with.")
    truncated: bool = Field(description="A list is longer than shown; totals count all.")


class MovingCase(BaseModel):
    """An open case that goes to another grid."""

    id: UUID
    number: str
    state: State
    severity: Severity
    category: str
    category_en: str
    centre: LonLat
    from_: Ref | None = Field(alias="from", serialization_alias="from")
    to: Ref | None


class MovingBuilding(BaseModel):
    """A building that goes to another grid; one that is divided once for each pair of grids."""

    id: int
    name: str | None
    compound: str | None
    address: str | None
    households: int = Field(description="That move: of a divided building those of its parts.")
    households_in_all: int
    from_: Ref | None = Field(alias="from", serialization_alias="from")
    to: Ref | None


Moving = TypeVar("Moving", MovingCase, MovingBuilding)


class Ground(BaseModel):
    """GeoJSON feature: ground that goes from one grid to another."""

    type: Literal["Feature"] = "Feature"
    geometry: Outline
    properties: Move


class DifferenceMap(BaseModel):
    """GeoJSON: all ground that changes hands, 2,000 features at most."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Ground]
    truncated: bool


@router.get("")
def preview(*, plan_id: int, caller: CurrentCaller, tx: Tx, at: Now, on: On = None) -> PlanPreview:
    """Preview a plan: what moves from which grid to which, and whom it concerns."""
    found = _preview(tx, caller, plan_id, on, at)
    moves = found.difference.moves
    lists: tuple[Sequence[Any], ...] = (moves, found.grids, found.officers, found.without_officer)
    return PlanPreview(
        plan_id=plan_id,
        on=found.on,
        obstacle=_obstacle(found),
        totals=_totals(found),
        moves=[_move(found, move) for move in moves[:MOST_LISTED]],
        grids=[_grid(found, change) for change in found.grids[:MOST_LISTED]],
        officers=[_officer(found, officer) for officer in found.officers[:MOST_LISTED]],
        without_officer=[_known(found, at) for at in found.without_officer[:MOST_LISTED]],
        truncated=any(len(listed) > MOST_LISTED for listed in lists),
    )


@router.get("/map")
def difference_map(
    *, plan_id: int, caller: CurrentCaller, tx: Tx, at: Now, on: On = None
) -> DifferenceMap:
    """Draw the ground that changes hands as GeoJSON, WGS 84, the most households first."""
    found = _preview(tx, caller, plan_id, on, at)
    drawn = [move for move in found.difference.moves if move.shape is not None]
    return DifferenceMap(
        features=[
            Ground(geometry=_outline(move.shape), properties=_move(found, move))
            for move in drawn[:MOST_LISTED]
        ],
        truncated=len(drawn) > MOST_LISTED,
    )


@router.get("/cases")
def moving_cases(
    *,
    plan_id: int,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    on: On = None,
    from_grid: FromGrid = None,
    to_grid: ToGrid = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[MovingCase]:
    """List the open cases that would go to another grid."""
    found = _preview(tx, caller, plan_id, on, at)

    def tell(chosen: list[int]) -> list[dict[str, Any]]:
        rows = plan_preview.moving_cases(tx, caller.district_id, found, chosen)
        places = [found.cases[place] for place in chosen]
        return [
            {**row._asdict(), "centre": (case.lon, case.lat)}
            for row, case in zip(rows, places, strict=True)
        ]

    moving = plan_preview.cases_between(found, from_grid, to_grid)
    return _page_of(MovingCase, found, moving, tell, limit=limit, cursor=cursor)


@router.get("/buildings")
def moving_buildings(
    *,
    plan_id: int,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    on: On = None,
    from_grid: FromGrid = None,
    to_grid: ToGrid = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[MovingBuilding]:
    """List the buildings that would go to another grid."""
    found = _preview(tx, caller, plan_id, on, at)

    def tell(chosen: list[int]) -> list[dict[str, Any]]:
        rows = plan_preview.moving_buildings(tx, caller.district_id, found, chosen)
        return [
            {
                **row._asdict(),
                "households": plan_preview.households_along(found, place),
                "households_in_all": row.households,
            }
            for place, row in zip(chosen, rows, strict=True)
        ]

    moving = plan_preview.buildings_between(found, from_grid, to_grid)
    return _page_of(MovingBuilding, found, moving, tell, limit=limit, cursor=cursor)


def _preview(tx: Connection, caller: Caller, plan_id: int, on: date | None, at: Now) -> Preview:
    require_plan(tx, caller, plan_id, "plan:read")
    with refusing():
        return preview_plan(tx, caller.district_id, plan_id, on=on, at=at)


def _page_of(
    kind: type[Moving],
    found: Preview,
    moving: list[tuple[int, int, int]],
    tell: Callable[[list[int]], list[dict[str, Any]]],
    *,
    limit: int,
    cursor: str | None,
) -> Page[Moving]:
    """Cut a page out of what moves (place, grid before, grid after), and tell of what is on it."""
    key = key_of(cursor, int)
    rest = moving if key is None else [item for item in moving if item[0] > int(key[0])]
    page = rest[:limit]
    told = tell([place for place, _, _ in page])
    items = [
        kind.model_validate({**facts, "from": _ref(found, was), "to": _ref(found, becomes)})
        for facts, (_, was, becomes) in zip(told, page, strict=True)
    ]
    return Page(items=items, next=cursor_of(page[-1][0]) if len(rest) > limit else None)


def _obstacle(found: Preview) -> Obstacle | None:
    if found.obstacle is None:
        return None
    return Obstacle(code=found.obstacle.code, detail=found.obstacle.detail, day=found.obstacle.day)


def _totals(found: Preview) -> Totals:
    moves = found.difference.moves
    changes = [grid.change for grid in found.grids]
    return Totals(
        grids_before=found.grids_before,
        grids_after=found.grids_after,
        ended=changes.count("ended"),
        begun=changes.count("begun"),
        changed=changes.count("changed"),
        buildings=plan_preview.buildings_that_move(found),
        households=sum(move.households for move in moves),
        open_cases=sum(move.open_cases for move in moves),
        officers=sum(
            (officer.grids_before, officer.before) != (officer.grids_after, officer.after)
            for officer in found.officers
        ),
    )


def _known(found: Preview, grid_id: int) -> Ref:
    code, name = found.names.get(grid_id, ("", ""))
    return Ref(id=grid_id, code=code, name=name)


def _ref(found: Preview, grid_id: int) -> Ref | None:
    return None if grid_id == OUTSIDE else _known(found, grid_id)


def _move(found: Preview, move: Any) -> Move:
    return Move.model_validate(
        {
            "from": _ref(found, move.from_id),
            "to": _ref(found, move.to_id),
            "buildings": move.buildings,
            "households": move.households,
            "open_cases": move.open_cases,
            "area_m2": round(move.area_m2, 1),
        }
    )


def _load(load: plan_preview.Load) -> Load:
    return Load(households=load.households, buildings=load.buildings, open_cases=load.open_cases)


def _grid(found: Preview, change: plan_preview.GridChange) -> GridChange:
    return GridChange(
        id=change.grid_id,
        change=change.change,
        before=_side(change.before),
        after=_side(change.after),
        successor=None if change.successor is None else _known(found, change.successor),
    )


def _side(facts: GridFacts | None) -> GridSide | None:
    if facts is None:
        return None
    return GridSide(
        code=facts.code,
        name=facts.name,
        area_m2=round(facts.area_m2, 1),
        load=_load(facts.load),
    )


def _officer(found: Preview, officer: plan_preview.OfficerChange) -> OfficerChange:
    return OfficerChange(
        officer=ActorRef(id=officer.account_id, display_name=officer.display_name),
        grids_before=[_known(found, grid_id) for grid_id in officer.grids_before],
        grids_after=[_known(found, grid_id) for grid_id in officer.grids_after],
        before=_load(officer.before),
        after=_load(officer.after),
    )


def _outline(shape: Any) -> Outline:
    rounded = shapely.transform(shape, lambda points: np.round(points, 7))
    return Outline.model_validate_json(shapely.to_geojson(rounded))
