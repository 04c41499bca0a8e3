"""Hazard cases 问题 and their ledgers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import (
    AreaPath,
    Base,
    BigInt,
    DistrictKey,
    SerialKey,
    UuidKey,
    Xid8,
    geometry,
)


class Category(Base):
    """A kind of hazard, by (standard, kind, code): codes alone repeat between standards."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("district_id", "standard", "kind", "code"),
        CheckConstraint("kind IN ('component', 'matter')", name="kind"),
        CheckConstraint("severity IN ('red', 'yellow', 'blue')", name="severity"),
        CheckConstraint("proof IN ('none', 'photo', 'before-and-after')", name="proof"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    standard: Mapped[str]
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str]
    severity: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    confirm_first: Mapped[bool] = mapped_column(server_default="false")
    proof: Mapped[str] = mapped_column(server_default="photo")
    questions: Mapped[list[Any]] = mapped_column(server_default=text("'[]'::jsonb"))


class CaseRules(Base):
    """What a district has set about the course of its cases; no row: the defaults of `casework`."""

    __tablename__ = "case_rules"
    __table_args__ = (
        CheckConstraint("sample_share BETWEEN 0 AND 1", name="share"),
        CheckConstraint(
            "most_extensions BETWEEN 0 AND 20 AND longest_suspension_days BETWEEN 1 AND 3660"
            " AND near_m BETWEEN 1 AND 1000 AND near_hours BETWEEN 1 AND 8784",
            name="sizes",
        ),
    )

    district_id: Mapped[DistrictKey]
    sample_share: Mapped[float] = mapped_column(Float)
    most_extensions: Mapped[int]
    longest_suspension_days: Mapped[int]
    near_m: Mapped[float] = mapped_column(Float)
    near_hours: Mapped[int]


class Unit(Base):
    """A responsible unit 责任单位 that puts hazards right."""

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("district_id", "name"),
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    area_id: Mapped[BigInt]
    name: Mapped[str]
    name_en: Mapped[str | None]


