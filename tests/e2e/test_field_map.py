"""The map taken along: fetched with its size told, drawn without a network, deleted."""

import re
from collections.abc import Callable

from field_pages import open_field, tap
from playwright.sync_api import Page, expect

# What the base map is painted with; the tiles of it that are on show, put on top of each other.
BUILDING, LAND = "230,224,213", "247,245,240"
COLOURS = """() => {
  const seen = new Map()
  for (const tile of document.querySelectorAll('.leaflet-tile-pane canvas')) {
    const copy = document.createElement('canvas')
    copy.width = copy.height = 256
    const context = copy.getContext('2d')
    context.imageSmoothingEnabled = false
    context.drawImage(tile, 0, 0, 256, 256)
    const { data } = context.getImageData(0, 0, 256, 256)
    for (let i = 0; i < data.length; i += 4) {
      const colour = data.slice(i, i + 3).join()
      if (data[i + 3] === 255) seen.set(colour, (seen.get(colour) ?? 0) + 1)
    }
  }
  return Object.fromEntries(seen)
}"""


def show_map(page: Page) -> dict[str, int]:
    """Open the map of one's grids; how often each colour is on the base map."""
    page.get_by_role("link", name="我的网格", exact=True).tap()
    page.get_by_role("button", name="地图").tap()
    expect(page.locator(".field-map .map")).to_have_attribute("aria-busy", "false")
    colours: dict[str, int] = page.evaluate(COLOURS)
    return colours


def test_the_map_taken_along_is_drawn_without_a_network(open_page: Callable[..., Page]) -> None:
    page = open_field(open_page)
    page.get_by_role("link", name="我的", exact=True).tap()
    page.get_by_role("button", name=re.compile(r"^下载（\d+ KB）$")).tap()
    expect(page.get_by_text("已是最新")).to_be_visible()
    # No tile was ever asked for: what is drawn now comes from the file.
    page.context.set_offline(True)
    drawn = show_map(page)
    assert drawn.get(BUILDING, 0) > 100
    assert drawn.get(LAND, 0) > 10_000
    expect(page.locator("path.my-grid").first).to_be_attached()
    expect(page.get_by_text("没有下载过离线地图")).to_have_count(0)
    page.get_by_role("link", name="我的", exact=True).tap()
    tap(page, "删除")
    tap(page, "删除")
    expect(page.get_by_text("连上网络后可以下载")).to_be_visible()
    assert BUILDING not in show_map(page)
    expect(page.get_by_text("没有下载过离线地图")).to_be_visible()
