"""Where things are: districts, areas, and the layers that grids and the base map are made from."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import AreaPath, Base, BigInt, DistrictKey, SerialKey, geometry

LEVELS = ("district", "street", "zone", "community")


class District(Base):
    """A county-level district 区县; its `id` is given at creation and never changes."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="Asia/Shanghai")
    created_at: Mapped[datetime]


class Area(Base):
    """A district 区县, street or town 街道/镇, zone 管区 or community 社区/村, in one tree."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("district_id", "code"),
        UniqueConstraint("district_id", "path"),
        ForeignKeyConstraint(
            ["district_id", "parent_id"], ["area.district_id", "area.id"], name="area_parent_fkey"
        ),
        CheckConstraint("level IN ('district', 'street', 'zone', 'community')", name="level"),
        CheckConstraint("(level = 'district') = (parent_id IS NULL)", name="root"),
        Index("area_geom_idx", "geom", postgresql_using="gist"),
        Index("area_path_idx", "path", postgresql_using="gist"),
        Index(
            "area_name_idx", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    code: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    level: Mapped[str]
    path: Mapped[AreaPath]
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    datum_in: Mapped[str] = mapped_column(server_default="wgs84")
    updated_at: Mapped[datetime]


class Building(Base):
    """A building 楼栋 with the number of households in it; never who they are.

    ``households_basis`` says how they were counted, where that was said: by registration 户籍 or
    by residence 常住. ``units`` is the number of staircases 单元: a tower that holds more than a
    grid is divided by them.
    """

    __tablename__ = "building"
    __table_args__ = (
        UniqueConstraint("district_id", "external_id"),
        ForeignKeyConstraint(["district_id", "area_id"], ["area.district_id", "area.id"]),
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("households_basis IN ('registered', 'resident')", name="households_basis"),
        Index("building_geom_idx", "geom", postgresql_using="gist"),
        Index("building_area_idx", "district_id", "area_id", postgresql_include=["households"]),
        *[
            Index(
                f"building_{column}_idx",
                column,
                postgresql_using="gin",
                postgresql_ops={column: "gin_trgm_ops"},
            )
            for column in ("address", "compound", "name")
        ],
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    external_id: Mapped[str]
    area_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str | None]
    compound: Mapped[str | None]
    address: Mapped[str | None]
    use: Mapped[str | None]
    levels: Mapped[int | None]
    units: Mapped[int | None]
    households: Mapped[int] = mapped_column(server_default="0")
    households_basis: Mapped[str | None]
    geom: Mapped[Any] = mapped_column(geometry("MULTIPOLYGON"))
    datum_in: Mapped[str] = mapped_column(server_default="wgs84")
    updated_at: Mapped[datetime]


class Road(Base):
    """A road or lane; `highway` is its OpenStreetMap class."""

    __tablename__ = "road"
    __table_args__ = (
        UniqueConstraint("district_id", "external_id"),
        Index("road_geom_idx", "geom", postgresql_using="gist"),
        Index(
            "road_name_idx", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    external_id: Mapped[str]
    name: Mapped[str | None]
    highway: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("MULTILINESTRING"))
    datum_in: Mapped[str] = mapped_column(server_default="wgs84")
    updated_at: Mapped[datetime]


class Water(Base):
    """A river, lake or pond: its surface, or its line where it is drawn as one."""

    __tablename__ = "water"
    __table_args__ = (
        UniqueConstraint("district_id", "external_id"),
        CheckConstraint("st_dimension(geom) > 0", name="geom"),
        Index("water_geom_idx", "geom", postgresql_using="gist"),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    external_id: Mapped[str]
    name: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="water")
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY"))
    datum_in: Mapped[str] = mapped_column(server_default="wgs84")
    updated_at: Mapped[datetime]


class Place(Base):
    """A named place people say: compound 小区, village 村, school, market, landmark."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("district_id", "external_id"),
        Index("place_geom_idx", "geom", postgresql_using="gist"),
        Index(
            "place_name_idx",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
    )

    district_id: Mapped[DistrictKey]
    id: Mapped[SerialKey]
    external_id: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str | None]
    kind: Mapped[str]
    geom: Mapped[Any] = mapped_column(geometry("GEOMETRY"))
    datum_in: Mapped[str] = mapped_column(server_default="wgs84")
    updated_at: Mapped[datetime]


class LayerVersion(Base):
    """How often a map layer changed: the validator of its tiles."""

    __tablename__ = "layer_version"

    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), primary_key=True)
    layer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[BigInt]
    changed_at: Mapped[datetime]
