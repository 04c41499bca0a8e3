"""Answers that hold a vector tile."""

from typing import Final

from fastapi import Request, Response

from api.caching import packed_answer

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"


def tile_response(request: Request, packed: bytes, headers: dict[str, str]) -> Response:
    """Answer with a packed tile, unpacked for who cannot unpack it; 204 when it is empty."""
    if not packed:
        return Response(status_code=204, headers=headers)
    return packed_answer(request, packed, MEDIA_TYPE, headers)
