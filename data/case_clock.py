"""Steps of cases that the clock takes: nobody asks for them, nobody stands beside them."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from casework.states import SYSTEM_ACTOR, refusal
from data.case_types import RefusedError, Step
from data.cases import act, find_case
from data.schema import HazardCase

RESUMED_BATCH: Final = 200


def resume_suspended(connection: Connection, at: datetime) -> int:
    """Go on with suspended cases whose day has come; safe to repeat and to run side by side.

    Returns
    -------
    int
        Cases that go on. Equal to `RESUMED_BATCH` when there may be more: call again, in another
        transaction.
    """
    table = HazardCase
    # Whoever is at one of them has it: it is found the next time.
    due = connection.execute(
        select(table.district_id, table.id)
        .where(table.suspended_until <= at)
        .order_by(table.suspended_until, table.id)
        .limit(RESUMED_BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    return sum(
        take_by_clock(connection, row.district_id, row.id, Step("resume", 0), at) for row in due
    )


def take_by_clock(
    connection: Connection, district_id: int, case_id: UUID, step: Step, at: datetime
) -> bool:
    """Take a step as the clock, on the case as it stands; False when there is no need any more.

    Parameters
    ----------
    step
        `expected_seq` is not looked at. `escalate` says in its facts to which `level`, so that it
        is passed up to each level once.
    """
    stored = find_case(connection, district_id, case_id, lock=True)
    if stored is None or refusal(stored.case, step.action, SYSTEM_ACTOR, at) is not None:
        return False
    now = Step(step.action, stored.case.seq, text=step.text, unit_id=step.unit_id, facts=step.facts)
    try:
        act(connection, stored, now, SYSTEM_ACTOR, at)
    except RefusedError:
        return False
    return True
