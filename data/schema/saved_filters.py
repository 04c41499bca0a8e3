"""Filters of lists of cases that somebody keeps under a name."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey


class SavedFilter(Base):
    """A filter with its order and columns; `unit_id`: everybody of this unit may use it too.

    `asked` is `api.case_filters.AskedCases`, without what it leaves open.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        CheckConstraint("name <> ''", name="name"),
        Index("saved_filter_account_idx", "district_id", "account_id", "position"),
        Index(
            "saved_filter_unit_idx",
            "district_id",
            "unit_id",
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    account_id: Mapped[UUID]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int]
    name: Mapped[str]
    asked: Mapped[dict[str, Any]]
    sort: Mapped[str]
    columns: Mapped[list[Any]]
    changed_at: Mapped[datetime]
