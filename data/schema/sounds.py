"""Voice notes of cases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped

from data.schema.base import Base, DistrictKey, UuidKey


class Sound(Base):
    """A voice note of a case, kept as sound; its bytes lie in the object store under `key`.

    `duration_ms` is how long it is as the client says: what browsers record does not tell it.
    """

    __tablename__ = "sound"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        CheckConstraint("media_type IN ('audio/webm', 'audio/ogg', 'audio/mp4')", name="kind"),
        Index("sound_case_idx", "district_id", "case_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    case_id: Mapped[UUID]
    seq: Mapped[int]
    key: Mapped[str]
    sha256: Mapped[bytes]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    duration_ms: Mapped[int | None]
    added_by: Mapped[UUID]
    received_at: Mapped[datetime]
