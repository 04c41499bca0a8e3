"""`sanbai import …` from the file to the database, as somebody types it."""

import csv
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import Connection, text
from typer.testing import CliRunner, Result

from api.cli.imports import app
from data.database import open_engine
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(fresh_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in a folder of its own, on a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SANBAI_DATABASE_URL", fresh_urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", fresh_urls.owner)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def count(fresh_urls: DatabaseUrls) -> Callable[[str], int]:
    """Count the rows of a table."""

    def count_rows(table: str) -> int:
        engine = open_engine(fresh_urls.app)
        try:
            connection: Connection
            with engine.connect() as connection:
                rows: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
                return rows
        finally:
            engine.dispose()

    return count_rows


def _areas(folder: Path) -> Path:
    frame = gpd.GeoDataFrame(
        {"admin_id": [0], "name": ["幸福社区"]},
        geometry=[shapely.box(118.29, 36.59, 118.32, 36.62)],
        crs=4326,
    )
    path = folder / "admin.gpkg"
    frame.to_file(path)
    return path


def _buildings(folder: Path, *households: object) -> Path:
    path = folder / "楼栋.csv"
    with path.open("w", encoding="gbk", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["编号", "户数", "WKT"])
        for at, number in enumerate(households):
            west = 118.306 + 0.001 * at
            writer.writerow([at, number, shapely.box(west, 36.602, west + 0.0004, 36.6024).wkt])
    return path


PARENT = ("--level", "community", "--parent", "379902001", "--parent-name", "幸福街道")


def test_a_town_from_files_by_two_commands(
    run: Run, count: Callable[[str], int], tmp_path: Path
) -> None:
    areas = run("areas", _areas(tmp_path), *PARENT)
    assert areas.exit_code == 0, areas.output
    buildings = run("buildings", _buildings(tmp_path, 36, 0), "--datum", "gcj02")
    assert buildings.exit_code == 0, buildings.output
    assert "gcj02 → WGS 84" in buildings.output
    assert "households ← 户数" in buildings.output
    assert (count("area"), count("building"), count("category") > 0) == (3, 2, True)
    again = run("buildings", _buildings(tmp_path, 36, 0), "--datum", "gcj02")
    assert "未变 Unchanged 2" in " ".join(again.output.split())
    assert count("building") == 2


def test_a_bad_file_imports_nothing_and_lists_its_rows(
    run: Run, count: Callable[[str], int], tmp_path: Path
) -> None:
    run("areas", _areas(tmp_path), *PARENT)
    path = _buildings(tmp_path, 36, "很多", -1)
    refused = run("buildings", path, "--datum", "wgs84", "--report", "bad.csv")
    assert refused.exit_code == 1
    said = refused.output.replace("\n", "")  # a narrow terminal breaks lines anywhere
    assert "第 3 行，“户数”列（很多）" in said
    assert "row 3, column 户数" in said
    assert count("building") == 0
    with Path("bad.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["行", "3", "4"]


def test_the_rest_is_imported_when_bad_rows_are_skipped(
    run: Run, count: Callable[[str], int], tmp_path: Path
) -> None:
    run("areas", _areas(tmp_path), *PARENT)
    path = _buildings(tmp_path, 36, "很多", -1)
    words = ("--datum", "wgs84", "--skip-bad", "--report", "bad.csv", "--lang", "en")
    done = run("buildings", path, *words)
    assert done.exit_code == 0, done.output
    assert "Left out" in done.output
    assert count("building") == 1
    assert "what is wrong" in Path("bad.csv").read_text(encoding="utf-8-sig")


def test_a_check_stores_nothing(run: Run, count: Callable[[str], int], tmp_path: Path) -> None:
    done = run("areas", _areas(tmp_path), *PARENT, "--check")
    assert done.exit_code == 0, done.output
    assert "只检查，未写入任何数据。" in done.output
    assert count("area") == 0


def test_one_language_can_be_chosen(run: Run, tmp_path: Path) -> None:
    path = _buildings(tmp_path, 36)
    english = run("buildings", path, "--lang", "en").output
    assert "Not imported: The file does not say what its coordinates are" in english
    assert "导入失败" not in english
    chinese = run("buildings", path, "--lang", "zh").output
    assert "导入失败：文件没有说明坐标系" in chinese
    assert "Not imported" not in chinese


def test_the_keyboard_is_asked_for_what_the_file_does_not_say(
    run: Run, count: Callable[[str], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("areas", _areas(tmp_path), *PARENT)
    monkeypatch.setattr("api.cli.import_run.is_interactive", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "GCJ02")
    done = run("buildings", _buildings(tmp_path, 36))
    assert done.exit_code == 0, done.output
    assert count("building") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--column", "households"), "OURS=THEIRS"),
        (("--datum", "gcj03"), "wgs84 | cgcs2000 | gcj02 | bd09"),
    ],
)
def test_odd_options_are_explained(
    run: Run, words: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    done = run("buildings", _buildings(tmp_path, 36), *words)
    assert done.exit_code == 2
    assert sentence in done.output
