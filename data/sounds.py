"""Voice notes of cases: kept as the sound that a phone recorded, never turned into words.

As with photos, a file is stored before the row that names it, and is named by its content.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, Select, insert, select

from data.schema import Account, Sound

MOST_BYTES: Final = 3 * 1024 * 1024
"""Two minutes as phones record them: .5 MB of Opus, up to 2 MB of AAC."""
LONGEST_MS: Final = 150_000
"""What a client may say of how long it is; it stops at two minutes by itself."""
_ENDINGS: Final = {"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a"}
# Of MPEG-4 files, those that hold pictures are none of ours.
_MP4_BRANDS: Final = frozenset({b"M4A ", b"isom", b"mp41", b"mp42", b"dash"}) | {
    b"iso%d" % number for number in range(2, 10)
}


class SoundError(Exception):
    """A sound that is not kept; `fault`: `too-large` or `unknown-kind`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class Recording:
    """A sound that may be kept, with the media type that its first bytes tell."""

    body: bytes
    media_type: str

    @property
    def sha256(self) -> bytes:
        """Digest of the bytes that are stored."""
        return hashlib.sha256(self.body).digest()


def look_at_sound(raw: bytes) -> Recording:
    """Tell what a file is by how it begins: WebM, Ogg or MPEG-4, as browsers record.

    Raises
    ------
    SoundError
        `too-large`, `unknown-kind`.
    """
    if len(raw) > MOST_BYTES:
        raise SoundError("too-large")
    # Matroska begins so too; the kind of document stands in its head.
    if raw[:4] == b"\x1aE\xdf\xa3" and b"webm" in raw[:64]:
        return Recording(raw, "audio/webm")
    if raw[:4] == b"OggS":
        return Recording(raw, "audio/ogg")
    if raw[4:8] == b"ftyp" and raw[8:12] in _MP4_BRANDS:
        return Recording(raw, "audio/mp4")
    raise SoundError("unknown-kind")


def store_sound(files: ObjectStore, district_id: int, recording: Recording) -> str:
    """Put a sound into the store; the key it lies under."""
    name = recording.sha256.hex()
    key = f"sounds/{district_id}/{name[:2]}/{name}.{_ENDINGS[recording.media_type]}"
    files.put(key, recording.body)
    return key


def add_sound(
    connection: Connection,
    district_id: int,
    sound_id: UUID,
    case_id: UUID,
    *,
    seq: int,
    key: str,
    recording: Recording,
    duration_ms: int | None,
    added_by: UUID,
    at: datetime,
) -> None:
    """Add a stored sound to a case; `seq` is the case's, whose next line will hold its digest."""
    connection.execute(
        insert(Sound).values(
            district_id=district_id,
            id=sound_id,
            case_id=case_id,
            seq=seq,
            key=key,
            sha256=recording.sha256,
            media_type=recording.media_type,
            size_bytes=len(recording.body),
            duration_ms=duration_ms,
            added_by=added_by,
            received_at=at,
        )
    )


def _told() -> Select[Any]:
    return select(*Sound.__table__.columns, Account.display_name).join(
        Account, (Account.district_id == Sound.district_id) & (Account.id == Sound.added_by)
    )


def find_sound(connection: Connection, district_id: int, sound_id: UUID) -> Row[Any] | None:
    """A sound with all its columns and `display_name` of who added it; or None."""
    found: Row[Any] | None = connection.execute(
        _told().where(Sound.district_id == district_id, Sound.id == sound_id)
    ).one_or_none()
    return found


def sounds_of_case(connection: Connection, district_id: int, case_id: UUID) -> Sequence[Row[Any]]:
    """The sounds of a case as `find_sound` tells each, oldest first."""
    return connection.execute(
        _told()
        .where(Sound.district_id == district_id, Sound.case_id == case_id)
        .order_by(Sound.received_at, Sound.id)
    ).all()


def read_sound(files: ObjectStore, key: str) -> bytes:
    """The bytes of a stored sound.

    Raises
    ------
    FileNotFoundError
        If the store does not hold it.
    """
    return bytes(files.get(key).bytes())
