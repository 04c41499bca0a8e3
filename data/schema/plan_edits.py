"""Edits of a draft's grids, so that each can be undone and done again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, BigInt, DistrictKey


class PlanEdit(Base):
    """One edit of a draft: what was asked, and the grids it touched before and after.

    `seq` counts the edits that can be undone or redone, from 1; an edit made after an undo takes
    the place of those that were undone. `before` and `after` hold whole grids, shapes as hex EWKB.
    """

    __tablename__ = "plan_edit"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "plan_id"], ["plan.district_id", "plan.id"], ondelete="CASCADE"
        ),
    )

    district_id: Mapped[DistrictKey]
    plan_id: Mapped[BigInt] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    asked: Mapped[dict[str, Any]]
    before: Mapped[list[Any]]
    after: Mapped[list[Any]]
    edited_by: Mapped[UUID | None]
    edited_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
