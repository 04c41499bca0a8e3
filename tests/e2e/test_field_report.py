"""Reporting from a phone: three taps, no network, and a page that dies under the camera."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from field_pages import (
    SENT_WITHIN_MS,
    cases_of,
    moment,
    new_kind,
    open_field,
    own_grid,
    read,
    take_photo,
    tap,
)
from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7

OpenPage = Callable[..., Page]


def test_a_report_takes_three_taps_and_no_network(open_page: OpenPage) -> None:
    page = open_field(open_page)
    grid, kind = own_grid(page), new_kind(page)
    before = cases_of(page, kind)
    page.get_by_role("link", name="上报", exact=True).tap()
    page.context.set_offline(True)
    page.evaluate("window.taps = 0")
    take_photo(page, "拍照")
    tap(page, "就在这里")
    page.locator(".kind-step").get_by_role("button", name=kind["name"]).first.tap()
    expect(page.get_by_role("heading", name="已记下")).to_be_visible()
    assert page.evaluate("window.taps") == 3
    # A slip of the thumb is undone, and nothing of it is lost.
    tap(page, "撤销，再改改")
    page.locator(".kind-step").get_by_role("button", name=kind["name"]).first.tap()
    expect(page.get_by_text("存在手机里了，自动上传。")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("已上报")).to_be_visible(timeout=SENT_WITHIN_MS)
    (case_id,) = cases_of(page, kind).keys() - before.keys()
    case = read(page, f"/api/v1/cases/{case_id}")
    assert case["grid"]["id"] == grid["id"]
    lon, lat = grid["centre"]
    assert (case["lon"], case["lat"]) == pytest.approx((lon, lat), abs=1e-6)
    assert case["accuracy_m"] == 9
    (photo,) = case["photos"]
    # Made smaller on the phone, and still known where and when.
    assert (photo["width_px"], photo["height_px"]) == (2048, 1536)
    assert (photo["taken_lon"], photo["taken_lat"]) == pytest.approx((lon, lat), abs=1e-6)
    apart = moment(photo["taken_at"]) - moment(case["occurred_at"])
    assert abs(apart) < timedelta(minutes=5)


def test_a_page_that_dies_under_the_camera_comes_back(open_page: OpenPage) -> None:
    page = open_field(open_page)
    kind = new_kind(page)
    before = cases_of(page, kind)
    page.get_by_role("link", name="上报", exact=True).tap()
    tap(page, "已当场整改（前、后各一张）")
    take_photo(page, "拍整改前")
    expect(page.get_by_alt_text("第 1 张照片")).to_be_visible()
    with page.expect_file_chooser():
        page.get_by_label("拍整改后", exact=True).tap()
    # The system's camera takes all memory: the page is gone, and begins anew at its address.
    again = page.context.new_page()
    page.close()
    again.goto(page.url)
    expect(again.get_by_text("拍照时手机把页面关掉了")).to_be_visible()
    expect(again.get_by_alt_text("第 1 张照片")).to_be_visible()
    take_photo(again, "拍整改后")
    # Where the phone is well known nothing is asked; otherwise the place is looked at.
    here = again.get_by_role("button", name="就在这里", exact=True)
    kinds = again.locator(".kind-step")
    expect(here.or_(kinds)).to_be_visible()
    if here.is_visible():
        here.tap()
    kinds.get_by_role("button", name=kind["name"]).first.tap()
    expect(again.get_by_text("已上报")).to_be_visible(timeout=SENT_WITHIN_MS)
    (case_id,) = cases_of(again, kind).keys() - before.keys()
    case = read(again, f"/api/v1/cases/{case_id}")
    assert [photo["role"] for photo in case["photos"]] == ["before", "after"]
    assert case["state"] in {"closed", "handled"}
    assert [line["action"] for line in case["ledger"]][:2] == ["report", "rectify"]


def test_a_step_that_others_took_first_keeps_what_was_written(open_page: OpenPage) -> None:
    page = open_field(open_page)
    grid, kind = own_grid(page), new_kind(page)
    lon, lat = grid["centre"]
    found = {"category_id": kind["id"], "lon": lon, "lat": lat, "description": "楼道堆物"}
    case_id = str(uuid7())
    write(page, "/api/v1/cases", {"id": case_id, **found})
    page.evaluate("id => { location.hash = `#/case/${id}` }", case_id)
    handle = page.get_by_role("button", name="处理反馈", exact=True)
    expect(handle).to_be_visible()
    page.context.set_offline(True)
    handle.tap()
    page.locator("textarea[name=text]").fill("楼上还有一堆")
    page.locator(".step-form button[type=submit]").tap()
    expect(page.get_by_text("您办的还没有传上去")).to_be_visible()
    step = {"action": "handle", "seq": 1, "text": "别人清运了"}
    write(page, f"/api/v1/cases/{case_id}/actions", step)
    page.context.set_offline(False)
    notice = page.locator(".case-unsent .is-problem")
    expect(notice).to_contain_text("别人先办了一步", timeout=SENT_WITHIN_MS)
    expect(notice).to_contain_text("楼上还有一堆")
    expect(page.get_by_text("已记下，自动上传。")).to_have_count(0)
    # It goes at a second tap only, and the words go on as a report.
    tap(page, "不办了")
    expect(notice.get_by_role("alertdialog")).to_be_visible()
    tap(page, "取消")
    tap(page, "当作新问题上报")
    tap(page, "不拍照，直接填")
    expect(page.locator("textarea[name=note]")).to_have_value("楼上还有一堆")


def write(page: Page, path: str, body: dict[str, Any]) -> None:
    """What is done meanwhile at another device: it has a network."""
    sent = page.request.post(
        page.url.split("/field/")[0] + path,
        data=body,
        headers={"X-Sanbai": "1", "Operation-Id": str(uuid7())},
    )
    assert sent.ok, sent.text()
