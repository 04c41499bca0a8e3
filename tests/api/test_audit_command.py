"""The command `sanbai audit verify`: what holds, what was tampered with, and how it is told."""

from collections.abc import Callable
from typing import Any

import pytest
from people import Person
from pydantic import SecretStr
from sqlalchemy import text
from typer.testing import CliRunner

from api.cli import audit, users_shared
from api.settings import Settings
from data.database import open_engine
from data.server import DatabaseUrls

Tamper = Callable[..., None]


@pytest.fixture
def verify(urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run the command on the test's database; its exit code and what it said."""
    settings = Settings(
        _env_file=None,
        database_url=SecretStr(urls.app),
        migration_database_url=SecretStr(urls.owner),
    )
    monkeypatch.setattr(users_shared, "Settings", lambda: settings)

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
