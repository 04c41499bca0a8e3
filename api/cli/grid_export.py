"""``sanbai grids export``: a plan's grids, or those in force, in the formats offices ask for."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import Connection

from api.cli.grid_shared import (
    Force,
    area_or_error,
    console,
    grid_database,
    plan_or_error,
    told,
)
from data.exports.grid_book import GridBook, book_in_force, book_of_plan
from data.exports.grid_formats import check_export, write_book
from data.layers import district_today

Plan = Annotated[
    int | None,
    typer.Argument(help="方案号；不给则导出现行网格 Plan; without one, the grids in force."),
]
AreaCode = Annotated[
    str | None, typer.Option("--area", help="区域编码（现行网格）Code of an area.")
]
OnDay = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="哪一天，默认今天 As of which day; default today."),
]
Lang = Annotated[Literal["zh", "en"], typer.Option(help="四至与台账的语言 zh | en")]


def export_command(
    *,
    plan: Plan = None,
    area: AreaCode = None,
    on: OnDay = None,
    out: Annotated[
        Path, typer.Option(help=".gpkg .geojson .fgb .zip(SHP) .kml .xlsx(台账 ledger)")
    ] = Path("grids.gpkg"),
    crs: Annotated[
        str, typer.Option(help="EPSG:4326 (WGS 84), EPSG:4490 (CGCS2000), gcj02, EPSG:…")
    ] = "EPSG:4326",
    encoding: Annotated[
        Literal["utf-8", "gbk"], typer.Option(help="SHP 文字编码 Text in a Shapefile.")
    ] = "utf-8",
    lang: Lang = "zh",
    force: Force = False,
) -> None:
    """导出网格：图形、户数、楼栋、网格员、四至。

    Write the grids of a plan, or those of an area in force on a day, with their counts,
    officers and four limits (layer ``grids``); .xlsx is the ledger.
    """
    with told():
        check_export(out, crs, force=force)
        with grid_database() as engine, engine.connect() as connection:
            book = read_book(connection, plan, area, on)
        write_book(out, book, crs=crs, encoding=encoding, language=lang, force=force)
        count = len(book.grids)
        console.print(f"已写出 {count} 个网格 · {count} grids written: {out}", markup=False)


def read_book(
    connection: Connection, plan: int | None, area: str | None, on: datetime | None
) -> GridBook:
    """Read the grids of a plan, or those of an area in force; exactly one must be given."""
    if (plan is None) == (area is None):
        raise typer.BadParameter(
            "请给出方案号，或用 --area 给出区域编码（现行网格）。"
            "Give the number of a plan, or --area for the grids in force."
        )
    now = datetime.now(UTC)
    if area is not None:
        place = area_or_error(connection, area)
        day = _day(connection, place.district_id, on, now)
        return book_in_force(connection, place.district_id, place.id, day)
    found = plan_or_error(connection, plan or 0)
    return book_of_plan(connection, found, _day(connection, found.district_id, on, now))


def _day(connection: Connection, district_id: int, on: datetime | None, now: datetime) -> date:
    return on.date() if on is not None else district_today(connection, district_id, now)
