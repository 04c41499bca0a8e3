"""Tiles with status inside, from the shapes and the status that are in memory."""

import gzip
import hashlib
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Final

import numpy as np
from fastapi import Request, Response

from api.caching import PRIVATE, is_current
from api.context import Context, scope_for
from api.permissions import Caller
from api.tile_answers import tile_response
from data.scope import Places
from data.status_board import StatusBoard
from tiles.address import Tile
from tiles.grid_status import LAYER, StatusTemplate
from tiles.mvt import features

MOST_CALLERS: Final = 20_000


def template_key(board: StatusBoard, district_id: int, places: Places, tile: Tile) -> Hashable:
    """Name a template: for whom, and of which grids on the board."""
    return (district_id, board.loaded, places, tile.z, tile.x, tile.y)


def make_template(board: StatusBoard, places: Places, draw: Callable[[], bytes]) -> StatusTemplate:
    """Take the tile of shapes apart for what is seen of it; `draw` gives it packed."""
    packed = draw()
    found = features(gzip.decompress(packed)) if packed else []
    loaded, rows = board.find(places, [feature.id for feature in found])
    seen = np.flatnonzero(rows >= 0)
    return StatusTemplate([found[i] for i in seen.tolist()], rows[seen], loaded)


def answer(
    request: Request, board: StatusBoard, template: StatusTemplate, places: Places
) -> Response | None:
    """Answer with a tile as the board stands; None: other grids are on it than in the template."""
    revision = board.revision(template.loaded, template.rows)
    if revision is None:
        return None
    poured = template.at(revision)
    if poured is None:
        taken = board.take(template.loaded, template.rows)
        if taken is None:
            return None
        poured = template.pack(*taken)
    headers = {
        "ETag": f'"{_name(places)}{poured.digest}"',
        "Cache-Control": PRIVATE,
        "Vary": "Cookie, Authorization",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return tile_response(request, poured.packed, headers)


def from_memory(request: Request, parts: Context, who: Caller, tile: Tile) -> Response | None:
    """Answer without the database, where the process knows that nothing changed; else None."""
    board = parts.boards.of(who.district_id)
    if not (parts.live.hearing and board.current and who.roles_for(LAYER.permission)):
        return None
    places = _places(who)
    template = parts.templates.get(template_key(board, who.district_id, places, tile))
    return None if template is None else answer(request, board, template, places)


@lru_cache(MOST_CALLERS)
def _places(who: Caller) -> Places:
    return scope_for(who, LAYER.permission).places


@lru_cache(MOST_CALLERS)
def _name(places: Places) -> str:
    """Name places in an ETag."""
    return hashlib.blake2b(repr(places).encode(), digest_size=8).hexdigest()
