"""``sanbai grids import-list``: grids that exist only as a list of compounds and buildings."""

from datetime import UTC, datetime

from api.cli.grid_import import (
    AreaCode,
    Columns,
    DryRun,
    Encoding,
    File,
    Layer,
    Name,
    Reason,
    Report,
    find_draft,
    rows_told,
    tell_rows,
    tell_stored,
    used_codes,
)
from api.cli.grid_shared import PlanId, console, grid_database
from api.cli.import_run import parse_columns
from data.frames import read_frame
from data.imports.grid_lists import read_grid_list
from data.imports.listed_grids import DrawnList, draw_list
from data.imports.store_grids import store_grids
from data.plans import load_town


def import_list_command(
    file: File,
    *,
    area: AreaCode = None,
    plan: PlanId = None,
    name: Name = None,
    reason: Reason = "",
    column: Columns = None,
    layer: Layer = None,
    encoding: Encoding = None,
    report: Report = None,
    dry_run: DryRun = False,
) -> None:
    """把只有清单的网格（网格、小区、楼号）画成图形。

    Draw grids from a list (XLSX, CSV: grid, compound, buildings such as 1-5号楼、7号楼) around
    the buildings in the database, as a draft plan; what matches nothing is listed.
    """
    now = datetime.now(UTC)
    with rows_told(report), grid_database() as engine, engine.begin() as connection:
        draft = find_draft(connection, area, plan)
        listed = read_grid_list(
            file, columns=parse_columns(column or []), layer=layer, encoding=encoding
        )
        town = load_town(connection, draft.district_id, draft.area_id)
        place = {"district_id": draft.district_id, "area_id": draft.area_id}
        buildings = read_frame(connection, "listed_buildings", place)
        with console.status("正在绘制 Drawing …"):
            drawn = draw_list(listed, buildings, town, used_codes(connection, draft, town, now))
        _tell_drawn(drawn, len(listed.grids))
        if drawn.notes or report is not None:
            tell_rows(drawn.notes, report)
        if dry_run:
            console.print("只比对，未写入。Compared only: nothing was stored.", style="yellow")
            return
        key = draft.take(connection, name, reason, now)
        continued = store_grids(
            connection,
            key,
            town,
            drawn.grids,
            source={"file": file.name},
            now=now,
            own_codes=drawn.own_codes,
        )
    tell_stored(key, continued)


def _tell_drawn(drawn: DrawnList, listed: int) -> None:
    console.print(
        f"清单列出 {listed} 个网格；对上 {drawn.listed} / {drawn.buildings} 栋楼、"
        f"{drawn.households_listed} / {drawn.households} 户。\n"
        f"{listed} grids are listed; matched: {drawn.listed} of {drawn.buildings} buildings, "
        f"{drawn.households_listed} of {drawn.households} households."
    )
    if drawn.unreached:
        console.print(
            f"注意：{drawn.unreached} 块地方清单里的网格都够不着，已各成一个网格，请核对。\n"
            f"Note: {drawn.unreached} places are reached by no listed grid and became grids of "
            "their own: check them.",
            style="yellow",
        )
