"""`sanbai import households`, as somebody types it."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from api.cli.imports import app
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a database of the test's own, in a folder of its own."""
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(
        app, ["households", *(str(word) for word in words)], catch_exceptions=False
    )


def write(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([("小区名称", "楼号", "户籍户数"), *rows])
    return path


def households(engine: Engine) -> list[tuple[int, str | None]]:
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT households, households_basis FROM building ORDER BY id")
        )
        return [(row.households, row.households_basis) for row in rows]


def test_check_then_store_then_again(run: Run, engine: Engine, tmp_path: Path) -> None:
    before = households(engine)
    write(tmp_path / "户数.csv", ("幸福家园", "1#", 311), ("幸福家园", "二号楼", 287))
    checked = run("户数.csv", "--check")
    assert checked.exit_code == 0, checked.output + checked.stderr
    assert "Checked only" in checked.output
    assert households(engine) == before
    stored = run("户数.csv")
    assert stored.exit_code == 0, stored.output + stored.stderr
    assert "户籍 registered" in stored.output
    assert "2 / 8" in stored.output
    after = households(engine)
    assert after == [(311, "registered"), (287, "registered"), *before[2:]]
    sums = f"{sum(count for count, _ in before)} → {sum(count for count, _ in after)}"
    assert sums in stored.output
    again = run("户数.csv", "--lang", "en")
    assert again.exit_code == 0, again.output + again.stderr
    assert re.search(r"Buildings changed +0 ", again.output)


def test_rows_that_match_nothing(run: Run, engine: Engine, tmp_path: Path) -> None:
    before = households(engine)
    write(tmp_path / "户数.csv", ("幸福家圆", "", 600), ("和平家园", "3-4号楼", 500))
    refused = run("户数.csv", "--report", "unmatched.csv")
    assert refused.exit_code == 1
    assert "什么也没有导入" in refused.stderr
    assert households(engine) == before
    report = (tmp_path / "unmatched.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(report.splitlines()))
    assert [row[0] for row in rows] == ["行", "2"]
    assert "幸福家园" in rows[1][4]
    rest = run("户数.csv", "--skip-bad")
    assert rest.exit_code == 0, rest.output + rest.stderr
    assert "row 2" in rest.stderr
    assert sum(count for count, basis in households(engine) if basis) == 500
    assert run("户数.csv", "--basis", "resident").exit_code == 1
    assert run("户数.csv", "--district", "110101").exit_code == 1
