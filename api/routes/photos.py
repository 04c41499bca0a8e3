"""Photos of cases: add one, look at one."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from uuid_utils.compat import uuid7

from api.caching import etag_of, is_current
from api.case_views import Photo
from api.context import AppContext, CurrentCaller, Tx
from api.errors import Problem, not_found, problem_responses
from api.operations import CurrentCommand
from casework.states import OPEN
from data.cases import find_case
from data.photos import (
    MOST_BYTES,
    add_photo,
    find_photo,
    prepare_picture,
    read_picture,
    store_picture,
    thumb_key,
)

router = APIRouter(prefix="/api/v1", tags=["photos"], responses=problem_responses(401, 403, 404))

# A photo never changes: its address may be kept, but only by the browser of who may see it.
KEEP = "private, max-age=86400"


@router.post(
    "/cases/{case_id}/photos",
    status_code=201,
    response_model=Photo,
    responses=problem_responses(409, 413, 415, 422),
)
def add_case_photo(
    case_id: UUID,
    file: UploadFile,
    role: Annotated[Literal["before", "after"], Form()],
    command: CurrentCommand,
    parts: AppContext,
) -> Response:
    """Add a photo to an open case: JPEG, PNG or WebP, at most 15 MB and 50 megapixels.

    It is kept as an upright JPEG of at most 2,560 px without anything the camera wrote beside it.
    """
    caller, tx = command.caller, command.tx
    stored = find_case(tx, caller.district_id, case_id, lock=True)
    actor = None if stored is None else caller.actor_in(stored)
    if stored is None or actor is None:
        raise not_found("case")
    # Who reported it may show what he saw, though his charge ended before he had a net.
    if role == "after" or stored.case.reported_by != caller.account_id:
        caller.require("case:report" if role == "before" else "case:handle")
    if stored.case.state not in OPEN:
        params = {"action": "photo", "state": stored.case.state, "reason": "state"}
        raise Problem(409, "action-not-allowed", "The case is closed.", params=params)
    with parts.photo_slots:
        # One byte more than allowed is enough to know.
        picture = prepare_picture(file.file.read(MOST_BYTES + 1))
    key = store_picture(parts.files, caller.district_id, picture)
    photo_id = uuid7()
    add_photo(
        tx,
        caller.district_id,
        photo_id,
        case_id,
        seq=stored.case.seq,
        role=role,
        key=key,
        picture=picture,
        added_by=caller.account_id,
        at=command.at,
    )
    told = Photo(
        id=photo_id,
        role=role,
        url=f"/api/v1/photos/{photo_id}",
        width_px=picture.width_px,
        height_px=picture.height_px,
        received_at=command.at,
    )
    return command.keep(told, 201)


@router.get(
    "/photos/{photo_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture."}},
)
def photo(
    *,
    photo_id: UUID,
    request: Request,
    caller: CurrentCaller,
    tx: Tx,
    parts: AppContext,
    size: Annotated[Literal["full", "thumb"], Query(description="thumb: 320 px.")] = "full",
) -> Response:
    """Give a photo of a case that the caller may see."""
    caller.require("case:read")
    found = find_photo(tx, caller.district_id, photo_id)
    stored = None if found is None else find_case(tx, caller.district_id, found.case_id)
    if found is None or stored is None or caller.actor_in(stored) is None:
        raise not_found("photo")
    headers = {
        "ETag": etag_of(found.sha256, size),
        "Cache-Control": KEEP,
        "Vary": "Cookie",
        "Content-Disposition": "inline",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    body = read_picture(parts.files, found.key if size == "full" else thumb_key(found.key))
    return Response(body, media_type=found.media_type, headers=headers)
