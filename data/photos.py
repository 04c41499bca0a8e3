"""Photos of cases: decoded, turned upright, made smaller, stripped of all but the picture.

What a phone writes beside a picture (where, when, on which device) never reaches the store; where
and when it was taken are kept in columns. A file is stored before the row that names it: a row
without a file cannot be, a file without a row is only a few bytes too many. Files are named by
their content.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, func, insert, select

from data.case_types import Point
from data.database import query
from data.picture_workers import PictureWorkers
from data.pictures import FileRefusedError
from data.schema import District, Photo
from data.scope import Scope, in_cases
from geo.datum import Datum, to_wgs84

MOST_BYTES: Final = 15 * 1024 * 1024
LONGEST_SIDE_PX: Final = 2560
THUMB_SIDE_PX: Final = 320
MEDIA_TYPE: Final = "image/jpeg"
UNSAID: Final = "unsaid"
"""The datum of a position whose file does not say which; it is taken for WGS 84."""
# As cameras write it. What is written otherwise is of another ellipsoid and is not kept.
_DATUMS: Final[Mapping[str, Datum]] = {
    "WGS84": "wgs84",
    "CGCS2000": "cgcs2000",
    "GCJ02": "gcj02",
    "BD09": "bd09",
}
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)


class PhotoError(FileRefusedError):
    """A photo that is not kept; `fault` says why."""


@dataclass(frozen=True)
class Picture:
    """A picture ready to be stored: JPEG bytes, its small version, its size.

    Parameters
    ----------
    taken
        What the camera wrote beside it, as `data.picture_program.read_taken` tells it.
    """

    body: bytes
    thumb: bytes
    width_px: int
    height_px: int
    taken: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> bytes:
        """Digest of the bytes that are stored."""
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True)
class Taken:
    """When and where a picture was taken, as far as its file says; WGS 84."""

    at: datetime | None = None
    point: Point | None = None


def prepare_picture(workers: PictureWorkers, raw: bytes) -> Picture:
    """Decode a JPEG, PNG or WebP and encode it anew, upright, without metadata.

    Raises
    ------
    PhotoError
        `too-large`, `unknown-kind`, `heic`, `damaged`, `too-many-pixels`, `too-heavy`.
    """
    if len(raw) > MOST_BYTES:
        raise PhotoError("too-large")
    _require_kind(raw)
    return _done(workers, "photo", raw, side_px=LONGEST_SIDE_PX)


def blur_picture(
    workers: PictureWorkers, body: bytes, polygons: Sequence[Sequence[tuple[float, float]]]
) -> Picture:
    """Make parts of a stored picture unreadable for good.

    Parameters
    ----------
    polygons
        Each of three corners at least, x to the right and y down in the picture's pixels.
    """
    return _done(workers, "blur", body, polygons=polygons)


def _done(workers: PictureWorkers, job: str, raw: bytes, **asked: Any) -> Picture:
    try:
        done = workers.run(job, raw, thumb_px=THUMB_SIDE_PX, **asked)
    except FileRefusedError as refused:
        raise PhotoError(refused.fault) from None
    told, (body, thumb) = done.told, done.bodies
    return Picture(body, thumb, told["width"], told["height"], told["taken"])


def _require_kind(raw: bytes) -> None:
    """Look at how a file begins: most that is no picture needs no decoder to be refused."""
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIF_BRANDS:
        raise PhotoError("heic")
    is_webp = raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"
    if not (raw[:3] == b"\xff\xd8\xff" or raw[:8] == b"\x89PNG\r\n\x1a\n" or is_webp):
        raise PhotoError("unknown-kind")


def read_taken(taken: Mapping[str, Any], zone: ZoneInfo) -> Taken:
    """Turn what a camera wrote into a moment and a position.

    Parameters
    ----------
    zone
        The clock of a camera that does not say its zone.
    """
    return Taken(_moment(taken, zone), _position(taken))


def _moment(taken: Mapping[str, Any], zone: ZoneInfo) -> datetime | None:
    local, offset = taken.get("local"), taken.get("offset", "")
    for said in (f"{local}{offset}" if local else None, taken.get("utc")):
        if said is None:
            continue
        try:
            at = datetime.fromisoformat(said)
            return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            # A camera whose clock was never set writes zeros.
            continue
    return None


def _position(taken: Mapping[str, Any]) -> Point | None:
    if "lon" not in taken:
        return None
    said = "".join(mark for mark in taken["datum"].upper() if mark.isalnum())
    if not said:
        return Point(taken["lon"], taken["lat"], UNSAID)
    datum = _DATUMS.get(said)
    if datum is None:
        return None
    lon_wgs84, lat_wgs84 = to_wgs84(taken["lon"], taken["lat"], datum)
    return Point(float(lon_wgs84), float(lat_wgs84), datum)


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
    zone = connection.execute(
        select(District.time_zone).where(District.id == district_id)
    ).scalar_one()
    taken = read_taken(picture.taken, ZoneInfo(zone))
    where = taken.point
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
            taken_at=taken.at,
            taken_geom=None if where is None else f"SRID=4326;POINT({where.lon!r} {where.lat!r})",
            taken_datum=None if where is None else where.datum_in,
            added_by=added_by,
            received_at=at,
        )
    )


def find_photo(connection: Connection, district_id: int, photo_id: UUID) -> Row[Any] | None:
    """A photo with all its columns, `taken_lon` and `taken_lat` among them; or None."""
    columns: list[Any] = [
        *(Photo.id, Photo.case_id, Photo.seq, Photo.role, Photo.key, Photo.sha256),
        *(Photo.media_type, Photo.width_px, Photo.height_px, Photo.added_by),
        *(Photo.received_at, Photo.redactions, Photo.taken_at, Photo.taken_datum),
        func.ST_X(Photo.taken_geom).label("taken_lon"),
        func.ST_Y(Photo.taken_geom).label("taken_lat"),
    ]
    found: Row[Any] | None = connection.execute(
        select(*columns).where(Photo.district_id == district_id, Photo.id == photo_id)
    ).one_or_none()
    return found


def photos_of_cases(
    connection: Connection, scope: Scope, case_ids: Sequence[UUID]
) -> Sequence[Row[Any]]:
    """The photos of several cases that may be seen: as `read_photos`, and their `case_id`."""
    return connection.execute(
        query("photos_of_cases", where=in_cases("c", scope)),
        {**scope.parameters(), "case_ids": list(case_ids)},
    ).all()


def read_picture(files: ObjectStore, key: str) -> bytes:
    """The bytes of a stored picture.

    Raises
    ------
    FileNotFoundError
        If the store does not hold it.
    """
    return bytes(files.get(key).bytes())
