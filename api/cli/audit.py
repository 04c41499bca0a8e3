"""The commands `sanbai audit`: proof that no ledger was tampered with."""

from collections.abc import Iterator
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection

from api.cli.users_shared import database, fail, only_district
from api.settings import Settings
from data.case_file_audit import check_files, count_files
from data.files import open_files
from data.recount import check_ledgers, count_ledgers

app = typer.Typer(no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

Found = TypeVar("Found")

MOST_SHOWN = 20
WORDS = {
    "chain": "有行被改动、缺失或错位 · a line was changed, is missing or out of order",
    "course": "有不合流程的一步 · a step that the course does not know",
    "text": "说明文字与账本的摘要不符 · a text is not the one that its line has the digest of",
    "row": "案件现状与账本不符 · the case as shown is not what its ledger comes to",
}
FILE_KINDS = {
    "photo": "照片 photo",
    "sound": "录音 sound",
    "paper": "文书 paper",
    "signed": "签收件 signed scan",
}
FILE_WORDS = {
    "missing": "文件不在了 · the file is not there",
    "changed": "文件被改动 · the file was changed",
    "unknown": "账本里没有它的摘要 · the ledger does not have its digest",
}


@app.callback()
def audit() -> None:
    """Keep `verify` a command of a group, beside those to come."""


@app.command()
def verify(
    case: Annotated[
        UUID | None, typer.Option("--case", help="只核对一个案件 · Check one case only")
    ] = None,
    files: Annotated[
        bool,
        typer.Option(
            "--files",
            help="照片、录音、文书也逐个核对 · Check every photo, voice note and paper as well",
        ),
    ] = False,
) -> None:
    """核对账本 · Check every ledger of the district; ends with 1 and names the first break."""
    with database() as connection:
        district_id = only_district(connection)
        sound = _ledgers_hold(connection, district_id, case)
        if files:
            sound = _files_hold(connection, district_id, case) and sound
    if not sound:
        raise typer.Exit(1)


def _ledgers_hold(connection: Connection, district_id: int, case: UUID | None) -> bool:
    total = 1 if case is not None else count_ledgers(connection, district_id)
    checked, faults = _gone_through(
        "核对账本 Checking ledgers", total, check_ledgers(connection, district_id, case)
    )
    if case is not None and not checked:
        raise fail("没有这个案件", "There is no such case")
    console.print(f"案件 · Cases: {checked}；账本有误 · ledgers at fault: {len(faults)}")
    _list([f"{found.case_id} seq {found.seq}: {WORDS[found.kind]}" for found in faults])
    return not faults


def _files_hold(connection: Connection, district_id: int, case: UUID | None) -> bool:
    settings = Settings()
    store = open_files(settings.home, settings.files_url)
    checked, faults = _gone_through(
        "核对文件 Checking files",
        count_files(connection, district_id, case),
        check_files(connection, store, district_id, case),
    )
    console.print(f"文件 · Files: {checked}；有误 · at fault: {len(faults)}")
    _list(
        [
            f"{found.case_id} {FILE_KINDS[found.kind]} {found.id}: {FILE_WORDS[found.what]}"
            for found in faults
        ]
    )
    return not faults


def _gone_through(
    what: str, total: int, answers: Iterator[Found | None]
) -> tuple[int, list[Found]]:
    """Go through all of them with a bar; how many there were, and what was found."""
    checked, found = 0, []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=errors) as progress:
        task = progress.add_task(what, total=total)
        for checked, fault in enumerate(answers, start=1):
            progress.update(task, completed=checked)
            if fault is not None:
                found.append(fault)
    return checked, found


def _list(lines: list[str]) -> None:
    for line in lines[:MOST_SHOWN]:
        console.print(line, soft_wrap=True)
    if len(lines) > MOST_SHOWN:
        console.print(f"…… {len(lines) - MOST_SHOWN}")
