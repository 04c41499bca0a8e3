"""How people get in beside their password, and posts that were handed over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, UuidKey


class PostHandover(Base):
    """A post that went from one account to another for some days; its roles are assignments."""

    __tablename__ = "post_handover"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ForeignKeyConstraint(["district_id", "stand_in_id"], ["account.district_id", "account.id"]),
        Index("post_handover_account_idx", "district_id", "account_id"),
        Index("post_handover_stand_in_idx", "district_id", "stand_in_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    account_id: Mapped[UUID]
    stand_in_id: Mapped[UUID]
    validity: Mapped[Range[date]] = mapped_column(DATERANGE)
    reason: Mapped[str]
    posts: Mapped[int]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class SignInCode(Base):
    """A way in that an administrator gave out: a sign-in card, or a code for a new password.

    `kind`: `card` (asks a PIN), or `reset` (good for a new password only). Only digests are kept;
    `pin_hash` is argon2, none until the person has chosen one. `once`: it is used up by the first
    use.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        CheckConstraint(
            "kind IN ('card', 'reset') AND (kind = 'card' OR pin_hash IS NULL)", name="kind"
        ),
        Index("sign_in_code_account_idx", "district_id", "account_id"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    district_id: Mapped[int]
    account_id: Mapped[UUID]
    kind: Mapped[str]
    pin_hash: Mapped[str | None]
    once: Mapped[bool]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
