"""Planned rounds of patrol: which grid when, what was done, and the reason where it was not."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator
from sqlalchemy import Connection, Row

from api.context import CurrentCaller, Now, Tx, scope_for
from api.days import DayTime
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.paging import Cursor, Limit, Page, cursor_of, key_of, moment_of, unknown_cursor
from data import rounds as store
from data.accounts import NewRole, UnknownPlaceError, place_paths
from data.areas import area_path
from data.layers import district_today
from data.scope import Scope

router = APIRouter(prefix="/api/v1", tags=["rounds"], responses=problem_responses(401, 403))

MOST_GRIDS = 500
MOST_OF_DUTY = 200
USUAL_DAYS = 7
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Weekday = Annotated[int, Field(ge=0, le=6, description="0 is Monday.")]


class Round(BaseModel):
    """A round on a day."""

    id: UUID
    plan_id: UUID
    grid_id: int
    code: str
    name: str | None
    day: date
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    state: Literal["ahead", "due", "done", "missed"] = Field(
        description="missed: its hours are over without a visit; a late track still makes it done."
    )
    done_at: AwareDatetime | None
    reason: str | None = Field(description="Why it was not done, in the officer's words.")
    reason_at: AwareDatetime | None


class RoundPlan(BaseModel):
    """How often a grid is to be walked."""

    id: UUID
    grid_id: int
    code: str
    name: str | None
    every_days: int | None
    weekdays: list[int] = Field(description="0 is Monday; empty where `every_days` says it.")
    from_time: DayTime
    to_time: DayTime = Field(description="Midnight: to the end of the day.")
    starts_on: date
    ends_on: date | None = Field(description="Last day; null: until it is ended.")


class RoundPlanIn(BaseModel):
    """Rounds to plan, the same for each of some grids."""

    id: UUID = Field(description="UUIDv7 made by the client.")
    grid_ids: list[int] = Field(min_length=1, max_length=MOST_GRIDS)
    every_days: int | None = Field(None, ge=1, le=90)
    weekdays: list[Weekday] = Field(default_factory=list, max_length=7)
    from_time: DayTime = time(8)
    to_time: DayTime = time(18)
    starts_on: date
    ends_on: date | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if (self.every_days is None) == (not self.weekdays):
            raise ValueError("say either every so many days or on which weekdays")
        if _minutes(self.from_time) >= (_minutes(self.to_time) or 24 * 60):
            raise ValueError("a round begins before it ends")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("the last day lies before the first")
        return self


class ReasonIn(BaseModel):
    """Why a round was not done."""

    reason: Reason = Field(examples=["下雨封路，改到明天"])


@router.get("/duty/rounds")
def duty_rounds(caller: CurrentCaller, tx: Tx, at: Now) -> Page[Round]:
    """List today's rounds of one's own grids, and those of the last week that were not done."""
    scope = scope_for(caller, "shift:record")
    today = district_today(tx, scope.district_id, at)
    week = store.RoundFilter(today - timedelta(days=USUAL_DAYS), today)
    rows = store.list_rounds(tx, scope, week, at, limit=MOST_OF_DUTY)
    wanted = [row for row in rows if row.day == today or row.state == "missed"]
    return Page(items=[_round(row) for row in wanted])


@router.get("/rounds", responses=problem_responses(404, 422))
def rounds(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    from_: Annotated[date | None, Query(alias="from", description="None: a week ago.")] = None,
    to: Annotated[date | None, Query(description="None: tomorrow.")] = None,
    area_id: int | None = None,
    grid_id: int | None = None,
    missed: Annotated[bool, Query(description="Only those that were not done.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Round]:
    """List planned rounds, the newest first."""
    scope = scope_for(caller, "coverage:read")
    today = district_today(tx, scope.district_id, at)
    path = None if area_id is None else area_path(tx, scope.district_id, area_id)
    if area_id is not None and path is None:
        raise not_found("area")
    last = to or today + timedelta(days=1)
    first = from_ or min(last, today) - timedelta(days=USUAL_DAYS)
    asked = store.RoundFilter(first, last, grid_id=grid_id, area_path=path, missed=missed)
    rows = store.list_rounds(tx, scope, asked, at, limit=limit + 1, after=moment_of(cursor))
    more = None
    if len(rows) > limit:
        more = cursor_of(rows[limit - 1].starts_at.isoformat(), str(rows[limit - 1].id))
    return Page(items=[_round(row) for row in rows[:limit]], next=more)


@router.post(
    "/rounds/{round_id}/reason", response_model=Round, responses=problem_responses(404, 409, 422)
)
def give_reason(round_id: UUID, body: ReasonIn, command: CurrentCommand) -> Response:
    """Say why a round of one's own grid was not done; it may be said again in other words."""
    scope = scope_for(command.caller, "shift:record")
    _one(command.tx, scope, round_id, command.at)
    given = store.give_reason(
        command.tx,
        scope.district_id,
        round_id,
        body.reason,
        by=command.caller.account_id,
        at=command.at,
    )
    if not given:
        raise Problem(409, "round-needs-no-reason", "This round was done, or has not begun yet.")
    return command.keep(_round(_one(command.tx, scope, round_id, command.at)))


