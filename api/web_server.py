"""The web server, which ends promptly although streams are open that would never end."""

import socket

import uvicorn
from fastapi import FastAPI

from api.live.hub import Hub


class Server(uvicorn.Server):
    """Uvicorn waits for every answer to end before it ends the application: streams go first."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._live: Hub = app.state.context.live

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Build all routes, then begin as always.

        FastAPI builds a route when a request first looks at it: together that takes a second, and
        everybody else waits.
        """
        nowhere = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": []}
        for route in self._app.routes:
            route.matches(nowhere)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send all listeners away, then end as always."""
        self._live.close()
        await super().shutdown(sockets)
