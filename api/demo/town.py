"""The demo town's places: imported from files, then divided into grids and published."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
from sqlalchemy import Connection, Engine, select

from api.demo.office import DemoError, repeatable_id
from api.demo.staff import ADMINISTRATOR, DEMO_PASSWORD, PLANNER
from api.passwords import Passwords
from data.accounts import LoginTakenError, NewRole, create_account
from data.categories import ask_for_proof, create_unit, seed_categories
from data.demo import Town
from data.demo.hazards import UNITS
from data.demo.territory import COUNTY_CODE
from data.imports.read import read_features
from data.imports.store import Layer, store_layer
from data.imports.store_areas import store_areas
from data.plan_generation import generate_plan
from data.plans import create_plan, find_area
from data.schema import Account, District, Plan

HOUSEHOLDS_A_GRID = 300
PLAN_NAME = "首次划分"
PLAN_REASON = "按约三百户一格首次划分"
Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class DemoDistrict:
    """The demo county in the database, and when its import began: the end of its history."""

    id: int
    imported_at: datetime


def find_demo_district(connection: Connection) -> DemoDistrict | None:
    """The demo county, or None before its import."""
    row = connection.execute(
        select(District.id, District.created_at).where(District.code == COUNTY_CODE)
    ).one_or_none()
    return None if row is None else DemoDistrict(row.id, row.created_at.astimezone(UTC))


def import_town(engine: Engine, town: Town, at: datetime, since: date, told: Told) -> None:
    """Import all places of the town, its units and its administrator, in one transaction.

    Parameters
    ----------
    engine
        As the run-time role, without a statement timeout.
    at
        Now: the end of the town's history.
    since
        First day of the history, from which the administrator's role holds.
    told
        Hears (done, total, layer).
    """
    with tempfile.TemporaryDirectory(prefix="sanbai-demo-") as folder, engine.begin() as connection:
        files = _write_files(town, Path(folder))
        areas = read_features(files["areas"], "areas")
        store_areas(connection, areas, at, progress=told)
        found = find_demo_district(connection)
        if found is None:
            raise DemoError("the demo county is missing after its import")
        layers: tuple[Layer, ...] = ("buildings", "roads", "water", "places")
        for layer in layers:
            columns = {"external_id": "code"} if layer == "buildings" else {}
            read = read_features(files[layer], layer, columns=columns)
            store_layer(connection, read, at, layer, district=COUNTY_CODE, progress=told)
        _found_office(connection, found.id, at, since)


def _write_files(town: Town, folder: Path) -> dict[str, Path]:
    frames: dict[str, gpd.GeoDataFrame] = {
        "areas": town.areas,
        "buildings": town.buildings.drop(columns="area_code"),
        "roads": town.roads,
        "water": town.water,
        "places": town.places,
    }
    files = {}
    for layer, frame in frames.items():
        files[layer] = folder / f"{layer}.gpkg"
        frame.to_file(files[layer], layer=layer)
    return files


def _found_office(connection: Connection, district_id: int, at: datetime, since: date) -> None:
    seed_categories(connection, district_id)
    # Its history has no photos; they are asked for once it has been lived through.
    ask_for_proof(connection, district_id, "none")
    county = find_area(connection, COUNTY_CODE)
    if county is None:
        raise DemoError("the demo county has no area")
    for name, name_en in UNITS.values():
        create_unit(connection, district_id, county.id, name, name_en)
    try:
        create_account(
            connection,
            district_id,
            repeatable_id(at, "account", ADMINISTRATOR),
            login=ADMINISTRATOR,
            display_name="系统管理员",
            password_hash=Passwords(1).hash(DEMO_PASSWORD),
            unit_id=None,
            roles=[NewRole("administrator", area_id=county.id)],
            at=at,
            since=since,
        )
    except LoginTakenError as error:
        raise DemoError(
            f"the login {ADMINISTRATOR!r} is in use: load the demo into a database of its own"
        ) from error


def published_plan(connection: Connection, district_id: int) -> int | None:
    """Id of the county's first plan once it is published."""
    published = select(Plan.id).where(
        Plan.district_id == district_id, Plan.status == "published", Plan.name == PLAN_NAME
    )
    return connection.execute(published).scalars().first()


def draft_grids(engine: Engine, district_id: int, at: datetime, told: Told) -> int:
    """Draw up the county's first plan and generate its grids; the plan's id.

    A draft that an interrupted load left behind is taken up again; one that was checked already
    keeps its grids.

    Raises
    ------
    DemoError
        When the grids cannot be generated.
    """
    with engine.begin() as connection:
        left = select(Plan.id, Plan.status).where(
            Plan.district_id == district_id, Plan.status != "published", Plan.name == PLAN_NAME
        )
        found = connection.execute(left).first()
        if found is not None and found.status != "draft":
            return int(found.id)
        plan_id = None if found is None else found.id
        if plan_id is None:
            county = find_area(connection, COUNTY_CODE)
            planner = connection.execute(
                select(Account.id).where(
                    Account.district_id == district_id, Account.login == PLANNER
                )
            ).scalar_one()
            if county is None:
                raise DemoError("the demo county has no area")
            plan_id = create_plan(
                connection,
                district_id,
                county.id,
                name=PLAN_NAME,
                households=HOUSEHOLDS_A_GRID,
                reason=PLAN_REASON,
                created_by=planner,
                now=at,
            )
    failure = generate_plan(engine, district_id, plan_id, now=at, progress=told)
    if failure is not None:
        raise DemoError(f"{failure.message_zh} {failure.message_en}")
    return int(plan_id)
