"""An officer's phone over HTTPS: days without a network, tabs and servers that are killed.

`SANBAI_E2E_REPORTS` and `SANBAI_E2E_TRACK_HOURS` make the day offline as long as a real one.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import photo_files
import pytest
from mortal_server import MortalServer
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.demo import DEMO_PASSWORD
from api.settings import Settings
from data.database import open_engine

PHONE = (360, 740)
OFFICER, OTHER = "officer002", "officer003"
REPORTS = int(os.environ.get("SANBAI_E2E_REPORTS", "3"))
TRACK_HOURS = float(os.environ.get("SANBAI_E2E_TRACK_HOURS", "0.25"))
EVERY_S = 5
AT_ONCE = 500
# A phone that sends forty photos takes a while.
DRAINED_MS = 20_000 + 5_000 * REPORTS
SOME = {"key": "field.queue.title", "params": {}}


@pytest.fixture(scope="module")
def town(address: str, town_settings: Settings) -> Iterator[Engine]:
    """The town's database."""
    assert address
    assert town_settings.migration_database_url is not None
    engine = open_engine(town_settings.migration_database_url.get_secret_value())
    yield engine
    engine.dispose()


@pytest.fixture
def phone(browser: Browser, mortal: MortalServer) -> Iterator[BrowserContext]:
    """A phone on which the officer has signed in once."""
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(20_000)
    errors: list[str] = []
    context.on("weberror", lambda told: errors.append(str(told.error)))
    page = open_app(context, mortal)
    sign_in(page, OFFICER)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    yield context
    context.close()
    assert errors == []


def open_app(context: BrowserContext, server: MortalServer, link: str = "") -> Page:
    page = context.new_page()
    page.goto(f"{server.address}/field/{link}")
    return page


def sign_in(page: Page, login: str) -> None:
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".field-bar")).to_be_visible()


def get(page: Page, path: str) -> Any:
    """What the server answers to who is signed in."""
    return page.evaluate("path => fetch(path).then((answer) => answer.json())", path)


def operation(path: str, body: dict[str, Any], order: int, needs: list[str]) -> dict[str, Any]:
    return waiting(order, needs) | {
        "path": path,
        "body": body,
        "label": SOME,
        "subject": {},
        "number": None,
    }


def waiting(order: int, needs: list[str]) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "order": order,
        "needs": needs,
        "state": "waiting",
        "madeAt": 0,
        "notBefore": 0,
        "tries": 0,
        "triedAt": None,
        "sentAt": None,
        "problem": None,
    }


def photo(of: dict[str, Any], order: int) -> dict[str, Any]:
    raw = photo_files.noise()
    return waiting(order, [of["id"]]) | {
        "caseId": of["body"]["id"],
        "role": "before",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "sizeBytes": len(raw),
        "sentBytes": 0,
        "completeId": None,
        "bytes": base64.b64encode(raw).decode(),
    }


def reports(grid: dict[str, Any], category: int, count: int) -> dict[str, list[dict[str, Any]]]:
    """What a phone keeps of so many reports in the middle of a grid, each with a photo."""
    lon, lat = grid["centre"]
    operations = [
        operation(
            "/api/v1/cases",
            {
                "id": str(uuid7()),
                "category_id": category,
                "lon": lon,
                "lat": lat,
                "description": f"离线第 {number} 件",
            },
            number,
            [],
        )
        for number in range(count)
    ]
    return {
        "operations": operations,
        "photos": [photo(one, 1000 + order) for order, one in enumerate(operations)],
    }


def duty(grid: dict[str, Any]) -> list[dict[str, Any]]:
    """What a phone keeps of a shift that ended a minute ago, standing about in a grid."""
    ended = datetime.now(UTC) - timedelta(minutes=1)
    count = int(TRACK_HOURS * 3600 / EVERY_S)
    started = ended - timedelta(seconds=count * EVERY_S)
    shift = str(uuid7())
    body = {
        "id": shift,
        "grid_ids": [grid["id"]],
        "tracked": True,
        "started_at": started.isoformat(),
    }
    begin = operation("/api/v1/shifts", body, 2000, [])
    lon, lat = grid["centre"]
    fixes = [
        {
            "seq": seq,
            "occurred_at": (started + timedelta(seconds=seq * EVERY_S)).isoformat(),
            "lon": lon + (seq % 7) * 1e-6,
            "lat": lat,
            "accuracy_m": 8,
        }
        for seq in range(count)
    ]
    batches = [
        operation(
            f"/api/v1/shifts/{shift}/points",
            {"points": fixes[first : first + AT_ONCE], "datum": "wgs84"},
            2001 + first,
            [begin["id"]],
        )
        for first in range(0, count, AT_ONCE)
    ]
    end = operation(
        f"/api/v1/shifts/{shift}/end",
        {"ended_at": ended.isoformat()},
        900_000,
        [begin["id"], *(one["id"] for one in batches)],
    )
    return [begin, *batches, end]


def file_of(page: Page, kept: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The file in which a phone keeps it, as the page's input takes it."""
    told = json.dumps(
        {
            "format": "sanbai-outbox",
            "version": 1,
            "account": get(page, "/api/v1/session")["account"],
            "madeAt": datetime.now(UTC).isoformat(),
            **kept,
        }
    )
    return {"name": "unsent.json", "mimeType": "application/json", "buffer": told.encode()}


def hand_in(page: Page, file: dict[str, Any]) -> None:
    page.evaluate("location.hash = '#/hand-in'")
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="交上去").click()
    expect(page.get_by_role("heading", name="待传内容", level=1)).to_be_visible()


