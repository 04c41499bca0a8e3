"""Plans that change the grids in force as little as they can."""

from quarter_plans import AT, STREET, draw_up, put_in_force, versions
from sqlalchemy import Engine, select, text

from data.plan_generation import generate_plan
from data.plan_wishes import PlanWishes
from data.plans import create_plan, find_area
from data.schema import Plan


def test_least_change_moves_few_and_grids_stay_who_they_are(engine: Engine) -> None:
    first = draw_up(engine)
    put_in_force(engine, first)
    before = versions(engine, first)
    with engine.begin() as connection:
        # One house is pulled down for a tower: only the grids about it have to change.
        connection.execute(
            text(
                "UPDATE building SET households = 120 WHERE id = (SELECT b.id FROM building AS b "
                "JOIN grid_version AS v ON ST_Within(b.geom, v.geom) "
                "WHERE v.code = :code ORDER BY b.id LIMIT 1)"
            ),
            {"code": min(before)},
        )
    plan_id = draw_up(engine, way="least-change")
    after = versions(engine, plan_id)
    with engine.connect() as connection:
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
    assert quality is not None
    assert 0 < quality["households_moved"] < 0.25 * quality["households_compared"]
    assert {row.grid_id for row in after.values()} >= {row.grid_id for row in before.values()}
    far = [code for code in before if code.startswith(f"{STREET}002")]
    assert all(after[code].geom == before[code].geom for code in far)
    assert sum(row.households for row in after.values()) == 1536 + 114


def test_least_change_needs_grids_in_force(engine: Engine) -> None:
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
            wishes=PlanWishes(way="least-change"),
        )
    failure = generate_plan(engine, area.district_id, plan_id, now=AT, run=1)
    assert failure is not None
    assert failure.code == "nothing_in_force"
