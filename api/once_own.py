"""What was the caller's own until lately: he is told what changed, where others are told nothing.

A phone that was offline for days sends what was done under charges that have ended, on grids that
a plan has redrawn, for cases that are with others now. `404` would say that there is no such
thing, to somebody who stood before it.
"""

from api.errors import Problem, not_found
from api.operations import Command
from api.past_roles import LATEST
from api.permissions import Role
from data.accounts import charges_of_late
from data.case_lists import read_case, read_ledger
from data.case_types import StoredCase


def no_such_case(command: Command, stored: StoredCase | None) -> Problem:
    """Why the caller cannot act on a case: 409 if it was his within 30 days, else 404.

    `why` of its parameters: `place`, it lies in a grid of others since it was moved or grids were
    redrawn; `charge`, his own charge of the place has ended on the day `since`; `unit`, his unit
    has it no more.
    """
    if stored is None:
        return not_found("case")
    caller = command.caller
    row = read_case(command.tx, stored.district_id, stored.id)
    why, since = None, None
    # A charge that had ended before the case was reported never was one of this case.
    since_when = max(command.at - LATEST, row.received_at)
    for charge in charges_of_late(
        command.tx, caller.district_id, caller.account_id, since=since_when, at=command.at
    ):
        role = Role(charge.role, charge.area_path, charge.area_id, charge.grid_id)
        was_here = role.covers(stored.area_path, stored.grid_id)
        if was_here or role.covers(stored.area_path, row.grid_id_filed):
            why = "place" if charge.holds else "charge"
            since = None if charge.holds else charge.until.isoformat()
            break
    if why is None and caller.unit_id is not None and _was_with(command, stored, caller.unit_id):
        why = "unit"
    if why is None:
        return not_found("case")
    params = {
        "why": why,
        "since": since,
        "number": row.number,
        "grid": row.grid_code,
        "area": row.area_name,
    }
    return Problem(409, "case-not-yours-now", "This case is with others now.", params=params)


def no_such_grids(command: Command, grid_ids: list[int]) -> Problem:
    """Why the caller cannot be on duty on grids: 409 if one was his within 30 days, else 404."""
    caller = command.caller
    ended = [
        charge
        for charge in charges_of_late(
            command.tx,
            caller.district_id,
            caller.account_id,
            since=command.at - LATEST,
            at=command.at,
        )
        if charge.grid_id in grid_ids and not charge.holds
    ]
    if not ended:
        return not_found("grid")
    params = {
        "grids": sorted({charge.grid_code for charge in ended}),
        "since": min(charge.until for charge in ended).isoformat(),
    }
    detail = "These grids were no longer yours when this duty began."
    return Problem(409, "grids-not-yours-now", detail, params=params)


def _was_with(command: Command, stored: StoredCase, unit_id: int) -> bool:
    """Whether a unit was charged with the case, or called to it, at some time."""
    return any(
        line.facts.get("unit_id") == unit_id or unit_id in line.facts.get("unit_ids", [])
        for line in read_ledger(command.tx, stored.district_id, stored.id)
    )
