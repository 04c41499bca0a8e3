"""A part of a file, as players ask for it (RFC 9110, section 14)."""

import re
from typing import Final

from fastapi import Request, Response

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def answer_in_ranges(
    request: Request, body: bytes, media_type: str, headers: dict[str, str]
) -> Response:
    """Answer with the one range that is asked for, or with all of it; 416 beyond its end.

    A range of an older version (`If-Range`) and several ranges at once are answered with all.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    asked = _RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or asked.groups() == ("", "") or _is_older(request, headers):
        return Response(body, media_type=media_type, headers=headers)
    first, last = asked.groups()
    if first:
        start, end = int(first), min(int(last or len(body)), len(body) - 1)
    else:
        start, end = max(len(body) - int(last), 0), len(body) - 1
    if start > end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(body)}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
    return Response(body[start : end + 1], 206, media_type=media_type, headers=headers)


def _is_older(request: Request, headers: dict[str, str]) -> bool:
    """Whether the caller has the beginning of another version."""
    return request.headers.get("if-range", headers["ETag"]) != headers["ETag"]
