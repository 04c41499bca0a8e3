"""Who looked at a track, which the officer sees first, and how he explains its gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.database import query
from data.layers import district_today
from data.schema import ShiftGap, TrackLook

OFFICER_FIRST: Final = timedelta(hours=12)
"""So long after its end a track is the officer's alone, unless he has looked at it."""


@dataclass(frozen=True)
class Gap:
    """A while for which nobody knows where an officer was; without a reason: not explained."""

    from_at: datetime
    to_at: datetime
    reason: str | None = None


def note_look(connection: Connection, shift: Row[Any], account_id: UUID, at: datetime) -> None:
    """Keep that somebody looked at a track: one line a day, counted."""
    added = insert(TrackLook).values(
        district_id=shift.district_id,
        shift_day=shift.shift_day,
        shift_id=shift.id,
        account_id=account_id,
        day=district_today(connection, shift.district_id, at),
        times=1,
        first_at=at,
        last_at=at,
    )
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["district_id", "shift_day", "shift_id", "account_id", "day"],
            set_={"times": TrackLook.times + 1, "last_at": added.excluded.last_at},
        )
    )


def shown_to_others_from(connection: Connection, shift: Row[Any], at: datetime) -> datetime | None:
    """From when others may look at a track; None: from now, or when it has no end yet.

    Returns
    -------
    datetime or None
        A moment to come; `datetime.max` while the shift goes on.
    """
    looked = connection.execute(
        select(func.count()).where(*_of(TrackLook, shift), TrackLook.account_id == shift.account_id)
    ).scalar_one()
    if looked and shift.ended_at is not None:
        return None
    if shift.ended_at is None:
        began_long_ago = shift.started_at + timedelta(days=1) + OFFICER_FIRST
        return began_long_ago if at < began_long_ago else None
    shown: datetime = shift.ended_at + OFFICER_FIRST
    return shown if at < shown else None


def looks_of_others(connection: Connection, shift: Row[Any]) -> Sequence[Row[Any]]:
    """Who else looked at a track: `account_id`, `display_name`, `day`, `times`, `last_at`."""
    return connection.execute(
        query("looks_at_track"),
        {
            "district_id": shift.district_id,
            "shift_day": shift.shift_day,
            "shift_id": shift.id,
            "officer": shift.account_id,
        },
    ).all()


def explain_gaps(
    connection: Connection, shift: Row[Any], gaps: Sequence[Gap], at: datetime
) -> None:
    """Keep why nobody knows where the officer was; what was said of the same while goes."""
    for gap in gaps:
        connection.execute(
            delete(ShiftGap).where(
                *_of(ShiftGap, shift), ShiftGap.from_at < gap.to_at, ShiftGap.to_at > gap.from_at
            )
        )
        if gap.reason:
            connection.execute(
                insert(ShiftGap).values(
                    district_id=shift.district_id,
                    shift_day=shift.shift_day,
                    shift_id=shift.id,
                    from_at=gap.from_at,
                    to_at=gap.to_at,
                    reason=gap.reason,
                    said_at=at,
                )
            )


def gaps_explained(connection: Connection, shift: Row[Any]) -> list[Gap]:
    """Gaps for which the officer gave a reason, by time."""
    asked = select(ShiftGap.from_at, ShiftGap.to_at, ShiftGap.reason)
    rows = connection.execute(asked.where(*_of(ShiftGap, shift)).order_by(ShiftGap.from_at))
    return [Gap(*row) for row in rows]


def _of(table: Any, shift: Row[Any]) -> tuple[Any, ...]:
    return (
        table.district_id == shift.district_id,
        table.shift_day == shift.shift_day,
        table.shift_id == shift.id,
    )
