"""`sanbai grids revise`, as somebody types it."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from fixtures.quarter import make_quarter
from typer.testing import CliRunner, Result

from api.cli.grids import app
from data.exports.grid_file import read_grids, write_grids
from geo.grids import generate

WEST, OTHER = "370303001001", "370303001002"
FILES = ["--buildings", "buildings.gpkg", "--roads", "roads.gpkg", "--areas", "areas.gpkg"]
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def plan() -> gpd.GeoDataFrame:
    """Six grids of 256 households."""
    town = make_quarter()
    return generate(town.buildings, town.roads, town.areas)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: gpd.GeoDataFrame) -> Run:
    """Run a command in a folder with a plan, the town it was made for, and the town as it is."""
    town = make_quarter()
    town.buildings.to_file(tmp_path / "before.gpkg")
    first = plan.geometry[plan["code"] == f"{WEST}001"].iloc[0]
    inside = town.buildings.representative_point().within(first)
    town.buildings.loc[inside & (inside.cumsum() <= 8), "households"] = 12
    for layer in ("buildings", "roads", "areas"):
        getattr(town, layer).to_file(tmp_path / f"{layer}.gpkg")
    write_grids(tmp_path / "plan.gpkg", plan)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, ["revise", *(str(word) for word in words)])


def test_a_plan_is_brought_up_to_date(run: Run, tmp_path: Path, plan: gpd.GeoDataFrame) -> None:
    done = run("--plan", "plan.gpkg", *FILES, "--before", "before.gpkg")
    assert done.exit_code == 0, done.output
    grids = read_grids(tmp_path / "revised.gpkg")
    assert grids["was"].tolist() == grids["code"].tolist() == plan["code"].tolist()
    assert (abs(grids["households"] / grids["target"] - 1) <= 0.05).all()
    other = grids["area"] == OTHER
    same = plan.geometry[plan["area"] == OTHER].to_numpy()
    assert shapely.equals_identical(grids.geometry[other].to_numpy(), same).all()
    told = " ".join(done.output.split())
    assert "调整前后 Before and after" in told
    assert "0 new, 0 ended" in told
    assert "of 1584 households change grid" in told
    assert (tmp_path / "revised.report.html").exists()


def test_locked_and_used_codes_and_one_community(run: Run, tmp_path: Path) -> None:
    done = run(
        "--plan", "plan.gpkg", *FILES, "--only", WEST, "--lock", f"{WEST}001",
        "--kinds", f"{WEST}=general:130", "--used", f"{WEST}020", "--no-report",
        "--out", "west.geojson",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    grids = read_grids(tmp_path / "west.geojson")
    assert set(grids["area"]) == {WEST}
    new = grids["code"][grids["was"].isna()].tolist()
    assert new == [f"{WEST}{at:03d}" for at in range(21, 21 + len(new))]
    assert len(grids) == 5
    assert not list(tmp_path.glob("*.report.*"))


def test_what_is_wrong_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, plan: gpd.GeoDataFrame
) -> None:
    write_grids(tmp_path / "nameless.gpkg", plan.drop(columns="code"))
    done = run("--plan", "nameless.gpkg", *FILES)
    assert done.exit_code == 1
    assert "现有网格图层是空的，或有网格没有编码" in done.output
    assert "without a code" in " ".join(done.output.split())
    assert not (tmp_path / "revised.gpkg").exists()
    assert run("--plan", "plan.gpkg", "--roads", "roads.gpkg").exit_code == 2


def test_an_area_that_cannot_be_revised_is_named_and_stays(
    run: Run, tmp_path: Path, plan: gpd.GeoDataFrame
) -> None:
    town = gpd.read_file(tmp_path / "buildings.gpkg")
    other = plan.geometry[plan["code"] == f"{OTHER}002"].iloc[0]
    town.loc[town.representative_point().within(other), "households"] = 14
    town.to_file(tmp_path / "buildings.gpkg")
    done = run("--plan", "plan.gpkg", *FILES, "--used", f"{OTHER}999")
    assert done.exit_code == 0, done.output
    told = " ".join(done.output.split())
    assert f"未调整：区域 {OTHER}，网格保持原样。区域 {OTHER} 的网格编号已用到 999" in told
    assert f"Not revised: area {OTHER}, its grids are what they were. Area {OTHER} has" in told
    grids = read_grids(tmp_path / "revised.gpkg").set_index("code")
    before = plan[plan["area"] == OTHER].set_index("code")
    assert grids[grids["area"] == OTHER].index.tolist() == before.index.tolist()
    assert (abs(grids["households"] / grids["target"] - 1) <= 0.05)[grids["area"] == WEST].all()
    page = (tmp_path / "revised.report.html").read_text(encoding="utf-8")
    assert "没有调整的社区" in page
    assert "幸福社区</td><td>区域" in page
    none = run("--plan", "plan.gpkg", *FILES, "--used", f"{OTHER}999", "--only", OTHER, "--force")
    assert none.exit_code == 1
    assert "has used the numbers up to 999" in " ".join(none.output.split())
