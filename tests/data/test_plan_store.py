"""Draft plans in the real database: from imported layers to grids, and back to a frame."""

import pytest
from quarter_plans import AT, STREET
from sqlalchemy import Engine, func, select, text

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
from geo.grids import GridInputError


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
