"""Patrols at a desk: what was visited in a period, and rounds that are planned and ended."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_visits_are_told_by_grid_and_period(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="巡查轨迹").click()
    # Streets are cut by the worker; visits are there without it.
    streets = page.get_by_text("街巷走到的长度").or_(page.get_by_text("这里还没有街巷数据"))
    expect(streets.first).to_be_visible()
    grids = page.locator(".case-row", has_text="到访")
    month = grids.all_inner_texts()
    page.get_by_role("button", name="近 7 天").click()
    expect(page.get_by_role("button", name="近 7 天")).to_have_attribute("aria-pressed", "true")
    expect(grids).to_have_count(len(month))
    expect(grids.first).not_to_have_text(month[0])


def test_a_round_is_planned_and_ended(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="巡查轨迹").click()
    page.get_by_role("button", name="计划", exact=True).click()
    plans = page.locator(".round-plan")
    had = plans.count()
    page.get_by_role("button", name="新建计划").click()
    form = page.get_by_role("dialog", name="新建巡查计划")
    form.locator(".grid-choices .choice").first.click()
    expect(form.get_by_text("已选 1 个")).to_be_visible()
    form.get_by_label("天数").fill("2")
    form.get_by_role("button", name="保存计划").click()
    expect(plans).to_have_count(had + 1)
    made = plans.filter(has_text="每 2 天")
    made.get_by_role("button", name="停止").click()
    made.get_by_role("button", name="是", exact=True).click()
    expect(made.get_by_role("button", name="停止")).to_have_count(0)
