"""Filters of lists of cases that accounts keep under a name, and share with their unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, text, update

from data.schema import Account, SavedFilter

MOST_FILTERS: Final = 30


class SavedFilterError(Exception):
    """A filter cannot be kept as asked.

    Parameters
    ----------
    code
        `many` (there are `MOST_FILTERS`), `order` (the filters named are not those there are) or
        `unknown` (no such filter of one's own).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kept:
    """A filter as it is to be kept.

    Parameters
    ----------
    unit_id
        The unit that may use it too; None: it is one's own.
    """

    name: str
    asked: dict[str, Any]
    sort: str
    columns: Sequence[str]
    unit_id: int | None = None

    def values(self) -> dict[str, Any]:
        """As columns of `saved_filter`."""
        return {**vars(self), "columns": list(self.columns)}


def list_filters(
    connection: Connection, district_id: int, account_id: UUID, unit_id: int | None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """One's own filters in their order, then those that others of the unit share, by name.

    Columns of `saved_filter`, with `own` and `owner_name`.
    """
    own = (SavedFilter.account_id == account_id).label("own")
    seen = [SavedFilter.account_id == account_id]
    if unit_id is not None:
        seen.append(SavedFilter.unit_id == unit_id)
    return connection.execute(
        select(SavedFilter, own, Account.display_name.label("owner_name"))
        .join(
            Account,
            (Account.district_id == SavedFilter.district_id)
            & (Account.id == SavedFilter.account_id),
        )
        .where(SavedFilter.district_id == district_id, or_(*seen))
        .order_by(
            own.desc(),
            # The order in which another keeps his says nothing to this one.
            case((own, SavedFilter.position)),
            SavedFilter.name,
            SavedFilter.id,
        )
        .limit(2 * MOST_FILTERS)
    ).all()


def add_filter(
    connection: Connection, district_id: int, account_id: UUID, kept: Kept, at: datetime
) -> int:
    """Keep a filter behind one's others; its id.

    Raises
    ------
    SavedFilterError
        `many`.
    """
    _hold(connection, account_id)
    there, last = connection.execute(
        select(func.count(), func.coalesce(func.max(SavedFilter.position), 0)).where(
            SavedFilter.district_id == district_id, SavedFilter.account_id == account_id
        )
    ).one()
    if there >= MOST_FILTERS:
        raise SavedFilterError("many")
    return connection.execute(
        insert(SavedFilter)
        .values(
            district_id=district_id,
            account_id=account_id,
            position=last + 1,
            changed_at=at,
            **kept.values(),
        )
        .returning(SavedFilter.id)
    ).scalar_one()


def change_filter(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    filter_id: int,
    *,
    kept: Kept,
    at: datetime,
) -> None:
    """Keep a filter of one's own anew in its place.

    Raises
    ------
    SavedFilterError
        `unknown`.
    """
    changed = connection.execute(
        update(SavedFilter)
        .where(*_own(district_id, account_id, filter_id))
        .values(**kept.values(), changed_at=at)
    )
    if changed.rowcount == 0:
        raise SavedFilterError("unknown")


def remove_filter(
    connection: Connection, district_id: int, account_id: UUID, filter_id: int
) -> None:
    """Take a filter of one's own away.

    Raises
    ------
    SavedFilterError
        `unknown`.
    """
    gone = connection.execute(delete(SavedFilter).where(*_own(district_id, account_id, filter_id)))
    if gone.rowcount == 0:
        raise SavedFilterError("unknown")


def order_filters(
    connection: Connection, district_id: int, account_id: UUID, ids: Sequence[int]
) -> None:
    """Put one's own filters into an order, the first first.

    Raises
    ------
    SavedFilterError
        `order`, when the ids are not those of all of them.
    """
    _hold(connection, account_id)
    known = connection.execute(
        select(SavedFilter.id).where(
            SavedFilter.district_id == district_id, SavedFilter.account_id == account_id
        )
    ).scalars()
    if sorted(known) != sorted(ids):
        raise SavedFilterError("order")
    connection.execute(
        text(
            "UPDATE saved_filter AS f SET position = o.position"
            " FROM unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS o(id, position)"
            " WHERE f.district_id = :district_id AND f.id = o.id"
        ),
        {"district_id": district_id, "ids": list(ids)},
    )


def _own(district_id: int, account_id: UUID, filter_id: int) -> tuple[Any, ...]:
    return (
        SavedFilter.district_id == district_id,
        SavedFilter.account_id == account_id,
        SavedFilter.id == filter_id,
    )


def _hold(connection: Connection, account_id: UUID) -> None:
    """One at a time changes which filters an account has, and their order."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"saved filters {account_id}"},
    )
