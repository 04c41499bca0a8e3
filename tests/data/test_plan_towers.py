"""Towers divided by their units, and locked grids, counted alike wherever a plan is looked at."""

from uuid import uuid4

import pytest
from quarter_plans import AT, STREET, district, draw_up, make, publish, put_in_force, versions
from sqlalchemy import Engine, select, text

from data.plan_drafts import find_draft, read_buildings, read_draft_grids
from data.plan_edits import edit_draft
from data.plan_orders import PlanPlace, draw, read_order
from data.plan_preview import (
    buildings_between,
    buildings_that_move,
    households_along,
    moving_buildings,
    preview_plan,
)
from data.plan_runs import order_run
from data.plan_steps import find_problems, read_standing
from data.plan_wishes import PlanWishes
from data.schema import Plan
from geo.redraw.edits import GiveBuilding


def test_a_tower_of_more_than_a_grid_is_divided_by_its_units(engine: Engine) -> None:
    with engine.begin() as connection:
        tower = connection.execute(
            text(
                "UPDATE building SET households = 900, units = 3 "
                "WHERE id = (SELECT min(id) FROM building) RETURNING id"
            )
        ).scalar_one()
    plan_id = draw_up(engine)
    with engine.connect() as connection:
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
    assert quality is not None
    (split,) = quality["split_buildings"]
    assert (split["building_id"], split["households"], split["units"]) == (tower, 900, 3)
    stored = versions(engine, plan_id)
    assert sum(row.households for row in stored.values()) == 1536 + 894
    counted = {code: row.households for code, row in stored.items()}
    with engine.connect() as connection:
        plan = find_draft(connection, district(engine), plan_id)
        assert plan is not None
        looked = read_draft_grids(connection, plan)
        seen = read_buildings(connection, plan)
        standing = read_standing(connection, plan.district_id, plan_id)
        told = find_problems(connection, plan.district_id, plan_id, standing, AT.date())
        previewed = preview_plan(connection, plan.district_id, plan_id, on=None, at=AT)
    # The editor, the browser's own counts, the check and the preview go by the tower's parts.
    assert {grid.code: grid.households for grid in looked} == counted
    assert sum(grid.buildings for grid in looked) == 256
    assert sorted(seen["households"][seen["id"] == tower]) == [300, 300, 300]
    assert not [one for one in told if one.code in {"households-changed", "building-cut"}]
    begun = {one.after.code: one.after.load for one in previewed.grids if one.after is not None}
    assert {code: load.households for code, load in begun.items()} == counted
    assert sum(load.buildings for load in begun.values()) == 256
    parts = seen[seen["id"] == tower].geometry
    holding = {grid.code for grid in looked for part in parts if grid.shape.contains(part)}
    assert len(holding) > 1, "the tower lies in several grids"
    publish(engine, plan_id)
    with engine.connect() as connection:
        in_force = connection.execute(
            text("SELECT code, households FROM grid_version WHERE upper_inf(validity)")
        ).all()
    assert {row.code: row.households for row in in_force} == counted


def test_a_locked_grid_holds_its_part_of_a_tower_and_no_more(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE building SET households = 900, units = 3 "
                "WHERE id = (SELECT min(id) FROM building)"
            )
        )
    first = draw_up(engine)
    with engine.begin() as connection:
        locked = connection.execute(
            text(
                "UPDATE grid_version AS v SET locked = true FROM building AS b "
                "WHERE v.plan_id = :id AND b.households = 900 "
                "AND ST_Contains(v.geom, ST_PointOnSurface(b.geom)) RETURNING v.code"
            ),
            {"id": first},
        ).scalar_one()
    plan_id = draw_up(engine, locked_of=first)
    before, after = versions(engine, first), versions(engine, plan_id)
    assert before[locked].households < 900
    assert after[locked].households == before[locked].households
    assert sum(row.households for row in after.values()) == 1536 + 894
    with engine.connect() as connection:
        plan = find_draft(connection, district(engine), plan_id)
        assert plan is not None
        looked = read_draft_grids(connection, plan)
    assert {grid.code: grid.households for grid in looked} == {
        code: row.households for code, row in after.items()
    }


