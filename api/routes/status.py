"""Status of the grids: compact columns, then what changed."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from isal import igzip
from pydantic import AwareDatetime, BaseModel, Field
from pydantic_core import to_json

from api.caching import PRIVATE, answer_with_etag, etag_of, is_current, packed_answer
from api.context import AppContext, Context, CurrentCaller, Now, Tx, scope_for
from api.errors import not_found, problem_responses
from data.areas import area_path
from data.status_board import StatusBoard, Told

router = APIRouter(prefix="/api/v1", tags=["status"], responses=problem_responses(401, 403))


class GridStatusColumns(BaseModel):
    """Status as columns: the i-th entry of each belongs to the i-th grid."""

    cursor: str = Field(description="Give it as `since` to get only what changed.")
    full: bool = Field(description="True: these are all grids; forget what was known before.")
    as_of: AwareDatetime = Field(description="When it was read.")
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
    parts: AppContext,
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
    board = parts.boards.of(caller.district_id)
    board.bring_up(tx, at)
    told = board.tell(scope.places, area_path=within, since=since)
    if told.full:
        return _whole(request, parts, board, told, at)
    answer = GridStatusColumns(cursor=told.cursor, full=False, as_of=at, **board.columns(told.rows))
    # The cursor moves with every transaction of the server; an older one only tells more.
    return answer_with_etag(request, answer, without={"as_of", "cursor"})


def _whole(
    request: Request, parts: Context, board: StatusBoard, told: Told, at: datetime
) -> Response:
    """Answer with all grids: packed once for all who see the same, until one of them changes."""

    def pack() -> bytes:
        head = {"cursor": told.cursor, "full": True, "as_of": at}
        return igzip.compress(to_json(head | board.columns(told.rows)), compresslevel=1, mtime=0)

    headers = {"ETag": etag_of(told.version), "Cache-Control": PRIVATE, "Vary": "Cookie"}
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    packed = parts.memory.get_or_make(("status", told.version), pack)
    return packed_answer(request, packed, "application/json", headers)
