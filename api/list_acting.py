"""Who somebody is to the cases of a list that he has imported."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from api.permissions import Caller, as_caller
from data.accounts import caller_of_account
from data.report_lists.runs import Acting, WhoIs


def acting_as(caller: Caller) -> Acting:
    """What a caller is to new cases and to those that are there."""
    return Acting(caller.reporter(), caller.actor_in)


def who_is_at(district_id: int, at: datetime) -> WhoIs:
    """Tell what an account is to a list at a moment: rights may have ended since it was asked."""

    def who_is(connection: Connection, account_id: UUID, area_path: str) -> Acting | None:
        held = caller_of_account(connection, district_id, account_id, at)
        caller = None if held is None else as_caller(held)
        if caller is None or not caller.may("list:import", area_path):
            return None
        return acting_as(caller)

    return who_is
