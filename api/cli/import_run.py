"""How an import runs on the command line: questions, progress, one transaction, summary."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Connection, Engine

from api.cli.server import bring_up_to_date, running_database
from api.settings import Settings
from data.database import open_engine
from data.imports.limits import MAX_BAD_ROWS_SHOWN
from data.imports.messages import Language
from data.imports.problems import BadRow, ImportFileError
from data.imports.read import ReadResult, read_features
from data.imports.report import write_report
from data.imports.store import Progress as Told
from data.imports.store import Stored
from geo.datum import DATUMS, Datum

console = Console()
errors = Console(stderr=True)

_LABELS: Final = {
    "areas": "区域 areas",
    "buildings": "楼栋 buildings",
    "roads": "道路 roads",
    "water": "水系 water",
    "places": "地名 places",
    "hazards": "问题 hazards",
    "tracks": "轨迹 tracks",
    "points": "点 points",
}
_NOTES: Final = {
    "encoding_not_as_declared": (
        "文件声明的编码与实际不符，已按实际编码读取。",
        "The file names another encoding than it is in; it was read as it is.",
    ),
    "crs_overridden": (
        "已按 --crs 读取，忽略了文件自带的坐标系。",
        "Read with --crs; the file's own coordinate system was ignored.",
    ),
    "ids_ignored": (
        "编号列有空值或重复，未采用；改用图形和名称识别每一行。",
        "The id column has gaps or repeats and was not used; rows are known by shape and name.",
    ),
}


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    Parameters
    ----------
    path, kind
        The file and what is in it.
    columns
        Ours → the file's.
    crs, datum, layer, encoding
        As for `data.imports.read.read_features`.
    skip_bad, report
        Leave bad rows out; where to list them.
    language
        Of messages and report; None shows both and reports in Chinese.
    check_only
        Undo everything at the end.
    """

    path: Path
    kind: str
    columns: dict[str, str] = field(default_factory=dict)
    crs: str | None = None
    datum: Datum | None = None
    layer: str | None = None
    encoding: str | None = None
    skip_bad: bool = False
    report: Path | None = None
    language: Language | None = None
    check_only: bool = False


@dataclass(frozen=True)
class Outcome:
    """What storing came to, and rows that storing found bad."""

    stored: list[Stored]
    bad: list[BadRow] = field(default_factory=list)


Store = Callable[[Connection, ReadResult, datetime, Told], Outcome]


def parse_columns(pairs: list[str]) -> dict[str, str]:
    """Read `ours=theirs` pairs.

    Raises
    ------
    typer.BadParameter
        If one has no equals sign, or nothing on either side.
    """
    columns = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not (equals and ours.strip() and theirs.strip()):
            raise typer.BadParameter(
                f"{pair!r}：应写成 我方列=文件列，如 households=户数。"
                " Write OURS=THEIRS, such as households=户数."
            )
        columns[ours.strip()] = theirs.strip()
    return columns


def parse_datum(datum: str | None) -> Datum | None:
    """Check a datum's name."""
    for known in DATUMS:
        if datum == known:
            return known
    if datum is None:
        return None
    raise typer.BadParameter(f"{datum!r}：{' | '.join(DATUMS)}")


def run_import(request: Request, store: Store) -> None:
    """Read, store in one transaction, and tell; exit code 1 when the file is refused."""
    try:
        read = _read_or_ask(request)
        outcome = _store(request, read, store)
    except ImportFileError as error:
        tell_refusal(request, error)
        raise typer.Exit(1) from error
    bad = sorted([*read.bad, *outcome.bad], key=lambda row: row.row)
    _tell_result(request, read, outcome.stored, len({row.row for row in bad}))
    tell_bad_rows(request, bad)


def is_interactive() -> bool:
    """Tell whether a person sits at the keyboard."""
    return sys.stdin.isatty()


def _read_or_ask(request: Request) -> ReadResult:
    """Read the file; ask a person at the keyboard for what it does not say of its coordinates."""
    try:
        return _read(request)
    except ImportFileError as error:
        if error.code != "crs_missing" or not is_interactive():
            raise
        errors.print(error.message_zh, error.message_en, sep="\n", markup=False, style="yellow")
        answer = typer.prompt(f"{' | '.join(get_args(Datum))} | EPSG:…").strip().lower()
        for datum in DATUMS:
            if answer == datum:
                return _read(replace(request, datum=datum))
        return _read(replace(request, crs=answer))


