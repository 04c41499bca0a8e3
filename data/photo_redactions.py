"""Parts of photos made unreadable: faces, number plates, writing that names somebody.

What is shown is replaced for good. The first picture is kept only where the administrator has set
so, for auditors; otherwise its file is deleted by the next run of `delete_forgotten_files`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from data.photos import Picture, thumb_key
from data.schema import ForgottenFile, Photo, PhotoRedaction

MOST_FILES: Final = 1000
Polygon = Sequence[tuple[float, float]]


def lock_photo(connection: Connection, district_id: int, photo_id: UUID) -> Row[Any] | None:
    """`case_id`, `key`, `sha256` and size of a photo that nobody else changes meanwhile."""
    columns: list[Any] = [Photo.case_id, Photo.key, Photo.sha256, Photo.width_px, Photo.height_px]
    found: Row[Any] | None = connection.execute(
        select(*columns)
        .where(Photo.district_id == district_id, Photo.id == photo_id)
        .with_for_update()
    ).one_or_none()
    return found


def redact_photo(
    connection: Connection,
    district_id: int,
    photo_id: UUID,
    before: Row[Any],
    *,
    key: str,
    picture: Picture,
    polygons: Sequence[Polygon],
    reason: str,
    keep_original: bool,
    account_id: UUID,
    at: datetime,
) -> None:
    """Show a redacted picture, which lies under `key`, in place of a locked photo's."""
    earlier: int = connection.execute(
        select(func.count()).where(
            PhotoRedaction.district_id == district_id, PhotoRedaction.photo_id == photo_id
        )
    ).scalar_one()
    keeps = keep_original and earlier == 0
    connection.execute(
        insert(PhotoRedaction).values(
            district_id=district_id,
            photo_id=photo_id,
            seq=earlier + 1,
            case_id=before.case_id,
            polygons=[[list(corner) for corner in polygon] for polygon in polygons],
            reason=reason,
            before_sha256=before.sha256,
            after_sha256=picture.sha256,
            original_key=before.key if keeps else None,
            account_id=account_id,
            at=at,
        )
    )
    connection.execute(
        update(Photo)
        .where(Photo.district_id == district_id, Photo.id == photo_id)
        .values(
            key=key,
            sha256=picture.sha256,
            size_bytes=len(picture.body),
            redactions=earlier + 1,
        )
    )
    forget_files(connection, district_id, [before.key, thumb_key(before.key)], at)


def redactions_of(connection: Connection, district_id: int, photo_id: UUID) -> Sequence[Row[Any]]:
    """Who made what unreadable in a photo, first to last."""
    return connection.execute(
        text(
            "SELECT r.seq, r.polygons, r.reason, r.before_sha256, r.after_sha256,"
            " r.original_key IS NOT NULL AS original_kept, r.account_id, r.at, a.display_name"
            " FROM photo_redaction AS r"
            " LEFT JOIN account AS a ON a.district_id = r.district_id AND a.id = r.account_id"
            " WHERE r.district_id = :district_id AND r.photo_id = :photo_id ORDER BY r.seq"
        ),
        {"district_id": district_id, "photo_id": photo_id},
    ).all()


def original_key(connection: Connection, district_id: int, photo_id: UUID) -> str | None:
    """Where the picture lies as it came in; None where it was not kept."""
    found: str | None = connection.execute(
        select(PhotoRedaction.original_key).where(
            PhotoRedaction.district_id == district_id,
            PhotoRedaction.photo_id == photo_id,
            PhotoRedaction.original_key.is_not(None),
        )
    ).scalar()
    return found


def forget_files(
    connection: Connection, district_id: int, keys: Sequence[str], at: datetime
) -> None:
    """Have files deleted once this transaction is committed."""
    rows = [{"district_id": district_id, "key": key, "since": at} for key in keys]
    connection.execute(pg_insert(ForgottenFile).values(rows).on_conflict_do_nothing())


def delete_forgotten_files(connection: Connection, files: ObjectStore, district_id: int) -> int:
    """Delete files that were forgotten, unless a photo of the same content names them.

    Returns
    -------
    How many files were deleted; at most 1,000 at once.
    """
    keys = connection.execute(
        text(
            "DELETE FROM forgotten_file WHERE district_id = :district_id AND key IN (SELECT key"
            " FROM forgotten_file WHERE district_id = :district_id ORDER BY since LIMIT :most)"
            " RETURNING key"
        ),
        {"district_id": district_id, "most": MOST_FILES},
    ).scalars()
    forgotten = set(keys)
    named = {
        key
        for found in connection.execute(
            text(
                "SELECT key FROM photo WHERE district_id = :district_id AND key = ANY(:keys)"
                " UNION SELECT original_key FROM photo_redaction"
                " WHERE district_id = :district_id AND original_key = ANY(:keys)"
            ),
            {"district_id": district_id, "keys": sorted(forgotten)},
        ).scalars()
        for key in (found, thumb_key(found))
    }
    unused = sorted(forgotten - named)
    if unused:
        files.delete(unused)
    return len(unused)
