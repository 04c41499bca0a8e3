"""The command line `sanbai`."""

import sys

import typer
from alembic.util import CommandError
from rich.console import Console
from sqlalchemy.exc import OperationalError

from api.cli import server
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


def main() -> None:
    """Run the command line; a failure that the user can mend is told without a traceback."""
    try:
        app()
    except (ClusterError, ProcessError, CommandError, OperationalError) as error:
        said = error.orig if isinstance(error, OperationalError) else error
        Console(stderr=True).print(f"错误 · Error: {said}", style="red", markup=False)
        sys.exit(1)
