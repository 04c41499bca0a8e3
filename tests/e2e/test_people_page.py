"""An administrator gives a handler an account, who chooses a password; a post is handed over."""

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]
# Of this run alone: a server that runs already may know an earlier one.
RUN = uuid4().hex[:6]
OWN = "a-password-of-ones-own"


def open_people(page: Page) -> None:
    """Go to the list of people by its address."""
    page.evaluate("location.hash = '#panel=admin&office=people'")
    page.reload()


def test_an_account_is_made_used_and_handed_over(
    sign_in: SignIn, open_page: Callable[..., Page]
) -> None:
    page = sign_in("admin")
    open_people(page)
    page.get_by_role("button", name="新增人员").click()
    page.get_by_label("登录名").fill(f"new.{RUN}")
    page.get_by_label("姓名").fill(f"新来的{RUN}")
    page.locator(".role-picker").get_by_label("角色").select_option("handler")
    page.locator(".role-picker").get_by_label("区域").select_option(index=1)
    page.locator(".people-form > .field").get_by_label("责任单位").select_option(
        label="环卫服务中心"
    )
    page.get_by_role("button", name="建账号").click()
    expect(page.get_by_text(f"已为 新来的{RUN} 建好账号")).to_be_visible()
    code = page.locator(".code-word").inner_text()
    newcomer = open_page()
    newcomer.get_by_role("button", name="忘记密码？用重置码").click()
    newcomer.get_by_label("账号").fill(f"new.{RUN}")
    newcomer.locator("[name=code]").fill(code)
    newcomer.locator("[name=new-password]").fill(OWN)
    newcomer.locator("[name=again]").fill(OWN)
    newcomer.get_by_role("button", name="保存并登录").click()
    expect(newcomer.locator(".top-bar")).to_contain_text(f"新来的{RUN}")
    foresee_handover(page)


def foresee_handover(page: Page) -> None:
    """Look what would go to the newcomer, and leave it as it is."""
    open_people(page)
    page.get_by_label("查找").fill("sanitation")
    page.get_by_role("button", name="环卫服务中心").click()
    page.get_by_role("button", name="移交岗位").click()
    page.get_by_label("交给谁").fill(f"new.{RUN}")
    page.get_by_role("radio", name=f"新来的{RUN}").check()
    told = page.locator(".hand-preview")
    expect(told).to_contain_text("1 个角色")
    expect(told).to_contain_text("个班次改由对方值")
    page.get_by_role("button", name="取消").click()
    expect(told).to_have_count(0)
