"""Steps of cases that the clock takes: nobody asks for them, nobody stands beside them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from casework.states import SYSTEM_ACTOR, refusal
from data.case_types import RefusedError, Step
from data.cases import act, find_case


def take_by_clock(
    connection: Connection, district_id: int, case_id: UUID, step: Step, at: datetime
) -> bool:
    """Take a step as the clock, on the case as it stands; False when there is no need any more.

    Parameters
    ----------
    step
        `expected_seq` is not looked at: it is safe to repeat and to run side by side. `escalate`
        says in its facts to which `level`, so that it is passed up to each level once.
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
