"""A hazard from the report to the close, by several people in several browsers."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

from pages import click_middle, go_to, some_grid
from PIL import Image
from playwright.sync_api import Page, Route, expect


def photo() -> bytes:
    """A small JPEG."""
    written = BytesIO()
    Image.new("RGB", (640, 480), (120, 90, 60)).save(written, "JPEG")
    return written.getvalue()


def begin_report(page: Page, words: str) -> None:
    """Fill the form for a hazard in the middle of the map, all but sending it."""
    go_to(page, some_grid(page), "&on=grids&panel=report")
    click_middle(page)
    expect(page.locator(".place-marker")).to_be_visible()
    expect(page.locator(".falls")).to_contain_text("网格")
    page.get_by_label("类别", exact=True).select_option(index=1)
    page.get_by_label("情况说明").fill(words)


def act(page: Page, action: str, words: str = "", unit: str | None = None) -> None:
    """Take a step of the open case."""
    steps = page.get_by_role("region", name="现在可以办")
    steps.get_by_role("button", name=action, exact=True).click()
    if unit is not None:
        steps.get_by_label("派给哪个单位").select_option(label=unit)
    if words:
        steps.get_by_label("说明", exact=True).fill(words)
    steps.get_by_role("button", name=f"确认{action}").click()
    expect(steps.get_by_text(f"已{action}", exact=True)).to_be_visible()


def test_from_report_to_close(sign_in: Callable[..., Page], address: str) -> None:
    duty = sign_in("commander")
    begin_report(duty, "路口垃圾桶满溢，影响通行")
    duty.get_by_label("选择或拍摄照片").set_input_files(
        {"name": "before.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    duty.get_by_role("button", name="上报", exact=True).dblclick()
    expect(duty.get_by_text("已上报，编号")).to_be_visible()
    duty.get_by_role("button", name="查看", exact=True).click()
    expect(duty.locator(".photos img")).to_have_count(1)
    expect(duty.get_by_text("路口垃圾桶满溢").first).to_be_visible()
    link = duty.url
    unit = duty.request.get(f"{address}/api/v1/units?limit=50").json()["items"]
    name = next(item["name"] for item in unit if item["name"].startswith("环卫"))
    act(duty, "派遣", unit=name)
    expect(duty.locator(".badges")).to_contain_text("待接收")

    handler = sign_in("sanitation", link.removeprefix(f"{address}/"))
    act(handler, "处理反馈", "已清运并增设垃圾桶")
    expect(handler.locator(".badges")).to_contain_text("待核查")
    handler.get_by_label("添加整改后照片").set_input_files(
        {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(handler.locator(".photos img")).to_have_count(2)

    duty.reload()
    act(duty, "核查通过", "现场已清理")
    act(duty, "办结")
    expect(duty.locator(".badges")).to_contain_text("已办结")
    # The ledger tells the whole course; two presses of "report" made one case.
    told = duty.locator(".timeline li strong").all_inner_texts()
    assert [step for step in told if step in {"上报", "派遣", "处理反馈", "核查通过", "办结"}] == [
        "上报",
        "派遣",
        "处理反馈",
        "核查通过",
        "办结",
    ]


def test_a_report_that_could_not_be_sent_is_kept_and_sent_once(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("commander")
    words = f"断网时上报的井盖松动 {uuid4().hex[:6]}"
    begin_report(page, words)
    sent: list[str] = []

    def lose_the_answer(route: Route) -> None:
        sent.append(route.request.headers["operation-id"])
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/cases", lose_the_answer)
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_text("没有发出去")).to_be_visible()
    expect(page.get_by_label("情况说明")).to_have_value(words)
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_text("已上报，编号")).to_be_visible()
    assert len(sent) == 2
    assert sent[0] == sent[1]
    listed = page.request.get(f"{address}/api/v1/cases?sort=-received&limit=20").json()["items"]
    details = [page.request.get(f"{address}/api/v1/cases/{item['id']}").json() for item in listed]
    assert [case["description"] for case in details].count(words) == 1


def test_a_step_that_came_late_shows_the_latest(sign_in: Callable[..., Page]) -> None:
    duty = sign_in("commander")
    begin_report(duty, "两人同时办理的路灯不亮")
    duty.get_by_role("button", name="上报", exact=True).click()
    duty.get_by_role("button", name="查看", exact=True).click()
    steps = duty.get_by_role("region", name="现在可以办")
    steps.get_by_role("button", name="作废", exact=True).click()
    steps.get_by_label("说明", exact=True).fill("重复上报")
    other = sign_in("commander", duty.url.split("/", 3)[3])
    act(other, "派遣", unit=first_unit(other))
    steps.get_by_role("button", name="确认作废").click()
    expect(duty.get_by_text("别人刚办了一步")).to_be_visible()
    expect(duty.locator(".badges")).to_contain_text("待接收")


def first_unit(page: Page) -> str:
    """Name of a unit that a case can be dispatched to."""
    root = page.url.split("/#")[0].rstrip("/")
    name: str = page.request.get(f"{root}/api/v1/units?limit=1").json()["items"][0]["name"]
    return name


def test_a_case_outside_all_grids_waits_for_its_place(sign_in: Callable[..., Page]) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="待归格").click()
    expect(page.get_by_role("heading", name="待归格")).to_be_visible()
    expect(page.locator(".case-list, .empty").first).to_be_attached()
