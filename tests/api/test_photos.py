"""Photos: only the picture is kept, and only who may see the case sees it."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from people import Person
from photo_files import picture, send
from PIL import Image
from uuid_utils.compat import uuid7

People = Callable[[str], Person]
Report = Callable[..., dict[str, Any]]
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def exif() -> Image.Exif:
    """What a phone writes: turned by 90°, made by somebody, taken somewhere."""
    tags = Image.Exif()
    tags[ORIENTATION], tags[MAKE] = 6, "Secret Phone"
    tags.get_ifd(GPS)[2] = (36.0, 49.0, 48.0)
    return tags


def test_a_photo_is_kept_upright_small_and_bare(person: People, report: Report) -> None:
    officer = person("officer")
    case = officer.do("/api/v1/cases", report())
    answer = send(officer, case, picture((4000, 3000), exif=exif(), comment=b"Zhang San's yard"))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["width_px"], told["height_px"], told["role"]) == (1920, 2560, "before")
    full = officer.get(told["url"])
    assert full.headers["content-type"] == "image/jpeg"
    assert full.headers["cache-control"].startswith("private")
    assert full.headers["x-content-type-options"] == "nosniff"
    for secret in (b"Secret Phone", b"Zhang San", b"Exif"):
        assert secret not in full.content
    with Image.open(io.BytesIO(full.content)) as kept:
        assert (kept.size, dict(kept.getexif()), kept.format) == ((1920, 2560), {}, "JPEG")
        # Turned clockwise: what was left is now above.
        above, below = (np.asarray(kept)[y, 900] for y in (100, 2400))
        assert above[0] > 200 > above[2]
        assert below[2] > 200 > below[0]
    with Image.open(io.BytesIO(officer.get(told["url"], size="thumb").content)) as thumb:
        assert thumb.size == (240, 320)
    shown = officer.read(f"/api/v1/cases/{case['id']}")["photos"]
    assert [photo["id"] for photo in shown] == [told["id"]]
    etag = {"If-None-Match": full.headers["etag"], **officer.cookies}
    assert officer.client.get(told["url"], headers=etag).status_code == 304


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_every_kind_becomes_a_jpeg(person: People, report: Report, kind: str, mode: str) -> None:
    officer = person("officer")
    case = officer.do("/api/v1/cases", report())
    raw = picture(kind=kind, mode=mode)
    told = send(officer, case, raw).json()
    with Image.open(io.BytesIO(officer.get(told["url"]).content)) as kept:
        assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (400, 300))


def bomb() -> bytes:
    """A few kilobytes that would be 64 megapixels."""
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "status", "code", "reason"),
    [
        (b"not a picture", 415, "unsupported-photo", "unknown-kind"),
        (b"", 415, "unsupported-photo", "unknown-kind"),
        (picture(kind="GIF", mode="P"), 415, "unsupported-photo", "unknown-kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported-photo", "unknown-kind"),
        (picture()[:900], 415, "unsupported-photo", "damaged"),
        (bomb(), 413, "too-large", "too-many-pixels"),
        (bytes(15 * 1024 * 1024 + 1), 413, "too-large", "too-large"),
    ],
    ids=["text", "empty", "gif", "svg", "broken off", "bomb", "15 MB"],
)
def test_what_is_no_picture_is_refused(
    *, person: People, report: Report, raw: bytes, status: int, code: str, reason: str
) -> None:
    officer = person("officer")
    case = officer.do("/api/v1/cases", report())
    answer = send(officer, case, raw)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["params"]["reason"] == reason
    assert officer.read(f"/api/v1/cases/{case['id']}")["photos"] == []


def test_a_body_without_end_is_refused_before_it_is_read(person: People, report: Report) -> None:
    officer = person("officer")
    case = officer.do("/api/v1/cases", report())
    answer = send(officer, case, bytes(17 * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    large = officer.post("/api/v1/cases", report(description="x" * 3_000_000))
    assert (large.status_code, large.json()["code"]) == (413, "too-large")


def test_a_photo_sent_twice_is_there_once(person: People, report: Report) -> None:
    officer, operation = person("officer"), uuid7()
    case = officer.do("/api/v1/cases", report())
    first = send(officer, case, picture(), operation=operation)
    again = send(officer, case, picture(), operation=operation)
    assert first.json() == again.json()
    assert again.headers["operation-replayed"] == "true"
    other = send(officer, case, picture((401, 300)), operation=operation)
    assert other.json()["code"] == "operation-reused"
    assert len(officer.read(f"/api/v1/cases/{case['id']}")["photos"]) == 1


def test_photos_are_in_scope_only(person: People, report: Report) -> None:
    officer, stranger = person("officer"), person("officer.two")
    case = officer.do("/api/v1/cases", report())
    url = send(officer, case, picture()).json()["url"]
    assert send(stranger, case, picture()).status_code == 404
    assert stranger.get(url).status_code == 404
    assert send(person("auditor"), case, picture()).status_code == 403
    assert officer.get(f"/api/v1/photos/{UUID(int=3)}").status_code == 404


def test_the_next_line_of_the_ledger_holds_the_photo(person: People, report: Report) -> None:
    officer, commander = person("officer"), person("commander")
    case = officer.do("/api/v1/cases", report())
    path = f"/api/v1/cases/{case['id']}/actions"
    send(officer, case, picture())
    case = officer.do(path, {"action": "handle", "seq": 1})
    assert len(case["ledger"][1]["facts"]["photos"]) == 1
    send(officer, case, picture((300, 300)), role="after")
    case = commander.do(path, {"action": "verify", "seq": 2})
    assert len(case["ledger"][2]["facts"]["photos"]) == 1
    commander.do(path, {"action": "close", "seq": 3})
    late = send(officer, case, picture(), role="after")
    assert (late.status_code, late.json()["code"]) == (409, "action-not-allowed")
