"""What a database answers when it is asked whether Sanbai can work on it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text

from data.migrate import current_and_head
from data.postgres_programs import EXTENSIONS, ClusterError

SAMPLE = "幸福路"


@dataclass(frozen=True)
class DatabaseFacts:
    """Facts about one database, as the run-time role sees them.

    Attributes
    ----------
    server_version
        PostgreSQL's, as a number: 150018 is 15.18.
    postgis, geos
        Versions in words; None where PostGIS is missing.
    missing_extensions
        Those Sanbai needs that are not installed in this database.
    encoding, collation
        Of the database.
    chinese_trigrams
        How many trigrams `pg_trgm` finds in a Chinese street's name; 0 breaks the search; None
        where the extension is missing.
    too_powerful
        Whether the run-time role could pass by row-level security.
    clock_off_s
        Seconds between the server's clock and ours.
    revision, newest_revision
        Of the schema: in the database, and known to this version of Sanbai.
    """

    server_version: int
    postgis: str | None
    geos: str | None
    missing_extensions: tuple[str, ...]
    encoding: str
    collation: str
    chinese_trigrams: int | None
    too_powerful: bool
    clock_off_s: float
    revision: str | None
    newest_revision: str | None


def require_extensions(engine: Engine) -> None:
    """Raise `data.cluster.ClusterError`, with the commands to run, if an extension is missing."""
    with engine.connect() as connection:
        installed = set(connection.scalars(text("SELECT extname FROM pg_extension")))
        database = connection.scalar(text("SELECT current_database()"))
    missing = [name for name in EXTENSIONS if name not in installed]
    if missing:
        commands = " ".join(f"CREATE EXTENSION {name};" for name in missing)
        raise ClusterError(
            f"database '{database}' lacks {', '.join(missing)}. "
            f"As a superuser, in that database: {commands}"
        )


def inspect_database(engine: Engine) -> DatabaseFacts:
    """Ask the database; raises `sqlalchemy.exc.OperationalError` if it does not answer."""
    with engine.connect() as connection:
        installed = set(connection.scalars(text("SELECT extname FROM pg_extension")))
        encoding, collation = connection.execute(
            text(
                "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database"
                " WHERE datname = current_database()"
            )
        ).one()
        version, now, too_powerful = connection.execute(
            text(
                "SELECT current_setting('server_version_num')::int, clock_timestamp(),"
                " rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
        ).one()
        clock_off_s = abs((now - datetime.now(UTC)).total_seconds())
        postgis, geos = _postgis(connection) if "postgis" in installed else (None, None)
        trigrams = _trigrams(connection) if "pg_trgm" in installed else None
    revision, newest = current_and_head(engine)
    return DatabaseFacts(
        server_version=version,
        postgis=postgis,
        geos=geos,
        missing_extensions=tuple(name for name in EXTENSIONS if name not in installed),
        encoding=encoding,
        collation=collation,
        chinese_trigrams=trigrams,
        too_powerful=too_powerful,
        clock_off_s=clock_off_s,
        revision=revision,
        newest_revision=newest,
    )


def _postgis(connection: Connection) -> tuple[str, str]:
    row = connection.execute(text("SELECT postgis_lib_version(), postgis_geos_version()")).one()
    return row[0], row[1]


def _trigrams(connection: Connection) -> int:
    found = connection.scalar(text("SELECT cardinality(show_trgm(:sample))"), {"sample": SAMPLE})
    return int(found or 0)
