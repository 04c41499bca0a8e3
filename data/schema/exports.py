"""What left the system as a file: who took it, which rows, and what for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from data.schema.base import AreaPath, Base, DistrictKey, UuidKey


class ExportLog(Base):
    """A file of cases that somebody took; the run-time role may insert and read, never change it.

    `area_path` is the smallest area that holds all the places the account could see. `sha256` is of
    the file, which is kept for a day under `key`.
    """

    __tablename__ = "export_log"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        CheckConstraint("format IN ('csv', 'xlsx', 'geojson')", name="format"),
        CheckConstraint("purpose <> ''", name="purpose"),
        Index("export_log_at_idx", "district_id", "at", "id"),
        Index("export_log_account_idx", "district_id", "account_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    account_id: Mapped[UUID]
    area_path: Mapped[AreaPath]
    at: Mapped[datetime]
    format: Mapped[str]
    columns: Mapped[list[Any]]
    asked: Mapped[dict[str, Any]]
    rows: Mapped[int]
    capped: Mapped[bool]
    purpose: Mapped[str]
    name: Mapped[str]
    key: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes]
