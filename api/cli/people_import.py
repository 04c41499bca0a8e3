"""`sanbai users import`: accounts of a whole office from one file."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table
from sqlalchemy import select

from api.cli.users_shared import console, database, fail, only_district, whole_district
from api.passwords import Passwords
from data.imports.problems import ImportFileError
from data.layers import district_today
from data.people_filing import Newcomer, file_people
from data.people_lists import MOST_PEOPLE, NAMES, PeopleFileError, ReadPeople, read_people
from data.schema import District

_WHY = {
    "missing": "没有填 · empty",
    "form": "格式不对 · not of the right form",
    "long": "太长 · too long",
    "unknown": "没有这个 · unknown",
    "several": "不止一个，请写编码 · several: give the code",
    "taken": "登录名已被别处使用 · taken elsewhere",
    "off": "账号已停用 · switched off",
    "other": "与现有账号不一致 · the account says otherwise",
    "differs": "与前面的行不一致 · another row says otherwise",
    "officers": "只有网格员按网格分配 · only officers have grids",
    "day": "日期读不出 · no date",
    "order": "早于开始日期 · before it begins",
    "past": "已经过去 · over",
    "held": "其中几天已有这个角色 · held on some of these days",
    "twice": "写了两次 · twice",
}


def import_people(
    file: Annotated[Path, typer.Argument(help="XLSX、XLS 或 CSV")],
    *,
    check: Annotated[bool, typer.Option("--check", help="只核对，不写入 · Write nothing")] = False,
    codes: Annotated[
        Path | None, typer.Option(help="首次登录码写到这个文件 · Write the codes to this CSV")
    ] = None,
) -> None:
    """批量新增账号 · Accounts in bulk; 全部写入或一行不写，all or nothing."""
    try:
        body = file.read_bytes()
    except OSError:
        raise fail(f"找不到文件 {file}", f"There is no file {file}") from None
    now = datetime.now(UTC)
    with database() as connection:
        district_id = only_district(connection)
        today = district_today(connection, district_id, now)
        scope = whole_district(connection, district_id)
        try:
            read = read_people(connection, scope, (file.name, body), today)
        except PeopleFileError:
            raise fail(
                f"没有找到登录名、姓名、角色三列，或超过 {MOST_PEOPLE} 行",
                "It has not the columns login, name and role, or too many rows",
            ) from None
        except ImportFileError as error:
            raise fail(error.message_zh, error.message_en) from None
        _tell(read)
        if check:
            return
        newcomers = file_people(
            connection,
            district_id,
            read.people,
            password_hash=Passwords(1).hash_or_none(None),
            by=None,
            at=now,
        )
        zone = connection.execute(
            select(District.time_zone).where(District.id == district_id)
        ).scalar_one()
        _hand_out(newcomers, codes, ZoneInfo(zone))


def _tell(read: ReadPeople) -> None:
    """What the file asks for; an end where a row is wrong."""
    for fault in read.faults:
        column = " / ".join(NAMES[fault.column][:2])
        said = f"第 {fault.row} 行 row {fault.row} · {column}: {_WHY[fault.code]} {fault.value}"
        console.print(said, markup=False)
    if read.faults:
        raise fail(
            f"{len(read.faults)} 行要改，没有写入",
            f"Mend {len(read.faults)} rows; nothing was written",
        )
    new = [wish for wish in read.people if wish.account_id is None]
    more = sum(len(wish.roles) for wish in read.people if wish.account_id is not None)
    console.print(f"新账号 · new: {len(new)}  加角色 · roles added: {more}", markup=False)
    for wish in new:
        console.print(f"  {wish.login} {wish.display_name}", markup=False)


def _hand_out(newcomers: Sequence[Newcomer], codes: Path | None, zone: ZoneInfo) -> None:
    head = ("登录名", "姓名", "重置码", "有效至")
    rows = [
        (one.login, one.display_name, one.code, f"{one.expires_at.astimezone(zone):%Y-%m-%d %H:%M}")
        for one in newcomers
    ]
    if codes is not None:
        codes.touch(mode=0o600)
        codes.chmod(0o600)
        with codes.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out).writerows([head, *rows])
        return
    if rows:
        table = Table(*head)
        for row in rows:
            table.add_row(*row)
        console.print(table)
