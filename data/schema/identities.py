"""Signing in through an identity provider: who is who there, and journeys under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class SignInIdentity(Base):
    """An account's identity at the provider; of issuer and subject only a digest is kept.

    `linked_by` is the administrator who linked it; NULL: the provider's login claim did.
    """

    __tablename__ = "sign_in_identity"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        UniqueConstraint("district_id", "account_id"),
    )

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    district_id: Mapped[int]
    account_id: Mapped[UUID]
    linked_by: Mapped[UUID | None]
    linked_at: Mapped[datetime]


class SignInJourney(Base):
    """Somebody on the way to the provider and back; it is deleted when he comes back, or over.

    `digest` is of the state, `browser_digest` of the cookie of the browser that set out.
    """

    __tablename__ = "sign_in_journey"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    browser_digest: Mapped[bytes]
    nonce: Mapped[str]
    verifier: Mapped[str]
    expires_at: Mapped[datetime]
