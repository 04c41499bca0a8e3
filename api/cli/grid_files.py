"""The commands that bring grids in and out, put together."""

import typer

from api.cli.grid_export import export_command
from api.cli.grid_import import import_command
from api.cli.grid_list_import import import_list_command
from api.cli.grid_locate import locate_command
from api.cli.grid_paper import atlas_command, packet_command
from api.cli.grid_report import report_command
from api.cli.grid_revise import revise_command


def add_commands(app: typer.Typer) -> None:
    """Add the commands to ``sanbai grids``."""
    app.command("import")(import_command)
    app.command("import-list")(import_list_command)
    app.command("export")(export_command)
    app.command("atlas")(atlas_command)
    app.command("packet")(packet_command)
    app.command("locate")(locate_command)
    app.command("report")(report_command)
    app.command("revise")(revise_command)
