"""``sanbai grids locate``: the grid of every point in a file."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.import_run import console, errors, import_transaction, parse_columns, progress_bar
from data.imports.problems import ImportFileError
from data.imports.store_households import choose_district
from data.layers import district_today
from data.located_points import Asked, locate_file
from geo.datum import DATUMS


def locate_command(
    file: Annotated[Path, typer.Argument(help="CSV，首行是列名 CSV with a row of names.")],
    out: Annotated[Path, typer.Option("--out", help="结果 CSV Where to write.")],
    *,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", help="列名：lon=经度 lat=纬度 Columns of the positions."),
    ] = None,
    datum: Annotated[str, typer.Option(help=f"坐标基准 {', '.join(DATUMS)}")] = "wgs84",
    encoding: Annotated[str, typer.Option(help="文字编码 Text encoding, e.g. gbk.")] = "utf-8-sig",
    district: Annotated[
        str | None, typer.Option("--district", help="区县编码（6 位）Code of the district.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="哪一天的网格，默认今天 Grids of a day."),
    ] = None,
) -> None:
    """查出文件中每个点所在的网格，每行添上网格编码和名称。The grid of each point in a file."""
    if datum not in DATUMS:
        raise typer.BadParameter(f"{datum}: {', '.join(DATUMS)}", param_hint="--datum")
    if file.resolve() == out.resolve():
        raise typer.BadParameter("结果不能写回原文件。 Not into the file itself.")
    chosen = {"lon": "lon", "lat": "lat", **parse_columns(columns or [])}
    try:
        with import_transaction(check_only=True) as connection, progress_bar("points") as told:
            district_id = choose_district(connection, district)
            day: date = (
                district_today(connection, district_id, datetime.now(UTC))
                if on is None
                else on.date()
            )
            asked = Asked(file, chosen["lon"], chosen["lat"], datum, encoding)
            done = locate_file(connection, district_id, asked, out, on=day, told=told)
    except ImportFileError as error:
        errors.print(error.message_zh, error.message_en, sep="\n", markup=False, style="red")
        raise typer.Exit(1) from error
    console.print(
        f"{day}：在网格内 In a grid {done.inside}，网格外 outside {done.outside}，"
        f"没有坐标 without a position {done.unplaced} → {out}",
        markup=False,
        highlight=False,
    )
