"""Grids with their status inside the tile, for QGIS and other clients of vector tiles."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from api.routes.tiles import draw_once
from api.status_tiles import answer, make_template, name_of, template_key
from api.tile_answers import MEDIA_TYPE
from data.areas import district_bounds
from data.layers import district_today, layer_version
from data.scope import Scope
from data.status_board import StatusBoard
from tiles.address import NoSuchTileError, Tile
from tiles.grid_status import LAYER, SHAPES, StatusTemplate
from tiles.tilejson import describe

router = APIRouter(prefix="/tiles", tags=["tiles"])


@router.get(f"/{LAYER.name}.json", response_model=None)
def status_tilejson(
    *, request: Request, parts: AppContext, caller: CurrentCaller, tx: Tx, at: Now
) -> dict[str, Any]:
    """Describe the grids with their status as TileJSON 3.0; addresses are whole, for any client."""
    scope = scope_for(caller, LAYER.permission)
    today = district_today(tx, scope.district_id, at)
    version = layer_version(tx, scope.district_id, SHAPES.name, today)
    url = f"{str(request.base_url).rstrip('/')}/tiles/{LAYER.name}/{{z}}/{{x}}/{{y}}.mvt"
    bounds = district_bounds(tx, scope.district_id)
    return describe(LAYER, url, bounds, version, parts.settings.attribution)


@router.get(
    f"/{LAYER.name}/{{z}}/{{x}}/{{y}}.mvt",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "A Mapbox Vector Tile, gzipped."},
        204: {"description": "No grid that the caller sees lies here."},
        304: {"description": "The caller has this tile already, and nothing changed."},
    },
)
def status_tile(
    z: int,
    x: int,
    y: int,
    *,
    request: Request,
    parts: AppContext,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
) -> Response:
    """Cut one tile of the grids that the caller sees, each with its status as it is now.

    Beside code, name and kind: `households`, `open`, `overdue`, `handled`, `closed`,
    `patrols_30d` as in `/api/v1/grid-status`; `rectified_percent`, closed of what was due;
    `last_patrol_days`, 0 for today. The last two are left out where there is nothing to tell.
    """
    try:
        tile = Tile(z, x, y)
    except NoSuchTileError:
        raise not_found("tile") from None
    scope = scope_for(caller, LAYER.permission)
    board, name = parts.boards.of(scope.district_id), name_of(scope.places)
    while True:
        board.bring_up(tx, at, unless_current=parts.live.hearing)
        template = _template(parts, tx, scope, board, tile)
        told = answer(request.scope, board, template, name)
        if told is not None:
            return told


def _template(
    parts: Context, tx: Connection, scope: Scope, board: StatusBoard, tile: Tile
) -> StatusTemplate:
    day = board.era[0] if board.era is not None else None

    def draw() -> bytes:
        if day is None:
            return b""
        return draw_once(parts, tx, scope, SHAPES, tile, day=day)[1]

    key = template_key(board, scope.district_id, scope.places, tile)
    return parts.templates.get_or_make(key, lambda: make_template(board, scope.places, draw))
