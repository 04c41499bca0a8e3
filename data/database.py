"""Opening the database: engines, their limits, and the adapters that queries need."""

from functools import cache
from importlib.resources import files

from sqlalchemy import Engine, TextClause, create_engine, text
from sqlalchemy.engine import make_url


def open_engine(
    url: str, *, pool_size: int = 10, statement_timeout_s: float = 30, guarded: bool = False
) -> Engine:
    """Open a pooled engine on psycopg 3.

    Parameters
    ----------
    url
        `postgresql://…`, with or without a driver name; psycopg is used in any case.
    pool_size
        Connections kept open, and the most that are opened: a request waits for a free one.
    statement_timeout_s
        No statement runs longer than this; 0 lets it run without end (migrations, imports).
    guarded
        For requests: a transaction touches no guarded row before it says what it may see
        (`data.rights`). The worker and the command line serve nobody and touch all.

    Notes
    -----
    Plans are made for the values at hand (`prepare_threshold=None`): with prepared generic plans
    a bounding box of a street and of a county would share one plan.
    """
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    options = f"-c statement_timeout={int(statement_timeout_s * 1000)} -c timezone=UTC"
    options += f" -c sanbai.rights={'none' if guarded else 'all'}"
    return create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={
            "options": options,
            "prepare_threshold": None,
            "application_name": "sanbai",
        },
    )


@cache
def query(name: str, **parts: str) -> TextClause:
    """Read the query `data/sql/<name>.sql`; its parameters are `:named`.

    Parameters
    ----------
    parts
        SQL of our own (never input) put in place of `{part}`, such as a scope's condition.
    """
    sql = files("data").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    for part, fragment in parts.items():
        sql = sql.replace(f"{{{part}}}", fragment)
    return text(sql)
