"""Photos and sounds that come in parts: begun, sent in any order, put together, forgotten.

A part lies in the object store under its upload and offset, so that any server may take the next
one; sent twice it is written twice and is the same. What is not finished within a day is gone.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from data.schema import PhotoUpload

PART_BYTES: Final = 256 * 1024
"""Half a minute of a poor connection."""
KEPT_FOR: Final = timedelta(days=1)
MOST_UNFINISHED: Final = 200


class UploadError(Exception):
    """What comes in parts cannot go on; `fault` says why.

    Parameters
    ----------
    fault
        `exists`: another file under this id; `too-many`: unfinished ones of this account;
        `part`: no such part, or of another length; `incomplete`: parts are missing; `differs`:
        its parts together are another file.
    """

    def __init__(self, fault: str, **params: Any) -> None:
        super().__init__(fault)
        self.fault = fault
        self.params = params


def offsets_of(size_bytes: int) -> range:
    """Where the parts of a file begin."""
    return range(0, size_bytes, PART_BYTES)


def begin_upload(
    connection: Connection,
    district_id: int,
    upload_id: UUID,
    *,
    case_id: UUID,
    account_id: UUID,
    role: str,
    size_bytes: int,
    sha256: bytes,
    duration_ms: int | None = None,
    at: datetime,
) -> Row[Any]:
    """Begin an upload; begun before with the same file, it goes on.

    Raises
    ------
    UploadError
        `exists`, `too-many`.
    """
    asked = {
        "case_id": case_id,
        "account_id": account_id,
        "role": role,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "duration_ms": duration_ms,
    }
    found = find_upload(connection, district_id, upload_id)
    if found is None:
        _require_room(connection, district_id, account_id)
        connection.execute(
            insert(PhotoUpload).values(district_id=district_id, id=upload_id, begun_at=at, **asked)
        )
        found = find_upload(connection, district_id, upload_id)
    if found is None or any(getattr(found, name) != value for name, value in asked.items()):
        raise UploadError("exists")
    return found


def _require_room(connection: Connection, district_id: int, account_id: UUID) -> None:
    unfinished: int = connection.execute(
        select(func.count()).where(
            PhotoUpload.district_id == district_id,
            PhotoUpload.account_id == account_id,
            PhotoUpload.became_id.is_(None),
        )
    ).scalar_one()
    if unfinished >= MOST_UNFINISHED:
        raise UploadError("too-many", most=MOST_UNFINISHED)


def find_upload(
    connection: Connection, district_id: int, upload_id: UUID, *, lock: bool = False
) -> Row[Any] | None:
    """All columns of an upload, or None; with `lock` only one completes it."""
    asked = select(*PhotoUpload.__table__.columns).where(
        PhotoUpload.district_id == district_id, PhotoUpload.id == upload_id
    )
    return connection.execute(asked.with_for_update() if lock else asked).one_or_none()


def _folder(district_id: int, upload_id: UUID) -> str:
    return f"uploads/{district_id}/{upload_id}/"


def _stored(files: ObjectStore, district_id: int, upload_id: UUID) -> dict[int, int]:
    """Offset of each part that is there → its bytes."""
    return {
        int(entry["path"].rsplit("/", 1)[1]): entry["size"]
        for batch in files.list(_folder(district_id, upload_id), chunk_size=1000)
        for entry in batch
    }


def missing_parts(files: ObjectStore, upload: Row[Any]) -> list[int]:
    """Offsets of the parts that have not come yet."""
    if upload.became_id is not None:
        return []
    there = _stored(files, upload.district_id, upload.id)
    return [offset for offset in offsets_of(upload.size_bytes) if offset not in there]


def put_part(files: ObjectStore, upload: Row[Any], offset: int, body: bytes) -> None:
    """Keep a part.

    Raises
    ------
    UploadError
        `part`.
    """
    length = min(PART_BYTES, upload.size_bytes - offset)
    if offset not in offsets_of(upload.size_bytes) or len(body) != length:
        raise UploadError("part", offset=offset, part_bytes=PART_BYTES)
    files.put(f"{_folder(upload.district_id, upload.id)}{offset:09d}", body)


def assemble(files: ObjectStore, upload: Row[Any]) -> bytes:
    """Put the parts together.

    Raises
    ------
    UploadError
        `incomplete`; `differs`, and then all parts are thrown away.
    """
    missing = missing_parts(files, upload)
    if missing:
        raise UploadError("incomplete", missing=len(missing))
    folder = _folder(upload.district_id, upload.id)
    keys = [f"{folder}{offset:09d}" for offset in offsets_of(upload.size_bytes)]
    raw = b"".join(bytes(files.get(key).bytes()) for key in keys)
    if hashlib.sha256(raw).digest() != upload.sha256:
        files.delete(keys)
        raise UploadError("differs")
    return raw


def finish_upload(connection: Connection, upload: Row[Any], became_id: UUID) -> None:
    """Note the photo or sound that an upload became."""
    connection.execute(
        update(PhotoUpload)
        .where(PhotoUpload.district_id == upload.district_id, PhotoUpload.id == upload.id)
        .values(became_id=became_id)
    )


def forget_uploads(
    connection: Connection, files: ObjectStore, district_id: int, at: datetime
) -> int:
    """Delete parts of finished uploads, and all of those begun more than a day ago.

    Returns
    -------
    How many files were deleted.
    """
    connection.execute(
        delete(PhotoUpload).where(
            PhotoUpload.district_id == district_id, PhotoUpload.begun_at < at - KEPT_FOR
        )
    )
    waiting = {
        str(upload_id)
        for upload_id in connection.execute(
            select(PhotoUpload.id).where(
                PhotoUpload.district_id == district_id, PhotoUpload.became_id.is_(None)
            )
        ).scalars()
    }
    unused = [
        entry["path"]
        for batch in files.list(f"uploads/{district_id}/", chunk_size=1000)
        for entry in batch
        if entry["path"].split("/")[2] not in waiting
    ]
    if unused:
        files.delete(unused)
    return len(unused)
