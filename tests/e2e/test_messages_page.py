"""A chat message with a photo becomes a report: private things go, the rest is looked through."""

from collections.abc import Callable

from pages import PHONE
from playwright.sync_api import Page, expect
from test_case import photo

SignIn = Callable[..., Page]
MESSAGE = "李建国 2026-11-20 08:31\n{place}门口垃圾桶满了，一地垃圾，我电话13853312345\n[图片]"


def test_a_message_from_a_chat_group_fills_in_a_report(sign_in: SignIn, address: str) -> None:
    page = sign_in("officer001", size=PHONE)
    cases = page.request.get(f"{address}/api/v1/cases?state=all&limit=100").json()["items"]
    found = next(case for case in cases if case["address"])
    page.evaluate("location.hash = '#panel=report'")
    page.reload()
    page.get_by_role("button", name="粘贴群消息").click()
    dialog = page.get_by_role("dialog", name="把群消息变成问题")
    place = found["address"].removesuffix("附近")
    dialog.get_by_label("在这里粘贴文字或图片").fill(MESSAGE.format(place=place))
    picture = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    dialog.get_by_label("选图片").set_input_files(picture)
    dialog.get_by_role("button", name="读一读").click()
    expect(dialog.get_by_role("status")).to_contain_text("电话 1 处")
    text = dialog.get_by_label("情况说明").input_value()
    assert "垃圾桶满了" in text
    assert "13853312345" not in text
    assert "李建国" not in text
    dialog.get_by_role("radio").first.check()
    expect(dialog.get_by_text("暴露垃圾")).to_be_visible()
    dialog.get_by_role("button", name="填入上报表").click()
    expect(page.get_by_label("情况说明")).to_have_value(text)
    expect(page.locator(".falls")).to_contain_text("网格")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_text("已上报，编号")).to_be_visible()
