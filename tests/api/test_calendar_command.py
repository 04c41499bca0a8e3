"""`sanbai calendar …` as somebody types it."""

from collections.abc import Callable
from pathlib import Path

import pytest
import small_town
from typer.testing import CliRunner, Result

from api.cli import calendars
from data.database import open_engine
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in a folder of its own, on the small town."""
    owner = open_engine(fresh_urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
    owner.dispose()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANBAI_DATABASE_URL", fresh_urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", fresh_urls.owner)
    monkeypatch.setattr(calendars.console, "width", 200)
    return lambda *words: CliRunner().invoke(calendars.app, [str(word) for word in words])


def test_years_are_entered_shown_and_read_from_a_list(run: Run) -> None:
    nothing = run("show")
    assert nothing.exit_code == 1
    assert "没有录入" in nothing.output
    seeded = run("seed")
    assert seeded.exit_code == 0, seeded.output
    assert "2025, 2026" in seeded.output
    shown = run("show", 2026).output
    assert "2026-02-14" in shown
    assert "班 worked" in shown
    assert run("seed", "--year", 2099).exit_code == 1
    bad = Path("bad.csv")
    bad.write_text("日期,类型\n2099-01-01,休\n2099-01-02,也许\n", encoding="utf-8")
    refused = run("import", 2099, bad)
    assert refused.exit_code == 1
    assert "第 3 行 · row 3" in refused.output
    assert run("show", 2099).exit_code == 1
    bad.write_text("日期,类型,名称\n2099-01-01,休,元旦\n", encoding="utf-8")
    assert run("import", 2099, bad).exit_code == 0
    assert "元旦" in run("show", 2099).output
