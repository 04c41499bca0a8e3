"""Lists of people from offices: what each row asks for, and what is wrong with it.

A row is a person with a role; several rows of one login are several roles. A list says what there
is to be: what is missing is added, what is there stays, nothing is taken away, so that the same
list again changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from data.account_lists import Wanted, list_accounts
from data.accounts import NewRole
from data.imports.columns import plain
from data.imports.problems import RowError
from data.people_cells import BadCellError, Cells, Places, read_places
from data.posts import Days
from data.report_lists.dates import read_day
from data.report_lists.sheets import Cell, Sheet, read_book
from data.schema import Account, Assignment, District, Unit
from data.scope import Scope

MOST_PEOPLE: Final = 1_000
COLUMNS: Final = ("login", "name", "role", "area", "grids", "unit", "since", "last_day")
Column = Literal["login", "name", "role", "area", "grids", "unit", "since", "last_day"]
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "login": ("登录名", "Login", "账号", "帐号", "用户名", "登录账号"),
    "name": ("姓名", "Name", "名字", "显示名", "人员姓名"),
    "role": ("角色", "Role", "岗位角色", "身份"),
    "area": ("区域", "Area", "所属区域", "辖区", "社区", "村居"),
    "grids": ("网格", "Grids", "网格编码", "负责网格", "所属网格"),
    "unit": ("责任单位", "Unit", "单位", "所属单位"),
    "since": ("开始日期", "From", "到岗日期", "任职日期", "起始日期"),
    "last_day": ("结束日期", "To", "截止日期", "离岗日期"),
}
"""What each column is called: in Chinese, in English, and by other offices."""
NEEDED: Final = frozenset({"login", "name", "role"})
EXAMPLE: Final = "example"
"""Logins of the rows that show how a list is filled in begin so: they are passed over."""
_LOOKED_AT: Final = 12


class PeopleFileError(Exception):
    """A file is no list of people: `columns` (no sheet has them) or `rows` (there are too many)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row, by the row as a person counts it.

    `code` is `missing`, `form`, `long`, `unknown`, `several` (its name is not the only one),
    `taken` (somebody elsewhere has this login), `off` (switched off), `other` (there it says
    something else: `value`), `differs` (another row of the login does), `officers` (only they have
    grids), `day`, `order`, `past`, `held` (on some of these days) or `twice`.
    """

    row: int
    column: Column
    code: str
    value: str = ""


@dataclass
class Wish:
    """A person of a list, with the roles that are to be given; `account_id` None: to be made."""

    rows: list[int]
    login: str
    display_name: str
    unit_id: int | None
    account_id: UUID | None = None
    roles: list[tuple[NewRole, Days]] = field(default_factory=list)
    kept: int = 0


@dataclass(frozen=True)
class ReadPeople:
    """What a list asks for; people with nothing to do are among them."""

    people: tuple[Wish, ...]
    faults: tuple[RowFault, ...]
    examples: int

    @property
    def new(self) -> list[Wish]:
        """People to be made accounts for."""
        return [wish for wish in self.people if wish.account_id is None]


def read_people(
    connection: Connection, scope: Scope, file: tuple[str, bytes], today: date
) -> ReadPeople:
    """Read a workbook or CSV; nothing is written.

    Parameters
    ----------
    scope
        Where the reader administers accounts: places elsewhere are unknown to him.
    file
        Its name and its bytes.

    Raises
    ------
    PeopleFileError, ImportFileError
        If it has not the columns, too many rows, or cannot be read at all.
    """
    lines = list(_lines(*file))
    known = _Known(connection, scope, today, {line.login for line in lines})
    examples = [line for line in lines if line.login.startswith(EXAMPLE)]
    wishes: dict[str, Wish] = {}
    faults: list[RowFault] = []
    for line in lines:
        if line.login.startswith(EXAMPLE):
            continue
        try:
            _take(line, wishes, known)
        except BadCellError as bad:
            faults.append(RowFault(line.row, bad.column, bad.code, bad.value))
    return ReadPeople(tuple(wishes.values()), tuple(faults), len(examples))


def _lines(name: str, body: bytes) -> Iterable[Cells]:
    sheet, first, columns = _find(read_book(name, body).sheets)
    rows = list(zip(sheet.numbers, sheet.rows, strict=True))[first:]
    filled = [
        Cells(number, raw)
        for number, cells in rows
        if any((raw := {column: cells[at] for column, at in columns.items()}).values())
    ]
    if len(filled) > MOST_PEOPLE:
        raise PeopleFileError("rows")
    return filled


def _find(sheets: Sequence[Sheet]) -> tuple[Sheet, int, dict[Column, int]]:
    """The sheet, its first row below the header, and where each column stands."""
    for sheet in sheets:
        for at, cells in enumerate(sheet.rows[:_LOOKED_AT]):
            columns = _columns(cells)
            if columns.keys() >= NEEDED:
                return sheet, at + 1, columns
    raise PeopleFileError("columns")


def _columns(cells: Sequence[Cell]) -> dict[Column, int]:
    titles = [plain(str(cell)) if cell is not None else "" for cell in cells]
    found: dict[Column, int] = {}
    for column in COLUMNS:
        places = [titles.index(plain(name)) for name in NAMES[column] if plain(name) in titles]
        if places:
            found[column] = places[0]
    return found


class _Known:
    """What the database knows of the places and logins of a list, asked for once."""

    def __init__(self, connection: Connection, scope: Scope, today: date, logins: set[str]) -> None:
        self.today = today
        self.places: Places = read_places(connection, scope, today)
        district = District.id == scope.district_id
        zone = connection.execute(select(District.time_zone).where(district)).scalar_one()
        self.zone = ZoneInfo(zone)
        units = select(Unit.name, Unit.id).where(Unit.district_id == scope.district_id)
        self.units: dict[str, int] = {row.name: row.id for row in connection.execute(units)}
        wanted = Wanted(logins=sorted(logins))
        rows = list_accounts(connection, scope, today, limit=MOST_PEOPLE, wanted=wanted)
        self.accounts: dict[str, Row[Any]] = {row.login: row for row in rows}
        taken = select(Account.login).where(Account.login.in_(logins))
        self.taken = set(connection.execute(taken).scalars()) - self.accounts.keys()
        self.posts = _posts(connection, scope.district_id, [row.id for row in rows])


Post = tuple[UUID, str, int | None, int | None]


def _posts(
    connection: Connection, district_id: int, accounts: Sequence[UUID]
) -> dict[Post, list[Any]]:
    posts: dict[Post, list[Any]] = {}
    asked = select(Assignment).where(
        Assignment.district_id == district_id, Assignment.account_id.in_(accounts)
    )
    for row in connection.execute(asked):
        key = (row.account_id, row.role, row.area_id, row.grid_id)
        posts.setdefault(key, []).append(row.validity)
    return posts


def _take(line: Cells, wishes: dict[str, Wish], known: _Known) -> None:
    """Add what a row asks for.

    Raises
    ------
    BadCellError
        And nothing of the row is added.
    """
    login, name = line.checked_login(), line.checked_name()
    role = line.role()
    roles = known.places.roles_of(line, role)
    unit_id = _unit(line, role, known)
    days = _days(line, known)
    wish = wishes.get(login)
    if wish is None:
        wish = _person(line, login, name, unit_id, known)
    elif wish.display_name != name:
        raise BadCellError("name", "differs", wish.display_name)
    elif unit_id is not None and wish.unit_id not in {None, unit_id}:
        raise BadCellError("unit", "differs", line.said("unit"))
    missing = [one for one in roles if not _holds(wish, one, days, known)]
    wishes[login] = wish
    wish.unit_id = wish.unit_id or unit_id
    wish.kept += len(roles) - len(missing)
    wish.roles += [(one, days) for one in missing]
    if line.row not in wish.rows:
        wish.rows.append(line.row)


def _person(line: Cells, login: str, name: str, unit_id: int | None, known: _Known) -> Wish:
    """Somebody whom no row has named before; he may have an account."""
    if login in known.taken:
        raise BadCellError("login", "taken", login)
    account = known.accounts.get(login)
    if account is None:
        return Wish([line.row], login, name, unit_id)
    if not account.active:
        raise BadCellError("login", "off", login)
    if account.display_name != name:
        raise BadCellError("name", "other", account.display_name)
    if unit_id not in {None, account.unit_id}:
        raise BadCellError("unit", "other", account.unit_name or "")
    return Wish([line.row], login, name, account.unit_id, account.id)


def _unit(line: Cells, role: str, known: _Known) -> int | None:
    said = line.said("unit")
    if not said:
        if role == "handler":
            raise BadCellError("unit", "missing")
        return None
    if said not in known.units:
        raise BadCellError("unit", "unknown", said)
    return known.units[said]


def _days(line: Cells, known: _Known) -> Days:
    """From a day on: what was is not written anew, so that a day that is over means today."""
    since = _day(line, "since", known) or known.today
    last = _day(line, "last_day", known)
    if last is not None and last < since:
        raise BadCellError("last_day", "order", str(last))
    if last is not None and last < known.today:
        raise BadCellError("last_day", "past", str(last))
    return Days(max(since, known.today), None if last is None else last + timedelta(days=1))


def _day(line: Cells, column: Literal["since", "last_day"], known: _Known) -> date | None:
    if not line.said(column):
        return None
    try:
        return read_day(line.raw.get(column), known.today, known.zone)
    except RowError:
        raise BadCellError(column, "day", line.said(column)) from None


def _holds(wish: Wish, role: NewRole, days: Days, known: _Known) -> bool:
    """Whether a role is held on all of some days.

    Raises
    ------
    BadCellError
        Where it is held on some of them, or was asked for by another row.
    """
    wanted = days.range()
    if any(one == role and before.range().overlaps(wanted) for one, before in wish.roles):
        raise BadCellError("role", "twice")
    if wish.account_id is None:
        return False
    key = (wish.account_id, role.role, role.area_id, role.grid_id)
    held = [days for days in known.posts.get(key, ()) if days.overlaps(wanted)]
    if any(days.contains(wanted) for days in held):
        return True
    if held:
        raise BadCellError("since", "held", f"{held[0].lower} – {held[0].upper or ''}")
    return False
