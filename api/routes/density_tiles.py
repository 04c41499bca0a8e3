"""The density of cases as tiles of pictures."""

from fastapi import APIRouter, Request, Response
from obstore.exceptions import NotFoundError
from sqlalchemy import Connection

from api.caching import PRIVATE, etag_of, is_current
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from data.density_tiles import density_tile, outline_of, read_density
from data.hotspots import find_run
from data.layers import district_today, layer_version
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
    found = find_run(tx, scope.district_id, run_id=run)
    if found is None or found.density_key is None:
        raise not_found("density")
    today = district_today(tx, scope.district_id, at)
    # All that a tile depends on: the raster, whose name is its content, and what is seen of it.
    bounds = [layer_version(tx, scope.district_id, name, today) for name in ("areas", "grids")]
    name = (found.density_key, scope.places, *bounds, tile.z, tile.x, tile.y)
    headers = {
        "ETag": etag_of(scope.etag, repr(name)),
        "Cache-Control": PRIVATE,
        "Vary": "Cookie, Authorization",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    png = parts.memory.get_or_make(
        ("density tile", scope.district_id, *name),
        lambda: _draw(parts, tx, scope, found.density_key, tile, on=today),
    )
    if not png:
        return Response(status_code=204, headers=headers)
    return Response(png, media_type="image/png", headers=headers)


def _draw(
    parts: Context, tx: Connection, scope: Scope, key: str, tile: Tile, *, on: object
) -> bytes:
    try:
        raster = parts.memory.get_or_make(("density", key), lambda: read_density(parts.files, key))
    except NotFoundError as error:
        # Computed anew a moment ago: its raster went with it.
        raise not_found("density") from error
    return density_tile(raster, tile.z, tile.x, tile.y, outline_of(tx, scope, on))
