"""`sanbai map export`, as somebody types it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.maps import app
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(town_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a folder of its own, on the small town."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANBAI_DATABASE_URL", town_urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", town_urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_a_map_of_the_district_is_written(run: Run, tmp_path: Path) -> None:
    result = run("--out", "town.html")
    assert result.exit_code == 0, result.output
    assert "8 个网格" in result.output
    page = (tmp_path / "town.html").read_text(encoding="utf-8")
    assert "<title>试验区网格整改与热点图</title>" in page
    assert 'lang="zh-CN"' in page


def test_a_street_in_english_with_its_source(run: Run, tmp_path: Path) -> None:
    result = run("--area", "370399002", "--lang", "en", "--attribution", "© OpenStreetMap")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "东街街道: state of rectification" in page
    assert "© OpenStreetMap" in page


def test_a_file_that_is_there_is_kept_unless_forced(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "map.html"
    target.write_text("mine", encoding="utf-8")
    result = run()
    assert result.exit_code == 1
    assert "--force" in result.stderr
    assert target.read_text(encoding="utf-8") == "mine"
    assert run("--force").exit_code == 0
    assert target.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "map.pdf"], ".html"),
        (["--out", "nowhere/map.html"], "nowhere"),
        (["--area", "999"], "999"),
    ],
)
def test_what_cannot_be_done_is_told_in_both_languages(
    run: Run, tmp_path: Path, words: list[str], message: str
) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "错误" in result.stderr
    assert "Error" in result.stderr
    assert list(tmp_path.iterdir()) == []
