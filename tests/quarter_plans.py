"""Plans of a quarter of two communities, made in the real database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import shapely
from fixtures.quarter import make_quarter
from sqlalchemy import Engine, select, text

from data.imports.read import read_features
from data.imports.store import store_layer
from data.imports.store_areas import store_areas
from data.layers import district_today
from data.plan_generation import generate_plan
from data.plan_steps import approve, check
from data.plan_wishes import PlanWishes
from data.plans import create_plan, find_area, read_plan_grids
from data.publication import publish_plan
from data.schema import Plan

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STREET = "370303001"


def import_quarter(engine: Engine, folder: Path) -> None:
    """Import two communities of 768 households, side by side, in one street."""
    town = make_quarter().to("EPSG:4326")
    whole = shapely.union_all(town.areas.geometry.to_numpy())
    above = [("370303", "张店区", "district", None), (STREET, "车站街道", "street", "370303")]
    for code, name, level, parent in above:
        town.areas.loc[len(town.areas), ["code", "name", "level", "parent_code", "geometry"]] = [
            code, name, level, parent, whole,
        ]  # fmt: skip
    town.areas.loc[:1, ["level", "parent_code"]] = ["community", STREET]
    for layer in ("areas", "buildings", "roads"):
        getattr(town, layer).to_file(folder / f"{layer}.gpkg")
    with engine.begin() as connection:
        store_areas(connection, read_features(folder / "areas.gpkg", "areas"), AT)
        for layer in ("buildings", "roads"):
            read = read_features(folder / f"{layer}.gpkg", layer)
            store_layer(connection, read, AT, layer, district="370303")


def draw_up(engine: Engine, **wishes: Any) -> int:
    """Draw up a draft for the street and have it made; its id."""
    with engine.begin() as connection:
        area = find_area(connection, STREET)
        assert area is not None
        plan_id = create_plan(
            connection,
            area.district_id,
            area.id,
            name="调整",
            households=300,
            reason="",
            created_by=None,
            now=AT,
            wishes=PlanWishes.model_validate(wishes),
        )
    make(engine, plan_id, run=1)
    return plan_id


def make(engine: Engine, plan_id: int, **more: Any) -> None:
    failure = generate_plan(engine, district(engine), plan_id, now=AT, **more)
    assert failure is None, failure


def district(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT id FROM district")).scalar_one())


def community(engine: Engine, number: int) -> int:
    """Id of the first or second community."""
    with engine.connect() as connection:
        area = find_area(connection, f"{STREET}00{number}")
    assert area is not None
    return area.id


def grids_of(engine: Engine, plan_id: int) -> gpd.GeoDataFrame:
    with engine.connect() as connection:
        return read_plan_grids(connection, district(engine), plan_id)


def versions(engine: Engine, plan_id: int) -> dict[str, Any]:
    """Code → row of a plan's grids."""
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT code, grid_id, kind, locked, households, CAST(geom AS text) AS geom "
                "FROM grid_version WHERE plan_id = :id"
            ),
            {"id": plan_id},
        ).all()
    return {row.code: row for row in rows}


def put_in_force(engine: Engine, plan_id: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET validity = '[2026-01-01,)' WHERE plan_id = :id"),
            {"id": plan_id},
        )


def state(engine: Engine, plan_id: int) -> str:
    with engine.connect() as connection:
        kept = connection.execute(select(Plan.generation).where(Plan.id == plan_id)).scalar_one()
    assert kept is not None
    return str(kept["state"])


def publish(engine: Engine, plan_id: int) -> None:
    """Check and approve a plan, and put it into force today."""
    here = district(engine)
    planner = uuid4()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash, "
                "created_at) VALUES (:here, :id, 'planner', '规划', 'none', :at)"
            ),
            {"here": here, "id": planner, "at": AT},
        )
        assert check(connection, here, plan_id, by=planner, at=AT)
        approve(connection, here, plan_id, by=planner, at=AT)
        day = district_today(connection, here, AT)
        publish_plan(
            connection, here, plan_id, effective_on=day, reason=None, published_by=planner, at=AT
        )
