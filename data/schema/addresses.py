"""Names and addresses beyond those that buildings and places bring with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, DistrictKey, SerialKey, geometry

ADDRESS_KINDS = ("address", "place", "pole")


class Address(Base):
    """An imported address or name: a door, a landmark, a pole, a village without door numbers.

    It has either a position of its own, or is another name of a building or of a place, whose
    position it takes.
    """

    __tablename__ = "address"
    __table_args__ = (
        UniqueConstraint("district_id", "external_id"),
        ForeignKeyConstraint(
            ["district_id", "building_id"],
            ["building.district_id", "building.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["district_id", "place_id"], ["place.district_id", "place.id"], ondelete="CASCADE"
        ),
        CheckConstraint("kind IN ('address', 'place', 'pole')", name="kind"),
        CheckConstraint("num_nonnulls(geom, building_id, place_id) = 1", name="position"),
        CheckConstraint("num_nonnulls(name, address) > 0", name="named"),
        Index("address_building_idx", "district_id", "building_id"),
        Index("address_place_idx", "district_id", "place_id"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    external_id: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str | None]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    compound: Mapped[str | None]
    address: Mapped[str | None]
    building_id: Mapped[int | None] = mapped_column(BigInteger)
    place_id: Mapped[int | None] = mapped_column(BigInteger)
    geom: Mapped[Any | None] = mapped_column(geometry("POINT"))
    datum_in: Mapped[str] = mapped_column(server_default="wgs84")
    updated_at: Mapped[datetime]
