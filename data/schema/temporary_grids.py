"""Temporary grids: market days, floods, works. They lie over the others and end on a day."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKeyConstraint, Index, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, TSRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import AreaPath, Base, BigInt, DistrictKey, SerialKey, geometry

PERIOD = (
    "CASE WHEN isempty(validity) THEN CAST('empty' AS tsrange) ELSE tsrange("
    "lower(validity) + coalesce(from_time, CAST('00:00' AS time)), "
    "upper(validity) - 1 + coalesce(to_time, CAST('24:00' AS time))) END"
)


class TemporaryGrid(Base):
    """A grid over the others for a stretch of days; it has no code and changes none.

    `validity` is half-open: [first day, day after the last). It is empty for one that was called
    off before it began. `from_time` is when it begins on the first day, `to_time` when it is over
    on the last, in the district's time zone; NULL: at midnight. `period` is the three in one, in
    local time. `area_path` is the lowest area that holds all of it.
    """

    __tablename__ = "temporary_grid"
    __table_args__ = (
        CheckConstraint("kind IN ('market', 'flood', 'works', 'other')", name="kind"),
        CheckConstraint(
            "isempty(validity) OR NOT (lower_inf(validity) OR upper_inf(validity))", name="ends"
        ),
        Index("temporary_grid_geom_idx", "geom", postgresql_using="gist"),
        Index("temporary_grid_area_path_idx", "area_path", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    area_path: Mapped[AreaPath]
    name: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    validity: Mapped[Range[date]] = mapped_column(DATERANGE)
    from_time: Mapped[time | None]
    to_time: Mapped[time | None]
    period: Mapped[Range[datetime]] = mapped_column(TSRANGE, Computed(PERIOD, persisted=True))
    officer_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default="{}")
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class TemporaryGridChange(Base):
    """What a temporary grid was before it was changed or ended, who did it and when.

    `was` holds its columns, the shape as GeoJSON.
    """

    __tablename__ = "temporary_grid_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "temporary_grid_id"],
            ["temporary_grid.district_id", "temporary_grid.id"],
        ),
        Index("temporary_grid_change_grid_idx", "district_id", "temporary_grid_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    temporary_grid_id: Mapped[BigInt]
    was: Mapped[dict[str, Any]]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
