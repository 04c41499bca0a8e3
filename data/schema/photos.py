"""Photos on their way, what was made unreadable in them, and files nobody names any more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, UuidKey


class PhotoUpload(Base):
    """A photo or a sound that comes in parts; they lie in the object store until it is whole.

    `sha256` is of the file as the client holds it. `became_id` is the photo that it became, or the
    sound where the role is `voice`; `duration_ms` is how long that is, as the client says.
    """

    __tablename__ = "photo_upload"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        CheckConstraint("role IN ('before', 'after', 'voice')", name="role"),
        CheckConstraint("size_bytes > 0", name="size"),
        Index("photo_upload_case_idx", "district_id", "case_id"),
        Index("photo_upload_account_idx", "district_id", "account_id"),
        Index("photo_upload_begun_idx", "begun_at"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    case_id: Mapped[UUID]
    account_id: Mapped[UUID]
    role: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes]
    duration_ms: Mapped[int | None]
    begun_at: Mapped[datetime]
    became_id: Mapped[UUID | None]


class PhotoRedaction(Base):
    """Parts of a photo were made unreadable, by whom and why; never changed.

    `before_sha256` is what a line of the ledger may hold; `polygons` are in pixels of the picture.
    `original_key` is where the first picture lies, where the district keeps it for auditors.
    """

    __tablename__ = "photo_redaction"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "photo_id"], ["photo.district_id", "photo.id"]),
        CheckConstraint("reason IN ('face', 'plate', 'writing', 'other')", name="reason"),
        Index("photo_redaction_case_idx", "district_id", "case_id"),
    )

    district_id: Mapped[DistrictKey]
    photo_id: Mapped[UuidKey]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[UUID]
    polygons: Mapped[list[Any]]
    reason: Mapped[str]
    before_sha256: Mapped[bytes]
    after_sha256: Mapped[bytes]
    original_key: Mapped[str | None]
    account_id: Mapped[UUID]
    at: Mapped[datetime]


class ForgottenFile(Base):
    """A stored file that is to be deleted unless another row still names it."""

    __tablename__ = "forgotten_file"

    district_id: Mapped[DistrictKey]
    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
