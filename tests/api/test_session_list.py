"""One's own sessions: which there are, from where, and ending them."""

from collections.abc import Callable

import pytest
import small_town
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from people import Person
from sqlalchemy import Engine, text
from starlette.requests import Request

from api.origins import network_of, origin_of

People = Callable[[str], Person]
WAYS = "/api/v1/session/ways-in"
SECRET = "幸福路三百户"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like"
    " Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
    " Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
)


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (EDGE, "Edge", "Windows"),
        (SAFARI, "Safari", "iPhone"),
        (WECHAT, "WeChat", "Android"),
        ("Mozilla/5.0 QGIS/34012/Windows 11", "QGIS", "Windows"),
        ("curl/8.5", None, None),
        ("", None, None),
    ],
)
def test_a_browser_is_told_by_its_family(
    agent: str, browser: str | None, system: str | None
) -> None:
    headers = [(b"user-agent", agent.encode())]
    request = Request({"type": "http", "headers": headers, "client": ("10.3.7.9", 1)})
    origin = origin_of(request, "password")
    assert (origin.browser, origin.system, origin.address) == (browser, system, "10.3.7.0/24")


@pytest.mark.parametrize(
    ("address", "network"),
    [("2001:db8:5:6::9", "2001:db8:5::/48"), ("testclient", None), ("", None)],
)
def test_an_address_is_shortened(address: str, network: str | None) -> None:
    assert network_of(address) == network


def test_a_sign_in_shows_with_where_it_was(client: TestClient, engine: Engine) -> None:
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(SECRET)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE account SET password_hash = :hash WHERE login = 'commander'"),
            {"hash": hashed},
        )
    body = {"login": "commander", "password": SECRET}
    client.post("/api/v1/session", json=body, headers={"User-Agent": EDGE})
    seen = client.get(WAYS).json()["sessions"]
    assert [(one["way"], one["browser"], one["system"], one["current"]) for one in seen] == [
        ("password", "Edge", "Windows", True)
    ]


def test_one_is_ended_and_then_all_others(person: People) -> None:
    here, there, elsewhere = (person("commander") for _ in range(3))
    sessions = here.read(WAYS)["sessions"]
    assert sorted(one["current"] for one in sessions) == [False, False, True]
    that = next(one["id"] for one in there.read(WAYS)["sessions"] if one["current"])
    told = here.do(f"/api/v1/session/sessions/{that}/end")
    assert that not in [one["id"] for one in told["sessions"]]
    assert there.get(WAYS).status_code == 401
    assert here.post(f"/api/v1/session/sessions/{that}/end").status_code == 404
    told = here.do("/api/v1/session/sessions/end-others")
    assert [one["current"] for one in told["sessions"]] == [True]
    assert told["happened"][0]["facts"] == {"count": 1}
    assert elsewhere.get(WAYS).status_code == 401


def test_nobody_ends_anothers_session(person: People) -> None:
    that = person("officer").read(WAYS)["sessions"][0]["id"]
    assert person("commander").post(f"/api/v1/session/sessions/{that}/end").status_code == 404
    assert [one["current"] for one in person("commander").read(WAYS)["sessions"]].count(True) == 1


def test_who_administers_an_account_ends_its_sessions(person: People) -> None:
    officer, administrator = person("officer"), person("administrator")
    path = f"/api/v1/accounts/{small_town.account_id('officer')}"
    assert administrator.read(f"{path}/ways-in")["sessions"][0]["current"] is False
    told = administrator.do(f"{path}/sessions/end")
    assert told["sessions"] == []
    assert officer.get(WAYS).status_code == 401
