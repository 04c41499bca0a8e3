"""Reading shifts: lists by filter, and what one came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from data.database import query
from data.scope import Scope


@dataclass(frozen=True)
class ShiftFilter:
    """Which shifts are asked for; None asks nothing. Days are those the shifts started."""

    shift_id: UUID | None = None
    grid_id: int | None = None
    account_id: UUID | None = None
    from_day: date | None = None
    to_day: date | None = None


def list_shifts(
    connection: Connection,
    scope: Scope,
    own: UUID,
    asked: ShiftFilter,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[Row[Any]]:
    """Shifts by start, newest first, as `list_shifts.sql` tells them.

    Parameters
    ----------
    scope
        Areas whose shifts are seen; an officer's has none.
    own
        The account whose own shifts are seen in any case.
    after
        Start and id of the last shift of the page before.
    """
    return connection.execute(
        query("list_shifts", seen=_seen(scope)),
        {
            **scope.parameters(),
            "own": own,
            "id": asked.shift_id,
            "grid_id": asked.grid_id,
            "account_id": asked.account_id,
            "from_day": asked.from_day,
            "to_day": asked.to_day,
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    ).all()


def _seen(scope: Scope) -> str:
    """SQL condition on `shift AS s`, written for this scope: of a district every shift is seen."""
    if scope.is_whole:
        return "true"
    if not scope.area_paths:
        return "s.account_id = :own"
    return (
        "(s.account_id = :own OR s.grid_ids && ARRAY("
        "SELECT g.id FROM area AS p JOIN grid AS g"
        " ON g.district_id = p.district_id AND g.community_id = p.id"
        " WHERE p.district_id = :district_id AND p.path <@ CAST(:scope_paths AS ltree[])))"
    )


def grids_of_shift(
    connection: Connection, district_id: int, shift_day: date, shift_id: UUID
) -> Sequence[Row[Any]]:
    """What a shift came to in each grid, with the grid's code and name on that day."""
    return connection.execute(
        query("grids_of_shift"),
        {"district_id": district_id, "shift_day": shift_day, "shift_id": shift_id},
    ).all()
