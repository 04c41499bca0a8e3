"""By when: the working days of each year, hours of work, limits, and what the watch has done."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey, UuidKey


class CalendarYear(Base):
    """A year whose working days were entered; where there is no row, nothing is guessed."""

    __tablename__ = "calendar_year"
    __table_args__ = (CheckConstraint("year BETWEEN 2000 AND 2199", name="year"),)

    district_id: Mapped[DistrictKey]
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    changed_at: Mapped[datetime]


class CalendarDay(Base):
    """A day that is not what its weekday says: a holiday 放假, or a make-up workday 调休上班."""

    __tablename__ = "calendar_day"
    __table_args__ = (
        # The year is that of the day: nothing else keeps the two together.
        CheckConstraint("year = EXTRACT(year FROM day)", name="year"),
        ForeignKeyConstraint(
            ["district_id", "year"],
            ["calendar_year.district_id", "calendar_year.year"],
            ondelete="CASCADE",
        ),
    )

    district_id: Mapped[DistrictKey]
    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int]
    worked: Mapped[bool]
    name: Mapped[str | None]


class WorkHours(Base):
    """Hours of work 工作时间 of a working day; without any, 08–12 and 14–18."""

    __tablename__ = "work_hours"
    __table_args__ = (CheckConstraint("opens < closes", name="hours"),)

    district_id: Mapped[DistrictKey]
    opens: Mapped[time] = mapped_column(Time(), primary_key=True)
    closes: Mapped[time] = mapped_column(Time())


class TimeLimit(Base):
    """How long a step of a case may take, for a category, a severity, both, or everything.

    `step` is handling 处置, what must come before and after it, or a level of the ladder 提级 on
    which a case may lie. `amount` is in minutes, on the clock `working-days` in days.
    """

    __tablename__ = "time_limit"
    __table_args__ = (
        UniqueConstraint(
            "district_id", "step", "category_id", "severity", postgresql_nulls_not_distinct=True
        ),
        ForeignKeyConstraint(
            ["district_id", "category_id"], ["category.district_id", "category.id"]
        ),
        CheckConstraint(
            "step IN ('confirm', 'accept', 'handle', 'verify',"
            " 'grid', 'community', 'zone', 'street')",
            name="step",
        ),
        CheckConstraint("severity IN ('red', 'yellow', 'blue')", name="severity"),
        CheckConstraint("clock IN ('continuous', 'working-hours', 'working-days')", name="clock"),
        CheckConstraint("amount > 0", name="amount"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    step: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(BigInteger)
    severity: Mapped[str | None]
    clock: Mapped[str]
    amount: Mapped[int]


class CaseWatch(Base):
    """When the watch has next to look at a case, as it was at its ledger's line `seq`.

    Where there is no row, or the ledger has grown since, it looks now. `next_at` NULL: not before
    the case changes.
    """

    __tablename__ = "case_watch"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        Index("case_watch_next_idx", "district_id", "next_at"),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    seq: Mapped[int]
    next_at: Mapped[datetime | None]


class WatchStep(Base):
    """What the watch has done about a case, by a key that names step and deadline: once each."""

    __tablename__ = "watch_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    key: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]


class Notice(Base):
    """Something somebody is to know: an account, or everybody of a unit.

    `key` says what it is about, so that it is told once however often it is found out.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("district_id", "key"),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        CheckConstraint("num_nonnulls(account_id, unit_id) = 1", name="addressee"),
        Index("notice_account_idx", "district_id", "account_id", "id"),
        Index("notice_unit_idx", "district_id", "unit_id", "id"),
        Index("notice_case_idx", "district_id", "case_id"),
        # Of the last day, for those that are sent on.
        Index("notice_made_idx", "district_id", "made_at"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    key: Mapped[str]
    kind: Mapped[str]
    account_id: Mapped[UUID | None]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    case_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class NoticeRead(Base):
    """That an account has read a notice."""

    __tablename__ = "notice_read"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ForeignKeyConstraint(
            ["district_id", "notice_id"], ["notice.district_id", "notice.id"], ondelete="CASCADE"
        ),
    )

    district_id: Mapped[DistrictKey]
    notice_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    account_id: Mapped[UuidKey]
    read_at: Mapped[datetime]
