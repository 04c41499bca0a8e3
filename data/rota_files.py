"""The rota as a workbook: an empty one to fill in, one written out, one read back row by row."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import Connection, select

from data.report_lists.sheets import Cell, Sheet, read_book
from data.rota import NewEntry, RotaError, RotaRow, doubled, require_known
from data.schema import Account
from geo.limits import Language

MOST_ROWS: Final = 2_000
MINUTES_OF_DAY: Final = 24 * 60
DESK_NUMBER: Final = re.compile(r"[0-9+][0-9 ()+#*-]{2,29}")
COLUMNS: Final = ("unit", "day", "from", "to", "turn", "account", "post", "desk_number")
HEADS: Final[Mapping[Language, tuple[str, ...]]] = {
    "zh": ("责任单位", "日期", "从", "到", "呼叫顺序", "账号", "岗位", "值班电话"),
    "en": ("Unit", "Day", "From", "To", "Turn", "Account", "Post", "Office telephone"),
}
_TITLES: Final[Mapping[Language, tuple[str, str]]] = {
    "zh": ("值班表", "填写说明"),
    "en": ("Rota", "How to fill it in"),
}
_HELP: Final[Mapping[Language, tuple[str, ...]]] = {
    "zh": (
        "一行一个班次。日期是班次开始的那一天，如 2026-11-22。",
        "“从”“到”写时刻，如 20:00、08:00；“到”不晚于“从”，就是到第二天。",
        "呼叫顺序：1 最先通知，没有接收再通知 2，以此类推（1 至 9）；空着算 1。",
        "账号：本单位人员登录用的账号。没有账号的单位写岗位（如“值班室”）和值班电话。",
        "电话只写单位值班电话，不写私人手机。",
        "再次导入时，文件里各单位从第一班到最后一班之间的安排会整体换成新的。",
        "责任单位的名称须与下列一致：",
    ),
    "en": (
        "One row a shift. The day is the one on which the shift begins, such as 2026-11-22.",
        "From and To are times such as 20:00 and 08:00; To not later than From is the next day.",
        "Turn: 1 is told first, then 2 if it was not accepted, and so on (1 to 9); empty is 1.",
        "Account: the login of somebody of the unit. A unit without accounts gives a post "
        "(such as duty room) and its office telephone.",
        "Telephones of offices only, never private ones.",
        "Bringing the file again replaces what each unit in it had between its first and its last "
        "shift.",
        "Units must be named as here:",
    ),
}
_HEAD_FILL: Final = PatternFill("solid", fgColor="E8EEF4")


class RotaFileError(Exception):
    """A file is no rota: `columns` (none of its sheets has them) or `rows` (it has too many)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row, by the row as a person counts it.

    `code` is `unit`, `day`, `time`, `turn`, `account`, `post`, `desk_number`, `times`, `taken`
    (another row has this turn then) or `who` (neither an account nor a post).
    """

    row: int
    code: str
    value: str


@dataclass(frozen=True)
class ReadRota:
    """What a workbook says: entries with their rows, and the rows that fail."""

    entries: tuple[NewEntry, ...]
    rows: tuple[int, ...]
    faults: tuple[RowFault, ...]


def write_rota(rows: Sequence[RotaRow], logins: Mapping[UUID, str], zone: str) -> list[list[Any]]:
    """Rows of a workbook for entries; times in the district's time zone."""
    local = ZoneInfo(zone)
    told = []
    for row in rows:
        begins, ends = row.starts_at.astimezone(local), row.ends_at.astimezone(local)
        login = None if row.account_id is None else logins.get(row.account_id)
        told.append(
            [
                row.unit_name,
                begins.date(),
                f"{begins:%H:%M}",
                f"{ends:%H:%M}",
                row.turn,
                login,
                row.post,
                row.desk_number,
            ]
        )
    return told


