"""`sanbai grids locate`, as somebody types it."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import data.located_points
from api.cli import app
from data.server import DatabaseUrls

Run = Callable[..., Result]
ROWS = [
    ("编号", "经度", "纬度"),
    ("1", "118.005", "36.83"),
    ("2", "118.01", "36.83"),
    ("3", "117.5", "36.83"),
    ("4", "东边", ""),
    ("5", "400", "36.83"),
    ("6",),
    ("7", "118.015", "36.83"),
]


@pytest.fixture
def run(urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a database of the test's own, two rows at a time."""
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(data.located_points, "ROWS_AT_ONCE", 2)
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "点.csv").open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows(ROWS)
    words = ("grids", "locate", "点.csv", "--encoding", "gbk", "--column", "lat=纬度")
    return lambda *more: CliRunner().invoke(app, [*words, *more])


def test_every_row_is_written_again_with_its_grid(run: Run, tmp_path: Path) -> None:
    done = run("--column", "lon=经度", "--out", "网格.csv", "--on", "2026-11-20")
    assert done.exit_code == 0, done.output
    assert "In a grid 3，网格外 outside 1，没有坐标 without a position 3" in done.output
    with (tmp_path / "网格.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [*ROWS[0], "网格编码 grid_code", "网格 grid"]
    first, second = "370399001001001", "370399001001002"
    assert [row[-2] for row in rows] == [first, first, "", "", "", "", second]
    assert [tuple(row[:-2]) for row in rows] == ROWS[1:]


def test_what_is_wrong_with_the_file_is_said(run: Run) -> None:
    refused = run("--column", "lon=东经", "--out", "网格.csv")
    assert refused.exit_code == 1
    assert "东经" in refused.output
    assert "编号, 经度, 纬度" in refused.output
    unreadable = run("--column", "lon=经度", "--out", "网格.csv", "--encoding", "ascii")
    assert unreadable.exit_code == 1
    assert run("--out", "点.csv").exit_code == 2
