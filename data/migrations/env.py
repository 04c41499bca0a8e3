"""Alembic's entry: always run by `data.migrate`, on a connection it gives."""

from typing import Any

from alembic import context

from data.schema.base import Base, Ltree, Xid8

FOREIGN_TABLES = ("spatial_ref_sys", "procrastinate_", "track_point_")


def include_object(_: Any, name: str | None, type_: str, reflected: bool, __: Any) -> bool:
    """Leave out what PostGIS, procrastinate and partitions brought."""
    return not (
        type_ == "table" and reflected and name is not None and name.startswith(FOREIGN_TABLES)
    )


connection = context.config.attributes["connection"]
# What SQLAlchemy's reflection does not know of PostgreSQL.
connection.dialect.ischema_names.update(ltree=Ltree, xid8=Xid8)
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=include_object,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
