"""The command line `sanbai`."""

import sys
from importlib import import_module
from typing import Any, NoReturn

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

SUB_APPLICATIONS = {
    "addresses": (
        "addresses",
        "地址查找。Find where an address is: building or place, grid, score.",
    ),
    "audit": ("audit", "审计：核对账本。Audit: check the ledgers."),
    "calendar": (
        "calendars",
        "工作日历：哪天上班、哪天放假。Working days: what deadlines are counted on.",
    ),
    "grids": (
        "grids",
        "划分、评价、导出、发布网格。Divide into grids, score, export and publish them.",
    ),
    "import": (
        "imports",
        "导入文件。Import files: GPKG, SHP/ZIP, GeoJSON, FGB, Parquet, CSV, XLSX, GPX.",
    ),
    "map": ("maps", "导出地图。Export maps."),
    "users": ("users", "账号管理。Accounts: add, list, set a password, disable."),
}
"""Name → module of this package and help."""


class SubApplication(TyperGroup):
    """Commands of a module that is loaded when one of them is asked for.

    They bring pandas, numba and GDAL, which neither the server's start nor a list of commands
    should wait for.
    """

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Load the module and go on with what it holds."""
        module, _ = SUB_APPLICATIONS[str(self.name)]
        group = typer.main.get_group(import_module(f"api.cli.{module}").app)
        group.name, group.help = self.name, self.help
        return group.make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """The main commands, and the sub-applications after them."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Names in the order of the help text."""
        return [*super().list_commands(ctx), *SUB_APPLICATIONS]

    def get_command(self, ctx: typer.Context, cmd_name: str):  # type: ignore[no-untyped-def,override]
        """Find a command."""
        if cmd_name not in SUB_APPLICATIONS:
            return super().get_command(ctx, cmd_name)
        return SubApplication(name=cmd_name, help=SUB_APPLICATIONS[cmd_name][1])


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
