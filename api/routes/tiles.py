"""Vector tiles of the map's layers, and TileJSON that says where they are."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from api.caching import PRIVATE, etag_of
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from api.permissions import Caller
from api.plan_views import require_plan
from api.tile_answers import MEDIA_TYPE, TileResponse
from api.tile_front import shared_tile, tile_key
from casework.course import STATES
from data.areas import district_bounds
from data.hotspots import latest_run_id
from data.layers import district_today, layer_version
from data.scope import Scope
from tiles.address import NoSuchTileError, Tile
from tiles.draw import View, draw_tile, pack
from tiles.layers import LAYERS, Layer
from tiles.tilejson import describe

router = APIRouter(prefix="/tiles", tags=["tiles"])

On = Annotated[date | None, Query(description="Grids in force on this day; none: today.")]
Plan = Annotated[int | None, Query(description="Grids as this draft plan draws them.")]
Run = Annotated[int | None, Query(description="Hexagons of this hotspot run; none: the latest.")]
State = Annotated[
    str | None, Query(pattern="^(open|all)$", description="Cases not struck off, or all.")
]
ALL_STATES = tuple(state for state in STATES if state != "void")


def _layer(name: str) -> Layer:
    if name not in LAYERS:
        raise not_found("layer")
    return LAYERS[name]


@router.get("/{layer_name}.json", response_model=None)
def tilejson(
    layer_name: str,
    *,
    parts: AppContext,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    on: On = None,
    plan: Plan = None,
) -> dict[str, Any]:
    """Describe a layer as TileJSON 3.0; the address of its tiles holds the layer's version."""
    layer = _layer(layer_name)
    scope = scope_for(caller, layer.permission)
    day = on or district_today(tx, scope.district_id, at)
    version = layer_version(tx, scope.district_id, layer.name, day)
    asked: list[tuple[str, object]] = [("on", on), ("plan", plan)]
    if not layer.scoped and plan is None:
        asked.append(("v", version))
    query = "&".join(f"{name}={value}" for name, value in asked if value is not None)
    url = f"/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt" + (f"?{query}" if query else "")
    bounds = district_bounds(tx, scope.district_id)
    return describe(layer, url, bounds, version, parts.settings.attribution)


@router.get(
    "/{layer_name}/{z}/{x}/{y}.mvt",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "A Mapbox Vector Tile, gzipped."},
        204: {"description": "Nothing lies here."},
        304: {"description": "The caller has this tile already."},
    },
)
def tile(
    layer_name: str,
    z: int,
    x: int,
    y: int,
    *,
    request: Request,
    parts: AppContext,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    on: On = None,
    plan: Plan = None,
    run: Run = None,
    state: State = None,
    v: Annotated[str | None, Query(description="The version that TileJSON names.")] = None,
) -> Response:
    """Cut one tile of a layer."""
    layer = _layer(layer_name)
    try:
        address = Tile(z, x, y)
    except NoSuchTileError:
        raise not_found("tile") from None
    scope = scope_for(caller, layer.permission)
    own = layer.scoped or (layer.name == "grids" and plan is not None)
    if v is not None and not own:
        kept = parts.memory.get(tile_key(scope.district_id, layer.name, v, address))
        if kept is not None:
            return shared_tile(request.scope, kept, layer.name, v, address, keep=True)
    day = on or district_today(tx, scope.district_id, at)
    if own:
        asked = View(day, plan_id=plan, run_id=run)
        view = _own_view(tx, caller, scope, layer=layer, view=asked, state=state)
        return _own_tile(request, draw_tile(tx, layer, address, scope, view), scope)
    version, packed = draw_once(parts, tx, scope, layer, address, day=day)
    return shared_tile(request.scope, packed, layer.name, version, address, keep=v == version)


class _ChangedMeanwhile(Exception):  # noqa: N818 (no error: it is drawn again)
    """The layer changed while a tile of it was drawn."""


def draw_once(
    parts: Context, tx: Connection, scope: Scope, layer: Layer, address: Tile, *, day: date
) -> tuple[str, bytes]:
    """Version and packed bytes of a tile that is the same for everybody; drawn once."""

    def draw() -> bytes:
        packed = pack(draw_tile(tx, layer, address, scope, View(day)))
        # What a version names never changes: a tile drawn beside a publication is not kept.
        if layer_version(tx, scope.district_id, layer.name, day) != version:
            raise _ChangedMeanwhile
        return packed

    while True:
        version = layer_version(tx, scope.district_id, layer.name, day)
        key = tile_key(scope.district_id, layer.name, version, address)
        try:
            return version, parts.memory.get_or_make(key, draw)
        except _ChangedMeanwhile:
            continue


def _own_view(
    tx: Connection, caller: Caller, scope: Scope, *, layer: Layer, view: View, state: str | None
) -> View:
    """Complete what is asked for; 404 where it lies outside the caller's area."""
    if layer.name == "hexagons":
        return View(view.on, run_id=view.run_id or latest_run_id(tx, scope.district_id, "h3"))
    if layer.name == "cases":
        return View(view.on, kinds=ALL_STATES if state == "all" else None)
    require_plan(tx, caller, view.plan_id or 0, "plan:read")
    return View(view.on, plan_id=view.plan_id)


def _own_tile(request: Request, drawn: bytes, scope: Scope) -> Response:
    """Answer with a tile that only this scope may see: it is drawn first, then compared."""
    etag = etag_of(scope.etag, drawn)
    return TileResponse(request.scope, pack(drawn), etag=etag, cache_control=PRIVATE, vary="Cookie")
