"""Papers of cases 文书: the office's templates, numbers without gaps, and what was issued."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, UuidKey

_KINDS = "kind IN ('assignment', 'supervision', 'rectification')"


class PaperTemplate(Base):
    """An office's own template (DOCX) of a kind of paper; where there is none ours is used."""

    __tablename__ = "paper_template"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        CheckConstraint(_KINDS, name="kind"),
    )

    district_id: Mapped[DistrictKey]
    kind: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    key: Mapped[str]
    sha256: Mapped[bytes]
    size_bytes: Mapped[int]
    fields: Mapped[list[Any]]
    account_id: Mapped[UUID]
    at: Mapped[datetime]


class PaperNumber(Base):
    """The last number of a kind of paper in a year; taken in the transaction that issues it."""

    __tablename__ = "paper_number"
    __table_args__ = (CheckConstraint(_KINDS, name="kind"),)

    district_id: Mapped[DistrictKey]
    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CasePaper(Base):
    """A paper as it was issued, and the scan of it with signature and seal once it came back.

    Its lines in the ledger hold the digests of both.
    """

    __tablename__ = "case_paper"
    __table_args__ = (
        UniqueConstraint("district_id", "kind", "year", "serial"),
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        CheckConstraint(_KINDS, name="kind"),
        CheckConstraint(
            "num_nonnulls(signed_key, signed_sha256, signed_name, signed_media_type, signed_by,"
            " signed_at) IN (0, 6)",
            name="signed",
        ),
        Index("case_paper_case_idx", "district_id", "case_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    case_id: Mapped[UUID]
    kind: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str]
    unit_id: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date | None]
    key: Mapped[str]
    sha256: Mapped[bytes]
    size_bytes: Mapped[int]
    issued_by: Mapped[UUID]
    issued_at: Mapped[datetime]
    signed_key: Mapped[str | None]
    signed_sha256: Mapped[bytes | None]
    signed_name: Mapped[str | None]
    signed_media_type: Mapped[str | None]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
