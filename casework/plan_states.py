"""The course of a plan 网格方案: drawn up, checked, approved, published on a day.

As with cases, one table says what leads where and one who may do it; `refusal` says why not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args
from uuid import UUID

PlanState = Literal["draft", "checked", "approved", "published"]
PlanAction = Literal["edit", "check", "sign", "unsign", "approve", "send-back", "publish"]
PLAN_STATES: Final[tuple[PlanState, ...]] = get_args(PlanState)
PLAN_ACTIONS: Final[tuple[PlanAction, ...]] = get_args(PlanAction)

# state, action → next state. What is not here is refused; a published plan never changes.
PLAN_COURSE: Final[Mapping[tuple[PlanState, PlanAction], PlanState]] = {
    ("draft", "edit"): "draft",
    ("draft", "check"): "checked",
    ("draft", "unsign"): "draft",
    ("checked", "edit"): "draft",
    ("checked", "sign"): "checked",
    ("checked", "unsign"): "checked",
    ("checked", "approve"): "approved",
    ("checked", "send-back"): "draft",
    ("approved", "edit"): "draft",
    ("approved", "send-back"): "draft",
    ("approved", "publish"): "published",
}

# action → roles that may take it, where the role covers the plan's area.
WHO_PLANS: Final[Mapping[PlanAction, frozenset[str]]] = {
    "edit": frozenset({"planner"}),
    "check": frozenset({"planner"}),
    "sign": frozenset({"planner", "commander"}),
    "unsign": frozenset({"planner", "commander"}),
    "approve": frozenset({"planner", "commander"}),
    "send-back": frozenset({"planner", "commander"}),
    "publish": frozenset({"planner"}),
}


@dataclass(frozen=True)
class PlanRefusal:
    """Why a plan's step may not be taken: `state`, or `same-person` for an approval."""

    action: PlanAction
    state: PlanState
    reason: Literal["state", "same-person"]


def plan_refusal(
    state: PlanState,
    action: PlanAction,
    actor: UUID,
    *,
    drawn_by: frozenset[UUID] = frozenset(),
    another_must_approve: bool = False,
) -> PlanRefusal | None:
    """Why this step may not be taken now, or None when it may.

    Parameters
    ----------
    drawn_by
        Who drew the plan up or changed it.
    another_must_approve
        Whether those may not approve it themselves. The caller has made sure that somebody else
        can: otherwise a town with one planner could publish nothing.
    """
    if (state, action) not in PLAN_COURSE:
        return PlanRefusal(action, state, "state")
    if action == "approve" and another_must_approve and actor in drawn_by:
        return PlanRefusal(action, state, "same-person")
    return None
