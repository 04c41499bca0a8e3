"""Where a point lies, in words and on the map: asked before a hazard is reported."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.case_views import CaseBrief, NamedRef, brief
from api.context import CurrentCaller, Now, Tx, scope_for
from api.permissions import Caller
from api.shapes import Ref
from data.areas import area_of_points
from data.case_lists import cases_near
from data.case_types import Point
from data.grids import grids_of_points
from data.layers import district_today
from data.places import nearest_address
from data.temporary_grids import temporary_grids_at
from geo.datum import Datum, to_wgs84

router = APIRouter(prefix="/api/v1/locate", tags=["locate"])
NEARBY_M = 50.0


class Located(BaseModel):
    """Where a point lies; grid and area are null outside all of them."""

    lon: float = Field(description="Degrees, WGS 84.")
    lat: float = Field(description="Degrees, WGS 84.")
    grid: Ref | None
    temporary_grids: list[NamedRef] = Field(description="Temporary grids over it now.")
    area: Ref | None = Field(description="The lowest area that holds the point.")
    address: str | None = Field(description="The nearest building's address, or road.")
    nearby: list[CaseBrief] = Field(description="Open cases within 50 m, nearest first.")


@router.get("")
def locate(
    *,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    lon: Annotated[float, Query(ge=-180, le=180, examples=[118.05])],
    lat: Annotated[float, Query(ge=-90, le=90, examples=[36.81])],
    datum: Annotated[Datum, Query(description="Of the coordinates given.")] = "wgs84",
) -> Located:
    """Tell the grid, area and address of a point, and open cases close by."""
    scope = scope_for(caller, "map:read")
    lons, lats = to_wgs84([lon], [lat], datum)
    x, y = float(lons[0]), float(lats[0])
    today = district_today(tx, scope.district_id, at)
    grid = grids_of_points(tx, scope.district_id, today, [x], [y])[0]
    area = area_of_points(tx, scope.district_id, [x], [y])[0]
    return Located(
        lon=x,
        lat=y,
        grid=None if grid is None else Ref(id=grid.grid_id, code=grid.code, name=grid.name),
        temporary_grids=[
            NamedRef(id=over.id, name=over.name)
            for over in temporary_grids_at(tx, scope.district_id, x, y, at)
        ],
        area=None if area is None else Ref(id=area.id, code=area.code, name=area.name),
        address=nearest_address(tx, scope.district_id, x, y),
        nearby=_open_nearby(tx, caller, Point(x, y)),
    )


def _open_nearby(tx: Connection, caller: Caller, point: Point) -> list[CaseBrief]:
    if not caller.roles_for("case:read"):
        return []
    scope = scope_for(caller, "case:read")
    return [brief(row) for row in cases_near(tx, scope, point, metres=NEARBY_M)]
