"""Commands on grids: ``sanbai grids generate|score|export|publish``."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import geopandas as gpd
import typer
from sqlalchemy import Connection

from api.cli import grid_files
from api.cli.grid_display import grid_progress, score_table
from api.cli.grid_shared import (
    Force,
    PlanId,
    Scheduler,
    area_or_error,
    console,
    dividing_on,
    errors,
    grid_database,
    plan_or_error,
    told,
)
from api.cli.plan_course import publish_from_draft
from api.context import as_caller
from api.settings import Settings
from data.accounts import caller_of_login
from data.exports.grid_file import GridFileError, check_target, read_grids, write_grids
from data.imports.read import read_features
from data.layers import district_today
from data.plan_generation import generate_plan
from data.plans import PlanKey, create_plan, score_plan
from data.plans_read import plan_place
from geo.grids import GridOptions, generate, score

app = typer.Typer(
    help="划分、评价、导出、发布网格。Divide into grids, score, export and publish them."
)
grid_files.add_commands(app)

LAYERS = ("buildings", "roads", "areas", "water")

Input = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, readable=True)]
Households = Annotated[int, typer.Option(help="每网格户数 Households in a grid.", min=10)]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="LAYER.OURS=THEIRS",
        help="指定字段，如 buildings.households=户数。Name a column of a file.",
    ),
]


@app.command("generate")
def generate_command(
    *,
    buildings: Input = None,
    roads: Input = None,
    areas: Input = None,
    water: Input = None,
    households: Households = 300,
    seed: Annotated[int, typer.Option(help="随机种子 Same seed, same grids.", min=0)] = 0,
    out: Annotated[Path, typer.Option(help=".gpkg, .geojson, .fgb")] = Path("grids.gpkg"),
    force: Force = False,
    column: Columns = None,
    area: Annotated[
        str | None, typer.Option(help="数据库中的区域编码 Code of an area in the database.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="方案名称 Name of the draft plan.")] = None,
    reason: Annotated[str, typer.Option(help="划分原因 Why it is drawn.")] = "",
    scheduler: Scheduler = None,
) -> None:
    """Divide areas into grids: files to a file, or an area of the database to a draft plan."""
    files = _Files(buildings, roads, areas, water, column or [])
    if area is not None and not files.none:
        raise typer.BadParameter("--area 与文件选项不能同用 Use --area or files, not both.")
    with told():
        options = GridOptions(households=households, seed=seed)
        with dividing_on(scheduler) as executor:
            if area is None:
                _files_to_file(files, options, out, executor, force=force)
            else:
                _area_to_draft(area, name, reason, options, executor)


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
            town = _Files(buildings, roads, areas, None, column or []).read()
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


@dataclass(frozen=True)
class _Town:
    """What the files hold."""

    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    water: gpd.GeoDataFrame | None


@dataclass(frozen=True)
class _Files:
    """The files of one town, as given on the command line."""

    buildings: Path | None
    roads: Path | None
    areas: Path | None
    water: Path | None
    columns: list[str]

    @property
    def none(self) -> bool:
        """Whether no file was given."""
        return all(path is None for path in (self.buildings, self.roads, self.areas, self.water))

    def _named(self) -> list[tuple[str, str, str]]:
        """What ``--column`` says, as layer, our name, theirs."""
        named = []
        for word in self.columns:
            ours, equals, theirs = word.partition("=")
            layer, dot, name = ours.partition(".")
            if not equals or not dot or layer not in LAYERS:
                raise typer.BadParameter(
                    f"“{word}” 应写成 图层.字段=文件字段，如 buildings.households=户数。"
                    f"Write LAYER.OURS=THEIRS; layers: {', '.join(LAYERS)}."
                )
            named.append((layer, name, theirs))
        return named

    def require(self) -> tuple[Path, Path, Path]:
        """Buildings, roads and areas; refuse the command when one is missing or ill named."""
        self._named()
        if self.buildings is None or self.roads is None or self.areas is None:
            raise typer.BadParameter(
                "需要 --buildings、--roads 和 --areas；数据库中的用 --area 或 --plan。"
                "Give --buildings, --roads and --areas; or --area or --plan for the database."
            )
        return self.buildings, self.roads, self.areas

    def read(self) -> _Town:
        """Read them all; the areas keep their own coordinate system."""
        buildings, roads, areas = self.require()
        return _Town(
            buildings=self._layer(buildings, "buildings"),
            roads=self._layer(roads, "roads"),
            areas=_communities(self._layer(areas, "areas")),
            water=None if self.water is None else self._layer(self.water, "water"),
        )

    def _layer(self, path: Path, kind: str) -> gpd.GeoDataFrame:
        columns = {ours: theirs for layer, ours, theirs in self._named() if layer == kind}
        found = read_features(path, kind, columns=columns)
        shifted = found.datum in {"gcj02", "bd09"}
        if kind != "areas" or shifted or ":" not in found.crs:
            return found.frame
        return found.frame.to_crs(found.crs)


def _communities(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out districts and streets where the file has them along with communities."""
    if "level" in areas.columns and (areas["level"] == "community").any():
        return areas[areas["level"] == "community"]
    return areas


def _files_to_file(
    files: _Files, options: GridOptions, out: Path, executor: Executor | None, *, force: bool
) -> None:
    files.require()
    check_target(out, force=force)
    with grid_progress(errors) as report:
        report(0, 100, "read")
        town = files.read()
        grids = generate(
            town.buildings,
            town.roads,
            town.areas,
            options,
            report,
            water=town.water,
            executor=executor,
        )
        found = score(grids, town.buildings, town.roads, town.areas, options.households)
        write_grids(out, grids, force=force)
    console.print(score_table(found))
    outside = grids.attrs["households_outside"]
    if outside:
        console.print(
            f"注意：{outside} 户不在任何区域内，未计入。"
            f"Note: {outside} households lie in none of the areas.",
            style="yellow",
        )
    console.print(f"已写出 {len(grids)} 个网格 · {len(grids)} grids written: {out}")


def _area_to_draft(
    code: str, name: str | None, reason: str, options: GridOptions, executor: Executor | None
) -> None:
    now = datetime.now(UTC)
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
            )
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
