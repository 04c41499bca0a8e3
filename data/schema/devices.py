"""Devices that somebody works by: which there are, who has which on which days, their tokens."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey, UuidKey


class Device(Base):
    """A telephone, tablet or tracker, told apart by the name that somebody gave it.

    `of_post`: it belongs to the post and goes with it when that is handed over. `seen_on` is a day,
    never a place. `revoked_why`: `owner`, `administrator`, or `reused` (a token that was replaced
    came again: somebody has a copy of it).
    """

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'tablet', 'tracker', 'other')", name="kind"),
        CheckConstraint("revoked_why IN ('owner', 'administrator', 'reused')", name="why"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_why IS NULL)", name="revoked"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    name: Mapped[str]
    kind: Mapped[str]
    of_post: Mapped[bool]
    made_at: Mapped[datetime]
    seen_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str | None]


class DeviceHolding(Base):
    """Who has a device on which days; one at a time."""

    __tablename__ = "device_holding"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "device_id"], ["device.district_id", "device.id"]),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ExcludeConstraint(
            ("district_id", "="),
            ("device_id", "="),
            ("validity", "&&"),
            name="device_holding_device_validity_excl",
            using="gist",
        ),
        Index("device_holding_account_idx", "district_id", "account_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    device_id: Mapped[UUID]
    account_id: Mapped[UUID]
    validity: Mapped[Range[date]] = mapped_column(DATERANGE)


class DeviceToken(Base):
    """A token of a device, for the account that held it then. Only its SHA-256 is kept.

    `used_at`: its first use; until then the one before it is good. `good_until`: it was replaced;
    should it come later still, somebody has a copy. `salt`: with the token before it makes this
    one, so that an answer that was lost can be given again.
    """

    __tablename__ = "device_token"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "device_id"], ["device.district_id", "device.id"]),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        Index("device_token_device_idx", "district_id", "device_id"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    district_id: Mapped[int]
    device_id: Mapped[UUID]
    account_id: Mapped[UUID]
    salt: Mapped[bytes | None]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    good_until: Mapped[datetime | None]
