"""``sanbai import reports``: a running list of an office, filed as cases."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import Connection, select

from api.cli.import_run import (
    Request,
    console,
    import_transaction,
    parse_columns,
    parse_datum,
    said,
    tell_bad_rows,
    tell_check_only,
    tell_refusal,
)
from api.list_acting import acting_as
from api.permissions import Caller, as_caller
from data.accounts import caller_of_login
from data.exports.list_faults import write_faults
from data.imports.problems import ImportFileError
from data.report_lists.check import Checked, arrange_book, check_rows, understand
from data.report_lists.filing import ROWS_A_STEP, Filer, Tally, file_rows
from data.report_lists.layout import Arranged, ListLayout
from data.report_lists.remember import kinds_of, meanings_of, remember_layout, remember_words
from data.report_lists.sheets import read_book
from data.report_lists.words import Meanings, WordField
from data.schema import Area, District

Words = dict[tuple[WordField, str], str]
_FIELDS: dict[str, WordField] = {
    "category": "category",
    "state": "state",
    "source": "source",
    "severity": "severity",
}


def reports_command(
    file: Annotated[Path, typer.Argument(help="台账 XLSX, XLS or CSV.", metavar="FILE")],
    *,
    login: Annotated[
        str, typer.Option("--as", help="以谁的名义登记（登录名） Login of who enters them.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="台账名称，凭它和编号认出同一条 Name of the list.")
    ] = None,
    area: Annotated[
        str | None, typer.Option("--area", help="哪里的台账（区划编码） Code of whose list it is.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", "--columns", help="列对应：我方列=文件列，可重复 OURS=THEIRS."),
    ] = None,
    word: Annotated[
        list[str] | None,
        typer.Option(
            "--word",
            help="词语对应，如 category:坑洼=06013；可重复 What words mean.",
        ),
    ] = None,
    sheet: Annotated[
        list[str] | None, typer.Option("--sheet", help="工作表，可重复 Sheets, may be repeated.")
    ] = None,
    header: Annotated[
        str | None, typer.Option(help="表头行，如 3 或 3-4 Rows of the header.")
    ] = None,
    datum: Annotated[
        str | None, typer.Option("--datum", help="wgs84 | cgcs2000 | gcj02 | bd09")
    ] = None,
    accept: Annotated[
        bool,
        typer.Option(
            "--strike-off", help="名单上已销号的记为已处理 Handle what the list has struck off."
        ),
    ] = False,
    encoding: Annotated[str | None, typer.Option(help="文字编码 Text encoding, e.g. gbk.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="未导入的行 XLSX，改好再导 Rows not imported.", dir_okay=False),
    ] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="只用一种语言 One language only: zh | en.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="只检查不写入 Check only, store nothing.")
    ] = False,
) -> None:
    """导入台账（热线、交办等），逐行登记为问题；再次导入不会重复。

    The rows of a running list become cases; the same list again files nothing twice. What is said
    of its columns and words is remembered for the next list of this header, here and on the page.
    """
    request = Request(file, "report_lists", language=lang, check_only=check)
    asked = _layout(name, column, sheet, header, datum)
    at = datetime.now(UTC)
    try:
        if not file.is_file():
            raise ImportFileError("file_missing", path=file.name)
        book = read_book(file.name, file.read_bytes(), encoding)
        with import_transaction(check_only=check) as connection:
            caller, area_path = _who(connection, login, area, at)
            words = _words(connection, caller.district_id, word or [])
            arranged = arrange_book(connection, caller.district_id, book, asked)
            if not arranged.layout.source:
                raise ImportFileError("source_missing")
            meanings = meanings_of(connection, caller.district_id, words)
            understood = understand(arranged, meanings, at, _zone(connection, caller))
            checked = check_rows(connection, caller.district_id, understood, area_path, at)
            remember_layout(connection, caller.district_id, arranged, at)
            told = [(field, one, meaning) for (field, one), meaning in words.items()]
            remember_words(connection, caller.district_id, told, at)
            tally = _file(connection, caller, checked, area_path, at, accept=accept)
    except ImportFileError as error:
        tell_refusal(request, error)
        raise typer.Exit(1) from error
    _tell(request, checked, tally)
    _tell_words(request, checked, meanings)
    _tell_faults(request, arranged, checked, report)


def _layout(
    name: str | None,
    column: list[str] | None,
    sheet: list[str] | None,
    header: str | None,
    datum: str | None,
) -> ListLayout:
    said_of_it: dict[str, object] = {}
    if name:
        said_of_it["source"] = name
    if column:
        said_of_it["columns"] = parse_columns(column)
    if sheet:
        said_of_it["sheets"] = sheet
    if header:
        first, _, last = header.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise typer.BadParameter(f"{header!r}：3 | 3-4")
        said_of_it["header"] = (int(first), int(last or first))
    if datum is not None:
        said_of_it["datum"] = parse_datum(datum)
    return ListLayout.model_validate(said_of_it)


def _who(connection: Connection, login: str, code: str | None, at: datetime) -> tuple[Caller, str]:
    """The account, and the path of the area whose list it is."""
    held = caller_of_login(connection, login, at)
    if held is None:
        raise ImportFileError("account_unknown", login=login)
    caller = as_caller(held)
    roles = caller.roles_for("list:import")
    if not roles:
        raise ImportFileError("account_may_not", login=login)
    path = roles[0].area_path
    if code is not None:
        row = connection.execute(
            select(Area.path).where(Area.district_id == caller.district_id, Area.code == code)
        ).scalar_one_or_none()
        if row is None or not caller.may("list:import", str(row)):
            raise ImportFileError("account_may_not", login=login)
        path = str(row)
    return caller, path


def _zone(connection: Connection, caller: Caller) -> ZoneInfo:
    asked = select(District.time_zone).where(District.id == caller.district_id)
    return ZoneInfo(connection.execute(asked).scalar_one())


def _words(connection: Connection, district_id: int, pairs: list[str]) -> Words:
    """Read `field:word=meaning`; a category by code or name, "-" to leave its rows out."""
    kinds = kinds_of(connection, district_id)
    by_word = {kind.name: kind for kind in kinds} | {kind.code: kind for kind in kinds}
    words: Words = {}
    for pair in pairs:
        left, equals, meaning = pair.partition("=")
        field, colon, word = left.partition(":")
        if not (equals and colon and word and field in _FIELDS):
            raise typer.BadParameter(f"{pair!r}：category:坑洼=06013 | state:研判中=open")
        if field == "category" and meaning != "-":
            if meaning not in by_word:
                raise ImportFileError("category_unsaid", word=meaning)
            meaning = str(by_word[meaning].id)
        words[_FIELDS[field], word] = "" if meaning == "-" else meaning
    return words


def _file(
    connection: Connection,
    caller: Caller,
    checked: Checked,
    area_path: str,
    at: datetime,
    *,
    accept: bool,
) -> Tally:
    acting = acting_as(caller)
    source = checked.understood.arranged.layout.source
    filer = Filer(caller.district_id, acting.reporter, acting.actor_in, area_path, source, accept)
    tally, pairs = Tally(), checked.pairs
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("登记 Filing", total=len(pairs))
        for start in range(0, len(pairs), ROWS_A_STEP):
            tally.add(file_rows(connection, filer, pairs[start : start + ROWS_A_STEP], at))
            bar.update(task, completed=min(start + ROWS_A_STEP, len(pairs)))
    return tally


def _tell(request: Request, checked: Checked, tally: Tally) -> None:
    understood = checked.understood
    arranged = understood.arranged
    table = Table(show_header=False, box=None, padding=(0, 2))
    sheets = ", ".join(arranged.layout.sheets or ())
    table.add_row("文件 File", f"{request.path.name} · {arranged.book.file_format} · {sheets}")
    columns = arranged.layout.columns or {}
    table.add_row("台账 List", arranged.layout.source)
    table.add_row("列 Columns", "  ".join(f"{ours} ← {theirs}" for ours, theirs in columns.items()))
    table.add_row("不读的列 Not read", ", ".join(arranged.private) or "–")
    table.add_row("新增 New", str(tally.new))
    table.add_row("  待归格 wait for a place", str(tally.triage))
    table.add_row("  已销号待核查 struck off, to be verified", str(tally.handled))
    table.add_row("已登记 Known", str(tally.known))
    table.add_row("  内容有变 changed", str(tally.changed))
    table.add_row("  名单已销号 struck off there", str(tally.proposed))
    table.add_row("  按名单反馈 handled by this", str(tally.accepted))
    failed = {(fault.sheet, fault.bad.row) for fault in understood.faults}
    table.add_row("未导入 Not imported", str(len(failed)))
    table.add_row("跳过 Passed over", str(sum(understood.read.passed.values())))
    console.print(table)
    if tally.proposed > tally.accepted:
        for line in said(
            request,
            "名单上已销号、这里仍未处理的没有改动；加 --strike-off 记为已处理，再由他人核查。",
            "Cases that the list has struck off were left as they are; --strike-off marks them "
            "as handled, for somebody else to verify.",
        ):
            console.print(line, style="yellow", markup=False, highlight=False)
    tell_check_only(request)


def _tell_words(request: Request, checked: Checked, meanings: Meanings) -> None:
    """Name the words that nobody has given a meaning, with a way to say it."""
    for one in checked.understood.ready.unknown:
        likely = meanings.suggestions(one.word) if one.field == "category" else []
        offer = "、".join(choice.name for choice in likely) or "–"
        for line in said(
            request,
            f"还不认识“{one.word}”（{one.field}，{one.rows} 行；可能是 {offer}）："
            f"--word {one.field}:{one.word}=…",
            f"Not known: “{one.word}” ({one.field}, {one.rows} rows; maybe {offer}): "
            f"--word {one.field}:{one.word}=…",
        ):
            console.print(line, style="yellow", markup=False, highlight=False)


def _tell_faults(
    request: Request, arranged: Arranged, checked: Checked, report: Path | None
) -> None:
    faults = checked.understood.faults
    if report is None:
        tell_bad_rows(request, [fault.bad for fault in faults])
        return
    report.write_bytes(write_faults(arranged, faults, request.language or "zh"))
    for line in said(
        request,
        f"未导入的行已写入 {report}，改好后可再导入。",
        f"The rows that were not imported are in {report}: mend them and import it again.",
    ):
        console.print(line, markup=False, highlight=False)
