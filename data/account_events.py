"""What was done to the ways into accounts: kept, and never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, insert

from data.database import query
from data.schema import AccountEvent

MOST_SHOWN: Final = 50


def note_event(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    action: str,
    *,
    by: UUID,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Keep that something was done to an account.

    Parameters
    ----------
    action
        Kebab-case name that the client puts into words, with the facts in them.
    by
        Whose session or device did it; the account itself where nobody else did.
    """
    connection.execute(
        insert(AccountEvent).values(
            district_id=district_id,
            account_id=account_id,
            action=action,
            facts=dict(facts or {}),
            by_account=by,
            at=at,
        )
    )


def events_of(connection: Connection, district_id: int, account_id: UUID) -> Sequence[Row[Any]]:
    """The latest that was done to an account, with the name of who did it; 50 at most."""
    return connection.execute(
        query("account_events"),
        {"district_id": district_id, "account_id": account_id, "limit": MOST_SHOWN},
    ).all()
