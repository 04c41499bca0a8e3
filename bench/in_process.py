"""The real application called in process: what a request costs without a network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI


@dataclass(frozen=True)
class Answer:
    """Status and body of an answer."""

    status: int
    body: bytes


class InProcess:
    """Calls an ASGI application as a server would, one request at a time."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def get(
        self, path: str, headers: Mapping[str, str], query: Mapping[str, Any] | None = None
    ) -> Answer:
        """Ask for something, with headers as of `bench.big_town.BigTown.headers`."""
        status, parts = 0, []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": urlencode(query or {}).encode(),
            "headers": [(name.lower().encode(), said.encode()) for name, said in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self.app(scope, receive, send)
        return Answer(status, b"".join(parts))


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[InProcess]:
    """Start the application and end it, as a server does."""
    async with app.router.lifespan_context(app):
        yield InProcess(app)
