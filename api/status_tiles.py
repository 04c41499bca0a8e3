"""Tiles with status inside, from the shapes and the status that are in memory."""

import gzip
from collections.abc import Callable, Hashable

import numpy as np
from fastapi import Request, Response

from api.caching import PRIVATE, etag_of, is_current
from api.context import Context, scope_for
from api.permissions import Caller
from api.tile_answers import tile_response
from data.scope import Places, Scope
from data.status_board import StatusBoard
from tiles.address import Tile
from tiles.grid_status import LAYER, StatusTemplate
from tiles.mvt import features


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
    request: Request, board: StatusBoard, template: StatusTemplate, scope: Scope, tile: Tile
) -> Response | None:
    """Answer with a tile as the board stands; None: other grids are on it than in the template."""
    revision = board.revision(template.loaded, template.rows)
    if revision is None:
        return None
    headers = _headers(scope, template, tile, revision)
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    packed = template.at(revision)
    if packed is None:
        taken = board.take(template.loaded, template.rows)
        if taken is None:
            return None
        packed, headers = template.packed(*taken), _headers(scope, template, tile, taken[0])
    return tile_response(request, packed, headers)


def _headers(scope: Scope, template: StatusTemplate, tile: Tile, revision: int) -> dict[str, str]:
    place = f"{LAYER.name}/{tile.z}/{tile.x}/{tile.y}"
    return {
        "ETag": etag_of(scope.etag, place, template.loaded, str(revision)),
        "Cache-Control": PRIVATE,
        "Vary": "Cookie, Authorization",
    }


def from_memory(request: Request, parts: Context, who: Caller, tile: Tile) -> Response | None:
    """Answer without the database, where the process knows that nothing changed; else None."""
    if not parts.live.hearing or not who.roles_for(LAYER.permission):
        return None
    board = parts.boards.of(who.district_id)
    if not board.current:
        return None
    scope = scope_for(who, LAYER.permission)
    template = parts.templates.get(template_key(board, who.district_id, scope.places, tile))
    return None if template is None else answer(request, board, template, scope, tile)
