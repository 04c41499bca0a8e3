"""The session's cookie, a device's token, and whether a request comes from our own pages.

Over HTTPS it is called `__Host-sanbai`: browsers take such a cookie only from this very host, with
`Secure`, for all paths and without a domain, so that no neighbour of the host can set one. Over
plain HTTP, on the machine itself or within an intranet without certificates, browsers would refuse
that name; there it has a plain one, and only that one is read.
"""

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from fastapi import Request, Response

from api.errors import Problem
from data.devices import BEGINS_WITH

if TYPE_CHECKING:
    from api.context import Context

COOKIE = "sanbai_session"
HOST_COOKIE = "__Host-sanbai"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer "


def is_secure(request: Request) -> bool:
    """Whether the browser speaks HTTPS, to us or to the web server before us."""
    settings = cast("Context", request.app.state.context).settings
    return settings.secure_cookies or request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """How the session's cookie is called on the way that a request came."""
    return HOST_COOKIE if is_secure(request) else COOKIE


def device_token_of(request: Request) -> str | None:
    """The token of a device that a request brings as `Authorization: Bearer`, if any."""
    said = request.headers.get("authorization", "")
    token = said[len(_BEARER) :].strip()
    mine = said.lower().startswith(_BEARER) and token.startswith(BEGINS_WITH)
    return token if mine else None


def token_of(request: Request) -> str | None:
    """The token that a request brings, of a device or a session, if any."""
    return device_token_of(request) or request.cookies.get(cookie_name(request))


def give_token(request: Request, response: Response, token: str, hours: float) -> None:
    """Let the browser keep a session's token."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(hours * 3600),
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def take_token(request: Request, response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        cookie_name(request), path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


def refuse_other_sites(request: Request) -> None:
    """Refuse a command that a page of another site sends by somebody's browser.

    Raises
    ------
    Problem
        403 without the header that no other site can send, or with another site's Origin.
    """
    if request.headers.get("x-sanbai") != "1":
        raise Problem(403, "header-missing", "Send the header X-Sanbai: 1 with every command.")
    refuse_other_origins(request)


def refuse_other_origins(request: Request) -> None:
    """Refuse what a browser says comes from a page of another site; programs say nothing."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    ours = cast("Context", request.app.state.context).settings.origin
    host = request.headers.get("host", "") if ours is None else urlsplit(ours).netloc
    if urlsplit(origin).netloc != host:
        raise Problem(
            403,
            "other-site",
            "This page is of another site: open Sanbai by its own address, or set SANBAI_ORIGIN.",
        )
