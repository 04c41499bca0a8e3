"""Tiles that are in memory, answered before any route: no thread, no database, no waiting.

Two kinds come this way: tiles that are the same for everybody who is signed in, under the version
that their address names; and grids with their status, while nothing was heard to have changed.
Everything else goes on to the routes.
"""

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Final, cast
from urllib.parse import parse_qsl

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.caching import IMMUTABLE, PRIVATE, etag_of
from api.context import Context
from api.cookies import COOKIE, HOST_COOKIE, SAFE_METHODS
from api.permissions import Caller
from api.status_tiles import from_memory
from api.tile_answers import TileResponse
from tiles.address import NoSuchTileError, Tile
from tiles.grid_status import LAYER as STATUS
from tiles.layers import LAYERS, Layer

_ADDRESS: Final = re.compile(r"/tiles/([a-z-]+)/(\d{1,2})/(\d{1,8})/(\d{1,8})\.mvt")
_LONGEST: Final = 60
_MOST_ADDRESSES: Final = 20_000
_COOKIES: Final = {False: COOKIE.encode(), True: HOST_COOKIE.encode()}
# Fields of the query that a version stands for; any other asks for something of the caller's own.
_STOOD_FOR = frozenset({"v", "on"})


def tile_key(district_id: int, layer: str, version: str, tile: Tile) -> Hashable:
    """Name a tile in memory: its version is part of it, so that none is ever stale."""
    return (district_id, layer, version, tile.z, tile.x, tile.y)


def shared_tile(
    scope: Scope, packed: bytes, layer: str, version: str, tile: Tile, *, keep: bool
) -> TileResponse:
    """Answer with a tile that is the same for everybody; `keep`: under its version, for good."""
    etag = etag_of(version, f"{layer}/{tile.z}/{tile.x}/{tile.y}")
    return TileResponse(scope, packed, etag=etag, cache_control=IMMUTABLE if keep else PRIVATE)


class TileFront:
    """ASGI middleware that answers what it can from memory and passes on the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] == "GET":
            await (_kept(scope) or self.app)(scope, receive, send)
        elif scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, _noting(scope, send))


def _noting(scope: Scope, send: Send) -> Send:
    """What was done here is seen here at once, before PostgreSQL's notice comes round."""

    async def send_noted(message: Message) -> None:
        if message["type"] == "http.response.start":
            scope["app"].state.context.boards.note_change()
        await send(message)

    return send_noted


def _kept(scope: Scope) -> Response | None:
    asked = _address(scope["path"]) if len(scope["path"]) <= _LONGEST else None
    if asked is None:
        return None
    layer, tile = asked
    parts = cast("Context", scope["app"].state.context)
    who = _signed_in(scope, parts)
    if who is None:
        return None
    if layer == STATUS.name:
        return from_memory(scope, parts, who, tile)
    return _shared(scope, parts, who, LAYERS.get(layer), tile)


@lru_cache(_MOST_ADDRESSES)
def _address(path: str) -> tuple[str, Tile] | None:
    """Layer and tile that a path names."""
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return None
    try:
        return found[1], Tile(int(found[2]), int(found[3]), int(found[4]))
    except NoSuchTileError:
        return None


def _shared(
    scope: Scope, parts: Context, who: Caller, layer: Layer | None, tile: Tile
) -> Response | None:
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    if layer is None or layer.scoped or not asked.keys() <= _STOOD_FOR:
        return None
    version = asked.get("v", "")
    packed = parts.memory.get(tile_key(who.district_id, layer.name, version, tile))
    if packed is None or not who.roles_for(layer.permission):
        return None
    return shared_tile(scope, packed, layer.name, version, tile, keep=True)


def _signed_in(scope: Scope, parts: Context) -> Caller | None:
    secure = parts.settings.secure_cookies or scope.get("scheme") == "https"
    wanted, token = _COOKIES[secure], b""
    for name, value in scope["headers"]:
        if name == b"cookie":
            for cookie in value.split(b";"):
                key, _, said = cookie.partition(b"=")
                token = said.strip() if key.strip() == wanted else token
    return parts.signed_in.get(token.decode("latin-1"), parts.clock()) if token else None
