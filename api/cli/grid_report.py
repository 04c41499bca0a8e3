"""``sanbai grids report``, and the report that each run writes beside its grids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from api.cli.grid_display import grid_progress, score_table
from api.cli.grid_export import Lang
from api.cli.grid_paper import Attribution
from api.cli.grid_shared import Force, Households, console, errors, grid_options, told
from api.cli.grid_town import Columns, Input, TownFiles
from api.cli.grid_wishes import (
    Barriers,
    Compounds,
    GridWishes,
    Keep,
    Kinds,
    Micro,
    Only,
    Tolerance,
    by_code,
)
from api.settings import Settings
from data.exports.grid_file import GridFileError, read_grids
from data.exports.quality_content import (
    QualityReport,
    areas_not_revised,
    divided_towers,
    find_divided_compounds,
    make_report,
)
from data.exports.quality_report import ReportGround, check_report, signed_pct, write_report
from data.exports.quality_words import why_and_advice
from geo.grids import GridOptions, GridScore, score
from geo.grids.inputs import check_areas
from geo.grids.quality import assess
from geo.limits import Language

MOST_SHOWN = 20

ReportPath = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="质量报告 .html .pdf .xlsx，默认在网格文件旁 Report; default NAME.report.html.",
    ),
]
NoReport = Annotated[bool, typer.Option("--no-report", help="不写质量报告 Write no report.")]


@dataclass(frozen=True)
class RunOfGrids:
    """A plan and what it was made from, for its report.

    Attributes
    ----------
    grids
        As :func:`geo.grids.generate` or ``revise`` returns them, or read from a file.
    buildings, roads, areas, water, barriers, compounds, kept
        What went in.
    options
        What was asked for.
    generated
        Whether the grids were made here, so that the seed tells something.
    sources
        Names of the files.
    """

    grids: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    options: GridOptions
    water: gpd.GeoDataFrame | None = None
    barriers: gpd.GeoDataFrame | None = None
    compounds: gpd.GeoDataFrame | None = None
    kept: gpd.GeoDataFrame | None = None
    generated: bool = True
    sources: tuple[str, ...] = ()


def report_place(out: Path, report: Path | None, *, none: bool, force: bool) -> Path | None:
    """Where the report of a run goes, refused early when it could not be written.

    Parameters
    ----------
    out
        The file of grids.
    report, none
        ``--report`` and ``--no-report``.

    Raises
    ------
    GridFileError
        See :func:`data.exports.quality_report.check_report`.
    """
    if none:
        if report is not None:
            raise typer.BadParameter("--report 与 --no-report 不能同用 Use one of them.")
        return None
    place = report or out.with_name(f"{out.stem}.report.html")
    check_report(place, force=force)
    return place


def report_on(run: RunOfGrids, scored: GridScore | None = None) -> QualityReport:
    """Measure a run, grid by grid.

    Parameters
    ----------
    scored
        What ``geo.grids.score`` found, where it is known already.
    """
    quality = assess(
        run.grids,
        run.buildings,
        run.roads,
        run.areas,
        run.options,
        scored=scored,
        water=run.water,
        barriers=run.barriers,
        compounds=run.compounds,
        kept=run.kept,
    )
    return make_report(
        quality,
        run.areas,
        run.options,
        made_at=datetime.now().astimezone(),
        seed=run.options.seed if run.generated else None,
        sources=run.sources,
        households_outside=int(run.grids.attrs.get("households_outside", 0)),
        towers=divided_towers(run.grids, run.buildings),
        compounds=find_divided_compounds(run.grids, run.buildings, run.compounds),
        not_revised=areas_not_revised(run.grids.attrs.get("not_revised", ()), run.areas),
    )


def write_run_report(
    path: Path,
    report: QualityReport,
    run: RunOfGrids,
    *,
    language: Language = "zh",
    attribution: str | None = None,
) -> None:
    """Write the report of a run; ``attribution`` says whose map data it shows."""
    ground = ReportGround(
        run.grids, run.areas, run.roads, run.water, attribution or Settings().attribution
    )
    write_report(path, report, ground, language)


def tell_misses(report: QualityReport, to: Console, language: Language = "zh") -> None:
    """Print the grids that miss their targets, each with the reason."""
    if not report.misses:
        return
    more = len(report.misses) - MOST_SHOWN
    caption = f"…… 另有 {more} 个，见质量报告 · {more} more in the report" if more > 0 else None
    table = Table(
        title="未达标网格 Grids that miss", title_justify="left", caption=caption, show_lines=True
    )
    for head in ("网格 Grid", "户数 Households", "偏差 Off", "原因 Why"):
        table.add_column(head, justify="right" if head[0] in "户偏" else "left")
    for miss in report.misses[:MOST_SHOWN]:
        why, _ = why_and_advice(miss, report.tolerance_pct, language)
        table.add_row(
            f"{miss.code} {miss.name}", f"{miss.households:,}", signed_pct(miss.off_pct), why
        )
    to.print(table, markup=False)


def report_command(
    *,
    plan: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="网格文件，任何工具划的都可以 Grids."),
    ],
    buildings: Input = None,
    roads: Input = None,
    areas: Input = None,
    water: Input = None,
    households: Households = 300,
    tolerance: Tolerance = 5.0,
    micro: Micro = 65,
    kinds: Kinds = None,
    only: Only = None,
    barriers: Barriers = None,
    compounds: Compounds = None,
    keep: Keep = None,
    column: Columns = None,
    out: Annotated[
        Path | None,
        typer.Option(help=".html .pdf .xlsx，默认 Default NAME.report.html"),
    ] = None,
    lang: Lang = "zh",
    attribution: Attribution = None,
    force: Force = False,
) -> None:
    """写质量报告：指标、户数直方图、偏差图、未达标网格及原因、明细表。

    Write the quality report of grids made by any tool: figures with their meaning, histogram,
    map, the grids that miss their targets each with the reason, and a table of all.
    """
    files = TownFiles(buildings, roads, areas, water, column or [])
    wishes = GridWishes(by_code(kinds or []), only, barriers, None, compounds, keep)
    with told():
        options = grid_options(households, micro, tolerance)
        place = out or plan.with_name(f"{plan.stem}.report.html")
        files.require()
        check_report(place, force=force)
        with grid_progress(errors) as progress:
            progress(0, 100, "read")
            run = _run_of_file(plan, files, wishes, options)
            progress(30, 100, "score")
            found = score(
                *(run.grids, run.buildings, run.roads, run.areas, households),
                micro_households=micro,
            )
            report = report_on(run, found)
            _require_same_place(plan, report)
            write_run_report(place, report, run, language=lang, attribution=attribution)
            progress(100, 100, "done")
        console.print(score_table(found))
        tell_misses(report, console, lang)
        console.print(f"已写出质量报告 · Report written: {place}", markup=False)


def _run_of_file(
    plan: Path, files: TownFiles, wishes: GridWishes, options: GridOptions
) -> RunOfGrids:
    town, ground = wishes.with_kinds(files.read()), wishes.read()
    areas = town.areas
    if wishes.only:
        areas = areas[np.isin(check_areas(areas), wishes.only)]
    return RunOfGrids(
        read_grids(plan),
        town.buildings,
        town.roads,
        areas,
        options,
        water=town.water,
        barriers=ground.get("barriers"),
        compounds=ground.get("compounds"),
        kept=ground.get("kept"),
        generated=False,
        sources=(plan.name, *files.names()),
    )


def _require_same_place(plan: Path, report: QualityReport) -> None:
    if not any(grid.area for grid in report.grids):
        raise GridFileError(
            f"{plan} 里的网格都不在这些区域内，请检查文件是否配套、坐标系是否正确。",
            f"No grid of {plan} lies in these areas: check that the files belong together and "
            "their coordinate systems.",
        )
