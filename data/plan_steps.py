"""Taking a plan through its course: check, approve, send back; each step is kept.

`casework.plan_states` says what may follow what; publishing is in `data.publication`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, text, update

from casework.plan_states import PLAN_COURSE, WHO_PLANS, PlanAction, PlanState, plan_refusal
from data.counted_buildings import in_parts
from data.database import query
from data.frames import read_frame
from data.layers import district_today
from data.plan_errors import PlanError
from data.plan_papers import communities_without_paper
from data.plan_wishes import Limits, limits_of
from data.plans import load_town
from data.schema import Plan, PlanEdit, PlanStep
from geo.plan_check import PlanProblem, check_plan

MOST_PROBLEMS: Final = 500
"""So many problems are listed; all are counted."""


@dataclass(frozen=True)
class Standing:
    """Where a plan stands."""

    status: PlanState
    revision: int
    checked_revision: int | None
    limits: Limits
    area_id: int
    area_path: str
    created_by: UUID | None


def standing_of(connection: Connection, district_id: int, plan_id: int) -> Standing:
    """Load where a plan stands and keep others from changing it. Errors as `read_standing`."""
    connection.execute(
        text("SELECT 1 FROM plan WHERE district_id = :district_id AND id = :plan_id FOR UPDATE"),
        {"district_id": district_id, "plan_id": plan_id},
    )
    return read_standing(connection, district_id, plan_id)


def read_standing(connection: Connection, district_id: int, plan_id: int) -> Standing:
    """Load where a plan stands.

    Raises
    ------
    PlanError
        `unknown`; `not-generated` while there are no grids.
    """
    row = connection.execute(
        query("plan_standing"), {"district_id": district_id, "plan_id": plan_id}
    ).one_or_none()
    if row is None:
        raise PlanError("unknown", "There is no such plan.")
    if row.generating or not row.has_grids:
        raise PlanError("not-generated", "The grids of the plan are not generated yet.")
    return Standing(
        status=row.status,
        revision=row.revision,
        checked_revision=row.checked_revision,
        limits=limits_of(row.target_households, row.wishes),
        area_id=row.area_id,
        area_path=row.area_path,
        created_by=row.created_by,
    )


def check(
    connection: Connection, district_id: int, plan_id: int, *, by: UUID | None, at: datetime
) -> bool:
    """Check a draft and keep what was found; it becomes `checked` when nothing forbids it.

    Returns
    -------
    Whether it passed. What was found is in the plan's `findings` either way.

    Raises
    ------
    PlanError
        When it is no draft, or has no grids.
    """
    standing = standing_of(connection, district_id, plan_id)
    require_step(standing, "check")
    today = district_today(connection, district_id, at)
    problems = find_problems(connection, district_id, plan_id, standing, today)
    passed = not any(problem.forbids for problem in problems)
    _set(connection, district_id, plan_id, findings=_findings(problems, standing, at, passed))
    if passed:
        keep_step(connection, district_id, plan_id, "check", "checked", by=by, at=at)
    return passed


def find_problems(
    connection: Connection, district_id: int, plan_id: int, standing: Standing, day: date
) -> list[PlanProblem]:
    """Find all that is wrong with a plan, as if it took effect on a day; nothing is changed."""
    plan = {"district_id": district_id, "plan_id": plan_id}
    town = load_town(connection, district_id, standing.area_id)
    limits = standing.limits
    codes = dict(zip(town.areas["id"].astype(int), town.areas["code"], strict=True))
    return check_plan(
        read_frame(connection, "grids_to_check", plan),
        town.areas,
        in_parts(town.buildings, town.areas, limits),
        target=limits.households,
        taken=codes_taken(connection, district_id, plan_id, day),
        limit_pct=limits.problem_pct,
        targets={codes[at]: own for at, own in limits.of_area.items() if at in codes},
        micro=limits.micro,
    )


def codes_taken(connection: Connection, district_id: int, plan_id: int, day: date) -> list[str]:
    """Codes of a plan that grids outside its communities bear on a day or later."""
    asked = {"district_id": district_id, "plan_id": plan_id, "day": day}
    return list(connection.execute(query("codes_taken"), asked).scalars())


def approve(
    connection: Connection,
    district_id: int,
    plan_id: int,
    *,
    by: UUID,
    at: datetime,
    reason: str = "",
    by_another: bool = False,
    needs_signature: bool = False,
) -> None:
    """Approve a checked plan.

    Parameters
    ----------
    by_another
        Whether who drew it up or edited it may not approve it, as long as somebody else can.
    needs_signature
        Whether each community that it changes must have a signed paper; see `data.plan_papers`.

    Raises
    ------
    PlanError
        `state`, `not-checked` when it was changed after its check, `same-person` or `not-signed`.
    """
    standing = standing_of(connection, district_id, plan_id)
    drawn_by = _drawn_by(connection, district_id, plan_id, standing)
    another = by_another and _others_may_approve(
        connection, district_id, standing, drawn_by, district_today(connection, district_id, at)
    )
    refused = plan_refusal(
        standing.status, "approve", by, drawn_by=drawn_by, another_must_approve=another
    )
    if refused is not None and refused.reason == "same-person":
        raise PlanError("same-person", "Someone other than who drew the plan must approve it.")
    require_step(standing, "approve")
    if standing.checked_revision != standing.revision:
        raise PlanError("not-checked", "The plan was changed after its check: check it again.")
    if needs_signature:
        _require_papers(connection, district_id, plan_id, standing, at)
    keep_step(connection, district_id, plan_id, "approve", "approved", by=by, at=at, reason=reason)


def send_back(
    connection: Connection, district_id: int, plan_id: int, *, by: UUID, at: datetime, reason: str
) -> None:
    """Make a checked or approved plan a draft again, for a reason.

    Raises
    ------
    PlanError
        When it is in no state for it.
    """
    require_step(standing_of(connection, district_id, plan_id), "send-back")
    keep_step(connection, district_id, plan_id, "send-back", "draft", by=by, at=at, reason=reason)


def reopen(
    connection: Connection, district_id: int, plan_id: int, *, by: UUID | None, at: datetime
) -> bool:
    """Make a plan a draft again because it is edited; a draft stays one.

    Returns
    -------
    Whether it had been checked or approved.

    Raises
    ------
    PlanError
        If it is published.
    """
    standing = standing_of(connection, district_id, plan_id)
    require_step(standing, "edit")
    if standing.status == "draft":
        return False
    keep_step(connection, district_id, plan_id, "edit", "draft", by=by, at=at)
    return True


def require_step(standing: Standing, action: PlanAction) -> None:
    """Refuse a step that does not follow from where the plan stands.

    Raises
    ------
    PlanError
    """
    if (standing.status, action) in PLAN_COURSE:
        return
    if standing.status == "published":
        raise PlanError("published", "The plan is published already.", status="published")
    if action == "publish":
        raise PlanError(
            "not-approved", "Have the plan checked and approved first.", status=standing.status
        )
    raise PlanError("state", "The plan is not in a state for this.", status=standing.status)


def keep_step(
    connection: Connection,
    district_id: int,
    plan_id: int,
    action: PlanAction,
    status: PlanState,
    *,
    by: UUID | None,
    at: datetime,
    reason: str = "",
) -> None:
    """Write a step down and put the plan into its state; the plan's row is locked by the caller."""
    # A published plan has a day as well: `data.publication` sets both at once.
    if status != "published":
        _set(connection, district_id, plan_id, status=status)
    last: int = connection.execute(
        text(
            "SELECT coalesce(max(seq), 0) FROM plan_step "
            "WHERE district_id = :district_id AND plan_id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).scalar_one()
    connection.execute(
        insert(PlanStep).values(
            district_id=district_id,
            plan_id=plan_id,
            seq=last + 1,
            action=action,
            status=status,
            actor_id=by,
            at=at,
            reason=reason,
        )
    )


def steps_of(connection: Connection, district_id: int, plan_id: int) -> Sequence[Row[Any]]:
    """The latest 100 steps of a plan, oldest first, with the name of who took each."""
    rows = connection.execute(
        text(
            "SELECT s.action, s.status, s.at, s.reason, s.actor_id, a.display_name "
            "FROM plan_step AS s LEFT JOIN account AS a "
            "ON a.district_id = s.district_id AND a.id = s.actor_id "
            "WHERE s.district_id = :district_id AND s.plan_id = :plan_id "
            "ORDER BY s.seq DESC LIMIT 100"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).all()
    return rows[::-1]


def _findings(
    problems: list[PlanProblem], standing: Standing, at: datetime, passed: bool
) -> dict[str, Any]:
    listed = [asdict(problem) | {"forbids": problem.forbids} for problem in problems]
    return {
        "at": at.isoformat(),
        "revision": standing.revision,
        "passed": passed,
        "counts": dict(Counter(problem.code for problem in problems)),
        "problems": listed[:MOST_PROBLEMS],
    }


def _require_papers(
    connection: Connection, district_id: int, plan_id: int, standing: Standing, at: datetime
) -> None:
    day = district_today(connection, district_id, at)
    lacking = communities_without_paper(connection, district_id, plan_id, standing.revision, day)
    if lacking:
        raise PlanError(
            "not-signed",
            "Add the signed paper of each community whose grids change.",
            codes=lacking,
        )


def _drawn_by(
    connection: Connection, district_id: int, plan_id: int, standing: Standing
) -> frozenset[UUID]:
    editors = connection.execute(
        select(PlanEdit.edited_by)
        .where(
            PlanEdit.district_id == district_id,
            PlanEdit.plan_id == plan_id,
            PlanEdit.undone_at.is_(None),
        )
        .distinct()
    ).scalars()
    return frozenset(who for who in (standing.created_by, *editors) if who is not None)


def _others_may_approve(
    connection: Connection,
    district_id: int,
    standing: Standing,
    drawn_by: frozenset[UUID],
    day: date,
) -> bool:
    return bool(
        connection.execute(
            query("other_approvers"),
            {
                "district_id": district_id,
                "roles": sorted(WHO_PLANS["approve"]),
                "day": day,
                "area_path": standing.area_path,
                "drawn_by": list(drawn_by),
            },
        ).scalar_one()
    )


def _set(connection: Connection, district_id: int, plan_id: int, **values: Any) -> None:
    connection.execute(
        update(Plan).where(Plan.district_id == district_id, Plan.id == plan_id).values(values)
    )
