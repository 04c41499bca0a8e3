"""`sanbai grids publish` takes a draft through its course, or says what stands in the way."""

import pytest
import small_town
from drafts import draft
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.cli.grids import app
from api.cli.plan_course import PROBLEMS, REFUSALS_ZH
from data.server import DatabaseUrls
from geo.plan_check import FORBIDDING


@pytest.fixture(autouse=True)
def database_of_the_command(urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command use this test's town."""
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    monkeypatch.setenv("COLUMNS", "200")


def publish() -> Result:
    return CliRunner().invoke(
        app, ["publish", "2", "--as", "planner", "--on", "2099-01-01", "--reason", "调整"]
    )


def unwrapped(output: str) -> str:
    return " ".join(output.split())


def test_a_draft_is_checked_approved_and_published_with_each_step_kept(engine: Engine) -> None:
    with engine.begin() as connection:
        draft(connection, status="draft")
    done = publish()
    assert done.exit_code == 0, done.output + done.stderr
    # The grids of the draft say 300 households each; the buildings say 600 and none.
    assert "户数偏离目标" in done.output
    with engine.connect() as connection:
        steps = connection.execute(
            text("SELECT action, actor_id FROM plan_step WHERE plan_id = 2 ORDER BY seq")
        ).all()
    planner = small_town.account_id("planner")
    assert [tuple(step) for step in steps] == [
        (action, planner) for action in ("check", "approve", "publish")
    ]


def test_a_draft_with_a_gap_is_not_published_and_the_gap_is_told(engine: Engine) -> None:
    with engine.begin() as connection:
        draft(connection, status="draft")
        connection.execute(
            text("UPDATE grid_version SET geom = :geom WHERE grid_id = 201"),
            {"geom": small_town.ewkt((118.0, 36.8301, 118.02, 36.84))},
        )
    refused = publish()
    assert refused.exit_code == 1
    assert "缝隙 gap" in refused.output
    assert "mend it first" in unwrapped(refused.stderr)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT status FROM plan WHERE id = 2")).scalar() == "draft"


def test_another_must_approve_where_it_is_set(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAI_APPROVAL_BY_ANOTHER", "true")
    with engine.begin() as connection:
        draft(connection, status="draft")
        connection.execute(
            text("UPDATE plan SET created_by = :planner WHERE id = 2"),
            {"planner": small_town.account_id("planner")},
        )
    refused = publish()
    assert refused.exit_code == 1
    assert "须由拟定人以外的人批准" in unwrapped(refused.stderr)


def test_every_problem_has_words() -> None:
    assert set(PROBLEMS) >= FORBIDDING
    assert all(words.strip() for pair in PROBLEMS.values() for words in pair)
    assert all(REFUSALS_ZH.values())
