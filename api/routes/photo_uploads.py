"""Photos and voice notes that come in parts over a poor connection: begin, send, complete."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Response
from fastapi.responses import JSONResponse
from obstore.store import ObjectStore
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, Row
from uuid_utils.compat import uuid7

from api.case_views import Photo, Sound
from api.context import AppContext, Context, CurrentCaller, Tx
from api.errors import not_found, problem_responses
from api.operations import Command, CurrentCommand
from api.permissions import Caller
from api.photo_rights import UploadRole, case_to_add_to, tell_photo, tell_sound
from api.routes.photos import keep_photo
from data.case_types import StoredCase
from data.photo_uploads import (
    KEPT_FOR,
    PART_BYTES,
    assemble,
    begin_upload,
    find_upload,
    finish_upload,
    missing_parts,
    put_part,
)
from data.photos import MOST_BYTES
from data.sounds import LONGEST_MS, add_sound, look_at_sound, store_sound

router = APIRouter(
    prefix="/api/v1/cases/{case_id}/uploads",
    tags=["photos"],
    responses=problem_responses(401, 403, 404, 409, 422),
)


class UploadIn(BaseModel):
    """A photo, or a voice note, that will come in parts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019abcde-0000-7000-8000-000000000002",
                    "role": "before",
                    "size_bytes": 3145728,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        }
    )

    id: UUID = Field(description="UUIDv7 made by the client.")
    role: UploadRole
    size_bytes: int = Field(ge=1, le=MOST_BYTES)
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        description="Of the whole file, hexadecimal."
    )
    duration_ms: int | None = Field(
        None, ge=1, le=LONGEST_MS, description="How long a voice note is; it is told beside it."
    )


class Upload(BaseModel):
    """A photo or a voice note on its way: which parts are still to be sent."""

    id: UUID
    case_id: UUID
    role: UploadRole
    size_bytes: int
    part_bytes: int = Field(description="Length of each part; the last may be shorter.")
    missing: list[int] = Field(description="Offsets of the parts that have not come.")
    expires_at: AwareDatetime = Field(description="What has not come by then is forgotten.")
    photo: Photo | None = Field(description="The photo that it became.")
    sound: Sound | None = Field(description="The voice note that it became.")


@router.post("", status_code=201, response_model=Upload)
def begin_photo_upload(
    case_id: UUID, body: UploadIn, command: CurrentCommand, parts: AppContext
) -> JSONResponse:
    """Begin to send a photo or a voice note in parts; with the same id and file, go on with it."""
    caller = command.caller
    case_to_add_to(command, case_id, body.role)
    upload = begin_upload(
        command.tx,
        caller.district_id,
        body.id,
        case_id=case_id,
        account_id=caller.account_id,
        role=body.role,
        size_bytes=body.size_bytes,
        sha256=bytes.fromhex(body.sha256),
        duration_ms=body.duration_ms,
        at=command.at,
    )
    return command.keep(_tell(command.tx, command.caller, parts.files, upload), 201)


@router.get("/{upload_id}")
def photo_upload(
    case_id: UUID, upload_id: UUID, caller: CurrentCaller, tx: Tx, parts: AppContext
) -> Upload:
    """Tell which parts are still to be sent."""
    return _tell(tx, caller, parts.files, _own(tx, caller, case_id, upload_id))


@router.put("/{upload_id}/parts/{offset}", response_model=Upload)
def put_photo_part(
    *,
    case_id: UUID,
    upload_id: UUID,
    offset: Annotated[int, Path(ge=0, description="Of its first byte in the file.")],
    body: Annotated[bytes, Body(media_type="application/octet-stream")],
    command: CurrentCommand,
    parts: AppContext,
) -> JSONResponse:
    """Send a part; in any order, and again when no answer came."""
    upload = _own(command.tx, command.caller, case_id, upload_id)
    if upload.became_id is None:
        put_part(parts.files, upload, offset, body)
    return command.keep(_tell(command.tx, command.caller, parts.files, upload))


@router.post(
    "/{upload_id}/complete",
    status_code=201,
    response_model=Photo | Sound,
    responses=problem_responses(413, 415),
)
def complete_photo_upload(
    case_id: UUID, upload_id: UUID, command: CurrentCommand, parts: AppContext
) -> Response:
    """Put the parts together and add what they are to the case; done before, it is told again."""
    caller, tx = command.caller, command.tx
    upload = _own(tx, caller, case_id, upload_id, lock=True)
    if upload.became_id is not None:
        tell = tell_sound if upload.role == "voice" else tell_photo
        return command.keep(tell(tx, caller, upload.became_id), 201)
    stored = case_to_add_to(command, case_id, upload.role)
    raw = assemble(parts.files, upload)
    kept = (
        _keep_sound(command, parts, stored, upload, raw)
        if upload.role == "voice"
        else keep_photo(command, parts, stored, upload.role, raw)
    )
    finish_upload(tx, upload, kept.id)
    return command.keep(kept, 201)


def _keep_sound(
    command: Command, parts: Context, stored: StoredCase, upload: Row[Any], raw: bytes
) -> Sound:
    """Store a voice note and add it to a case that the caller may add to."""
    caller, tx = command.caller, command.tx
    recording = look_at_sound(raw)
    sound_id = uuid7()
    add_sound(
        tx,
        caller.district_id,
        sound_id,
        stored.id,
        seq=stored.case.seq,
        key=store_sound(parts.files, caller.district_id, recording),
        recording=recording,
        duration_ms=upload.duration_ms,
        added_by=caller.account_id,
        at=command.at,
    )
    return tell_sound(tx, caller, sound_id)


def _own(
    tx: Connection, caller: Caller, case_id: UUID, upload_id: UUID, *, lock: bool = False
) -> Row[Any]:
    """The upload, which nobody but who began it knows of."""
    upload = find_upload(tx, caller.district_id, upload_id, lock=lock)
    if upload is None or upload.case_id != case_id or upload.account_id != caller.account_id:
        raise not_found("upload")
    return upload


def _tell(tx: Connection, caller: Caller, files: ObjectStore, upload: Row[Any]) -> Upload:
    became = upload.became_id
    is_sound = upload.role == "voice"
    return Upload(
        id=upload.id,
        case_id=upload.case_id,
        role=upload.role,
        size_bytes=upload.size_bytes,
        part_bytes=PART_BYTES,
        missing=missing_parts(files, upload),
        expires_at=upload.begun_at + KEPT_FOR,
        photo=None if became is None or is_sound else tell_photo(tx, caller, became),
        sound=tell_sound(tx, caller, became) if became is not None and is_sound else None,
    )
