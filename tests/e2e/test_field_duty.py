"""Duty on a phone: begun and ended without a network, with a track that no dead page loses."""

import re
from collections.abc import Callable

from field_pages import SENT_WITHIN_MS, open_field, own_grid, read, stand_at, tap
from playwright.sync_api import Page, expect

# East by 13 m at this latitude: some seconds of walking.
STEP_DEG = 0.00015
STEPS = 6


def points(page: Page) -> int:
    """How many positions the phone says that it has kept."""
    found = re.search(r"（(\d+) 点", page.locator(".duty-state").inner_text())
    assert found is not None
    return int(found[1])


def walk(page: Page, lon: float, lat: float, kept: int) -> float:
    """Go on eastwards, one kept fix after the other; where one is then."""
    for step in range(1, STEPS + 1):
        stand_at(page, lon + step * STEP_DEG, lat)
        expect(page.get_by_text(f"正在记录轨迹（{kept + step} 点）")).to_be_visible()
    return lon + STEPS * STEP_DEG


def test_a_duty_is_kept_on_the_phone_until_there_is_a_network(
    open_page: Callable[..., Page],
) -> None:
    page = open_field(open_page)
    lon, lat = own_grid(page)["centre"]
    page.context.set_offline(True)
    page.get_by_role("link", name="巡查", exact=True).tap()
    page.get_by_label("记录轨迹").tap()
    expect(page.get_by_text("只记所选网格内和网格外 200 米以内")).to_be_in_viewport()
    tap(page, "同意并开始")
    expect(page.get_by_text("正在记录轨迹")).to_be_visible()
    # Where one stood long before duty began is not of the track.
    stand_at(page, lon + STEP_DEG / 2, lat)
    expect(page.get_by_text(re.compile("正在记录轨迹（[12] 点）"))).to_be_visible()
    lon = walk(page, lon + STEP_DEG / 2, lat, points(page))
    # The page is killed on the way; what was walked is there when it comes back.
    again = page.context.new_page()
    page.close()
    again.goto(page.url)
    expect(again.get_by_text("正在记录轨迹")).to_be_visible()
    kept = points(again)
    assert kept > STEPS
    walk(again, lon, lat, kept)
    kept = points(again)
    # Two kilometres away it is nobody's business where one is.
    stand_at(again, lon, lat + 0.02)
    expect(again.get_by_text("没有保存")).to_be_visible()
    tap(again, "结束巡查")
    tap(again, "确定结束")
    expect(again.get_by_role("heading", name="巡查小结")).to_be_visible()
    assert again.locator(".duty-figures").inner_text().count("米") == 1
    again.context.set_offline(False)
    expect(again.get_by_text("没有传上去")).to_have_count(0, timeout=SENT_WITHIN_MS)
    shift_id = again.url.rsplit("/", 1)[1]
    shift = read(again, f"/api/v1/shifts/{shift_id}")
    assert shift["tracked"]
    assert shift["ended_at"] is not None
    assert shift["points"] == kept
    assert read(again, f"/api/v1/shifts/{shift_id}/looks")["looks"] == []
    # Seen first by who walked it.
    expect(again.get_by_text("除了您自己，还没有人看过。")).to_be_visible()
