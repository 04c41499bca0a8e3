"""The pages on grids in and out name every command and every option there is."""

from pathlib import Path

import pytest
import typer

from api.cli.grid_files import add_commands

DOCS = Path(__file__).parents[2] / "docs"
# Explained by --help alone.
PLAIN_OPTIONS = {"--help", "--name", "--reason", "--force", "--layer", "--encoding"}


@pytest.mark.parametrize("page", ["grids.md", "grids.zh-CN.md"])
def test_the_pages_name_every_command_and_option(page: str) -> None:
    words = (DOCS / page).read_text(encoding="utf-8")
    app = typer.Typer()
    add_commands(app)
    commands = typer.main.get_group(app).commands
    assert {name for name in commands if f"sanbai grids {name}" not in words} == set()
    options = {
        option
        for command in commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {option for option in options - PLAIN_OPTIONS if option not in words} == set()
