"""One step with several cases: what would come of it for each, and taking it where it may be.

Every case has an answer of its own; what is refused for one does not hold up the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, func, select

from casework.states import Action, Actor, Refusal, Rules, Shown, State, decide
from data.case_types import (
    CaseMovedOnError,
    RefusedError,
    Step,
    StoredCase,
    UnknownUnitError,
)
from data.cases import act, find_cases
from data.duty_alerts import alert_case
from data.schema import Category, HazardCase, Photo
from data.status import hold_counts

SeveralAction = Literal[
    "confirm",
    "dispatch",
    "accept",
    "return",
    "verify",
    "rework",
    "close",
    "supervise",
    "grant-extension",
]
"""Steps that say the same of every case, or nothing of it."""

# Where there is nothing left to do: somebody has done it, or the answer to the first try was lost.
_LEADS_TO: Final[dict[str, State]] = {
    "confirm": "filed",
    "dispatch": "dispatched",
    "accept": "accepted",
    "verify": "verified",
    "close": "closed",
}
Who = Callable[[StoredCase], Actor | None]


@dataclass(frozen=True)
class Wanted:
    """A case, the `seq` at which it was seen, and the unit that it is to go to."""

    case_id: UUID
    seq: int
    unit_id: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it for one case.

    Attributes
    ----------
    outcome
        `applied`; `already`: there was nothing left to do; `refused`.
    reason
        Why it was refused: one of `casework.case_state.Reason`, or `moved-on`, `not-found`,
        `unknown-unit`.
    after
        The case as it stands now; None where it is not to be seen.
    """

    case_id: UUID
    outcome: Literal["applied", "already", "refused"]
    reason: str | None = None
    after: StoredCase | None = None


def take_steps(
    connection: Connection,
    district_id: int,
    wanted: Sequence[Wanted],
    *,
    action: SeveralAction,
    text: str | None,
    who: Who,
    at: datetime,
) -> list[Outcome]:
    """Take the same step with several cases, each as far as its course allows.

    Parameters
    ----------
    who
        Who acts, to a case: None where he may not see it.
    """
    held = find_cases(connection, district_id, [one.case_id for one in wanted], lock=True)
    # All counters at once and in the order of every writer: whoever acts on a single case
    # meanwhile waits before he has taken any, or has them all.
    hold_counts(
        connection,
        district_id,
        {case.grid_id for case in held.values() if case.grid_id is not None},
        {case.area_path for case in held.values()},
    )
    return [
        _take(connection, held.get(one.case_id), one, action=action, text=text, who=who, at=at)
        for one in wanted
    ]


def _take(
    connection: Connection,
    stored: StoredCase | None,
    one: Wanted,
    *,
    action: SeveralAction,
    text: str | None,
    who: Who,
    at: datetime,
) -> Outcome:
    actor = None if stored is None else who(stored)
    if stored is None or actor is None:
        return Outcome(one.case_id, "refused", "not-found")
    if is_done(stored, action, one.unit_id):
        return Outcome(one.case_id, "already", after=stored)
    step = Step(action, one.seq, text=text, unit_id=one.unit_id)
    try:
        with connection.begin_nested():
            after = act(connection, stored, step, actor, at)
            if action == "dispatch":
                alert_case(connection, stored.district_id, stored.id, at)
    except CaseMovedOnError:
        return Outcome(one.case_id, "refused", "moved-on", stored)
    except RefusedError as error:
        return Outcome(one.case_id, "refused", error.refusal.reason, stored)
    except UnknownUnitError:
        return Outcome(one.case_id, "refused", "unknown-unit", stored)
    return Outcome(one.case_id, "applied", after=after)


def is_done(stored: StoredCase, action: SeveralAction, unit_id: int | None) -> bool:
    """Whether a case stands already where the step leads."""
    there = stored.case.state == _LEADS_TO.get(action)
    return there and (action != "dispatch" or stored.case.unit_id == unit_id)


def foresee(
    connection: Connection,
    district_id: int,
    cases: Mapping[UUID, tuple[StoredCase, Actor]],
    *,
    action: SeveralAction,
    units: Mapping[UUID, int | None],
    at: datetime,
) -> dict[UUID, str | None]:
    """Why the step would be refused, by case; None: it would be taken.

    The words that it may have to be given with are not asked for yet. As many statements for one
    case as for many.

    Parameters
    ----------
    units
        The unit that each would go to, for `dispatch`.
    """
    stored = [case for case, _ in cases.values()]
    proofs = _proofs(connection, district_id, stored) if action == "verify" else {}
    shown = _shown(connection, district_id, stored, action)
    reasons: dict[UUID, str | None] = {}
    for case_id, (one, actor) in cases.items():
        unit_id = units.get(case_id)
        decided = decide(
            one.case,
            action,
            actor,
            at,
            text="…",
            facts={} if unit_id is None else {"unit_id": unit_id},
            rules=Rules(proof=proofs.get(one.category_id, "photo")),
            shown=shown.get(case_id),
        )
        reasons[case_id] = decided.reason if isinstance(decided, Refusal) else None
        if is_done(one, action, unit_id):
            reasons[case_id] = "already"
    return reasons


def _proofs(
    connection: Connection, district_id: int, cases: Sequence[StoredCase]
) -> dict[int, Any]:
    rows = connection.execute(
        select(Category.id, Category.proof).where(
            Category.district_id == district_id,
            Category.id.in_({case.category_id for case in cases}),
        )
    )
    return {row.id: row.proof for row in rows}


def _shown(
    connection: Connection, district_id: int, cases: Sequence[StoredCase], action: Action
) -> dict[UUID, Shown]:
    """Photos of each case for its check; parts still open for its closing."""
    ids = [case.id for case in cases]
    if action == "close":
        parts = connection.execute(
            select(HazardCase.parent_id, func.count().label("open"))
            .where(
                HazardCase.district_id == district_id,
                HazardCase.parent_id.in_(ids),
                HazardCase.state.not_in(["closed", "void"]),
            )
            .group_by(HazardCase.parent_id)
        )
        return {row.parent_id: Shown(open_parts=row.open) for row in parts}
    if action != "verify":
        return {}
    photos = connection.execute(
        select(Photo.case_id, Photo.role, Photo.seq).where(
            Photo.district_id == district_id, Photo.case_id.in_(ids)
        )
    ).all()
    return {
        case.id: Shown(
            before=sum(row.case_id == case.id and row.role == "before" for row in photos),
            after=sum(
                row.case_id == case.id
                and row.role == "after"
                and row.seq >= case.case.standing.proof_from
                for row in photos
            ),
        )
        for case in cases
    }
