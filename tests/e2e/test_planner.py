"""The planner's work place in a browser: draw up, edit, come late, preview, publish, reverse."""

import math
import re
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from pages import PHONE
from playwright.sync_api import Page, expect

OPEN = "打开编辑"
TILE_PX = 256
Corner = tuple[float, float]


def api(page: Page) -> str:
    """Where the API of a page's server is."""
    return "/".join(page.url.split("/")[:3]) + "/api/v1"


def draft_of(page: Page, plan_id: int) -> dict[str, Any]:
    """A draft as the server has it."""
    found: dict[str, Any] = page.request.get(f"{api(page)}/plans/{plan_id}/draft").json()
    return found


def households_of(draft: dict[str, Any]) -> int:
    """Households of all grids of a draft."""
    return sum(grid["households"] for grid in draft["grids"])


def shapes(draft: dict[str, Any]) -> dict[int, Any]:
    """Shapes of a draft's grids, digit by digit."""
    return {grid["grid_id"]: grid["geometry"] for grid in draft["grids"]}


def draw_up(page: Page, name: str) -> int:
    """Draw up a draft for the whole county and wait in the list until it can be opened."""
    areas = page.request.get(f"{api(page)}/areas?level=district").json()["items"]
    answer = page.request.post(
        f"{api(page)}/plans",
        headers={"Operation-Id": str(uuid4()), "X-Sanbai": "1"},
        data={"area_id": areas[0]["id"], "name": name, "households": 300},
    )
    assert answer.status == 202, answer.text()
    plan_id: int = answer.json()["id"]
    page.get_by_role("button", name="网格规划", exact=True).click()
    expect(row(page, plan_id).get_by_role("button", name=OPEN)).to_be_visible(timeout=60_000)
    return plan_id


def row(page: Page, plan_id: int) -> Any:
    """The line of a plan in the list."""
    return page.locator(f'[data-plan="{plan_id}"]')


def open_editor(page: Page, plan_id: int) -> None:
    """Open a plan and wait until its grids are on the map and counted."""
    row(page, plan_id).get_by_role("button", name=OPEN).click()
    until_settled(page)


def until_settled(page: Page) -> None:
    """Wait for the draft's grids, and for the map to stand where they are."""
    expect(page.locator("[data-grid]").first).to_be_visible()
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")


def choose(page: Page, *grid_ids: int) -> None:
    """Select grids in the table."""
    for at, grid_id in enumerate(grid_ids):
        held = ["Control"] if at else []
        page.locator(f'[data-grid="{grid_id}"] .is-name').click(modifiers=held)  # type: ignore[arg-type]


def show_chosen(page: Page) -> None:
    """Bring what is selected into view and wait until the map stands still there."""
    before = page.url
    page.keyboard.press("f")
    expect(page).not_to_have_url(before)
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")


def pixel(page: Page, corner: Corner) -> tuple[float, float]:
    """Where a position is on the page, by the place and zoom in the address."""
    found = re.search(r"at=([-\d.]+),([-\d.]+),(\d+)", page.url)
    box = page.locator("#map").bounding_box()
    assert found is not None
    assert box is not None
    lon, lat, zoom = float(found[1]), float(found[2]), int(found[3])
    (x0, y0), (x, y) = world((lon, lat), zoom), world(corner, zoom)
    return box["x"] + box["width"] / 2 + x - x0, box["y"] + box["height"] / 2 + y - y0


def world(corner: Corner, zoom: int) -> tuple[float, float]:
    """Web Mercator pixels of the world."""
    side = TILE_PX * 2**zoom
    sine = math.sin(math.radians(corner[1]))
    y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
    return (corner[0] + 180) / 360 * side, y * side


