"""The editor of a draft: its grids, what stands there, one edit after another, undo and redo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from api.context import CurrentCaller, Tx
from api.draft_edits import EditRequest, StepRequest, edit_of
from api.draft_views import (
    Draft,
    DraftBuildings,
    DraftLines,
    EditAnswer,
    answer_view,
    buildings_view,
    draft_view,
    grid_view,
    lines_view,
)
from api.errors import Problem, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.plan_views import require_plan
from api.shapes import BboxText, read_bbox
from data import plan_edits
from data.plan_drafts import (
    DraftPlan,
    box_of_plan,
    find_draft,
    read_buildings,
    read_draft_grids,
    read_lines,
)
from data.plan_edits import DraftMovedOnError, edit_draft
from data.plan_errors import PlanError
from data.plan_history import history_of
from geo.redraw.errors import RedrawError

router = APIRouter(prefix="/api/v1/plans/{plan_id}", tags=["plans"])


@router.get("/draft", responses=problem_responses(409))
def draft(plan_id: int, caller: CurrentCaller, tx: Tx) -> Draft:
    """Show a draft's grids as they are edited: shapes, revisions, counts, what is amiss."""
    plan = _draft(tx, caller, plan_id)
    return draft_view(plan, read_draft_grids(tx, plan), history_of(tx, plan.district_id, plan.id))


@router.get("/draft/buildings", responses=problem_responses(409))
def draft_buildings(plan_id: int, caller: CurrentCaller, tx: Tx) -> DraftBuildings:
    """List the points where buildings are counted, so that the editor can count while dragging."""
    return buildings_view(read_buildings(tx, _draft(tx, caller, plan_id)))


@router.get("/draft/roads", responses=problem_responses(409))
def draft_roads(plan_id: int, caller: CurrentCaller, tx: Tx, bbox: BboxText = None) -> DraftLines:
    """List roads and banks that a boundary may follow, of the plan's area or of a box."""
    plan = _draft(tx, caller, plan_id)
    box = read_bbox(bbox) or box_of_plan(tx, plan)
    return lines_view(read_lines(tx, plan.district_id, box))


@router.post("/edits", response_model=EditAnswer, responses=problem_responses(409))
def edit(plan_id: int, asked: EditRequest, command: CurrentCommand) -> JSONResponse:
    """Carry out one edit; it is refused when one of its grids was changed by somebody else."""
    require_plan(command.tx, command.caller, plan_id, "plan:generate")
    with _refusing():
        edited = edit_draft(
            command.tx,
            command.caller.district_id,
            plan_id,
            edit_of(asked.edit),
            asked=asked.edit.model_dump(mode="json", by_alias=True),
            base=asked.base,
            by=command.caller.account_id,
            at=command.at,
        )
    return command.keep(answer_view(edited))


@router.post("/undo", response_model=EditAnswer, responses=problem_responses(409))
def undo(plan_id: int, asked: StepRequest, command: CurrentCommand) -> JSONResponse:
    """Take back the last edit."""
    return _step(plan_id, asked, command, plan_edits.undo)


@router.post("/redo", response_model=EditAnswer, responses=problem_responses(409))
def redo(plan_id: int, asked: StepRequest, command: CurrentCommand) -> JSONResponse:
    """Do again what was undone last."""
    return _step(plan_id, asked, command, plan_edits.redo)


def _step(
    plan_id: int, asked: StepRequest, command: Command, step: Callable[..., plan_edits.Edited]
) -> JSONResponse:
    """Go one step back or forward in what was edited, from the revision that the caller saw."""
    tx, caller = command.tx, command.caller
    require_plan(tx, caller, plan_id, "plan:generate")
    with _refusing():
        edited = step(
            tx,
            caller.district_id,
            plan_id,
            revision=asked.revision,
            by=caller.account_id,
            at=command.at,
        )
    return command.keep(answer_view(edited))


def _draft(tx: Connection, caller: Caller, plan_id: int) -> DraftPlan:
    require_plan(tx, caller, plan_id, "plan:generate")
    plan = find_draft(tx, caller.district_id, plan_id)
    if plan is None:
        raise not_found("plan")
    if plan.status == "published":
        raise Problem(409, "plan-published", "The plan is published: it is edited no more.")
    return plan


@contextmanager
def _refusing() -> Iterator[None]:
    """Put the refusal of an edit into a problem."""
    try:
        yield
    except PlanError as error:
        raise Problem(409, f"plan-{error.code}", error.detail) from error
    except RedrawError as error:
        told = {"message_zh": error.message_zh, "message_en": error.message_en}
        raise Problem(
            422, f"redraw-{error.code}", error.message_en, params=told | error.params
        ) from error
    except DraftMovedOnError as error:
        raise Problem(
            409,
            "draft-moved-on",
            "Somebody else changed these grids meanwhile: look at theirs, then do yours again.",
            params={
                "revision": error.revision,
                "grids": [grid_view(grid).model_dump(mode="json") for grid in error.grids],
                "removed": error.removed,
            },
        ) from error