@router.get("/round-plans", responses=problem_responses(422))
def round_plans(
    *, caller: CurrentCaller, tx: Tx, at: Now, limit: Limit = 50, cursor: Cursor = None
) -> Page[RoundPlan]:
    """List the plans of rounds that are not over, by grid."""
    scope = scope_for(caller, "coverage:read")
    rows = store.list_round_plans(
        tx,
        scope,
        district_today(tx, scope.district_id, at),
        limit=limit + 1,
        after=_plan_key(cursor),
    )
    more = None
    if len(rows) > limit:
        more = cursor_of(rows[limit - 1].code, str(rows[limit - 1].id))
    return Page(items=[_plan(row) for row in rows[:limit]], next=more)


@router.post(
    "/round-plans",
    status_code=201,
    response_model=Page[RoundPlan],
    responses=problem_responses(404, 422),
)
def plan_rounds(body: RoundPlanIn, command: CurrentCommand) -> Response:
    """Plan rounds of grids; today's are due at once."""
    tx, caller = command.tx, command.caller
    caller.require("round:plan")
    grid_ids = sorted({*body.grid_ids})
    _require_grids(command, grid_ids)
    today = district_today(tx, caller.district_id, command.at)
    if body.starts_on < today:
        raise invalid("/starts_on", "past", "Rounds are planned from today on.")
    rule = store.RoundRule(
        every_days=body.every_days,
        weekdays=tuple(body.weekdays),
        from_minute=_minutes(body.from_time),
        to_minute=_minutes(body.to_time) or 24 * 60,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
    )
    ids = store.plan_rounds(
        tx, caller.district_id, body.id, grid_ids, rule, by=caller.account_id, at=command.at
    )
    scope = scope_for(caller, "coverage:read")
    rows = store.list_round_plans(tx, scope, today, plan_ids=ids, limit=len(ids))
    return command.keep(Page[RoundPlan](items=[_plan(row) for row in rows]), 201)


@router.post(
    "/round-plans/{round_plan_id}/end", response_model=RoundPlan, responses=problem_responses(404)
)
def end_round_plan(round_plan_id: UUID, command: CurrentCommand) -> Response:
    """Plan no more rounds of a grid; those that have begun stay as they are."""
    tx, caller = command.tx, command.caller
    caller.require("round:plan")
    scope = scope_for(caller, "coverage:read")
    today = district_today(tx, caller.district_id, command.at)
    rows = store.list_round_plans(tx, scope, today, plan_ids=[round_plan_id], limit=1)
    if not rows:
        raise not_found("round-plan")
    _require_grids(command, [rows[0].grid_id])
    store.end_plan(tx, caller.district_id, round_plan_id, today, command.at)
    rows = store.list_round_plans(tx, scope, today, plan_ids=[round_plan_id], limit=1)
    return command.keep(_plan(rows[0]))


def _require_grids(command: Command, grid_ids: list[int]) -> None:
    """Rounds are planned for grids of one's own area; any other is unknown."""
    caller = command.caller
    roles = [NewRole("officer", grid_id=grid_id) for grid_id in grid_ids]
    try:
        paths = place_paths(command.tx, caller.district_id, roles)
    except UnknownPlaceError:
        raise not_found("grid") from None
    for grid_id, path in zip(grid_ids, paths, strict=True):
        if not caller.may("round:plan", path, grid_id):
            raise not_found("grid")


def _one(tx: Connection, scope: Scope, round_id: UUID, at: datetime) -> Row[Any]:
    asked = store.RoundFilter(date.min, date.max, round_id=round_id)
    rows = store.list_rounds(tx, scope, asked, at, limit=1)
    if not rows:
        raise not_found("round")
    return rows[0]


def _plan_key(cursor: str | None) -> tuple[str, UUID] | None:
    key = key_of(cursor, str, str)
    try:
        return None if key is None else (str(key[0]), UUID(str(key[1])))
    except ValueError:
        raise unknown_cursor() from None


def _minutes(of: time) -> int:
    return of.hour * 60 + of.minute


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


_ROUND = (
    *("id", "plan_id", "grid_id", "code", "name", "day", "starts_at", "ends_at", "state"),
    *("done_at", "reason", "reason_at"),
)
_PLAN = ("id", "grid_id", "code", "name", "every_days", "starts_on", "ends_on")


def _round(row: Row[Any]) -> Round:
    return Round(**{name: getattr(row, name) for name in _ROUND})


def _plan(row: Row[Any]) -> RoundPlan:
    return RoundPlan(
        **{name: getattr(row, name) for name in _PLAN},
        weekdays=[day for day in range(7) if row.weekdays >> day & 1],
        from_time=_time(row.from_minute),
        to_time=_time(row.to_minute),
    )