def junction(draft: dict[str, Any]) -> tuple[Corner, list[int]]:
    """A corner that three grids of one community share, with room to move; and those grids."""
    at: dict[Corner, set[int]] = defaultdict(set)
    room: dict[Corner, float] = defaultdict(lambda: math.inf)
    area = {grid["grid_id"]: grid["area_id"] for grid in draft["grids"]}
    for grid in draft["grids"]:
        ring = [(lon, lat) for lon, lat in grid["geometry"]["coordinates"][0]]
        for one, other in pairwise(ring):
            length = math.dist(one, other)
            for corner in (one, other):
                at[corner].add(grid["grid_id"])
                room[corner] = min(room[corner], length)
    inner = [
        corner
        for corner, ids in at.items()
        if len(ids) > 2 and len({area[one] for one in ids}) == 1
    ]
    widest = max(inner, key=lambda corner: room[corner])
    return widest, sorted(at[widest])


def neighbours(draft: dict[str, Any]) -> tuple[int, int]:
    """Two grids of one community that share an edge."""
    edges: dict[frozenset[Corner], list[dict[str, Any]]] = defaultdict(list)
    for grid in draft["grids"]:
        ring = [tuple(corner) for corner in grid["geometry"]["coordinates"][0]]
        for edge in pairwise(ring):
            edges[frozenset(edge)].append(grid)
    for sides in edges.values():
        if len(sides) == 2 and sides[0]["area_id"] == sides[1]["area_id"]:
            return sides[0]["grid_id"], sides[1]["grid_id"]
    pytest.fail("no two grids of one community touch")


def until_saved(page: Page, press: Callable[[], None], path: str = "/edits") -> dict[str, Any]:
    """Do something that is sent to the server, and wait until its answer is drawn."""
    with page.expect_response(lambda answer: answer.url.endswith(path)) as told:
        press()
    assert told.value.status == 200, told.value.text()
    edited: dict[str, Any] = told.value.json()
    expect(page.get_by_text("正在保存…")).to_have_count(0)
    return edited


def test_a_plan_is_drawn_up_edited_and_discarded(
    sign_in: Callable[..., Page], worker: None
) -> None:
    page = sign_in("planner")
    page.get_by_role("button", name="网格规划", exact=True).click()
    page.get_by_role("button", name="起草方案").click()
    page.get_by_role("button", name="开始划分").click()
    expect(page.get_by_text("请写方案名称。")).to_be_visible()
    form = page.get_by_role("form", name="起草方案")
    form.locator("select").select_option(index=1)
    form.get_by_label("方案名称").fill("浏览器里起草的方案")
    form.get_by_label("事由").fill("新建小区入住")
    page.get_by_role("button", name="开始划分").click()
    drawn = page.locator("[data-plan]", has_text="浏览器里起草的方案")
    expect(drawn.get_by_role("button", name=OPEN)).to_be_visible(timeout=60_000)
    expect(drawn).to_contain_text("±10 %")
    drawn.get_by_role("button", name="废弃").click()
    drawn.get_by_role("alertdialog").get_by_role("button", name="废弃").click()
    expect(drawn).to_have_count(0)


def test_move_split_merge_undo_and_redo(sign_in: Callable[..., Page], worker: None) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "移动、切分、合并")
    open_editor(page, plan_id)
    start = draft_of(page, plan_id)
    corner, ids = junction(start)
    choose(page, ids[0])
    show_chosen(page)

    page.keyboard.press("m")
    x, y = pixel(page, corner)
    page.keyboard.down("Alt")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 3, y + 4, steps=4)
    moved = until_saved(page, page.mouse.up)
    page.keyboard.up("Alt")
    assert {grid["grid_id"] for grid in moved["changed"]} == set(ids)
    after = draft_of(page, plan_id)
    assert households_of(after) == households_of(start)
    until_saved(page, lambda: page.keyboard.press("Control+z"), "/undo")
    assert shapes(draft_of(page, plan_id)) == shapes(start)
    until_saved(page, lambda: page.keyboard.press("Control+Shift+Z"), "/redo")
    assert shapes(draft_of(page, plan_id)) == shapes(after) != shapes(start)

    halved = split_in_the_middle(page, after, ids[0])
    assert len(halved["changed"]) >= 2
    # A grid that is no simple shape falls into more than two parts.
    assert len(draft_of(page, plan_id)["grids"]) > len(start["grids"])
    expect(page.locator(".off-mark.is-red").first).to_be_visible()

    # Undo reaches back over a reload of the page.
    page.reload()
    until_settled(page)
    until_saved(page, lambda: page.keyboard.press("Control+z"), "/undo")
    assert len(draft_of(page, plan_id)["grids"]) == len(start["grids"])

    choose(page, *neighbours(start))
    merged = until_saved(page, lambda: page.keyboard.press("g"))
    assert len(merged["removed"]) == 1
    assert households_of(draft_of(page, plan_id)) == households_of(start)
    choose(page, merged["changed"][0]["grid_id"])
    page.keyboard.press("g")
    expect(page.get_by_text("请先选中两个以上相邻的网格。")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="全部快捷键")).to_be_visible()


