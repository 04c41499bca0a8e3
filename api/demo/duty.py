"""The demo's duty: a second duty officer, rules that route, limits of levels, and a rota."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from casework.deadlines import Limit
from casework.limits import LimitRule
from data.demo.hazards import KINDS, UNITS
from data.limits import put_limit
from data.rota import NewEntry, replace_entries
from data.routing import NewRule, add_rule, rules_of
from data.schema import Account, Unit

NIGHT_OFFICER: Final = "nightduty"
DAYS_AHEAD: Final = 14
DAY_BEGINS, NIGHT_BEGINS = time(8), time(20)
QUEUE: Final = "无头事项"
# Units whose night is not covered, so that the rota shows a gap.
NO_NIGHT: Final = frozenset({"construction"})
# Steps that are late before the whole is, and when a level passes on what it has not settled.
LIMITS: Final = (
    LimitRule("confirm", Limit("working-hours", 4 * 60)),
    LimitRule("accept", Limit("working-hours", 4 * 60)),
    LimitRule("accept", Limit("continuous", 60), severity="red"),
    LimitRule("verify", Limit("working-days", 2)),
    LimitRule("grid", Limit("working-days", 3)),
    LimitRule("community", Limit("working-days", 3)),
    LimitRule("zone", Limit("working-days", 3)),
    LimitRule("street", Limit("working-days", 5)),
)


def set_up_duty(connection: Connection, district_id: int, at: datetime, zone: ZoneInfo) -> None:
    """Give a district that has its units and accounts rules, limits, and a rota from yesterday on.

    One that has rules is left as it is.
    """
    if rules_of(connection, district_id):
        return
    for limit in LIMITS:
        put_limit(connection, district_id, limit)
    units = {
        login: connection.execute(
            select(Unit.id).where(Unit.district_id == district_id, Unit.name == name)
        ).scalar_one()
        for login, (name, _) in UNITS.items()
    }
    accounts = {
        row.login: row.id
        for row in connection.execute(
            select(Account.login, Account.id).where(Account.district_id == district_id)
        )
    }
    by = accounts[NIGHT_OFFICER]
    for login, (name, _) in UNITS.items():
        codes = tuple(sorted(kind.code for kind in KINDS if kind.unit == login))
        if codes:
            rule = NewRule(f"{name}的类别", codes=codes, unit_id=units[login])
            add_rule(connection, district_id, rule, by=by, at=at)
    add_rule(connection, district_id, NewRule("其余", queue=QUEUE), by=by, at=at)
    first = at.astimezone(zone).date() - timedelta(days=1)
    entries = [
        entry
        for number, login in enumerate(UNITS)
        for day in range(DAYS_AHEAD + 1)
        for entry in _shifts(login, number, units[login], accounts[login], first, day, zone)
    ]
    replace_entries(connection, district_id, entries, by=by, at=at)


def _shifts(  # noqa: PLR0917 (what a shift is made of)
    login: str, number: int, unit_id: int, account_id: UUID, first: date, day: int, zone: ZoneInfo
) -> list[NewEntry]:
    begins = first + timedelta(days=day)
    desk_number = f"0533-268{number + 1:02}10"
    shifts = [(begins, DAY_BEGINS, begins, NIGHT_BEGINS)]
    if login not in NO_NIGHT:
        shifts.append((begins, NIGHT_BEGINS, begins + timedelta(days=1), DAY_BEGINS))
    who: tuple[dict[str, Any], ...] = ({"account_id": account_id}, {"post": "值班室"})
    return [
        NewEntry(
            unit_id=unit_id,
            starts_at=datetime.combine(since, from_time, zone),
            ends_at=datetime.combine(until, to_time, zone),
            turn=turn,
            desk_number=desk_number,
            **said,
        )
        for since, from_time, until, to_time in shifts
        for turn, said in enumerate(who, start=1)
    ]