def own_grid(page: Page) -> dict[str, Any]:
    grid: dict[str, Any] = get(page, "/api/v1/grids?limit=5")["items"][0]
    return grid


def category_of(page: Page) -> int:
    return int(get(page, "/api/v1/categories?limit=1")["items"][0]["id"])


def arrived(town: Engine, kept: dict[str, list[dict[str, Any]]]) -> list[tuple[int, str]]:
    """(grid, SHA-256 of the photo as the phone had it) of each case that came."""
    asked = text(
        "SELECT c.grid_id, encode(u.sha256, 'hex') FROM hazard_case c"
        " JOIN photo p ON p.case_id = c.id JOIN photo_upload u ON u.became_id = p.id"
        " WHERE c.id = ANY(:ids) ORDER BY 1, 2"
    )
    ids = [one["body"]["id"] for one in kept["operations"] if one["path"] == "/api/v1/cases"]
    with town.connect() as connection:
        return [(row[0], row[1]) for row in connection.execute(asked, {"ids": ids})]


def expected(grid: dict[str, Any], kept: dict[str, list[dict[str, Any]]]) -> list[tuple[int, str]]:
    return sorted((grid["id"], one["sha256"]) for one in kept["photos"])


def all_sent(page: Page) -> None:
    expect(page.get_by_text("都传完了。")).to_be_visible(timeout=DRAINED_MS)


def test_a_day_without_a_network_arrives_once(
    phone: BrowserContext, mortal: MortalServer, town: Engine
) -> None:
    page = phone.pages[0]
    grid = own_grid(page)
    kept = reports(grid, category_of(page), REPORTS)
    kept["operations"] += (shift := duty(grid))
    file = file_of(page, kept)
    phone.set_offline(True)
    page.close()
    page = open_app(phone, mortal)
    expect(page.get_by_text("没有网络，照常可用。")).to_be_visible()
    hand_in(page, file)
    expect(page.get_by_text(f"没有网络，{len(kept['operations']) + REPORTS} 项")).to_be_visible()
    page.close()
    page = open_app(phone, mortal, "#/queue")
    expect(page.get_by_role("heading", name="等待上传")).to_be_visible()
    phone.set_offline(False)
    all_sent(page)
    assert arrived(town, kept) == expected(grid, kept)
    told = get(page, f"/api/v1/shifts/{shift[0]['body']['id']}")
    assert told["points"] == int(TRACK_HOURS * 3600 / EVERY_S)
    assert told["ended_at"] is not None
    # Handed in once more, at a desk say, nothing is there twice.
    page.evaluate("indexedDB.databases().then(([one]) => indexedDB.deleteDatabase(one.name))")
    page.reload()
    hand_in(page, file)
    all_sent(page)
    assert arrived(town, kept) == expected(grid, kept)


def test_a_tab_killed_in_the_middle_of_a_photo_goes_on_there(
    phone: BrowserContext, mortal: MortalServer, town: Engine
) -> None:
    page = phone.pages[0]
    grid = own_grid(page)
    kept = reports(grid, category_of(page), 1)
    again: list[str] = []
    # The second part leaves, and nobody hears what becomes of it.
    page.route("**/parts/262144", lambda _: None)
    file = file_of(page, kept)
    with page.expect_request("**/parts/262144"):
        hand_in(page, file)
    page.close()
    phone.on("request", lambda asked: again.append(asked.url))
    page = open_app(phone, mortal, "#/queue")
    all_sent(page)
    assert arrived(town, kept) == expected(grid, kept)
    assert not [url for url in again if url.endswith("/parts/0")]


def test_a_server_killed_in_the_middle_loses_and_doubles_nothing(
    phone: BrowserContext, mortal: MortalServer, town: Engine
) -> None:
    page = phone.pages[0]
    grid = own_grid(page)
    kept = reports(grid, category_of(page), 2)
    file = file_of(page, kept)
    killed: list[str] = []

    def kill_at_second(route: Route) -> None:
        if not killed and route.request.url.endswith("/262144"):
            killed.append(route.request.url)
            mortal.kill()
        route.continue_()

    phone.route("**/parts/*", kill_at_second)
    hand_in(page, file)
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="立即上传")).to_be_enabled()
    mortal.start()
    page.get_by_role("button", name="立即上传").click()
    all_sent(page)
    assert killed
    assert arrived(town, kept) == expected(grid, kept)


def test_signing_out_warns_and_keeps_accounts_apart(
    phone: BrowserContext, mortal: MortalServer, town: Engine
) -> None:
    page = phone.pages[0]
    grid = own_grid(page)
    kept = reports(grid, category_of(page), 1)
    file = file_of(page, kept)
    phone.set_offline(True)
    hand_in(page, file)
    phone.clear_cookies()
    phone.set_offline(False)
    # The session is gone: work goes on, and a sign-in is asked for.
    expect(page.get_by_text("登录已过期")).to_be_visible()
    page.get_by_role("link", name="我的", exact=True).click()
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="还有 2 项没有上传")).to_be_visible()
    page.get_by_role("button", name="留在手机里，退出").click()
    sign_in(page, OTHER)
    page.evaluate("location.hash = '#/queue'")
    all_sent(page)
    assert arrived(town, kept) == []
    page.get_by_role("link", name="我的", exact=True).click()
    page.get_by_role("button", name="退出登录").click()
    sign_in(page, OFFICER)
    page.evaluate("location.hash = '#/queue'")
    all_sent(page)
    assert arrived(town, kept) == expected(grid, kept)
    assert mortal.address in page.url
