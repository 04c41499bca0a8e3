"""Streets as patrols walk them: parts between crossings, and when each was walked."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey, UuidKey, geometry


class StreetPart(Base):
    """A part of a street 路段 between two crossings, 300 m at most.

    It is the same part for as long as it is drawn the same, whatever grids there are; `digest` is
    that of its geometry. One that is drawn no more keeps its row, with the moment it ended.
    `walked_at` is the last time it was visited, by whomever.
    """

    __tablename__ = "street_part"
    __table_args__ = (
        UniqueConstraint("district_id", "digest"),
        CheckConstraint("length_m > 0", name="length_m"),
        Index("street_part_geom_idx", "geom", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    digest: Mapped[bytes]
    name: Mapped[str | None]
    highway: Mapped[str]
    length_m: Mapped[float] = mapped_column(REAL)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    walked_at: Mapped[datetime | None]
    walked_how: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("LINESTRING"))


class StreetPartGrid(Base):
    """That a part of a street belongs to a grid that is in force; to two along their border."""

    __tablename__ = "street_part_grid"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        ForeignKeyConstraint(
            ["district_id", "part_id"], ["street_part.district_id", "street_part.id"]
        ),
        Index("street_part_grid_part_idx", "district_id", "part_id"),
    )

    district_id: Mapped[DistrictKey]
    grid_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    part_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class StreetState(Base):
    """Of which roads and grids the parts of a district's streets were made."""

    __tablename__ = "street_state"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    roads: Mapped[str]
    grids: Mapped[str]
    made_at: Mapped[datetime]


class StreetWalk(Base):
    """That a shift walked a part of a street, or a share of it, and how one knows.

    `track`: by its points; `ticked` 手工勾选 and `checkpoint` 扫码 say so by hand.
    """

    __tablename__ = "street_walk"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["district_id", "part_id"], ["street_part.district_id", "street_part.id"]
        ),
        CheckConstraint("how IN ('track', 'ticked', 'checkpoint')", name="how"),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        Index("street_walk_part_idx", "district_id", "part_id", "shift_day"),
    )

    district_id: Mapped[DistrictKey]
    shift_day: Mapped[date] = mapped_column(primary_key=True)
    shift_id: Mapped[UuidKey]
    part_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    how: Mapped[str] = mapped_column(primary_key=True)
    share: Mapped[float] = mapped_column(REAL)
    walked_at: Mapped[datetime]


class Checkpoint(Base):
    """A place with a code to scan 打卡点, and the parts of streets that count as visited then."""

    __tablename__ = "checkpoint"
    __table_args__ = (
        UniqueConstraint("district_id", "code"),
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        Index("checkpoint_grid_idx", "district_id", "grid_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    grid_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str]
    name: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("POINT"))
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