class HazardCase(Base):
    """The present state of a case, derived from its ledger in the same transaction.

    A case keeps the grid at filing (`grid_id_filed`) and the grid now (`grid_id`); both are NULL
    while its place lies in no grid or is not known, which puts it in the triage queue. Of a line
    or an area `shape` is what was drawn and `geom` a point on it. `standing` is what else the
    ledger comes to (`casework.case_state.Standing`), which nothing is found by.
    """

    __tablename__ = "hazard_case"
    __table_args__ = (
        UniqueConstraint("district_id", "number"),
        ForeignKeyConstraint(
            ["district_id", "category_id"], ["category.district_id", "category.id"]
        ),
        ForeignKeyConstraint(["district_id", "unit_id"], ["unit.district_id", "unit.id"]),
        ForeignKeyConstraint(["district_id", "grid_id"], ["grid.district_id", "grid.id"]),
        ForeignKeyConstraint(
            ["district_id", "merged_into"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        ForeignKeyConstraint(
            ["district_id", "parent_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        CheckConstraint(
            "state IN ('reported', 'filed', 'dispatched', 'accepted', 'handled', 'verified',"
            " 'closed', 'suspended', 'void')",
            name="state",
        ),
        CheckConstraint("severity IN ('red', 'yellow', 'blue')", name="severity"),
        CheckConstraint("(geom IS NULL) = (datum_in IS NULL)", name="datum"),
        CheckConstraint("shape IS NULL OR geom IS NOT NULL", name="shape"),
        CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        CheckConstraint("(state = 'suspended') = (suspended_until IS NOT NULL)", name="suspended"),
        CheckConstraint("geom IS NOT NULL OR grid_id IS NULL", name="place"),
        Index("hazard_case_geom_idx", "geom", postgresql_using="gist"),
        Index("hazard_case_area_path_idx", "area_path", postgresql_using="gist"),
        Index("hazard_case_grid_idx", "district_id", "grid_id", "state"),
        Index("hazard_case_changed_idx", "changed_in"),
        Index("hazard_case_reported_idx", "district_id", "received_at", "id"),
        Index("hazard_case_reporter_idx", "district_id", "reported_by", "received_at"),
        Index(
            "hazard_case_unit_idx",
            "district_id",
            "unit_id",
            "received_at",
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
        # What is still on the list is a small part of what ever was.
        Index(
            "hazard_case_open_idx",
            "district_id",
            "received_at",
            "id",
            postgresql_where=text("state NOT IN ('closed', 'void')"),
        ),
        Index(
            "hazard_case_deadline_idx",
            "district_id",
            text("coalesce(deadline_at, 'infinity'::timestamptz)"),
            "id",
            postgresql_where=text("state NOT IN ('closed', 'void')"),
        ),
        # A column of the board by state is its first few.
        Index(
            "hazard_case_board_idx",
            "district_id",
            "state",
            text("coalesce(deadline_at, 'infinity'::timestamptz)"),
            "id",
            postgresql_where=text("state NOT IN ('closed', 'void')"),
        ),
        Index(
            "hazard_case_closed_idx",
            "district_id",
            "closed_at",
            postgresql_where=text("closed_at IS NOT NULL"),
        ),
        Index(
            "hazard_case_overdue_idx",
            "district_id",
            "received_at",
            "id",
            postgresql_where=text("overdue"),
        ),
        Index(
            "hazard_case_address_idx",
            "address",
            postgresql_using="gin",
            postgresql_ops={"address": "gin_trgm_ops"},
        ),
        Index(
            "hazard_case_due_idx",
            "district_id",
            "deadline_at",
            postgresql_where=text(
                "state IN ('reported', 'filed', 'dispatched', 'accepted') AND NOT overdue"
            ),
        ),
        Index(
            "hazard_case_suspended_idx",
            "district_id",
            "suspended_until",
            postgresql_where=text("suspended_until IS NOT NULL"),
        ),
        Index(
            "hazard_case_parent_idx",
            "district_id",
            "parent_id",
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        Index(
            "hazard_case_called_idx",
            "called_units",
            postgresql_using="gin",
            postgresql_where=text("called_units IS NOT NULL"),
        ),
        Index(
            "hazard_case_triage_idx",
            "district_id",
            "received_at",
            postgresql_where=text("grid_id IS NULL"),
        ),
        Index(
            "hazard_case_number_idx",
            "number",
            postgresql_using="gin",
            postgresql_ops={"number": "gin_trgm_ops"},
        ),
        Index(
            "hazard_case_external_idx",
            "district_id",
            "external_number",
            postgresql_where=text("external_number IS NOT NULL"),
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    number: Mapped[str]
    category_id: Mapped[BigInt]
    severity: Mapped[str]
    state: Mapped[str]
    seq: Mapped[int]
    source: Mapped[str]
    external_number: Mapped[str | None]
    area_path: Mapped[AreaPath]
    grid_id: Mapped[int | None] = mapped_column(BigInteger)
    grid_id_filed: Mapped[int | None] = mapped_column(BigInteger)
    geom: Mapped[Any | None] = mapped_column(geometry("POINT"))
    shape: Mapped[Any | None] = mapped_column(geometry("GEOMETRY"))
    datum_in: Mapped[str | None]
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    address: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    reported_by: Mapped[UUID]
    handled_by: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    overdue: Mapped[bool] = mapped_column(server_default="false")
    reworks: Mapped[int] = mapped_column(server_default="0")
    level: Mapped[int] = mapped_column(server_default="0")
    merged_into: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    called_units: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    standing: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    changed_in: Mapped[str] = mapped_column(Xid8(), server_default=text("pg_current_xact_id()"))


class CaseEvent(Base):
    """One line of a case's ledger; the run-time role may insert and read, never change it.

    `digest` = SHA-256 over the previous line's digest and this line's canonical JSON, so that a
    changed, missing or reordered line shows.
    """

    __tablename__ = "case_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str]
    state: Mapped[str]
    actor_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[bytes]
    digest: Mapped[bytes]


class CaseText(Base):
    """Free text of a case, apart from the ledger so that it can be erased by law.

    The ledger holds SHA-256(salt + body); erasing sets `body` and `salt` to NULL.
    """

    __tablename__ = "case_text"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
    )

    district_id: Mapped[DistrictKey]
    case_id: Mapped[UuidKey]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str | None]
    salt: Mapped[bytes | None]


class Photo(Base):
    """A photo of a case; its bytes lie in the object store under `key`.

    `taken_at` and `taken_geom` (WGS 84) are what the camera wrote beside it; `taken_datum` is the
    one that it was written in, `unsaid` where the file does not say.
    """

    __tablename__ = "photo"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district_id", "case_id"], ["hazard_case.district_id", "hazard_case.id"]
        ),
        CheckConstraint("role IN ('before', 'after')", name="role"),
        CheckConstraint("(taken_geom IS NULL) = (taken_datum IS NULL)", name="datum"),
        Index("photo_case_idx", "district_id", "case_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[UuidKey]
    case_id: Mapped[UUID]
    seq: Mapped[int]
    role: Mapped[str]
    key: Mapped[str]
    sha256: Mapped[bytes]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    width_px: Mapped[int]
    height_px: Mapped[int]
    taken_at: Mapped[datetime | None]
    taken_geom: Mapped[Any | None] = mapped_column(geometry("POINT"))
    taken_datum: Mapped[str | None]
    redactions: Mapped[int] = mapped_column(server_default="0")
    added_by: Mapped[UUID]
    received_at: Mapped[datetime]
