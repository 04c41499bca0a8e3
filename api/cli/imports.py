"""Commands that import files: ``sanbai import KIND FILE``."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from sqlalchemy import Connection

from api.cli.address_import import addresses_command
from api.cli.household_import import households_command
from api.cli.import_run import Outcome, Request, parse_columns, parse_datum, run_import
from api.cli.osm_import import osm_command
from api.cli.report_import import reports_command
from api.cli.track_import import tracks_command
from data.imports.area_tree import AreaOptions
from data.imports.messages import Language
from data.imports.read import DEFAULT_TIME_ZONE, ReadResult
from data.imports.store import Layer as MapLayer
from data.imports.store import Progress, store_layer
from data.imports.store_areas import store_areas
from data.imports.store_work import Source, store_hazards

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="要导入的文件 The file.", metavar="FILE")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="列对应：我方列=文件列，可重复 OURS=THEIRS, may be repeated."),
]
Crs = Annotated[str | None, typer.Option(help="坐标系 Coordinate system, e.g. EPSG:4527.")]
DatumName = Annotated[str | None, typer.Option("--datum", help="wgs84 | cgcs2000 | gcj02 | bd09")]
Layer = Annotated[str | None, typer.Option(help="图层或工作表 Layer or sheet.")]
Encoding = Annotated[str | None, typer.Option(help="文字编码 Text encoding, e.g. gbk.")]
SkipBad = Annotated[
    bool, typer.Option("--skip-bad", help="跳过问题行，导入其余 Leave bad rows out.")
]
Report = Annotated[Path | None, typer.Option(help="问题清单 CSV List of bad rows.", dir_okay=False)]
Lang = Annotated[
    Literal["zh", "en"] | None, typer.Option(help="只用一种语言 One language only: zh | en.")
]
CheckOnly = Annotated[bool, typer.Option("--check", help="只检查不写入 Check only, store nothing.")]
DistrictCode = Annotated[
    str | None, typer.Option("--district", help="区县编码（6 位）Code of the district.")
]
Login = Annotated[
    str, typer.Option("--as", help="以谁的名义登记（登录名） Login of who enters these records.")
]
Level = Annotated[
    Literal["district", "street", "zone", "community"] | None,
    typer.Option(help="没有编码的行的级别 Level of rows without a code."),
]
Parent = Annotated[
    str | None,
    typer.Option(help="上级编码，没有则新建 Parent's code; made where there is none."),
]
ParentName = Annotated[
    str | None, typer.Option(help="新建上级的名称 Name of a parent that is made.")
]
GrowParent = Annotated[
    bool,
    typer.Option("--grow-parent", help="上级范围改为下级的合并 Parent = union of its areas."),
]
TimeZone = Annotated[str, typer.Option(help="新区县的时区 Time zone of a new district.")]


@app.command("areas")
def areas_command(
    file: File,
    *,
    column: Columns = None,
    crs: Crs = None,
    datum: DatumName = None,
    layer: Layer = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    report: Report = None,
    lang: Lang = None,
    check: CheckOnly = False,
    level: Level = None,
    parent: Parent = None,
    parent_name: ParentName = None,
    grow_parent: GrowParent = False,
    time_zone: TimeZone = DEFAULT_TIME_ZONE,
) -> None:
    """导入区县、街道、社区的范围。Districts, streets and communities, with codes or without."""
    options = AreaOptions(level, parent, parent_name, grow_parent)

    def store(
        connection: Connection, read: ReadResult, at: datetime, progress: Progress
    ) -> Outcome:
        done = store_areas(
            connection,
            read,
            at,
            options=options,
            skip_bad=skip_bad,
            time_zone=time_zone,
            progress=progress,
        )
        return Outcome(done.districts, done.bad)

    request = _request(
        "areas",
        file,
        column=column,
        crs=crs,
        datum=datum,
        layer=layer,
        encoding=encoding,
        skip_bad=skip_bad,
        report=report,
        lang=lang,
        check=check,
    )
    run_import(request, store)


def _request(
    kind: str,
    file: Path,
    *,
    column: list[str] | None,
    crs: str | None,
    datum: str | None,
    layer: str | None,
    encoding: str | None,
    skip_bad: bool,
    report: Path | None,
    lang: Language | None,
    check: bool,
) -> Request:
    return Request(
        path=file,
        kind=kind,
        columns=parse_columns(column or []),
        crs=crs,
        datum=parse_datum(datum),
        layer=layer,
        encoding=encoding,
        skip_bad=skip_bad,
        report=report,
        language=lang,
        check_only=check,
    )


def _layer_command(kind: MapLayer, help_text: str) -> None:
    """Add the command for a layer of the map; they differ in nothing but what they store."""

    @app.command(kind, help=help_text)
    def command(
        file: File,
        *,
        column: Columns = None,
        crs: Crs = None,
        datum: DatumName = None,
        layer: Layer = None,
        encoding: Encoding = None,
        skip_bad: SkipBad = False,
        report: Report = None,
        lang: Lang = None,
        check: CheckOnly = False,
        district: DistrictCode = None,
    ) -> None:
        def store(
            connection: Connection, read: ReadResult, at: datetime, progress: Progress
        ) -> Outcome:
            stored = store_layer(connection, read, at, kind, district=district, progress=progress)
            return Outcome([stored])

        run_import(
            _request(
                kind,
                file,
                column=column,
                crs=crs,
                datum=datum,
                layer=layer,
                encoding=encoding,
                skip_bad=skip_bad,
                report=report,
                lang=lang,
                check=check,
            ),
            store,
        )


_layer_command("buildings", "导入楼栋和户数。Buildings with their households.")
app.command("households")(households_command)
app.command("addresses")(addresses_command)
app.command("osm")(osm_command)
_layer_command("roads", "导入道路。Roads and lanes.")
_layer_command("water", "导入河流湖塘。Rivers, lakes and ponds.")
_layer_command("places", "导入地名。Named places: compounds, villages, schools.")


@app.command("hazards")
def hazards_command(
    file: File,
    *,
    login: Login,
    column: Columns = None,
    crs: Crs = None,
    datum: DatumName = None,
    layer: Layer = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    report: Report = None,
    lang: Lang = None,
    check: CheckOnly = False,
    source: Annotated[Source, typer.Option(help="来源 Where they came from.")] = "inspection",
) -> None:
    """导入问题（登记为待派遣的案卷）。Hazards, each filed as a reported case."""

    def store(
        connection: Connection, read: ReadResult, at: datetime, progress: Progress
    ) -> Outcome:
        done = store_hazards(
            connection, read, at, login=login, source=source, skip_bad=skip_bad, progress=progress
        )
        return Outcome([done.stored], done.bad)

    request = _request(
        "hazards",
        file,
        column=column,
        crs=crs,
        datum=datum,
        layer=layer,
        encoding=encoding,
        skip_bad=skip_bad,
        report=report,
        lang=lang,
        check=check,
    )
    run_import(request, store)


app.command("reports")(reports_command)
app.command("tracks")(tracks_command)
