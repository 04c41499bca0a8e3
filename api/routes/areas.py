"""Areas: district, streets, zones, communities, in one tree."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from pydantic_core import from_json, to_json
from sqlalchemy import Connection

from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.shapes import Box, LonLat, Outline
from data.areas import area_geojson, list_areas, sum_areas, sums_version
from data.layers import district_today

router = APIRouter(prefix="/api/v1/areas", tags=["areas"])
Sums = Mapping[str, tuple[int, int]]
Level = Literal["district", "street", "zone", "community"]


class Area(BaseModel):
    """An area with what lies in it."""

    id: int
    code: str = Field(examples=["370303001001"])
    name: str = Field(examples=["幸福社区"])
    name_en: str | None
    level: Level
    parent_id: int | None
    path: str = Field(description="Codes from the district down, joined by dots.")
    bbox: Box
    centre: LonLat = Field(description="A point within the area, for its label.")
    households: int = Field(description="Households of its buildings.")
    grids: int = Field(description="Grids in force today.")


class AreaDetail(Area):
    """An area with its outline."""

    geometry: Outline


@router.get("")
def areas(
    *,
    parts: AppContext,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    parent_id: int | None = None,
    level: Level | None = None,
    q: Annotated[str | None, Query(max_length=100, description="Name or code.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Area]:
    """List areas by code: those the caller works in, and those above them."""
    scope = scope_for(caller, "map:read")
    after = key_of(cursor, str, int)
    rows = list_areas(
        tx,
        scope,
        parent_id=parent_id,
        level=level,
        named=q,
        after=None if after is None else (str(after[0]), int(after[1])),
        limit=limit,
    )
    more = cursor_of(rows[limit - 1].code, rows[limit - 1].id) if len(rows) > limit else None
    sums = _sums(parts, tx, scope.district_id, at)
    return Page(items=[Area(**_area(row, sums)) for row in rows[:limit]], next=more)


@router.get("/{area_id}")
def area(area_id: int, parts: AppContext, caller: CurrentCaller, tx: Tx, at: Now) -> AreaDetail:
    """Show one area and its outline."""
    scope = scope_for(caller, "map:read")
    rows = list_areas(tx, scope, area_id=area_id, limit=1)
    if not rows:
        raise not_found("area")
    outline = Outline.model_validate_json(area_geojson(tx, scope.district_id, area_id))
    sums = _sums(parts, tx, scope.district_id, at)
    return AreaDetail(**_area(rows[0], sums), geometry=outline)


def _sums(parts: Context, tx: Connection, district_id: int, at: datetime) -> Sums:
    """Households and grids by area: added up once until something in them changes."""
    today = district_today(tx, district_id, at)
    key = ("area sums", district_id, sums_version(tx, district_id, today))
    packed = parts.memory.get_or_make(key, lambda: to_json(sum_areas(tx, district_id, today)))
    sums: Sums = from_json(packed)
    return sums


def _area(row: Any, sums: Sums) -> dict[str, Any]:
    households, grids = sums.get(row.path, (0, 0))
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "level": row.level,
        "parent_id": row.parent_id,
        "path": row.path,
        "bbox": (row.west, row.south, row.east, row.north),
        "centre": (row.lon, row.lat),
        "households": households,
        "grids": grids,
    }
