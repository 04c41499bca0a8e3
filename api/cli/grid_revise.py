"""``sanbai grids revise``: bring a plan up to date so that the fewest households change grid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import typer
from rich.table import Table

from api.cli.grid_display import grid_progress
from api.cli.grid_export import Lang
from api.cli.grid_report import (
    NoReport,
    ReportPath,
    RunOfGrids,
    report_on,
    report_place,
    tell_misses,
    write_run_report,
)
from api.cli.grid_shared import (
    Force,
    GridsOut,
    Households,
    Scheduler,
    Seed,
    console,
    dividing_on,
    errors,
    grid_options,
    told,
)
from api.cli.grid_town import Columns, Input, Town, TownFiles
from api.cli.grid_wishes import (
    Barriers,
    Compounds,
    GridWishes,
    Kinds,
    Micro,
    Only,
    Prefer,
    Tolerance,
    by_code,
    tell,
)
from data.exports.grid_file import check_target, read_grids, write_grids
from geo.grids import GridOptions, GridScore, revise, score
from geo.grids.inputs import check_areas

MOST_NAMED = 12


def revise_command(
    *,
    plan: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="现行网格文件 File of the present grids."),
    ],
    buildings: Input = None,
    roads: Input = None,
    areas: Input = None,
    water: Input = None,
    before: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="划分现行网格时的建筑，新楼住户不算换网格 "
            "Buildings of the day the plan was drawn.",
        ),
    ] = None,
    households: Households = 300,
    tolerance: Tolerance = 5.0,
    micro: Micro = 65,
    kinds: Kinds = None,
    only: Only = None,
    lock: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", help="保持不动的网格，可重复 A grid that stays; may be repeated."
        ),
    ] = None,
    used: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE",
            help="用过、已撤销的编码，新网格编在其后 "
            "A code given out before: new ones come after it.",
        ),
    ] = None,
    barriers: Barriers = None,
    prefer: Prefer = None,
    compounds: Compounds = None,
    seed: Seed = 0,
    out: GridsOut = Path("revised.gpkg"),
    force: Force = False,
    column: Columns = None,
    scheduler: Scheduler = None,
    report: ReportPath = None,
    no_report: NoReport = False,
    lang: Lang = "zh",
) -> None:
    """Bring grids of a file back within tolerance; as few households as can be change grid."""
    files = TownFiles(buildings, roads, areas, water, column or [])
    wishes = GridWishes(by_code(kinds or []), only, barriers, prefer, compounds, None)
    with told():
        files.require()
        options = grid_options(households, micro, tolerance, seed)
        check_target(out, force=force)
        place = report_place(out, report, none=no_report, force=force)
        with grid_progress(errors) as progress, dividing_on(scheduler) as executor:
            progress(0, 100, "read")
            town, ground = wishes.with_kinds(files.read()), wishes.read()
            present = read_grids(plan)
            grids = revise(
                present,
                town.buildings,
                town.roads,
                town.areas,
                options,
                progress,
                water=town.water,
                before=None if before is None else files.read_buildings(before),
                locked=lock or (),
                used=used or (),
                executor=executor,
                **ground,
            )
            run = _run_of(grids, town, ground, options, (plan.name, *files.names()))
            then, now = _score(_continued(present, grids), run), _score(grids, run)
            measured = report_on(run, now)
            write_grids(out, grids, force=force)
            if place is not None:
                write_run_report(place, measured, run, language=lang)
        console.print(_before_and_after(then, now))
        _tell_changes(grids)
        _tell_not_revised(grids)
        tell_misses(measured, console, lang)
        tell(grids)
        console.print(f"已写出 {len(grids)} 个网格 · {len(grids)} grids written: {out}")
        if place is not None:
            console.print(f"质量报告 · Report: {place}", markup=False)


def _run_of(
    grids: gpd.GeoDataFrame,
    town: Town,
    ground: dict[str, Any],
    options: GridOptions,
    sources: tuple[str, ...],
) -> RunOfGrids:
    return RunOfGrids(
        grids,
        town.buildings,
        town.roads,
        town.areas[np.isin(check_areas(town.areas), grids["area"])],
        options,
        water=town.water,
        barriers=ground.get("barriers"),
        compounds=ground.get("compounds"),
        sources=sources,
    )


def _continued(present: gpd.GeoDataFrame, grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The present grids of the areas that were looked at."""
    looked_at = {*grids["was"].dropna(), *grids.attrs["ended"]}
    return present[present["code"].astype(str).isin(looked_at)]


