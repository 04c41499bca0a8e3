"""``sanbai grids import``: existing grids from a file, or a draft back from a GIS."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from api.cli.grid_shared import (
    PlanId,
    area_or_error,
    console,
    errors,
    grid_database,
    plan_or_error,
    told,
)
from api.cli.grid_tables import difference_table, mend_table
from api.cli.import_run import parse_columns, parse_datum
from data.imports.grid_difference import GridDifference, compare_plans
from data.imports.grid_identity import Continued
from data.imports.grid_report import (
    DIFFERENCE_COLUMNS,
    MEND_COLUMNS,
    difference_cells,
    mend_cells,
    write_table,
)
from data.imports.grids import DEFAULT_WIDTH_M, FittedGrids, fit_grids
from data.imports.limits import MAX_BAD_ROWS_SHOWN
from data.imports.problems import BadRow, ImportFileError
from data.imports.read import read_features
from data.imports.report import write_report
from data.imports.store_grids import codes_in_force, hold_draft, store_grids
from data.layers import district_today
from data.plans import PlanKey, TownFrames, create_plan, load_town, read_plan_grids
from geo.grids import GridInputError

File = Annotated[Path, typer.Argument(help="网格文件 File of grids.", exists=True, dir_okay=False)]
AreaCode = Annotated[
    str | None, typer.Option("--area", help="区域编码，新建草案 Code of an area: a new draft.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="列对应：我方列=文件列，可重复 OURS=THEIRS, may be repeated."),
]
Report = Annotated[
    Path | None, typer.Option(help="结果写入 CSV Write what changed, or is wrong, as CSV.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="只比对，不写入 Show what would change, store nothing.")
]
Name = Annotated[str | None, typer.Option(help="方案名称 Name of the draft plan.")]
Reason = Annotated[str, typer.Option(help="划分原因 Why it is drawn.")]
Layer = Annotated[str | None, typer.Option(help="图层或工作表 Layer or sheet.")]
Encoding = Annotated[str | None, typer.Option(help="文字编码 Text encoding, e.g. gbk.")]


@dataclass(frozen=True)
class Draft:
    """The draft that grids go to: one that is there, or one to be made for an area."""

    district_id: int
    area_id: int
    area_name: str
    plan: PlanKey | None

    def take(self, connection: Connection, name: str | None, reason: str, now: datetime) -> PlanKey:
        """Return the plan, made now where there was none."""
        if self.plan is not None:
            return self.plan
        plan_id = create_plan(
            connection,
            self.district_id,
            self.area_id,
            name=name or f"{self.area_name} {now:%Y-%m-%d}",
            households=300,
            reason=reason,
            created_by=None,
            now=now,
        )
        return plan_or_error(connection, plan_id)


def import_command(
    file: File,
    *,
    area: AreaCode = None,
    plan: PlanId = None,
    name: Name = None,
    reason: Reason = "",
    width: Annotated[
        float,
        typer.Option(help="缝隙、重叠、越界不超过此宽度则修补（米） Mend flaws this wide, m."),
    ] = DEFAULT_WIDTH_M,
    column: Columns = None,
    crs: Annotated[str | None, typer.Option(help="坐标系 e.g. EPSG:4527.")] = None,
    datum: Annotated[str | None, typer.Option(help="wgs84 | cgcs2000 | gcj02 | bd09")] = None,
    layer: Layer = None,
    encoding: Encoding = None,
    report: Report = None,
    dry_run: DryRun = False,
) -> None:
    """导入已有网格，或把在 QGIS 中改过的草案取回。

    Existing grids from SHP (GBK or UTF-8), GPKG, GeoJSON … become a draft plan: slivers, gaps
    and overlaps up to --width are mended. With --plan a draft edited elsewhere is taken back,
    matched by code; --dry-run shows the differences first.
    """
    if not 0 < width <= 50:
        raise typer.BadParameter("--width 应在 0 到 50 米之间 lies between 0 and 50 m.")
    now = datetime.now(UTC)
    with rows_told(report), grid_database() as engine, engine.begin() as connection:
        draft = find_draft(connection, area, plan)
        read = read_features(
            file,
            "grids",
            columns=parse_columns(column or []),
            crs=crs,
            datum=parse_datum(datum),
            layer=layer,
            encoding=encoding,
        )
        town = load_town(connection, draft.district_id, draft.area_id)
        in_use = used_codes(connection, draft, town, now)
        fitted = fit_grids(read, town, width_m=width, in_use=in_use)
        _tell_changes(connection, draft, fitted, report)
        if dry_run:
            console.print("只比对，未写入。Compared only: nothing was stored.", style="yellow")
            return
        source = {"file": file.name, "crs": read.crs, "datum": read.datum}
        key = draft.take(connection, name, reason, now)
        continued = store_grids(
            connection,
            key,
            town,
            fitted.grids,
            source=source,
            now=now,
            own_codes=fitted.own_codes,
        )
    tell_stored(key, continued)


def find_draft(connection: Connection, area: str | None, plan: int | None) -> Draft:
    """Find the draft of ``--plan``, or the area of ``--area``; one of the two must be given."""
    if (area is None) == (plan is None):
        raise typer.BadParameter(
            "请给出 --area（新建草案）或 --plan（改已有草案）之一。"
            "Give one of --area (a new draft) and --plan (a draft that is there)."
        )
    if area is not None:
        found = area_or_error(connection, area)
        return Draft(found.district_id, found.id, found.name, None)
    key = plan_or_error(connection, plan or 0)
    hold_draft(connection, key)
    return Draft(key.district_id, key.area_id, "", key)


def used_codes(
    connection: Connection, draft: Draft, town: TownFrames, now: datetime
) -> frozenset[str]:
    """Codes of the grids in force today in the communities of a draft."""
    today = district_today(connection, draft.district_id, now)
    return codes_in_force(connection, draft.district_id, list(town.areas["code"]), today)


def tell_stored(plan: PlanKey, continued: Continued) -> None:
    """Say where the grids went, and which of them go on with the history of one before."""
    by_code, by_shape, new = continued.by_code, continued.by_shape, continued.new
    grids = by_code + by_shape + new
    console.print(
        f"{grids} 个网格已存为草案方案 {plan.id} · {grids} grids stored as draft plan {plan.id}.\n"
        f"延续现有网格：按编码对上 {by_code} 个，按图形对上 {by_shape} 个；新网格 {new} 个 · "
        f"Continuing a grid: {by_code} by code, {by_shape} by shape; {new} are new."
    )


@contextmanager
def rows_told(report: Path | None) -> Iterator[None]:
    """As ``told``, with the rows at fault listed, or written to ``report``."""
    with told():
        try:
            yield
        except ImportFileError as error:
            tell_rows(error.bad, report)
            raise


def tell_rows(bad: list[BadRow], report: Path | None) -> None:
    """List rows at fault in both languages, or write them to a file."""
    if report is not None:
        write_report(report, bad, "zh")
        errors.print(f"清单已写入 The list is in {report}（{len(bad)}）", markup=False)
        return
    for row in bad[:MAX_BAD_ROWS_SHOWN]:
        for line in (row.line("zh"), row.line("en")):
            errors.print(f"  {line}", markup=False, highlight=False)
    if len(bad) > MAX_BAD_ROWS_SHOWN:
        errors.print(f"  …… {len(bad)}（--report bad.csv）", markup=False, highlight=False)


def _tell_changes(
    connection: Connection, draft: Draft, fitted: FittedGrids, report: Path | None
) -> None:
    """Show what was mended, and what would change in a draft that is there."""
    _tell_fitted(fitted)
    found = None if draft.plan is None else _differences(connection, draft.plan, fitted)
    _report(report, fitted, found)


def _differences(
    connection: Connection, plan: PlanKey, fitted: FittedGrids
) -> list[GridDifference]:
    try:
        before = read_plan_grids(connection, plan.district_id, plan.id)
    except GridInputError:
        before = fitted.grids.iloc[:0]
    found = compare_plans(before, fitted.grids)
    table = difference_table(found)
    if table is None:
        console.print("与方案没有差别。No difference from the plan.")
    else:
        console.print(table)
    return found


def _tell_fitted(fitted: FittedGrids) -> None:
    table = mend_table(fitted)
    if table is not None:
        console.print(table)
    flaws = fitted.flaws
    console.print(
        f"修补缝隙 {flaws['gap']} 处、重叠 {flaws['overlap']} 处、越界 {flaws['outside']} 处 · "
        f"Mended: {flaws['gap']} gaps, {flaws['overlap']} overlaps, {flaws['outside']} overhangs."
    )
    if fitted.communities_left:
        count, codes = len(fitted.communities_left), "、".join(fitted.communities_left[:10])
        console.print(
            f"注意：{count} 个社区（{fitted.households_left} 户）在文件中没有网格，"
            f"不在本方案内：{codes}\n"
            f"Note: the file has no grids for {count} communities ({fitted.households_left} "
            "households); the plan leaves them out.",
            style="yellow",
        )


def _report(path: Path | None, fitted: FittedGrids, found: list[GridDifference] | None) -> None:
    if path is None:
        return
    if found is None:
        write_table(path, MEND_COLUMNS, [mend_cells(mend) for mend in fitted.mends])
    else:
        write_table(path, DIFFERENCE_COLUMNS, [difference_cells(one) for one in found])
    console.print(f"明细已写入 · Details are in {path}", markup=False)
