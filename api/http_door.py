"""The plain HTTP door of a server that speaks HTTPS: how to trust it, and the way on.

Telephones that do not trust our own authority yet come by here: the page says how, and has the
authority's certificate with its fingerprint. Everything else goes on to HTTPS; health checks are
answered here too, and positions of trackers where that is set.
"""

from dataclasses import dataclass
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.settings import Settings
from api.site_address import secure_address
from api.trust_page import AUTHORITY_PATH, trust_page
from data.certificates import authority_der, certificate_in_use

_HEALTH: Final = ("/healthz", "/readyz")
TRACKERS: Final = "/t/"


@dataclass(frozen=True)
class Door:
    """What the plain port answers.

    Parameters
    ----------
    inside
        The application, for what is answered here as well.
    """

    settings: Settings
    inside: ASGIApp

    def application(self) -> ASGIApp:
        """The door as an ASGI application."""
        pages = Starlette(
            routes=[
                Route("/", self._page),
                Route(AUTHORITY_PATH, self._authority),
                Route("/{path:path}", self._go_on, methods=["GET", "HEAD"]),
            ]
        )

        async def choose(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and self._is_inside(scope["path"]):
                await self.inside(scope, receive, send)
            else:
                await pages(scope, receive, send)

        return choose

    def _is_inside(self, path: str) -> bool:
        return path in _HEALTH or (self.settings.trackers_over_http and path.startswith(TRACKERS))

    async def _page(self, request: Request) -> Response:
        standing = certificate_in_use(self.settings.home)
        if standing is None or not standing.own:
            return await self._go_on(request)
        return HTMLResponse(trust_page(standing, self._way_on(request)))

    async def _authority(self, request: Request) -> Response:
        standing = certificate_in_use(self.settings.home)
        if standing is None or not standing.own:
            return await self._go_on(request)
        return Response(
            authority_der(self.settings.home),
            media_type="application/x-x509-ca-cert",
            headers={"Content-Disposition": 'attachment; filename="sanbai-ca.crt"'},
        )

    async def _go_on(self, request: Request) -> Response:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(self._way_on(request) + path, 307)

    def _way_on(self, request: Request) -> str:
        standing = certificate_in_use(self.settings.home)
        names = () if standing is None else standing.names
        return secure_address(self.settings, names, asked=request.url.hostname)
