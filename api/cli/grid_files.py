"""The commands that bring grids in and out, put together."""

import typer

from api.cli.grid_export import export_command
from api.cli.grid_import import import_command


def add_commands(app: typer.Typer) -> None:
    """Add the commands to ``sanbai grids``."""
    app.command("import")(import_command)
    app.command("export")(export_command)
