"""The worker carries out what requests leave to it, on a real queue in a database of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import small_town
from sqlalchemy import Engine, text

from api.settings import Settings
from api.worker import mark_all_overdue, place_cases_of_new_plans, work
from data.database import open_engine
from data.jobs import defer
from data.plans import create_plan
from data.publication import publish_plan
from data.server import DatabaseUrls


@pytest.fixture
def settings(fresh_urls: DatabaseUrls, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=fresh_urls.app, files_url=None)


@pytest.fixture
def engine(fresh_urls: DatabaseUrls) -> Iterator[Engine]:
    """The small town, in a database of the test's own, as the run-time role."""
    owner = open_engine(fresh_urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
    owner.dispose()
    app = open_engine(fresh_urls.app)
    yield app
    app.dispose()


def run_until_idle(settings: Settings) -> None:
    asyncio.run(work(settings, lambda: small_town.AT, until_idle=True, own_signals=False))


def jobs(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT task_name, status::text FROM procrastinate_jobs"))
        return {row.task_name: row.status for row in found}


def draw_up(engine: Engine, area_id: int) -> int:
    with engine.begin() as connection:
        plan_id = create_plan(
            connection,
            small_town.DISTRICT,
            area_id,
            name="调整",
            households=300,
            reason="",
            created_by=small_town.account_id("planner"),
            now=small_town.AT,
        )
        defer(connection, "generate_grids", {"district_id": 1, "plan_id": plan_id})
    return plan_id


def test_a_draft_is_generated_scored_and_drawn(engine: Engine, settings: Settings) -> None:
    plan_id = draw_up(engine, 11)
    run_until_idle(settings)
    with engine.connect() as connection:
        plan = connection.execute(
            text("SELECT generation, quality FROM plan WHERE id = :id"), {"id": plan_id}
        ).one()
        drawn = connection.execute(
            text(
                "SELECT count(DISTINCT v.id), count(*) FROM grid_version v JOIN grid_shape s "
                "ON s.grid_version_id = v.id WHERE v.plan_id = :id"
            ),
            {"id": plan_id},
        ).one()
    assert plan.generation["state"] == "done"
    assert plan.quality["grids"] == drawn[0] >= 1
    assert drawn[1] == 4 * drawn[0]
    assert "generate_grids" not in jobs(engine)


def test_a_draft_that_cannot_be_divided_says_why(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE area SET level = 'zone' WHERE id IN (11, 12)"))
    plan_id = draw_up(engine, 10)
    run_until_idle(settings)
    with engine.connect() as connection:
        state = connection.execute(
            text("SELECT generation FROM plan WHERE id = :id"), {"id": plan_id}
        ).scalar_one()
    assert (state["state"], state["message"]) == ("failed", "no_communities")


def test_a_job_of_a_transaction_that_failed_never_was(engine: Engine) -> None:
    with engine.connect() as connection:
        defer(connection, "refresh_hotspots", {"district_id": 1})
        connection.rollback()
    assert jobs(engine) == {}


def test_hotspots_are_refreshed_by_the_queue(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        defer(
            connection,
            "compute_hotspots",
            {"district_id": 1, "unit": "h3", "first": "2026-10-24", "last": "2026-11-20"},
        )
    run_until_idle(settings)
    with engine.connect() as connection:
        runs = connection.execute(text("SELECT unit, cases FROM hotspot_run")).all()
    assert [tuple(run) for run in runs] == [("h3", 0)]
    assert jobs(engine) == {}


def test_every_task_of_the_clock_can_run_again_and_again(
    engine: Engine, settings: Settings
) -> None:
    names = ("each_minute", "each_hour", "refresh_all_hotspots", "resume_interrupted")
    for _ in range(2):
        with engine.begin() as connection:
            for name in names:
                defer(connection, name, {"timestamp": 0})
        run_until_idle(settings)
    assert not {name: state for name, state in jobs(engine).items() if state == "failed"}
    with engine.connect() as connection:
        weeks = connection.execute(
            text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'track_point'::regclass")
        ).scalar_one()
        periods = connection.execute(text("SELECT count(*) FROM hotspot_run")).scalar_one()
    assert weeks == 4
    assert periods == 2  # no cases yet: only the newest, of grids and of cells


def test_what_is_over_is_forgotten(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        small_town.sign_in(connection, "auditor")
        connection.execute(text("UPDATE session SET expires_at = created_at"))
        small_town.sign_in(connection, "planner")
        defer(connection, "each_hour", {"timestamp": 0})
    run_until_idle(settings)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM session")).scalar_one() == 1


def test_time_alone_makes_cases_overdue(engine: Engine) -> None:
    with engine.begin() as connection:
        small_town.file_case(connection, 118.005, 36.83)
    assert mark_all_overdue(engine, small_town.AT) == 0
    later = small_town.AT + timedelta(days=1)
    assert mark_all_overdue(engine, later) == 1
    assert mark_all_overdue(engine, later) == 0


def test_cases_follow_a_plan_on_its_first_day(engine: Engine, settings: Settings) -> None:
    with engine.begin() as connection:
        small_town.file_case(connection, 118.005, 36.835)
    plan_id = draw_up(engine, 11)
    run_until_idle(settings)
    with engine.begin() as connection:
        connection.execute(
            text(  # the case's grid gets another identity, so that it must move
                "UPDATE grid_version SET grid_id = CASE grid_id WHEN 1 THEN 2 ELSE 1 END "
                "WHERE plan_id = :id AND grid_id IN (1, 2)"
            ),
            {"id": plan_id},
        )
        connection.execute(
            text("UPDATE plan SET status = 'approved' WHERE id = :id"), {"id": plan_id}
        )
        first_day = small_town.AT.date() + timedelta(days=1)
        publish_plan(
            connection,
            1,
            plan_id,
            effective_on=first_day,
            reason=None,
            published_by=small_town.account_id("planner"),
            at=small_town.AT,
        )
    assert place_cases_of_new_plans(engine, small_town.AT) == 0
    assert place_cases_of_new_plans(engine, small_town.AT + timedelta(days=1)) == 1
    assert place_cases_of_new_plans(engine, small_town.AT + timedelta(days=2)) == 0


def test_the_worker_ends_cleanly_when_asked(fresh_urls: DatabaseUrls, tmp_path: Path) -> None:
    program = (
        "from api import logs, worker; from api.settings import Settings;"
        "logs.configure('INFO'); worker.run_worker(Settings())"
    )
    environment = os.environ | {
        "SANBAI_DATABASE_URL": fresh_urls.app,
        "SANBAI_HOME": str(tmp_path),
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        assert worker.stderr is not None
        # It says so once its signal handlers are in place and it listens.
        assert any("Starting worker" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        rest = worker.stderr.read()
        assert worker.wait(timeout=30) == 0, rest
        assert "Traceback" not in rest
    finally:
        worker.kill()
        worker.wait()
        worker.stderr.close()
