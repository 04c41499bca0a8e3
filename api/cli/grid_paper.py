"""``sanbai grids atlas|packet``: grids on paper."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.grid_export import AreaCode, Lang, OnDay, Plan, read_book
from api.cli.grid_shared import Force, console, errors, grid_database, told
from api.settings import Settings
from data.exports.atlas import AtlasOptions, write_atlas
from data.exports.packet import read_former, write_packet
from data.exports.paper import check_pdf
from data.exports.sheet_ground import read_ground

PaperSize = Annotated[Literal["A4", "A3"], typer.Option(help="纸张 A4 | A3")]
Attribution = Annotated[
    str | None, typer.Option(help="底图来源说明 Whose map data it is, at the foot of each map.")
]


def atlas_command(
    *,
    plan: Plan = None,
    area: AreaCode = None,
    on: OnDay = None,
    out: Annotated[Path, typer.Option(help=".pdf")] = Path("atlas.pdf"),
    paper: PaperSize = "A4",
    url: Annotated[
        str | None,
        typer.Option(help="系统地址，用于二维码 Address of the application, for the QR codes."),
    ] = None,
    lang: Lang = "zh",
    attribution: Attribution = None,
    force: Force = False,
) -> None:
    """打印网格图册：总图、目录，每网格一页。

    Print an atlas: an overview, an index and one page a grid, with streets, buildings,
    neighbours, counts, officers, four limits, scale, north and a QR code to the grid.
    """
    with told():
        check_pdf(out, force=force)
        if url is not None and not url.startswith(("http://", "https://")):
            raise typer.BadParameter("--url 应以 http:// 或 https:// 开头 must be an http address.")
        with grid_database() as engine, engine.connect() as connection:
            book = read_book(connection, plan, area, on)
            ground = read_ground(connection, book)
        options = AtlasOptions(paper, lang, url, attribution or Settings().attribution)
        with errors.status(f"正在排版 {len(book.grids)} 页 Setting {len(book.grids)} pages …"):
            pages = write_atlas(out, book, ground, options)
        if url is None:
            console.print("未给 --url，没有印二维码。Without --url no QR codes are printed.")
        count = len(book.grids)
        console.print(
            f"已写出 {count} 个网格的图册，{pages} 页 · "
            f"Atlas of {count} grids, {pages} pages, written: {out}"
        )


def packet_command(
    *,
    plan: Annotated[int, typer.Argument(help="方案号 Plan.")],
    on: OnDay = None,
    out: Annotated[Path, typer.Option(help=".pdf")] = Path("packet.pdf"),
    paper: PaperSize = "A4",
    lang: Lang = "zh",
    attribution: Attribution = None,
    force: Force = False,
) -> None:
    """打印征求意见材料：每个社区一张图、调整前后对照表、签字盖章处。

    Print the consultation packet of a plan: for each community a map with the grids before and
    after, a table of before and after with the four limits, and room for signature and seal.
    """
    with told():
        check_pdf(out, force=force)
        with grid_database() as engine, engine.connect() as connection:
            book = read_book(connection, plan, None, on)
            ground = read_ground(connection, book)
            former = read_former(connection, book)
        options = AtlasOptions(paper, lang, None, attribution or Settings().attribution)
        with errors.status("正在排版 Setting the pages …"):
            pages = write_packet(out, book, ground, former, options)
        count = book.grids["area"].nunique()
        console.print(
            f"已写出 {count} 个社区的征求意见材料，{pages} 页 · "
            f"Packet for {count} communities, {pages} pages, written: {out}"
        )