def test_beside_a_locked_grid_the_rest_is_the_target_for_all_who_ask(engine: Engine) -> None:
    halves = draw_up(engine)
    with engine.begin() as connection:
        order_run(connection, district(engine), halves, households=400, wishes=PlanWishes())
    make(engine, halves, run=2)
    locked = f"{STREET}001001"
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE grid_version SET locked = true WHERE plan_id = :id AND code = :code"),
            {"id": halves, "code": locked},
        )
    plan_id = draw_up(engine, locked_of=halves)
    with engine.connect() as connection:
        plan = find_draft(connection, district(engine), plan_id)
        assert plan is not None
        place = PlanPlace(plan.district_id, plan_id, plan.area_id, AT.date())
        drawn = draw(read_order(connection, place, 300, PlanWishes()), lambda *_: None, None)
        looked = {grid.code: grid for grid in read_draft_grids(connection, plan)}
        standing = read_standing(connection, plan.district_id, plan_id)
        told = find_problems(connection, plan.district_id, plan_id, standing, AT.date())
        quality = connection.execute(select(Plan.quality).where(Plan.id == plan_id)).scalar_one()
    # Half of 768 households is locked: the other half is one grid, not one and a third of 256.
    assert {code: grid.households for code, grid in looked.items()}[locked] == 384
    for row in drawn.itertuples():
        grid = looked[row.code]
        assert grid.off_pct == pytest.approx(100 * (grid.households / row.target - 1))
    beside = [grid for grid in looked.values() if grid.area_code == locked[:12]]
    assert sorted(grid.off_pct for grid in beside) == pytest.approx([0.0, 28.0])
    (problem,) = [one for one in told if one.code == "households"]
    assert (problem.grids, problem.params["fair"]) == ((locked,), 300)
    assert quality is not None
    assert quality["adj5_pct"] == pytest.approx(80.0)


def test_a_divided_tower_is_given_and_named_whole(engine: Engine) -> None:
    with engine.begin() as connection:
        tower = connection.execute(
            text(
                "UPDATE building SET households = 500, units = 2, name = '东风大厦' "
                "WHERE id = (SELECT min(id) FROM building) RETURNING id"
            )
        ).scalar_one()
    put_in_force(engine, draw_up(engine))
    plan_id = draw_up(engine)
    here = district(engine)
    with engine.begin() as connection:
        plan = find_draft(connection, here, plan_id)
        assert plan is not None
        before = read_draft_grids(connection, plan)
        parts = read_buildings(connection, plan).query("id == @tower").geometry
        held = {grid.grid_id: int(sum(map(grid.shape.contains, parts))) for grid in before}
        holders = {grid_id: count for grid_id, count in held.items() if count}
        assert len(holders) > 1, "the tower lies in several grids"
        taker = max(holders, key=lambda grid_id: holders[grid_id])
        edited = edit_draft(
            connection,
            here,
            plan_id,
            GiveBuilding(tower, taker),
            asked={"kind": "give-building", "building_id": tower, "to_grid_id": taker},
            base={grid.grid_id: grid.revision for grid in before},
            by=uuid4(),
            at=AT,
        )
        after = {grid.grid_id: grid for grid in read_draft_grids(connection, plan)}
        found = preview_plan(connection, here, plan_id, on=None, at=AT)
        moving = buildings_between(found, None, None)
        named = moving_buildings(connection, here, found, [at for at, _, _ in moving])
    assert {grid.grid_id for grid in edited.changed} >= set(holders)
    assert all(after[taker].shape.contains(part) for part in parts)
    assert sum(grid.households for grid in after.values()) == 1536 + 494
    assert sum(grid.buildings for grid in after.values()) == 256
    # From each grid that held a part the tower goes over once, however many parts that were.
    givers = sorted(set(holders) - {taker})
    assert [row.name for row in named if row.id == tower] == ["东风大厦"] * len(givers)
    went = {was: households_along(found, at) for at, was, _ in moving}
    assert went == {giver: 250 * holders[giver] for giver in givers}
    assert buildings_that_move(found) == 1
    moves = {move.from_id: move for move in found.difference.moves}
    assert {giver: moves[giver].buildings for giver in givers} == dict.fromkeys(givers, 1)
