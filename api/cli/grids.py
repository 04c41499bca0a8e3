"""Commands on grids: ``sanbai grids generate|score|export|publish``."""

from __future__ import annotations

from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import numpy as np
import typer
from sqlalchemy import Connection

from api.cli import grid_files
from api.cli.grid_display import grid_progress, score_table
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
    PlanId,
    Scheduler,
    Seed,
    area_or_error,
    console,
    dividing_on,
    errors,
    grid_database,
    grid_options,
    plan_or_error,
    told,
)
from api.cli.grid_town import Columns, Input, TownFiles
from api.cli.grid_wishes import (
    Barriers,
    Compounds,
    GridWishes,
    Keep,
    Kinds,
    Micro,
    Only,
    Prefer,
    Tolerance,
    by_code,
    tell,
)
from api.cli.plan_course import publish_from_draft
from api.permissions import as_caller
from api.settings import Settings
from data.accounts import caller_of_login
from data.exports.grid_file import GridFileError, check_target, read_grids, write_grids
from data.layers import district_today
from data.plan_generation import generate_plan
from data.plans import PlanKey, create_plan, score_plan
from data.plans_read import plan_place
from geo.grids import GridOptions, generate, score
from geo.grids.inputs import check_areas
from geo.limits import Language

app = typer.Typer()
grid_files.add_commands(app)


@app.command("generate")
def generate_command(
    *,
    buildings: Input = None,
    roads: Input = None,
    areas: Input = None,
    water: Input = None,
    households: Households = 300,
    seed: Seed = 0,
    out: GridsOut = Path("grids.gpkg"),
    force: Force = False,
    column: Columns = None,
    area: Annotated[
        str | None, typer.Option(help="数据库中的区域编码 Code of an area in the database.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="方案名称 Name of the draft plan.")] = None,
    reason: Annotated[str, typer.Option(help="划分原因 Why it is drawn.")] = "",
    scheduler: Scheduler = None,
    tolerance: Tolerance = 5.0,
    micro: Micro = 65,
    kinds: Kinds = None,
    only: Only = None,
    barriers: Barriers = None,
    prefer: Prefer = None,
    compounds: Compounds = None,
    keep: Keep = None,
    report: ReportPath = None,
    no_report: NoReport = False,
    lang: Lang = "zh",
) -> None:
    """Divide areas into grids: files to a file, or an area of the database to a draft plan."""
    files = TownFiles(buildings, roads, areas, water, column or [])
    if area is not None and not files.none:
        raise typer.BadParameter("--area 与文件选项不能同用 Use --area or files, not both.")
    wishes = GridWishes(by_code(kinds or []), only, barriers, prefer, compounds, keep)
    with told():
        options = grid_options(households, micro, tolerance, seed)
        asked = options, wishes
        with dividing_on(scheduler) as executor:
            if area is None:
                files.require()
                check_target(out, force=force)
                place = report_place(out, report, none=no_report, force=force)
                _files_to_file(files, asked, out, executor, force=force, to=(place, lang))
            else:
                _area_to_draft(area, name, reason, asked, executor)


@app.command("score")
def score_command(
    *,
    grids: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="网格文件 File of grids.")
    ] = None,
    buildings: Input = None,
    roads: Input = None,
    areas: Input = None,
    households: Households = 300,
    column: Columns = None,
    plan: PlanId = None,
) -> None:
    """Print how good grids are: of a file with what it was made from, or of a plan."""
    with told():
        if grids is not None:
            town = TownFiles(buildings, roads, areas, None, column or []).read()
            found = score(read_grids(grids), town.buildings, town.roads, town.areas, households)
        elif plan is not None:
            with grid_database() as engine, engine.connect() as connection:
                found = score_plan(connection, plan_or_error(connection, plan))
        else:
            raise typer.BadParameter("给出网格文件或 --plan Give a file of grids, or --plan.")
        console.print(score_table(found))


