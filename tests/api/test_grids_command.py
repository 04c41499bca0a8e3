"""`sanbai grids …`, as somebody types it."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from distributed import LocalCluster
from fixtures.quarter import make_quarter
from typer.testing import CliRunner, Result

import data.sample
from api.cli.grids import app
from data.exports.grid_file import read_grids
from data.server import DatabaseUrls

SAMPLE = Path(data.sample.__file__).parent
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder of its own that holds the files of a quarter."""
    town = make_quarter()
    for layer in ("buildings", "roads", "areas"):
        getattr(town, layer).to_file(tmp_path / f"{layer}.gpkg", layer=layer)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def files(folder: Path = Path()) -> list[str]:
    return [
        word
        for layer in ("buildings", "roads", "areas")
        for word in (f"--{layer}", str(folder / f"{layer}.gpkg"))
    ]


def unwrapped(output: str) -> str:
    """What was printed, however narrow the terminal."""
    return " ".join(output.split())


def test_files_to_a_file_and_its_score(run: Run, tmp_path: Path) -> None:
    made = run("generate", *files(), "--households", 300)
    assert made.exit_code == 0, made.output
    assert "6 个网格" in made.output
    grids = read_grids(tmp_path / "grids.gpkg")
    assert grids.crs == "EPSG:32650"
    assert list(grids.columns) == [
        "code", "name", "area", "kind", "households", "target", "geometry"
    ]  # fmt: skip
    assert grids["households"].sum() == 1536
    scored = run("score", "grids.gpkg", *files())
    assert scored.exit_code == 0, scored.output
    assert "网格质量 Quality of the grids" in scored.output
    assert "0.00 %" in scored.output


def test_the_bundled_sample_is_small_and_divides_well(run: Run, tmp_path: Path) -> None:
    assert (
        sum((SAMPLE / f"{name}.gpkg").stat().st_size for name in ("areas", "buildings", "roads"))
        < 300_000
    )
    made = run("generate", *files(SAMPLE))
    assert made.exit_code == 0, made.output
    grids = read_grids(tmp_path / "grids.gpkg")
    assert grids["households"].sum() == 3000
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())


def test_an_existing_file_is_refused_before_the_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "grids.gpkg").write_text("mine", encoding="utf-8")
    refused = run("generate", *files())
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert (tmp_path / "grids.gpkg").read_text(encoding="utf-8") == "mine"


def test_bad_rows_are_named_in_both_languages(run: Run, tmp_path: Path) -> None:
    town = gpd.read_file(tmp_path / "buildings.gpkg")
    town.loc[4, "households"] = -2
    town.to_file(tmp_path / "buildings.gpkg", layer="buildings")
    refused = run("generate", *files())
    assert refused.exit_code == 1
    assert "错误：" in refused.stderr
    assert "5" in refused.stderr
    assert not (tmp_path / "grids.gpkg").exists()


def test_a_column_may_be_named(run: Run, tmp_path: Path) -> None:
    town = gpd.read_file(tmp_path / "buildings.gpkg").rename(columns={"households": "hu_2026"})
    town.to_file(tmp_path / "buildings.gpkg", layer="buildings")
    assert run("generate", *files()).exit_code == 1
    made = run("generate", *files(), "--column", "buildings.households=hu_2026")
    assert made.exit_code == 0, made.output


@pytest.mark.parametrize(
    "words",
    [
        ["generate"],
        ["generate", "--area", "370303", "--roads", "roads.gpkg"],
        ["score"],
        ["generate", "--column", "households"],
    ],
)
def test_what_does_not_go_together(run: Run, words: list[str]) -> None:
    refused = run(*words)
    assert refused.exit_code == 2
    assert "Usage" in refused.stderr


