"""Plans: dated transactions that make, redraw and close grids."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import WEB_MERCATOR, AreaPath, Base, BigInt, DistrictKey, SerialKey, geometry


class Plan(Base):
    """A draft, then published, division of one area into grids."""

    __tablename__ = "plan"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        CheckConstraint("status IN ('draft', 'checked', 'approved', 'published')", name="status"),
        CheckConstraint(
            "(status = 'published') = (published_at IS NOT NULL AND effective_on IS NOT NULL)",
            name="published",
        ),
        CheckConstraint("target_households > 0", name="target"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    area_id: Mapped[BigInt]
    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="draft")
    reason: Mapped[str] = mapped_column(server_default="")
    target_households: Mapped[int] = mapped_column(server_default="300")
    wishes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    generation: Mapped[dict[str, Any] | None]
    quality: Mapped[dict[str, Any] | None]
    findings: Mapped[dict[str, Any] | None]
    reverses: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(server_default="0")
    effective_on: Mapped[date | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]


class PlanStep(Base):
    """A step in the course of a plan: who checked, approved, sent back or published it, and why.

    `actor_id` is NULL for what was done at the command line without an account.
    """

    __tablename__ = "plan_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "plan_id"], ["plan.district_id", "plan.id"], ondelete="CASCADE"
        ),
        CheckConstraint(
            "action IN ('edit', 'check', 'sign', 'unsign', 'approve', 'send-back', 'publish')",
            name="action",
        ),
        CheckConstraint("status IN ('draft', 'checked', 'approved', 'published')", name="status"),
    )

    district_id: Mapped[DistrictKey]
    plan_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str]
    status: Mapped[str]
    actor_id: Mapped[UUID | None]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(server_default="")


class Grid(Base):
    """A grid's identity 网格: what stays while its shape, code and name are redrawn."""

    __tablename__ = "grid"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "community_id"], ["area.district_id", "area.id"]),
        Index("grid_community_idx", "district_id", "community_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    community_id: Mapped[BigInt]
    created_at: Mapped[datetime]


class GridVersion(Base):
    """A grid as one plan draws it, valid for a range of days.

    `validity` is NULL while the plan is a draft, so that the exclusion constraints compare
    published versions only. It is half-open: [first day, day after the last). `revision` is that
    of the plan when this grid was last edited; a locked grid is left alone by every edit.
    """

    __tablename__ = "grid_version"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        ForeignKeyConstraint(["district_id", "plan_id"], ["plan.district_id", "plan.id"]),
        UniqueConstraint("district_id", "plan_id", "grid_id"),
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint("code ~ '^[0-9]{15}$'", name="code"),
        ExcludeConstraint(
            ("district_id", "="),
            ("code", "="),
            ("validity", "&&"),
            name="grid_version_code_validity_excl",
            where=text("validity IS NOT NULL"),
            using="gist",
        ),
        ExcludeConstraint(
            ("district_id", "="),
            ("grid_id", "="),
            ("validity", "&&"),
            name="grid_version_grid_validity_excl",
            where=text("validity IS NOT NULL"),
            using="gist",
        ),
        Index(
            "grid_version_by_code_idx",
            "district_id",
            "code",
            "grid_id",
            postgresql_where=text("validity IS NOT NULL"),
        ),
        Index("grid_version_geom_idx", "geom", postgresql_using="gist"),
        Index(
            "grid_version_name_idx",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        Index("grid_version_area_path_idx", "area_path", postgresql_using="gist"),
        Index(
            "grid_version_code_idx",
            "code",
            postgresql_using="gin",
            postgresql_ops={"code": "gin_trgm_ops"},
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    grid_id: Mapped[BigInt]
    plan_id: Mapped[BigInt]
    area_path: Mapped[AreaPath]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="general")
    revision: Mapped[int] = mapped_column(server_default="0")
    locked: Mapped[bool] = mapped_column(server_default="false")
    households: Mapped[int]
    buildings: Mapped[int]
    area_m2: Mapped[float] = mapped_column(Float)
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    label: Mapped[Any] = mapped_column(geometry("POINT"))
    validity: Mapped[Range[date] | None] = mapped_column(DATERANGE)


class GridShape(Base):
    """A grid version in EPSG:3857, simplified together with its neighbours for a zoom band."""

    __tablename__ = "grid_shape"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "grid_version_id"],
            ["grid_version.district_id", "grid_version.id"],
            ondelete="CASCADE",
        ),
        Index("grid_shape_geom_idx", "geom", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    grid_version_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    min_zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON", WEB_MERCATOR))


class AreaShape(Base):
    """An area in EPSG:3857, simplified together with its siblings for a zoom band."""

    __tablename__ = "area_shape"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "area_id"], ["area.district_id", "area.id"], ondelete="CASCADE"
        ),
        Index("area_shape_geom_idx", "geom", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    area_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    min_zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON", WEB_MERCATOR))
