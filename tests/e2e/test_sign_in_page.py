"""Signing in at a shared desk, by a card on the phone, and with a second factor."""

import re
from collections.abc import Callable
from typing import Any

import pyotp
from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7

from api.demo import DEMO_PASSWORD

OpenPage = Callable[..., Page]
PHONE = (390, 844)
PIN = "402817"


def menu(page: Page, entry: str) -> None:
    """Choose from the menu of who is signed in."""
    page.get_by_label("菜单").click()
    page.get_by_role("button", name=entry).click()


def fill_in(page: Page, login: str, *, remember: bool = False) -> None:
    """Sign in by the form, as it stands."""
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    if remember:
        page.get_by_label("在本机记住我").check()
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".top-bar")).to_be_visible()


def card_of(page: Page, address: str, login: str) -> str:
    """Have an administrator make a card; its code."""
    answer = page.request.get(f"{address}/api/v1/accounts?q={login}")
    found = next(one for one in answer.json()["items"] if one["login"] == login)
    headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7())}
    made: dict[str, Any] = page.request.post(
        f"{address}/api/v1/sign-in-cards", data={"account_ids": [found["id"]]}, headers=headers
    ).json()
    code: str = made["cards"][0]["code"]
    return code


def test_two_share_a_desk_and_a_reload_brings_nobody_back(
    open_page: OpenPage, address: str
) -> None:
    page = open_page()
    fill_in(page, "commander", remember=True)
    menu(page, "锁定 / 换人")
    expect(page.get_by_role("heading", name="谁来用？")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="其他人").click()
    fill_in(page, "planner", remember=True)
    menu(page, "锁定 / 换人")
    people = page.locator(".person")
    expect(people).to_have_count(2)
    people.nth(1).click()
    secret = page.locator("[name=password]")
    expect(secret).to_be_focused()
    secret.fill(DEMO_PASSWORD)
    secret.press("Enter")
    expect(page.locator(".top-bar")).to_be_visible()
    assert page.request.get(f"{address}/api/v1/session").json()["account"]["login"] == "commander"


def test_a_card_asks_for_a_pin_of_ones_own_first(open_page: OpenPage, address: str) -> None:
    office = open_page()
    fill_in(office, "admin")
    code = card_of(office, address, "officer001")
    page = open_page(f"#/card/{code}", size=PHONE)
    pin, again = page.locator("[name=pin]"), page.locator("[name=pin-again]")
    expect(pin).to_be_focused()
    assert code not in page.url
    for weak in ("111111", PIN):
        pin.fill(weak)
        again.fill(weak)
        page.get_by_role("button", name="设好并登录").click()
        if weak != PIN:
            expect(page.get_by_role("alert")).to_contain_text("PIN")
    expect(page.locator(".top-bar")).to_be_visible()
    assert page.request.get(f"{address}/api/v1/session").json()["account"]["login"] == "officer001"


def test_a_second_factor_is_set_up_and_asked_for(open_page: OpenPage) -> None:
    page = open_page()
    fill_in(page, "auditor")
    menu(page, "我的账号")
    page.get_by_role("button", name="开始设置").click()
    page.get_by_label("现在的密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="开始设置").click()
    secret = re.sub(r"\s", "", page.locator(".factor-secret").inner_text())
    page.get_by_label("现在显示的").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认").click()
    kept = page.locator(".recovery-codes li")
    expect(kept).to_have_count(10)
    codes = kept.all_inner_texts()
    page.get_by_label("我已保存好").check()
    page.get_by_role("button", name="完成").click()
    expect(page.get_by_text("还有 10 个恢复码")).to_be_visible()
    menu(page, "退出登录")
    page.get_by_label("账号").fill("auditor")
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    code = page.get_by_label("动态验证码")
    expect(code).to_be_focused()
    code.fill(codes[0])
    code.press("Enter")
    expect(page.locator(".top-bar")).to_be_visible()
    # As it was, for whoever signs in next.
    menu(page, "我的账号")
    page.get_by_role("button", name="关闭两步验证").click()
    page.get_by_label("现在的密码").fill(DEMO_PASSWORD)
    page.get_by_label("动态验证码").fill(codes[1])
    page.get_by_role("button", name="关闭两步验证").click()
    expect(page.get_by_text("没有开启。")).to_be_visible()
