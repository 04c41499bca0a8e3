"""Commands about the working calendar: `sanbai calendar …`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.cli.users_shared import database, fail, only_district
from data import calendars as store
from data.calendar_lists import ListFault, read_days
from data.imports.problems import ImportFileError
from data.report_lists.sheets import read_book
from data.watch import look_again

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
)
console = Console()

WEEKDAYS = "一二三四五六日"
FAULTS = {
    "day": ("没有日期", "no date"),
    "kind": ("看不出是休还是班", "neither 休 nor 班"),
    "year": ("不是这一年", "in another year"),
    "twice": ("写了两次而且不一样", "named twice and differently"),
}


@app.command()
def seed(
    year: Annotated[
        int | None,
        typer.Option(min=2000, max=2199, help="只录这一年，覆盖已有的 · This year only, anew"),
    ] = None,
) -> None:
    """按随附的节假日录入 · Enter the years that ship (chinesecalendar), or one of them anew."""
    now = datetime.now(UTC)
    with database() as connection:
        district_id = only_district(connection)
        if year is None:
            added = store.seed_calendar(connection, district_id, now)
        else:
            days = store.shipped_days(year)
            if days is None:
                raise fail(
                    f"随附的节假日里没有 {year} 年，请按国务院通知录入",
                    f"The holidays of {year} do not ship: enter them as announced",
                )
            store.put_year(connection, district_id, year, days, source=store.SHIPPED, at=now)
            added = [year]
        look_again(connection, district_id)
    said = ", ".join(map(str, added)) or "— （都已录入 · all were entered）"
    console.print(f"已录入 · Entered: {said}", markup=False)


@app.command()
def show(
    year: Annotated[int | None, typer.Argument(min=2000, max=2199, help="年份 · Year")] = None,
) -> None:
    """查看某年的放假与调休上班 · Show the days of a year that are not what their weekday says."""
    with database() as connection:
        district_id = only_district(connection)
        years = store.list_years(connection, district_id)
        hours = store.hours_of(connection, district_id)
        asked = year or (years[-1] if years else None)
        found = None if asked is None else store.find_year(connection, district_id, asked)
    spells = "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in hours)
    console.print(f"工作时间 · Hours of work: {spells}", markup=False)
    console.print(
        f"已录入的年份 · Years entered: {', '.join(map(str, years)) or '—'}", markup=False
    )
    if found is None:
        raise fail(f"没有录入 {asked or ''} 年的工作日", "The days of this year are not entered")
    table = Table(
        "日期 Day", "星期 Weekday", "", "名称 Name", title=f"{found.year} · {found.source}"
    )
    for day in found.days:
        said = "班 worked" if day.worked else "休 free"
        table.add_row(day.day.isoformat(), WEEKDAYS[day.day.weekday()], said, day.name or "")
    console.print(table)


@app.command("import")
def import_list(
    year: Annotated[int, typer.Argument(min=2000, max=2199, help="年份 · Year")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="XLSX / CSV")],
) -> None:
    """从表格录入一年：日期、休或班、名称 · Enter a year from a list: day, 休 or 班, name."""
    try:
        days, faults = read_days(read_book(file.name, file.read_bytes()), year)
    except ImportFileError:
        raise fail(f"读不了这个文件：{file.name}", f"Cannot read this file: {file.name}") from None
    if faults:
        _show(faults)
        raise fail("一行也没有录入，请改好再试", "Nothing was entered: mend these rows first")
    with database() as connection:
        district_id = only_district(connection)
        store.put_year(connection, district_id, year, days, source=file.name, at=datetime.now(UTC))
        look_again(connection, district_id)
    console.print(f"已录入 {year} 年 {len(days)} 天 · Entered: {len(days)} days", markup=False)


def _show(faults: Iterable[ListFault]) -> None:
    for fault in faults:
        chinese, english = FAULTS[fault.code]
        console.print(
            f"第 {fault.row} 行 · row {fault.row}: {fault.cell} {chinese} · {english}", markup=False
        )
