"""Asking for a shift's track to be matched to streets; `data.street_matching` does it."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from data.jobs import defer

MANY: Final = 100
"""How many shifts of a bulk are matched before other jobs have their turn."""
BULK_DAYS: Final = 45
"""Of tracks that are brought from elsewhere older ones are not matched to today's streets."""
_BULK_PRIORITY: Final = -10
_WAITS: Final = (
    "SELECT match_done < match_asked FROM shift"
    " WHERE district_id = :district_id AND shift_day = :shift_day AND id = :shift_id FOR UPDATE"
)
_ASK: Final = (
    "UPDATE shift SET match_asked = match_asked + 1"
    " WHERE district_id = :district_id AND shift_day = :shift_day AND id = :shift_id"
)


def ask_match(connection: Connection, shift: Row[Any], at: datetime, *, bulk: bool = False) -> None:
    """Ask for an ended shift to be matched once this transaction is committed.

    Parameters
    ----------
    at
        Our clock.
    bulk
        It is one of many, which `match_later` queues together; one of long ago is left.
    """
    if bulk and shift.started_at < at - timedelta(days=BULK_DAYS):
        return
    # Whoever writes what was matched holds the row as well: none of the two misses the other.
    waits = connection.execute(text(_WAITS), shift_key(shift)).scalar_one()
    connection.execute(text(_ASK), shift_key(shift))
    if not waits and not bulk:
        arguments = {"district_id": shift.district_id, "shift_id": str(shift.id)}
        defer(connection, "match_shift", arguments, lock=f"shift {shift.id}")


def match_later(connection: Connection, district_id: int) -> None:
    """Queue the matching of all shifts that wait for it, behind everything else."""
    defer(
        connection,
        "match_waiting",
        {"district_id": district_id},
        lock=f"match {district_id}",
        priority=_BULK_PRIORITY,
    )


def match_left_over(connection: Connection, at: datetime) -> None:
    """Queue again what still waits an hour after its end: a job that failed, a worker lost."""
    districts = connection.execute(
        text(
            "SELECT DISTINCT district_id FROM shift WHERE match_done < match_asked"
            " AND ended_at < :before"
        ),
        {"before": at - timedelta(hours=1)},
    ).scalars()
    for district_id in list(districts):
        match_later(connection, district_id)


def shift_key(shift: Row[Any]) -> dict[str, Any]:
    """A shift's key, by the names that statements use."""
    return {
        "district_id": shift.district_id,
        "shift_day": shift.shift_day,
        "shift_id": shift.id,
    }