@app.command("publish")
def publish_command(
    *,
    plan: Annotated[int, typer.Argument(help="数据库中的方案号 Plan in the database.")],
    login: Annotated[str, typer.Option("--as", help="发布人账号 Account that answers for it.")],
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="生效日，默认今天 First day; default today."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="原因 Why; default: as the draft.")] = None,
) -> None:
    """Check, approve and publish a plan: in force from a day on, open cases move to its grids."""
    now = datetime.now(UTC)
    with told(), grid_database() as engine, engine.begin() as connection:
        found = plan_or_error(connection, plan)
        publisher = _publisher(connection, found, login, now)
        day = on.date() if on else district_today(connection, found.district_id, now)
        moved = publish_from_draft(
            connection,
            found,
            day=day,
            reason=reason,
            by=publisher,
            at=now,
            by_another=Settings().approval_by_another,
            console=console,
        )
    console.print(
        f"方案 {plan} 自 {day} 生效，{moved} 件未办结问题换了网格 · "
        f"Plan {plan} is in force from {day}; {moved} open cases moved."
    )


def _files_to_file(
    files: TownFiles,
    asked: tuple[GridOptions, GridWishes],
    out: Path,
    executor: Executor | None,
    *,
    force: bool,
    to: tuple[Path | None, Language],
) -> None:
    """Write the grids, and their report to a place and in a language."""
    place, language = to
    options, wishes = asked
    with grid_progress(errors) as progress:
        progress(0, 100, "read")
        town, ground = wishes.with_kinds(files.read()), wishes.read()
        grids = generate(
            town.buildings,
            town.roads,
            town.areas,
            options,
            progress,
            water=town.water,
            executor=executor,
            **ground,
        )
        run = RunOfGrids(
            grids,
            town.buildings,
            town.roads,
            town.areas[np.isin(check_areas(town.areas), grids["area"])],
            options,
            water=town.water,
            barriers=ground.get("barriers"),
            compounds=ground.get("compounds"),
            kept=ground.get("kept"),
            sources=files.names(),
        )
        found = score(
            grids,
            run.buildings,
            run.roads,
            run.areas,
            options.households,
            micro_households=options.micro_households,
            kept=run.kept,
        )
        report = report_on(run, found)
        write_grids(out, grids, force=force)
        if place is not None:
            write_run_report(place, report, run, language=language)
    console.print(score_table(found))
    tell_misses(report, console, language)
    tell(grids)
    console.print(f"已写出 {len(grids)} 个网格 · {len(grids)} grids written: {out}")
    if place is not None:
        console.print(f"质量报告 · Report: {place}", markup=False)


def _area_to_draft(
    code: str,
    name: str | None,
    reason: str,
    asked: tuple[GridOptions, GridWishes],
    executor: Executor | None,
) -> None:
    now = datetime.now(UTC)
    options, wishes = asked
    with grid_database() as engine:
        with engine.begin() as connection:
            area = area_or_error(connection, code)
            plan_id = create_plan(
                connection,
                area.district_id,
                area.id,
                name=name or f"{area.name} {now:%Y-%m-%d}",
                households=options.households,
                reason=reason,
                created_by=None,
                now=now,
                wishes=wishes.of_plan(connection, options),
            )
        try:
            with grid_progress(errors) as report:
                failure = generate_plan(
                    engine,
                    area.district_id,
                    plan_id,
                    now=now,
                    seed=options.seed,
                    progress=report,
                    executor=executor,
                )
        except KeyboardInterrupt:
            errors.print(f"已停止，方案 {plan_id} 没有网格 · Stopped: plan {plan_id} has no grids.")
            raise
        if failure is not None:
            raise GridFileError(failure.message_zh, failure.message_en)
        with engine.connect() as connection:
            console.print(score_table(score_plan(connection, plan_or_error(connection, plan_id))))
        console.print(f"已生成草案方案 {plan_id} · Draft plan {plan_id} is ready.")


def _publisher(connection: Connection, plan: PlanKey, login: str, at: datetime) -> UUID:
    held = caller_of_login(connection, login, at)
    place = plan_place(connection, plan.district_id, plan.id)
    if held is None or held.district_id != plan.district_id or place is None:
        raise GridFileError(
            f"本区县没有可用的账号 {login}。", f"This district has no active account {login}."
        )
    if not as_caller(held).may("plan:publish", place):
        raise GridFileError(
            f"账号 {login} 在该区域没有发布方案的权限（需要网格规划角色）。",
            f"The account {login} may not publish plans here: it needs the role planner.",
        )
    return held.account_id
