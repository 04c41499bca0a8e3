"""More requests at once than there are connections: they wait, and all are answered."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import small_town
from fastapi import FastAPI
from people import Clock
from served import WAIT_S, Running, running
from sqlalchemy import Engine

from api.cookies import COOKIE
from data.server import DatabaseUrls

# Many times the connections and threads that the application has in tests.
AT_ONCE = 48


@pytest.fixture
def server(
    urls: DatabaseUrls, application: tuple[FastAPI, Clock], clock: Clock
) -> Iterator[Running]:
    """The application on the test's own database."""
    with running(application[0]) as served:
        yield served


def at_once(ask: Callable[[], httpx2.Response]) -> list[httpx2.Response]:
    """Ask many times at once."""
    with ThreadPoolExecutor(AT_ONCE) as burst:
        return [asked.result() for asked in [burst.submit(ask) for _ in range(AT_ONCE)]]


def test_a_burst_is_answered(server: Running, engine: Engine) -> None:
    with engine.begin() as connection:
        token = small_town.sign_in(connection, "commander")
    headers = {"Cookie": f"{COOKIE}={token}"}

    def ask() -> httpx2.Response:
        url = f"{server.address}/api/v1/grid-status"
        return httpx2.get(url, headers=headers, timeout=WAIT_S * 0.8, trust_env=False)

    assert {answer.status_code for answer in at_once(ask)} == {200}


def test_a_burst_of_sign_ins_beside_requests_is_answered(server: Running) -> None:
    def ask() -> httpx2.Response:
        url = f"{server.address}/api/v1/session"
        body = {"login": "nobody", "password": "x" * 12}
        headers = {"X-Sanbai": "1"}
        return httpx2.post(url, json=body, headers=headers, timeout=WAIT_S * 0.8, trust_env=False)

    # Wrong, too often or too many at once, but told so by the application.
    assert {answer.status_code for answer in at_once(ask)} <= {401, 429, 503}
