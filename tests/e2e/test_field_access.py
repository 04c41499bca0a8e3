"""Whether everybody can read and hit what is on the officer's telephone, by day and at night."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from field_pages import FIELD_PHONE, open_field, read
from playwright.sync_api import Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
LEAST_PX = 44
# The field app's own letters are 112.5 % of the telephone's.
TWICE = "html { font-size: 225% !important }"
VIOLATIONS = """async () => {
  const asked = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }
  return (await axe.run(document, asked)).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)
}"""
TOO_SMALL = """least => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter(one => one.offsetParent !== null)
  .map(one => ({ one, box: (one.closest('label') ?? one).getBoundingClientRect() }))
  .filter(({ box }) => box.width > 1 && Math.min(box.width, box.height) < least - 0.5)
  .map(({ one }) => one.outerHTML.slice(0, 120))"""


def pages_of(page: Page) -> list[str]:
    """The app's main pages, and a case."""
    case_id = read(page, "/api/v1/cases?state=open&limit=1")["items"][0]["id"]
    return ["", "report", "duty", "queue", "me", f"case/{case_id}"]


def faults(page: Page) -> list[Any]:
    """What axe finds, and what a thumb would miss."""
    wide = page.evaluate("document.documentElement.scrollWidth") > FIELD_PHONE[0]
    small = page.evaluate(TOO_SMALL, LEAST_PX)
    return [*page.evaluate(VIOLATIONS), *small, *(["wider than the telephone"] if wide else [])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read_and_hit(open_page: Callable[..., Page], scheme: Any) -> None:
    page = open_field(open_page)
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for twice in (False, True):
        if twice:
            page.add_style_tag(content=TWICE)
        for path in pages_of(page):
            page.evaluate("path => { location.hash = `#/${path}` }", path)
            expect(page.locator(".field-page > *").first).to_be_visible()
            expect(page.locator(".field-page").get_by_text("正在载入")).to_have_count(0)
            assert faults(page) == [], path
