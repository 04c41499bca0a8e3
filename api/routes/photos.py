"""Photos of cases: add one, look at some, make parts of one unreadable."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from uuid_utils.compat import uuid7

from api import case_views
from api.caching import etag_of, is_current
from api.case_views import ActorRef, Photo
from api.context import AppContext, Context, CurrentCaller, Tx, scope_for
from api.errors import Problem, invalid, not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.photo_rights import Role, case_to_add_to, may_redact, photo_to_see, tell_photo
from data.case_types import StoredCase
from data.photo_redactions import (
    lock_photo,
    original_key,
    redact_photo,
    redactions_of,
)
from data.photos import (
    MEDIA_TYPE,
    MOST_BYTES,
    add_photo,
    blur_picture,
    photos_of_cases,
    prepare_picture,
    read_picture,
    store_picture,
    thumb_key,
)

router = APIRouter(prefix="/api/v1", tags=["photos"], responses=problem_responses(401, 403, 404))

# Asked again each time: what was made unreadable must not show from a browser's memory.
KEEP = "private, no-cache"
MOST_CASES = 100
MOST_PARTS = 50
Coordinate = Annotated[float, Field(ge=-10_000, le=10_000)]
Corner = tuple[Coordinate, Coordinate]
Reason = Literal["face", "plate", "writing", "other"]


class PhotoOfCase(Photo):
    """A photo in a list of several cases' photos."""

    case_id: UUID


class Photos(BaseModel):
    """Photos of several cases, oldest first."""

    items: list[PhotoOfCase]


class Part(BaseModel):
    """A part of a picture in its pixels: a rectangle, or a polygon of three corners or more."""

    rectangle: tuple[Coordinate, Coordinate, Coordinate, Coordinate] | None = Field(
        None, description="Left, top, right, bottom."
    )
    polygon: list[Corner] | None = Field(None, min_length=3, max_length=100)

    @model_validator(mode="after")
    def _one(self) -> "Part":
        if (self.rectangle is None) == (self.polygon is None):
            raise ValueError("a rectangle or a polygon")
        return self

    @property
    def corners(self) -> list[Corner]:
        """Its corners."""
        if self.rectangle is None:
            return self.polygon or []
        left, top, right, bottom = self.rectangle
        return [(left, top), (right, top), (right, bottom), (left, bottom)]


class Redaction(BaseModel):
    """Which parts of a picture are made unreadable, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"parts": [{"rectangle": [120, 80, 260, 240]}], "reason": "face"}]
        }
    )

    parts: list[Part] = Field(min_length=1, max_length=MOST_PARTS)
    reason: Reason


class RedactionDone(BaseModel):
    """Parts of a picture that were made unreadable."""

    seq: int
    polygons: list[list[Corner]]
    reason: Reason
    before_sha256: str = Field(
        description="Of the picture before; a line of the ledger may say it."
    )
    after_sha256: str
    original_kept: bool = Field(description="Whether auditors may still see the picture before.")
    by: ActorRef
    at: AwareDatetime


class RedactionsDone(BaseModel):
    """All that was made unreadable in a picture, first to last."""

    items: list[RedactionDone]


def keep_photo(
    command: Command, parts: Context, stored: StoredCase, role: Role, raw: bytes
) -> Photo:
    """Decode a photo, store it, and add it to a case that the caller may add to."""
    caller, tx = command.caller, command.tx
    picture = prepare_picture(parts.pictures, raw)
    photo_id = uuid7()
    add_photo(
        tx,
        caller.district_id,
        photo_id,
        stored.id,
        seq=stored.case.seq,
        role=role,
        key=store_picture(parts.files, caller.district_id, picture),
        picture=picture,
        added_by=caller.account_id,
        at=command.at,
    )
    return tell_photo(tx, caller, photo_id)


@router.post(
    "/cases/{case_id}/photos",
    status_code=201,
    response_model=Photo,
    responses=problem_responses(409, 413, 415, 422),
)
def add_case_photo(
    case_id: UUID,
    file: UploadFile,
    role: Annotated[Role, Form()],
    command: CurrentCommand,
    parts: AppContext,
) -> Response:
    """Add a photo to an open case: JPEG, PNG or WebP, at most 15 MB and 50 megapixels.

    It is kept as an upright JPEG of at most 2,560 px without anything the camera wrote beside it;
    where and when it was taken are told apart from it.
    """
    stored = case_to_add_to(command, case_id, role)
    # One byte more than allowed is enough to know.
    raw = file.file.read(MOST_BYTES + 1)
    return command.keep(keep_photo(command, parts, stored, role, raw), 201)


@router.get("/photos", responses=problem_responses(422))
def photos(
    caller: CurrentCaller,
    tx: Tx,
    case_id: Annotated[list[UUID], Query(min_length=1, max_length=MOST_CASES)],
) -> Photos:
    """List the photos of several cases at once; of cases outside the caller's area none."""
    rows = photos_of_cases(tx, scope_for(caller, "case:read"), case_id)
    return Photos(
        items=[
            PhotoOfCase(case_id=row.case_id, **case_views.photo(row).model_dump()) for row in rows
        ]
    )


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
    found = photo_to_see(tx, caller, photo_id)
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


