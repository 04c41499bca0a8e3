"""The quality report: it says what was measured, opens offline, and is harmless."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import geopandas as gpd
import openpyxl
import pytest
import shapely
from fixtures.quarter import CRS, EAST, NORTH, Quarter, make_quarter

from data.exports.grid_file import GridFileError
from data.exports.quality_content import (
    QualityReport,
    ReportGrid,
    find_divided_compounds,
    make_report,
)
from data.exports.quality_figures import COLOURS, deviation_class, histogram
from data.exports.quality_report import (
    ReportGround,
    check_report,
    render_report,
    signed_pct,
    write_report,
)
from data.exports.quality_words import FIGURES, WORDS, title_of, why_and_advice
from geo.grids import GridOptions, score
from geo.grids.misses import REASONS
from geo.grids.quality import assess

HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7*7 }}"
AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def plan_of(town: Quarter) -> Any:
    """Four grids in the west, of 10, 10, 6 and 6 blocks' width; three in the east."""
    lines = [0, 90, 180, 300, 360, 480, 600, 720]
    shapes = [shapely.box(EAST + a, NORTH, EAST + b, NORTH + 280) for a, b in pairwise(lines)]
    grids = town.areas.iloc[[0] * 4 + [1] * 3].reset_index(drop=True)
    grids["area"] = grids["code"]
    grids["code"] = [f"{code}{at:03d}" for at, code in enumerate(grids["code"], start=1)]
    return grids.set_geometry(shapes)


@pytest.fixture(scope="module")
def made() -> tuple[QualityReport, ReportGround]:
    town = make_quarter()
    grids = plan_of(town)
    grids["name"] = [HOSTILE, *(f"第{at}网格" for at in range(2, 8))]
    options = GridOptions(households=200)
    quality = assess(grids, town.buildings, town.roads, town.areas, options)
    report = make_report(
        quality, town.areas, options, made_at=AT, seed=7, sources=["楼栋.gpkg", "roads.gpkg"]
    )
    return report, ReportGround(grids, town.areas, town.roads, attribution="© 测试数据")


def test_divided_compounds_are_told_in_one_line(made: tuple[QualityReport, ReportGround]) -> None:
    report, ground = made
    town = make_quarter()
    across = shapely.box(EAST + 60, NORTH, EAST + 120, NORTH + 70)
    within = shapely.box(EAST + 5, NORTH, EAST + 80, NORTH + 70)
    layer = gpd.GeoDataFrame({"name": [HOSTILE, "整"]}, geometry=[across, within], crs=CRS)
    torn = find_divided_compounds(ground.grids, town.buildings, layer.to_crs(4326))
    assert [(one.row, one.grids) for one in torn] == [(1, 2)]
    inside = town.buildings.geometry.representative_point().within(across)
    assert torn[0].households == town.buildings["households"][inside].sum() > 0
    page = render_report(report.model_copy(update={"compounds": torn}), ground)
    assert "分在几个网格的小区" in page
    assert f"（{torn[0].households} 户，2 个网格）" in page
    assert HOSTILE not in page
    assert "分在几个网格的小区" not in render_report(report, ground)
    assert find_divided_compounds(ground.grids, town.buildings, None) == []


def test_it_counts_what_the_score_counts(made: tuple[QualityReport, ReportGround]) -> None:
    report, ground = made
    town = make_quarter()
    found = score(ground.grids, town.buildings, town.roads, town.areas, 200)
    assert report.figures.within_5_pct == found.adj5_pct
    assert report.figures.households == sum(grid.households for grid in report.grids) == 1536
    within = [grid for grid in report.grids if abs(grid.off_pct or 0) <= 5]
    assert 100 * len(within) / len(report.grids) == pytest.approx(found.adj5_pct)
    assert {miss.code for miss in report.misses} == {
        grid.code for grid in report.grids if grid not in within
    }
    assert all(0 <= (grid.road5_pct or 0) <= 100 for grid in report.grids)
    mean = sum(grid.compactness for grid in report.grids) / len(report.grids)
    assert mean == pytest.approx(found.compactness, abs=0.001)


def test_along_roads_is_told_of_each_grid(made: tuple[QualityReport, ReportGround]) -> None:
    """Streets run at 0, 90, 180 … m: the boundary at 300 m follows none, that at 180 m one."""
    shares = [grid.road5_pct for grid in made[0].grids]
    assert shares[0] == 100
    assert shares[1] == 100
    assert shares[2] == pytest.approx(54, abs=6), "one side, and where streets cross the other"


