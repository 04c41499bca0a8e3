"""``sanbai import tracks``: files, folders and archives of tracks, of many days and officers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from api.cli.import_options import CheckOnly, Encoding, OneLanguage, SkipBad
from api.cli.import_run import (
    console,
    errors,
    import_engine,
    parse_columns,
    parse_datum,
    progress_bar,
    transaction_of,
)
from api.routes.shifts import Kind
from data.imports.limits import MAX_BAD_ROWS_SHOWN
from data.imports.messages import Language
from data.imports.problems import ImportFileError
from data.imports.read import DEFAULT_TIME_ZONE
from data.imports.store import Progress
from data.imports.track_messages import DROPPED
from data.imports.tracks.report import FileOutcome, add_up, write_track_report
from data.imports.tracks.sources import (
    TrackSource,
    TrackWords,
    login_of_name,
    read_track_file,
    track_sources,
)
from data.imports.tracks.spans import DutyRules, parse_hours
from data.imports.tracks.store import all_logins, common_zone, make_weeks_of, store_tracks

_FILES_SHOWN: Final = 30


@dataclass(frozen=True)
class _Order:
    """What the user asked for."""

    words: TrackWords
    rules: DutyRules
    login: str | None
    pattern: str | None
    skip_bad: bool
    check_only: bool


def tracks_command(
    given: Annotated[
        Path,
        typer.Argument(
            help="文件、文件夹或压缩包 File, folder or ZIP: GPX, FIT, CSV, XLSX, GPKG …",
            metavar="FILE|FOLDER|ZIP",
        ),
    ],
    *,
    login: Annotated[
        str | None,
        typer.Option(
            "--as", help="文件没有写明时是谁的轨迹 Login of the officer, where files say none."
        ),
    ] = None,
    file_pattern: Annotated[
        str | None,
        typer.Option(help="文件名里登录名的位置，如 轨迹_{login}_* Where names hold the login."),
    ] = None,
    duty: Annotated[Kind, typer.Option(help="值守种类 Kind of duty.")] = "patrol",
    hours: Annotated[
        list[str] | None,
        typer.Option(help="值守时段，可重复 Hours of duty, may be repeated: 08:00-12:00."),
    ] = None,
    gap_minutes: Annotated[
        float, typer.Option(min=1, max=720, help="静默多久算一班结束 Silence that ends a shift.")
    ] = 30,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="列对应 OURS=THEIRS, may be repeated.")
    ] = None,
    crs: Annotated[str | None, typer.Option(help="坐标系 Coordinate system of tables.")] = None,
    datum: Annotated[
        str | None, typer.Option("--datum", help="wgs84 | cgcs2000 | gcj02 | bd09")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="未写时区的时间属于哪个时区 Zone of times that say none.")
    ] = None,
    layer: Annotated[str | None, typer.Option(help="图层或工作表 Layer or sheet.")] = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    report: Annotated[
        Path | None, typer.Option(help="问题清单 CSV List of what was left out.", dir_okay=False)
    ] = None,
    lang: OneLanguage = None,
    check: CheckOnly = False,
) -> None:
    """导入值守轨迹，按班次切开。Tracks of duty, cut into officers' shifts.

    只保存值守网格附近的点；每个文件要么全部导入，要么不导入；再导入一次没有变化。
    Only fixes near the grids on duty are kept. Each file is imported whole or not at all; the same
    file again changes nothing.
    """
    columns, known = parse_columns(column or []), parse_datum(datum)
    with import_engine() as engine:
        try:
            rules = DutyRules(duty, parse_hours(hours or []), gap_minutes * 60)
            zone = _zone(engine, time_zone)
            words = TrackWords(zone, columns, crs, known, layer, encoding)
            order = _Order(words, rules, login, file_pattern, skip_bad, check)
            outcomes = list(_import_all(engine, given, order))
        except ImportFileError as error:
            zh, en = f"导入失败：{error.message_zh}", f"Not imported: {error.message_en}"
            _say(errors, lang, zh, en, style="red")
            raise typer.Exit(1) from error
    _tell(outcomes, lang, check_only=check)
    if report is not None:
        write_track_report(report, outcomes, lang or "zh")
        _say(errors, lang, f"问题清单已写入 {report}。", f"What was left out is in {report}.")
    if any(outcome.refused is not None for outcome in outcomes):
        raise typer.Exit(1)


def _zone(engine: Engine, asked: str | None) -> ZoneInfo:
    with engine.connect() as connection:
        name = asked or common_zone(connection) or DEFAULT_TIME_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise typer.BadParameter(f"{name!r}：Asia/Shanghai …") from error


def _import_all(engine: Engine, given: Path, order: _Order) -> Iterator[FileOutcome]:
    with engine.connect() as connection:
        logins = all_logins(connection)
    with progress_bar("tracks") as told:
        for source in track_sources(given):
            yield _import_one(engine, source, order, logins, told)


def _import_one(
    engine: Engine, source: TrackSource, order: _Order, logins: list[str], told: Progress
) -> FileOutcome:
    """Read and store one file in a transaction of its own; a refusal leaves nothing behind."""
    outcome = FileOutcome(source.name, refused=source.refused)
    if source.refused is not None:
        return outcome
    try:
        named = login_of_name(source.name, logins, order.pattern)
        file = read_track_file(source, order.words)
        outcome.written, outcome.read = file.file_format, file.rows_read
        with transaction_of(engine, check_only=order.check_only) as connection:
            outcome.stored = store_tracks(
                connection,
                file,
                datetime.now(UTC),
                name=source.name,
                login=named or order.login,
                rules=order.rules,
                skip_bad=order.skip_bad,
                progress=told,
                make_weeks=partial(_make_weeks, engine),
            )
    except ImportFileError as error:
        outcome.stored, outcome.refused = None, error
    return outcome


def _make_weeks(engine: Engine, days: Sequence[date]) -> None:
    """Make partitions apart from the import, so that no phone waits for it to end."""
    with engine.begin() as connection:
        make_weeks_of(connection, days)


def _say(on: Console, language: Language | None, zh: str, en: str, style: str = "") -> None:
    """Print a sentence in the language asked for, or in both."""
    for line in {"zh": [zh], "en": [en]}.get(language or "", [zh, en]):
        on.print(line, style=style, markup=False, highlight=False)


def _tell(outcomes: list[FileOutcome], language: Language | None, *, check_only: bool) -> None:
    totals = add_up(outcomes)
    sums = totals.sums
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("文件 Files", str(totals.files))
    table.add_row("未导入的文件 Refused", str(totals.refused))
    table.add_row("行 Rows", f"{totals.read:,}")
    table.add_row("问题行 Bad rows", f"{totals.bad:,}")
    table.add_row("新班次 New shifts", f"{sums.shifts:,}")
    table.add_row("轨迹点 Fixes stored", f"{sums.fixes:,}")
    table.add_row("时长 Hours", f"{sums.seconds / 3600:,.1f}")
    table.add_row("路程 Kilometres", f"{sums.metres / 1000:,.1f}")
    for reason, count in sums.dropped.most_common():
        zh, en = DROPPED[reason]
        table.add_row(f"未保存 Left out：{zh} {en}", f"{count:,}")
    console.print(table)
    if 2 * sums.dropped["far_from_duty"] > totals.read:
        zh = "大半的点离值守网格太远：请核对坐标系（--datum）和账号。"
        en = "Most fixes lie far from the grids on duty: check --datum and the login."
        _say(console, language, zh, en, style="yellow")
    _tell_refused(outcomes, language)
    if check_only:
        zh, en = "只检查，未写入任何数据。", "Checked only: nothing was stored."
        _say(console, language, zh, en, style="yellow")


def _tell_refused(outcomes: list[FileOutcome], language: Language | None) -> None:
    """Name refused files and bad rows; the report has those beyond the first ones."""
    faulty = [outcome for outcome in outcomes if outcome.refused is not None or outcome.bad]
    for outcome in faulty[:_FILES_SHOWN]:
        if outcome.refused is not None:
            error = outcome.refused
            zh, en = f"{outcome.name}：{error.message_zh}", f"{outcome.name}: {error.message_en}"
            _say(errors, language, zh, en, style="red")
        for row in outcome.bad[:MAX_BAD_ROWS_SHOWN]:
            zh, en = (f"  {outcome.name} {row.line(tongue)}" for tongue in ("zh", "en"))
            _say(errors, language, zh, en)
    if len(faulty) > _FILES_SHOWN:
        zh = f"…… 共 {len(faulty)} 个文件有问题；用 --report bad.csv 得到完整清单。"
        en = f"… {len(faulty)} files in all; --report bad.csv lists every one."
        _say(errors, language, zh, en)
