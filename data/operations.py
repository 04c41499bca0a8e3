"""Commands already carried out: which there are, and how long they are remembered."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, delete, select

from data.schema import Operation

REMEMBERED: Final = timedelta(days=30)
"""A phone that was off for so long sends its commands at most once more."""


def remove_old_operations(connection: Connection, at: datetime) -> int:
    """Forget the answers of commands that nobody will repeat any more; how many."""
    done = connection.execute(delete(Operation).where(Operation.received_at < at - REMEMBERED))
    return done.rowcount


def operations_carried_out(
    connection: Connection, district_id: int, account_id: UUID, ids: Collection[UUID]
) -> set[UUID]:
    """Which of some commands an account has given that were carried out."""
    if not ids:
        return set()
    asked = select(Operation.id).where(
        Operation.district_id == district_id,
        Operation.account_id == account_id,
        Operation.id.in_(ids),
    )
    return set(connection.execute(asked).scalars())
