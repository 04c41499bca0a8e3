"""Planned rounds: which grid is to be walked when, what was, and who is told of what was not.

The worker writes down each day's rounds ahead, sees which were done, and asks the officers of a
grid for the reason when the hours of one are over without a visit. Who answers for the place is
told that it was not visited once there is a reason, or none for half a day: of a place, never of a
person, and once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Connection, Engine, Row, insert, text, update
from sqlalchemy.dialects.postgresql import insert as insert_once

from casework.moments import utc_text
from data.database import query
from data.grids import officers_of_grid
from data.notices import notify, notify_role
from data.schema import PlannedRound, RoundPlan
from data.scope import Scope, in_place
from data.status import PATROL_S

REASON_WAIT: Final = timedelta(hours=12)
"""So long the officers of a grid have to give a reason before others are told."""
LATE_TRACKS: Final = timedelta(days=30)
"""A phone that had no network tells of visits so much later."""
LATELY: Final = timedelta(days=2)
"""Rounds of the last days are looked at each minute, those before each hour."""
_BATCH: Final = 500
_IDS: Final = UUID("4a1f0f52-6f0e-5f0c-9a35-51f6f1b7c0de")


@dataclass(frozen=True)
class RoundRule:
    """How often: every so many days, or on weekdays (0 is Monday), and between which minutes."""

    every_days: int | None
    weekdays: tuple[int, ...]
    from_minute: int
    to_minute: int
    starts_on: date
    ends_on: date | None = None


def plan_rounds(
    connection: Connection,
    district_id: int,
    plan_id: UUID,
    grid_ids: Sequence[int],
    rule: RoundRule,
    *,
    by: UUID,
    at: datetime,
) -> list[UUID]:
    """Plan the rounds of some grids, each as a plan of its own; their ids."""
    ids = [plan_id if len(grid_ids) == 1 else uuid5(plan_id, str(grid)) for grid in grid_ids]
    connection.execute(
        insert(RoundPlan),
        [
            {
                "district_id": district_id,
                "id": one,
                "grid_id": grid_id,
                "every_days": rule.every_days,
                "weekdays": sum(1 << day for day in {*rule.weekdays}),
                "from_minute": rule.from_minute,
                "to_minute": rule.to_minute,
                "starts_on": rule.starts_on,
                "ends_on": rule.ends_on,
                "made_by": by,
                "made_at": at,
            }
            for one, grid_id in zip(ids, grid_ids, strict=True)
        ],
    )
    make_rounds(connection, at)
    return ids


def end_plan(
    connection: Connection, district_id: int, plan_id: UUID, today: date, at: datetime
) -> None:
    """Plan no more rounds from today on; those that have begun stay."""
    connection.execute(
        text(
            "DELETE FROM planned_round WHERE district_id = :district_id AND plan_id = :plan_id"
            " AND starts_at > :at"
        ),
        {"district_id": district_id, "plan_id": plan_id, "at": at},
    )
    connection.execute(
        update(RoundPlan)
        .where(RoundPlan.district_id == district_id, RoundPlan.id == plan_id)
        .values(ends_on=today - timedelta(days=1))
    )


def make_rounds(connection: Connection, at: datetime) -> int:
    """Write down the rounds of today and tomorrow that plans ask for; how many were new."""
    rows = connection.execute(query("rounds_to_make"), {"at": at}).all()
    if not rows:
        return 0
    connection.execute(
        insert_once(PlannedRound).on_conflict_do_nothing(),
        [
            {
                "district_id": row.district_id,
                "id": uuid5(_IDS, f"{row.plan_id}|{row.day}"),
                "plan_id": row.plan_id,
                "grid_id": row.grid_id,
                "day": row.day,
                "starts_at": row.midnight + timedelta(minutes=row.from_minute),
                "ends_at": row.midnight + timedelta(minutes=row.to_minute),
            }
            for row in rows
        ],
    )
    return len(rows)


def look_at_rounds(engine: Engine, at: datetime) -> int:
    """Write down rounds ahead, see which were done, and tell of those that were not; how many."""
    with engine.begin() as connection:
        make_rounds(connection, at)
        _note_visits(connection, at, at - LATELY)
    told, after = 0, (0, UUID(int=0))
    while True:
        with engine.begin() as connection:
            rows = _missed(connection, at, after)
            told += sum(_tell(connection, row, at) for row in rows)
        if len(rows) < _BATCH:
            return told
        after = rows[-1].district_id, rows[-1].id


def note_late_visits(connection: Connection, at: datetime) -> None:
    """See which rounds of the last weeks were done after all: a phone had no network till now."""
    _note_visits(connection, at, at - LATE_TRACKS)


def give_reason(
    connection: Connection, district_id: int, round_id: UUID, reason: str, *, by: UUID, at: datetime
) -> bool:
    """Keep why a round was not done; False when it was done, or has not ended yet."""
    kept = connection.execute(
        update(PlannedRound)
        .where(
            PlannedRound.district_id == district_id,
            PlannedRound.id == round_id,
            PlannedRound.done_at.is_(None),
            PlannedRound.starts_at <= at,
        )
        .values(reason=reason, reason_by=by, reason_at=at)
    )
    return kept.rowcount > 0


@dataclass(frozen=True)
class RoundFilter:
    """Which rounds are asked for; days are both included, None asks nothing."""

    first: date
    last: date
    grid_id: int | None = None
    area_path: str | None = None
    round_id: UUID | None = None
    missed: bool = False


def list_rounds(
    connection: Connection,
    scope: Scope,
    asked: RoundFilter,
    at: datetime,
    *,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> Sequence[Row[Any]]:
    """Rounds of grids that are seen, the newest first, with their state at this moment."""
    return connection.execute(
        query("rounds_in_scope", seen=in_place("v", scope)),
        {
            **scope.parameters(),
            "at": at,
            "first": asked.first,
            "last": asked.last,
            "grid_id": asked.grid_id,
            "area_path": asked.area_path,
            "round_id": asked.round_id,
            "missed": asked.missed,
            "after_at": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    ).all()


def list_round_plans(
    connection: Connection,
    scope: Scope,
    on: date,
    *,
    plan_ids: Sequence[UUID] | None = None,
    limit: int,
    after: tuple[str, UUID] | None = None,
) -> Sequence[Row[Any]]:
    """Plans of rounds that are not over, by the code of their grid."""
    return connection.execute(
        query("round_plans_in_scope", seen=in_place("v", scope)),
        {
            **scope.parameters(),
            "on": on,
            "plan_ids": None if plan_ids is None else list(plan_ids),
            "after_code": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    ).all()


def _note_visits(connection: Connection, at: datetime, since: datetime) -> None:
    connection.execute(
        query("rounds_done"), {"at": at, "since": since.date(), "patrol_s": PATROL_S}
    )


def _missed(connection: Connection, at: datetime, after: tuple[int, UUID]) -> Sequence[Row[Any]]:
    return connection.execute(
        query("rounds_missed"),
        {
            "at": at,
            "since": at - LATE_TRACKS,
            "waited": at - REASON_WAIT,
            "after_district": after[0],
            "after_id": after[1],
            "batch": _BATCH,
        },
    ).all()


def _tell(connection: Connection, row: Row[Any], at: datetime) -> int:
    """Ask the officers first; tell who answers for the place when there is a reason, or late."""
    facts = {
        "grid_id": row.grid_id,
        "grid": row.name or row.code,
        "day": row.day.isoformat(),
        "until": utc_text(row.ends_at),
    }
    told = 0 if row.asked_at else _ask_why(connection, row, facts, at)
    values: dict[str, Any] = {"asked_at": row.asked_at or at}
    if row.reason is not None or at >= row.ends_at + REASON_WAIT:
        told += notify_role(
            connection,
            row.district_id,
            "commander",
            at=at,
            key=f"place-not-visited:{row.id}",
            kind="place-not-visited",
            area_path=row.area_path,
            facts=facts if row.reason is None else facts | {"reason": row.reason},
        )
        values["told_at"] = at
    connection.execute(
        update(PlannedRound)
        .where(PlannedRound.district_id == row.district_id, PlannedRound.id == row.id)
        .values(**values)
    )
    return told


def _ask_why(connection: Connection, row: Row[Any], facts: dict[str, Any], at: datetime) -> int:
    return sum(
        notify(
            connection,
            row.district_id,
            at=at,
            key=f"round-reason:{row.id}:{officer.id}",
            kind="round-reason",
            account_id=officer.id,
            facts=facts,
        )
        for officer in officers_of_grid(connection, row.district_id, row.grid_id, row.day)
    )
