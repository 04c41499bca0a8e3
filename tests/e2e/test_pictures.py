"""The README's pictures, taken when `SANBAI_PICTURES` is set.

`SANBAI_PICTURES=1 SANBAI_E2E_ADDRESS=http://127.0.0.1:8000 pytest tests/e2e/test_pictures.py`
takes them of the running demo town.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pages import PHONE
from playwright.sync_api import Page, expect

IMAGES = Path(__file__).parent.parent.parent / "docs" / "images"
pytestmark = pytest.mark.skipif(
    "SANBAI_PICTURES" not in os.environ, reason="SANBAI_PICTURES is not set: no pictures wanted"
)


def take(page: Page, name: str) -> None:
    """Save what the page shows once the map has settled."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".figure b").first).not_to_have_text("")
    page.wait_for_load_state("networkidle")
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=IMAGES / name)
    assert (IMAGES / name).stat().st_size > 50_000


def test_desk_picture(sign_in: Callable[..., Page]) -> None:
    take(sign_in("commander"), "map.png")


def test_phone_picture(sign_in: Callable[..., Page]) -> None:
    take(sign_in("officer001", size=PHONE), "map-phone.png")