@router.post(
    "/photos/{photo_id}/redactions",
    response_model=Photo,
    responses=problem_responses(404, 413, 415, 422),
)
def add_redaction(
    photo_id: UUID, body: Redaction, command: CurrentCommand, parts: AppContext
) -> Response:
    """Make parts of a photo unreadable for good: faces, number plates, writing.

    What is shown from now on is the new picture. The one before is deleted, unless the
    administrator has set that auditors may see it. Who did it is kept.
    """
    caller, tx = command.caller, command.tx
    found = photo_to_see(tx, caller, photo_id)
    if not may_redact(tx, caller, found):
        params = {"permission": "photo:redact"}
        raise Problem(403, "forbidden", "Your role does not allow this.", params=params)
    before = lock_photo(tx, caller.district_id, photo_id)
    if before is None:
        raise not_found("photo")
    polygons = [part.corners for part in body.parts]
    for number, polygon in enumerate(polygons):
        if not _touches(polygon, before.width_px, before.height_px):
            raise invalid(f"/parts/{number}", "outside", "This part lies beside the picture.")
    picture = blur_picture(parts.pictures, read_picture(parts.files, before.key), polygons)
    redact_photo(
        tx,
        caller.district_id,
        photo_id,
        before,
        key=store_picture(parts.files, caller.district_id, picture),
        picture=picture,
        polygons=polygons,
        reason=body.reason,
        keep_original=parts.settings.keep_originals,
        account_id=caller.account_id,
        at=command.at,
    )
    return command.keep(tell_photo(tx, caller, photo_id))


def _touches(polygon: list[Corner], width_px: int, height_px: int) -> bool:
    across, down = [x for x, _ in polygon], [y for _, y in polygon]
    beside = min(across) >= width_px or max(across) <= 0
    return not (beside or min(down) >= height_px or max(down) <= 0)


@router.get("/photos/{photo_id}/redactions")
def photo_redactions(photo_id: UUID, caller: CurrentCaller, tx: Tx) -> RedactionsDone:
    """Tell who made what unreadable in a photo, and why."""
    photo_to_see(tx, caller, photo_id)
    return RedactionsDone(
        items=[
            RedactionDone(
                seq=row.seq,
                polygons=row.polygons,
                reason=row.reason,
                before_sha256=row.before_sha256.hex(),
                after_sha256=row.after_sha256.hex(),
                original_kept=row.original_kept,
                by=ActorRef(id=row.account_id, display_name=row.display_name or ""),
                at=row.at,
            )
            for row in redactions_of(tx, caller.district_id, photo_id)
        ]
    )


@router.get(
    "/photos/{photo_id}/original",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "The picture."}},
)
def original_photo(photo_id: UUID, caller: CurrentCaller, tx: Tx, parts: AppContext) -> Response:
    """Give an auditor a photo as it was before parts of it were made unreadable, if it was kept."""
    caller.require("photo:original")
    photo_to_see(tx, caller, photo_id)
    key = original_key(tx, caller.district_id, photo_id)
    if key is None:
        raise not_found("original")
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    return Response(read_picture(parts.files, key), media_type=MEDIA_TYPE, headers=headers)
