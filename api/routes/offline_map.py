"""The map of one's own area in one file, for a phone that has no network there."""

import gzip
import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, NamedTuple

import shapely
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.caching import PRIVATE, etag_of, is_current
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import Problem, not_found, problem_responses
from api.permissions import Caller
from api.tile_front import tile_key
from data.density_tiles import outline_wkb
from data.layers import district_today, layer_version
from data.scope import Scope
from tiles.address import Tile
from tiles.draw import View, draw_tile
from tiles.layers import LAYERS
from tiles.offline_map import MARGIN_M, NAMES, RADIUS_M, archive, tiles_over

router = APIRouter(prefix="/api/v1", tags=["tiles"])

MEDIA_TYPE: Final = "application/vnd.pmtiles"
# What is written differs from what was written before, though no layer has changed.
FORM: Final = "1"


class OfflineMapOut(BaseModel):
    """The map as it would be sent now."""

    version: Annotated[str, Field(description="Differs when anything on the map does.")]
    size_bytes: Annotated[int, Field(description="What the file takes.")]
    grids: Annotated[int, Field(description="Own grids on it; 0 where it is made for areas.")]
    margin_m: Annotated[float, Field(description="How far it reaches beyond one's own area.")]
    bounds: Annotated[
        list[float],
        Field(
            min_length=4,
            max_length=4,
            description="West, south, east, north of one's own area, in degrees.",
        ),
    ]


class _Asked(NamedTuple):
    """Whose map it is, of which day, and of which content."""

    scope: Scope
    day: date
    outline: bytes
    versions: Mapping[str, str]

    @property
    def version(self) -> str:
        """A name of all that decides what is in the file."""
        return etag_of(FORM, self.outline, *self.versions.values()).strip('"')


@router.get(
    "/offline-map",
    response_model=OfflineMapOut,
    responses={
        304: {"description": "The caller has this map already."},
        **problem_responses(401, 403, 404, 503),
    },
)
def offline_map(
    request: Request, *, parts: AppContext, caller: CurrentCaller, tx: Tx, at: Now
) -> Response:
    """Tell how large the map is that one may take along, and whether one has it already."""
    asked = _asked(tx, caller, at=at)
    headers = _headers(asked)
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    told = OfflineMapOut(
        version=asked.version,
        size_bytes=len(_file(parts, tx, asked)),
        grids=len(asked.scope.grid_ids),
        margin_m=MARGIN_M,
        bounds=[*_bounds(asked.outline)],
    )
    return Response(told.model_dump_json(), media_type="application/json", headers=headers)


@router.get(
    "/offline-map.pmtiles",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "A PMTiles archive of vector tiles."},
        304: {"description": "The caller has this map already."},
        **problem_responses(401, 403, 404, 503),
    },
)
def offline_map_file(
    request: Request, *, parts: AppContext, caller: CurrentCaller, tx: Tx, at: Now
) -> Response:
    """Send the map of one's grids or area: outlines, roads, buildings, water and names.

    There are no hazards in it and nothing of how a grid stands, as in tiles for everybody.
    """
    asked = _asked(tx, caller, at=at)
    headers = _headers(asked)
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(_file(parts, tx, asked), media_type=MEDIA_TYPE, headers=headers)


def _headers(asked: _Asked) -> dict[str, str]:
    return {"ETag": f'"{asked.version}"', "Cache-Control": PRIVATE, "Vary": "Cookie, Authorization"}


def _asked(tx: Connection, caller: Caller, *, at: datetime) -> _Asked:
    """Look up whose map it is; 404 for who has neither an area nor a grid today."""
    scope = scope_for(caller, "map:read")
    day = district_today(tx, scope.district_id, at)
    outline = outline_wkb(tx, scope, day)
    if not outline:
        raise not_found("map")
    return _Asked(scope, day, outline, _versions(tx, scope, day))


def _versions(tx: Connection, scope: Scope, day: date) -> dict[str, str]:
    return {name: layer_version(tx, scope.district_id, name, day) for name in NAMES}


def _file(parts: Context, tx: Connection, asked: _Asked) -> bytes:
    """The file of that version; drawn once, and by few at a time: it takes long."""
    return parts.memory.get_or_make(
        ("offline map", asked.scope.district_id, asked.version), lambda: _draw(parts, tx, asked)
    )


def _draw(parts: Context, tx: Connection, asked: _Asked) -> bytes:
    # Whoever waited here would keep a connection from all others.
    if not parts.map_slots.acquire(blocking=False):
        raise _busy("Other maps are drawn just now.")
    try:
        tiles = tiles_over(shapely.from_wkb(asked.outline))
        drawn = [(tile, _layers(parts, tx, asked, tile)) for tile in tiles]
    finally:
        parts.map_slots.release()
    # A map of two states would be told as the first of them for as long as nothing else changes.
    if _versions(tx, asked.scope, asked.day) != asked.versions:
        raise _busy("The map changes just now.")
    return archive(drawn, _bounds(asked.outline), parts.settings.attribution)


def _busy(why: str) -> Problem:
    return Problem(503, "busy", why, headers={"Retry-After": "3"})


def _layers(parts: Context, tx: Connection, asked: _Asked, tile: Tile) -> dict[str, bytes]:
    """Layers of a tile as they are in memory, or drawn for the file alone.

    What is drawn here is not given to others: their tiles are held against the version one by one.
    """
    drawn, view = {}, View(asked.day)
    for name, version in asked.versions.items():
        kept = parts.memory.get(tile_key(asked.scope.district_id, name, version, tile))
        if kept is None:
            drawn[name] = draw_tile(tx, LAYERS[name], tile, asked.scope, view)
        else:
            drawn[name] = gzip.decompress(kept) if kept else b""
    return drawn


def _bounds(outline: bytes) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.bounds(shapely.from_wkb(outline)).tolist()
    return (_lon(west), _lat(south), _lon(east), _lat(north))


def _lon(x_3857: float) -> float:
    return round(math.degrees(x_3857 / RADIUS_M), 6)


def _lat(y_3857: float) -> float:
    return round(math.degrees(math.atan(math.sinh(y_3857 / RADIUS_M))), 6)
