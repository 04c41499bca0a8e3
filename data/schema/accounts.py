"""Who may do what: accounts, dated assignments, sessions, and the commands already carried out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey, UuidKey

ROLES = ("officer", "planner", "commander", "handler", "administrator", "auditor")


class Account(Base):
    """Someone who signs in; the only table that describes a person.

    `must_change`: the password was given by somebody else and opens nothing but its own change.
    """

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("login"),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    login: Mapped[str]
    display_name: Mapped[str]
    password_hash: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    active: Mapped[bool] = mapped_column(server_default="true")
    must_change: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime]


class Assignment(Base):
    """A role of an account within an area, or an officer's grid, for a range of days."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        CheckConstraint(
            "role IN ('officer', 'planner', 'commander', 'handler', 'administrator', 'auditor')",
            name="role",
        ),
        CheckConstraint("num_nonnulls(area_id, grid_id) = 1", name="place"),
        Index("assignment_account_idx", "district_id", "account_id"),
        Index("assignment_grid_idx", "district_id", "grid_id"),
        Index(
            "assignment_area_idx",
            "district_id",
            "area_id",
            postgresql_where=text("area_id IS NOT NULL"),
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    account_id: Mapped[UUID]
    role: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    grid_id: Mapped[int | None] = mapped_column(BigInteger)
    validity: Mapped[Range[date]] = mapped_column(DATERANGE)


class Session(Base):
    """A sign-in. Only the SHA-256 of its token is kept.

    `way`: by what one came in. `browser` is a family such as `Edge`, `system` such as `Windows`;
    `address` is shortened to a network.
    """

    __tablename__ = "session"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        UniqueConstraint("id"),
        Index("session_account_idx", "district_id", "account_id"),
    )

    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[UUID]
    district_id: Mapped[int]
    account_id: Mapped[UUID]
    way: Mapped[str]
    browser: Mapped[str | None]
    system: Mapped[str | None]
    address: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInAttempt(Base):
    """How often a password was wrong, by a digest of the login and address it was tried from."""

    __tablename__ = "sign_in_attempt"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Operation(Base):
    """A command already carried out: its body's digest and the answer it was given."""

    __tablename__ = "operation"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
    )

    district_id: Mapped[DistrictKey]
    account_id: Mapped[UuidKey]
    id: Mapped[UuidKey]
    body_digest: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