def test_through_the_database(
    run: Run, urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    made = run("generate", "--area", "370399001")
    assert made.exit_code == 0, made.output
    number = made.output.split("Draft plan ")[1].split()[0]
    assert run("score", "--plan", number).exit_code == 0
    written = run("export", number, "--out", "plan.gpkg", "--crs", "EPSG:4490")
    assert written.exit_code == 0, written.output
    grids = read_grids(tmp_path / "plan.gpkg")
    assert grids.crs == "EPSG:4490"
    assert sorted(set(grids["area"])) == ["370399001001", "370399001002"]
    for words in (["generate", "--area", "999"], ["score", "--plan", 999], ["export", 999]):
        refused = run(*words)
        assert refused.exit_code == 1
        assert "999" in refused.stderr
    odd = run("export", number, "--out", "odd.gpkg", "--crs", "EPSG:1")
    assert odd.exit_code == 1
    assert not (tmp_path / "odd.gpkg").exists()


def test_a_draft_is_published_by_a_planner_only(
    run: Run, urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    made = run("generate", "--area", "370399001")
    number = made.output.split("Draft plan ")[1].split()[0]
    for login, words in (("nobody", "no active account"), ("commander", "needs the role planner")):
        refused = run("publish", number, "--as", login)
        assert refused.exit_code == 1
        assert words in unwrapped(refused.stderr)
    past = run("publish", number, "--as", "planner", "--on", "2020-01-01")
    assert past.exit_code == 1, "grids in force would be replaced in the past"
    done = run("publish", number, "--as", "planner", "--on", "2030-01-01")
    assert done.exit_code == 0, done.output + done.stderr
    assert "in force from 2030-01-01" in unwrapped(done.output)
    again = run("publish", number, "--as", "planner")
    assert "published already" in unwrapped(again.stderr)


def test_areas_may_be_divided_on_a_cluster(run: Run, tmp_path: Path) -> None:
    """The same grids, bit by bit, from a worker as from this process."""
    assert run("generate", *files(), "--no-report").exit_code == 0
    (tmp_path / "grids.gpkg").rename(tmp_path / "here.gpkg")
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    )
    with cluster:
        made = run("generate", *files(), "--no-report", "--scheduler", cluster.scheduler_address)
    assert made.exit_code == 0, made.output
    here, there = read_grids(tmp_path / "here.gpkg"), read_grids(tmp_path / "grids.gpkg")
    assert (here.geometry == there.geometry).all()
    refused = run("generate", *files(), "--force", "--scheduler", "tcp://127.0.0.1:1")
    assert refused.exit_code == 1
    assert "dask" in refused.stderr


def test_wishes_are_given_as_files_and_codes(run: Run, tmp_path: Path) -> None:
    assert run("generate", *files(), "--out", "first.gpkg", "--no-report").exit_code == 0
    first = read_grids(tmp_path / "first.gpkg")
    first.iloc[[0]].to_file(tmp_path / "locked.gpkg", layer="grids")
    x, y = first.total_bounds[:2]
    lines = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(x - 9, y + 140), (x + 800, y + 140)])], crs=first.crs
    )
    lines.to_file(tmp_path / "lines.gpkg")
    compound = gpd.GeoDataFrame(geometry=[shapely.box(x + 1, y + 1, x + 359, y + 279)])
    compound.set_crs(first.crs).to_file(tmp_path / "compounds.gpkg")
    made = run(
        *("generate", *files(), "--no-report", "--keep", "locked.gpkg", "--barriers", "lines.gpkg"),
        *("--prefer", "lines.gpkg", "--compounds", "compounds.gpkg", "--tolerance", 8),
        *("--kinds", "370303001002=micro", "--micro", 70),
    )
    assert made.exit_code == 0, made.output
    assert "Compound row 1" in unwrapped(made.output)
    grids = read_grids(tmp_path / "grids.gpkg")
    assert grids.set_index("code").geometry[first["code"][0]].equals(first.geometry[0])
    assert set(grids[grids["area"] == "370303001002"]["kind"]) == {"micro"}
    only = run("generate", *files(), "--no-report", "--only", "370303001001", "--out", "one.gpkg")
    assert only.exit_code == 0, only.output
    assert set(read_grids(tmp_path / "one.gpkg")["area"]) == {"370303001001"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kinds", "370303001002=park"), "Write CODE=KIND"),
        (("--kinds", "370303001009=micro"), "No area of the file has the code 370303001009"),
        (("--only", "370303001009"), "No area has the code 370303001009"),
        (("--keep", "roads.gpkg"), "not polygons"),
    ],
)
def test_a_wrong_wish_is_told(run: Run, words: tuple[str, str], said: str) -> None:
    made = run("generate", *files(), "--no-report", *words)
    assert made.exit_code != 0
    assert said in unwrapped(made.output + made.stderr)


def test_a_tower_that_is_divided_is_told(run: Run, tmp_path: Path) -> None:
    town = gpd.read_file(tmp_path / "buildings.gpkg")
    town.loc[3, "households"] = 700
    town["units"] = 4
    town.to_file(tmp_path / "buildings.gpkg", layer="buildings")
    made = run("generate", *files(), "--no-report")
    assert made.exit_code == 0, made.output
    assert "divided into 4 units" in unwrapped(made.output)
