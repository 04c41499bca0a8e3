"""``sanbai addresses find``: what an address means, one by one or a whole file."""

import csv
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.table import Table
from sqlalchemy import Connection

from api.cli.import_run import console, errors, import_transaction, parse_columns
from data.addresses import CERTAIN_SCORE, Candidate, Found, find_addresses
from data.imports.address_lists import ADDRESS_LIST
from data.imports.columns import map_columns
from data.imports.layers import take_columns, values_of
from data.imports.problems import ImportFileError
from data.imports.report import as_text
from data.imports.source import open_source
from data.imports.store_households import choose_district

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
)
KINDS_ZH = {
    "building": "楼栋",
    "address": "门牌",
    "place": "地名",
    "pole": "电杆",
    "road": "道路",
    "crossing": "路口",
    "area": "区域",
}
_BATCH = 2_000
_HEADER = (
    "地址 address", "把握 score", "确定 certain", "候选 candidate", "类别 kind", "经度 lon",
    "纬度 lat", "误差 precision_m", "网格编码 grid_code", "网格 grid", "第二候选 second",
    "第二把握 second_score",
)  # fmt: skip


@app.callback()
def addresses() -> None:
    """地址查找。Find where an address is."""


@app.command("find")
def find_command(
    texts: Annotated[
        list[str] | None, typer.Argument(help="地址，可多个 Addresses.", metavar="TEXT")
    ] = None,
    *,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="地址表 CSV/XLSX：逐行查找，结果写成 CSV A file of addresses."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="结果 CSV，不写则到屏幕 Where to; the screen if left out."),
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="地址所在的列 The column of addresses.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="文字编码 Text encoding, e.g. gbk.")] = None,
    district: Annotated[
        str | None, typer.Option("--district", help="区县编码（6 位）Code of the district.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=20, help="候选数 Candidates.")] = 5,
) -> None:
    """查地址在哪里：候选、把握（0–1）、所在网格。Candidates, their scores and grids."""
    if not texts and file is None:
        raise typer.BadParameter("请给出地址或 --file。 Give addresses, or --file.")
    try:
        wanted = list(texts or [])
        if file is not None:
            wanted += _texts_of(file, column, encoding)
        with import_transaction(check_only=True) as connection:
            district_id = choose_district(connection, district)
            if file is None:
                for found in find_addresses(
                    connection, district_id, wanted, at=datetime.now(UTC), limit=limit
                ):
                    _show(found)
            else:
                _write(connection, district_id, wanted, out)
    except ImportFileError as error:
        errors.print(error.message_zh, error.message_en, sep="\n", markup=False, style="red")
        raise typer.Exit(1) from error


def _texts_of(file: Path, column: str | None, encoding: str | None) -> list[str]:
    raw = open_source(file, ADDRESS_LIST, None, encoding)
    wanted = parse_columns([] if column is None else [f"address={column}"])
    names = take_columns(raw)
    mapping = map_columns(ADDRESS_LIST.fields, names, wanted, cut_names=raw.cut_names)
    chosen = mapping.get("address") or mapping.get("name") or names[0]
    return ["" if cell is None else str(cell).strip() for cell in values_of(raw, chosen)]


def _show(found: Found) -> None:
    sure = "确定 certain" if found.certain else f"待人工 ask somebody (< {CERTAIN_SCORE})"
    title = f"{found.text}  ·  {found.score:.2f}  ·  {sure}"
    if not found.candidates:
        console.print(title, "没有候选 No candidate.", sep="\n", markup=False, highlight=False)
        return
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2))
    for name in (
        "把握 Score",
        "类别 Kind",
        "地点 Place",
        "误差 ± m",
        "网格 Grid",
        "经纬度 Lon, lat",
    ):
        table.add_column(name)
    for one in found.candidates:
        table.add_row(
            f"{one.score:.2f}",
            f"{KINDS_ZH[one.kind]} {one.kind}",
            one.label,
            f"{one.precision_m:.0f}",
            _grid(one),
            f"{one.lon:.6f}, {one.lat:.6f}",
        )
    console.print(table)


def _grid(one: Candidate) -> str:
    return "–" if one.grid_id is None else f"{one.grid_name} {one.grid_code}"


def _write(
    connection: Connection, district_id: int, wanted: Sequence[str], out: Path | None
) -> None:
    at, certain, some = datetime.now(UTC), 0, 0
    file: TextIO = sys.stdout if out is None else out.open("w", encoding="utf-8-sig", newline="")
    try:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            for found in find_addresses(connection, district_id, batch, at=at, limit=2):
                writer.writerow(_line(found))
                certain += found.certain
                some += found.best is not None
            errors.print(f"{min(start + _BATCH, len(wanted))} / {len(wanted)}", style="dim")
    finally:
        if out is not None:
            file.close()
    errors.print(
        f"共 {len(wanted)} 条：确定 {certain}，有候选待人工 {some - certain}，"
        f"没有候选 {len(wanted) - some}。",
        f"{len(wanted)} in all: {certain} certain, {some - certain} with candidates to look at, "
        f"{len(wanted) - some} without.",
        sep="\n",
        highlight=False,
    )


def _line(found: Found) -> list[object]:
    best = found.best
    if best is None:
        return [as_text(found.text), 0, "否 no", *[""] * (len(_HEADER) - 3)]
    second = found.candidates[1] if len(found.candidates) > 1 else None
    return [
        as_text(found.text),
        f"{found.score:.3f}",
        "是 yes" if found.certain else "否 no",
        as_text(best.label),
        KINDS_ZH[best.kind],
        f"{best.lon:.7f}",
        f"{best.lat:.7f}",
        f"{best.precision_m:.0f}",
        best.grid_code or "",
        best.grid_name or "",
        "" if second is None else as_text(second.label),
        "" if second is None else f"{second.score:.3f}",
    ]
