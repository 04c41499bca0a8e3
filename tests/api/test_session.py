"""Signing in: cookies, wrong passwords, waiting, signing out."""

from collections.abc import Callable

import pytest
import small_town
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from people import Clock, Person
from sqlalchemy import Engine, text
from uuid_utils.compat import uuid7

from api.routes import session as route

SECRET = "幸福路三百户"


@pytest.fixture
def known(engine: Engine) -> None:
    """The commander has a password; a cheap hash, since only the course is tested here."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(SECRET)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET password_hash = :hash WHERE login = 'commander'"),
            {"hash": hashed},
        )


def sign_in(client: TestClient, password: str = SECRET, login: str = "commander") -> Response:
    return client.post("/api/v1/session", json={"login": login, "password": password})


@pytest.mark.usefixtures("known")
def test_sign_in_and_out(client: TestClient) -> None:
    answer = sign_in(client)
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "; secure" not in cookie
    me = answer.json()
    assert me["account"]["login"] == "commander"
    assert me["roles"] == [
        {
            "role": "commander",
            "area": {"id": 1, "code": "370399", "name": "试验区"},
            "grid": None,
        }
    ]
    assert "case:dispatch" in me["permissions"]
    assert "plan:publish" not in me["permissions"]
    assert me["district"]["bbox"] == me["home_bbox"] == [118.0, 36.8, 118.04, 36.84]
    assert me["now"] == "2026-11-20T02:00:00Z"
    assert client.get("/api/v1/session").json() == me
    # A phone's outbox says whose it is.
    meant = {"X-Sanbai-Account": me["account"]["id"]}
    assert client.get("/api/v1/session", headers=meant).status_code == 200
    other = client.get("/api/v1/session", headers={"X-Sanbai-Account": str(uuid7())})
    assert (other.status_code, other.json()["code"]) == (403, "other-account")
    without = client.delete("/api/v1/session")
    assert (without.status_code, without.json()["code"]) == (403, "header-missing")
    assert client.delete("/api/v1/session", headers={"X-Sanbai": "1"}).status_code == 204
    assert client.get("/api/v1/session").json()["code"] == "not-signed-in"


@pytest.mark.usefixtures("known")
def test_who_signs_in_next_ends_the_session_before(
    client: TestClient, person: Callable[[str], Person]
) -> None:
    first = sign_in(client).headers["set-cookie"].partition(";")[0]
    elsewhere = person("commander")
    assert sign_in(client, "wrong").status_code == 401
    assert client.get("/api/v1/session").status_code == 200, "a slip ends nothing"
    sign_in(client)
    client.cookies.clear()
    assert client.get("/api/v1/session", headers={"Cookie": first}).status_code == 401
    assert elsewhere.get("/api/v1/session").status_code == 200


@pytest.mark.usefixtures("known")
def test_over_https_the_cookie_stays_on_https(client: TestClient) -> None:
    secure = client.post(
        "https://testserver/api/v1/session", json={"login": "commander", "password": SECRET}
    )
    cookie = secure.headers["set-cookie"]
    assert cookie.startswith("__Host-sanbai=")
    assert "; secure" in cookie.lower()
    assert "; path=/;" in f"{cookie.lower()};"
    assert "domain" not in cookie.lower()
    token = cookie.partition("=")[2].partition(";")[0]
    session = "https://testserver/api/v1/session"
    client.cookies.clear()

    def status(name: str) -> int:
        return client.get(session, headers={"Cookie": f"{name}={token}"}).status_code

    assert status("__Host-sanbai") == 200
    assert status("sanbai_session") == 401, "a neighbour of the host could have set that one"


@pytest.mark.parametrize(
    ("origin", "passes"),
    [
        (None, True),
        ("http://testserver", True),
        ("https://evil.example", False),
        ("http://testserver.evil.example", False),
        ("null", False),
    ],
)
@pytest.mark.usefixtures("known")
def test_pages_of_other_sites_neither_sign_in_nor_command(
    client: TestClient, person: Callable[[str], Person], origin: str | None, *, passes: bool
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    body = {"login": "commander", "password": SECRET}
    answers = [
        client.post("/api/v1/session", json=body, headers=headers),
        client.delete(
            "/api/v1/session",
            headers={**headers, "X-Sanbai": "1", **person("commander").cookies},
        ),
    ]
    assert [answer.status_code for answer in answers] == ([200, 204] if passes else [403, 403])
    if not passes:
        assert {answer.json()["code"] for answer in answers} == {"other-site"}


@pytest.fixture
def code(person: Callable[[str], Person]) -> str:
    """A code for a new password of the commander."""
    path = f"/api/v1/accounts/{small_town.account_id('commander')}/reset"
    told = person("administrator").do(path)
    assert told["login"] == "commander"
    made: str = told["code"]
    return made


def choose(client: TestClient, new: str = "另一个更好的口令", **by: str) -> Response:
    body = {"login": "commander", "new_password": new, **by}
    return client.post("/api/v1/session/password", json=body)


@pytest.mark.usefixtures("known")
def test_a_code_sets_a_new_password_once(
    client: TestClient, code: str, person: Callable[[str], Person]
) -> None:
    before = person("commander")
    assert sign_in(client).status_code == 200, "nothing changes until it is used"
    assert choose(client, code=code.lower().replace("-", " ")).status_code == 204
    assert before.get("/api/v1/session").status_code == 401, "every session ended"
    assert sign_in(client).status_code == 401
    assert sign_in(client, "另一个更好的口令").status_code == 200
    assert choose(client, code=code).status_code == 401


@pytest.mark.usefixtures("known")
def test_a_code_is_over_after_a_day_and_when_a_newer_one_is_made(
    client: TestClient, code: str, clock: Clock, person: Callable[[str], Person]
) -> None:
    assert choose(client, code=code, login="auditor").status_code == 401, "it is the commander's"
    path = f"/api/v1/accounts/{small_town.account_id('commander')}/reset"
    newer = person("administrator").do(path)["code"]
    assert choose(client, code=code).status_code == 401
    clock.forward(hours=25)
    assert choose(client, code=newer).status_code == 401


@pytest.mark.usefixtures("known")
def test_a_code_is_told_once_and_kept_nowhere(
    code: str, person: Callable[[str], Person], engine: Engine
) -> None:
    operation = uuid7()
    path = f"/api/v1/accounts/{small_town.account_id('commander')}/reset"
    administrator = person("administrator")
    first = administrator.post(path, operation=operation).json()["code"]
    assert first
    assert administrator.post(path, operation=operation).json()["code"] is None
    with engine.connect() as connection:
        kept = [
            str(connection.execute(text(f"SELECT {table}::text FROM {table}")).scalars().all())
            for table in ("operation", "sign_in_code")
        ]
    assert all(secret not in rows for secret in (code, first) for rows in kept)


@pytest.mark.usefixtures("known")
def test_guessing_codes_slows_down_as_guessing_passwords_does(client: TestClient) -> None:
    answers = [choose(client, code="AAAA-AAAA-AAAA-AAAA").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


@pytest.mark.usefixtures("known")
def test_a_password_is_changed_by_the_one_that_holds(client: TestClient) -> None:
    assert choose(client, password="wrong").status_code == 401
    assert choose(client, password=SECRET, new=SECRET).status_code == 422
    assert choose(client, password=SECRET, code="AAAA").status_code == 422
    assert choose(client, password=SECRET).status_code == 204
    assert sign_in(client, "另一个更好的口令").status_code == 200


def test_an_officer_is_at_home_in_his_grid(person: Callable[[str], Person]) -> None:
    me = person("officer").read("/api/v1/session")
    assert me["roles"][0]["grid"] == {"id": 1, "code": "370399001001001", "name": "第一网格"}
    assert me["home_bbox"] == [118.0, 36.82, 118.01, 36.84]


@pytest.mark.usefixtures("known")
def test_a_session_ends_by_itself_and_when_the_account_is_disabled(
    client: TestClient, clock: Clock, engine: Engine
) -> None:
    sign_in(client)
    clock.forward(hours=13)
    assert client.get("/api/v1/session").status_code == 401
    sign_in(client)
    with engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = false WHERE login = 'commander'"))
    assert client.get("/api/v1/session").status_code == 401
    assert sign_in(client).json()["code"] == "wrong-credentials"


@pytest.mark.usefixtures("known")
def test_unknown_login_and_wrong_password_look_alike(client: TestClient) -> None:
    wrong, unknown = sign_in(client, "wrong"), sign_in(client, login="nobody")
    for answer in (wrong, unknown):
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong-credentials")
        assert "set-cookie" not in answer.headers
    assert {**wrong.json(), "instance": 0} == {**unknown.json(), "instance": 0}


def test_an_unknown_login_costs_the_same_work(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    passwords = client.app.state.context.passwords
    plain = passwords._matches

    def note(stored: str, password: str) -> bool:
        checked.append(stored)
        return plain(stored, password)

    monkeypatch.setattr(passwords, "_matches", note)
    sign_in(client, login="nobody")
    assert checked == [passwords._nobody]


@pytest.mark.usefixtures("known")
def test_guessing_slows_down_and_nobody_is_locked_out(client: TestClient, clock: Clock) -> None:
    for _ in range(5):
        assert sign_in(client, "guess").status_code == 401
    waits = []
    for _ in range(3):
        answer = sign_in(client)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
        waits.append(int(answer.headers["retry-after"]))
        assert answer.json()["params"] == {"retry_after_s": waits[-1]}
        clock.forward(seconds=waits[-1])
        assert sign_in(client, "guess").status_code == 401
    assert waits == [1, 2, 4]
    elsewhere = TestClient(client.app, client=("10.0.0.9", 50000))
    assert sign_in(elsewhere).status_code == 200
    clock.forward(minutes=16)
    assert sign_in(client).status_code == 200


def test_nobody_waits_without_end(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> bool:
        raise route.TooBusyError

    monkeypatch.setattr(client.app.state.context.passwords, "verify", busy)
    answer = sign_in(client)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"] == "2"


def test_the_token_is_not_kept(person: Callable[[str], Person], engine: Engine) -> None:
    somebody = person("commander")
    token = somebody.cookies["Cookie"].partition("=")[2]
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT session::text FROM session")).scalars().all()
    assert kept
    assert token not in "".join(kept)
    assert somebody.account_id == small_town.account_id("commander")
