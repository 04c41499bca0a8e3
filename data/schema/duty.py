"""Who a matter goes to and who is on call: routing rules, the rota, calls, hand-overs of a shift.

A rota names an account, or a post with the telephone of its office; a call names a unit or a post.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import AreaPath, Base, BigInt, DistrictKey, SerialKey, UuidKey


class RoutingRule(Base):
    """A rule that says which unit, or which queue, a matter goes to; the lowest position first.

    `codes` are category codes, one that ends with `*` for all that begin so; empty: any.
    """

    __tablename__ = "routing_rule"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        UniqueConstraint("district_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("num_nonnulls(unit_id, queue) = 1", name="target"),
        CheckConstraint("severities <@ ARRAY['red', 'yellow', 'blue']", name="severities"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    position: Mapped[int]
    name: Mapped[str]
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    severities: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    owner: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    queue: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default="true")
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]


class CaseRoute(Base):
    """Where the rules sent a case when it was filed, and why; its owner 权属 where known.

    `rule_id` is no foreign key: what was decided stays when the rule is gone.
    """

    __tablename__ = "case_route"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        Index("case_route_rule_idx", "district_id", "rule_id", "routed_at"),
        Index(
            "case_route_queue_idx",
            "district_id",
            "queue",
            "routed_at",
            postgresql_where=text("queue IS NOT NULL"),
        ),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    owner: Mapped[str | None]
    rule_id: Mapped[int | None] = mapped_column(BigInteger)
    rule_name: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    queue: Mapped[str | None]
    why: Mapped[dict[str, Any]]
    routed_at: Mapped[datetime]


class DutySetting(Base):
    """How duty works in a district; no row: as `data.duty_settings` says."""

    __tablename__ = "duty_setting"
    __table_args__ = (
        CheckConstraint("patience_minutes BETWEEN 1 AND 240", name="patience"),
        CheckConstraint("dispatched <@ ARRAY['red', 'yellow', 'blue']", name="dispatched"),
        CheckConstraint("urgent <@ ARRAY['red', 'yellow', 'blue']", name="urgent"),
    )

    district_id: Mapped[DistrictKey]
    dispatched: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    urgent: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    patience_minutes: Mapped[int]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]


class RotaEntry(Base):
    """Somebody on call for a unit from one moment to another; `turn` is the order of calling."""

    __tablename__ = "rota_entry"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        ForeignKeyConstraint(["district_id", "account_id"], ["account.district_id", "account.id"]),
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint("turn BETWEEN 1 AND 9", name="turn"),
        CheckConstraint("num_nonnulls(account_id, post) = 1", name="who"),
        CheckConstraint("post IS NULL OR desk_number IS NOT NULL", name="desk_number"),
        ExcludeConstraint(
            ("district_id", "="),
            ("unit_id", "="),
            ("turn", "="),
            (func.tstzrange(literal_column("starts_at"), literal_column("ends_at")), "&&"),
            name="rota_entry_turn_excl",
            using="gist",
        ),
        Index("rota_entry_ends_idx", "district_id", "ends_at"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    unit_id: Mapped[BigInt]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    turn: Mapped[int]
    account_id: Mapped[UUID | None]
    post: Mapped[str | None]
    desk_number: Mapped[str | None]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]


class DutyAlert(Base):
    """That somebody on call was told of an urgent case: once each since a unit was charged.

    `charged_seq` is the line of the ledger that charged the unit, `turn` counts from 1; `who` is
    as of `casework.rota`. Neither account nor post: nobody was left to be told.
    """

    __tablename__ = "duty_alert"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        UniqueConstraint("district_id", "case_id", "charged_seq", "who"),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    charged_seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[BigInt]
    who: Mapped[str]
    account_id: Mapped[UUID | None]
    post: Mapped[str | None]
    desk_number: Mapped[str | None]
    at: Mapped[datetime]


class DutyCall(Base):
    """A telephone call about a case: which unit or post, what was promised and by when."""

    __tablename__ = "duty_call"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        CheckConstraint("outcome IN ('reached', 'no-answer', 'engaged')", name="outcome"),
        CheckConstraint("promised_by IS NULL OR outcome = 'reached'", name="promise"),
        Index("duty_call_case_idx", "district_id", "case_id", "called_at"),
        Index(
            "duty_call_promise_idx",
            "district_id",
            "promised_by",
            postgresql_where=text("promised_by IS NOT NULL AND settled_at IS NULL"),
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    case_id: Mapped[UUID]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    post: Mapped[str]
    desk_number: Mapped[str | None]
    outcome: Mapped[str]
    said: Mapped[str]
    promised_by: Mapped[datetime | None]
    called_at: Mapped[datetime]
    logged_by: Mapped[UUID]
    logged_at: Mapped[datetime]
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]


class Handover(Base):
    """A shift handed over 交接班: the page as it stood, signed, then acknowledged.

    `digest` is SHA-256 over the canonical JSON of what was signed. Nothing but the
    acknowledgement is ever added; a trigger sees to it.
    """

    __tablename__ = "handover"
    __table_args__ = (
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        CheckConstraint("ends_at > starts_at", name="order"),
        CheckConstraint(
            "(acknowledged_by IS NULL) = (acknowledged_at IS NULL)", name="acknowledged"
        ),
        CheckConstraint("acknowledged_by <> signed_by", name="two"),
        Index("handover_signed_idx", "district_id", "signed_at", "id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    area_id: Mapped[BigInt]
    area_path: Mapped[AreaPath]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    notes: Mapped[str]
    page: Mapped[dict[str, Any]]
    digest: Mapped[bytes]
    signed_by: Mapped[UUID]
    signed_at: Mapped[datetime]
    acknowledged_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    remarks: Mapped[str | None]
