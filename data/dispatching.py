"""Dispatch by the rules, without a person: what a district has said may go to its unit at once."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine

from casework.states import SYSTEM_ACTOR
from data.case_types import RefusedError, Step, StoredCase
from data.cases import act, find_case
from data.database import query
from data.duty_alerts import alert_case
from data.duty_settings import duty_settings
from data.routing import read_route

RECENT: Final = timedelta(hours=24)
BATCH: Final = 500


def dispatch_by_rule(connection: Connection, stored: StoredCase, at: datetime) -> StoredCase:
    """Charge the unit that the rules name, where the district has said so for this severity.

    The ledger says that the clock did it, by which rule and why; who is on call is told.

    Parameters
    ----------
    stored
        A case that nobody else changes: filed in this transaction, or held by it.

    Returns
    -------
    The case as it stands: unchanged where a person has to decide, or to check it first.
    """
    if stored.case.severity not in duty_settings(connection, stored.district_id).dispatched:
        return stored
    route = read_route(connection, stored.district_id, stored.id)
    if route is None or route.unit_id is None:
        return stored
    step = Step(
        "dispatch",
        stored.case.seq,
        unit_id=route.unit_id,
        facts={"rule_id": route.rule_id, "rule": route.rule_name, "why": route.why},
    )
    try:
        after = act(connection, stored, step, SYSTEM_ACTOR, at)
    except RefusedError:
        return stored
    alert_case(connection, stored.district_id, stored.id, at)
    return after


def dispatch_waiting(engine: Engine, at: datetime) -> int:
    """Dispatch what came in by other ways than a report, or was checked since; how many."""
    with engine.connect() as connection:
        rows = connection.execute(
            query("cases_to_dispatch"), {"since": at - RECENT, "limit": BATCH}
        ).all()
    done = 0
    for row in rows:
        with engine.begin() as connection:
            stored = find_case(connection, row.district_id, row.id, lock=True)
            # Somebody may have decided meanwhile.
            if stored is not None and stored.case.seq == row.seq:
                done += dispatch_by_rule(connection, stored, at) is not stored
    return done
