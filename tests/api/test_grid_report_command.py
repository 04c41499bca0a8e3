"""The report that each run writes, and `sanbai grids report`, as somebody types them."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from fixtures.quarter import make_quarter
from typer.testing import CliRunner, Result

from api.cli.grids import app

Run = Callable[..., Result]
FILES = [
    word for layer in ("buildings", "roads", "areas") for word in (f"--{layer}", f"{layer}.gpkg")
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder of its own that holds the files of a quarter."""
    town = make_quarter()
    for layer in ("buildings", "roads", "areas"):
        getattr(town, layer).to_file(tmp_path / f"{layer}.gpkg", layer=layer)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def halves(tmp_path: Path) -> Path:
    """A plan by another tool: each community in two, one of them a third of it; no codes."""
    town = make_quarter()
    west, south, east, north = town.areas.total_bounds
    cuts = [west, west + 130, (west + east) / 2, (west + 3 * east) / 4, east]
    shapes = [shapely.box(a, south, b, north) for a, b in pairwise(cuts)]
    path = tmp_path / "theirs.geojson"
    frame = gpd.GeoDataFrame({"id": range(4)}, geometry=shapes, crs=town.areas.crs)
    frame.to_crs("EPSG:4326").to_file(path)
    return path


def test_each_run_writes_its_report_beside_the_grids(run: Run, tmp_path: Path) -> None:
    made = run("generate", *FILES, "--out", "plan.gpkg")
    assert made.exit_code == 0, made.output
    page = (tmp_path / "plan.report.html").read_text(encoding="utf-8")
    assert "东风社区、幸福社区网格划分质量报告" in page
    assert "buildings.gpkg" in page
    assert "plan.report.html" in made.output
    again = run("generate", *FILES, "--out", "plan.gpkg", "--force", "--lang", "en")
    assert again.exit_code == 0, again.output
    page = (tmp_path / "plan.report.html").read_text(encoding="utf-8")
    assert "Quality of the grids" in page


def test_it_may_go_elsewhere_or_nowhere(run: Run, tmp_path: Path) -> None:
    made = run("generate", *FILES, "--report", "q.xlsx")
    assert made.exit_code == 0, made.output
    assert (tmp_path / "q.xlsx").exists()
    assert not (tmp_path / "grids.report.html").exists()
    assert run("generate", *FILES, "--force", "--no-report").exit_code == 0
    assert not (tmp_path / "grids.report.html").exists()
    both = run("generate", *FILES, "--force", "--no-report", "--report", "q.html")
    assert both.exit_code == 2


def test_a_report_that_is_there_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "grids.report.html").write_text("mine", encoding="utf-8")
    refused = run("generate", *FILES)
    assert refused.exit_code == 1
    assert not (tmp_path / "grids.gpkg").exists(), "refused before the work"
    assert (tmp_path / "grids.report.html").read_text(encoding="utf-8") == "mine"


def test_a_plan_by_another_tool(run: Run, tmp_path: Path) -> None:
    plan = halves(tmp_path)
    told = run("report", "--plan", plan, *FILES, "--households", 384, "--tolerance", 10)
    assert told.exit_code == 0, told.output + told.stderr
    assert "未达标网格 Grids that miss" in told.output
    page = (tmp_path / "theirs.report.html").read_text(encoding="utf-8")
    assert "4 个网格中有 2 个超出公平目标的 ±10 %" in page
    assert "划给" in page, "the search was not theirs, but one house would help"
    assert "theirs.geojson" in page
    assert "随机种子" not in page
    again = run("report", "--plan", plan, *FILES)
    assert again.exit_code == 1
    assert "--force" in again.stderr


def test_a_plan_of_another_town_is_refused(run: Run, tmp_path: Path) -> None:
    plan = halves(tmp_path)
    far = gpd.read_file(plan)
    far.geometry = far.translate(1, 0)
    far.to_file(tmp_path / "far.geojson")
    refused = run("report", "--plan", "far.geojson", *FILES)
    assert refused.exit_code == 1
    assert "No grid of" in refused.stderr
    assert not (tmp_path / "far.report.html").exists()
