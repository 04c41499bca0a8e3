"""Plans: draw up a draft, have its grids generated, publish them on a day."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection

from api.context import CurrentCaller, Tx, scope_for
from api.errors import Problem, not_found
from api.operations import CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.permissions import Caller
from api.shapes import Ref
from data.areas import area_path
from data.jobs import defer
from data.plans import create_plan
from data.plans_read import list_plans, plan_place
from data.publication import PlanError, discard_draft, publish_plan

router = APIRouter(prefix="/api/v1/plans", tags=["plans"])
Status = Literal["draft", "checked", "approved", "published"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Generation(BaseModel):
    """How far the worker has come with the grids of a draft."""

    state: Literal["waiting", "running", "done", "failed"]
    done: int
    total: int
    message: str = Field(description="The stage, or why it failed.")
    message_zh: str | None = None
    message_en: str | None = None


class Plan(BaseModel):
    """A division of an area into grids."""

    id: int
    name: str
    status: Status
    area: Ref
    target_households: int
    reason: str
    effective_on: date | None
    created_at: datetime
    published_at: datetime | None
    generation: Generation | None
    quality: dict[str, Any] | None = Field(description="Null until the grids are generated.")
    grids: int


class NewPlan(BaseModel):
    """What a draft is drawn up for."""

    area_id: int
    name: Annotated[Words, Field(min_length=1, examples=["首次划分"])]
    households: int = Field(300, ge=10, le=100_000, description="Households in a grid.")
    reason: Words = ""


class Publication(BaseModel):
    """From when the grids are in force, and why."""

    effective_on: date
    reason: Words | None = None


class Discarded(BaseModel):
    """The draft is gone."""

    id: int


@router.get("")
def plans(
    *,
    caller: CurrentCaller,
    tx: Tx,
    status: Status | None = None,
    area_id: int | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Plan]:
    """List plans of the caller's area, newest first."""
    scope = scope_for(caller, "plan:read")
    after = key_of(cursor, int)
    rows = list_plans(
        tx,
        scope,
        status=status,
        area_id=area_id,
        before_id=None if after is None else int(after[0]),
        limit=limit,
    )
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[_plan(row) for row in rows[:limit]], next=more)


@router.get("/{plan_id}")
def plan(plan_id: int, caller: CurrentCaller, tx: Tx) -> Plan:
    """Show one plan; `generation` tells how far its grids are."""
    return _read(tx, caller, plan_id)


@router.post("", status_code=202, response_model=Plan)
def draw_up(new: NewPlan, command: CurrentCommand) -> JSONResponse:
    """Draw up a draft; the worker generates its grids."""
    district_id = command.caller.district_id
    path = area_path(command.tx, district_id, new.area_id)
    if path is None:
        raise not_found("area")
    command.caller.require_at("plan:generate", path, what="area")
    plan_id = create_plan(
        command.tx,
        district_id,
        new.area_id,
        name=new.name,
        households=new.households,
        reason=new.reason,
        created_by=command.caller.account_id,
        now=command.at,
    )
    defer(
        command.tx,
        "generate_grids",
        {"district_id": district_id, "plan_id": plan_id},
        lock=f"plan {district_id}/{plan_id}",
    )
    return command.keep(_read(command.tx, command.caller, plan_id), 202)


@router.post("/{plan_id}/publish", response_model=Plan)
def publish(plan_id: int, asked: Publication, command: CurrentCommand) -> JSONResponse:
    """Put a draft's grids into force from a day on; those they replace end on it."""
    _require(command.tx, command.caller, plan_id, "plan:publish")
    try:
        publish_plan(
            command.tx,
            command.caller.district_id,
            plan_id,
            effective_on=asked.effective_on,
            reason=asked.reason,
            published_by=command.caller.account_id,
            at=command.at,
        )
    except PlanError as error:
        raise _refused(error) from error
    return command.keep(_read(command.tx, command.caller, plan_id))


@router.delete("/{plan_id}", response_model=Discarded)
def discard(plan_id: int, command: CurrentCommand) -> JSONResponse:
    """Delete a draft. A published plan stays."""
    _require(command.tx, command.caller, plan_id, "plan:generate")
    try:
        discard_draft(command.tx, command.caller.district_id, plan_id)
    except PlanError as error:
        raise _refused(error) from error
    return command.keep(Discarded(id=plan_id))


def _require(tx: Connection, caller: Caller, plan_id: int, permission: str) -> None:
    path = plan_place(tx, caller.district_id, plan_id)
    if path is None:
        raise not_found("plan")
    caller.require_at(permission, path, what="plan")


def _refused(error: PlanError) -> Problem:
    status = 422 if error.code == "day-passed" else 409
    day = None if error.day is None else error.day.isoformat()
    return Problem(status, f"plan-{error.code}", error.detail, params={"day": day})


def _read(tx: Connection, caller: Caller, plan_id: int) -> Plan:
    rows = list_plans(tx, scope_for(caller, "plan:read"), plan_id=plan_id, limit=1)
    if not rows:
        raise not_found("plan")
    return _plan(rows[0])


def _plan(row: Any) -> Plan:
    return Plan(
        id=row.id,
        name=row.name,
        status=row.status,
        area=Ref(id=row.area_id, code=row.area_code, name=row.area_name),
        target_households=row.target_households,
        reason=row.reason,
        effective_on=row.effective_on,
        created_at=row.created_at,
        published_at=row.published_at,
        generation=None if row.generation is None else Generation(**row.generation),
        quality=row.quality,
        grids=row.grids,
    )
