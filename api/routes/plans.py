"""Plans: draw up a draft, have it generated, checked and approved, publish it on a day."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Connection

from api.context import AppContext, CurrentCaller, Tx, scope_for
from api.errors import not_found
from api.operations import Command, CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.permissions import Caller
from api.plan_views import Plan, PlanDetail, plan_detail, plan_of, refusing, require_plan
from api.plan_wishes import require_wishes
from casework.plan_states import PlanState
from data import plan_steps
from data.areas import area_path
from data.plan_generation import defer_run, redraw_plan
from data.plan_officers import Charge
from data.plan_reverse import reverse_plan
from data.plan_runs import stop_run
from data.plan_steps import steps_of
from data.plan_wishes import NO_WISHES, PlanWishes
from data.plans import create_plan
from data.plans_read import list_plans
from data.publication import discard_draft, publish_plan

router = APIRouter(prefix="/api/v1/plans", tags=["plans"])
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class NewPlan(BaseModel):
    """What a draft is drawn up for."""

    area_id: int
    name: Annotated[Words, Field(min_length=1, examples=["首次划分"])]
    households: int = Field(300, ge=10, le=100_000, description="Households in a grid.")
    reason: Words = ""
    wishes: PlanWishes = NO_WISHES


class Redrawing(BaseModel):
    """By what the grids of a draft are made anew."""

    households: int = Field(300, ge=10, le=100_000, description="Households in a grid.")
    wishes: PlanWishes = NO_WISHES


class GridCharge(BaseModel):
    """Who looks after a grid of the plan from its first day on."""

    grid_id: int
    officer_ids: list[UUID] = Field(max_length=20, description="These and nobody else.")


class Publication(BaseModel):
    """From when the grids are in force, and why."""

    effective_on: date
    reason: Words | None = None
    charges: list[GridCharge] = Field(
        [],
        max_length=2_000,
        description="Grids whose officers are chosen; elsewhere they go on with their grid, or "
        "with the one that takes most of it.",
    )


class Remark(BaseModel):
    """What is said with an approval."""

    reason: Words = ""


class Objection(BaseModel):
    """Why a plan is sent back."""

    reason: Annotated[Words, Field(min_length=1, examples=["三号网格把小区切开了"])]


class Reversal(BaseModel):
    """Why a published plan is to be taken back."""

    name: Annotated[Words, Field(min_length=1)] | None = Field(
        None, description="Null: 恢复 and the name of the plan."
    )
    reason: Words = ""


class Discarded(BaseModel):
    """The draft is gone."""

    id: int


@router.get("")
def plans(
    *,
    caller: CurrentCaller,
    tx: Tx,
    status: PlanState | None = None,
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
    return Page(items=[plan_of(row) for row in rows[:limit]], next=more)


@router.get("/{plan_id}")
def plan(plan_id: int, caller: CurrentCaller, tx: Tx) -> PlanDetail:
    """Show one plan; `generation` tells how far its grids are."""
    return _read(tx, caller, plan_id)


@router.post("", status_code=202, response_model=PlanDetail)
def draw_up(new: NewPlan, command: CurrentCommand) -> JSONResponse:
    """Draw up a draft; the worker generates its grids."""
    district_id = command.caller.district_id
    path = area_path(command.tx, district_id, new.area_id)
    if path is None:
        raise not_found("area")
    command.caller.require_at("plan:generate", path, what="area")
    require_wishes(command.tx, command.caller, new.area_id, new.wishes)
    plan_id = create_plan(
        command.tx,
        district_id,
        new.area_id,
        name=new.name,
        households=new.households,
        reason=new.reason,
        created_by=command.caller.account_id,
        now=command.at,
        wishes=new.wishes,
    )
    defer_run(command.tx, district_id, plan_id)
    return command.keep(_read(command.tx, command.caller, plan_id), 202)


@router.post("/{plan_id}/redraw", status_code=202, response_model=PlanDetail)
def redraw(plan_id: int, asked: Redrawing, command: CurrentCommand) -> JSONResponse:
    """Make the grids of a plan anew by other wishes; its locked grids stay.

    Those of now stay until the new ones are there. Edits since the last time are given up.
    """
    tx, caller = command.tx, command.caller
    require_plan(tx, caller, plan_id, "plan:generate")
    require_wishes(tx, caller, _read(tx, caller, plan_id).area.id, asked.wishes)
    with refusing():
        redraw_plan(
            tx,
            caller.district_id,
            plan_id,
            households=asked.households,
            wishes=asked.wishes,
            by=caller.account_id,
            at=command.at,
        )
    return command.keep(_read(tx, caller, plan_id), 202)


@router.post("/{plan_id}/stop", response_model=PlanDetail)
def stop(plan_id: int, command: CurrentCommand) -> JSONResponse:
    """Stop the making of a plan's grids: nothing of it is kept, grids of before stay."""
    require_plan(command.tx, command.caller, plan_id, "plan:generate")
    with refusing():
        stop_run(command.tx, command.caller.district_id, plan_id)
    return command.keep(_read(command.tx, command.caller, plan_id))


