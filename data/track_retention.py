"""Tracks are thinned and then go: what was walked and how long stays, where exactly does not.

First a track is kept as it came, then as one fix a minute, and after a set time not at all: its
week is dropped as a whole, so that no bytes stay behind (`docs/adr/0005`). What a shift came to in
each grid and which streets were walked was worked out long before, and is left as it is.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, text

from data.database import query
from data.patrols import LONGEST_SHIFT, end_shift, find_shift

SHIFTS_AT_ONCE: Final = 200
UNENDED_FOR: Final = timedelta(days=30)
"""As long as points may still come; a shift that nobody ended by then ends with its last one."""


def thin_and_forget_tracks(
    connection: Connection, at: datetime, *, whole_days: int, days: int
) -> int:
    """Thin tracks older than `whole_days`, and drop those that would get older than `days`.

    A week goes when its first day is `days` old, so none is ever kept for longer. Some shifts are
    thinned at a time: run it again and again.

    Returns
    -------
    int
        How many weeks went.
    """
    _end_forgotten_shifts(connection, at)
    # A shift begins in the district's own day; no day on earth is behind this one.
    today = (at + timedelta(hours=14)).date()
    connection.execute(
        query("thin_tracks"),
        {"before": today - timedelta(days=whole_days), "limit": SHIFTS_AT_ONCE},
    )
    oldest = today - timedelta(days=days)
    monday = oldest + timedelta(days=7 - oldest.weekday())
    connection.execute(
        text(
            "UPDATE shift SET track_kept = 'gone', match_done = match_asked"
            " WHERE tracked AND track_kept <> 'gone' AND shift_day < :monday"
        ),
        {"monday": monday},
    )
    gone: int = connection.execute(
        text("SELECT drop_track_weeks(:monday)"), {"monday": monday}
    ).scalar_one()
    return gone


def _end_forgotten_shifts(connection: Connection, at: datetime) -> None:
    rows = connection.execute(
        text(
            "SELECT s.district_id, s.id, s.started_at, (SELECT max(p.occurred_at)"
            " FROM track_point AS p WHERE p.district_id = s.district_id"
            " AND p.shift_day = s.shift_day AND p.shift_id = s.id) AS last_at FROM shift AS s"
            " WHERE s.ended_at IS NULL AND s.started_at < :before ORDER BY s.id LIMIT :limit"
        ),
        {"before": at - UNENDED_FOR, "limit": SHIFTS_AT_ONCE},
    ).all()
    for row in rows:
        _end(connection, row, at)


def _end(connection: Connection, row: Row[Any], at: datetime) -> None:
    shift = find_shift(connection, row.district_id, row.id, lock=True)
    if shift is None or shift.ended_at is not None:
        return
    last = row.last_at or row.started_at
    end_shift(connection, shift, min(last, shift.started_at + LONGEST_SHIFT), at)
