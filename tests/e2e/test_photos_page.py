"""Parts of a photo are blurred by drawing, and cases are taken along with a purpose."""

import io
from collections.abc import Callable

import openpyxl
from pages import PHONE
from PIL import Image
from playwright.sync_api import Page, expect
from uuid_utils.compat import uuid7


def stripes() -> bytes:
    """A photo that shows where it was blurred."""
    image = Image.effect_noise((900, 600), 80).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def case_with_photo(page: Page, address: str) -> str:
    """Id of an open case that has got a photo."""
    case = page.request.get(f"{address}/api/v1/cases?state=reported&limit=1").json()["items"][0]
    answer = page.request.post(
        f"{address}/api/v1/cases/{case['id']}/photos",
        multipart={
            "role": "before",
            "file": {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": stripes()},
        },
        headers={"X-Sanbai": "1", "Operation-Id": str(uuid7())},
    )
    assert answer.status == 201, answer.text()
    return str(case["id"])


def test_a_face_is_blurred_by_drawing_a_box(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("commander")
    case_id = case_with_photo(page, address)
    page.goto(f"{address}/#sel=case:{case_id}")
    page.reload()
    page.get_by_role("button", name="遮挡整改前照片的一部分").last.click()
    dialog = page.get_by_role("dialog", name="遮挡照片")
    expect(dialog.get_by_role("button", name="先在照片上拖出方框。")).to_be_disabled()
    frame = dialog.locator("svg").nth(1)
    expect(dialog.get_by_role("img", name="要遮挡的照片")).to_be_visible()
    box = frame.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6)
    page.mouse.up()
    dialog.get_by_role("button", name="加一个方框").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(dialog.locator("rect.is-set")).to_have_count(2)
    page.keyboard.press("Delete")
    expect(dialog.locator("rect.is-set")).to_have_count(1)
    dialog.get_by_role("button", name="遮挡 1 处").click()
    expect(dialog).to_be_hidden()
    shown = page.request.get(f"{address}/api/v1/photos?case_id={case_id}").json()["items"][-1]
    assert shown["redactions"] == 1
    picture = Image.open(io.BytesIO(page.request.get(address + shown["url"]).body())).convert("L")
    low, high = picture.crop((220, 160, 410, 320)).getextrema()
    assert float(high) - float(low) < 60
    expect(page.locator(f'.photos img[src*="{shown["id"]}?size=thumb&r=1"]')).to_be_visible()


def test_cases_are_taken_along_with_a_purpose(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("commander")
    page.get_by_role("button", name="导出", exact=True).click()
    dialog = page.get_by_role("dialog", name="导出问题清单")
    submit = dialog.get_by_role("button", name="导出", exact=True)
    expect(submit).to_be_disabled()
    dialog.get_by_label("用途").fill("周例会材料")
    submit.click()
    expect(dialog.get_by_text("已导出")).to_be_visible()
    with page.expect_download() as taken:
        dialog.get_by_role("link", name="下载").click()
    book = openpyxl.load_workbook(io.BytesIO(taken.value.path().read_bytes()))
    assert book["问题"].max_row > 1
    assert taken.value.suggested_filename.endswith(".xlsx")


def test_blurring_fits_a_phone(sign_in: Callable[..., Page], address: str) -> None:
    page = sign_in("commander", size=PHONE)
    case_id = case_with_photo(page, address)
    page.goto(f"{address}/#sel=case:{case_id}")
    page.reload()
    page.get_by_role("button", name="遮挡整改前照片的一部分").last.click()
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)
    box = page.get_by_role("dialog", name="遮挡照片").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
