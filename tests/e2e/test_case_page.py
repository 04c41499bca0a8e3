"""A case on a page of its own: its clock, its steps with their photos, keys, and on paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from pages import PHONE
from playwright.sync_api import Page, expect
from test_case import act, first_unit, photo

SignIn = Callable[..., Page]


def picture(name: str) -> dict[str, Any]:
    """A photo as a file field takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo()}


def open_first(page: Page) -> None:
    """Open the page of the first case in the list beside the map."""
    page.locator(".case-list .case-row").first.click()
    page.get_by_role("button", name="打开案件页").click()
    expect(page.get_by_role("region", name="办理过程")).to_be_visible()


def test_a_case_is_worked_through_on_its_page(sign_in: SignIn, address: str) -> None:
    duty = sign_in("commander")
    listed = duty.request.get(f"{address}/api/v1/cases?state=reported&limit=20").json()["items"]
    number = next(item["number"] for item in listed if item["grid"] is not None)
    duty.goto(f"{address}/#/case/{number}")
    duty.reload()
    expect(duty.get_by_role("region", name="期限", exact=True)).to_contain_text("计时")
    act(duty, "派遣", unit=first_unit(duty))
    expect(duty.locator(".case-page .badges")).to_contain_text("待接收")
    steps = duty.get_by_role("region", name="现在可以办")
    steps.get_by_role("button", name="处理反馈", exact=True).click()
    expect(steps).to_contain_text("由处理人以外的人到现场核查")
    steps.get_by_label("选整改后照片").set_input_files(picture("after.jpg"))
    steps.get_by_role("button", name="确认处理反馈").click()
    expect(duty.locator(".case-page .badges")).to_contain_text("待核查")
    expect(duty.get_by_role("region", name="期限", exact=True)).to_contain_text("处置")
    duty.get_by_label("添加整改前照片").set_input_files(picture("before.jpg"))
    duty.get_by_role("button", name="滑动对比").click()
    duty.get_by_role("slider", name="左右滑动，对比整改前后").fill("20")
    duty.get_by_role("button", name="并排").click()
    duty.get_by_role("button", name="放大整改后照片").click()
    viewer = duty.get_by_role("dialog", name="看照片")
    viewer.get_by_role("button", name="放大", exact=True).click()
    expect(viewer.locator("img")).to_have_attribute("style", re.compile(r"scale\(1\.5\)"))
    duty.keyboard.press("Escape")
    ledger = duty.get_by_role("region", name="办理过程")
    ledger.get_by_role("button", name="显示摘要").click()
    expect(ledger.locator(".timeline-digest code").first).to_have_text(re.compile("^[0-9a-f]{64}$"))
    expect(ledger).to_contain_text("sanbai audit verify")
    expect(duty.get_by_role("region", name="文书")).to_contain_text("还没有出过文书")


def test_from_case_to_case_by_keys(sign_in: SignIn) -> None:
    page = sign_in("commander")
    open_first(page)
    bar = page.locator(".case-page-bar")
    expect(bar).to_contain_text("第 1 /")
    first = page.url
    page.keyboard.press("j")
    expect(bar).to_contain_text("第 2 /")
    assert page.url != first
    page.keyboard.press("k")
    expect(bar).to_contain_text("第 1 /")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="快捷键")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("a")
    focused = page.get_by_role("region", name="现在可以办").locator("button:focus")
    expect(focused).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#map")).to_be_visible()
    expect(page.get_by_role("button", name="打开案件页")).to_be_visible()


def test_a_number_that_is_none_says_so(sign_in: SignIn, address: str) -> None:
    page = sign_in("commander")
    page.goto(f"{address}/#/case/1999000001")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("没有编号为 1999000001 的问题")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_on_a_phone_and_on_paper(sign_in: SignIn, language: str) -> None:
    page = sign_in("commander", size=PHONE)
    page.evaluate("language => localStorage.setItem('sanbai.language', language)", language)
    number = page.request.get(f"{page.url.split('/#')[0].rstrip('/')}/api/v1/cases?limit=1").json()
    page.goto(f"{page.url.split('#')[0]}#/case/{number['items'][0]['number']}")
    page.reload()
    expect(page.locator(".case-page .timeline li").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    small = page.locator(".case-page .actions.is-large .action-buttons .button.is-large")
    assert all((box := one.bounding_box()) and box["height"] >= 44 for one in small.all())
    if language == "en":
        told = page.locator(".case-page").inner_text()
        # Names that people gave stay as they are; every word of ours is English.
        assert "在谁手里" not in told
        assert "办理过程" not in told
    page.emulate_media(media="print")
    expect(page.locator(".top-bar")).to_be_hidden()
    expect(page.locator(".case-page .actions")).to_be_hidden()
    expect(page.locator(".case-page .timeline li").first).to_be_visible()
