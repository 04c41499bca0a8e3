"""Draft plans in the real database: from imported layers to grids, and back to a frame."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from fixtures.quarter import make_quarter
from sqlalchemy import Engine, func, select, text

from data.database import open_engine
from data.imports.read import read_features
from data.imports.store import store_layer
from data.imports.store_areas import store_areas
from data.plan_generation import generate_plan
from data.plans import (
    create_plan,
    find_area,
    find_plan,
    load_town,
    read_plan_grids,
    score_plan,
)
from data.schema import Grid, GridShape, GridVersion, Plan
from data.server import DatabaseUrls
from geo.grids import GridInputError

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
STREET = "370303001"


@pytest.fixture
def engine(fresh_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Engine]:
    """A database into which a quarter of two communities was imported."""
    town = make_quarter().to("EPSG:4326")
    whole = shapely.union_all(town.areas.geometry.to_numpy())
    above = [("370303", "张店区", "district", None), (STREET, "车站街道", "street", "370303")]
    for code, name, level, parent in above:
        town.areas.loc[len(town.areas), ["code", "name", "level", "parent_code", "geometry"]] = [
            code, name, level, parent, whole,
        ]  # fmt: skip
    town.areas.loc[:1, ["level", "parent_code"]] = ["community", STREET]
    for layer in ("areas", "buildings", "roads"):
        getattr(town, layer).to_file(tmp_path / f"{layer}.gpkg")
    engine = open_engine(fresh_urls.app)
    with engine.begin() as connection:
        store_areas(connection, read_features(tmp_path / "areas.gpkg", "areas"), AT)
        for layer in ("buildings", "roads"):
            read = read_features(tmp_path / f"{layer}.gpkg", layer)
            store_layer(connection, read, AT, layer, district="370303")
    yield engine
    engine.dispose()


def draw_up(engine: Engine, code: str = STREET, households: int = 300) -> tuple[int, int]:
    """Create a draft for an area; its district and number."""
    with engine.begin() as connection:
        area = find_area(connection, code)
        assert area is not None
        plan_id = create_plan(
            connection,
            area.district_id,
            area.id,
            name="首次划分",
            households=households,
            reason="",
            created_by=None,
            now=AT,
        )
    return area.district_id, plan_id


def test_a_draft_gets_grids_a_score_and_shapes(engine: Engine) -> None:
    key, told = draw_up(engine), []
    failure = generate_plan(engine, *key, now=AT, progress=lambda *said: told.append(said))
    assert failure is None
    assert told[-1] == (100, 100, "done")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    with engine.connect() as connection:
        grids = read_plan_grids(connection, *key)
        plan = connection.execute(select(Plan.generation, Plan.quality)).one()
        versions = connection.execute(select(GridVersion)).all()
        drawn = connection.execute(select(func.count()).select_from(GridShape)).scalar_one()
        found = find_plan(connection, key[1])
        assert found is not None
        scored = score_plan(connection, found)
    assert grids["code"].tolist() == [
        f"{STREET}{community}{at:03d}" for community in ("001", "002") for at in (1, 2, 3)
    ]
    assert grids["households"].sum() == 1536
    assert plan.generation["state"] == "done"
    assert plan.quality["grids"] == 6
    assert plan.quality["cut_pct"] == 0
    assert (scored.grids, scored.gaps, scored.overlaps) == (6, 0, 0)
    assert drawn > 0
    assert {version.validity for version in versions} == {None}
    assert sum(version.buildings for version in versions) == 256
    assert sum(version.area_m2 for version in versions) == pytest.approx(720 * 280, rel=2e-3)
    assert {version.area_path.rsplit(".", 1)[0] for version in versions} == {"370303.370303001"}


def test_generating_again_replaces_the_draft_and_leaves_no_identity_behind(
    engine: Engine,
) -> None:
    key = draw_up(engine)
    generate_plan(engine, *key, now=AT)
    generate_plan(engine, *key, now=AT, seed=5)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(GridVersion)).scalar() == 6
        assert connection.execute(select(func.count()).select_from(Grid)).scalar() == 6


def test_a_grid_that_hardly_changes_keeps_its_identity(engine: Engine) -> None:
    first, second = draw_up(engine), draw_up(engine)
    generate_plan(engine, *first, now=AT)
    with engine.begin() as connection:
        connection.execute(text("UPDATE grid_version SET validity = '[2026-01-01,)'"))
    generate_plan(engine, *second, now=AT)
    with engine.connect() as connection:
        pairs = connection.execute(
            text(
                "SELECT a.grid_id, b.grid_id FROM grid_version AS a JOIN grid_version AS b"
                " ON a.code = b.code AND a.plan_id < b.plan_id"
            )
        ).all()
    assert len(pairs) == 6
    assert all(old == new for old, new in pairs)


def test_one_community_alone(engine: Engine) -> None:
    key = draw_up(engine, f"{STREET}002", households=400)
    assert generate_plan(engine, *key, now=AT) is None
    with engine.connect() as connection:
        grids = read_plan_grids(connection, *key)
    assert grids["area"].unique().tolist() == [f"{STREET}002"]
    assert grids["households"].tolist() == pytest.approx([384, 384], rel=0.1)


def test_what_must_be_mended_is_kept_with_the_plan(engine: Engine) -> None:
    key = draw_up(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE area SET level = 'zone' WHERE level = 'community'"))
    failure = generate_plan(engine, *key, now=AT)
    assert failure is not None
    assert failure.code == "no_communities"
    with engine.connect() as connection:
        kept = connection.execute(select(Plan.generation)).scalar_one()
        with pytest.raises(GridInputError, match="no grids yet"):
            read_plan_grids(connection, *key)
    assert kept["state"] == "failed"
    assert kept["message_zh"] == failure.message_zh


def test_another_district_sees_nothing(engine: Engine) -> None:
    district_id, plan_id = draw_up(engine)
    generate_plan(engine, district_id, plan_id, now=AT)
    with engine.connect() as connection:
        with pytest.raises(GridInputError):
            read_plan_grids(connection, district_id + 1, plan_id)
        area = find_area(connection, STREET)
        assert area is not None
        with pytest.raises(GridInputError):
            load_town(connection, district_id + 1, area.id)
        assert find_area(connection, "999") is None
        assert find_plan(connection, 10**9) is None
