"""The command `sanbai audit verify`: what holds, what was tampered with, and how it is told."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from people import Clock, Person
from photo_files import noise, send
from pydantic import SecretStr
from sqlalchemy import Engine, text
from typer.testing import CliRunner
from uuid_utils.compat import uuid7

from api.cli import audit, users_shared
from api.settings import Settings
from data.database import open_engine, query
from data.server import DatabaseUrls

Tamper = Callable[..., None]


@pytest.fixture
def verify(
    urls: DatabaseUrls, application: tuple[FastAPI, Clock], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Run the command on the test's database; its exit code and what it said."""
    settings = Settings(
        _env_file=None,
        home=application[0].state.context.settings.home,
        database_url=SecretStr(urls.app),
        migration_database_url=SecretStr(urls.owner),
    )
    for module in (users_shared, audit):
        monkeypatch.setattr(module, "Settings", lambda: settings)

    def invoke(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(audit.app, ["verify", *words])
        return result.exit_code, result.output

    return invoke


@pytest.fixture
def tamper(urls: DatabaseUrls) -> Tamper:
    """Change the books as their owner can, who switches off what forbids it."""

    def change(statement: str, **values: Any) -> None:
        owner = open_engine(urls.owner)
        with owner.begin() as connection:
            connection.execute(text("ALTER TABLE case_event DISABLE TRIGGER USER"))
            assert connection.execute(text(statement), values).rowcount == 1
        owner.dispose()

    return change


@pytest.fixture
def cases(
    person: Callable[[str], Person], report: Callable[..., dict[str, Any]]
) -> list[dict[str, Any]]:
    """Three cases, one of them with more lines."""
    officer = person("officer")
    made = [officer.do("/api/v1/cases", report()) for _ in range(3)]
    body = {"action": "handle", "seq": 1, "text": "已清运"}
    officer.do(f"/api/v1/cases/{made[0]['id']}/actions", body)
    return made


def test_ledgers_that_hold(
    verify: Callable[..., tuple[int, str]], cases: list[dict[str, Any]]
) -> None:
    code, said = verify()
    assert (code, "Cases: 3" in said, "at fault: 0" in said) == (0, True, True)
    assert verify("--case", cases[1]["id"])[0] == 0
    assert verify("--case", "00000000-0000-0000-0000-000000000001")[0] == 1


@pytest.mark.parametrize(
    ("statement", "seq", "word"),
    [
        ("UPDATE case_event SET facts = facts || '{\"x\": 1}' WHERE seq = 2", 2, "changed"),
        ("UPDATE case_event SET actor_id = NULL WHERE seq = 2", 2, "changed"),
        ("DELETE FROM case_event WHERE case_id = :last", 1, "missing"),
        ("UPDATE case_text SET body = '没有清运' WHERE seq = 2", 2, "text"),
        ("UPDATE hazard_case SET state = 'closed' WHERE id = :first", 2, "as shown"),
        ("UPDATE hazard_case SET standing = '{}' WHERE id = :first", 2, "as shown"),
    ],
)
def test_what_was_tampered_with_is_named(
    *,
    verify: Callable[..., tuple[int, str]],
    tamper: Tamper,
    cases: list[dict[str, Any]],
    statement: str,
    seq: int,
    word: str,
) -> None:
    named = {"first": cases[0]["id"], "last": cases[-1]["id"]}
    tamper(statement, **{name: value for name, value in named.items() if f":{name}" in statement})
    code, said = verify()
    assert (code, "at fault: 1" in said) == (1, True)
    which = cases[-1] if ":last" in statement else cases[0]
    assert f"{which['id']} seq {seq}" in said
    assert word in said


def test_a_text_erased_by_law_leaves_the_ledger_whole(
    verify: Callable[..., tuple[int, str]], tamper: Tamper, cases: list[dict[str, Any]]
) -> None:
    assert cases
    tamper("UPDATE case_text SET body = NULL, salt = NULL WHERE seq = 2")
    assert verify()[0] == 0


@pytest.fixture
def shown(
    person: Callable[[str], Person], cases: list[dict[str, Any]], engine: Engine
) -> list[dict[str, Any]]:
    """The photos of a case, one of them blurred in part, and a paper; as rows of `case_files`."""
    officer, commander = person("officer"), person("commander")
    photos = [send(officer, cases[1], raw).json() for raw in (noise(), noise())]
    officer.do(
        f"/api/v1/cases/{cases[1]['id']}/actions", {"action": "handle", "seq": 1, "text": "已清运"}
    )
    officer.do(
        f"{photos[0]['url']}/redactions",
        {"parts": [{"rectangle": [100, 100, 400, 300]}], "reason": "face"},
    )
    # One that waits for the next line.
    send(officer, cases[2], noise())
    with engine.begin() as connection:
        unit = connection.execute(text("SELECT min(id) FROM unit")).scalar_one()
    order = {"id": str(uuid7()), "kind": "assignment", "seq": 1, "unit_id": unit, "demand": "清运"}
    commander.do(f"/api/v1/cases/{cases[0]['id']}/papers", order | {"seq": 2})
    with engine.begin() as connection:
        asked = {"district_id": 1, "case_id": None}
        return [dict(row) for row in connection.execute(query("case_files"), asked).mappings()]


def test_files_are_those_that_were_handed_in(
    verify: Callable[..., tuple[int, str]], shown: list[dict[str, Any]]
) -> None:
    assert sorted(one["kind"] for one in shown) == ["paper", "photo", "photo", "photo"]
    code, said = verify("--files")
    assert (code, "Files: 4" in said, said.count("at fault: 0")) == (0, True, 2)


@pytest.mark.parametrize("kind", ["photo", "paper"])
def test_a_file_that_was_taken_away_or_changed_is_named(
    verify: Callable[..., tuple[int, str]],
    shown: list[dict[str, Any]],
    application: tuple[FastAPI, Clock],
    kind: str,
) -> None:
    files = application[0].state.context.files
    one = next(one for one in shown if one["kind"] == kind)
    body = bytes(files.get(one["key"]).bytes())
    files.put(one["key"], body + b" ")
    code, said = verify("--files")
    assert (code, f"{one['id']}: 文件被改动" in said) == (1, True)
    files.delete(one["key"])
    code, said = verify("--files")
    assert (code, f"{one['id']}: 文件不在了" in said) == (1, True)
    # Ledgers alone still hold.
    assert verify()[0] == 0


def test_a_photo_put_in_the_place_of_another_is_unknown_to_the_ledger(
    verify: Callable[..., tuple[int, str]],
    shown: list[dict[str, Any]],
    cases: list[dict[str, Any]],
    application: tuple[FastAPI, Clock],
    tamper: Tamper,
) -> None:
    body = b"another picture"
    application[0].state.context.files.put("photos/1/other.jpg", body)
    tamper(
        "UPDATE photo SET key = 'photos/1/other.jpg', sha256 = :sha256"
        " WHERE seq = 1 AND redactions = 0 AND case_id = :case",
        case=cases[1]["id"],
        sha256=hashlib.sha256(body).digest(),
    )
    code, said = verify("--files")
    assert (code, "账本里没有它的摘要" in said) == (1, True)