def split_in_the_middle(page: Page, draft: dict[str, Any], grid_id: int) -> dict[str, Any]:
    """Draw a line from west to east over a grid and end it by Enter."""
    grid = next(grid for grid in draft["grids"] if grid["grid_id"] == grid_id)
    lons, lats = zip(*grid["geometry"]["coordinates"][0], strict=True)
    beyond = 0.1 * (max(lons) - min(lons))
    lat = (min(lats) + max(lats)) / 2
    page.keyboard.press("s")
    page.keyboard.down("Alt")
    for lon in (min(lons) - beyond, max(lons) + beyond):
        page.mouse.click(*pixel(page, (lon, lat)))
    page.keyboard.up("Alt")
    expect(page.get_by_text("已画 2 点")).to_be_visible()
    return until_saved(page, lambda: page.keyboard.press("Enter"))


def test_two_planners_at_once_lose_nothing(sign_in: Callable[..., Page], worker: None) -> None:
    first = sign_in("planner")
    plan_id = draw_up(first, "两人同时改")
    open_editor(first, plan_id)
    second = sign_in("planner", first.url.split("/", 3)[3])
    until_settled(second)
    corner, ids = junction(draft_of(first, plan_id))

    rename(second, ids[0], "对方起的名")
    choose(first, ids[0])
    show_chosen(first)
    first.keyboard.press("m")
    x, y = pixel(first, corner)
    first.keyboard.down("Alt")
    first.mouse.move(x, y)
    first.mouse.down()
    first.mouse.move(x - 4, y - 3, steps=3)
    first.mouse.up()
    first.keyboard.up("Alt")
    late = first.get_by_role("alertdialog", name="别的规划员先改了这里")
    expect(late).to_be_visible()
    expect(late.get_by_role("img")).to_have_count(2)
    until_saved(first, late.get_by_role("button", name="在对方的基础上再做一次我的").click)
    expect(late).to_have_count(0)
    now = next(g for g in draft_of(first, plan_id)["grids"] if g["grid_id"] == ids[0])
    assert now["name"] == "对方起的名"
    assert list(corner) not in now["geometry"]["coordinates"][0]

    rename(first, ids[1], "先改的名")
    choose(second, ids[1])
    field(second).fill("后改的名")
    second.keyboard.press("Enter")
    late = second.get_by_role("alertdialog", name="别的规划员先改了这里")
    late.get_by_role("button", name="用对方的").click()
    expect(late).to_have_count(0)
    expect(second.locator(f'[data-grid="{ids[1]}"]')).to_contain_text("先改的名")


def field(page: Page) -> Any:
    """Where the name of the selected grid is written."""
    return page.locator(".selected-grid input")


def rename(page: Page, grid_id: int, name: str) -> None:
    """Give a grid another name and wait until it is saved."""
    choose(page, grid_id)
    field(page).fill(name)
    until_saved(page, lambda: page.keyboard.press("Enter"))


