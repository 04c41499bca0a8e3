"""Who somebody was when he did something that his phone sends only now."""

from datetime import datetime, timedelta

from api.operations import Command
from api.permissions import Caller, as_caller
from data.accounts import caller_of_account

LATEST = timedelta(days=30)
"""So long after it was done something is still taken as it was; as long as commands are kept."""


def caller_when(command: Command, done_at: datetime | None) -> Caller:
    """The caller with the roles that he held when he did it.

    A plan that took effect since may have ended his charge: what he did before counts as done.

    Parameters
    ----------
    done_at
        By the device's clock; None, a time ahead or one more than 30 days ago count as now.
    """
    if done_at is None or not command.at - LATEST <= done_at < command.at:
        return command.caller
    who = command.caller
    held = caller_of_account(command.tx, who.district_id, who.account_id, done_at)
    return who if held is None else as_caller(held)
