"""Validators of answers: an ETag, and 304 where the caller has the same already."""

import gzip
import hashlib
from typing import Final

from fastapi import Request, Response
from isal import igzip
from pydantic import BaseModel

IMMUTABLE = "public, max-age=31536000, immutable"
PRIVATE = "private, no-cache"
WORTH_PACKING_BYTES: Final = 4_096


def etag_of(*parts: str | bytes) -> str:
    """Make a strong ETag that differs wherever a part does."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        # The length goes in, so that no two lists of parts run together to the same bytes.
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f'"{digest.hexdigest()[:32]}"'


def is_current(request: Request, etag: str) -> bool:
    """Whether the caller named this ETag in If-None-Match: then 304 is the answer."""
    return names(request.headers.get("if-none-match", ""), etag)


def names(if_none_match: str, etag: str) -> bool:
    """Whether the value of an If-None-Match names this ETag."""
    return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in if_none_match.split(","))


def packed_answer(
    request: Request, packed: bytes, media_type: str, headers: dict[str, str]
) -> Response:
    """Answer with gzip as it lies in memory, unpacked for who cannot unpack it."""
    vary = ", ".join(filter(None, [headers.get("Vary"), "Accept-Encoding"]))
    headers = headers | {"Vary": vary}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=media_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(packed, media_type=media_type, headers=headers)


def answer_with_etag(
    request: Request, answer: BaseModel, *, without: set[str] | None = None
) -> Response:
    """Answer with JSON that only this caller may keep; 304 when he has the same already.

    Parameters
    ----------
    without
        Fields that do not count as a change, such as the moment of the answer.
    """
    body = answer.model_dump_json().encode()
    shown = body if without is None else answer.model_dump_json(exclude=without).encode()
    headers = {"ETag": etag_of(shown), "Cache-Control": PRIVATE, "Vary": "Cookie"}
    if is_current(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if len(body) < WORTH_PACKING_BYTES:
        return Response(body, media_type="application/json", headers=headers)
    packed = igzip.compress(body, compresslevel=1, mtime=0)
    return packed_answer(request, packed, "application/json", headers)
