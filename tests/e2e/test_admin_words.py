"""An administrator adds a kind of hazard, asks a question of it, and renames a community."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from pages import PHONE
from playwright.sync_api import Page, expect

# Of this run alone: a server that runs already may know an earlier one.
RUN = uuid4().hex[:6]


def open_office(page: Page, name: str) -> None:
    """Go to a page of administration by its address."""
    page.evaluate("hash => { location.hash = hash }", f"#panel=admin&office={name}")
    page.reload()


def test_a_kind_is_added_and_asks_a_question(sign_in: Callable[..., Page]) -> None:
    page = sign_in("admin")
    open_office(page, "kinds")
    page.get_by_role("button", name="增加类别").click()
    form = page.locator(".admin-form")
    form.get_by_label("编码").fill(RUN)
    form.get_by_label("中文名称").fill(f"河道漂浮物{RUN}")
    form.get_by_label("英文名称").fill(f"Floating rubbish {RUN}")
    form.get_by_role("button", name="保存").click()
    page.get_by_label("查找类别").fill(RUN)
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name=f"河道漂浮物{RUN} 照片、追问").click()
    page.get_by_role("button", name="增加追问").click()
    page.get_by_label("问什么（中文）").fill("多大一片？")
    page.get_by_label("怎么答").select_option("choice")
    page.get_by_label("选项").fill("一桶、一车")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("row").last).to_contain_text("1 个追问")
    told = page.request.get(page.url.split("/#")[0] + "/api/v1/categories").json()["items"]
    (question,) = next(one for one in told if one["code"] == RUN)["questions"]
    assert question["choices"] == ["一桶", "一车"]


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["desk", "phone"])
def test_an_area_is_renamed(sign_in: Callable[..., Page], size: tuple[int, int]) -> None:
    page = sign_in("admin", size=size)
    open_office(page, "places")
    page.get_by_label("查找").fill("社区")
    row = page.get_by_role("row").nth(1)
    row.get_by_role("button").click()
    page.get_by_label("中文名称").fill(f"新苑社区{RUN}{size[0]}")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("rowheader", name=f"新苑社区{RUN}{size[0]}")).to_be_visible()
