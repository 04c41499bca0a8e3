"""``sanbai import households``: counts of households from a list, spread over buildings."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table

from api.cli.import_options import CheckOnly, Encoding, OneLanguage, SkipBad
from api.cli.import_run import (
    Request,
    console,
    import_transaction,
    parse_columns,
    said,
    tell_bad_rows,
    tell_check_only,
    tell_refusal,
)
from data.imports.household_lists import HouseholdList, read_household_list
from data.imports.household_match import DEFAULT_LEVELS
from data.imports.problems import ImportFileError
from data.imports.store_households import StoredHouseholds, store_households

_BASIS = {"registered": "户籍 registered", "resident": "常住 resident"}


def households_command(
    file: Annotated[Path, typer.Argument(help="户数表 XLSX or CSV.", metavar="FILE")],
    *,
    basis: Annotated[
        Literal["registered", "resident"] | None,
        typer.Option(
            help="户籍 registered | 常住 resident；列名写明时可不填 unless a column says."
        ),
    ] = None,
    levels: Annotated[
        int, typer.Option(min=1, max=200, help="没有层数的楼按几层 Levels where not known.")
    ] = DEFAULT_LEVELS,
    district: Annotated[
        str | None, typer.Option("--district", help="区县编码（6 位）Code of the district.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="列对应：我方列=文件列，可重复 OURS=THEIRS."),
    ] = None,
    layer: Annotated[str | None, typer.Option(help="工作表 Sheet.")] = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    report: Annotated[
        Path | None, typer.Option(help="问题清单 CSV List of bad rows.", dir_okay=False)
    ] = None,
    lang: OneLanguage = None,
    check: CheckOnly = False,
) -> None:
    """按户数表（每栋、每小区或每村合计）更新楼栋户数。

    Households from a list, one row for a building, a compound or a whole village: matched by
    name with the buildings that are in the system, and spread over them by floor area.
    """
    request = Request(
        path=file,
        kind="household_lists",
        columns=parse_columns(column or []),
        layer=layer,
        encoding=encoding,
        skip_bad=skip_bad,
        report=report,
        language=lang,
        check_only=check,
    )
    try:
        listed = read_household_list(
            file, basis=basis, columns=request.columns, layer=layer, encoding=encoding
        )
        with import_transaction(check_only=check) as connection:
            stored = store_households(
                connection,
                listed,
                datetime.now(UTC),
                district=district,
                levels=levels,
                skip_bad=skip_bad,
            )
    except ImportFileError as error:
        tell_refusal(request, error)
        raise typer.Exit(1) from error
    _tell(request, listed, stored, levels)
    tell_bad_rows(request, sorted([*listed.bad, *stored.match.bad], key=lambda row: row.row))


def _tell(request: Request, listed: HouseholdList, stored: StoredHouseholds, levels: int) -> None:
    match = stored.match
    bad = len({row.row for row in (*listed.bad, *match.bad)})
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("文件 File", request.path.name)
    table.add_row("口径 Basis", _BASIS[listed.basis])
    columns = "  ".join(f"{ours} ← {theirs}" for ours, theirs in listed.mapping.items())
    table.add_row("列 Columns", columns)
    table.add_row("行 Rows", str(listed.rows_read))
    table.add_row("按楼栋 By building", str(match.rows["building"]))
    table.add_row("按小区 By compound", str(match.rows["compound"]))
    table.add_row("按社区、村 By community", str(match.rows["community"]))
    table.add_row("合计行 Sums passed over", str(listed.sums_passed))
    table.add_row("未对上 Unmatched or bad", str(bad))
    table.add_row("对上的楼 Buildings matched", f"{len(match.households)} / {stored.buildings}")
    table.add_row("更新的楼 Buildings changed", str(stored.changed))
    table.add_row("其户数 Their households", f"{stored.before} → {stored.after}")
    table.add_row("全区户数 In the district", f"{stored.all_before} → {stored.all_after}")
    console.print(table)
    if match.without_levels:
        for line in said(
            request,
            f"{match.without_levels} 栋楼没有层数，按 {levels} 层分摊（--levels 可改）。",
            f"{match.without_levels} buildings without levels were taken to have {levels} "
            "(--levels).",
        ):
            console.print(line, style="yellow", markup=False, highlight=False)
    tell_check_only(request)
