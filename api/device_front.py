"""Devices' tokens: each use is noted, and a token that is a day old gets the next one.

The new token stands in the header `Sanbai-Device-Token` of an answer; the device keeps it in place
of the one it sent (`data.device_tokens` says how long that stays good).
"""

from typing import Final, cast

from anyio import to_thread
from fastapi import Request
from sqlalchemy.exc import OperationalError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.context import Context
from api.cookies import device_token_of
from api.errors import TRANSLATIONS, Problem
from data.device_tokens import Use, use_token

HEADER: Final = "Sanbai-Device-Token"
_SAID: Final = {
    "device-revoked": "This device is let in no more: register it again.",
    "device-changed-hands": "Somebody else has this device now: sign in on it anew.",
}


class DeviceFront:
    """ASGI middleware: notes the use of a device's token before anything is asked by it.

    In a transaction of its own, which holds whatever becomes of the request: that a copy of a
    token showed itself must not be forgotten because the request was refused.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it where the device is let in no more."""
        request = Request(scope) if scope["type"] == "http" else None
        token = None if request is None else device_token_of(request)
        if request is None or token is None:
            await self.app(scope, receive, send)
            return
        parts = cast("Context", request.app.state.context)
        # Looked up a moment ago, it was noted then.
        if parts.signed_in.get(token, parts.clock()) is not None:
            await self.app(scope, receive, send)
            return
        try:
            use = await _note(parts, token)
        except OperationalError as error:
            await TRANSLATIONS[OperationalError](error).response(request)(scope, receive, send)
            return
        if use is not None and use.refusal is not None:
            parts.signed_in.forget()
            refusal = Problem(401, use.refusal, _SAID[use.refusal])
            await refusal.response(request)(scope, receive, send)
            return
        following = None if use is None else use.next_token
        await self.app(scope, receive, send if following is None else _telling(send, following))


async def _note(parts: Context, token: str) -> Use | None:
    def use() -> Use | None:
        with parts.engine.begin() as connection:
            return use_token(connection, token, parts.clock())

    async with parts.turns:
        return await to_thread.run_sync(use)


def _telling(send: Send, token: str) -> Send:
    async def send_told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            headers[HEADER] = token
            # No cache may keep the token with the answer.
            headers["Cache-Control"] = "no-store"
            message = {**message, "headers": headers.raw}
        await send(message)

    return send_told