@router.post("/{plan_id}/check", response_model=PlanDetail)
def check_plan(plan_id: int, command: CurrentCommand) -> JSONResponse:
    """Check a draft: coverage, codes, households, buildings.

    It becomes `checked` when nothing forbids it; else it stays a draft, and `problems` says what
    to mend.
    """
    return _step(command, plan_id, "plan:check", plan_steps.check)


@router.post("/{plan_id}/approve", response_model=PlanDetail)
def approve(plan_id: int, said: Remark, command: CurrentCommand, parts: AppContext) -> JSONResponse:
    """Approve a checked plan: it may be published from now on."""
    return _step(
        command,
        plan_id,
        "plan:approve",
        plan_steps.approve,
        reason=said.reason,
        by_another=parts.settings.approval_by_another,
        needs_signature=parts.settings.approval_needs_signature,
    )


@router.post("/{plan_id}/send-back", response_model=PlanDetail)
def send_back(plan_id: int, said: Objection, command: CurrentCommand) -> JSONResponse:
    """Make a checked or approved plan a draft again, and say why."""
    return _step(command, plan_id, "plan:send-back", plan_steps.send_back, reason=said.reason)


@router.post("/{plan_id}/publish", response_model=PlanDetail)
def publish(plan_id: int, asked: Publication, command: CurrentCommand) -> JSONResponse:
    """Put an approved plan's grids into force from a day on; those they replace end on it."""
    require_plan(command.tx, command.caller, plan_id, "plan:publish")
    with refusing():
        publish_plan(
            command.tx,
            command.caller.district_id,
            plan_id,
            effective_on=asked.effective_on,
            reason=asked.reason,
            published_by=command.caller.account_id,
            at=command.at,
            charges=[
                Charge(charge.grid_id, frozenset(charge.officer_ids)) for charge in asked.charges
            ],
        )
    return command.keep(_read(command.tx, command.caller, plan_id))


@router.post("/{plan_id}/reverse", status_code=201, response_model=PlanDetail)
def reverse(plan_id: int, asked: Reversal, command: CurrentCommand) -> JSONResponse:
    """Draw up a draft that takes a published plan back: the grids that were in force before it."""
    require_plan(command.tx, command.caller, plan_id, "plan:generate")
    with refusing():
        reverse_id = reverse_plan(
            command.tx,
            command.caller.district_id,
            plan_id,
            name=asked.name,
            reason=asked.reason,
            created_by=command.caller.account_id,
            at=command.at,
        )
    return command.keep(_read(command.tx, command.caller, reverse_id), 201)


@router.delete("/{plan_id}", response_model=Discarded)
def discard(plan_id: int, command: CurrentCommand) -> JSONResponse:
    """Delete a draft. A published plan stays."""
    require_plan(command.tx, command.caller, plan_id, "plan:generate")
    with refusing():
        discard_draft(command.tx, command.caller.district_id, plan_id)
    return command.keep(Discarded(id=plan_id))


def _step(
    command: Command, plan_id: int, permission: str, step: Callable[..., object], **said: object
) -> JSONResponse:
    """Take a plan one step further for whoever may, and show where it stands then."""
    tx, caller = command.tx, command.caller
    require_plan(tx, caller, plan_id, permission)
    with refusing():
        step(tx, caller.district_id, plan_id, by=caller.account_id, at=command.at, **said)
    return command.keep(_read(tx, caller, plan_id))


def _read(tx: Connection, caller: Caller, plan_id: int) -> PlanDetail:
    rows = list_plans(tx, scope_for(caller, "plan:read"), plan_id=plan_id, limit=1)
    if not rows:
        raise not_found("plan")
    return plan_detail(rows[0], steps_of(tx, caller.district_id, plan_id), caller)
