"""Finding a grid, a case or a place by what it is called."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.context import CurrentCaller, Now, Tx, scope_for
from api.shapes import Box, LonLat
from data.layers import district_today
from data.places import search as search_places

router = APIRouter(prefix="/api/v1/search", tags=["search"])


class Found(BaseModel):
    """Something found, and where it lies."""

    type: Literal["grid", "case", "place", "building", "road", "area"]
    id: int | str = Field(description="A case's id is a UUID, all others are numbers.")
    title: str = Field(examples=["第一网格"])
    subtitle: str | None = Field(examples=["幸福社区 · 370303001001001"])
    centre: LonLat | None = Field(description="Null: a case whose place is not known yet.")
    bbox: Box | None


class FoundList(BaseModel):
    """What was found, the best first."""

    items: list[Found]


@router.get("")
def search(
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    q: Annotated[str, Query(max_length=100, examples=["幸福路"], description="What it is called.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> FoundList:
    """Find grids, cases, areas, places, roads and buildings; exact codes and numbers first."""
    scope = scope_for(caller, "map:read")
    cases = scope_for(caller, "case:read") if caller.roles_for("case:read") else None
    today = district_today(tx, scope.district_id, at)
    rows = search_places(tx, scope, cases, q, on=today, limit=limit)
    return FoundList(
        items=[
            Found(
                type=row.type,
                id=row.id if row.type == "case" else int(row.id),
                title=row.title,
                subtitle=row.subtitle,
                centre=None if row.lon is None else (row.lon, row.lat),
                bbox=None if row.west is None else (row.west, row.south, row.east, row.north),
            )
            for row in rows
        ]
    )
