"""What is kept so that a map never counts: status per grid, versions per area, hotspots."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import (
    AreaPath,
    Base,
    BigInt,
    DistrictKey,
    SerialKey,
    Xid8,
    geometry,
)


class GridStatus(Base):
    """Counters of one grid, changed with each event and equal to a recount of the ledger."""

    __tablename__ = "grid_status"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        Index("grid_status_area_path_idx", "area_path", postgresql_using="gist"),
        Index("grid_status_changed_idx", "changed_in"),
        CheckConstraint(
            "least(open_cases, overdue_cases, handled_cases, closed_cases, patrols_30d) >= 0",
            name="counts",
        ),
    )

    district_id: Mapped[DistrictKey]
    grid_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    area_path: Mapped[AreaPath]
    open_cases: Mapped[int] = mapped_column(server_default="0")
    overdue_cases: Mapped[int] = mapped_column(server_default="0")
    handled_cases: Mapped[int] = mapped_column(server_default="0")
    closed_cases: Mapped[int] = mapped_column(server_default="0")
    patrols_30d: Mapped[int] = mapped_column(server_default="0")
    patrol_seconds_30d: Mapped[float] = mapped_column(Float, server_default="0")
    patrol_metres_30d: Mapped[float] = mapped_column(Float, server_default="0")
    last_patrol_at: Mapped[datetime | None]
    last_case_at: Mapped[datetime | None]
    changed_in: Mapped[str] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))


class AreaVersion(Base):
    """How often what is shown of a community changed; a row each, so that writers seldom meet."""

    __tablename__ = "area_version"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        Index("area_version_path_idx", "area_path", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    area_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    area_path: Mapped[AreaPath]
    version: Mapped[BigInt] = mapped_column(server_default="0")


class HotspotRun(Base):
    """One computation of hotspots over a period, on grids or h3 cells."""

    __tablename__ = "hotspot_run"
    __table_args__ = (
        CheckConstraint("unit IN ('grid', 'h3')", name="unit"),
        CheckConstraint("period_to > period_from", name="period"),
        Index("hotspot_run_latest_idx", "district_id", "unit", "period_to"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    unit: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    cases: Mapped[int]
    settings: Mapped[dict[str, Any]]
    density_key: Mapped[str | None]
    computed_at: Mapped[datetime]


class HotspotUnit(Base):
    """A grid or h3 cell of a run: what was counted there and how unusual it is."""

    __tablename__ = "hotspot_unit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "run_id"],
            ["hotspot_run.district_id", "hotspot_run.id"],
            ondelete="CASCADE",
        ),
        Index("hotspot_unit_geom_idx", "geom", postgresql_using="gist"),
        Index("hotspot_unit_area_path_idx", "area_path", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit_key: Mapped[str] = mapped_column(primary_key=True)
    area_path: Mapped[AreaPath]
    cases: Mapped[int]
    expected: Mapped[float] = mapped_column(Float)
    exposure: Mapped[float | None] = mapped_column(Float)
    z: Mapped[float] = mapped_column(Float)
    p: Mapped[float] = mapped_column(Float)
    q: Mapped[float] = mapped_column(Float)
    verdict: Mapped[str]
    trend: Mapped[str | None]
    rate_verdict: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("POLYGON"))
