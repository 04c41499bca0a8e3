"""Photos of cases: decoded, turned upright, made smaller, stripped of all but the picture.

What a phone writes beside a picture (where, when, on which device) never reaches the store. A file
is stored before the row that names it: a row without a file cannot be, a file without a row is
only a few bytes too many. Files are named by their content.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from obstore.store import ObjectStore
from PIL import Image, ImageOps
from sqlalchemy import Connection, Row, insert, select

from data.pictures import FileRefusedError, open_picture
from data.schema import Photo

MOST_BYTES: Final = 15 * 1024 * 1024
LONGEST_SIDE_PX: Final = 2560
THUMB_SIDE_PX: Final = 320
MEDIA_TYPE: Final = "image/jpeg"
_FORMATS: Final = ("JPEG", "PNG", "WEBP")


class PhotoError(FileRefusedError):
    """A photo that is not kept; `fault` says why."""


@dataclass(frozen=True)
class Picture:
    """A picture ready to be stored: JPEG bytes, its small version, and its size."""

    body: bytes
    thumb: bytes
    width_px: int
    height_px: int

    @property
    def sha256(self) -> bytes:
        """Digest of the bytes that are stored."""
        return hashlib.sha256(self.body).digest()


def prepare_picture(raw: bytes) -> Picture:
    """Decode a JPEG, PNG or WebP and encode it anew, upright, without metadata.

    Raises
    ------
    PhotoError
    """
    if len(raw) > MOST_BYTES:
        raise PhotoError("too-large")
    with open_picture(raw, _FORMATS, PhotoError) as image:
        # JPEG can be decoded at a half, a quarter or an eighth: much less memory and time.
        image.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        upright = _on_white(ImageOps.exif_transpose(image))
    large = _within(upright, LONGEST_SIDE_PX)
    return Picture(_jpeg(large), _jpeg(_within(large, THUMB_SIDE_PX)), large.width, large.height)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        ground = Image.new("RGBA", with_alpha.size, "white")
        return Image.alpha_composite(ground, with_alpha).convert("RGB")
    return image.convert("RGB")


def _within(image: Image.Image, side_px: int) -> Image.Image:
    smaller = image.copy()
    smaller.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return smaller


def _jpeg(image: Image.Image) -> bytes:
    # A new image holds pixels only: no EXIF, no comment, no colour profile goes along.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def thumb_key(key: str) -> str:
    """Where the small version of a photo lies."""
    return f"{key.removesuffix('.jpg')}.thumb.jpg"


def store_picture(files: ObjectStore, district_id: int, picture: Picture) -> str:
    """Put a picture and its small version into the store; the key they lie under."""
    name = picture.sha256.hex()
    key = f"photos/{district_id}/{name[:2]}/{name}.jpg"
    files.put(key, picture.body)
    files.put(thumb_key(key), picture.thumb)
    return key


def add_photo(
    connection: Connection,
    district_id: int,
    photo_id: UUID,
    case_id: UUID,
    *,
    seq: int,
    role: str,
    key: str,
    picture: Picture,
    added_by: UUID,
    at: datetime,
) -> None:
    """Add a stored picture to a case; `seq` is the case's, whose next line will hold its digest."""
    connection.execute(
        insert(Photo).values(
            district_id=district_id,
            id=photo_id,
            case_id=case_id,
            seq=seq,
            role=role,
            key=key,
            sha256=picture.sha256,
            media_type=MEDIA_TYPE,
            size_bytes=len(picture.body),
            width_px=picture.width_px,
            height_px=picture.height_px,
            added_by=added_by,
            received_at=at,
        )
    )


def find_photo(
    connection: Connection, district_id: int, photo_id: UUID
) -> Row[UUID, str, bytes, str] | None:
    """`case_id`, `key`, `sha256` and `media_type` of a photo, or None."""
    return connection.execute(
        select(Photo.case_id, Photo.key, Photo.sha256, Photo.media_type).where(
            Photo.district_id == district_id, Photo.id == photo_id
        )
    ).one_or_none()


def read_picture(files: ObjectStore, key: str) -> bytes:
    """The bytes of a stored picture.

    Raises
    ------
    FileNotFoundError
        If the store does not hold it.
    """
    return bytes(files.get(key).bytes())
