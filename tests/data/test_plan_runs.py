"""Runs of a plan that are stopped or broken off."""

import pytest
from quarter_plans import AT, district, draw_up, make, state, versions
from sqlalchemy import Engine

from data.plan_generation import generate_plan
from data.plan_runs import order_run, stop_run
from data.plan_wishes import PlanWishes


def test_a_run_stopped_while_it_works_stores_nothing(engine: Engine) -> None:
    plan_id = draw_up(engine)
    before = versions(engine, plan_id)
    with engine.begin() as connection:
        order_run(connection, district(engine), plan_id, households=150, wishes=PlanWishes())

    def stop_half_way(done: int, _total: int, _stage: str) -> None:
        if done:
            with engine.begin() as connection:
                if state(engine, plan_id) == "running":
                    stop_run(connection, district(engine), plan_id)

    make(engine, plan_id, run=2, progress=stop_half_way)
    assert state(engine, plan_id) == "stopped"
    assert versions(engine, plan_id) == before


def test_a_run_broken_off_from_the_keyboard_is_stopped_and_can_be_made_again(
    engine: Engine,
) -> None:
    plan_id = draw_up(engine)
    before = versions(engine, plan_id)

    def interrupt(done: int, _total: int, _stage: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_plan(engine, district(engine), plan_id, now=AT, progress=interrupt)
    assert state(engine, plan_id) == "stopped"
    assert versions(engine, plan_id) == before
    make(engine, plan_id)
    assert state(engine, plan_id) == "done"

    def interrupt_late(done: int, _total: int, _stage: str) -> None:
        if done == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate_plan(engine, district(engine), plan_id, now=AT, progress=interrupt_late)
    assert state(engine, plan_id) == "done", "all was stored already"
