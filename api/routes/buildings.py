"""Buildings with their number of households; never who lives there."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import not_found
from api.paging import Cursor, Limit, Page, cursor_of, key_of
from api.shapes import BboxText, LonLat, Outline, read_bbox
from data.layers import district_today
from data.places import building_geojson, list_buildings

router = APIRouter(prefix="/api/v1/buildings", tags=["buildings"])


class Building(BaseModel):
    """A building."""

    id: int
    name: str | None = Field(examples=["3号楼"])
    compound: str | None = Field(examples=["幸福家园"])
    address: str | None = Field(examples=["幸福路18号"])
    use: str | None
    levels: int | None
    households: int = Field(description="A count; who lives there is not kept.")
    centre: LonLat
    area_id: int | None = Field(description="Its community.")


class BuildingDetail(Building):
    """A building with its outline."""

    geometry: Outline


@router.get("")
def buildings(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    bbox: BboxText = None,
    grid_id: int | None = None,
    area_id: int | None = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Part of name, compound or address.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Building]:
    """List buildings of the caller's area."""
    scope = scope_for(caller, "map:read")
    after = key_of(cursor, int)
    rows = list_buildings(
        tx,
        scope,
        district_today(tx, scope.district_id, at),
        grid_id=grid_id,
        area_id=area_id,
        bbox=read_bbox(bbox),
        named=q,
        after_id=None if after is None else int(after[0]),
        limit=limit,
    )
    more = cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[Building(**_building(row)) for row in rows[:limit]], next=more)


@router.get("/{building_id}")
def building(building_id: int, caller: CurrentCaller, tx: Tx, at: Now) -> BuildingDetail:
    """Show one building and its outline."""
    scope = scope_for(caller, "map:read")
    today = district_today(tx, scope.district_id, at)
    rows = list_buildings(tx, scope, today, building_id=building_id, limit=1)
    if not rows:
        raise not_found("building")
    outline = Outline.model_validate_json(building_geojson(tx, scope.district_id, building_id))
    return BuildingDetail(**_building(rows[0]), geometry=outline)


def _building(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "compound": row.compound,
        "address": row.address,
        "use": row.use,
        "levels": row.levels,
        "households": row.households,
        "centre": (row.lon, row.lat),
        "area_id": row.area_id,
    }
