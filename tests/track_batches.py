"""Batches of track points as phones send them, and the shifts they belong to."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import small_town
from sqlalchemy import Connection, text

from data.patrols import Fix, NewShift, Taken, begin_shift
from data.track_intake import Batch, microseconds

START = small_town.AT - timedelta(hours=1)
OFFICER = small_town.account_id("officer")


def begin(connection: Connection, *, tracked: bool = True, grid_id: int = 1) -> UUID:
    """Begin a shift of the officer's in a grid, an hour before the town's moment."""
    new = NewShift(uuid4(), OFFICER, "patrol", (grid_id,), tracked, START)
    begin_shift(connection, small_town.DISTRICT, new, small_town.AT)
    return new.id


def walk(count: int = 5, *, first: int = 0) -> list[Fix]:
    """Fixes on the way east through grid 1, a minute apart."""
    return [
        Fix(seq, START + timedelta(minutes=seq), 118.004 + seq * 1e-4, 36.83, 5.0)
        for seq in range(first, first + count)
    ]


def batch(shift_id: UUID, fixes: list[Fix], **said: Any) -> Batch:
    """A batch under an operation of its own."""
    values: dict[str, Any] = {
        "account_id": OFFICER,
        "shift_id": shift_id,
        "operation_id": uuid4(),
        "digest": b"what was sent",
        "received_at": small_town.AT,
        "seq": np.array([fix.seq for fix in fixes]),
        "occurred_us": microseconds([fix.occurred_at for fix in fixes]),
        "lon": np.array([fix.lon for fix in fixes]),
        "lat": np.array([fix.lat for fix in fixes]),
        "accuracy_m": np.array([fix.accuracy_m for fix in fixes], dtype=np.float64),
    }
    return Batch(**values | said)


def told(taken: Taken) -> dict[str, Any]:
    """What became of a batch, as an answer."""
    return {
        "accepted": taken.accepted,
        "duplicates": taken.duplicates,
        "refused": [list(one) for one in taken.refused],
    }


def stored(connection: Connection, shift_id: UUID) -> list[tuple[Any, ...]]:
    """All that is kept of a shift's points."""
    rows = connection.execute(
        text(
            "SELECT seq, occurred_at, received_at, ST_X(geom), ST_Y(geom), accuracy_m, grid_id"
            " FROM track_point WHERE shift_id = :id ORDER BY seq"
        ),
        {"id": shift_id},
    )
    return [tuple(row) for row in rows]


def count_told(connection: Connection, shift_id: UUID) -> int:
    """How many points the shift itself says it has."""
    count: int = connection.execute(
        text("SELECT points FROM shift WHERE id = :id"), {"id": shift_id}
    ).scalar_one()
    return count


def later(minutes: float) -> datetime:
    """So many minutes after the shifts began."""
    return START + timedelta(minutes=minutes)
