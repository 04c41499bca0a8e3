"""Temporary grids, and the map as of another day, in a browser."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

from pages import PHONE, go_to, some_grid
from playwright.sync_api import Locator, Page, expect

CORNERS = ((-90, -70), (80, -60), (90, 60), (-80, 70))

# Places between the corners; a hazard on the map may lie on one of them.
WITHIN = ((0, 0), (30, -30), (-35, 25), (40, 30), (-45, -35))


def middle(page: Page) -> tuple[float, float]:
    """The middle of the map on the page."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def today(page: Page) -> date:
    """The day it is in the district."""
    address = "/".join(page.url.split("/")[:3])
    return date.fromisoformat(page.request.get(f"{address}/api/v1/grids/days").json()["today"])


def draw_market(page: Page) -> date:
    """Draw a temporary grid with four corners around the middle of the map; its last day."""
    page.get_by_role("button", name="画一个临时网格").click()
    form = page.get_by_role("form", name="画一个临时网格")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_text("临时网格必须有结束")).to_be_visible()
    x, y = middle(page)
    for dx, dy in (*CORNERS, (0, 0)):
        page.mouse.click(x + dx, y + dy)
    expect(form).to_contain_text("已有 5 个角")
    # A corner too many is taken off again.
    form.get_by_role("button", name="退一点").click()
    expect(form).to_contain_text("已有 4 个角")
    form.get_by_label("名称").fill("浏览器大集")
    form.get_by_label("事由").fill("摊位占道")
    last = today(page) + timedelta(days=2)
    form.get_by_label("结束日期（必填）").fill(last.isoformat())
    form.get_by_label("时刻（可不填）").nth(1).fill("18:00")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已画好“浏览器大集”")).to_be_visible()
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    return last


def click_into(page: Page, name: str) -> tuple[float, float]:
    """Click a temporary grid on the map; where it was hit.

    A hazard may lie above it, and the outlines of a page just opened may be on their way.
    """
    heading = page.locator(".side-panel").get_by_role("heading", name=name)
    x, y = middle(page)
    for dx, dy in WITHIN * 2:
        page.mouse.click(x + dx, y + dy)
        with suppress(AssertionError):
            expect(heading).to_be_visible(timeout=4000)
            return x + dx, y + dy
        page.keyboard.press("Escape")
    raise AssertionError(f"no click finds {name}")


def change_words_and_outline(page: Page, card: Locator) -> None:
    """Give the market another name, kind and reason, and one corner more."""
    card.get_by_role("button", name="修改", exact=True).click()
    form = page.get_by_role("form", name="修改“浏览器大集”")
    expect(form).to_contain_text("已有 4 个角")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_text("还没有改动")).to_be_visible()
    form.get_by_label("名称").fill("浏览器夜市")
    form.get_by_label("类型").select_option(label="其他")
    form.get_by_label("事由").fill("改在晚上")
    # The middle lies between the last corner and the first: the outline bends in, and is no knot.
    form.get_by_role("button", name="取地图中心").click()
    expect(form).to_contain_text("已有 5 个角")
    form.get_by_role("button", name="保存").click()
    expect(card.get_by_role("heading", name="浏览器夜市")).to_be_visible()
    expect(card).to_contain_text("改在晚上")
    expect(card).to_contain_text("其他")


def test_a_temporary_grid_is_drawn_seen_by_all_and_ended(sign_in: Callable[..., Page]) -> None:
    page = sign_in("planner")
    go_to(page, some_grid(page), "&panel=temporary")
    last = draw_market(page)

    other = sign_in("commander", page.url.split("/", 3)[3].replace("panel=temporary", ""))
    place = click_into(other, "浏览器大集")
    card = other.locator(".side-panel")
    expect(card).to_contain_text(f"{last} 18:00")
    # The same place once more: the grid under it.
    other.mouse.click(*place)
    expect(card.get_by_role("heading", name="浏览器大集")).to_have_count(0)
    expect(other).to_have_url(re.compile("sel=grid"))

    page.locator(".temporary-row", has_text="浏览器大集").first.click()
    card = page.locator(".side-panel")
    change_words_and_outline(page, card)
    card.get_by_role("button", name="改结束时间").click()
    card.get_by_label("结束日期（必填）").fill((last + timedelta(days=1)).isoformat())
    card.get_by_role("button", name="保存").click()
    expect(card).to_contain_text(f"{last + timedelta(days=1)} 18:00")
    card.get_by_role("button", name="现在结束").click()
    card.get_by_role("alertdialog").get_by_role("button", name="现在结束").click()
    expect(card.get_by_text("已结束")).to_be_visible()


def test_the_map_is_seen_as_of_another_day(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    go_to(page, some_grid(page))
    expect(page.locator(".legend-cases")).to_be_visible()
    page.get_by_role("button", name="历史").click()
    bar = page.get_by_role("region", name="网格历史")
    slider = bar.get_by_role("slider", name="查看哪一天")
    slider.focus()
    with page.expect_response(re.compile(r"/tiles/grids\.json\?on=")):
        page.keyboard.press("ArrowLeft")
    yesterday = today(page) - timedelta(days=1)
    expect(bar).to_contain_text(f"正在查看 {yesterday} 的网格")
    expect(page).to_have_url(re.compile(f"day={yesterday}"))
    # What is of today is not shown beside the grids of another day.
    expect(page.locator(".legend-cases")).to_have_count(0)
    page.mouse.click(*middle(page))
    card = page.locator(".side-panel")
    expect(card).to_contain_text("问题、巡查和热点是今天的")
    page.reload()
    expect(bar).to_contain_text(f"正在查看 {yesterday} 的网格")
    bar.get_by_role("button", name="返回今天", exact=True).click()
    expect(page).not_to_have_url(re.compile("day="))
    expect(page.locator(".legend-cases")).to_be_visible()


def test_a_phone_has_the_days_and_the_temporary_grids(sign_in: Callable[..., Page]) -> None:
    page = sign_in("officer001", size=PHONE)
    page.get_by_role("button", name="历史").click()
    expect(page.get_by_role("slider", name="查看哪一天")).to_be_visible()
    expect(page.get_by_role("button", name="临时网格", exact=True)).to_have_count(0)
