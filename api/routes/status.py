"""Status of the grids: compact columns, then what changed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.caching import answer_with_etag
from api.context import CurrentCaller, Now, Tx, scope_for
from api.errors import not_found, problem_responses
from data.areas import area_path
from data.status import grid_status

router = APIRouter(prefix="/api/v1", tags=["status"], responses=problem_responses(401, 403))


class GridStatusColumns(BaseModel):
    """Status as columns: the i-th entry of each belongs to the i-th grid."""

    cursor: str = Field(description="Give it as `since` to get only what changed.")
    full: bool = Field(description="True: these are all grids; forget what was known before.")
    as_of: AwareDatetime
    grid_id: list[int]
    open: list[int] = Field(description="Cases neither closed nor void.")
    overdue: list[int] = Field(description="Of the open ones: not put right by the deadline.")
    handled: list[int] = Field(description="Of the open ones: put right, to be checked.")
    closed: list[int]
    patrols_30d: list[int] = Field(description="Shifts of the last 30 days.")
    patrol_seconds_30d: list[float]
    patrol_metres_30d: list[float]
    last_patrol_at: list[int | None] = Field(description="Seconds since 1970-01-01 UTC.")
    households: list[int]


@router.get("/grid-status", response_model=GridStatusColumns, responses=problem_responses(404))
def read_grid_status(
    *,
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    at: Now,
    area_id: int | None = None,
    since: Annotated[
        str | None, Query(max_length=200, description="`cursor` of the answer before.")
    ] = None,
) -> Response:
    """Give the status of the grids that the caller may see, or what changed since a cursor.

    Changes may be told twice but are never left out. A cursor that fits no longer (other grids,
    another day, other rights) is answered in full.
    """
    scope = scope_for(caller, "map:read")
    within = None
    if area_id is not None:
        within = area_path(tx, caller.district_id, area_id)
        if within is None:
            raise not_found("area")
    cursor, full, rows = grid_status(tx, scope, at, area_path=within, since=since)
    columns = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
    told = GridStatusColumns(cursor=cursor, full=full, as_of=at, **columns)
    # The cursor moves with every transaction of the server; an older one only tells more.
    return answer_with_etag(request, told, without={"as_of", "cursor"})


COLUMNS = tuple(
    name for name in GridStatusColumns.model_fields if name not in {"cursor", "full", "as_of"}
)
