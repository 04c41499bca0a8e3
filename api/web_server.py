"""The web server, which ends promptly although streams are open that would never end."""

import socket

import uvicorn

from api.live.hub import Hub


class Server(uvicorn.Server):
    """Uvicorn waits for every answer to end before it ends the application: streams go first."""

    def __init__(self, config: uvicorn.Config, live: Hub) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send all listeners away, then end as always."""
        self._live.close()
        await super().shutdown(sockets)