def test_an_edit_waits_for_the_network_and_is_done_once(
    sign_in: Callable[..., Page], worker: None
) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "没有网络")
    open_editor(page, plan_id)
    grid_id = draft_of(page, plan_id)["grids"][0]["grid_id"]
    sent: list[str | None] = []

    def lose_the_answer(route: Any) -> None:
        sent.append(route.request.headers.get("operation-id"))
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/edits", lose_the_answer)
    choose(page, grid_id)
    field(page).fill("断网时起的名")
    page.keyboard.press("Enter")
    expect(page.get_by_text("没有发出去，正在等网络")).to_be_visible()
    page.get_by_role("button", name="现在重发").click()
    expect(page.locator(f'[data-grid="{grid_id}"]')).to_contain_text("断网时起的名")
    assert len(set(sent)) == 1
    assert draft_of(page, plan_id)["revision"] == 1


def test_check_approve_preview_publish_and_reverse(
    sign_in: Callable[..., Page], worker: None
) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "检查到发布")
    open_editor(page, plan_id)
    choose(page, *neighbours(draft_of(page, plan_id)))
    until_saved(page, lambda: page.keyboard.press("g"))

    page.get_by_role("button", name="检查与发布").click()
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.get_by_text("检查通过")).to_be_visible()
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.locator(".planner-head .chip")).to_have_text("已批准")
    preview = page.get_by_role("region", name="三、发布前预览")
    preview.get_by_role("button", name="预览", exact=True).click()
    expect(preview.locator(".preview-table tbody tr").first).to_be_visible()
    expect(preview).to_contain_text("结束")
    for name in ("问题", "网格员", "网格"):
        preview.get_by_role("button", name=name, exact=True).click()
        expect(preview.locator(".preview-table, .moving-cases, .empty").first).to_be_attached()

    publication = page.get_by_role("region", name="四、发布")
    officer_changed(publication)
    publication.get_by_label("发布事由").fill("两格合并")
    publication.get_by_label("已看过预览，确认发布").check()
    publication.get_by_role("button", name=re.compile("^发布，")).click()
    expect(page.locator(".planner-head .chip")).to_have_text("已发布")
    expect(page.locator(".course-history")).to_contain_text("两格合并")

    page.get_by_role("button", name="还原这份方案").click()
    page.get_by_label("还原事由").fill("合并有误")
    page.get_by_role("button", name="起草还原方案").click()
    expect(page).not_to_have_url(re.compile(rf"plan={plan_id}\b"))
    expect(page.locator(".planner-head .chip")).to_have_text("草案")


def officer_changed(publication: Any) -> None:
    """Put somebody else in charge of the first grid that changes; his load follows."""
    row = publication.locator("[data-charge]").first
    row.get_by_role("button", name="更换").click()
    proposed = row.locator(".charge-chip").count()
    options = row.locator("select option")
    expect(options).not_to_have_count(1)
    other = options.nth(1).get_attribute("value")
    row.locator("select").select_option(other)
    expect(row.locator(".charge-chip")).to_have_count(proposed + 1)
    expect(publication.locator(f'[data-staff="{other}"]')).to_be_visible()
    expect(publication).to_contain_text("有 1 个网格与建议不同")


def test_a_phone_shows_and_does_not_edit(sign_in: Callable[..., Page], worker: None) -> None:
    desk = sign_in("planner")
    plan_id = draw_up(desk, "手机上看")
    phone = sign_in("planner", f"#panel=plans&plan={plan_id}", size=PHONE)
    until_settled(phone)
    expect(phone.get_by_text("编辑请用更大的屏幕")).to_be_visible()
    expect(phone.get_by_role("toolbar")).to_have_count(0)
    phone.get_by_role("button", name="方案列表").click()
    expect(phone.get_by_text("编辑网格请用更大的屏幕")).to_be_visible()
    expect(phone.get_by_role("button", name="起草方案")).to_have_count(0)


def test_others_do_not_see_the_planners_place(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    expect(page.get_by_role("button", name="热点", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="网格规划", exact=True)).to_have_count(0)
