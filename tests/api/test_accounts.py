"""Accounts: made by administrators within their own area, and by the command line."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from people import Person
from pydantic import SecretStr
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from api.cli import users, users_shared
from api.cli.recount import recount_all
from api.settings import Settings
from data.server import DatabaseUrls

People = Callable[[str], Person]
NEW = {
    "login": "wang.li",
    "display_name": "王丽",
    "password": "三百户的好密码口令",
    "roles": [{"role": "officer", "grid_id": 3}, {"role": "officer", "grid_id": 4}],
}


def test_an_administrator_makes_an_account_that_signs_in(person: People) -> None:
    administrator = person("administrator")
    made = administrator.do("/api/v1/accounts", NEW)
    assert made["roles"][0] == {
        "role": "officer",
        "area": None,
        "grid": {"id": 3, "code": "370399001002001", "name": "第一网格"},
    }
    assert "password" not in str(made)
    client = administrator.client
    given = {"login": "wang.li", "password": NEW["password"]}
    refused = client.post("/api/v1/session", json=given)
    assert (refused.status_code, refused.json()["code"]) == (403, "password-must-change")
    assert "set-cookie" not in refused.headers
    own = "我自己选的好口令"
    changed = client.post("/api/v1/session/password", json={**given, "new_password": own})
    assert changed.status_code == 204, changed.text
    assert client.post("/api/v1/session", json=given).status_code == 401
    signed_in = client.post("/api/v1/session", json={**given, "password": own})
    assert signed_in.json()["home_bbox"] == [118.0, 36.8, 118.02, 36.82]
    taken = administrator.post("/api/v1/accounts", NEW)
    assert (taken.status_code, taken.json()["code"]) == (409, "login-taken")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"password": "short"}, 422),
        ({"login": "王丽"}, 422),
        ({"roles": []}, 422),
        ({"roles": [{"role": "mayor", "area_id": 1}]}, 422),
        ({"roles": [{"role": "officer"}]}, 422),
        ({"roles": [{"role": "commander", "grid_id": 1}]}, 422),
        ({"roles": [{"role": "officer", "grid_id": 999}]}, 404),
        ({"roles": [{"role": "officer", "area_id": 999}]}, 404),
        ({"unit_id": 999}, 422),
    ],
)
def test_an_account_that_cannot_be_made(person: People, said: dict[str, Any], status: int) -> None:
    administrator = person("administrator")
    assert administrator.post("/api/v1/accounts", {**NEW, **said}).status_code == status
    logins = [item["login"] for item in administrator.read("/api/v1/accounts")["items"]]
    assert NEW["login"] not in logins


def test_an_administrator_of_a_street_stays_in_it(person: People, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE assignment SET area_id = 20 WHERE role = 'administrator'"))
    administrator = person("administrator")
    assert administrator.post("/api/v1/accounts", NEW).status_code == 404
    eastern = {**NEW, "roles": [{"role": "officer", "grid_id": 5}]}
    administrator.do("/api/v1/accounts", eastern)
    logins = [item["login"] for item in administrator.read("/api/v1/accounts")["items"]]
    assert logins == ["administrator", "commander.east", "officer.east", "wang.li"]


def test_accounts_are_paged(person: People) -> None:
    administrator = person("administrator")
    everyone = [item["login"] for item in administrator.read("/api/v1/accounts")["items"]]
    first = administrator.read("/api/v1/accounts", limit=3)
    rest = administrator.read("/api/v1/accounts", limit=200, cursor=first["next"])
    assert [item["login"] for item in first["items"] + rest["items"]] == everyone
    assert everyone == sorted(everyone)
    assert person("commander").get("/api/v1/accounts").status_code == 403


@pytest.fixture
def run(urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run a command on the test's database; its exit code and what it said."""
    settings = Settings(
        _env_file=None,
        database_url=SecretStr(urls.app),
        migration_database_url=SecretStr(urls.owner),
    )
    monkeypatch.setattr(users_shared, "Settings", lambda: settings)
    commands = typer.Typer()
    commands.add_typer(users.app, name="users")
    commands.command("recount")(recount_all)

    def invoke(*words: str, typed: str | None = None) -> tuple[int, str]:
        group = () if words[0] == "recount" else ("users",)
        result = CliRunner().invoke(commands, [*group, *words], input=typed)
        return result.exit_code, result.output

    return invoke


