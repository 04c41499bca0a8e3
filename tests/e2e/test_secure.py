"""Over HTTPS a browser lets pages have what telephones need: a store, the camera, the place."""

from playwright.sync_api import Browser, expect

from api.demo import DEMO_PASSWORD


def test_pages_over_https_may_have_what_a_telephone_needs(
    browser: Browser, secure_address: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    page.goto(secure_address)
    asked = "() => [isSecureContext, 'serviceWorker' in navigator, 'geolocation' in navigator]"
    assert page.evaluate(asked) == [True, True, True]
    page.get_by_label("账号").fill("officer001")
    page.get_by_label("密码").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_label("密码")).to_have_count(0)
    kept = [(one["name"], one["secure"]) for one in context.cookies() if "sanbai" in one["name"]]
    assert kept == [("__Host-sanbai", True)]
    context.close()


def test_the_officers_app_may_be_installed(browser: Browser, secure_address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{secure_address}/field/", wait_until="networkidle")
    asked = context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    lacks = {error["errorId"] for error in asked["installabilityErrors"]}
    # A context of a test is a private window, which installs nothing; all else is in order.
    assert lacks == {"in-incognito"}
    context.close()
