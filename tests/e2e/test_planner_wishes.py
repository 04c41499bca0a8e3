"""Drawing up by wishes in a browser: communities, kinds, a barrier, stopping, drawing again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pages import PHONE
from playwright.sync_api import Page, expect
from test_planner import api, draft_of, row

pytestmark = pytest.mark.usefixtures("worker")
DONE_WITHIN_MS = 90_000


def begin(page: Page) -> Any:
    """Open the form for the whole county."""
    page.get_by_role("button", name="网格规划", exact=True).click()
    page.get_by_role("button", name="起草方案").click()
    form = page.get_by_role("form", name="起草方案")
    district = page.request.get(f"{api(page)}/areas?level=district").json()["items"][0]
    form.get_by_label(re.compile("^区域")).select_option(str(district["id"]))
    return form


def newest(page: Page) -> dict[str, Any]:
    """The plan drawn up last."""
    plans: dict[str, Any] = page.request.get(f"{api(page)}/plans?limit=1").json()["items"][0]
    return plans


def until_drawn(page: Page, plan_id: int) -> None:
    expect(row(page, plan_id).get_by_role("button", name="再划一次")).to_be_visible(
        timeout=DONE_WITHIN_MS
    )


def across(page: Page, community: dict[str, Any]) -> bytes:
    """A line through the middle of a community from west to east, as GeoJSON."""
    area = page.request.get(f"{api(page)}/areas/{community['id']}").json()
    west, south, east, north = area["bbox"]
    middle = (south + north) / 2
    line = {"type": "LineString", "coordinates": [[west - 0.01, middle], [east + 0.01, middle]]}
    feature = {"type": "Feature", "properties": {"name": "围墙"}, "geometry": line}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def test_a_draft_by_wishes_is_stopped_and_drawn_again(sign_in: Any, tmp_path: Path) -> None:
    page = sign_in("planner")
    form = begin(page)
    form.get_by_label("方案名称").fill("按要求划分")
    form.get_by_text("更多要求").click()
    form.get_by_label("允许偏差（%）").fill("0")
    form.get_by_role("button", name="开始划分").click()
    expect(form.get_by_text("允许偏差请填 1 到 50。")).to_be_visible()
    form.get_by_label("允许偏差（%）").fill("8")

    district = page.request.get(f"{api(page)}/areas?level=district").json()["items"][0]
    division = page.request.get(f"{api(page)}/areas/{district['id']}/division").json()
    first, second = division["communities"][:2]
    form.get_by_label(f"{first['name']} 的网格类型").select_option("site")
    form.get_by_role("checkbox", name=second["name"]).uncheck()
    wall = tmp_path / "围墙.geojson"
    wall.write_bytes(across(page, first))
    form.get_by_label("上传文件：不可跨越").set_input_files(wall)
    expect(form.get_by_role("checkbox", name="围墙").first).to_be_checked()
    form.get_by_role("checkbox", name="围墙").first.uncheck()
    expect(form.get_by_text("更多要求（已提 3 项）")).to_be_visible()
    form.get_by_role("button", name="开始划分").click()
    expect(form).to_be_hidden()
    plan_id = newest(page)["id"]
    until_drawn(page, plan_id)
    told = row(page, plan_id)
    expect(told.get_by_text("允许偏差 ±8 %")).to_be_visible()
    drawn = draft_of(page, plan_id)
    assert drawn["tolerance_pct"] == 8
    kinds = [grid["kind"] for grid in drawn["grids"] if grid["area_id"] == first["id"]]
    assert set(kinds) == {"site"}
    assert len([1 for grid in drawn["grids"] if grid["area_id"] == second["id"]]) == second["grids"]

    told.get_by_role("button", name="再划一次").click()
    again = page.get_by_role("form", name="起草方案")
    again.get_by_label("目标户数（每格）").fill("150")
    again.get_by_role("button", name="开始划分").click()
    expect(told.get_by_role("progressbar")).to_be_visible()
    until_drawn(page, plan_id)
    expect(told.get_by_text(re.compile("目标每格 150 户"))).to_be_visible()
    assert newest(page)["id"] == plan_id


def test_least_change_says_how_many_change_grid(sign_in: Any) -> None:
    page = sign_in("planner")
    form = begin(page)
    form.get_by_label("方案名称").fill("最少变动")
    form.get_by_role("button", name="最少变动").click()
    form.get_by_role("button", name="开始划分").click()
    expect(form).to_be_hidden()
    plan_id = newest(page)["id"]
    until_drawn(page, plan_id)
    expect(row(page, plan_id).get_by_text(re.compile("住户(换了|需要换)网格"))).to_be_visible()


def test_a_phone_shows_plans_and_no_form(sign_in: Any) -> None:
    page = sign_in("planner", size=PHONE)
    page.get_by_role("button", name="网格规划", exact=True).click()
    expect(page.locator("[data-plan]").first).to_be_visible()
    expect(page.get_by_role("button", name="起草方案")).to_be_hidden()
