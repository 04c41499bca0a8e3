"""Messages that leave the system: where notices are sent to, what was sent, answers to hotlines."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Time, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, BigInt, DistrictKey, SerialKey, UuidKey


class NoticeChannel(Base):
    """Where the notices of a unit or an account are sent to beside the list of notices.

    `sealed` is the address with its secrets, which the key of the server opens (`data.sealing`);
    `shown` is what may be seen of it. `kinds` NULL: every kind. `area_id` is where whoever may
    change it works: the unit's area, or one of the account's.
    """

    __tablename__ = "notice_channel"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        CheckConstraint("num_nonnulls(account_id, unit_id) = 1", name="addressee"),
        CheckConstraint("via IN ('wecom', 'dingtalk', 'feishu', 'mail', 'webhook')", name="via"),
        CheckConstraint("language IN ('zh-CN', 'en')", name="language"),
        CheckConstraint("num_nonnulls(quiet_from, quiet_to) IN (0, 2)", name="quiet"),
        Index("notice_channel_area_idx", "district_id", "area_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    area_id: Mapped[BigInt]
    account_id: Mapped[UUID | None]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    via: Mapped[str]
    sealed: Mapped[bytes]
    shown: Mapped[str]
    kinds: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    quiet_from: Mapped[time | None] = mapped_column(Time())
    quiet_to: Mapped[time | None] = mapped_column(Time())
    language: Mapped[str]
    active: Mapped[bool]
    since: Mapped[datetime]


class NoticeDelivery(Base):
    """A notice on its way through a channel: one row, however often it is found or tried.

    `kind`, `case_id` and `made_at` are the notice's: who minds the channels may know what did not
    arrive, though the notice itself is somebody else's.
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "channel_id"],
            ["notice_channel.district_id", "notice_channel.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["district_id", "notice_id"], ["notice.district_id", "notice.id"], ondelete="CASCADE"
        ),
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'stale')", name="state"),
        Index(
            "notice_delivery_waiting_idx",
            "district_id",
            "next_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    district_id: Mapped[DistrictKey]
    channel_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    notice_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    case_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    fault: Mapped[str | None]
    tried_at: Mapped[datetime | None]


class TicketReply(Base):
    """An answer to another office about one of its tickets, as it stood when it was given.

    `seq` is the line of the case's ledger that the answer tells of: what was told once is not told
    again unless it is asked for. `outcome` is what the office made of it.
    """

    __tablename__ = "ticket_reply"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        CheckConstraint("outcome IN ('accepted', 'refused')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name="settled"),
        Index("ticket_reply_source_idx", "district_id", "source"),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    state: Mapped[str]
    told_at: Mapped[datetime]
    times: Mapped[int]
    outcome: Mapped[str | None]
    outcome_at: Mapped[datetime | None]
