"""One step with several cases: what would come of it, and taking it, with an answer for each."""

from typing import Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.case_actions import Words
from api.case_views import NamedRef
from api.context import CurrentCaller, Now, Tx
from api.errors import invalid, problem_responses
from api.list_steps import Foreseen, StepDone, foreseen, step_done
from api.operations import CurrentCommand
from data.categories import units_by_id
from data.many_steps import SeveralAction, Wanted, take_steps

router = APIRouter(
    prefix="/api/v1/cases/steps", tags=["cases"], responses=problem_responses(401, 403, 422)
)
MOST_AT_ONCE = 200
_EXAMPLE = "019abcde-0000-7000-8000-000000000001"
_SAID = frozenset({"return", "rework", "supervise"})


class AskedStep(BaseModel):
    """A step that is thought of, and the cases."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"action": "dispatch", "ids": [_EXAMPLE]}]}
    )

    action: SeveralAction
    ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    unit_id: int | None = Field(
        None, description="For dispatch: where all of them go; null: each where the rules send it."
    )


class CaseAndSeq(BaseModel):
    """A case, and the last `seq` that the client knows."""

    id: UUID
    seq: int = Field(ge=1)
    unit_id: int | None = Field(None, description="For dispatch: where this one goes.")


class ManySteps(BaseModel):
    """The same step with several cases."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"action": "dispatch", "cases": [{"id": _EXAMPLE, "seq": 1, "unit_id": 3}]}
            ]
        }
    )

    action: SeveralAction
    cases: list[CaseAndSeq] = Field(min_length=1, max_length=MOST_AT_ONCE)
    text: Words | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if len({one.id for one in self.cases}) < len(self.cases):
            raise ValueError("name each case once")
        if self.action == "dispatch" and any(one.unit_id is None for one in self.cases):
            raise ValueError("dispatch needs unit_id for each case")
        if self.action in _SAID and not self.text:
            raise ValueError(f"{self.action} needs text")
        return self


class StepsForeseen(BaseModel):
    """What would come of a step for each case that is there; the others are left out."""

    items: list[Foreseen]


class StepsDone(BaseModel):
    """What came of a step, in the order in which the cases were named."""

    items: list[StepDone]


@router.post("/preview")
def foresee_steps(body: AskedStep, caller: CurrentCaller, tx: Tx, at: Now) -> StepsForeseen:
    """Tell for each case whether the step may be taken, why not, and which unit it would go to.

    Nothing is changed. The words that a step may have to be given with are not asked for yet.
    """
    caller.require("case:read")
    unit = None
    if body.unit_id is not None:
        known = units_by_id(tx, caller.district_id, {body.unit_id})
        if not known:
            raise invalid("/unit_id", "unknown", "No such unit.")
        unit = NamedRef(id=body.unit_id, name=known[0].name)
    ids = list(dict.fromkeys(body.ids))
    return StepsForeseen(
        items=foreseen(tx, caller, ids, action=body.action, unit=unit, at=at),
    )


@router.post("", response_model=StepsDone)
def take_many_steps(body: ManySteps, command: CurrentCommand) -> Response:
    """Take the same step with several cases; each has an answer of its own.

    `applied`: done. `already`: there was nothing left to do. `refused`: with the reason, and
    nothing is changed of this case.
    """
    caller, tx = command.caller, command.tx
    outcomes = take_steps(
        tx,
        caller.district_id,
        [Wanted(one.id, one.seq, one.unit_id) for one in body.cases],
        action=body.action,
        text=body.text,
        who=caller.actor_in,
        at=command.at,
    )
    return command.keep(StepsDone(items=[step_done(one) for one in outcomes]))
