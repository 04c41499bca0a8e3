"""Tiles that are in memory, answered before any route: no thread, no database, no waiting.

Two kinds come this way: tiles that are the same for everybody who is signed in, under the version
that their address names; and grids with their status, while nothing was heard to have changed.
Everything else goes on to the routes.
"""

import re
from collections.abc import Hashable
from typing import cast
from urllib.parse import parse_qsl

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.caching import IMMUTABLE, PRIVATE, etag_of, is_current
from api.context import COOKIE, SAFE_METHODS, Context
from api.permissions import Caller
from api.status_tiles import from_memory
from api.tile_answers import tile_response
from tiles.address import NoSuchTileError, Tile
from tiles.grid_status import LAYER as STATUS
from tiles.layers import LAYERS, Layer

_ADDRESS = re.compile(r"/tiles/([a-z-]+)/(\d{1,2})/(\d{1,8})/(\d{1,8})\.mvt")
# Fields of the query that a version stands for; any other asks for something of the caller's own.
_STOOD_FOR = frozenset({"v", "on"})


def tile_key(district_id: int, layer: str, version: str, tile: Tile) -> Hashable:
    """Name a tile in memory: its version is part of it, so that none is ever stale."""
    return (district_id, layer, version, tile.z, tile.x, tile.y)


def shared_tile(
    request: Request, packed: bytes, layer: str, version: str, tile: Tile, *, keep: bool
) -> Response:
    """Answer with a tile that is the same for everybody; `keep`: under its version, for good."""
    headers = {
        "ETag": etag_of(version, f"{layer}/{tile.z}/{tile.x}/{tile.y}"),
        "Cache-Control": IMMUTABLE if keep else PRIVATE,
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return tile_response(request, packed, headers)


class TileFront:
    """ASGI middleware that answers what it can from memory and passes on the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on."""
        kept = _kept(scope) if scope["type"] == "http" else None
        await (self.app if kept is None else kept)(scope, receive, send)
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            # What was done here is seen here at once, before PostgreSQL's notice comes round.
            scope["app"].state.context.boards.note_change()


def _kept(scope: Scope) -> Response | None:
    address = _ADDRESS.fullmatch(scope["path"]) if scope["method"] == "GET" else None
    if address is None:
        return None
    request = Request(scope)
    parts = cast("Context", request.app.state.context)
    who = _signed_in(request, parts)
    if who is None:
        return None
    try:
        tile = Tile(int(address[2]), int(address[3]), int(address[4]))
    except NoSuchTileError:
        return None
    if address[1] == STATUS.name:
        return from_memory(request, parts, who, tile)
    return _shared(request, parts, who, LAYERS.get(address[1]), tile)


def _shared(
    request: Request, parts: Context, who: Caller, layer: Layer | None, tile: Tile
) -> Response | None:
    asked = dict(parse_qsl(request.scope["query_string"].decode("latin-1")))
    if layer is None or layer.scoped or not asked.keys() <= _STOOD_FOR:
        return None
    version = asked.get("v", "")
    packed = parts.memory.get(tile_key(who.district_id, layer.name, version, tile))
    if packed is None or not who.roles_for(layer.permission):
        return None
    return shared_tile(request, packed, layer.name, version, tile, keep=True)


def _signed_in(request: Request, parts: Context) -> Caller | None:
    token = request.cookies.get(COOKIE)
    return None if token is None else parts.signed_in.get(token, parts.clock())
