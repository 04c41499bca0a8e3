"""`sanbai import osm` from an extract to the database, as somebody types it."""

import csv
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import osm_files
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from api.cli.imports import app
from data.database import open_engine
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run the command in a folder of its own, on a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANBAI_DATABASE_URL", fresh_urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", fresh_urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, ["osm", *(str(word) for word in words)])


def _count(urls: DatabaseUrls, table: str) -> int:
    engine = open_engine(urls.app)
    try:
        with engine.connect() as connection:
            rows: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            return rows
    finally:
        engine.dispose()


def test_a_town_by_one_command_and_again(run: Run, fresh_urls: DatabaseUrls) -> None:
    path = osm_files.town().write(Path("town.osm.pbf"))
    done = run(path, "--areas", "standard")
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "town.osm.pbf · 2026-11-01T20:00:00Z" in said
    assert "楼栋 Buildings 4 0 0 0 0" in said
    assert "户数是估算" in said
    assert (_count(fresh_urls, "building"), _count(fresh_urls, "area")) == (4, 4)
    again = run(path, "--lang", "en")
    assert "楼栋 Buildings 0 0 4 0 0" in " ".join(again.output.split())
    assert "户数是估算" not in again.output


def test_a_check_stores_nothing(run: Run, fresh_urls: DatabaseUrls) -> None:
    done = run(osm_files.town().write(Path("town.osm.pbf")), "--areas", "standard", "--check")
    assert done.exit_code == 0, done.output
    assert "只检查，未写入任何数据。" in done.output
    assert _count(fresh_urls, "building") == 0


def test_breaking_off_leaves_nothing(
    run: Run, fresh_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def break_off(done: int, total: int, phase: str) -> None:
        seen.append(phase)
        if phase == "places":
            raise KeyboardInterrupt

    monkeypatch.setattr("api.cli.osm_import._progress", lambda: nullcontext(break_off))
    broken_off = run(osm_files.town().write(Path("town.osm.pbf")), "--areas", "standard")
    assert broken_off.exit_code != 0
    assert seen[-4:] == ["buildings", "roads", "water", "places"]
    assert (_count(fresh_urls, "district"), _count(fresh_urls, "building")) == (0, 0)


def test_rules_are_shown_changed_and_given_back(run: Run, fresh_urls: DatabaseUrls) -> None:
    shown = run("--show-rules")
    assert shown.output.startswith("building,landuse,levels_from")
    Path("rules.csv").write_text("building,households,m2_per_household\n*,7,\n", encoding="utf-8")
    path = osm_files.town().write(Path("town.osm.pbf"))
    done = run(path, "--areas", "standard", "--rules", "rules.csv")
    assert done.exit_code == 0, done.output
    assert "28 households in the district" in done.output
    Path("bad.csv").write_text("building,households,m2_per_household\n*,-7,\n", encoding="utf-8")
    refused = run(path, "--rules", "bad.csv")
    assert refused.exit_code == 1
    assert "第 2 行，“households”列（-7）" in refused.output.replace("\n", "")


def test_broken_objects_are_listed(run: Run) -> None:
    extract = osm_files.town()
    crossed = extract.ring([(3, 7), (4, 8), (4, 7), (3, 8)], {"building": "yes"})
    done = run(extract.write(Path("t.osm.pbf")), "--areas", "standard", "--report", "bad.csv")
    assert done.exit_code == 0, done.output
    with Path("bad.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1][:2] == [str(crossed), "way"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("town.osm.pbf",), 1, "--areas standard"),
        (("town.osm.pbf", "--areas", "6=county"), 1, "6=district,8=street"),
        (("town.osm.pbf", "--within", "118.3,36.6"), 1, "118.2,36.5,118.4,36.7"),
        (("town.osm.pbf", "--within", "118.4,36.6,118.3,36.7"), 1, "--within"),
        (("town.osm.pbf", "--only", "houses"), 2, "buildings,roads,water,places,addresses"),
        ((), 2, "FILE"),
    ],
)
def test_odd_options_are_explained(
    run: Run, words: tuple[str, ...], code: int, sentence: str
) -> None:
    osm_files.town().write(Path("town.osm.pbf"))
    done = run(*words)
    assert done.exit_code == code, done.output
    assert sentence in done.output.replace("\n", "")
