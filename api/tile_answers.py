"""Answers that hold a vector tile."""

import gzip
from typing import Final

from fastapi import Response
from starlette.types import Scope

from api.caching import names

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
_TYPE: Final = (b"content-type", MEDIA_TYPE.encode())
_PACKED: Final = (b"content-encoding", b"gzip")


class TileResponse(Response):
    """A packed tile as the answer: 304 to who has it, 204 when empty, unpacked to who has no gzip.

    Headers are written as they are sent: this is done for thousands of tiles a second.

    Parameters
    ----------
    scope
        The request.
    packed
        The tile as gzip; empty where nothing lies.
    etag
        Quotes and all.
    vary
        Headers of the request that the tile depends on, beside `Accept-Encoding`.
    """

    def __init__(
        self, scope: Scope, packed: bytes, *, etag: str, cache_control: str, vary: str = ""
    ) -> None:
        self.background = None
        self.body, self.status_code = b"", 204
        self.raw_headers = [
            (b"etag", etag.encode()),
            (b"cache-control", cache_control.encode()),
            (b"vary", f"{vary}, Accept-Encoding".removeprefix(", ").encode()),
        ]
        known = unpacks = b""
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                known = value
            elif name == b"accept-encoding":
                unpacks = value
        if known and names(known.decode("latin-1"), etag):
            self.status_code = 304
        elif packed:
            self.status_code = 200
            self._hold(packed, packs=b"gzip" in unpacks)

    def _hold(self, packed: bytes, *, packs: bool) -> None:
        self.body = packed if packs else gzip.decompress(packed)
        self.raw_headers += [_TYPE, (b"content-length", b"%d" % len(self.body))]
        if packs:
            self.raw_headers.append(_PACKED)
