"""The command `sanbai recount`: proof that counters and ledgers agree."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Row

from api.cli.users_shared import database, only_district
from data.recount import check_ledgers, mend_counters, recount

console = Console()


def recount_all(
    mend: Annotated[
        bool, typer.Option("--mend", help="按账本改正计数 · Write what was counted")
    ] = False,
) -> None:
    """对账 · Count every case from its ledger and compare; ends with 1 where something differs."""
    with database() as connection:
        district_id = only_district(connection)
        differences = recount(connection, district_id, datetime.now(UTC))
        checked = list(check_ledgers(connection, district_id))
        if mend:
            mend_counters(connection, district_id, differences)
    faults = [fault for fault in checked if fault is not None]
    console.print(f"案件 · Cases: {len(checked)}；账本有误 · ledgers at fault: {len(faults)}")
    for fault in faults:
        console.print(f"  {fault.case_id} · {fault.kind} · seq {fault.seq}")
    if differences:
        _show(differences)
    else:
        console.print("各网格计数与账本一致 · The counters of every grid equal the ledgers")
    if faults or (differences and not mend):
        raise typer.Exit(1)


def _show(differences: Sequence[Row[Any]]) -> None:
    table = Table("网格 Grid", "未结 Open", "超期 Overdue", "待核查 Handled", "已结 Closed")
    for row in differences:
        table.add_row(
            str(row.grid_id),
            *(
                f"{getattr(row, f'kept_{name}')} → {getattr(row, name)}"
                for name in ("open", "overdue", "handled", "closed")
            ),
        )
    console.print(table)
