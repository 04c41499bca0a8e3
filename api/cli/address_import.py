"""``sanbai import addresses``: doors, landmarks, poles and villages from a list."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.import_options import CheckOnly, Encoding, OneLanguage, SkipBad
from api.cli.import_run import (
    Request,
    console,
    import_transaction,
    parse_columns,
    parse_datum,
    tell_bad_rows,
    tell_check_only,
    tell_refusal,
)
from data.imports.address_lists import AddressList, read_address_list
from data.imports.problems import ImportFileError
from data.imports.store import Progress as Told
from data.imports.store_addresses import StoredAddresses, store_addresses


def addresses_command(
    file: Annotated[
        Path, typer.Argument(help="地址表 XLSX, CSV, GeoJSON or another file.", metavar="FILE")
    ],
    *,
    district: Annotated[
        str | None, typer.Option("--district", help="区县编码（6 位）Code of the district.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="列对应：我方列=文件列，可重复 OURS=THEIRS."),
    ] = None,
    crs: Annotated[str | None, typer.Option(help="坐标系 Coordinate system.")] = None,
    datum: Annotated[
        str | None, typer.Option("--datum", help="wgs84 | cgcs2000 | gcj02 | bd09")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="图层或工作表 Layer or sheet.")] = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    report: Annotated[
        Path | None, typer.Option(help="问题清单 CSV List of bad rows.", dir_okay=False)
    ] = None,
    lang: OneLanguage = None,
    check: CheckOnly = False,
) -> None:
    """导入门牌、标志物、电杆、没有门牌的村：名称、别名、地址、村、类别、经纬度。

    Addresses and places: name, aliases, address, village, kind, longitude and latitude. A row
    without a position is taken as another name of the building or place that it names. The same
    list twice changes nothing.
    """
    request = Request(
        path=file,
        kind="addresses",
        columns=parse_columns(column or []),
        crs=crs,
        datum=parse_datum(datum),
        layer=layer,
        encoding=encoding,
        skip_bad=skip_bad,
        report=report,
        language=lang,
        check_only=check,
    )
    try:
        listed = read_address_list(
            file,
            columns=request.columns,
            crs=crs,
            datum=request.datum,
            layer=layer,
            encoding=encoding,
        )
        with import_transaction(check_only=check) as connection, _progress() as told:
            stored = store_addresses(
                connection,
                listed,
                datetime.now(UTC),
                district=district,
                skip_bad=skip_bad,
                progress=told,
            )
    except ImportFileError as error:
        tell_refusal(request, error)
        raise typer.Exit(1) from error
    _tell(request, listed, stored)
    tell_bad_rows(request, stored.bad)


@contextmanager
def _progress() -> Iterator[Told]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("写入 Storing 地址 addresses", total=None)

        def told(done: int, total: int, _: str) -> None:
            bar.update(task, completed=done, total=total)

        yield told


def _tell(request: Request, listed: AddressList, stored: StoredAddresses) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("文件 File", f"{request.path.name} · {listed.file_format} · {listed.layer}")
    if listed.datum is not None:
        table.add_row("坐标 Coordinates", f"{listed.crs} · {listed.datum} → WGS 84")
    if listed.encoding is not None:
        table.add_row("编码 Encoding", listed.encoding)
    columns = "  ".join(f"{ours} ← {theirs}" for ours, theirs in listed.mapping.items())
    table.add_row("列 Columns", columns or "–")
    table.add_row("行 Rows", str(listed.rows_read))
    table.add_row("有位置 With a position", str(stored.placed))
    table.add_row("楼栋的别名 Names of buildings", str(stored.names_of_buildings))
    table.add_row("地名的别名 Names of places", str(stored.names_of_places))
    table.add_row("新增 Added", str(stored.stored.added))
    table.add_row("更新 Changed", str(stored.stored.changed))
    table.add_row("未变 Unchanged", str(stored.stored.unchanged))
    table.add_row("跳过 Left out", str(len({row.row for row in stored.bad})))
    console.print(table)
    tell_check_only(request)
