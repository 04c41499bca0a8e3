"""The density of cases as tiles of pictures."""

import shapely
from fastapi import APIRouter, Request, Response
from obstore.exceptions import NotFoundError
from sqlalchemy import Connection

from api.caching import PRIVATE, etag_of, is_current
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from data.density_tiles import (
    DensityState,
    density_state,
    density_tile,
    outline_wkb,
    read_density,
)
from data.scope import Scope
from tiles.address import NoSuchTileError, Tile

router = APIRouter(prefix="/tiles", tags=["tiles"])


@router.get(
    "/density/{run}/{z}/{x}/{y}.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "256 pixels square, with a palette."},
        204: {"description": "No density shows here."},
        304: {"description": "The caller has this tile already."},
    },
)
def density_picture_tile(
    run: int,
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
    """Draw a tile of the density of a run, clear outside the caller's area.

    What the colours mean is told by `/api/v1/hotspots/density`.
    """
    try:
        tile = Tile(z, x, y)
    except NoSuchTileError:
        raise not_found("tile") from None
    scope = scope_for(caller, "case:read")
    state = density_state(tx, scope.district_id, run, at)
    if state is None:
        raise not_found("density")
    name = (state.key, scope.places, state.outlines, tile.z, tile.x, tile.y)
    headers = {
        "ETag": etag_of(scope.etag, repr(name)),
        "Cache-Control": PRIVATE,
        "Vary": "Cookie, Authorization",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    png = parts.memory.get_or_make(
        ("density tile", scope.district_id, *name),
        lambda: _draw(parts, tx, scope, state, tile),
    )
    if not png:
        return Response(status_code=204, headers=headers)
    return Response(png, media_type="image/png", headers=headers)


def _draw(parts: Context, tx: Connection, scope: Scope, state: DensityState, tile: Tile) -> bytes:
    remember = parts.memory.get_or_make
    try:
        raster = remember(("density", state.key), lambda: read_density(parts.files, state.key))
    except NotFoundError as error:
        # Computed anew a moment ago: its raster went with it.
        raise not_found("density") from error
    held = remember(
        ("outline", scope.district_id, scope.places, state.outlines),
        lambda: outline_wkb(tx, scope, state.day),
    )
    outline = shapely.from_wkb(held) if held else None
    return density_tile(raster, tile.z, tile.x, tile.y, outline)