def test_the_page_needs_nothing_else_and_is_harmless(
    made: tuple[QualityReport, ReportGround],
) -> None:
    page = render_report(*made)
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    assert "<script" not in page
    assert HOSTILE not in page
    assert "{{ 7*7 }}" in page, "as text"
    assert page.count("<svg") == 2
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ET.fromstring(svg)  # noqa: S314 (our own)

    class Closed(HTMLParser):
        """All elements that must be closed are."""

        open: ClassVar[list[str]] = []

        def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002
            if tag not in {"meta", "br"}:
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    parser = Closed()
    parser.feed(page)
    assert parser.open == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_language_is_whole(
    made: tuple[QualityReport, ReportGround], language: Any, tmp_path: Path
) -> None:
    report, ground = made
    page = render_report(report, ground, language)
    assert title_of(report, language) in page
    for number in (f"{len(report.misses)}", "7", "© 测试数据", "楼栋.gpkg"):
        assert number in page
    if language == "en":
        ours = page.replace("楼栋.gpkg", "").replace("© 测试数据", "")
        for name in (*(grid.name for grid in report.grids), *report.places, "Noto Sans CJK SC"):
            ours = ours.replace(name, "")
        assert not re.search("[\u4e00-\u9fff]", ours)


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert FIGURES["zh"].keys() == FIGURES["en"].keys()


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_is_put_into_words(
    made: tuple[QualityReport, ReportGround], reason: Any, language: Any
) -> None:
    spot = {"lon": 118.1, "lat": 36.8, "households": 386, "row": 4, "name": "", "united": 2}
    params = {"building": spot, "households": 900, "grids": 4, "fits": 3, "left": 120}
    params |= {"twice_off": 40, "from": "1", "to": "2", "after_pct": 3.2, "partners": 2}
    miss = made[0].misses[0].model_copy(update={"reason": reason, "params": params})
    why, advice = why_and_advice(miss, 5, language)
    assert why
    assert advice
    assert "{" not in why + advice
    assert "None" not in why + advice
    if reason == "largest_building":
        assert ("第 4 行" if language == "zh" else "row 4") in why
        assert "386" in why


def test_a_named_building_is_told_by_name(made: tuple[QualityReport, ReportGround]) -> None:
    building = {"lon": 1, "lat": 2, "households": 386, "name": "海景大厦"}
    params = {"building": building}
    miss = made[0].misses[0].model_copy(update={"reason": "largest_building", "params": params})
    assert why_and_advice(miss, 5, "zh")[0].startswith("海景大厦一处就有 386 户")


def grid_of(households: int, off_pct: float | None, kind: str = "general") -> ReportGrid:
    return ReportGrid(
        code="1",
        name="",
        area="",
        kind=kind,
        households=households,
        target=None if off_pct is None else 300,
        off_pct=off_pct,
        compactness=0.5,
        road5_pct=None,
        size_m2=1,
    )


def test_deviations_are_told_apart() -> None:
    off = [-10.1, -10, -5.1, -5, 0, 5, 5.1, 10, 10.1, None]
    classes = [deviation_class(grid_of(300, one)) for one in off]
    assert classes == (
        ["far_below"] + ["below"] * 2 + ["within"] * 3 + ["above"] * 2 + ["far_above", "none"]
    )
    assert set(classes) == set(COLOURS)
    assert [signed_pct(one) for one in (5, -0.04, -3.21, None)] == [
        "+5.0 %",
        "±0.0 %",
        "−3.2 %",
        "—",
    ]


@pytest.mark.parametrize(
    "held", [[300], [0], [1, 5000], [300] * 5000, [299, 301, 300, 285, 386], [60, 70, 65]]
)
def test_a_histogram_counts_every_grid_once(held: list[int]) -> None:
    svg = histogram([grid_of(count, 0.0) for count in held], 300, "zh")
    drawn = ET.fromstring(svg)  # noqa: S314 (our own)
    bars = [
        one
        for one in drawn.iter("{http://www.w3.org/2000/svg}rect")
        if one.get("stroke") is not None
    ]
    levels = [
        float(one.get("y") or 0) - 1
        for one in drawn.iter("{http://www.w3.org/2000/svg}text")
        if one.get("text-anchor") == "end" and (one.text or "").isdigit()
    ]
    numbers = [
        int(one.text or "")
        for one in drawn.iter("{http://www.w3.org/2000/svg}text")
        if one.get("text-anchor") == "end" and (one.text or "").isdigit()
    ]
    per_grid = (levels[0] - levels[-1]) / (numbers[-1] - numbers[0])
    total = sum(float(bar.get("height") or 0) for bar in bars)
    assert total / per_grid == pytest.approx(len(held), rel=0.01)
    for bar in bars:
        assert 11 <= float(bar.get("x") or 0) <= 184


def test_as_a_workbook(made: tuple[QualityReport, ReportGround], tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    write_report(path, *made)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["主要指标", "未达标网格", "网格明细"]
    assert book["网格明细"].max_row == 8
    assert book["网格明细"]["E2"].value == made[0].grids[0].households
    assert book["未达标网格"].max_row == 1 + len(made[0].misses)


def test_as_pdf(made: tuple[QualityReport, ReportGround], tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    write_report(path, *made)
    assert path.read_bytes().startswith(b"%PDF")
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("mine", encoding="utf-8")
    with pytest.raises(GridFileError, match="--force"):
        check_report(tmp_path / "a.html", force=False)
    with pytest.raises(GridFileError, match="html"):
        check_report(tmp_path / "a.docx", force=False)
    with pytest.raises(GridFileError, match="folder"):
        check_report(tmp_path / "no" / "a.html", force=False)


def test_a_report_survives_being_stored(made: tuple[QualityReport, ReportGround]) -> None:
    report = made[0]
    assert QualityReport.model_validate_json(report.model_dump_json()) == report


def test_many_areas_are_named_by_the_first(made: tuple[QualityReport, ReportGround]) -> None:
    report = made[0]
    assert title_of(report, "zh") == "东风社区、幸福社区网格划分质量报告"
    figures = report.figures.model_copy(update={"areas": 9})
    many = report.model_copy(update={"figures": figures})
    assert title_of(many, "zh") == "东风社区等 9 个社区网格划分质量报告"
    assert title_of(many, "en") == "Quality of the grids: 东风社区 and 8 more"
    named = report.model_copy(update={"title": "青禾县"})
    assert title_of(named, "zh") == "青禾县网格划分质量报告"
