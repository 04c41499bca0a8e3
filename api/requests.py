"""What surrounds every request: an id, one line of log, headers that protect, threads' limit."""

import logging
import time
import uuid

import anyio.to_thread
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("sanbai.access")

PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
}


class Surround:
    """ASGI middleware; plain, since it stands before every tile."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with an id, and log how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = request_id = uuid.uuid4().hex
        begun = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                # The interactive API pages bring scripts of their own.
                if not scope["path"].startswith(("/docs", "/redoc")):
                    for name, value in PROTECTION.items():
                        headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            logger.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "seconds": round(time.perf_counter() - begun, 4),
                },
            )


def limit_threads(count: int) -> None:
    """As many requests at once as there are connections: more would only wait for one."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = count


def install(app: FastAPI) -> None:
    """Surround the application."""
    app.add_middleware(Surround)
