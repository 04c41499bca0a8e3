"""The commands `sanbai audit`: proof that no ledger was tampered with."""

from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.users_shared import database, fail, only_district
from data.recount import Fault, check_ledgers, count_ledgers

app = typer.Typer(help="审计：核对账本。Audit: check the ledgers.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

MOST_SHOWN = 20
WORDS = {
    "chain": "有行被改动、缺失或错位 · a line was changed, is missing or out of order",
    "course": "有不合流程的一步 · a step that the course does not know",
    "text": "说明文字与账本的摘要不符 · a text is not the one that its line has the digest of",
    "row": "案件现状与账本不符 · the case as shown is not what its ledger comes to",
}


@app.callback()
def audit() -> None:
    """Keep `verify` a command of a group, beside those to come."""


@app.command()
def verify(
    case: Annotated[
        UUID | None, typer.Option("--case", help="只核对一个案件 · Check one case only")
    ] = None,
) -> None:
    """核对账本 · Check every ledger of the district; ends with 1 and names the first break."""
    faults: list[Fault] = []
    checked = 0
    with database() as connection:
        district_id = only_district(connection)
        total = 1 if case is not None else count_ledgers(connection, district_id)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=errors) as progress:
            task = progress.add_task("核对账本 Checking ledgers", total=total)
            for checked, fault in enumerate(check_ledgers(connection, district_id, case), start=1):
                progress.update(task, completed=checked)
                if fault is not None:
                    faults.append(fault)
    if case is not None and not checked:
        raise fail("没有这个案件", "There is no such case")
    console.print(f"案件 · Cases: {checked}；账本有误 · ledgers at fault: {len(faults)}")
    for found in faults[:MOST_SHOWN]:
        console.print(f"{found.case_id} seq {found.seq}: {WORDS[found.kind]}", soft_wrap=True)
    if len(faults) > MOST_SHOWN:
        console.print(f"…… {len(faults) - MOST_SHOWN}")
    if faults:
        raise typer.Exit(1)
