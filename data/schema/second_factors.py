"""A second factor beside the password, and what was done to the ways into an account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey, UuidKey


class SecondFactor(Base):
    """The secret of an account's codes (RFC 6238), sealed (`data.sealing`).

    `confirmed_at`: since then it is asked for. `last_step`: the thirty seconds, counted from 1970,
    of the last code that was taken; none of them or before is taken again.
    """

    __tablename__ = "second_factor"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
    )

    district_id: Mapped[DistrictKey]
    account_id: Mapped[UuidKey]
    secret: Mapped[bytes]
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, server_default="0")


class RecoveryCode(Base):
    """The digest of a code for when the telephone is lost; each is good once."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        Index("recovery_code_account_idx", "district_id", "account_id"),
    )

    district_id: Mapped[DistrictKey]
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    used_at: Mapped[datetime | None]


class AccountEvent(Base):
    """What was done to the ways into an account, by whom; the run-time role never changes it."""

    __tablename__ = "account_event"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        Index("account_event_account_idx", "district_id", "account_id", "id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    account_id: Mapped[UUID]
    action: Mapped[str]
    facts: Mapped[dict[str, Any]]
    by_account: Mapped[UUID]
    at: Mapped[datetime]
