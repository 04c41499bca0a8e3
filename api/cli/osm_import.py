"""``sanbai import osm``: a whole OpenStreetMap extract."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.import_options import CheckOnly, OneLanguage
from api.cli.import_run import (
    Request,
    console,
    import_transaction,
    said,
    tell_bad_rows,
    tell_check_only,
    tell_refusal,
)
from data.imports.osm.areas import parse_levels
from data.imports.osm.batches import Bbox
from data.imports.osm.rules import default_rules_text, read_rules
from data.imports.osm.scan import LAYERS, Told
from data.imports.osm.store import OsmOptions, StoredExtract, store_extract
from data.imports.problems import ImportFileError
from data.imports.read import DEFAULT_TIME_ZONE

_PHASES: Final = {
    "reading": "读取 Reading",
    "areas": "区域 Areas",
    "staging": "裁切 Cutting",
    "households": "户数 Households",
    "buildings": "楼栋 Buildings",
    "roads": "道路 Roads",
    "water": "水系 Water",
    "places": "地名 Places",
    "addresses": "地址 Addresses",
}
_MOST_VANISHED_SHOWN: Final = 10
_BOX_SIDES: Final = 4


def osm_command(
    file: Annotated[
        Path | None, typer.Argument(help="OSM 数据 Extract: .osm.pbf", metavar="FILE")
    ] = None,
    *,
    areas: Annotated[
        str | None,
        typer.Option(
            help="行政区级别 admin_level=level：6=district,8=street,10=community，"
            "或 standard；不写则保留现有区域 left out: areas are kept."
        ),
    ] = None,
    parent: Annotated[
        str | None, typer.Option(help="上级编码，没有则新建 Parent's code; made where none.")
    ] = None,
    parent_name: Annotated[
        str | None, typer.Option(help="新建上级的名称 Name of a parent that is made.")
    ] = None,
    grow_parent: Annotated[
        bool,
        typer.Option("--grow-parent", help="上级范围改为下级的合并 Parent = union of its areas."),
    ] = False,
    district: Annotated[
        str | None, typer.Option("--district", help="区县编码（6 位）Code of the district.")
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(help="只要这里：区域编码，或 西,南,东,北 Only here: area code, or W,S,E,N."),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(help=f"只要这些图层 Only these layers: {','.join(LAYERS)}."),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="户数规则 CSV/XLSX Rules of households.", dir_okay=False),
    ] = None,
    show_rules: Annotated[
        bool, typer.Option("--show-rules", help="显示默认户数规则 Print the default rules.")
    ] = False,
    remove_vanished: Annotated[
        bool,
        typer.Option("--remove-vanished", help="删去新数据中没有的 Delete what it has no more."),
    ] = False,
    temp_dir: Annotated[
        Path | None,
        typer.Option(
            help="临时目录，约文件 3 倍 For temporary files.", exists=True, file_okay=False
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="问题清单 CSV List of problems.", dir_okay=False)
    ] = None,
    lang: OneLanguage = None,
    check: CheckOnly = False,
    time_zone: Annotated[
        str, typer.Option(help="新区县的时区 Time zone of a new district.")
    ] = DEFAULT_TIME_ZONE,
) -> None:
    """导入整份 OSM 数据（.osm.pbf）：区域、楼栋和户数、道路、水系、地名、地址。

    A whole OpenStreetMap extract: areas, buildings with estimated households, roads, water,
    places and addresses. The same extract again changes nothing; a newer one updates.
    """
    if show_rules:
        typer.echo(default_rules_text(), nl=False)
        return
    if file is None:
        raise typer.BadParameter("缺少文件 The file is missing.", param_hint="FILE")
    request = Request(path=file, kind="osm", report=report, language=lang, check_only=check)
    try:
        options = OsmOptions(
            rules=read_rules(rules),
            layers=_layers_asked(only),
            area_levels=parse_levels(areas),
            parent=parent,
            parent_name=parent_name,
            grow_parent=grow_parent,
            district=district,
            within=_within(within),
            temp_dir=temp_dir,
            remove_vanished=remove_vanished,
            time_zone=time_zone,
        )
        with import_transaction(check_only=check) as connection, _progress() as told:
            stored = store_extract(connection, file, datetime.now(UTC), options, told)
    except ImportFileError as error:
        tell_refusal(request, error)
        raise typer.Exit(1) from error
    _tell(request, stored)
    tell_bad_rows(request, list(stored.faults.listed))


def _layers_asked(words: str | None) -> frozenset[str]:
    if words is None:
        return frozenset(LAYERS)
    asked = frozenset(word.strip() for word in words.replace("，", ",").split(","))
    if not asked <= frozenset(LAYERS):
        raise typer.BadParameter(f"{words}：可用 possible: {','.join(LAYERS)}", param_hint="--only")
    return asked


def _within(words: str | None) -> str | Bbox | None:
    """Read an area's code or a box."""
    if words is None or words.isdigit():
        return words
    try:
        sides = [float(side) for side in words.replace("，", ",").split(",")]
    except ValueError as error:
        raise ImportFileError("osm_within_bad", within=words) from error
    if len(sides) != _BOX_SIDES:
        raise ImportFileError("osm_within_bad", within=words)
    west, south, east, north = sides
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ImportFileError("osm_within_bad", within=words)
    return west, south, east, north


