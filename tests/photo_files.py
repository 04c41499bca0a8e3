"""Pictures as phones and hostile people send them, for tests."""

import io
from typing import Any
from uuid import UUID

from httpx2 import Response
from people import Person
from PIL import ExifTags, Image
from uuid_utils.compat import uuid7


def picture(
    size: tuple[int, int] = (400, 300), kind: str = "JPEG", *, mode: str = "RGB", **save: Any
) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new(mode, size, "blue")
    image.paste(Image.new(mode, (size[0] // 2, size[1]), "red"), (0, 0))
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def noise(size: tuple[int, int] = (900, 600)) -> bytes:
    """A picture that does not get much smaller by encoding."""
    out = io.BytesIO()
    Image.effect_noise(size, 90).save(out, "JPEG", quality=95)
    return out.getvalue()


def notes(*, datum: str | None = None, local: str | None = None, offset: str = "") -> Image.Exif:
    """What a phone writes beside a picture taken at 118.305 E, 36.6014 N."""
    tags = Image.Exif()
    tags[ExifTags.Base.Make] = "Secret Phone"
    own = tags.get_ifd(ExifTags.IFD.Exif)
    if local is not None:
        own[ExifTags.Base.DateTimeOriginal] = local
        own[ExifTags.Base.OffsetTimeOriginal] = offset
    gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude] = (36.0, 36.0, 5.04)
    gps[ExifTags.GPS.GPSLongitude] = (118.0, 18.0, 18.0)
    if datum is not None:
        gps[ExifTags.GPS.GPSMapDatum] = datum
    return tags


def send(
    who: Person,
    case: dict[str, Any],
    raw: bytes,
    role: str = "before",
    operation: UUID | None = None,
) -> Response:
    """Add a photo to a case in one piece."""
    return who.client.post(
        f"/api/v1/cases/{case['id']}/photos",
        files={"file": ("p.jpg", raw, "image/jpeg")},
        data={"role": role},
        headers={**who.cookies, "X-Sanbai": "1", "Operation-Id": str(operation or uuid7())},
    )
