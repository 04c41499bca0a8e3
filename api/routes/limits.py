"""Limits, and what a deadline comes to before a case is filed."""

from datetime import UTC, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field, model_validator
from sqlalchemy import Connection

from api.case_views import Severity
from api.context import CurrentCaller, Now, Tx
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import CurrentCommand
from api.permissions import Caller
from api.whole_district import require_whole_district
from casework import deadlines, limits
from casework.calendar import NoCalendarError
from data.categories import find_category
from data.limits import list_limits, put_limit, remove_limit, rules_of
from data.watch import look_again

router = APIRouter(prefix="/api/v1", tags=["deadlines"], responses=problem_responses(401, 403, 422))
MANAGE = "limit:manage"
MOST_GAPS = 60
FARTHEST = timedelta(days=3653)
# Two years on any clock.
MOST_AMOUNT = {"continuous": 1_051_200, "working-hours": 240_000, "working-days": 500}


class Limit(BaseModel):
    """How long something may take."""

    clock: deadlines.Clock
    amount: int = Field(gt=0, description="Minutes; on `working-days`, days.")

    @model_validator(mode="after")
    def _not_for_ever(self) -> "Limit":
        if self.amount > MOST_AMOUNT[self.clock]:
            raise ValueError("a limit is no longer than two years")
        return self


class LimitRule(BaseModel):
    """A limit of the district, of a severity, of a category, or of a category at a severity."""

    step: limits.Step = Field(
        description="Checking before filing, accepting, handling, checking the repair; or a level"
        " of the ladder, on which a case may lie so long before it is passed up."
    )
    category_id: int | None = None
    severity: Severity | None = None
    limit: Limit


class Limits(BaseModel):
    """Limits in the order of their steps."""

    items: list[LimitRule]


class LimitIn(BaseModel):
    """A limit to be set; `limit` null: the wider one shall hold."""

    step: limits.Step
    category_id: int | None = None
    severity: Severity | None = None
    limit: Limit | None


class LeftOut(BaseModel):
    """Time that is left out."""

    since: AwareDatetime
    until: AwareDatetime
    why: Literal["break", "night", "days-off"]


class Deadline(BaseModel):
    """What a deadline would come to."""

    since: AwareDatetime
    limit: Limit
    deadline_at: AwareDatetime | None = Field(
        description="Null: it reaches a year whose working days are not entered."
    )
    missing_year: int | None
    left_out: list[LeftOut] = Field(description="At most 60, in order.")


@router.get("/limits", responses=problem_responses(404))
def list_all(caller: CurrentCaller, tx: Tx, category_id: int | None = None) -> Limits:
    """List the district's limits and each severity's, or those of a category."""
    caller.require("map:read")
    return _limits(tx, caller, category_id)


@router.put("/limits", response_model=Limits, responses=problem_responses(404, 409))
def set_limit(body: LimitIn, command: CurrentCommand) -> JSONResponse:
    """Set a limit or take it away; deadlines that are set already stay."""
    tx, caller = command.tx, command.caller
    require_whole_district(tx, caller, MANAGE)
    if body.category_id is not None:
        _require_category(tx, caller, body.category_id)
    if body.limit is not None:
        limit = deadlines.Limit(body.limit.clock, body.limit.amount)
        rule = limits.LimitRule(body.step, limit, body.category_id, body.severity)
        put_limit(tx, caller.district_id, rule)
    elif (body.step, body.category_id, body.severity) == ("handle", None, None):
        raise Problem(409, "limit-needed", "The district's own limit of handling must stay.")
    else:
        remove_limit(tx, caller.district_id, body.step, body.category_id, body.severity)
    look_again(tx, caller.district_id)
    return command.keep(_limits(tx, caller, body.category_id))


@router.get("/deadlines", responses=problem_responses(404))
def what_if(
    *,
    caller: CurrentCaller,
    tx: Tx,
    now: Now,
    category_id: int,
    severity: Severity | None = None,
    at: Annotated[
        AwareDatetime | None, Query(description="When it would be filed; none: now.")
    ] = None,
) -> Deadline:
    """Tell which deadline a case would get, and what is left out on the way to it."""
    caller.require("map:read")
    category = find_category(tx, caller.district_id, category_id)
    if category is None:
        raise not_found("category")
    since = at or now
    if abs(since - now) > FARTHEST:
        raise invalid("/at", "far", "Ask for a moment within ten years of now.")
    since = since.astimezone(UTC)
    rules = rules_of(tx, caller.district_id)
    limit = rules.limits.handling(category_id, severity or category.severity)
    told = Limit(clock=limit.clock, amount=limit.amount)
    try:
        due = deadlines.due_at(since, limit, rules.calendar)
    except NoCalendarError as missing:
        return Deadline(
            since=since, limit=told, deadline_at=None, missing_year=missing.year, left_out=[]
        )
    left_out = deadlines.gaps(since, due, limit.clock, rules.calendar)[:MOST_GAPS]
    return Deadline(
        since=since,
        limit=told,
        deadline_at=due,
        missing_year=None,
        left_out=[LeftOut(since=gap.start, until=gap.end, why=gap.why) for gap in left_out],
    )


def _require_category(tx: Connection, caller: Caller, category_id: int) -> None:
    if find_category(tx, caller.district_id, category_id) is None:
        raise not_found("category")


def _limits(tx: Connection, caller: Caller, category_id: int | None) -> Limits:
    if category_id is not None:
        _require_category(tx, caller, category_id)
    rules = list_limits(tx, caller.district_id, category_id=category_id)
    return Limits(
        items=[
            LimitRule(
                step=rule.step,
                category_id=rule.category_id,
                severity=rule.severity,
                limit=Limit(clock=rule.limit.clock, amount=rule.limit.amount),
            )
            for rule in rules
        ]
    )