def rota_book(rows: Sequence[Sequence[Any]], units: Sequence[str], language: Language) -> bytes:
    """Write a workbook: the rota, empty or not, and a sheet that says how to fill it in.

    Returns
    -------
    The bytes of an XLSX.
    """
    title, help_title = _TITLES[language]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.append(HEADS[language])
    for row in rows:
        sheet.append(list(row))
    for at in range(1, len(COLUMNS) + 1):
        head = sheet.cell(1, at)
        head.font, head.fill = Font(bold=True), _HEAD_FILL
        sheet.column_dimensions[get_column_letter(at)].width = 18
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            if isinstance(cell.value, str):
                # What somebody named so never runs as a formula.
                cell.data_type = "s"
            elif isinstance(cell.value, date):
                cell.number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A2"
    words = book.create_sheet(help_title)
    words.column_dimensions["A"].width = 90
    for text in (*_HELP[language], *units):
        words.append([text])
        cell = words.cell(words.max_row, 1)
        cell.data_type, cell.alignment = "s", Alignment(wrap_text=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_rota(
    connection: Connection,
    district_id: int,
    file: tuple[str, bytes],
    units: Mapping[str, int],
    zone: str,
) -> ReadRota:
    """Read a workbook or CSV; nothing is kept.

    Parameters
    ----------
    file
        Its name and its bytes.
    units
        Name → id of the units whose rota may be set.
    zone
        The district's time zone: a shift begins and ends by the clock on its wall.

    Raises
    ------
    RotaFileError, ImportFileError
        If it has not the columns of a rota, or cannot be read at all.
    """
    sheet, head = _rota_sheet(*file)
    accounts = _accounts(connection, district_id)
    entries: list[NewEntry] = []
    rows: list[int] = []
    faults: list[RowFault] = []
    for number, cells in list(zip(sheet.numbers, sheet.rows, strict=True))[head.row + 1 :]:
        said = {column: _plain(cells[at]) for column, at in head.columns.items()}
        raw = {column: cells[at] for column, at in head.columns.items()}
        if not any(said.values()):
            continue
        try:
            new = _entry(raw, said, units, accounts, ZoneInfo(zone))
            require_known(connection, district_id, new)
        except _BadCellError as bad:
            faults.append(RowFault(number, bad.code, bad.value))
        except RotaError as error:
            faults.append(RowFault(number, error.code, said.get("account", "")))
        else:
            entries.append(new)
            rows.append(number)
    late = doubled(entries)
    faults += [RowFault(rows[at], "taken", "") for at in sorted(late)]
    kept = [at for at in range(len(entries)) if at not in late]
    return ReadRota(
        tuple(entries[at] for at in kept),
        tuple(rows[at] for at in kept),
        tuple(sorted(faults, key=lambda fault: fault.row)),
    )


class _BadCellError(Exception):
    def __init__(self, code: str, value: str) -> None:
        super().__init__(code)
        self.code = code
        self.value = value


@dataclass(frozen=True)
class _Head:
    row: int
    columns: Mapping[str, int]


def _rota_sheet(name: str, body: bytes) -> tuple[Sheet, _Head]:
    for sheet in read_book(name, body).sheets:
        for at, cells in enumerate(sheet.rows[:12]):
            titles = [_plain(cell).casefold() for cell in cells]
            for heads in HEADS.values():
                wanted = {
                    column: titles.index(head.casefold())
                    for column, head in zip(COLUMNS, heads, strict=True)
                    if head.casefold() in titles
                }
                if {"unit", "day", "from", "to"} <= wanted.keys():
                    if len(sheet.rows) - at - 1 > MOST_ROWS:
                        raise RotaFileError("rows")
                    return sheet, _Head(at, wanted)
    raise RotaFileError("columns")


def _accounts(connection: Connection, district_id: int) -> dict[str, UUID]:
    rows = connection.execute(
        select(Account.id, Account.login).where(Account.district_id == district_id, Account.active)
    )
    return {row.login: row.id for row in rows}


def _entry(
    raw: Mapping[str, Cell],
    said: Mapping[str, str],
    units: Mapping[str, int],
    accounts: Mapping[str, UUID],
    zone: ZoneInfo,
) -> NewEntry:
    unit_id = units.get(said["unit"])
    if unit_id is None:
        raise _BadCellError("unit", said["unit"])
    day, begins, ends = _day(raw["day"]), _time(raw["from"]), _time(raw["to"])
    last_day = day if ends > begins else day + timedelta(days=1)
    login, post = said.get("account") or None, said.get("post") or None
    desk_number = said.get("desk_number") or None
    if desk_number is not None and DESK_NUMBER.fullmatch(desk_number) is None:
        raise _BadCellError("desk_number", desk_number)
    if login is not None and login not in accounts:
        raise _BadCellError("account", login)
    if login is None and post is None:
        raise _BadCellError("who", "")
    if login is None and desk_number is None:
        raise _BadCellError("desk_number", "")
    return NewEntry(
        unit_id=unit_id,
        starts_at=datetime.combine(day, begins, zone),
        ends_at=datetime.combine(last_day, ends, zone),
        turn=_turn(said.get("turn", "")),
        account_id=None if login is None else accounts[login],
        post=post if login is None else None,
        desk_number=desk_number,
    )


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    words = re.sub(r"[年月./]", "-", _plain(cell)).removesuffix("日")
    parts = words.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        try:
            return date(*map(int, parts))
        except ValueError:
            pass
    raise _BadCellError("day", _plain(cell))


def _time(cell: Cell) -> time:
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, timedelta) and timedelta(0) <= cell <= timedelta(days=1):
        return time(*divmod(int(cell.total_seconds()) // 60 % MINUTES_OF_DAY, 60))
    match = re.fullmatch(r"(\d{1,2})[:：时](\d{2})?分?(?::\d{2})?", _plain(cell))
    if match is not None:
        hour, minute = int(match[1]), int(match[2] or 0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
        if (hour, minute) == (24, 0):
            return time.min
    raise _BadCellError("time", _plain(cell))


def _turn(said: str) -> int:
    if not said:
        return 1
    if said.isdecimal() and 1 <= int(said) <= 9:
        return int(said)
    raise _BadCellError("turn", said)


def _plain(cell: Cell) -> str:
    """A cell as words; a number that is whole without its point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
