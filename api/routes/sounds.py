"""Voice notes of cases; they come in parts, by the uploads of a case."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from api.byte_ranges import answer_in_ranges
from api.caching import PRIVATE, etag_of, is_current
from api.context import AppContext, CurrentCaller, Tx
from api.errors import problem_responses
from api.photo_rights import sound_to_hear
from data.sounds import read_sound

router = APIRouter(prefix="/api/v1", tags=["photos"], responses=problem_responses(401, 403, 404))

_SOUND: dict[str, dict[str, object]] = {
    kind: {} for kind in ("audio/webm", "audio/ogg", "audio/mp4")
}


@router.get(
    "/sounds/{sound_id}",
    response_class=Response,
    responses={
        200: {"content": _SOUND, "description": "The sound."},
        206: {"content": _SOUND, "description": "The range that was asked for."},
        416: {"description": "It ends before this range."},
    },
)
def sound(
    sound_id: UUID, request: Request, caller: CurrentCaller, tx: Tx, parts: AppContext
) -> Response:
    """Give a voice note of a case that the caller may see, whole or in the range asked for."""
    found = sound_to_hear(tx, caller, sound_id)
    headers = {
        "ETag": etag_of(found.sha256),
        "Cache-Control": PRIVATE,
        "Vary": "Cookie",
        "Content-Disposition": "inline",
    }
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    body = read_sound(parts.files, found.key)
    return answer_in_ranges(request, body, found.media_type, headers)
