"""Running lists of other offices 台账: what is remembered of them, and what became of their rows.

Of a list nothing is kept but what makes cases: no column of names or telephone numbers is ever
stored, and the rows of an import are forgotten when it is done.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, BigInt, DistrictKey, UuidKey


class ReportLayout(Base):
    """How lists of this shape of header are read: what somebody said once is not asked again."""

    __tablename__ = "report_layout"

    district_id: Mapped[DistrictKey]
    shape: Mapped[bytes] = mapped_column(LargeBinary(), primary_key=True)
    layout: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]


class ReportWord(Base):
    """What a word of an office stands for here, such as a category; "" for leaving it out."""

    __tablename__ = "report_word"
    __table_args__ = (
        CheckConstraint("field IN ('category', 'severity', 'source', 'state')", name="field"),
    )

    district_id: Mapped[DistrictKey]
    field: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    meaning: Mapped[str]
    said_at: Mapped[datetime]


class ReportList(Base):
    """One import of a list; `rows` is NULL once it is done."""

    __tablename__ = "report_list"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        Index("report_list_asked_idx", "district_id", "asked_at", "id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    area_id: Mapped[BigInt]
    source: Mapped[str]
    file_name: Mapped[str]
    state: Mapped[str]
    done: Mapped[int]
    total: Mapped[int]
    orders: Mapped[dict[str, Any]]
    rows: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    result: Mapped[dict[str, Any]]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ReportRow(Base):
    """A row of a list that is a case: known again by the list's name and its number there.

    `digests` tells by field whether the row was changed since it was last read; it holds no text.
    """

    __tablename__ = "report_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        Index("report_row_case_idx", "district_id", "case_id"),
    )

    district_id: Mapped[DistrictKey]
    source: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    reporter_unit: Mapped[str | None]
    digests: Mapped[dict[str, Any]]
    read_at: Mapped[datetime]


class CaseCandidates(Base):
    """Where a case may lie whose address was not certain; whoever places it chooses."""

    __tablename__ = "case_candidates"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    score: Mapped[float]
    candidates: Mapped[list[Any]]
    found_at: Mapped[datetime]
