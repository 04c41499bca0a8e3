"""The demo's accounts, and how they are made: by the administrator, through the application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.demo.office import Person, repeatable_id
from data.demo.hazards import UNITS
from data.demo.staff import Commander, Officer

GIVEN_PASSWORD = "first-day-at-work"  # noqa: S105 (each chooses the other one at once)
DEMO_PASSWORD = "sanbai-demo"  # noqa: S105 (printed for everyone who tries the demo)
ADMINISTRATOR = "admin"
PLANNER = "planner"
DUTY_OFFICER = "commander"
# Made last of all: where it is, the demo is complete.
LAST_ACCOUNT = "auditor"


@dataclass(frozen=True)
class DemoAccount:
    """An account to try the demo with, and what it is for."""

    login: str
    role_zh: str
    role_en: str


def demo_accounts() -> list[DemoAccount]:
    """Accounts worth trying; the password of all is `DEMO_PASSWORD`."""
    return [
        DemoAccount(DUTY_OFFICER, "指挥中心值班（全县）", "duty officer, whole county"),
        DemoAccount("nightduty", "指挥中心夜班（全县）", "night duty, whole county"),
        DemoAccount("commander1", "指挥中心值班（城关街道）", "duty officer of one street"),
        DemoAccount("officer001", "网格员", "grid officer"),
        DemoAccount(PLANNER, "网格规划", "planner"),
        DemoAccount("sanitation", "责任单位（环卫服务中心）", "responsible unit"),
        DemoAccount(ADMINISTRATOR, "管理员", "administrator"),
        DemoAccount(LAST_ACCOUNT, "审计", "auditor"),
    ]


async def hire_office(
    admin: Person, areas: Mapping[str, int], county: str, units: Mapping[str, int], at: datetime
) -> None:
    """Make the accounts of the county: planner, duty officer, and one for each unit.

    Parameters
    ----------
    admin
        Signed in.
    areas
        Area ids by code.
    county
        Code of the county.
    units
        Unit ids by login.
    """
    await hire(admin, PLANNER, "规划科", [{"role": "planner", "area_id": areas[county]}], at)
    duty = [{"role": "commander", "area_id": areas[county]}]
    await hire(admin, DUTY_OFFICER, "县指挥中心", duty, at)
    for login, (name, _) in UNITS.items():
        handler = [{"role": "handler", "area_id": areas[county]}]
        await hire(admin, login, name, handler, at, unit_id=units[login])


async def hire_field(
    admin: Person,
    officers: Sequence[Officer],
    commanders: Sequence[Commander],
    *,
    areas: Mapping[str, int],
    grids: Mapping[str, int],
    at: datetime,
) -> None:
    """Make the accounts of the streets' duty officers and of the grid officers.

    Parameters
    ----------
    areas, grids
        Ids by code.
    """
    for commander in commanders:
        role = [{"role": "commander", "area_id": areas[commander.street_code]}]
        await hire(admin, commander.login, commander.display_name, role, at)
    for officer in officers:
        roles = [{"role": "officer", "grid_id": grids[code]} for code in officer.grids]
        await hire(admin, officer.login, officer.display_name, roles, at)


async def hire(
    admin: Person,
    login: str,
    display_name: str,
    roles: list[dict[str, Any]],
    at: datetime,
    *,
    unit_id: int | None = None,
) -> None:
    """Make one account, or find it made."""
    body = {
        "login": login,
        "display_name": display_name,
        "password": GIVEN_PASSWORD,
        "roles": roles,
        "unit_id": unit_id,
    }
    await admin.do("accounts", body, at, repeatable_id(at, "account", login))
    await admin.choose_password(login, GIVEN_PASSWORD, DEMO_PASSWORD, at)
