"""The report form on a phone: near cases of the kind, the deadline told, fixed on the spot."""

from collections.abc import Callable
from typing import Any

from pages import PHONE, go_to, some_grid
from playwright.sync_api import Page, expect
from test_case import photo
from uuid_utils.compat import uuid7

SignIn = Callable[..., Page]


def picture(name: str) -> dict[str, Any]:
    """A photo as a file field takes it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo()}


def begin(page: Page) -> None:
    """Put the marker into the part of the map that the form leaves free."""
    go_to(page, some_grid(page), "&on=grids&panel=report")
    page.touchscreen.tap(PHONE[0] / 2, PHONE[1] / 4)
    expect(page.locator(".falls")).to_contain_text("网格")


def send(page: Page, address: str, path: str, body: dict[str, Any]) -> Any:
    """Give a command as the page's account."""
    headers = {"X-Sanbai": "1", "Operation-Id": str(uuid7())}
    answer = page.request.post(f"{address}/api/v1/{path}", headers=headers, data=body)
    assert answer.ok, answer.text()
    return answer.json()


def test_fixed_on_the_spot_in_one(sign_in: SignIn) -> None:
    page = sign_in("commander", size=PHONE)
    begin(page)
    page.get_by_label("类别", exact=True).select_option(index=3)
    expect(page.locator(".what-if")).to_contain_text("上报后的期限")
    page.get_by_label("情况说明").fill("路牌歪斜，当场扶正")
    page.get_by_label("已当场整改").check()
    page.get_by_role("button", name="上报并办结").click()
    expect(page.get_by_role("alert")).to_contain_text("照片各要一张")
    page.reload()
    expect(page.get_by_text("已恢复上次没发出去的内容")).to_be_visible()
    expect(page.get_by_label("情况说明")).to_have_value("路牌歪斜，当场扶正")
    expect(page.get_by_label("已当场整改")).to_be_checked()
    page.get_by_label("选整改前照片").set_input_files(picture("before.jpg"))
    page.get_by_label("选整改后照片").set_input_files(picture("after.jpg"))
    page.get_by_role("button", name="上报并办结").click()
    expect(page.get_by_text("已上报，编号")).to_be_visible()
    expect(page.get_by_text("已当场整改，")).to_be_visible()


def test_the_same_thing_again_joins_the_case_that_is_there(sign_in: SignIn, address: str) -> None:
    page = sign_in("commander", size=PHONE)
    begin(page)
    category = page.get_by_label("类别", exact=True)
    category.select_option(index=5)
    draft = page.evaluate(
        "JSON.parse(Object.entries(sessionStorage).find(([k]) => k.startsWith('sanbai.report'))[1])"
    )
    lon, lat = draft["position"]
    there = send(
        page,
        address,
        "cases",
        {
            "id": str(uuid7()),
            "category_id": draft["categoryId"],
            "lon": lon,
            "lat": lat,
            "description": "先报的一件",
        },
    )
    category.select_option(index=6)
    category.select_option(index=5)
    near = page.get_by_role("region", name="附近同类问题")
    mine = near.locator("li", has_text=there["number"])
    mine.get_by_role("button", name="就是这件").click()
    expect(mine).to_contain_text("先在下面选一张照片")
    page.get_by_label("选择或拍摄照片").set_input_files(picture("again.jpg"))
    mine.get_by_role("button", name="就是这件").click()
    expect(page.get_by_text(f"照片已补到 {there['number']}")).to_be_visible()
    told = page.request.get(f"{address}/api/v1/cases/{there['id']}").json()
    assert [one["role"] for one in told["photos"]] == ["before"]


def test_a_line_is_drawn_and_further_questions_are_asked(sign_in: SignIn, address: str) -> None:
    admin = sign_in("admin")
    first = admin.request.get(f"{address}/api/v1/categories?limit=2").json()["items"][0]
    asked = {"id": "width", "text": "占用了多宽？", "kind": "number", "most": 50, "needed": True}
    rules = {"proof": first["proof"], "confirm_first": False, "questions": [asked]}
    send(admin, address, f"categories/{first['id']}/case-rules", rules)
    page = sign_in("commander", size=PHONE)
    go_to(page, some_grid(page), "&on=grids&panel=report")
    page.get_by_role("button", name="一条线").click()
    page.touchscreen.tap(PHONE[0] / 2 - 60, PHONE[1] / 4)
    page.touchscreen.tap(PHONE[0] / 2 + 60, PHONE[1] / 4)
    expect(page.get_by_text("已有 2 个角")).to_be_visible()
    page.get_by_label("类别", exact=True).select_option(value=str(first["id"]))
    page.get_by_label("情况说明").fill("沿路摆摊")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_text("补充情况还有没填好的")).to_be_visible()
    page.get_by_label("占用了多宽").fill("90")
    expect(page.get_by_text("到 50 之间的数")).to_be_visible()
    page.get_by_label("占用了多宽").fill("3.5")
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_text("已上报，编号")).to_be_visible()
    newest = page.request.get(f"{address}/api/v1/cases?sort=-received&limit=1").json()["items"][0]
    told = page.request.get(f"{address}/api/v1/cases/{newest['id']}").json()
    assert told["shape"]["type"] == "LineString"
    assert told["ledger"][0]["facts"]["answers"] == {"width": 3.5}
