"""What all tables share: naming, column types, keys by district."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

WGS84 = 4326
WEB_MERCATOR = 3857


class Ltree(UserDefinedType[str]):
    """A label path of PostgreSQL's ltree extension, such as `379901.379901001`."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Name the type in DDL."""
        return "LTREE"


class Xid8(UserDefinedType[str]):
    """A 64-bit transaction id; it orders changes so that no late commit is skipped."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Name the type in DDL."""
        return "XID8"


class Base(DeclarativeBase):
    """Declarative base with stable constraint names and the project's column types."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        str: Text(),
        bytes: LargeBinary(),
        date: Date(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


DistrictKey = Annotated[int, mapped_column(ForeignKey("district.id"), primary_key=True)]
SerialKey = Annotated[int, mapped_column(BigInteger, Identity(always=False), primary_key=True)]
UuidKey = Annotated[UUID, mapped_column(Uuid(), primary_key=True)]
BigInt = Annotated[int, mapped_column(BigInteger)]
AreaPath = Annotated[str, mapped_column(Ltree())]


def geometry(kind: str, srid: int = WGS84) -> Geometry:
    """A geometry column type; its index is declared beside the other indexes of the table."""
    return Geometry(kind, srid=srid, spatial_index=False)
