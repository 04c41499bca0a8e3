"""An officer's telephone: the field app, narrow and touched, with a place and a camera."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from photo_files import picture
from playwright.sync_api import Page, expect

from api.demo import DEMO_PASSWORD

FIELD_PHONE = (360, 740)
SHOT = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": picture((3000, 2250))}
# What is put in stays ten seconds on the phone, so that it can be undone.
SENT_WITHIN_MS = 45_000
COUNT_TAPS = """
window.taps = 0
document.addEventListener('pointerup', event => { if (event.isTrusted) window.taps += 1 }, true)
"""


def open_field(open_page: Callable[..., Page], login: str = "officer001") -> Page:
    """The field app, signed in, ready to be without a network."""
    page = open_page("field/", size=FIELD_PHONE)
    page.context.grant_permissions(["geolocation"])
    page.context.add_init_script(COUNT_TAPS)
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".mine-head h1")).to_be_visible()
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    stand_at(page, *own_grid(page)["centre"])
    page.reload()
    expect(page.get_by_text("可离线使用")).to_be_visible()
    return page


def stand_at(page: Page, lon: float, lat: float, accuracy_m: float = 9) -> None:
    """Where the phone is from now on."""
    place = {"longitude": lon, "latitude": lat, "accuracy": accuracy_m}
    page.context.set_geolocation(place)  # type: ignore[arg-type]


def read(page: Page, path: str) -> Any:
    """What the API tells who is signed in."""
    return page.request.get(page.url.split("/field/")[0] + path).json()


def own_grid(page: Page) -> dict[str, Any]:
    """One of the officer's grids."""
    roles = read(page, "/api/v1/session")["roles"]
    (grid_id, *_) = [role["grid"]["id"] for role in roles if role["grid"]]
    grid: dict[str, Any] = read(page, f"/api/v1/grids/{grid_id}")
    return grid


def new_kind(page: Page) -> dict[str, Any]:
    """A kind that asks nothing and of which no open case lies nearby."""
    there = {one["category"]["id"] for one in read(page, "/api/v1/cases?state=open")["items"]}
    kinds = read(page, "/api/v1/categories?limit=200")["items"]
    found: dict[str, Any] = next(
        kind for kind in kinds if kind["id"] not in there and not kind["questions"]
    )
    return found


def cases_of(page: Page, kind: dict[str, Any]) -> dict[str, Any]:
    """Cases of a kind by their id."""
    items = read(page, f"/api/v1/cases?category_id={kind['id']}&limit=200")["items"]
    return {one["id"]: one for one in items}


def take_photo(page: Page, label: str) -> None:
    """Tap on the camera and come back with a picture."""
    with page.expect_file_chooser() as chooser:
        page.get_by_label(label, exact=True).tap()
    chooser.value.set_files(SHOT)  # type: ignore[arg-type]


def tap(page: Page, name: str) -> None:
    """Tap on a button."""
    page.get_by_role("button", name=name, exact=True).tap()


def moment(said: str) -> datetime:
    """A moment as the API tells it."""
    return datetime.fromisoformat(said)
