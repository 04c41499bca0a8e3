"""What the commands on grids share: options, the database, faults told in both languages."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Connection, Engine

from api.cli.server import running_database
from api.settings import Settings
from data.database import open_engine
from data.exports.grid_file import GridFileError
from data.imports.read import ImportFileError
from data.plans import AreaKey, PlanKey, find_area, find_plan
from geo.grids import GridError, GridOptions

console = Console()
errors = Console(stderr=True)

Households = Annotated[int, typer.Option(help="每网格户数 Households in a grid.", min=10)]
Seed = Annotated[int, typer.Option(help="随机种子 Same seed, same grids.", min=0)]
GridsOut = Annotated[Path, typer.Option(help=".gpkg, .geojson, .fgb")]
PlanId = Annotated[
    int | None, typer.Option("--plan", help="数据库中的方案号 Plan in the database.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(help="dask 集群地址，各区域分到其上划分 Divide the areas there: tcp://host:8786."),
]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有文件 Replace a file that is there.")]


def grid_options(households: int, micro: int, tolerance_pct: float, seed: int = 0) -> GridOptions:
    """What grids should be like, as the options say it."""
    return GridOptions(
        households=households, micro_households=micro, tolerance=tolerance_pct / 100, seed=seed
    )


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Tell a fault that the user can mend without a traceback, Chinese first."""
    try:
        yield
    except (GridError, GridFileError, ImportFileError) as error:
        errors.print(f"错误：{error.message_zh}", style="red", markup=False, highlight=False)
        errors.print(f"Error: {error.message_en}", markup=False, highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        errors.print("已取消，没有写出任何文件。Cancelled; nothing was written.")
        raise typer.Exit(130) from error


@contextlib.contextmanager
def dividing_on(scheduler: str | None) -> Iterator[Executor | None]:
    """Give what divides areas: a dask cluster's workers, or None for this machine's cores."""
    if scheduler is None:
        yield None
        return
    # It takes a second to import, and hardly anybody has a cluster.
    from distributed import Client  # noqa: PLC0415

    try:
        client = Client(scheduler, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise GridFileError(
            f"连不上 dask 调度器 {scheduler}：{error}。请检查地址，形如 tcp://主机:8786。",
            f"No dask scheduler answers at {scheduler}: {error}. Addresses look like "
            "tcp://host:8786.",
        ) from error
    with client:
        yield client.get_executor()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def grid_database() -> Iterator[Engine]:
    """Open the database that the settings name; ready when the block begins."""
    settings = Settings()
    with running_database(settings) as urls:
        engine = open_engine(urls.app, pool_size=2, statement_timeout_s=600)
        try:
            yield engine
        finally:
            engine.dispose()


def area_or_error(connection: Connection, code: str) -> AreaKey:
    """Find an area by its code, or tell that there is none."""
    found = find_area(connection, code)
    if found is None:
        raise GridFileError(
            f"数据库中没有编码为 {code} 的区域，请先导入。",
            f"No area has the code {code} in the database: import it first.",
        )
    return found


def plan_or_error(connection: Connection, plan_id: int) -> PlanKey:
    """Find a plan by its number, or tell that there is none."""
    found = find_plan(connection, plan_id)
    if found is None:
        raise GridFileError(
            f"数据库中没有方案 {plan_id}。", f"There is no plan {plan_id} in the database."
        )
    return found
