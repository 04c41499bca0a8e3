"""What surrounds every request: an id, one line of log, headers that protect, threads' limit."""

import logging
import os
import re
import time

import anyio.to_thread
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("sanbai.access")

MOST_BODY_BYTES = 2 * 1024 * 1024
# A photo of 15 MB and what stands around it.
MOST_FORM_BYTES = 16 * 1024 * 1024
# A drawing or a scanned sheet of 40 MB.
MOST_SHEET_BYTES = 41 * 1024 * 1024
_SHEETS = re.compile(r"/api/v1/plans/\d+/backdrops")
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
}
# As they are sent: this stands before every tile.
_PROTECTION = [(name.lower().encode(), value.encode()) for name, value in PROTECTION.items()]


class Surround:
    """ASGI middleware; plain, since it stands before every tile."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with an id, and log how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = request_id = os.urandom(16).hex()
        begun = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", request_id.encode())]
                # The interactive API pages bring scripts of their own.
                if not scope["path"].startswith(("/docs", "/redoc")):
                    said = {name for name, _ in headers}
                    headers += [pair for pair in _PROTECTION if pair[0] not in said]
                message["headers"] = headers
            await send(message)

        try:
            await self.app(scope, limited(scope, receive), answer)
        finally:
            if logger.isEnabledFor(logging.INFO):
                logger.info(
                    "request",
                    extra={
                        "request_id": request_id,
                        "method": scope["method"],
                        "path": _shown(scope["path"]),
                        "status": status,
                        "seconds": round(time.perf_counter() - begun, 4),
                    },
                )


def _shown(path: str) -> str:
    """A path as it is logged: without the secret of a tracker."""
    return "/t/…" if path.startswith("/t/") else path


def limited(scope: Scope, receive: Receive) -> Receive:
    """Refuse a body that is larger than its kind may be, before it fills memory or disk."""
    received = 0

    async def receive_some() -> Message:
        nonlocal received
        # Looked at here: most requests have no body, and nobody asks for it.
        headers = Headers(scope=scope)
        most, declared = _most_bytes(scope, headers), headers.get("content-length", "0")
        refusal = HTTPException(413, f"Send at most {most} bytes at once.")
        if declared.isdecimal() and int(declared) > most:
            raise refusal
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise refusal
        return message

    return receive_some


def _most_bytes(scope: Scope, headers: Headers) -> int:
    if not headers.get("content-type", "").startswith("multipart/form-data"):
        return MOST_BODY_BYTES
    return MOST_FORM_BYTES if _SHEETS.fullmatch(scope["path"]) is None else MOST_SHEET_BYTES


def limit_threads(count: int) -> None:
    """As many requests at once as there are connections: more would only wait for one."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = count


def install(app: FastAPI) -> None:
    """Surround the application."""
    app.add_middleware(Surround)
