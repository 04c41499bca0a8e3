"""A voice note: recorded without a network, sent whole, heard on the case's page."""

import hashlib
import re
from collections.abc import Callable

from field_pages import SENT_WITHIN_MS, cases_of, new_kind, open_field, read, tap
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
# What the phone keeps of its recordings, as SHA-256.
KEPT = """
async () => {
  const name = (await indexedDB.databases()).find(one => one.name.startsWith('sanbai-field')).name
  const db = await new Promise(done => {
    const asked = indexedDB.open(name)
    asked.onsuccess = () => done(asked.result)
  })
  const all = await new Promise(done => {
    const asked = db.transaction('photos').objectStore('photos').getAll()
    asked.onsuccess = () => done(asked.result)
  })
  db.close()
  return all.filter(one => one.role === 'voice').map(one => one.sha256)
}
"""
PLAYED = "one => one.play().then(() => one.readyState >= 2)"


def test_a_voice_note_is_all_that_is_said(open_page: OpenPage) -> None:
    page = open_field(open_page)
    page.context.grant_permissions(["geolocation", "microphone"])
    kind = new_kind(page)
    before = cases_of(page, kind)
    page.get_by_role("link", name="上报", exact=True).tap()
    page.context.set_offline(True)
    tap(page, "不拍照，直接填")
    tap(page, "说几句（录音）")
    # A second of the fake microphone's beeps.
    stop = page.get_by_role("button", name=re.compile("停止录音"))
    expect(stop).not_to_have_text("停止录音（0:00）")
    stop.tap()
    expect(page.locator(".voice-list audio")).to_be_visible()
    # It is kept on the phone, as photos are: the page may be killed.
    page.reload()
    expect(page.locator(".voice-list audio")).to_be_visible()
    assert page.locator(".voice-list audio").evaluate(PLAYED)
    tap(page, "就在这里")
    page.locator(".kind-step").get_by_role("button", name=kind["name"]).first.tap()
    expect(page.get_by_text("存在手机里了，自动上传。")).to_be_visible()
    (kept,) = page.evaluate(KEPT)
    page.context.set_offline(False)
    expect(page.get_by_text("已上报")).to_be_visible(timeout=SENT_WITHIN_MS)
    (case_id,) = cases_of(page, kind).keys() - before.keys()
    case = read(page, f"/api/v1/cases/{case_id}")
    assert case["description"] == f"{kind['name']}（语音说明）"
    (sound,) = case["sounds"]
    assert sound["media_type"] == "audio/webm"
    assert 400 <= sound["duration_ms"] < 60_000
    heard = page.request.get(page.url.split("/field/")[0] + sound["url"]).body()
    assert hashlib.sha256(heard).hexdigest() == kept
    page.goto(page.url.split("#")[0] + f"#/case/{case_id}")
    player = page.locator(".case-sounds audio")
    expect(player).to_be_visible()
    assert player.evaluate(PLAYED)
