"""Command `sanbai doctor`."""

import os
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.exc import OperationalError

from api.cli.server import Port, running_database, settings_with
from api.doctor import (
    Finding,
    State,
    database_missing,
    database_not_made,
    look_at_database,
    look_at_machine,
)
from api.settings import Settings
from data.cluster import ClusterError
from data.database import open_engine
from data.doctor import inspect_database
from data.postgres_programs import find_programs
from data.server import private_cluster

Language = Literal["zh", "en"]
MARKS = {State.OK: "[green]✓[/]", State.LOOK: "[yellow]![/]", State.MEND: "[bold red]✗[/]"}
HEADINGS: dict[Language, tuple[str, ...]] = {
    "zh": ("", "项目", "现状", "如何修复"),
    "en": ("", "What", "Found", "How to mend it"),
}


def language_of_terminal() -> Language:
    """`zh` where the locale is Chinese, else `en`."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")
    return "zh" if (locale or "").startswith("zh") else "en"


def doctor(
    port: Port = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="zh or en; without it, by the locale.")
    ] = None,
) -> None:
    """Check all that Sanbai rests on and say how to mend it. 检查运行环境并给出修复办法。"""
    settings = settings_with(port)
    findings = [*look_at_machine(settings), *_findings_of_database(settings)]
    Console().print(_table(findings, lang or language_of_terminal()))
    if any(each.state == State.MEND for each in findings):
        raise typer.Exit(1)


def _table(findings: list[Finding], language: Language) -> Table:
    table = Table(title={"zh": "三百体检", "en": "Sanbai doctor"}[language])
    for heading in HEADINGS[language]:
        table.add_column(heading, overflow="fold")
    for each in findings:
        mend = "" if each.mend is None else escape(each.mend.in_language(language))
        table.add_row(MARKS[each.state], each.what.in_language(language), escape(each.found), mend)
    return table


def _findings_of_database(settings: Settings) -> list[Finding]:
    try:
        if settings.database_url is None and private_cluster(settings.home).status() is None:
            programs = find_programs()
            return [database_not_made(f"PostgreSQL {programs.version}, PostGIS")]
        with running_database(settings) as urls:
            engine = open_engine(urls.app, pool_size=2)
            try:
                return list(look_at_database(inspect_database(engine)))
            finally:
                engine.dispose()
    except OperationalError as error:
        return [database_missing(str(error.orig).strip())]
    except ClusterError as error:
        return [database_missing(str(error))]
