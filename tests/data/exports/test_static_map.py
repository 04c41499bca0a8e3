"""The one-file map: whole, harmless whatever the data says, and silent on the network."""

import json
import re
import shutil
from datetime import UTC, date, datetime

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import sync_playwright

from data.exports.map_page import MapContent, grid_status, hot_kind
from data.exports.map_words import WORDS, p_in_words
from data.exports.static_map import render_static_map, write_static_map

CHROMIUM = shutil.which("chromium")
HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}@@css@@"


def frame(geometry, **columns):
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")


def square(column, row, size=0.004):
    west, south = 118.3 + column * size, 36.6 + row * size
    return shapely.box(west, south, west + size, south + size)


def content(**changes):
    grids = frame(
        [square(0, 0), square(1, 0), square(0, 1), square(1, 1)],
        code=[f"37990100100100{i}" for i in range(4)],
        name=["第一网格", "第二网格", "第三网格", "第四网格"],
        area=["幸福社区"] * 4,
        households=[310, 290, 305, 0],
        open=[3, 1, 0, 0],
        overdue=[2, 0, 0, 0],
        handled=[1, 0, 0, 0],
        closed=[5, 2, 7, 0],
    )
    hotspots = frame(
        [square(0, 0, 0.002), square(1, 0, 0.002), square(2, 2, 0.002), square(3, 3, 0.002)],
        cases=[12, 9, 8, 1],
        expected=[2.0, 2.0, 6.0, 2.0],
        z=[6.1, 4.4, 3.9, -0.2],
        p=[0.00002, 0.0004, 0.002, 0.8],
        verdict=["much-more", "more", "more", "usual"],
        trend=["new", None, None, None],
        rate_verdict=["much-more", "more", "usual", "usual"],
    )
    whole = {
        "title": "青禾县网格整改图",
        "as_of": datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
        "attribution": "© 测试数据",
        "grids": grids,
        "areas": frame([shapely.union_all(grids.geometry)], name=["幸福社区"]),
        "roads": frame(
            [shapely.LineString([(118.3, 36.604), (118.308, 36.604)])], highway=["primary"]
        ),
        "water": frame([shapely.box(118.3, 36.6, 118.301, 36.608)]),
        "buildings": frame([shapely.box(118.302, 36.601, 118.3024, 36.6012)]),
        "places": frame([shapely.Point(118.303, 36.602)], name=["阳光小区"]),
        "cases": frame(
            [shapely.Point(118.3031, 36.6021), shapely.Point(118.3055, 36.6021)],
            number=["20261122-0001", "20261122-0002"],
            external_number=["GD-17", None],
            category=["暴露垃圾", "道路破损"],
            state=["dispatched", "handled"],
            overdue=[True, False],
        ),
        "hotspots": hotspots,
        "period": (date(2026, 10, 25), date(2026, 11, 21)),
    }
    return MapContent(**(whole | changes))


def given_data(page):
    return json.loads(re.search(r"window\.sanbaiData = (\{.*?\});\n", page)[1])


def test_nothing_is_loaded_from_elsewhere():
    page = render_static_map(content())
    # A link to follow or a name of a standard is no request; these would be.
    assert not re.search(r"src\s*=\s*[\"']?(https?:)?//|<link|<iframe|<object", page)
    assert not re.search(r"@import|url\(\s*[\"']?(?!#)", page)
    assert "cdn" not in page.lower()
    assert page.count("<script") == page.count("</script>")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_title_figures_legend_and_lists_are_there(language):
    page = render_static_map(content(), language)
    words = WORDS[language]
    assert f'<html lang="{language}">' in page
    assert "<title>青禾县网格整改图</title>" in page
    assert "© 测试数据" in page
    assert "2026-11-22 09:00" in page
    assert "GD-17" in page
    assert words["overdue"] in page
    assert words["patrol_only"] in page
    assert "@@" not in page
    cards = given_data(page)["cards"]
    assert [card["title"] for card in cards].count("第一网格") == 1
    assert cards[0]["rows"][3] == [words["open"], "3"]


def test_both_languages_have_the_same_words():
    assert WORDS["zh-CN"].keys() == WORDS["en"].keys()


