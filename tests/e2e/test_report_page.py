"""The quality report in a browser: beside the map, on a phone, and as a page to print."""

from typing import Any
from uuid import uuid4

import pytest
from pages import PHONE
from playwright.sync_api import Page, expect
from test_planner import api, draft_of, draw_up, row

pytestmark = pytest.mark.usefixtures("worker")


def open_report(page: Page, plan_id: int) -> Any:
    """Open the report of a plan from the list, once the worker has made it."""
    row(page, plan_id).get_by_role("button", name="质量报告").click()
    report = page.get_by_role("region", name="质量报告")
    expect(report.get_by_role("heading", name="主要指标")).to_be_visible(timeout=60_000)
    return report


def test_the_report_beside_the_map(sign_in: Any) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "看质量")
    report = open_report(page, plan_id)
    told = page.request.get(f"{api(page)}/plans/{plan_id}/report").json()
    assert told["state"] == "done"
    assert told["current"]
    assert len(told["report"]["grids"]) == len(draft_of(page, plan_id)["grids"])
    for name in ("各网格户数", "户数偏差图"):
        picture = report.get_by_role("img", name=name)
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    for miss in told["misses"][:1]:
        report.get_by_role("button", name=miss["name"]).first.click()
        page.get_by_role("button", name="网格", exact=True).click()
        expect(page.get_by_text(miss["code"]).first).to_be_visible()
        page.get_by_role("button", name="质量", exact=True).click()
    with page.context.expect_page() as opened:
        report.get_by_role("link", name="打开打印页").click()
    printed = opened.value
    expect(printed.get_by_role("heading", level=1)).to_contain_text("网格划分质量报告")
    expect(printed.locator("svg")).to_have_count(2)
    printed.close()

    first = draft_of(page, plan_id)["grids"][0]
    edit = {"kind": "rename", "grid_id": first["grid_id"], "name": "改过名的网格"}
    answer = page.request.post(
        f"{api(page)}/plans/{plan_id}/edits",
        headers={"Operation-Id": str(uuid4()), "X-Sanbai": "1"},
        data={"edit": edit, "base": {str(first["grid_id"]): first["revision"]}},
    )
    assert answer.ok, answer.text()
    page.reload()
    page.get_by_role("button", name="质量", exact=True).click()
    expect(report.get_by_text("之后网格又改过")).to_be_visible()
    expect(report.get_by_role("link", name="打开打印页")).to_be_hidden()
    report.get_by_role("button", name="按现在的网格重新生成").click()
    expect(report.get_by_role("link", name="打开打印页")).to_be_visible(timeout=60_000)


def test_the_report_on_a_phone(sign_in: Any) -> None:
    page = sign_in("planner", size=PHONE)
    page.get_by_role("button", name="网格规划", exact=True).click()
    page.get_by_role("button", name="质量报告").first.click()
    page.get_by_role("button", name="质量", exact=True).click()
    report = page.get_by_role("region", name="质量报告")
    expect(report).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE[0]
