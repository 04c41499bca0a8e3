"""Signing in for desktop programs, which know no form: login and password with each tile.

HTTP Basic, for reading tiles and nothing else. The first request signs in as the form does, slowed
down by wrong passwords alike; those after it go by the session that it opened, which never leaves
the server. So the password is checked once, and whoever loses the right loses it here too.
"""

import asyncio
import base64
import binascii
import hashlib
import secrets
from collections import OrderedDict
from datetime import datetime
from typing import Final, cast

from anyio import to_thread
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from api.context import Context
from api.cookies import cookie_name
from api.errors import Problem
from api.passwords import LONGEST
from api.routes.session import FullSignIn, begin_session
from data.accounts import caller_of_session

MOST_KNOWN: Final = 1_000
_LONGEST_HEADER: Final = 2_000
_PREFIX: Final = "basic "
_CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="Sanbai", charset="UTF-8"'}


class BasicFront:
    """ASGI middleware: turns `Authorization: Basic` of a request for a tile into a session."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        # Passwords are kept nowhere: only what they give with a key that ends with the process.
        self._key = secrets.token_bytes(32)
        self._tokens: OrderedDict[bytes, str] = OrderedDict()
        self._turns: dict[bytes, asyncio.Task[str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as that of a session where a login and password stand in it."""
        said = _said(scope)
        if said is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        try:
            token = await self._token(request, said)
        except Problem as problem:
            if problem.status == 401:
                problem.headers = _CHALLENGE
            await problem.response(request)(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        headers["cookie"] = f"{cookie_name(request)}={token}"
        await self.app({**scope, "headers": headers.raw}, receive, send)

    async def _token(self, request: Request, said: str) -> str:
        parts = cast("Context", request.app.state.context)
        digest = hashlib.blake2b(said.encode(), key=self._key).digest()
        token, at = self._tokens.get(digest), parts.clock()
        if token is not None:
            if parts.signed_in.get(token, at) is not None or await _holds(parts, token, at):
                self._tokens.move_to_end(digest)
                return token
            self._tokens.pop(digest, None)
        # A map asks for many tiles at once: the password is checked for one, the others wait.
        turn = self._turns.get(digest)
        if turn is None:
            turn = asyncio.create_task(self._sign_in(parts, digest, said, request))
            self._turns[digest] = turn
            turn.add_done_callback(lambda _: self._turns.pop(digest, None))
        return await asyncio.shield(turn)

    async def _sign_in(self, parts: Context, digest: bytes, said: str, request: Request) -> str:
        login, password = _login_and_password(said)
        token, _ = await begin_session(
            parts, FullSignIn(login=login, password=password), request, way="basic"
        )
        self._tokens[digest] = token
        if len(self._tokens) > MOST_KNOWN:
            self._tokens.popitem(last=False)
        return token


def _said(scope: Scope) -> str | None:
    """What stands after `Basic` in a request that reads a tile."""
    if (
        scope["type"] != "http"
        or scope["method"] not in {"GET", "HEAD"}
        or not scope["path"].startswith("/tiles/")
    ):
        return None
    said = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    text: str = said.decode("latin-1")
    return text[len(_PREFIX) :].strip() if text.lower().startswith(_PREFIX) else None


def _login_and_password(said: str) -> tuple[str, str]:
    wrong = Problem(401, "wrong-credentials", "Login or password is wrong.")
    try:
        text = base64.b64decode(said[:_LONGEST_HEADER], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise wrong from None
    login, colon, password = text.partition(":")
    if not colon or not 1 <= len(login) <= 64 or not 1 <= len(password) <= LONGEST:
        raise wrong
    return login, password


async def _holds(parts: Context, token: str, at: datetime) -> bool:
    def look_up() -> bool:
        with parts.engine.begin() as connection:
            return caller_of_session(connection, token, at) is not None

    async with parts.turns:
        return await to_thread.run_sync(look_up)
