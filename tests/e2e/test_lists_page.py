"""A duty officer imports a running list in a real browser and places what has to wait."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from pages import PHONE
from playwright.sync_api import Page, expect

# Of this run alone: a server that runs already may have learnt from an earlier one.
RUN = uuid4().hex[:6]
NEW_WORD = f"没人扫地{RUN}"
HEADER = (
    *("序号", "工单编号", "受理日期", "诉求类别", "地址", "诉求内容", "联系电话", "办理情况"),
    f"说明{RUN}",
)


def a_list(page: Page, address: str, turn: str) -> bytes:
    """Six rows about the town as it is: sure places, one that is not, one that cannot be read."""
    read: dict[str, Any] = page.request.get(f"{address}/api/v1/buildings?limit=200").json()
    houses = [house for house in read["items"] if house["address"]]
    compounds = [house["compound"] for house in houses if house["compound"]]
    shared = next(name for name in compounds if compounds.count(name) > 2)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["12345热线台账"])
    sheet.merge_cells("A1:H1")
    sheet.append(list(HEADER))
    for at, house in enumerate(houses[:4]):
        sheet.append(_row(at, turn, "11月3日", "暴露垃圾", house["address"]))
    sheet.append(_row(4, turn, "2026.11.4", NEW_WORD, shared))
    sheet.append(_row(5, turn, "上周三", "暴露垃圾", houses[0]["address"]))
    sheet.append(["合计", 6])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(at: int, turn: str, day: str, category: str, where: str) -> list[Any]:
    said = f"第{at}件"
    return [at, f"{turn}-{at}", day, category, where, said, "13800138000", "办理中"]


def choose(page: Page, body: bytes) -> None:
    page.get_by_label("选择文件，或拖到这里").set_input_files(
        {
            "name": "台账.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": body,
        }
    )


def count_of(page: Page, name: str) -> int:
    """A figure of the check or of the outcome."""
    box = page.locator(".lists-counts > div").filter(has_text=name)
    return int(box.locator("dd").inner_text())


@pytest.mark.usefixtures("worker")
def test_a_list_is_imported_and_what_waits_is_placed(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("commander")
    turn = uuid4().hex[:6]
    body = a_list(page, address, turn)
    page.get_by_role("button", name="上报问题").click()
    page.get_by_role("button", name="批量导入台账").click()
    expect(page.get_by_text("姓名、电话、身份证号等列不读取")).to_be_visible()
    choose(page, body)
    columns = page.locator(".lists-columns")
    expect(columns.get_by_label("“地址”列是什么")).to_have_value("address")
    expect(columns.locator(".is-private")).to_contain_text("联系电话")
    page.get_by_label("台账名称").fill(f"热线{turn}")
    page.get_by_role("button", name="检查", exact=True).last.click()

    expect(page.get_by_label(f"“{NEW_WORD}”是什么")).to_be_visible()
    assert (count_of(page, "新增"), count_of(page, "未能导入")) == (4, 2)
    expect(page.locator(".lists-rows")).to_contain_text("看不懂这个日期")
    page.get_by_label(f"“{NEW_WORD}”是什么").select_option(label="06010 暴露垃圾")
    page.get_by_role("button", name="按选择重新检查").click()
    expect(page.locator(".lists-words")).to_have_count(0)
    assert (count_of(page, "新增"), count_of(page, "待归格")) == (5, 1)
    with page.expect_download() as saved:
        page.get_by_role("button", name="下载未导入的行").click()
    mended = io.BytesIO(saved.value.path().read_bytes())
    sheet = openpyxl.load_workbook(mended).worksheets[0]
    assert sheet.max_row == 2
    page.get_by_role("button", name="导入新增 5 条").click()
    expect(page.get_by_text(f"“热线{turn}”已导入。")).to_be_visible()
    assert (count_of(page, "新增"), count_of(page, "已登记")) == (5, 0)

    page.get_by_role("button", name="去归格").click()
    waiting = page.locator(".triage-item").filter(has_text=f"{turn}-4")
    waiting.locator(".triage-head").click()
    expect(waiting.locator(".triage-candidates button").first).to_have_attribute(
        "aria-pressed", "true"
    )
    waiting.locator(".triage-head").focus()
    page.keyboard.press("m")
    expect(waiting.get_by_text("请在地图上点出位置")).to_be_visible()
    page.keyboard.press("1")
    expect(waiting.locator(".triage-candidates button").first).to_have_attribute(
        "aria-pressed", "true"
    )
    waiting.get_by_role("button", name="归到这里").click()
    expect(page.locator(".panel .is-done")).to_contain_text("已归到")
    expect(waiting).to_have_count(0)


@pytest.mark.usefixtures("worker")
def test_the_same_list_needs_no_clicks_the_next_time(
    sign_in: Callable[..., Page], address: str
) -> None:
    page = sign_in("commander", size=PHONE)
    body = a_list(page, address, uuid4().hex[:6])
    page.goto(f"{address}/#panel=lists")
    choose(page, body)
    # The first test has taught name, columns and words of this header.
    expect(page.locator(".lists-counts")).to_be_visible()
    expect(page.locator(".lists-words")).to_have_count(0)
    page.get_by_role("button", name="导入新增 5 条").click()
    expect(page.get_by_text("已导入。")).to_be_visible()
    page.get_by_role("button", name="再导入一份").click()
    choose(page, body)
    expect(page.get_by_text("没有新的")).to_be_visible()
    assert (count_of(page, "新增"), count_of(page, "已登记")) == (0, 5)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide
