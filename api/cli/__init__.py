"""The command line `sanbai`."""

import sys
from typing import NoReturn

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import OperationalError

from api.cli import grids, imports, server
from api.cli.doctor import doctor
from api.processes import ProcessError
from data.cluster import ClusterError

app = typer.Typer(
    name="sanbai",
    help="三百 Sanbai：三百户一格，隐患与巡查上图。Grids of 300 households, hazards and patrols.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
server.add_commands(app)
app.command()(doctor)
app.add_typer(grids.app, name="grids")
app.add_typer(imports.app, name="import")


def main() -> None:
    """Run the command line; a failure that the user can mend is told without a traceback."""
    try:
        app()
    except ValidationError as error:
        _fail("\n".join(f"{error.title}: {e['loc']} {e['msg']}" for e in error.errors()))
    except OperationalError as error:
        _fail(f"数据库无法连接 · The database does not answer: {error.orig}")
    except (ClusterError, ProcessError, CommandError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    Console(stderr=True).print(f"错误 · Error: {message}", style="red", markup=False)
    sys.exit(1)
