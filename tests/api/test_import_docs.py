"""The pages about importing name every kind, every column and every option there is."""

from pathlib import Path

import pytest
import typer

from api.cli.imports import app
from data.imports.columns import KINDS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("import.md", "import.zh-CN.md")
# Explained by --help alone.
PLAIN_OPTIONS = {"--district", "--source", "--help"}


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_name_every_column(page: str) -> None:
    rows = {
        line.split("|")[1].split()[0]: line.split("|")[3]
        for line in (DOCS / page).read_text(encoding="utf-8").splitlines()
        if line.startswith("|") and line.split("|")[1].split()[0] in KINDS
    }
    assert rows.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        for field in kind.fields:
            shown = f"**{field.name}**" if field.required else field.name
            assert shown in rows[name]


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_name_every_option(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    options = {
        option
        for command in typer.main.get_group(app).commands.values()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert {option for option in options - PLAIN_OPTIONS if option not in text} == set()
