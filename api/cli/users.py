"""Commands about accounts: `sanbai users …`; the first administrator is made here."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection, select
from uuid_utils.compat import uuid7

from api.cli.people_import import import_people
from api.cli.users_shared import console, database, fail, only_district, whole_district
from api.passwords import LONGEST, SHORTEST, Passwords
from data.account_lists import list_accounts
from data.accounts import (
    LoginTakenError,
    NewRole,
    UnknownPlaceError,
    create_account,
    set_active,
    set_password,
)
from data.categories import create_unit
from data.layers import district_today
from data.schema import Area, GridVersion
from data.schema.accounts import ROLES

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("import")(import_people)

Login = Annotated[str, typer.Argument(help="登录名 · Login")]


@app.command()
def add(
    *,
    login: Login,
    name: Annotated[str, typer.Option(help="显示名 · Name that is shown")],
    role: Annotated[str, typer.Option(help=f"角色 · Role: {', '.join(ROLES)}")],
    area: Annotated[str | None, typer.Option(help="区域编码 · Code of the area")] = None,
    grid: Annotated[list[str] | None, typer.Option(help="网格编码 · Codes of grids")] = None,
    unit: Annotated[str | None, typer.Option(help="责任单位 · Responsible unit")] = None,
    password: Annotated[
        str | None, typer.Option(help="密码，不写则提示输入 · Asked for when left out")
    ] = None,
) -> None:
    """新增账号 · Add an account. 不写区域和网格则管全区；with neither, the whole district."""
    if role not in ROLES:
        raise fail(f"没有这个角色：{role}", f"No such role: {role}; known: {', '.join(ROLES)}")
    if grid and role != "officer":
        raise fail("只有网格员按网格分配", "Only an officer has single grids")
    hashed = hash_of(password or asked_password())
    with database() as connection:
        district_id = only_district(connection)
        area_id = area_of_code(connection, district_id, area)
        now = datetime.now(UTC)
        today = district_today(connection, district_id, now)
        if grid:
            ids = [grid_of_code(connection, district_id, code, today) for code in grid]
            roles = [NewRole(role, grid_id=grid_id) for grid_id in ids]
        else:
            roles = [NewRole(role, area_id=area_id)]
        unit_id = None
        if unit is not None:
            unit_id = create_unit(connection, district_id, area_id, unit, None)
        try:
            create_account(
                connection,
                district_id,
                uuid7(),
                login=login,
                display_name=name,
                password_hash=hashed,
                unit_id=unit_id,
                roles=roles,
                at=now,
                since=today,
            )
        except LoginTakenError:
            raise fail(f"登录名已被使用：{login}", f"This login is taken: {login}") from None
        except UnknownPlaceError:
            raise fail("没有这个区域或网格", "No such area or grid") from None
    console.print(f"已新增 · Added: {login} ({role})", markup=False)


@app.command("list")
def list_all() -> None:
    """列出账号与角色 · List all accounts with their roles."""
    table = Table("登录名 Login", "姓名 Name", "角色 Roles", "单位 Unit", "状态 State")
    with database() as connection:
        district_id = only_district(connection)
        scope = whole_district(connection, district_id)
        today = district_today(connection, district_id, datetime.now(UTC))
        after = None
        while rows := list_accounts(connection, scope, today, limit=200, after=after):
            after = rows[-1].login
            for row in rows:
                places = [_place(held) for held in row.roles]
                state = "启用 active" if row.active else "停用 disabled"
                table.add_row(
                    row.login, row.display_name, "\n".join(places), row.unit_name or "", state
                )
    console.print(table)


def _place(held: dict[str, dict[str, str] | None]) -> str:
    place = held["area"] or held["grid"] or {}
    return f"{held['role']} · {place.get('name') or ''} {place.get('code') or ''}"


@app.command()
def password(
    login: Login,
    new: Annotated[
        str | None, typer.Option("--password", help="不写则提示输入 · Asked for when left out")
    ] = None,
) -> None:
    """重设密码 · Set a password; every session of the account ends."""
    hashed = hash_of(new or asked_password())
    with database() as connection:
        if not set_password(connection, login, hashed):
            raise fail(f"没有这个账号：{login}", f"No such account: {login}")
    console.print(f"密码已更新 · Password set: {login}", markup=False)


@app.command()
def disable(login: Login) -> None:
    """停用账号 · Let an account sign in no longer, and end its sessions."""
    _switch(login, active=False, said="已停用 · Disabled")


@app.command()
def enable(login: Login) -> None:
    """重新启用 · Let a disabled account sign in again."""
    _switch(login, active=True, said="已启用 · Enabled")


def _switch(login: str, *, active: bool, said: str) -> None:
    with database() as connection:
        if not set_active(connection, login, active=active):
            raise fail(f"没有这个账号：{login}", f"No such account: {login}")
    console.print(f"{said}: {login}", markup=False)


def asked_password() -> str:
    """Ask for a new password, twice."""
    answer: str = typer.prompt("密码 · Password", hide_input=True, confirmation_prompt=True)
    return answer


def hash_of(new: str) -> str:
    """Hash a new password of fitting length."""
    if not SHORTEST <= len(new) <= LONGEST:
        raise fail(f"密码至少 {SHORTEST} 个字符", f"A password has at least {SHORTEST} characters")
    return Passwords(1).hash(new)


def area_of_code(connection: Connection, district_id: int, code: str | None) -> int:
    """The area of a code; the district itself where none is given."""
    condition = Area.parent_id.is_(None) if code is None else Area.code == code
    found = connection.execute(
        select(Area.id).where(Area.district_id == district_id, condition)
    ).scalar()
    if found is None:
        raise fail(f"没有这个区域：{code}", f"No such area: {code}")
    return found


def grid_of_code(connection: Connection, district_id: int, code: str, today: date) -> int:
    """The grid that has a code today."""
    found = connection.execute(
        select(GridVersion.grid_id).where(
            GridVersion.district_id == district_id,
            GridVersion.code == code,
            GridVersion.validity.contains(today),
        )
    ).scalar()
    if found is None:
        raise fail(f"没有这个网格：{code}", f"No such grid: {code}")
    return found