@contextmanager
def _progress() -> Iterator[Told]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(_PHASES["reading"], total=None)

        def told(done: int, total: int, phase: str) -> None:
            # Where nothing is known of how far it is, the bar swings.
            bar.update(
                task, description=_PHASES[phase], completed=done, total=total if done else None
            )

        yield told


def _tell(request: Request, stored: StoredExtract) -> None:
    console.print(_layers(request, stored))
    console.print(_rules(stored))
    for zh, en in _remarks(stored):
        for line in said(request, zh, en):
            console.print(line, style="yellow", markup=False, highlight=False)
    for result in stored.layers.values():
        for external_id, name in result.vanished[:_MOST_VANISHED_SHOWN]:
            console.print(f"  {external_id} {name or ''}", markup=False, highlight=False)
    tell_check_only(request)


def _layers(request: Request, stored: StoredExtract) -> Table:
    date = f" · {stored.date}" if stored.date is not None else ""
    table = Table(title=f"{request.path.name}{date}", title_justify="left", box=None)
    table.add_column("图层 Layer")
    for heading in ("新增 Added", "更新 Changed", "未变 Same", "界外 Outside", "已消失 Vanished"):
        table.add_column(heading, justify="right")
    if stored.areas is not None:
        counts = (stored.areas.added, stored.areas.changed, stored.areas.unchanged)
        table.add_row(_PHASES["areas"], *map(str, counts), "–", "–")
    for layer, result in stored.layers.items():
        counts = (result.stored.added, result.stored.changed, result.stored.unchanged)
        gone = f"{len(result.vanished)}" + (f" (-{result.removed})" if result.removed else "")
        table.add_row(_PHASES[layer], *map(str, counts), str(result.outside), gone)
    return table


def _rules(stored: StoredExtract) -> Table:
    table = Table(box=None)
    for heading in ("户数规则 Rule", "楼栋 Buildings", "户数 Households"):
        table.add_column(heading, justify="left" if heading.startswith("户数规则") else "right")
    for rule in stored.rules:
        words = {None: "building:flats", -1: "– 无规则 no rule"}
        name = words.get(rule.place) or f"{(rule.place or 0) + 1}"
        table.add_row(name, str(rule.buildings), str(rule.households))
    return table


def _remarks(stored: StoredExtract) -> Iterator[tuple[str, str]]:
    yield (
        "数据 © OpenStreetMap contributors, ODbL：请用 SANBAI_ATTRIBUTION 在地图上注明。",
        "Data © OpenStreetMap contributors, ODbL: say so on the map by SANBAI_ATTRIBUTION.",
    )
    yield (
        f"全区 OSM 楼栋共 {stored.households} 户；户数是估算，请用 sanbai import households 订正。",
        f"{stored.households} households in the district's OSM buildings: an estimate, to be "
        "corrected by sanbai import households.",
    )
    if stored.faults.left_out:
        yield (
            f"{stored.faults.left_out} 个对象有误，已略去。",
            f"{stored.faults.left_out} objects are broken and were left out.",
        )
    if stored.clipped:
        yield (
            f"{stored.clipped} 条线在文件边缘被截断，只导入了文件内的部分。",
            f"{stored.clipped} lines are cut off at the edge of the file; the rest was taken.",
        )
    if stored.without_community:
        yield (
            f"{stored.without_community} 栋楼不在任何社区内，划分网格时不计。",
            f"{stored.without_community} buildings lie in no community and are in no grid.",
        )
    if stored.others:
        yield (
            f"本区另有 {stored.others} 栋楼来自其他文件；同一栋楼导入两次，户数会重复。",
            f"{stored.others} buildings of the district came from other files: a building that "
            "was imported twice counts twice.",
        )
    vanished = sum(len(result.vanished) for result in stored.layers.values())
    if vanished:
        yield (
            f"新数据中已没有 {vanished} 个以前导入的对象（--remove-vanished 可删去）。",
            f"{vanished} objects of an earlier extract are gone (--remove-vanished deletes them).",
        )