def _read(request: Request) -> ReadResult:
    with console.status(f"读取 Reading {request.path.name}"):
        return read_features(
            request.path,
            request.kind,
            columns=request.columns,
            crs=request.crs,
            datum=request.datum,
            layer=request.layer,
            encoding=request.encoding,
            skip_bad=request.skip_bad,
        )


def _store(request: Request, read: ReadResult, store: Store) -> Outcome:
    with (
        import_transaction(check_only=request.check_only) as connection,
        progress_bar(request.kind) as told,
    ):
        return store(connection, read, datetime.now(UTC), told)


@contextmanager
def import_transaction(*, check_only: bool) -> Iterator[Connection]:
    """Open the database, brought up to date, in one transaction; undone when only checking."""
    with import_engine() as engine, transaction_of(engine, check_only=check_only) as connection:
        yield connection


@contextmanager
def import_engine() -> Iterator[Engine]:
    """Open the database, brought up to date, for an import of several transactions."""
    settings = Settings()
    with running_database(settings) as urls:
        bring_up_to_date(settings, urls)
        engine = open_engine(urls.app, pool_size=2, statement_timeout_s=0)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def transaction_of(engine: Engine, *, check_only: bool) -> Iterator[Connection]:
    """One transaction of an import; undone when only checking."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        if check_only:
            transaction.rollback()


@contextmanager
def progress_bar(kind: str) -> Iterator[Told]:
    """Show how far storing has come."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task(f"写入 Storing {_LABELS[kind]}", total=None)

        def told(done: int, total: int, _: str) -> None:
            bar.update(task, completed=done, total=total)

        yield told


def said(request: Request, zh: str, en: str) -> list[str]:
    """Return a sentence in the language asked for, or in both."""
    return {"zh": [zh], "en": [en]}.get(request.language or "", [zh, en])


def tell_refusal(request: Request, error: ImportFileError) -> None:
    """Say why a file is refused, and which rows are at fault."""
    for line in said(request, f"导入失败：{error.message_zh}", f"Not imported: {error.message_en}"):
        errors.print(line, style="red", markup=False, highlight=False)
    tell_bad_rows(request, error.bad)


def tell_bad_rows(request: Request, bad: list[BadRow]) -> None:
    """List rows at fault, or write them to the report."""
    if request.report is not None:
        write_report(request.report, bad, request.language or "zh")
        for line in said(
            request,
            f"问题清单已写入 {request.report}（{len(bad)} 条）。",
            f"The list of problems is in {request.report} ({len(bad)} lines).",
        ):
            errors.print(line, markup=False, highlight=False)
        return
    for row in bad[:MAX_BAD_ROWS_SHOWN]:
        for line in said(request, row.line("zh"), row.line("en")):
            errors.print(f"  {line}", markup=False, highlight=False)
    if len(bad) > MAX_BAD_ROWS_SHOWN:
        for line in said(
            request,
            f"  …… 共 {len(bad)} 条；用 --report bad.csv 得到完整清单。",
            f"  … {len(bad)} in all; --report bad.csv lists every one.",
        ):
            errors.print(line, markup=False, highlight=False)


def _tell_result(
    request: Request, read: ReadResult, stored: list[Stored], rows_left_out: int
) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row("文件 File", f"{request.path.name} · {read.file_format} · {read.layer}")
    table.add_row("坐标 Coordinates", f"{read.crs} · {read.datum} → WGS 84")
    if read.encoding is not None:
        table.add_row("编码 Encoding", read.encoding)
    columns = "  ".join(f"{ours} ← {theirs}" for ours, theirs in read.mapping.items())
    table.add_row("列 Columns", columns or "–")
    table.add_row("行 Rows", str(read.rows_read))
    table.add_row("新增 Added", str(sum(part.added for part in stored)))
    table.add_row("更新 Changed", str(sum(part.changed for part in stored)))
    table.add_row("未变 Unchanged", str(sum(part.unchanged for part in stored)))
    table.add_row("跳过 Left out", str(rows_left_out))
    console.print(table)
    for note in read.notes:
        for line in said(request, *_NOTES[note]):
            console.print(line, style="yellow", markup=False)
    tell_check_only(request)


def tell_check_only(request: Request) -> None:
    """Say that nothing was stored, where that was asked for."""
    if request.check_only:
        for line in said(request, "只检查，未写入任何数据。", "Checked only: nothing was stored."):
            console.print(line, style="yellow", markup=False)
