"""What commands about accounts share: the database, the district, and what to say when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from sqlalchemy import Connection, select, text

from api.cli.server import bring_up_to_date, running_database
from api.settings import Settings
from data.database import open_engine
from data.schema import District
from data.scope import Scope

console = Console()
complaint = Console(stderr=True, style="red")


@contextmanager
def database() -> Iterator[Connection]:
    """One transaction on the database that the settings name."""
    settings = Settings()
    with running_database(settings) as urls:
        bring_up_to_date(settings, urls)
        engine = open_engine(urls.app, pool_size=2, statement_timeout_s=0)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def fail(chinese: str, english: str) -> typer.Exit:
    """Tell what to mend and end with 1."""
    complaint.print(f"{chinese} · {english}", markup=False)
    return typer.Exit(1)


def only_district(connection: Connection) -> int:
    """The district of this server."""
    ids = connection.execute(select(District.id).order_by(District.id)).scalars().all()
    if not ids:
        raise fail("还没有区县，请先导入区域", "There is no district yet: import areas first")
    return ids[0]


def whole_district(connection: Connection, district_id: int) -> Scope:
    """All of a district."""
    root = connection.execute(
        text(
            "SELECT CAST(path AS text) FROM area"
            " WHERE district_id = :district_id AND parent_id IS NULL"
        ),
        {"district_id": district_id},
    ).scalar_one()
    return Scope(district_id=district_id, area_paths=(root,))
