"""Commands already carried out: how long they are remembered."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete

from data.schema import Operation

REMEMBERED: Final = timedelta(days=30)
"""A phone that was off for so long sends its commands at most once more."""


def remove_old_operations(connection: Connection, at: datetime) -> int:
    """Forget the answers of commands that nobody will repeat any more; how many."""
    done = connection.execute(delete(Operation).where(Operation.received_at < at - REMEMBERED))
    return done.rowcount
