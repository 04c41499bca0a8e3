"""Lines and polygons that a planner gave for drawing up drafts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped

from data.schema.base import Base, BigInt, DistrictKey, SerialKey


class PlanLayer(Base):
    """Barriers, lines to prefer or compounds, for plans of an area.

    `features` is a GeoJSON collection in EPSG:4326, each with a `name` or none. A layer is never
    changed, so that a plan that names it can be drawn up once more exactly as it was.
    """

    __tablename__ = "plan_layer"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        CheckConstraint("role IN ('barriers', 'preferred', 'compounds')", name="role"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    area_id: Mapped[BigInt]
    role: Mapped[str]
    name: Mapped[str]
    shapes: Mapped[int]
    features: Mapped[dict[str, Any]]
    added_by: Mapped[UUID]
    added_at: Mapped[datetime]
