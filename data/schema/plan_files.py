"""Files around a plan: signed papers, and drawings or scans that lie under the editor's map."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, BigInt, DistrictKey, UuidKey


class PlanSignature(Base):
    """A signed and sealed paper of a plan's consultation, scanned; kept byte for byte.

    `area_id` is the community that it is of, NULL for a paper of the whole plan; `revision` is the
    plan's when it was added: a paper of an earlier drawing does not count for a later one.
    """

    __tablename__ = "plan_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "plan_id"], ["plan.district_id", "plan.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        Index("plan_signature_plan_idx", "district_id", "plan_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    plan_id: Mapped[BigInt]
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int]
    name: Mapped[str]
    key: Mapped[str]
    sha256: Mapped[bytes]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    added_by: Mapped[UUID]
    received_at: Mapped[datetime]


class PlanBackdrop(Base):
    """A drawing (DXF) or a scan that lies under a draft in the editor.

    `source_key` is the file as it came. `picture_key` is a picture of it on which control points
    are set, `shown_key` what the map shows once it is placed: GeoJSON of a drawing, a picture in
    EPSG:3857 of a scan. `placed` says how it was placed: by its own system or by points, with what
    is left over in metres. `bounds` are west, south, east and north in degrees. `page` and `pages`
    say which page of a PDF it is, from 1, and of how many; NULL for other files.
    """

    __tablename__ = "plan_backdrop"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "plan_id"], ["plan.district_id", "plan.id"], ondelete="CASCADE"
        ),
        CheckConstraint("kind IN ('drawing', 'scan')", name="kind"),
        CheckConstraint(
            "(shown_key IS NULL) = (placed IS NULL) AND (shown_key IS NULL) = (bounds IS NULL)",
            name="whole",
        ),
        CheckConstraint("(page IS NULL) = (pages IS NULL)", name="page"),
        Index("plan_backdrop_plan_idx", "district_id", "plan_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    plan_id: Mapped[BigInt]
    kind: Mapped[str]
    name: Mapped[str]
    source_key: Mapped[str]
    size_bytes: Mapped[int]
    picture_key: Mapped[str]
    width_px: Mapped[int]
    height_px: Mapped[int]
    page: Mapped[int | None]
    pages: Mapped[int | None]
    shown_key: Mapped[str | None]
    placed: Mapped[dict[str, Any] | None]
    bounds: Mapped[list[Any] | None]
    added_by: Mapped[UUID]
    received_at: Mapped[datetime]
