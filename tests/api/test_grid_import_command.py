"""`sanbai grids import`, `export` and what is printed, as somebody types it."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely
from typer.testing import CliRunner, Result

from api.cli import grid_shared
from api.cli.grids import app
from data.exports.grid_file import read_grids
from data.server import DatabaseUrls

Run = Callable[..., Result]


@pytest.fixture
def run(urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a database of the test's own, in a folder of its own."""
    monkeypatch.setenv("SANBAI_DATABASE_URL", urls.app)
    monkeypatch.setenv("SANBAI_MIGRATION_DATABASE_URL", urls.owner)
    # Where COLUMNS is set when a console is made, it keeps that width.
    for screen in (grid_shared.console, grid_shared.errors):
        monkeypatch.setattr(screen, "width", 250)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def west_street(gap: float) -> gpd.GeoDataFrame:
    """Four grids of the western street, a gap in the middle of either community."""
    boxes = [
        shapely.box(x, y, x + 0.01 - (gap if x == 118.0 else 0), y + 0.02)
        for y in (36.82, 36.80)
        for x in (118.0, 118.01)
    ]
    return gpd.GeoDataFrame({"网格名称": list("甲乙丙丁")}, geometry=boxes, crs=4326)


def test_in_out_edited_and_in_again(run: Run, tmp_path: Path) -> None:
    west_street(0.00001).to_file(tmp_path / "old.gpkg", layer="grids")
    tried = run("import", "old.gpkg", "--area", "370399001", "--dry-run")
    assert tried.exit_code == 0, tried.output + tried.stderr
    assert "Compared only" in tried.output
    made = run("import", "old.gpkg", "--area", "370399001", "--report", "mends.csv")
    assert made.exit_code == 0, made.output + made.stderr
    assert "修补缝隙 2 处" in made.output
    assert "甲" in made.output
    number = made.output.split("draft plan ")[1].split(".")[0]
    report = (tmp_path / "mends.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(report) == 5
    assert "\t370399001001001" in report[1]
    assert run("export", number, "--out", "draft.gpkg").exit_code == 0
    draft = read_grids(tmp_path / "draft.gpkg")
    assert sorted(draft["name"]) == sorted("甲乙丙丁")
    assert "No difference" in run("import", "draft.gpkg", "--plan", number, "--dry-run").output
    first, second = draft.index[draft["name"].isin(["甲", "乙"])]
    draft.loc[first, "geometry"] = shapely.box(118.0, 36.82, 118.012, 36.84)
    draft.loc[second, "geometry"] = shapely.box(118.012, 36.82, 118.02, 36.84)
    draft.to_file(tmp_path / "edited.gpkg", layer="grids")
    shown = run("import", "edited.gpkg", "--plan", number, "--dry-run", "--report", "diff.csv")
    assert "改动 changed" in shown.output
    assert len((tmp_path / "diff.csv").read_text(encoding="utf-8-sig").splitlines()) == 5
    assert "No difference" in run("import", "draft.gpkg", "--plan", number, "--dry-run").output
    assert run("import", "edited.gpkg", "--plan", number).exit_code == 0
    assert "No difference" in run("import", "edited.gpkg", "--plan", number, "--dry-run").output


def test_what_is_refused(run: Run, tmp_path: Path) -> None:
    west_street(0.001).to_file(tmp_path / "wide.gpkg", layer="grids")
    wide = run("import", "wide.gpkg", "--area", "370399001", "--report", "bad.csv")
    assert wide.exit_code == 1
    assert "宽于 2 米" in wide.stderr
    assert len((tmp_path / "bad.csv").read_text(encoding="utf-8-sig").splitlines()) == 3
    assert run("import", "wide.gpkg").exit_code == 2
    assert run("import", "wide.gpkg", "--area", "370399001", "--plan", 1).exit_code == 2
    assert run("import", "wide.gpkg", "--area", "370399001", "--width", 0).exit_code == 2
    published = run("import", "wide.gpkg", "--plan", 1)
    assert published.exit_code == 1
    assert "published" in published.stderr


def test_a_list_becomes_a_draft(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["网格编码", "小区", "楼号"])
    sheet.append(["370399001001001", "幸福家园", "1号楼"])
    sheet.append([None, "幸福 家园", "2#"])
    sheet.append(["370399001002001", "和平家园", "3-4号楼、9号楼"])
    book.save(tmp_path / "list.xlsx")
    tried = run("import-list", "list.xlsx", "--area", "370399001", "--dry-run")
    assert tried.exit_code == 0, tried.output + tried.stderr
    assert "matched: 4 of 4 buildings" in tried.output
    assert "没有 9" in tried.stderr
    made = run("import-list", "list.xlsx", "--area", "370399001", "--report", "notes.csv")
    assert made.exit_code == 0, made.output + made.stderr
    assert len((tmp_path / "notes.csv").read_text(encoding="utf-8-sig").splitlines()) == 2
    number = made.output.split("draft plan ")[1].split(".")[0]
    assert run("export", number, "--out", "drawn.gpkg").exit_code == 0
    assert sorted(read_grids(tmp_path / "drawn.gpkg")["code"]) == [
        "370399001001001",
        "370399001002001",
    ]


def test_in_force_to_files_and_paper(run: Run, tmp_path: Path) -> None:
    written = run("export", "--area", "370399001", "--on", "2026-11-20", "--out", "台账.xlsx")
    assert written.exit_code == 0, written.output + written.stderr
    shifted = run("export", "--area", "370399001", "--crs", "gcj02", "--out", "g_gcj02.zip")
    assert shifted.exit_code == 0, shifted.output + shifted.stderr
    assert run("export", "--area", "370399001", "--crs", "gcj02", "--out", "g.zip").exit_code == 1
    assert run("export", "--out", "g.zip").exit_code == 2
    atlas = run("atlas", "--area", "370399001001", "--url", "https://map.example")
    assert atlas.exit_code == 0, atlas.output + atlas.stderr
    assert "2 grids, 4 pages" in atlas.output
    assert (tmp_path / "atlas.pdf").read_bytes().startswith(b"%PDF")
    again = run("atlas", "--area", "370399001001")
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert run("atlas", "1", "--out", "b.pdf", "--url", "map.example").exit_code == 2
    packet = run("packet", 1, "--out", "packet.pdf")
    assert packet.exit_code == 0, packet.output + packet.stderr
    assert "Packet for 4 communities, 8 pages" in packet.output
