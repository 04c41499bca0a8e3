"""The application behind a real server in a thread, for what a test client cannot do: streams."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.web_server import Server

WAIT_S = 30


class Running(Server):
    """The server in a thread of its own, on a port that is free."""

    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=600)
        super().__init__(config, app)
        self.ready = Event()
        self.thread = Thread(target=self.run)

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}"

    def end(self) -> None:
        """End as Ctrl-C does."""
        self.should_exit = True
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive(), "the server does not end"


@contextmanager
def running(app: FastAPI) -> Iterator[Running]:
    """Serve the application while it is used."""
    server = Running(app)
    server.thread.start()
    try:
        assert server.ready.wait(WAIT_S)
        yield server
    finally:
        server.end()
