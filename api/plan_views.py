"""What the API tells of plans, made from the rows of `data`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row

from api.case_views import ActorRef
from api.errors import Problem, not_found
from api.permissions import PERMISSIONS, Caller
from api.shapes import Ref
from casework.plan_states import PLAN_ACTIONS, PLAN_COURSE, PlanAction, PlanState
from data.plan_errors import PlanError
from data.plan_runs import RunState
from data.plan_wishes import PlanWishes
from data.plans_read import plan_place
from geo.grids import GridError
from geo.plan_check import ProblemCode


class Asked(BaseModel):
    """What grids are to be made by."""

    households: int
    wishes: PlanWishes


class Generation(BaseModel):
    """How far the worker has come with the grids of a draft."""

    state: RunState
    done: int
    total: int
    message: str = Field(description="The stage, or why it failed.")
    message_zh: str | None = None
    message_en: str | None = None
    asked: Asked | None = Field(
        None, description="What the run was asked for, until its grids are there."
    )


class PlanProblem(BaseModel):
    """One thing that the check of a plan found."""

    code: ProblemCode
    forbids: bool = Field(description="False: only to be looked at.")
    area: str = Field(description="Code of the community.", examples=["370303001001"])
    grids: list[str] = Field(description="Codes of the grids.", examples=[["370303001001001"]])
    lon: float | None = Field(description="Where to look, WGS 84 degrees.")
    lat: float | None
    params: dict[str, Any] = Field(
        examples=[{"households": 386, "fair": 301, "largest_building": 386, "forced": True}]
    )


class PlanCheck(BaseModel):
    """What the last check of a plan found."""

    at: datetime
    passed: bool
    current: bool = Field(description="False: the plan was edited since; check it again.")
    counts: dict[str, int] = Field(description="Problems by their code, all of them.")


class PlanStep(BaseModel):
    """A step in the course of a plan."""

    action: PlanAction
    status: PlanState = Field(description="The state it led to.")
    by: ActorRef | None
    at: datetime
    reason: str


class Plan(BaseModel):
    """A division of an area into grids."""

    id: int
    name: str
    status: PlanState
    area: Ref
    target_households: int
    wishes: PlanWishes = Field(description="What its grids were made by.")
    reason: str
    effective_on: date | None
    created_at: datetime
    published_at: datetime | None
    generation: Generation | None
    quality: dict[str, Any] | None = Field(description="Null until the grids are generated.")
    grids: int
    reverses: int | None = Field(description="The plan that this one takes back.")
    last_check: PlanCheck | None


class PlanDetail(Plan):
    """A plan with its course so far, and what its check found."""

    problems: list[PlanProblem] = Field(
        description="Of the last check, those that forbid first; 500 at most."
    )
    steps: list[PlanStep] = Field(description="Oldest first; the latest 100.")
    actions: list[PlanAction] = Field(description="What the caller may do with it now.")


def plan_of(row: Any) -> Plan:
    """A plan as a list shows it."""
    return Plan(**_plan(row))


def plan_detail(row: Any, steps: Sequence[Row[Any]], caller: Caller) -> PlanDetail:
    """A plan with all that is known of it, and what the caller may do with it."""
    found = row.findings or {"problems": []}
    return PlanDetail(
        **_plan(row),
        problems=[PlanProblem(**problem) for problem in found["problems"]],
        steps=[_step(step) for step in steps],
        actions=[
            action
            for action in PLAN_ACTIONS
            if (row.status, action) in PLAN_COURSE
            and caller.may(permission_for(action), row.area_path)
        ],
    )


def permission_for(action: PlanAction) -> str:
    """The permission that a step needs; who may draw up a plan may edit it."""
    name = f"plan:{action}"
    return name if name in PERMISSIONS else "plan:generate"


def _step(step: Any) -> PlanStep:
    known = step.actor_id is not None
    who = ActorRef(id=step.actor_id, display_name=step.display_name or "") if known else None
    return PlanStep(action=step.action, status=step.status, by=who, at=step.at, reason=step.reason)


def _plan(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "status": row.status,
        "area": Ref(id=row.area_id, code=row.area_code, name=row.area_name),
        "target_households": row.target_households,
        "wishes": row.wishes,
        "reason": row.reason,
        "effective_on": row.effective_on,
        "created_at": row.created_at,
        "published_at": row.published_at,
        "generation": None if row.generation is None else Generation(**row.generation),
        "quality": row.quality,
        "grids": row.grids,
        "reverses": row.reverses,
        "last_check": None if row.findings is None else _check(row),
    }


def _check(row: Any) -> PlanCheck:
    found = row.findings
    current = found["revision"] == row.revision
    return PlanCheck(
        at=found["at"], passed=found["passed"], current=current, counts=found["counts"]
    )


def require_plan(tx: Connection, caller: Caller, plan_id: int, permission: str) -> None:
    """Let only those go on who hold a permission where the plan is; 404 where they see none."""
    path = plan_place(tx, caller.district_id, plan_id)
    if path is None:
        raise not_found("plan")
    caller.require_at(permission, path, what="plan")


@contextmanager
def refusing() -> Iterator[None]:
    """Put the refusal of a plan's step into a problem."""
    try:
        yield
    except PlanError as error:
        raise _refused(error) from error
    except GridError as error:
        told = {"message_zh": error.message_zh, "message_en": error.message_en}
        raise Problem(409, "plan-input", error.message_en, params=told) from error


def _refused(error: PlanError) -> Problem:
    status = 422 if error.code == "day-passed" else 409
    params = {
        "day": None if error.day is None else error.day.isoformat(),
        "status": error.status,
        "codes": list(error.codes),
    }
    return Problem(status, f"plan-{error.code}", error.detail, params=params)
