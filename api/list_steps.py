"""What can be done with the cases of a list: the actions of each, and one step with several."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row

from api.case_views import CaseBrief, NamedRef, brief
from api.permissions import Caller
from api.routing_views import Suggestion
from api.suggestions import suggestions_for
from casework.states import Action, State, allowed_actions
from data.case_lists import read_briefs
from data.cases import find_cases
from data.many_steps import Outcome, SeveralAction, foresee


class BoardCase(CaseBrief):
    """A case with what the caller may do with it now."""

    actions: list[Action]


class Foreseen(BaseModel):
    """What would come of a step for one case."""

    case: CaseBrief
    allowed: bool
    reason: str | None = Field(description="Why not; `already`: there is nothing left to do.")
    unit: NamedRef | None = Field(description="Where it would go, for dispatch.")
    suggestion: Suggestion | None = Field(description="Where the rules send it, and why.")


class StepDone(BaseModel):
    """What came of a step for one case."""

    id: UUID
    outcome: Literal["applied", "already", "refused"]
    reason: str | None
    state: State | None
    seq: int | None = Field(description="Its last line now; null where it is not to be seen.")


def with_actions(
    connection: Connection, caller: Caller, rows: Sequence[Row[Any]], at: datetime
) -> dict[UUID, BoardCase]:
    """Cases of a list with the actions that the caller may take, from one more query."""
    stored = find_cases(connection, caller.district_id, [row.id for row in rows])
    told = {}
    for row in rows:
        one = stored.get(row.id)
        actor = None if one is None else caller.actor_in(one)
        actions = [] if one is None or actor is None else allowed_actions(one.case, actor, at)
        told[row.id] = BoardCase(**brief(row).model_dump(), actions=actions)
    return told


def foreseen(
    connection: Connection,
    caller: Caller,
    case_ids: Sequence[UUID],
    *,
    action: SeveralAction,
    unit: NamedRef | None,
    at: datetime,
) -> list[Foreseen]:
    """What would come of a step for each case that the caller may see, in the order asked.

    Parameters
    ----------
    unit
        Where all of them are to go; None: each where the rules send it.
    """
    stored = find_cases(connection, caller.district_id, case_ids)
    actors = {case_id: caller.actor_in(one) for case_id, one in stored.items()}
    seen = {
        case_id: (one, actor)
        for case_id, one in stored.items()
        if (actor := actors[case_id]) is not None
    }
    briefs = {row.id: row for row in read_briefs(connection, caller.district_id, list(seen))}
    suggestions: dict[UUID, Suggestion | None] = {}
    if action == "dispatch":
        codes = {case_id: row.category_code for case_id, row in briefs.items()}
        cases = {case_id: one for case_id, (one, _) in seen.items()}
        suggestions = suggestions_for(connection, caller.district_id, cases, codes, at)
    goes = {
        case_id: unit or (None if told is None else told.unit)
        for case_id, told in suggestions.items()
    }
    reasons = foresee(
        connection,
        caller.district_id,
        seen,
        action=action,
        units={case_id: None if one is None else one.id for case_id, one in goes.items()},
        at=at,
    )
    return [
        Foreseen(
            case=brief(briefs[case_id]),
            allowed=reasons[case_id] is None,
            reason=reasons[case_id],
            unit=goes.get(case_id),
            suggestion=suggestions.get(case_id),
        )
        for case_id in case_ids
        if case_id in seen
    ]


def step_done(outcome: Outcome) -> StepDone:
    """What came of it, as the API tells it."""
    after = outcome.after
    return StepDone(
        id=outcome.case_id,
        outcome=outcome.outcome,
        reason=outcome.reason,
        state=None if after is None else after.case.state,
        seq=None if after is None else after.case.seq,
    )
