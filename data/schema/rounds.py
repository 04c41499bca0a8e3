"""Rounds of patrol that are planned, and what became of each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, UuidKey


class RoundPlan(Base):
    """How often a grid is to be walked 巡查计划: every so many days, or on days of the week.

    `weekdays` are bits from Monday, of which none is set where `every_days` says it. `from_minute`
    and `to_minute` count from midnight in the district.
    """

    __tablename__ = "round_plan"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        CheckConstraint("(every_days IS NULL) <> (weekdays = 0)", name="when"),
        CheckConstraint("every_days BETWEEN 1 AND 90", name="every_days"),
        CheckConstraint("weekdays BETWEEN 0 AND 127", name="weekdays"),
        CheckConstraint(
            "from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440", name="minutes"
        ),
        Index("round_plan_grid_idx", "district_id", "grid_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    grid_id: Mapped[int] = mapped_column(BigInteger)
    every_days: Mapped[int | None]
    weekdays: Mapped[int]
    from_minute: Mapped[int]
    to_minute: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class PlannedRound(Base):
    """A round that was due on a day: done when a visit of its grid fell between its hours.

    `reason` is what the officer said of one that was not done, once he was asked; `told_at` when
    others were told.
    """

    __tablename__ = "planned_round"
    __table_args__ = (
        UniqueConstraint("district_id", "plan_id", "day"),
        ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["round_plan.district_id", "round_plan.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        CheckConstraint("ends_at > starts_at", name="order"),
        Index("planned_round_grid_idx", "district_id", "grid_id", "day"),
        Index(
            "planned_round_open_idx",
            "district_id",
            "ends_at",
            postgresql_where=text("done_at IS NULL AND told_at IS NULL"),
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    plan_id: Mapped[UUID]
    grid_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    reason_by: Mapped[UUID | None]
    reason_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
