"""What is asked of a division, as it is given on the command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, cast

import geopandas as gpd
import typer
from sqlalchemy import Connection

from api.cli.grid_shared import area_or_error, console
from api.cli.grid_town import Town
from data.exports.grid_file import GridFileError, read_grids
from data.plan_layers import LayerRole, read_layer_file
from data.plan_wishes import AreaKind, AreaWish, MicroRange, PlanWishes
from geo.grids import GridOptions
from geo.grids.inputs import check_areas
from geo.grids.options import KINDS

AskedKind = tuple[AreaKind, int | None]

Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kinds",
        metavar="CODE=KIND[:N]",
        help="某社区的网格类型 general 综合、micro 微网格、site 专属，可加每网格户数；可重复。"
        "Kind of a community's grids, and their households; may be repeated.",
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CODE",
        help="只划分这些社区，可重复 Divide these communities only; may be repeated.",
    ),
]
Tolerance = Annotated[
    float, typer.Option(help="允许偏差 % Off the fair target by up to so many %.", min=1, max=50)
]
Micro = Annotated[
    int, typer.Option("--micro", help="每个微网格户数 Households in a micro-grid.", min=10)
]
Barriers = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="网格不得跨越的线或面：河、铁路、高速、围墙 Lines or polygons not to be crossed.",
    ),
]
Prefer = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="边界优先沿行的线 Lines that boundaries follow before others.",
    ),
]
Compounds = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="小区的面，户数放得下的不拆开 Compounds, kept whole where they fit.",
    ),
]
Keep = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="锁定的网格，其余的绕开它们划分 Locked grids; the rest goes around them.",
    ),
]


def by_code(words: list[str]) -> dict[str, AskedKind]:
    """Read ``--kinds``: kind and, where it is said, households of a grid, by code of the area."""
    found: dict[str, AskedKind] = {}
    for word in words:
        code, equals, said = word.partition("=")
        kind, colon, number = said.partition(":")
        if not equals or kind not in KINDS or (colon and not number.isdecimal()):
            raise typer.BadParameter(
                f"“{word}” 应写成 社区编码=类型 或 社区编码=类型:户数，类型为 {'、'.join(KINDS)}。"
                f"Write CODE=KIND or CODE=KIND:HOUSEHOLDS; kinds: {', '.join(KINDS)}."
            )
        found[code] = (cast("AreaKind", kind), int(number) if colon else None)
    return found


@dataclass(frozen=True)
class GridWishes:
    """What is asked beside the options: kinds, areas, and files of the ground."""

    kinds: dict[str, AskedKind]
    only: list[str] | None
    barriers: Path | None
    prefer: Path | None
    compounds: Path | None
    keep: Path | None

    @property
    def has_files(self) -> bool:
        """Whether any file is given."""
        return any((self.barriers, self.prefer, self.compounds, self.keep))

    def with_kinds(self, town: Town) -> Town:
        """Return a town whose areas have ``kind`` and ``target`` as they are asked for."""
        if not self.kinds:
            return town
        codes = check_areas(town.areas)
        unknown = sorted(set(self.kinds) - set(codes))
        if unknown:
            raise GridFileError(
                f"文件中没有编码为 {'、'.join(unknown)} 的区域。",
                f"No area of the file has the code {', '.join(unknown)}.",
            )
        usual: AskedKind = ("general", None)
        areas = town.areas.assign(
            kind=[self.kinds.get(code, usual)[0] for code in codes],
            target=[self.kinds.get(code, usual)[1] for code in codes],
        )
        return replace(town, areas=areas)

    def read(self) -> dict[str, Any]:
        """Read the files: what :func:`geo.grids.generate` takes by name."""
        files: dict[LayerRole, Path | None] = {
            "barriers": self.barriers,
            "preferred": self.prefer,
            "compounds": self.compounds,
        }
        asked: dict[str, Any] = {
            role: read_layer_file(path, role) for role, path in files.items() if path is not None
        }
        if self.keep is not None:
            asked["kept"] = read_grids(self.keep)
        if self.only:
            asked["only"] = self.only
        return asked

    def of_plan(self, connection: Connection, options: GridOptions) -> PlanWishes:
        """What a draft of the database is drawn up by."""
        if self.has_files:
            raise GridFileError(
                "--barriers、--prefer、--compounds、--keep 用于从文件划分；"
                "数据库中的方案请在网页上起草时上传这些图层。",
                "--barriers, --prefer, --compounds and --keep go with files. For a plan of the "
                "database, upload such layers when drawing it up in the browser.",
            )
        half = min(options.micro_households - 1, 15)
        return PlanWishes(
            tolerance_pct=100 * options.tolerance,
            micro=MicroRange(
                least=options.micro_households - half, most=options.micro_households + half
            ),
            seed=options.seed,
            areas=tuple(
                AreaWish(area_id=area_or_error(connection, code).id, kind=kind, households=number)
                for code, (kind, number) in self.kinds.items()
            ),
            only=tuple(area_or_error(connection, code).id for code in self.only)
            if self.only
            else None,
        )


def tell(grids: gpd.GeoDataFrame) -> None:
    """Print what could not be kept as it is wished: buildings and compounds that were divided."""
    for one in grids.attrs["split_buildings"]:
        console.print(
            f"第 {one['row'] + 1} 行楼栋有 {one['households']} 户，一个网格放不下，已按 "
            f"{one['units']} 个单元拆分。Building row {one['row'] + 1}: {one['households']} "
            f"households are more than a grid holds; divided into {one['units']} units.",
            style="yellow",
        )
    for one in grids.attrs["divided_compounds"]:
        console.print(
            f"第 {one['row'] + 1} 行小区有 {one['households']} 户，分在 {one['grids']} 个网格。"
            f"Compound row {one['row'] + 1}: {one['households']} households, in {one['grids']} "
            "grids.",
            style="yellow",
        )
    outside = grids.attrs["households_outside"]
    if outside:
        console.print(
            f"注意：{outside} 户不在任何区域内，未计入。"
            f"Note: {outside} households lie in none of the areas.",
            style="yellow",
        )