def test_what_the_data_says_is_never_code():
    grids = content().grids.assign(name=HOSTILE, area=HOSTILE)
    cases = content().cases.assign(category=HOSTILE, number=HOSTILE, external_number=HOSTILE)
    areas = content().areas.assign(name=HOSTILE)
    page = render_static_map(
        content(title=HOSTILE, attribution=HOSTILE, grids=grids, cases=cases, areas=areas)
    )
    assert "<img" not in page
    assert "49{% raw %}" not in page
    data = given_data(page)
    assert data["cards"][0]["title"] == HOSTILE
    assert data["labels"][0]["text"] == HOSTILE


def test_status_of_grids_and_kind_of_hotspots():
    assert grid_status(content().grids) == ["overdue", "in-hand", "all-done", "no-record"]
    assert hot_kind("more", "usual", None) == "patrol_only"
    assert hot_kind("much-more", None, None) == "much-more"
    assert hot_kind("much-more", "too-few-data", "new") == "much-more"
    assert hot_kind("usual", "more", "new") == "more"
    assert hot_kind("usual", "usual", "fading") == "fading"
    assert hot_kind("usual", "usual", None) is None
    assert p_in_words(0.00002) == "< 0.001"
    assert p_in_words(0.0312) == "0.031"


def test_hot_units_side_by_side_are_told_as_one_place():
    page = render_static_map(content())
    table = page[page.index('class="list places"') :]
    assert table.count("<tr>") == 3
    assert "幸福社区 第一网格 一带" in table
    assert "新出现" in table
    assert ">21<" in table


def test_without_hotspots_cases_or_base_map_it_still_says_so():
    bare = content(
        hotspots=None,
        period=None,
        cases=content().cases.iloc[:0],
        roads=content().roads.iloc[:0],
        water=content().water.iloc[:0],
        buildings=content().buildings.iloc[:0],
        places=content().places.iloc[:0],
        grids=content().grids.assign(open=0, overdue=0),
    )
    page = render_static_map(bare)
    assert WORDS["zh-CN"]["hotspots_absent"] in page
    assert WORDS["zh-CN"]["no_overdue"] in page


def test_too_many_buildings_are_thinned_and_it_is_said(monkeypatch):
    monkeypatch.setattr("data.exports.static_map.MOST_BUILDINGS", 1)
    two = frame(
        [
            shapely.box(118.302, 36.601, 118.3024, 36.6012),
            shapely.box(118.3, 36.6, 118.3001, 36.601),
        ]
    )
    assert "最大的 1 栋建筑（共 2 栋）" in render_static_map(content(buildings=two))


def test_no_grids_or_another_crs_is_refused():
    with pytest.raises(ValueError, match="at least one grid"):
        render_static_map(content(grids=content().grids.iloc[:0]))
    with pytest.raises(ValueError, match="roads must be in EPSG:4326"):
        render_static_map(content(roads=content().roads.to_crs(3857)))


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "map.html"
    target.write_text("old", encoding="utf-8")

    def full_disk(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full_disk)
    with pytest.raises(OSError, match="no space"):
        write_static_map(target, content())
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.e2e
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_in_a_browser_without_network_it_draws_explains_and_prints(tmp_path):
    target = tmp_path / "map.html"
    grids = content().grids.assign(name=["<b>一</b>", "第二网格", "第三网格", "第四网格"])
    write_static_map(target, content(grids=grids))
    requests, faults = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(offline=True, viewport={"width": 1200, "height": 800}).new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda message: faults.append(message.text))
        page.goto(target.as_uri())
        page.wait_for_selector(".leaflet-status-pane path")
        assert page.locator(".leaflet-status-pane path").count() == 4
        assert page.locator(".leaflet-hotspots-pane path").count() == 3
        assert page.locator(".leaflet-cases-pane path").count() == 2
        page.locator(".leaflet-control-layers label", has_text="未结问题").click()
        assert page.locator(".leaflet-cases-pane path").count() == 0
        page.locator(".leaflet-status-pane path").first.dispatch_event("click")
        assert page.locator(".card strong").inner_text() == "<b>一</b>"
        sheet = page.pdf(prefer_css_page_size=True, print_background=True)
        assert sheet.count(b"/Type /Page\n") == 1
        browser.close()
    assert requests == [target.as_uri()]
    assert faults == []
