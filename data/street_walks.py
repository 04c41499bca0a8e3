"""Streets ticked off by hand or by a checkpoint's code, marked as such wherever they show.

A duty without a track can say so as well as one with it. What a track says is kept beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Connection, Row, text
from sqlalchemy.dialects.postgresql import insert

from data.checkpoints import code_in
from data.database import query
from data.match_queue import shift_key
from data.patrols import CLOCK_AHEAD, LONGEST_SHIFT
from data.schema import StreetWalk
from data.street_parts import refresh_walked_at

How = Literal["ticked", "checkpoint"]
TickRefusal = Literal["before-start", "after-end", "in-future", "elsewhere", "unknown-code"]
REACH_M: Final = 20.0
"""A checkpoint stands for the streets within so much of it, or else the nearest within `FAR_M`."""
FAR_M: Final = 100.0
_BOX_DEG: Final = 0.002


@dataclass(frozen=True)
class Tick:
    """A street that an officer says he walked, by its part or by a checkpoint's code."""

    how: How
    occurred_at: datetime
    part_id: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class Ticked:
    """What became of ticks: the parts that count as walked, and which ticks were refused."""

    part_ids: tuple[int, ...]
    refused: tuple[tuple[int, TickRefusal], ...]


def tick_streets(
    connection: Connection, shift: Row[Any], ticks: Sequence[Tick], at: datetime
) -> Ticked:
    """Take an officer's word for streets of his duty's grids; the same again changes nothing.

    Parameters
    ----------
    shift
        Its own, locked.
    at
        Our clock.
    """
    asked = [tick.part_id for tick in ticks if tick.part_id is not None]
    known = set(
        connection.execute(
            query("parts_of_duty"),
            {"district_id": shift.district_id, "grid_ids": shift.grid_ids, "parts": asked},
        ).scalars()
    )
    walked: dict[tuple[int, How], datetime] = {}
    refused: list[tuple[int, TickRefusal]] = []
    for number, tick in enumerate(ticks):
        parts = _parts_of(connection, shift, tick, known)
        why = _untimely(tick, shift, at) or (None if parts else _unknown(tick))
        if why is not None:
            refused.append((number, why))
            continue
        for part in parts:
            key = (part, tick.how)
            walked[key] = max(walked.get(key, tick.occurred_at), tick.occurred_at)
    _put(connection, shift, walked)
    ids = tuple(sorted({part for part, _ in walked}))
    refresh_walked_at(connection, shift.district_id, list(ids))
    return Ticked(ids, tuple(refused))


def parts_of_checkpoint(
    connection: Connection, district_id: int, code: str, grid_ids: Sequence[int]
) -> list[Row[Any]]:
    """Streets that a checkpoint in one of some grids stands for; none: there is no such code."""
    rows = connection.execute(
        query("parts_of_checkpoint"),
        {
            "district_id": district_id,
            "code": code_in(code),
            "grid_ids": list(grid_ids),
            "box_deg": _BOX_DEG,
            "far_m": FAR_M,
        },
    ).all()
    near = [row for row in rows if row.away_m <= REACH_M]
    return near or list(rows[:1])


def streets_of_shift(
    connection: Connection, district_id: int, shift_id: UUID
) -> Sequence[Row[Any]]:
    """What a shift walked: `part_id`, `name`, `length_m`, `how`, `share`, `walked_at`."""
    return connection.execute(
        text(
            "SELECT w.part_id, p.name, p.highway, p.length_m, w.how, w.share, w.walked_at"
            " FROM shift_in_scope AS s JOIN street_walk AS w ON w.district_id = s.district_id"
            " AND w.shift_day = s.shift_day AND w.shift_id = s.id"
            " JOIN street_part AS p ON p.district_id = w.district_id AND p.id = w.part_id"
            " WHERE s.district_id = :district_id AND s.id = :shift_id"
            " ORDER BY w.walked_at, w.part_id, w.how"
        ),
        {"district_id": district_id, "shift_id": shift_id},
    ).all()


def _parts_of(connection: Connection, shift: Row[Any], tick: Tick, known: set[int]) -> list[int]:
    if tick.how == "ticked":
        return [tick.part_id] if tick.part_id in known else []
    rows = parts_of_checkpoint(connection, shift.district_id, tick.code or "", shift.grid_ids)
    return [row.id for row in rows]


def _unknown(tick: Tick) -> TickRefusal:
    return "elsewhere" if tick.how == "ticked" else "unknown-code"


def _untimely(tick: Tick, shift: Row[Any], at: datetime) -> TickRefusal | None:
    if tick.occurred_at < shift.started_at:
        return "before-start"
    if tick.occurred_at > (shift.ended_at or shift.started_at + LONGEST_SHIFT):
        return "after-end"
    return "in-future" if tick.occurred_at > at + CLOCK_AHEAD else None


def _put(connection: Connection, shift: Row[Any], walked: dict[tuple[int, How], datetime]) -> None:
    if not walked:
        return
    rows = insert(StreetWalk).values(
        [
            {**shift_key(shift), "part_id": part, "how": how, "share": 1.0, "walked_at": at}
            for (part, how), at in sorted(walked.items())
        ]
    )
    connection.execute(
        rows.on_conflict_do_update(
            index_elements=["district_id", "shift_day", "shift_id", "part_id", "how"],
            set_={"walked_at": rows.excluded.walked_at},
            where=StreetWalk.walked_at < rows.excluded.walked_at,
        )
    )
