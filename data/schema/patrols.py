"""On-duty patrols: shifts, their track points, and what they come to in each grid."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, UuidKey, geometry


class Shift(Base):
    """A stretch of duty between "start duty" and "end duty".

    `shift_day` is the day it started in the district's time zone, fixed when it is created, so
    that a shift over midnight stays in one partition.

    A track is matched to streets after its end: `match_asked` counts how often that was asked for,
    `match_done` is the count that has been done. Until they are the same, figures are provisional.
    `left_out` fixes could not be believed; for `standing_seconds` the officer stood.
    """

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("district_id", "id"),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="order"),
        CheckConstraint("track_kept IN ('whole', 'thinned', 'gone')", name="kept"),
        Index("shift_account_idx", "district_id", "account_id", "shift_day"),
        Index("shift_started_idx", "district_id", "started_at", "id"),
        Index("shift_grids_idx", "grid_ids", postgresql_using="gin"),
        Index(
            "shift_match_idx",
            "district_id",
            "started_at",
            postgresql_where=text("match_done < match_asked"),
        ),
    )

    district_id: Mapped[DistrictKey]
    shift_day: Mapped[date] = mapped_column(primary_key=True)
    id: Mapped[UuidKey]
    account_id: Mapped[UUID]
    kind: Mapped[str]
    grid_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    tracked: Mapped[bool]
    source: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    track_kept: Mapped[str] = mapped_column(server_default="whole")
    points: Mapped[int] = mapped_column(server_default="0")
    seconds: Mapped[float] = mapped_column(Float, server_default="0")
    metres: Mapped[float] = mapped_column(Float, server_default="0")
    gap_seconds: Mapped[float] = mapped_column(Float, server_default="0")
    match_asked: Mapped[int] = mapped_column(server_default="0")
    match_done: Mapped[int] = mapped_column(server_default="0")
    left_out: Mapped[int] = mapped_column(server_default="0")
    standing_seconds: Mapped[float] = mapped_column(Float, server_default="0")


class TrackPoint(Base):
    """One fix of a shift; partitioned by `shift_day`, so that retention drops whole days."""

    __tablename__ = "track_point"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            ondelete="CASCADE",
        ),
        {"postgresql_partition_by": "RANGE (shift_day)"},
    )

    district_id: Mapped[DistrictKey]
    shift_day: Mapped[date] = mapped_column(primary_key=True)
    shift_id: Mapped[UuidKey]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    grid_id: Mapped[int | None] = mapped_column(BigInteger)


class ShiftGrid(Base):
    """Seconds and metres of a shift in one grid; derived from its track points."""

    __tablename__ = "shift_grid"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        Index("shift_grid_grid_idx", "district_id", "grid_id", "shift_day"),
    )

    district_id: Mapped[DistrictKey]
    shift_day: Mapped[date] = mapped_column(primary_key=True)
    shift_id: Mapped[UuidKey]
    grid_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    points: Mapped[int]
    seconds: Mapped[float] = mapped_column(Float)
    metres: Mapped[float] = mapped_column(Float)
    last_at: Mapped[datetime]
