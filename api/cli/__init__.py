"""The command line `sanbai`."""

import sys
from importlib import import_module
from typing import NoReturn

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import OperationalError
from typer.core import TyperGroup

from api.cli import server
from api.cli.doctor import doctor
from api.cli.recount import recount_all
from api.cli.tls import SAID, tls
from api.processes import ProcessError
from data.certificate_names import CertificateError
from data.cluster import ClusterError

# Loaded when used: they bring pandas and GDAL, which the server's start should not wait for.
SUB_APPLICATIONS = {
    "addresses": "api.cli.addresses",
    "audit": "api.cli.audit",
    "calendar": "api.cli.calendars",
    "grids": "api.cli.grids",
    "import": "api.cli.imports",
    "map": "api.cli.maps",
    "users": "api.cli.users",
}


class Commands(TyperGroup):
    """The main commands, and the sub-applications loaded when they are asked for."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Names in the order of the help text."""
        return [*super().list_commands(ctx), *SUB_APPLICATIONS]

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def,override]
        """Find a command, loading its module where needed."""
        if cmd_name not in SUB_APPLICATIONS:
            return super().get_command(ctx, cmd_name)
        command = typer.main.get_group(import_module(SUB_APPLICATIONS[cmd_name]).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="sanbai",
    cls=Commands,
    help="三百 Sanbai：三百户一格，隐患与巡查上图。Grids of 300 households, hazards and patrols.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
server.add_commands(app)
app.command()(doctor)
app.command("recount")(recount_all)
app.command()(tls)


def main() -> None:
    """Run the command line; a failure that the user can mend is told without a traceback."""
    try:
        app()
    except ValidationError as error:
        _fail("\n".join(f"{error.title}: {e['loc']} {e['msg']}" for e in error.errors()))
    except OperationalError as error:
        _fail(f"数据库无法连接 · The database does not answer: {error.orig}")
    except CertificateError as error:
        _fail(SAID[error.fault].format(about=error.about))
    except (ClusterError, ProcessError, CommandError) as error:
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    Console(stderr=True).print(f"错误 · Error: {message}", style="red", markup=False)
    sys.exit(1)