def _score(grids: gpd.GeoDataFrame, run: RunOfGrids) -> GridScore | None:
    """How good grids are on the ground as it is now; None where there are none."""
    if len(grids) == 0:
        return None
    return score(
        grids,
        run.buildings,
        run.roads,
        run.areas,
        run.options.households,
        micro_households=run.options.micro_households,
    )


def _before_and_after(then: GridScore | None, now: GridScore | None) -> Table:
    """Lay two scores side by side."""
    table = Table(title="调整前后 Before and after", title_justify="left")
    for head in ("指标 Measure", "之前 Before", "之后 After"):
        table.add_column(head, justify="left" if head[0] == "指" else "right")
    rows: list[tuple[str, Callable[[GridScore], str]]] = [
        ("网格数 Grids", lambda one: f"{one.grids}"),
        ("偏差 ±5 % Within ±5 % of target", lambda one: f"{one.adj5_pct:.0f} %"),
        ("偏差 ±10 % Within ±10 % of target", lambda one: f"{one.adj10_pct:.0f} %"),
        ("紧凑度 Compactness (Polsby–Popper)", lambda one: f"{one.compactness:.2f}"),
        ("边界沿路 Boundary along roads", lambda one: f"{one.road5_pct:.0f} %"),
        ("误切楼栋 Buildings cut that need not be", lambda one: f"{one.cut_pct:.2f} %"),
        (
            "户数 最少/最多 Households min/max",
            lambda one: f"{one.households_min} / {one.households_max}",
        ),
    ]
    for name, value in rows:
        table.add_row(name, *("—" if one is None else value(one) for one in (then, now)))
    return table


def _tell_changes(grids: gpd.GeoDataFrame) -> None:
    """Say which grids changed, and how many households change grid."""
    attrs = grids.attrs
    new = grids["code"][grids["was"].isna()].tolist()
    ended = attrs["ended"]
    changed = sorted(set(attrs["redrawn"]) - set(new))
    same = len(grids) - len(new) - len(changed)
    console.print(
        f"不变 {same}，调整 {len(changed)}，新增 {len(new)}，撤销 {len(ended)} · "
        f"{same} unchanged, {len(changed)} changed, {len(new)} new, {len(ended)} ended"
    )
    for word, codes in (("调整 Changed", changed), ("新增 New", new), ("撤销 Ended", ended)):
        if codes:
            more = f" … +{len(codes) - MOST_NAMED}" if len(codes) > MOST_NAMED else ""
            console.print(f"{word}: {'、'.join(codes[:MOST_NAMED])}{more}", highlight=False)
    moved, of = attrs["households_moved"], attrs["households_compared"]
    share = 100 * moved / of if of else 0.0
    console.print(
        f"换网格的住户 {moved} 户，占 {share:.1f} % · "
        f"{moved} of {of} households change grid ({share:.1f} %)"
    )


def _tell_not_revised(grids: gpd.GeoDataFrame) -> None:
    """Name the areas that kept their grids, and why."""
    for one in grids.attrs["not_revised"]:
        console.print(
            f"未调整：区域 {one['area']}，网格保持原样。{one['message_zh']}\n"
            f"Not revised: area {one['area']}, its grids are what they were. {one['message_en']}",
            style="yellow",
            markup=False,
            highlight=False,
        )
