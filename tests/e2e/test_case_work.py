"""Lists of cases in a browser: a filter that is kept, many dispatched, board, desk and bell."""

import re
from collections.abc import Callable
from typing import Any

from pages import PHONE
from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]


def open_work(page: Page, where: str) -> None:
    """Go to one of the lists by its address."""
    page.evaluate("hash => { location.hash = hash }", where)
    page.reload()
    expect(page.locator(".work")).to_be_visible()


def counted(page: Page) -> int:
    """How many rows the table shows."""
    expect(page.locator(".work-table tbody tr").first).to_be_visible()
    return page.locator(".work-table tbody tr").count()


def test_many_are_dispatched_by_keyboard_and_taken_back(sign_in: SignIn) -> None:
    page = sign_in("commander")
    open_work(page, "#/cases?f.nobodys=1")
    assert counted(page) >= 2
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    bar = page.get_by_role("toolbar", name="选中的问题")
    expect(bar).to_contain_text("已选 2 件")
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("派给哪个单位").select_option(index=1)
    expect(dialog.get_by_role("heading", name="将要办理")).to_contain_text("2")
    dialog.get_by_role("button", name="派遣 2 件").click()
    expect(dialog.get_by_text("办好了 2 件。")).to_be_visible()
    dialog.get_by_role("button", name="收回派遣").click()
    expect(dialog.get_by_text("已收回 2 件。")).to_be_visible()
    dialog.get_by_role("button", name="关闭").last.click()
    expect(bar).to_be_hidden()


def test_a_filter_is_kept_and_its_address_shows_the_same(sign_in: SignIn) -> None:
    page = sign_in("commander")
    open_work(page, "#/cases?f.severity=red&f.state=open")
    expect(page.get_by_role("button", name=re.compile("去掉条件：红色"))).to_be_visible()
    page.get_by_role("button", name="存为常用").click()
    page.get_by_role("dialog").get_by_label("名称").fill("红色未办结")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    saved = page.get_by_role("navigation", name="常用筛选")
    kept = saved.get_by_role("button", name=re.compile("^红色未办结"))
    expect(kept).to_have_attribute("aria-current", "true")
    saved.get_by_role("button", name=re.compile("^该我办")).click()
    expect(page).to_have_url(re.compile("f.mine=1"))
    kept.click()
    expect(page).to_have_url(re.compile("f.severity=red"))


def test_the_board_moves_a_card_only_by_a_step(sign_in: SignIn) -> None:
    page = sign_in("commander")
    open_work(page, "#/board")
    column = page.get_by_role("region", name="待派遣").or_(
        page.get_by_role("region", name="已上报")
    )
    card = column.locator(".board-card").first
    expect(card).to_be_visible()
    number = card.locator(".quiet").first.inner_text().split(" ")[0]
    card.get_by_role("button", name="派遣", exact=True).click()
    dialog = page.get_by_role("dialog", name="派遣")
    dialog.locator("select[name=unit]").select_option(index=1)
    dialog.get_by_role("button", name=re.compile("^确认派遣|^派遣")).last.click()
    expect(dialog).to_be_hidden()
    there = page.get_by_role("region", name="待接收").locator(".board-card")
    expect(there.filter(has_text=number).or_(page.get_by_text("看全部")).first).to_be_visible()


def test_a_unit_accepts_on_a_phone(sign_in: SignIn) -> None:
    page = sign_in("sanitation", size=PHONE)
    open_work(page, "#/desk")
    section = page.get_by_role("region", name="新来的，待接收")
    expect(section).to_be_visible()
    section.get_by_role("button", name="接收", exact=True).first.click()
    expect(page.locator(".unit-desk > .notice.is-done")).to_contain_text("接收")
    page.get_by_role("button", name=re.compile("^提醒")).click()
    expect(page.get_by_role("region", name="提醒")).to_be_visible()
    for box in boxes(page, ".notices button, .board-card-steps button"):
        assert box["height"] >= 44


def boxes(page: Page, what: str) -> list[Any]:
    """Where things that are shown lie."""
    found = [one.bounding_box() for one in page.locator(what).all() if one.is_visible()]
    return [box for box in found if box is not None]
