"""Ten past two at night, from the report to the hand-over at eight, by several people."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_town
from pages import PHONE
from people import Clock
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import SecretStr
from served import running
from sqlalchemy import Connection, Engine, text
from test_case import act, photo

from api.app import create_app
from api.cookies import COOKIE
from api.settings import Settings
from data.categories import create_unit, seed_categories
from data.cluster import PrivateCluster
from data.database import open_engine
from data.duty_alerts import alert_on_call
from data.duty_settings import DutySettings, set_duty
from data.rota import NewEntry, add_entry
from data.routing import NewRule, add_rule
from data.server import DatabaseUrls

DESK = (1440, 900)
# 02:10 in the district.
NIGHT = datetime(2026, 11, 20, 18, 10, tzinfo=UTC)
COMMANDER = small_town.account_id("commander")
PEOPLE = {"commander.day": ("commander", "早班"), "handler": ("handler", "市政值班员")}
Opens = Callable[..., Page]


@pytest.fixture
def night_urls(cluster: PrivateCluster, template: str) -> Iterator[DatabaseUrls]:
    """The small town at night: rules, a rota, and who comes at eight."""
    name = f"night_{os.getpid()}"
    cluster.create_database(name, template=template)
    urls = DatabaseUrls(cluster.url("sanbai_app", name), cluster.url("sanbai_owner", name))
    owner = open_engine(urls.owner)
    with owner.begin() as connection:
        small_town.build(connection)
        seed_categories(connection, small_town.DISTRICT)
        unit_id = create_unit(connection, 1, 1, "市政养护中心", None)
        _hire(connection, unit_id)
        rule = NewRule("井盖归市政", codes=("C0*",), unit_id=unit_id)
        add_rule(connection, 1, rule, by=COMMANDER, at=NIGHT)
        set_duty(connection, 1, DutySettings(("red",)), by=COMMANDER, at=NIGHT)
        since, until = NIGHT - timedelta(hours=6), NIGHT + timedelta(hours=6)
        handler = small_town.account_id("handler")
        first = NewEntry(unit_id, since, until, 1, account_id=handler)
        second = NewEntry(unit_id, since, until, 2, post="值班室", desk_number="0533-2680110")
        for entry in (first, second):
            add_entry(connection, 1, entry, by=COMMANDER, at=NIGHT)
    owner.dispose()
    yield urls
    cluster.drop_database(name)


def _hire(connection: Connection, unit_id: int) -> None:
    for login, (role, name) in PEOPLE.items():
        values = {
            "id": small_town.account_id(login),
            "login": login,
            "name": name,
            "unit": unit_id if role == "handler" else None,
            "role": role,
            "at": NIGHT,
        }
        connection.execute(
            text(
                "INSERT INTO account (district_id, id, login, display_name, password_hash,"
                " unit_id, created_at) VALUES (1, :id, :login, :name, 'none', :unit, :at)"
            ),
            values,
        )
        connection.execute(
            text(
                "INSERT INTO assignment (district_id, account_id, role, area_id, validity)"
                " VALUES (1, :id, :role, 1, daterange('2026-01-01', NULL))"
            ),
            values,
        )


@pytest.fixture
def night(night_urls: DatabaseUrls, tmp_path: Path) -> Iterator[tuple[str, Clock, Engine]]:
    """A server at that hour: its address, its clock, and what its worker works on."""
    clock = Clock()
    clock.at = NIGHT
    settings = Settings(
        _env_file=None,
        home=tmp_path,
        database_url=SecretStr(night_urls.app),
        migration_database_url=SecretStr(night_urls.owner),
        session_memory_s=0,
    )
    engine = open_engine(night_urls.app)
    with running(create_app(settings, clock=clock)) as server:
        yield server.address, clock, engine
    engine.dispose()


@pytest.fixture
def opens(browser: Browser, night: tuple[str, Clock, Engine]) -> Iterator[Opens]:
    """Open somebody's page at the server's hour; script errors fail the test."""
    address, clock, engine = night
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_one(login: str, link: str = "", *, size: tuple[int, int] = DESK) -> Page:
        phone = size[0] < 800
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            has_touch=phone,
            is_mobile=phone,
        )
        # Nobody asks these phones whether they would rather have the officer's app.
        context.add_init_script("localStorage.setItem('sanbai.client', 'desk')")
        contexts.append(context)
        with engine.begin() as connection:
            token = small_town.sign_in(connection, login)
        context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
        page = context.new_page()
        page.clock.set_fixed_time(clock.at)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}/{link}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


def test_from_the_report_at_ten_past_two_to_the_hand_over_at_eight(
    opens: Opens, night: tuple[str, Clock, Engine], tmp_path: Path
) -> None:
    _, clock, engine = night
    pictures = Path(os.environ.get("SANBAI_E2E_PICTURES", tmp_path))
    desk = opens("commander", "#panel=duty")
    expect(desk.get_by_text("现在没有急办的问题")).to_be_visible()
    report(opens("officer", size=PHONE), "东岳路口井盖不见了，车辆绕行")

    urgent = desk.get_by_role("region", name="急办")
    case = urgent.locator(".desk-case")
    expect(case).to_have_count(1)
    expect(case).to_contain_text("井盖缺失")
    expect(case).to_contain_text("市政养护中心")
    expect(case).to_contain_text("通知市政值班员")
    desk.screenshot(path=pictures / "night-1-desk.png")

    clock.forward(minutes=11)
    at_the_hour(desk, clock)
    alert_on_call(engine, clock.at)
    call_up(desk, pictures)
    case.locator("button").first.click()
    link = desk.url.split("/", 3)[3]
    expect(desk.get_by_text("规则“井盖归市政”，类别 C0*")).to_be_visible()
    desk.screenshot(path=pictures / "night-3-case.png")
    put_right(opens("handler", link))
    clock.forward(minutes=50)
    at_the_hour(desk, clock)
    desk.reload()
    act(desk, "核查通过", "现场已加盖")
    act(desk, "办结")

    clock.at = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    hand_over(desk, clock)
    desk.screenshot(path=pictures / "night-4-signed.png", full_page=True)
    day = opens("commander.day", "#panel=handovers")
    day.get_by_role("button", name="确认接班").click()
    expect(day.get_by_text("东岳路口已加盖")).to_be_visible()
    day.get_by_label("接班意见").fill("已看")
    day.get_by_role("button", name="确认接班").click()
    sheet = day.locator(".handover-sheet")
    expect(sheet.locator(".signatures")).to_contain_text("早班")
    expect(sheet).to_contain_text("与签字时一致")
    expect(sheet).to_contain_text("井盖缺失")
    day.screenshot(path=pictures / "night-5-taken.png", full_page=True)
    expect(day.get_by_role("button", name="确认接班")).to_have_count(0)


def report(page: Page, words: str) -> None:
    """A missing manhole cover, from an officer's phone."""
    page.evaluate("location.hash = '#at=118.00500,36.83000,16&on=grids&panel=report'")
    page.reload()
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    # On a phone the form covers the lower half of the map.
    page.touchscreen.tap(PHONE[0] / 2, PHONE[1] / 4)
    expect(page.locator(".falls")).to_contain_text("网格")
    category = page.get_by_label("类别", exact=True)
    category.select_option(label=category.locator("option", has_text="井盖缺失").inner_text())
    page.get_by_label("情况说明").fill(words)
    page.get_by_label("选择或拍摄照片").set_input_files(
        {"name": "before.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_text("已上报，编号")).to_be_visible()


def call_up(desk: Page, pictures: Path) -> None:
    """Nobody accepted, the next has no account: the duty officer telephones, by keys alone."""
    case = desk.get_by_role("region", name="急办").locator(".desk-case")
    desk.keyboard.press("r")
    expect(case).to_contain_text("应电话通知市政养护中心 值班室 0533-2680110")
    desk.keyboard.press("j")
    desk.keyboard.press("c")
    call = desk.get_by_role("dialog", name="记一次电话")
    expect(call.get_by_label("找的谁")).to_have_value("市政养护中心 值班室")
    call.get_by_label("说了什么").fill("已派人带警示柱")
    call.get_by_label("答应什么时候前").select_option(label="40 分钟内")
    desk.screenshot(path=pictures / "night-2-call.png")
    call.get_by_role("button", name="记下").click()
    promises = desk.get_by_role("region", name="答应的事")
    expect(promises).to_contain_text("已派人带警示柱")
    expect(promises).to_contain_text("还有 40 分钟")


def put_right(page: Page) -> None:
    """Whoever is on call takes it on, puts it right and shows it."""
    act(page, "接收")
    act(page, "处理反馈", "已加盖新井盖，撤除警示柱")
    page.get_by_label("添加整改后照片").set_input_files(
        {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(page.locator(".photos img")).to_have_count(2)


def at_the_hour(page: Page, clock: Clock) -> None:
    """Let the browser's clock show what the server's does."""
    page.clock.set_fixed_time(clock.at)


def hand_over(page: Page, clock: Clock) -> None:
    """Sign the shift that began at eight in the evening."""
    at_the_hour(page, clock)
    page.evaluate("location.hash = '#panel=handovers'")
    page.reload()
    page.get_by_label("本班从").fill("2026-11-20T20:00")
    page.get_by_label("要交代的").fill("东岳路口已加盖，早上再看一眼")
    page.get_by_role("button", name="签字交班").click()
    expect(page.get_by_text("已签字，等接班的人确认")).to_be_visible()
