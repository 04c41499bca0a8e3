"""What the browser tests do again and again."""

from typing import Any

from playwright.sync_api import Page, expect

PHONE = (390, 844)


def some_grid(page: Page) -> dict[str, Any]:
    """A grid of the town, as the API tells it."""
    items = page.request.get(page.url.split("/#")[0].rstrip("/") + "/api/v1/grids?limit=5").json()
    grid: dict[str, Any] = items["items"][0]
    return grid


def go_to(page: Page, grid: dict[str, Any], rest: str = "") -> None:
    """Show a grid in the middle of the map by a link."""
    lon, lat = grid["centre"]
    page.evaluate("hash => { location.hash = hash }", f"#at={lon:.5f},{lat:.5f},16{rest}")
    page.reload()
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")


def click_middle(page: Page) -> None:
    """Click where the link's position is."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