def test_the_first_administrator_is_made_on_the_server(
    run: Callable[..., tuple[int, str]], person: People
) -> None:
    words = ("add", "admin", "--name", "管理员", "--role", "administrator")
    code, said = run(*words, typed="三百户三百户三\n三百户三百户三\n")
    assert (code, "密码至少 8 个字符" in said) == (1, True)
    code, said = run(*words, "--password", "三百户三百户三百户")
    assert code == 0, said
    code, said = run(*words, "--password", "三百户三百户三百户")
    assert (code, "admin" in said) == (1, True)
    officer = (
        "add",
        "zhao",
        "--name",
        "赵",
        "--role",
        "officer",
        "--password",
        "网格员网格员网格员",
    )
    assert run(*officer, "--grid", "370399001002001", "--grid", "370399001002002")[0] == 0
    assert run(*officer, "--grid", "999")[0] == 1
    code, said = run("list")
    assert (code, "zhao" in said, "第二网格" in said) == (0, True, True)
    client = person("auditor").client

    def sign_in(password: str) -> int:
        body = {"login": "admin", "password": password}
        return client.post("/api/v1/session", json=body).status_code

    assert sign_in("三百户三百户三百户") == 200
    assert run("password", "admin", "--password", "另一个好密码啊")[0] == 1
    assert run("password", "admin", "--password", "另一个更好的密码")[0] == 0
    assert client.get("/api/v1/session").status_code == 401
    assert sign_in("另一个更好的密码") == 200
    assert run("disable", "admin")[0] == 0
    assert sign_in("另一个更好的密码") == 401
    assert run("enable", "admin")[0] == 0
    assert run("disable", "nobody")[0] == 1


def test_recount_says_what_differs_and_mends_it(
    run: Callable[..., tuple[int, str]],
    person: People,
    report: Callable[..., dict[str, Any]],
    engine: Engine,
) -> None:
    person("officer").do("/api/v1/cases", report())
    assert run("recount")[0] == 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE grid_status SET open_cases = 9 WHERE grid_id = 1"))
    code, said = run("recount")
    assert (code, "9 → 1" in said) == (1, True)
    assert run("recount", "--mend")[0] == 0
    assert run("recount")[0] == 0


def test_people_are_imported_on_the_server(
    run: Callable[..., tuple[int, str]], person: People, tmp_path: Path
) -> None:
    file, codes = tmp_path / "people.csv", tmp_path / "codes.csv"
    file.write_text("登录名,姓名,角色,网格\nzhao,赵,网格员,九\n", "utf-8")
    code, said = run("import", str(file))
    assert (code, "九" in said) == (1, True)
    file.write_text("登录名,姓名,角色,网格\nzhao,赵,网格员,370399001002001\n", "utf-8")
    code, said = run("import", str(file), "--check")
    assert (code, "zhao" in said, codes.exists()) == (0, True, False), said
    assert run("import", str(file), "--codes", str(codes))[0] == 0
    rows = list(csv.DictReader(codes.read_text("utf-8-sig").splitlines()))
    assert codes.stat().st_mode & 0o077 == 0, "nobody else reads the codes"
    chosen = {"login": "zhao", "code": rows[0]["重置码"], "new_password": "我自己选的好口令"}
    client = person("auditor").client
    assert client.post("/api/v1/session/password", json=chosen).status_code == 204
    code, said = run("import", str(file))
    assert (code, "new: 0" in said) == (0, True)
    assert run("import", str(tmp_path / "none.csv"))[0] == 1
