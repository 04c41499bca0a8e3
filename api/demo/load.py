"""Loading the demo: a town imported, divided, staffed, and ninety days of it lived through.

All that happens in the town goes through the application's own routes, as its users would send
it, only that the clock is set to the past. Each command has an operation id that is the same each
time, so a load that was interrupted is taken up where it stopped and doubles nothing.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import geopandas as gpd
from httpx2 import ASGITransport
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection, Engine, delete, func, select

from api.context import Context
from api.demo import staff
from api.demo.crew import Crew
from api.demo.duty import NIGHT_OFFICER, set_up_duty
from api.demo.office import (
    DemoError,
    Person,
    application_of_the_past,
    at_work,
    repeatable_id,
)
from api.demo.replay import Ids, plan_days
from api.demo.town import draft_grids, find_demo_district, import_town, published_plan
from api.settings import Settings
from data.categories import ask_for_proof
from data.database import open_engine
from data.demo import History, Town, make_history, make_town
from data.demo.courses import TIME_ZONE
from data.demo.hazards import UNITS
from data.demo.history import DAYS
from data.demo.territory import COUNTY_CODE
from data.hotspot_runs import refresh_hotspots
from data.plans import read_plan_grids
from data.schema import Account, District, Operation, Session
from data.server import DatabaseUrls
from data.status import OVERDUE_BATCH, mark_overdue, refresh_patrol_counters

SEED = 300
HOUSEHOLDS = 60_000
LIST_PAGE = 200
GRID_PAGE = 1_000


def is_loaded(connection: Connection) -> bool:
    """Whether the demo is in the database, to its last account."""
    last = (
        select(Account.id)
        .join(District, District.id == Account.district_id)
        .where(District.code == COUNTY_CODE, Account.login == staff.LAST_ACCOUNT)
    )
    return connection.execute(last).first() is not None


def load_demo(
    settings: Settings,
    urls: DatabaseUrls,
    *,
    households: int = HOUSEHOLDS,
    days: int = DAYS,
    console: Console | None = None,
) -> None:
    """Load the demo town, or the rest of it; does nothing when it is complete.

    Parameters
    ----------
    settings
        Of the server; the database must be running and migrated.
    urls
        The database.
    households, days
        Size of the town and length of its history; the same again when a load is taken up.
    console
        Where progress bars go.

    Raises
    ------
    DemoError
        When the application refuses something; what was done stays, and a repetition goes on.
    """
    engine = open_engine(urls.app, pool_size=2, statement_timeout_s=0)
    try:
        with engine.connect() as connection:
            if is_loaded(connection):
                return
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        shown = console or Console(stderr=True)
        with Progress(*columns, TimeElapsedColumn(), console=shown) as progress:
            _load(settings, engine, households, days, progress)
    finally:
        engine.dispose()


class _Bar:
    """One progress bar, told how far it is; in a log, which has no bars, a line for each tenth."""

    def __init__(self, progress: Progress, text: str) -> None:
        self._progress = progress
        self._text = text
        self._task = progress.add_task(text, total=None)
        self._tenths = 0

    def __call__(self, done: int, total: int, _: str = "") -> None:
        self._progress.update(self._task, completed=done, total=total)
        tenths = 10 * done // max(total, 1)
        if tenths > self._tenths and not self._progress.console.is_terminal:
            self._progress.console.print(f"{self._text} {10 * tenths} %")
        self._tenths = tenths


def _load(
    settings: Settings, engine: Engine, households: int, days: int, progress: Progress
) -> None:
    with engine.connect() as connection:
        known = find_demo_district(connection)
    until = datetime.now(UTC).replace(microsecond=0) if known is None else known.imported_at
    first_day = until.astimezone(TIME_ZONE).date() - timedelta(days=days - 1)
    told = _Bar(progress, "生成城镇 Making the town")
    town = make_town(seed=SEED, households=households)
    told(1, 1)
    if known is None:
        import_town(engine, town, until, first_day, _Bar(progress, "导入地图 Importing its map"))
    asyncio.run(_live(settings, engine, town, _Span(until, first_day, days), progress))


@dataclass(frozen=True)
class _Span:
    """The time of the history: its first local day, its end, and how many days it has."""

    until: datetime
    first_day: date
    days: int

    @property
    def opening(self) -> datetime:
        """The moment the office opens, before anything happens."""
        return datetime.combine(self.first_day, time(0, 30), TIME_ZONE).astimezone(UTC)


@dataclass(frozen=True)
class _Site:
    """Where the load works: the database, the running application, the screen."""

    engine: Engine
    transport: ASGITransport
    progress: Progress

    async def sign_in(self, login: str, at: datetime) -> Person:
        person = Person(login, self.transport)
        await person.sign_in(staff.DEMO_PASSWORD, at)
        return person


async def _live(
    settings: Settings, engine: Engine, town: Town, span: _Span, progress: Progress
) -> None:
    """Staff the county, divide it, and live through its history."""
    app = application_of_the_past(settings, span.opening, span.until)
    async with at_work(app) as transport:
        site = _Site(engine, transport, progress)
        admin = await site.sign_in(staff.ADMINISTRATOR, span.opening)
        areas = {area["code"]: area["id"] for area in await admin.read_all("areas", span.opening)}
        units = await _units(admin, span.opening)
        await staff.hire_office(admin, areas, COUNTY_CODE, units, span.opening)
        grids = await _divide(site, span)
        history = await asyncio.to_thread(
            make_history, town, grids, span.until, seed=SEED, days=span.days
        )
        ids = await _ids(admin, units, span.opening)
        told = _Bar(progress, "录用人员 Hiring its people")
        await staff.hire_field(
            admin,
            history.officers,
            history.commanders,
            areas=areas,
            grids=ids.grids,
            at=span.opening,
        )
        told(1, 1)
        await _replay(settings, site, history, ids, span)
        await admin.sign_out(span.opening)
        _bring_up_to_date(app.state.context, site, span)
        await _open_duty(site, areas[COUNTY_CODE], span)


async def _open_duty(site: _Site, county_id: int, span: _Span) -> None:
    """Give the county, as it is now, a night officer, rules and a rota; its auditor comes last."""
    admin = await site.sign_in(staff.ADMINISTRATOR, span.until)
    night = [{"role": "commander", "area_id": county_id}]
    await staff.hire(admin, NIGHT_OFFICER, "县指挥中心（夜班）", night, span.until)
    with site.engine.begin() as connection:
        known = find_demo_district(connection)
        if known is None:
            raise DemoError("the demo county is missing after its import")
        set_up_duty(connection, known.id, span.until, TIME_ZONE)
    auditor = [{"role": "auditor", "area_id": county_id}]
    await staff.hire(admin, staff.LAST_ACCOUNT, "审计科", auditor, span.until)
    await admin.sign_out(span.until)


async def _units(admin: Person, at: datetime) -> dict[str, int]:
    by_name = {unit["name"]: unit["id"] for unit in await admin.read_all("units", at)}
    return {login: by_name[name] for login, (name, _) in UNITS.items()}


async def _ids(admin: Person, units: Mapping[str, int], at: datetime) -> Ids:
    categories = await admin.read_all("categories", at, limit=LIST_PAGE)
    grids = await admin.read_all("grids", at, limit=GRID_PAGE)
    return Ids(
        categories={category["code"]: category["id"] for category in categories},
        units=units,
        grids={grid["code"]: grid["id"] for grid in grids},
    )


async def _divide(site: _Site, span: _Span) -> gpd.GeoDataFrame:
    """Generate the first plan and publish it, as the planner; its grids."""
    with site.engine.connect() as connection:
        district = find_demo_district(connection)
        if district is None:
            raise DemoError("the demo county is missing")
        plan_id = published_plan(connection, district.id)
    if plan_id is None:
        told = _Bar(site.progress, "划分网格 Dividing it into grids")
        plan_id = await asyncio.to_thread(draft_grids, site.engine, district.id, span.opening, told)
        planner = await site.sign_in(staff.PLANNER, span.opening)
        publication = {"effective_on": span.first_day.isoformat(), "reason": "首次启用"}
        for step, said in (("check", {}), ("approve", {}), ("publish", publication)):
            operation = repeatable_id(span.opening, step, plan_id)
            await planner.do(f"plans/{plan_id}/{step}", said, span.opening, operation)
        await planner.sign_out(span.opening)
    with site.engine.connect() as connection:
        return read_plan_grids(connection, district.id, plan_id)


async def _replay(settings: Settings, site: _Site, history: History, ids: Ids, span: _Span) -> None:
    days = plan_days(history, ids)
    total = sum(len(chain) for chains in days.values() for chain in chains)
    told = _Bar(site.progress, "回放历史 Living through its history")
    begun = _day_of_last_command(site.engine)
    done = 0
    with Crew(settings, span.opening, span.until) as crew:
        for day, chains in days.items():
            if begun is None or day >= begun:
                await asyncio.to_thread(crew.live_through, chains)
            done += sum(len(chain) for chain in chains)
            told(done, total)
        await asyncio.to_thread(crew.go_home)


def _day_of_last_command(engine: Engine) -> date | None:
    """Local day of the last command so far: all days before it are complete."""
    with engine.connect() as connection:
        last: datetime | None = connection.execute(
            select(func.max(Operation.received_at))
            .join(District, District.id == Operation.district_id)
            .where(District.code == COUNTY_CODE)
        ).scalar_one()
    return None if last is None else last.astimezone(TIME_ZONE).date()


def _bring_up_to_date(parts: Context, site: _Site, span: _Span) -> None:
    """Do what the worker does with time: overdue cases, patrol counters, hotspots."""
    told = _Bar(site.progress, "计算热点 Finding its hotspots")
    more = True
    while more:
        with site.engine.begin() as connection:
            more = mark_overdue(connection, span.until) == OVERDUE_BATCH
    with site.engine.begin() as connection:
        refresh_patrol_counters(connection, span.until)
        district = find_demo_district(connection)
        if district is None:
            raise DemoError("the demo county is missing")
        # Of a load that was interrupted: nobody holds these sessions any more.
        connection.execute(
            delete(Session).where(
                Session.district_id == district.id, Session.created_at <= span.opening
            )
        )
        ask_for_proof(connection, district.id, "photo")
        refresh_hotspots(connection, parts.files, district.id, span.until)
    told(1, 1)
