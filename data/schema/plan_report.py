"""The quality report of a plan, as the worker last made it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey


class PlanReport(Base):
    """A plan's quality report.

    `content` is of the plan at `revision`; while a newer one is waited for, it stays. `page_map`
    and `screen_map` are its map as SVG, as wide as a page and as a panel. `failure` says why the
    last attempt made none.
    """

    __tablename__ = "plan_report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "plan_id"], ["plan.district_id", "plan.id"], ondelete="CASCADE"
        ),
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state"),
        CheckConstraint(
            "num_nulls(content, revision, page_map, screen_map) IN (0, 4)", name="whole"
        ),
    )

    district_id: Mapped[DistrictKey]
    plan_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    state: Mapped[str]
    asked_at: Mapped[datetime]
    revision: Mapped[int | None]
    content: Mapped[dict[str, Any] | None]
    page_map: Mapped[str | None]
    screen_map: Mapped[str | None]
    failure: Mapped[dict[str, Any] | None]
