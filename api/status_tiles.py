"""Tiles with status inside, from the shapes and the status that are in memory."""

import gzip
import hashlib
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Final

import numpy as np
from fastapi import Response
from starlette.types import Scope as RequestScope

from api.caching import PRIVATE
from api.context import Context, scope_for
from api.permissions import Caller
from api.tile_answers import TileResponse
from data.scope import Places
from data.status_board import StatusBoard
from tiles.address import Tile
from tiles.grid_status import LAYER, Poured, StatusTemplate
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
    request: RequestScope, board: StatusBoard, template: StatusTemplate, name: str
) -> Response | None:
    """Answer with a tile as the board stands; None: other grids are on it than in the template.

    `name` is that of the places that the caller sees, in the ETag.
    """
    poured = _poured(board, template)
    if poured is None:
        return None
    return TileResponse(
        request,
        poured.packed,
        etag=f'"{name}{poured.digest}"',
        cache_control=PRIVATE,
        vary="Cookie, Authorization",
    )


def _poured(board: StatusBoard, template: StatusTemplate) -> Poured | None:
    changes = board.changes
    poured = template.unchanged(changes)
    if poured is not None:
        return poured
    revision = board.revision(template.loaded, template.rows)
    if revision is None:
        return None
    poured = template.at(revision, changes)
    if poured is not None:
        return poured
    taken = board.take(template.loaded, template.rows)
    return None if taken is None else template.pack(*taken, changes=changes)


def from_memory(scope: RequestScope, parts: Context, who: Caller, tile: Tile) -> Response | None:
    """Answer without the database, where the process knows that nothing changed; else None.

    A change that another process made may be told up to `data.status_board.BEHIND_S` late.
    """
    board = parts.boards.of(who.district_id)
    seen = _seen(who) if parts.live.hearing and board.may_tell() else None
    if seen is None:
        return None
    places, name = seen
    template = parts.templates.get(template_key(board, who.district_id, places, tile))
    return None if template is None else answer(scope, board, template, name)


@lru_cache(MOST_CALLERS)
def _seen(who: Caller) -> tuple[Places, str] | None:
    """Places whose status the caller sees, and their name; None: the right lacks."""
    if not who.roles_for(LAYER.permission):
        return None
    places = scope_for(who, LAYER.permission).places
    return places, name_of(places)


def name_of(places: Places) -> str:
    """Name places in an ETag."""
    return hashlib.blake2b(repr(places).encode(), digest_size=8).hexdigest()
