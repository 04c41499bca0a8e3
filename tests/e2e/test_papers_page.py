"""A paper is issued on the page of a case, taken home, and its signed scan given back as proof."""

import io
import zipfile
from collections.abc import Callable

from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]
SCAN = {"name": "签收.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


def test_a_paper_is_issued_and_its_signed_scan_is_proof(sign_in: SignIn, address: str) -> None:
    page = sign_in("commander")
    charged = f"{address}/api/v1/cases?state=dispatched&sort=-received&limit=1"
    case = page.request.get(charged).json()["items"][0]
    page.evaluate("hash => { location.hash = hash }", f"#/case/{case['id']}")
    page.reload()
    papers = page.get_by_role("region", name="文书")
    papers.get_by_role("button", name="开具文书").click()
    papers.get_by_role("button", name="督办单").click()
    expect(papers.get_by_label("送达单位")).to_have_value(str(case["unit"]["id"]))
    papers.get_by_label("办理要求").fill("三日内清运完毕，并报结果。")
    papers.get_by_role("button", name="编号并开具").click()
    expect(papers.get_by_role("status")).to_contain_text("请下载打印、盖章")
    made = papers.get_by_role("listitem").first
    expect(made).to_contain_text("待签收")
    with page.expect_download() as downloaded:
        made.get_by_role("link", name="下载文书").click()
    with zipfile.ZipFile(io.BytesIO(downloaded.value.path().read_bytes())) as document:
        assert "三日内清运完毕" in document.read("word/document.xml").decode()
    made.locator("input[type=file]").set_input_files(SCAN)
    expect(made).to_contain_text("已签收")
    expect(made.get_by_role("link", name="看扫描件")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("督办单")


def test_a_template_is_tried_before_it_is_used(sign_in: SignIn) -> None:
    page = sign_in("admin")
    page.evaluate("location.hash = '#panel=admin&office=papers'")
    page.reload()
    with page.expect_download() as downloaded:
        page.get_by_text("看填好的样子").first.click()
    assert zipfile.is_zipfile(downloaded.value.path())
    broken = {"name": "坏.docx", "mimeType": "application/msword", "buffer": b"PK no document"}
    page.locator("input[type=file]").first.set_input_files(broken)
    page.get_by_role("button", name="试填“坏.docx”").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="使用这个模板")).to_have_count(0)
