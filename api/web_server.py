"""The web server, which ends promptly although streams are open that would never end.

With a certificate it speaks HTTPS, opens a plain door beside that, and takes a certificate that was
renewed into use while it runs.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import uvicorn
from fastapi import FastAPI

from api.http_door import Door
from api.live.hub import Hub
from api.settings import Settings
from data.certificate_names import CertificateError
from data.certificates import renew_own, server_file

logger = logging.getLogger("sanbai.web")

GRACE_S: Final = 10
LOOK_AT_CERTIFICATE_S: Final = 3600.0


def server_of(app: FastAPI, settings: Settings) -> "Server":
    """The web server of an application: HTTPS and a plain door where there is a certificate."""
    said: dict[str, Any] = {
        "host": settings.host,
        "log_config": None,
        "access_log": False,
        "timeout_graceful_shutdown": GRACE_S,
    }
    if not server_file(settings.home).is_file():
        return Server(uvicorn.Config(app, port=settings.port, **said), app)
    renew_own(settings.home, datetime.now(UTC))
    door = Door(settings, app).application()
    return Server(
        uvicorn.Config(
            app,
            port=settings.https_port,
            ssl_certfile=str(server_file(settings.home)),
            **said,
        ),
        app,
        _Beside(uvicorn.Config(door, port=settings.port, lifespan="off", **said)),
        settings,
    )


class _Beside(uvicorn.Server):
    """A second server in the same loop: the first one listens to signals for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the first one."""
        yield


class Server(uvicorn.Server):
    """Uvicorn waits for every answer to end before it ends the application: streams go first."""

    def __init__(
        self,
        config: uvicorn.Config,
        app: FastAPI,
        door: uvicorn.Server | None = None,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(config)
        self._app = app
        self._live: Hub = app.state.context.live
        self._door = door
        self._settings = settings
        self._beside: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Build all routes, then begin as always.

        FastAPI builds a route when a request first looks at it: together that takes a second, and
        everybody else waits.
        """
        nowhere = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": []}
        for route in self._app.routes:
            route.matches(nowhere)
        await super().startup(sockets)
        if self._door is not None and self._settings is not None:
            self._beside.append(asyncio.create_task(self._door.serve()))
            self._beside.append(asyncio.create_task(self._keep_certificate(self._settings)))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send all listeners away, then end as always."""
        self._live.close()
        if self._door is not None:
            self._door.should_exit = True
            await self._beside[0]
            self._beside[1].cancel()
        await super().shutdown(sockets)

    async def _keep_certificate(self, settings: Settings) -> None:
        """Renew our own certificate in time; let new connections have what was put in place."""
        path = server_file(settings.home)
        taken = path.stat().st_mtime_ns
        while True:
            await asyncio.sleep(LOOK_AT_CERTIFICATE_S)
            try:
                await asyncio.to_thread(renew_own, settings.home, datetime.now(UTC))
                if path.is_file() and path.stat().st_mtime_ns != taken and self.config.ssl:
                    self.config.ssl.load_cert_chain(path)
                    taken = path.stat().st_mtime_ns
            except (CertificateError, ssl.SSLError, OSError):
                # The old one serves on: whoever runs the server sees it in the log and the doctor.
                logger.exception("the certificate was not renewed")
