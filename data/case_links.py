"""Steps that touch two cases: duplicates merged and parted, cases that are parts of another.

Both ledgers say so, in one transaction; whoever touches two cases takes them in the order of
their ids, so that two who do it crosswise do not wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Row, func, or_, select

from casework.states import Action, Actor, decide
from data.case_filing import decided
from data.case_types import Step, StoredCase, UnknownCaseError
from data.cases import check_turn, write_event
from data.schema import HazardCase

LINKS: Final[frozenset[Action]] = frozenset({"merge", "unmerge", "join", "leave"})
_OTHER_SIDE: Final[dict[Action, Action]] = {"merge": "absorb", "unmerge": "release"}


def hold_cases(connection: Connection, district_id: int, case_id: UUID, step: Step) -> UUID | None:
    """Keep a case and the other one that a step touches from everybody else.

    Returns
    -------
    UUID or None
        The other case, where the step touches one.
    """
    other = step.other
    if step.action == "unmerge":
        other = connection.execute(
            select(HazardCase.merged_into).where(
                HazardCase.district_id == district_id, HazardCase.id == case_id
            )
        ).scalar()
    ids = {case_id} if other is None else {case_id, other}
    connection.execute(
        select(HazardCase.id)
        .where(HazardCase.district_id == district_id, HazardCase.id.in_(ids))
        .order_by(HazardCase.id)
        .with_for_update()
    )
    return other


def act_on_two(
    connection: Connection,
    stored: StoredCase,
    step: Step,
    actor: Actor,
    at: datetime,
    *,
    other: tuple[StoredCase, Actor] | None,
) -> StoredCase:
    """Take one of the steps `LINKS`; the first case as it stands afterwards.

    Parameters
    ----------
    stored
        The case that is merged, parted, made a part or freed; both held by `hold_cases`.
    other
        The other case and who the actor is to it; None where there is none, for `leave`.

    Raises
    ------
    CaseMovedOnError, RefusedError, UnknownCaseError
    """
    check_turn(stored, step, actor, at)
    facts = dict(step.facts)
    if other is not None:
        facts |= {"case_id": str(other[0].id)}
    if step.action in {"merge", "join"}:
        _check_other(connection, stored, step.action, None if other is None else other[0])
    event = decided(
        decide(
            stored.case, step.action, actor, at,
            occurred_at=step.occurred_at, text=step.text, facts=facts,
        )
    )  # fmt: skip
    after = write_event(connection, stored, event, step.text)
    if other is not None and step.action in _OTHER_SIDE:
        there, who = other
        said = {"case_id": str(stored.id)}
        line = decide(there.case, _OTHER_SIDE[step.action], who, at, facts=said)
        write_event(connection, there, decided(line))
    return after


def _check_other(
    connection: Connection, stored: StoredCase, action: Action, other: StoredCase | None
) -> None:
    if other is None or other.id == stored.id:
        raise UnknownCaseError("no other case")
    if action == "join":
        # Parts have no parts, and what is a part of another has none itself.
        parts = connection.execute(
            select(func.count()).where(
                HazardCase.district_id == stored.district_id, HazardCase.parent_id == stored.id
            )
        ).scalar_one()
        if parts or other.case.parent_id is not None or other.case.closed_at is not None:
            raise UnknownCaseError(str(other.id))


def related_cases(connection: Connection, stored: StoredCase) -> Sequence[Row[UUID, str, str]]:
    """Cases that hang together with one: `id`, `number`, `state`, by number."""
    case = stored.case
    named = {case.merged_into, case.parent_id, *case.standing.duplicates} - {None}
    table = HazardCase
    return connection.execute(
        select(table.id, table.number, table.state)
        .where(
            table.district_id == stored.district_id,
            or_(table.id.in_(named), table.parent_id == stored.id),
        )
        .order_by(table.number)
        .limit(200)
    ).all()
