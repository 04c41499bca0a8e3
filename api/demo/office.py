"""The application in process, used by many people at their own moments of a past time."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from sqlalchemy import event

from api.app import create_app
from api.context import Context
from api.passwords import Passwords
from api.settings import Settings

BASE = "http://sanbai.demo"
# Each request runs in a context of its own, so people may act side by side at different moments.
_moment: ContextVar[datetime] = ContextVar("moment")
WRONG_PASSWORD: Final = 401


class DemoError(Exception):
    """The demo cannot be loaded; the message says what was refused."""


def replayed_clock() -> datetime:
    """The moment at which the present request is made."""
    return _moment.get()


def repeatable_id(at: datetime, *parts: object) -> UUID:
    """A UUIDv7 that is the same each time: of a moment, and of what it stands for."""
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    chance = int.from_bytes(digest[:10], "big")
    upper, lower = chance >> 68, chance & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 7 << 76 | upper << 64 | 0b10 << 62 | lower)


class Person:
    """Somebody at work: a client of the application with a session of his own."""

    def __init__(self, login: str, transport: ASGITransport) -> None:
        self.login = login
        self._client = AsyncClient(
            transport=transport, base_url=BASE, headers={"X-Sanbai": "1"}, timeout=120
        )

    async def sign_in(self, password: str, at: datetime) -> None:
        """Sign in at a moment.

        Raises
        ------
        DemoError
            When it is refused.
        """
        _moment.set(at)
        body = {"login": self.login, "password": password}
        self._checked(await self._client.post("/api/v1/session", json=body))

    async def choose_password(self, login: str, given: str, own: str, at: datetime) -> None:
        """Choose a password of one's own instead of the one given; chosen before, it stays.

        Raises
        ------
        DemoError
            When it is refused for another reason.
        """
        _moment.set(at)
        body = {"login": login, "password": given, "new_password": own}
        answer = await self._client.post("/api/v1/session/password", json=body)
        if answer.status_code != WRONG_PASSWORD:
            self._checked(answer)

    async def sign_out(self, at: datetime) -> None:
        """Sign out, so that no session of the past stays open."""
        _moment.set(at)
        self._checked(await self._client.delete("/api/v1/session"))
        await self._client.aclose()

    async def read(self, path: str, at: datetime, **query: Any) -> Any:
        """Ask for something; its JSON."""
        _moment.set(at)
        return self._checked(await self._client.get(f"/api/v1/{path}", params=query)).json()

    async def read_all(self, path: str, at: datetime, **query: Any) -> list[dict[str, Any]]:
        """Ask for all pages of a list."""
        items: list[dict[str, Any]] = []
        page = await self.read(path, at, **query)
        items += page["items"]
        while page["next"] is not None:
            page = await self.read(path, at, **query, cursor=page["next"])
            items += page["items"]
        return items

    async def do(self, path: str, body: dict[str, Any], at: datetime, operation: UUID) -> Any:
        """Give a command at a moment; repeating it changes nothing. Its JSON."""
        _moment.set(at)
        answer = await self._client.post(
            f"/api/v1/{path}", json=body, headers={"Operation-Id": str(operation)}
        )
        return self._checked(answer).json()

    def _checked(self, answer: Response) -> Response:
        if answer.is_success:
            return answer
        raise DemoError(
            f"{self.login}: {answer.request.method} {answer.request.url.path}: "
            f"{answer.status_code} {answer.text[:500]}"
        )


class OnePassword(Passwords):
    """Passwords where all have the same published one: it is hashed and checked once.

    A hash takes a third of a second by design; ninety accounts would take a minute.
    """

    def __init__(self) -> None:
        super().__init__(1)
        self._hashes: dict[str, str] = {}

    def hash(self, password: str) -> str:
        """Hash a password, each but once."""
        if password not in self._hashes:
            self._hashes[password] = super().hash(password)
        return self._hashes[password]

    async def hash_in_turn(self, password: str) -> str:
        """Hash a password, each but once."""
        return self.hash(password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password is the one stored; known hashes are compared, others checked."""
        if stored is not None and self._hashes.get(password) == stored:
            return True
        right = await super().verify(stored, password)
        if right and stored is not None:
            self._hashes[password] = stored
        return right


def application_of_the_past(settings: Settings, opening: datetime, until: datetime) -> FastAPI:
    """The application with a clock of the past; its sessions last from opening to end."""
    hours = (until - opening).total_seconds() / 3600 + 1
    app = create_app(
        settings.model_copy(update={"session_hours": hours, "secure_cookies": False}),
        clock=replayed_clock,
    )
    parts: Context = replace(app.state.context, passwords=OnePassword())
    app.state.context = parts

    @event.listens_for(parts.engine, "connect")
    def _hurry(connection: Any, _: object) -> None:
        # Thirty thousand small commands, nearly all of one case or shift found by its key: a plan
        # made once is as good for all, and making it costs more than carrying it out.
        connection.prepare_threshold = 2
        # Losing the last few commits in a crash only means repeating them.
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")

    return app


@asynccontextmanager
async def at_work(app: FastAPI) -> AsyncIterator[ASGITransport]:
    """The application, started and ended as a server does."""
    try:
        async with app.router.lifespan_context(app):
            yield ASGITransport(app=app)
    finally:
        app.state.context.engine.dispose()
