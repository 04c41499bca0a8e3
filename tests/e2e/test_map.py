"""The map in a browser: signing in, colours, cards, search, hotspots, languages, links, phone."""

import re
from collections.abc import Callable

from pages import PHONE, click_middle, go_to, some_grid
from playwright.sync_api import Page, Request, expect

# Polls in the page, since its content security policy lets no test evaluate strings there.
OTHER_COLOURS = """async (before) => {
  const colours = () => {
    const seen = new Set()
    for (const tile of document.querySelectorAll('.leaflet-grids-pane .leaflet-tile-loaded')) {
      const copy = document.createElement('canvas')
      copy.width = copy.height = 64
      const context = copy.getContext('2d')
      context.imageSmoothingEnabled = false
      context.drawImage(tile, 0, 0, 64, 64)
      const { data } = context.getImageData(0, 0, 64, 64)
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 90 && data[i + 3] < 160) seen.add(data.slice(i, i + 3).join())
      }
    }
    return [...seen].sort().join(' ')
  }
  while (colours() === before) await new Promise(requestAnimationFrame)
  return colours()
}"""


def test_sign_in_refuses_and_lets_in(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_label("账号").fill("commander")
    page.get_by_label("密码").fill("not this one")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对。")
    page.get_by_label("密码").fill("sanbai-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="辖区概况")).to_be_visible()


def test_grids_are_coloured_and_restyled_without_a_fetch(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    expect(page.locator(".legend")).to_contain_text("整改率")
    before = page.evaluate(OTHER_COLOURS, "")
    assert before.count(" ") >= 1
    fetched: list[str] = []

    def note(request: Request) -> None:
        if "/tiles/" in request.url:
            fetched.append(request.url)

    page.on("request", note)
    page.get_by_role("button", name="图层").first.click()
    page.get_by_role("radio", name="户数").check()
    assert page.evaluate(OTHER_COLOURS, before) != before
    expect(page.locator(".legend")).to_contain_text("目标约三百户")
    assert fetched == []


def test_a_click_on_a_grid_opens_its_card(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    grid = some_grid(page)
    go_to(page, grid, "&on=grids")
    click_middle(page)
    panel = page.get_by_role("complementary", name="详情面板")
    expect(panel.get_by_role("heading", name=grid["name"])).to_be_visible()
    expect(panel).to_contain_text(grid["code"])
    expect(panel).to_contain_text(f"{grid['households']:,}")
    assert f"sel=grid:{grid['id']}" in page.url
    page.go_back()
    expect(panel.get_by_role("heading", name="辖区概况")).to_be_visible()


def test_search_by_keyboard(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    grid = some_grid(page)
    page.locator("#map").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(grid["code"])
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text(grid["code"])
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("绝无此处")
    expect(page.locator(".search-list")).to_contain_text("没有找到")


def test_hotspots_by_period(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="热点", exact=True).click()
    slider = page.get_by_role("slider", name="时段")
    latest = slider.get_attribute("aria-valuetext")
    page.get_by_role("button", name="前一时段").click()
    expect(slider).not_to_have_attribute("aria-valuetext", latest or "")
    assert "until=" in page.url
    expect(page.locator(".legend")).to_contain_text("明显多于周边")
    page.get_by_role("button", name="密度", exact=True).click()
    expect(page.locator(".density-tiles img").first).to_be_visible()
    page.get_by_role("button", name="按网格").click()
    expect(page.locator(".density-tiles")).to_have_count(0)


def test_a_patrol_is_drawn(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="巡查轨迹").click()
    page.get_by_role("button", name="班次", exact=True).click()
    # Of days ago: today's are seen first by whoever walked them.
    page.locator(".case-row:not([disabled])").last.click()
    # Whoever looks is told that the look is kept, before the track is opened.
    expect(page.get_by_text("您这次查看会被记下")).to_be_visible()
    expect(page.locator(".leaflet-tracks-pane path")).to_have_count(0)
    page.get_by_role("button", name="知道了，看轨迹").click()
    expect(page.get_by_text("看过这条轨迹的")).to_be_visible()
    expect(page.locator(".leaflet-tracks-pane path").first).to_be_attached()
    assert "shift=" in page.url


def test_language_switch_is_kept(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="English").first.click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert re.search("[\u4e00-\u9fff]", page.locator(".legend").inner_text()) is None
    page.reload()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_link_shows_the_same_after_signing_in(open_page: Callable[..., Page]) -> None:
    link = "#theme=overdue&on=grids,roads&panel=hotspots&hot=grid"
    page = open_page(link)
    page.get_by_label("账号").fill("commander")
    page.get_by_label("密码").fill("sanbai-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="热点", exact=True).first).to_be_visible()
    page.get_by_role("button", name="图层").first.click()
    expect(page.get_by_role("radio", name="已超期")).to_be_checked()
    expect(page.get_by_role("checkbox", name="问题点")).not_to_be_checked()
    expect(page.get_by_role("button", name="按网格")).to_have_attribute("aria-pressed", "true")


def test_the_end_of_a_session_comes_back_to_the_same_place(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    grid = some_grid(page)
    go_to(page, grid, "&on=grids")
    page.context.clear_cookies()
    click_middle(page)
    expect(page.get_by_text("登录已过期")).to_be_visible()
    page.get_by_label("账号").fill("commander")
    page.get_by_label("密码").fill("sanbai-demo")
    page.get_by_role("button", name="登录", exact=True).click()
    panel = page.get_by_role("complementary", name="详情面板")
    expect(panel.get_by_role("heading", name=grid["name"])).to_be_visible()


def test_a_phone_has_a_sheet_and_large_targets(sign_in: Callable[..., Page]) -> None:
    page = sign_in("officer001", size=PHONE)
    sheet = page.locator(".side-panel")
    box = sheet.bounding_box()
    assert box is not None
    assert box["width"] == PHONE[0]
    assert box["y"] > PHONE[1] * 0.35
    too_small = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select')]
          .filter((e) => e.offsetParent && e.type !== 'radio' && e.type !== 'checkbox')
          .filter((e) => !e.matches('.notice button, .legend *'))
          .map((e) => [e.className, e.getBoundingClientRect()])
          .filter(([, r]) => r.height > 0 && r.height < 43.5)
          .map(([name, r]) => `${name} ${r.height}`)"""
    )
    assert too_small == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    page.get_by_role("button", name="展开面板").press("Enter")
    expect(sheet).to_have_class(re.compile("is-full"))


def test_the_wall_screen_has_figures_in_large_type(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander", "?wall=1")
    expect(page.locator(".wall-strip")).to_contain_text("整改率")
    expect(page.locator(".side-panel")).to_have_count(0)
