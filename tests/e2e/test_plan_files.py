"""Files around a plan in a browser: sheets under the map, signed papers beside the course."""

import io
from typing import Any

import pytest
import sheets
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from test_planner import api, draft_of, draw_up, open_editor, pixel

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
pytestmark = pytest.mark.usefixtures("worker")


def box_of(draft: dict[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east and north of the first grid of a draft."""
    points = [point for ring in draft["grids"][0]["geometry"]["coordinates"] for point in ring]
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def upload(page: Page, button: str, name: str, raw: bytes) -> None:
    """Choose a file with the input inside a button."""
    kind = "application/octet-stream"
    label = page.locator("label", has_text=button)
    label.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": raw}
    )


def scanned() -> bytes:
    """A sheet with a frame and a cross."""
    sheet = Image.new("RGB", (600, 400), "white")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((4, 4, 595, 395), outline="black", width=6)
    pen.line((0, 0, 600, 400), fill="black", width=4)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def test_drawings_and_scans_lie_under_the_map(sign_in: Any) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "图纸")
    open_editor(page, plan_id)
    draft = draft_of(page, plan_id)
    west, south, east, north = box_of(draft)
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    page.get_by_role("button", name="图纸", exact=True).click()
    panel = page.get_by_role("region", name="图纸底图")
    systems = page.request.get(f"{api(page)}/plans/{plan_id}/backdrops").json()["systems"]
    wrong, right = systems[2]["code"], systems[0]["code"]
    panel.get_by_label("DXF 的坐标系").select_option(wrong)
    drawing = sheets.dxf(
        sheets.line(sheets.in_system(right, corners))
        + sheets.writing("规划路", sheets.in_system(right, corners)[2])
    )
    upload(page, "添加图纸", "控规.dxf", drawing)
    expect(panel.get_by_text("按这个坐标系，图纸不在本地")).to_be_visible()
    panel.get_by_role("button", name="不带带号").click()
    expect(panel.get_by_role("checkbox", name="控规.dxf")).to_be_checked()
    expect(page.locator(".leaflet-sheets-pane canvas")).to_be_visible()

    upload(page, "添加图纸", "旧图.png", scanned())
    placing = page.get_by_role("region", name="配准：旧图.png")
    picture = placing.get_by_role("img", name="旧图.png")
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.sheet-paper img').naturalWidth > 0")
    # East of the middle, where the sheet beside it leaves the map free.
    middle, upper = west + 0.6 * (east - west), south + 0.6 * (north - south)
    right_side, lower = west + 0.95 * (east - west), south + 0.2 * (north - south)
    sides = [
        (0.01, 0.01, middle, upper),
        (0.99, 0.01, right_side, upper),
        (0.99, 0.99, right_side, lower),
    ]
    for x, y, lon, lat in sides:
        box = picture.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        expect(placing.get_by_text("再点地图上的同一处")).to_be_visible()
        page.mouse.click(*pixel(page, (lon, lat)))
    expect(placing.get_by_text("控制点 3")).to_be_visible()
    placing.get_by_role("button", name="配准", exact=True).click()
    expect(placing.get_by_text("均方误差")).to_be_visible()
    expect(page.locator(".leaflet-sheets-pane img")).to_be_visible()
    placing.get_by_role("button", name="关闭配准").click()
    stored = page.request.get(f"{api(page)}/plans/{plan_id}/backdrops").json()["backdrops"]
    assert [(one["kind"], one["placed"]["by"]) for one in stored] == [
        ("drawing", "system"),
        ("scan", "points"),
    ]
    page.reload()
    expect(page.locator(".leaflet-sheets-pane canvas")).to_be_visible()
    expect(page.locator(".leaflet-sheets-pane img")).to_be_visible()
    assert draft_of(page, plan_id)["revision"] == draft["revision"], "placing edits no grid"


def test_a_page_of_a_pdf_is_chosen(sign_in: Any) -> None:
    page = sign_in("planner")
    plan_id = draw_up(page, "册子")
    open_editor(page, plan_id)
    page.get_by_role("button", name="图纸", exact=True).click()
    panel = page.get_by_role("region", name="图纸底图")
    upload(page, "添加图纸", "控规.pdf", sheets.pdf([(595, 842), (842, 595)]))
    form = panel.get_by_role("form", name="PDF 的第几页")
    number = form.get_by_label("控规.pdf 的第几页")
    expect(number).to_have_value("1")
    number.fill("3")
    form.get_by_role("button", name="添加这一页").click()
    expect(panel.get_by_text("没有第 3 页，这份 PDF 共 2 页")).to_be_visible()
    number.fill("2")
    form.get_by_role("button", name="添加这一页").click()
    expect(panel.get_by_text("PDF 第 2 页，共 2 页")).to_be_visible()
    expect(form.get_by_text("共 2 页，还可以添加别的页")).to_be_visible()
    expect(page.get_by_role("region", name="配准：控规.pdf")).to_be_visible()
    form.get_by_role("button", name="取消").click()
    expect(form).to_have_count(0)


def test_a_signed_paper_is_added_after_the_check(sign_in: Any) -> None:
    page = sign_in("planner")
    open_editor(page, draw_up(page, "盖章"))
    page.get_by_role("button", name="检查与发布").click()
    papers = page.get_by_role("region", name="盖章件")
    expect(papers.get_by_text("检查通过后才能附盖章件")).to_be_visible()
    page.get_by_role("button", name="检查", exact=True).click()
    expect(papers.get_by_text("附上盖章件")).to_be_visible()
    upload(page, "附上盖章件", "坏文件.pdf", b"no paper")
    expect(papers.get_by_text("盖章件要用完整的")).to_be_visible()
    upload(page, "附上盖章件", "签章 一.pdf", PDF)
    expect(papers.get_by_role("link", name="签章 一.pdf")).to_be_visible()
    expect(page.get_by_role("region", name="经过").get_by_text("签章 一.pdf")).to_be_visible()
    with page.expect_download() as begun:
        papers.get_by_role("link", name="签章 一.pdf").click()
    assert begun.value.suggested_filename == "签章 一.pdf"
    papers.get_by_role("button", name="拿掉").click()
    papers.get_by_role("alertdialog").get_by_role("button", name="拿掉").click()
    expect(papers.get_by_text("还没有盖章件")).to_be_visible()
