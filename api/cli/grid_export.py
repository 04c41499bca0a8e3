"""``sanbai grids export``."""

from pathlib import Path
from typing import Annotated

import typer
from pyproj import CRS
from pyproj.exceptions import CRSError

from api.cli.grid_shared import Force, console, grid_database, plan_or_error, told
from data.exports.grid_file import GridFileError, check_target, write_grids
from data.plans import read_plan_grids


def export_command(
    *,
    plan: Annotated[int, typer.Argument(help="数据库中的方案号 Plan in the database.")],
    out: Annotated[Path, typer.Option(help=".gpkg, .geojson, .fgb")] = Path("grids.gpkg"),
    force: Force = False,
    crs: Annotated[
        str, typer.Option(help="坐标系，如 EPSG:4490。Coordinate system, as EPSG:4490.")
    ] = "EPSG:4326",
) -> None:
    """Write the grids of a plan to a file, layer ``grids``."""
    with told():
        check_target(out, force=force)
        with grid_database() as engine, engine.connect() as connection:
            found = plan_or_error(connection, plan)
            grids = read_plan_grids(connection, found.district_id, found.id)
        try:
            target = CRS(crs)
        except CRSError as error:
            raise GridFileError(
                f"不认识坐标系“{crs}”。", f"Unknown coordinate system “{crs}”."
            ) from error
        write_grids(out, grids.to_crs(target), force=force)
        console.print(f"已写出 {len(grids)} 个网格 · {len(grids)} grids written: {out}")
