"""Around tracks: trackers' keys and what of theirs was not kept, gaps explained, who looked."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey


class TrackerKey(Base):
    """The secret in a tracker's address, of which only its SHA-256 is kept.

    It does not turn like a token: the apps that send positions read no answers.
    """

    __tablename__ = "tracker_key"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "device_id"], ["device.district_id", "device.id"]),
        Index("tracker_key_device_idx", "district_id", "device_id"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    district_id: Mapped[int]
    device_id: Mapped[UUID]
    made_at: Mapped[datetime]


class TrackerDiscard(Base):
    """How many positions of a tracker were not kept on a day: counts, never where or when."""

    __tablename__ = "tracker_discard"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "device_id"], ["device.district_id", "device.id"]),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
    )

    district_id: Mapped[DistrictKey]
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    off_duty: Mapped[int]
    far_away: Mapped[int]
    unreadable: Mapped[int]


class ShiftGap(Base):
    """Why nobody knows where an officer was for a while, in his own words."""

    __tablename__ = "shift_gap"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("from_at < to_at", name="order"),
    )

    district_id: Mapped[DistrictKey]
    shift_day: Mapped[date] = mapped_column(primary_key=True)
    shift_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_at: Mapped[datetime] = mapped_column(primary_key=True)
    to_at: Mapped[datetime]
    reason: Mapped[str]
    said_at: Mapped[datetime]


class TrackLook(Base):
    """That somebody else looked at a track, by day; the officer sees it."""

    __tablename__ = "track_look"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        Index("track_look_account_idx", "district_id", "account_id"),
    )

    district_id: Mapped[DistrictKey]
    shift_day: Mapped[date] = mapped_column(primary_key=True)
    shift_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
