"""The live stream: what changed, told while it happens."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from api.context import AppContext, CurrentCaller, scope_for
from api.cookies import token_of
from api.errors import Problem, problem_responses
from api.live.audience import Listener

router = APIRouter(prefix="/api/v1", tags=["status"])
MEDIA_TYPE = "text/event-stream"
# Without the last a proxy would gather events until its buffer is full.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/live",
    response_class=StreamingResponse,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "Server-sent events, without end."},
        **problem_responses(401, 403, 503),
    },
)
async def live(
    *,
    request: Request,
    parts: AppContext,
    caller: CurrentCaller,
    since: Annotated[
        str | None,
        Query(max_length=200, description="`cursor` of `/api/v1/grid-status`, or of this stream."),
    ] = None,
    last_event_id: Annotated[
        str | None, Header(max_length=200, description="Goes before `since`.")
    ] = None,
) -> StreamingResponse:
    """Tell what changes in what the caller may see, as server-sent events.

    `status` holds columns as `/api/v1/grid-status` does, of grids that changed; `cases` columns as
    `/api/v1/cases/points` does, and `gone`: ids of cases seen no longer. `layers` tells the day
    and how often each map layer changed, at the beginning and at each change. `reload` names what
    is to be loaded anew (`status`, `cases`, `layers`), since it is too much to tell. `beat` comes
    every fifteen seconds. `end` says why the stream ends: `rights` changed, or the server is
    `closing`.

    `told` and `beat` carry the cursor up to which everything has been told, as the event's id:
    with it a client that comes back is told what it missed. Changes may be told twice but are
    never left out. Beyond `SANBAI_LIVE_CLIENTS` open streams the answer is 503: ask
    `/api/v1/grid-status` now and then instead.
    """
    if parts.live.full:
        raise Problem(503, "busy", "Too many listen just now.", headers={"Retry-After": "30"})
    listener = Listener(
        token=token_of(request) or "",
        caller=caller,
        grids=scope_for(caller, "map:read").places,
        cases=scope_for(caller, "case:read"),
    )
    stream = parts.live.stream(listener, last_event_id or since)
    return StreamingResponse(stream, media_type=MEDIA_TYPE, headers=HEADERS)
