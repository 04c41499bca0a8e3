"""Backdrops of a plan: a drawing or a scan that lies under the draft in the editor.

Files lie in the object store, named by their content; rows name them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from obstore.store import ObjectStore
from sqlalchemy import Connection, Row, delete, insert, select, text, update

from data.backdrop_errors import BackdropError
from data.backdrop_placing import Backdrop, Box, Placed
from data.schema import PlanBackdrop

MOST_BACKDROPS: Final = 20
_SUFFIXES: Final = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "application/geo+json": "geojson",
}


def put_file(files: ObjectStore, district_id: int, body: bytes, suffix: str) -> str:
    """Put a file of a backdrop into the store; the key it lies under."""
    name = hashlib.sha256(body).hexdigest()
    key = f"backdrops/{district_id}/{name[:2]}/{name}.{suffix}"
    files.put(key, body)
    return key


def read_file(files: ObjectStore, key: str) -> bytes:
    """The bytes of a stored file.

    Raises
    ------
    FileNotFoundError
        If the store does not hold it.
    """
    return bytes(files.get(key).bytes())


def media_type_of(key: str) -> str:
    """What a stored file is, by its ending."""
    suffix = key.rpartition(".")[2]
    return next(kind for kind, ending in _SUFFIXES.items() if ending == suffix)


def hold_plan(connection: Connection, district_id: int, plan_id: int) -> None:
    """Keep others from changing a plan until this transaction ends."""
    connection.execute(
        text("SELECT 1 FROM plan WHERE district_id = :district_id AND id = :plan_id FOR UPDATE"),
        {"district_id": district_id, "plan_id": plan_id},
    )


def add_backdrop(
    connection: Connection,
    files: ObjectStore,
    district_id: int,
    plan_id: int,
    backdrop_id: UUID,
    *,
    backdrop: Backdrop,
    added_by: UUID,
    at: datetime,
) -> None:
    """Store the files of a backdrop and add its row; the plan's row is locked by the caller.

    Raises
    ------
    BackdropError
        `too-many`.
    """
    held: int = connection.execute(
        text(
            "SELECT count(*) FROM plan_backdrop "
            "WHERE district_id = :district_id AND plan_id = :plan_id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).scalar_one()
    if held >= MOST_BACKDROPS:
        raise BackdropError("too-many", most=MOST_BACKDROPS)

    def keep(file: tuple[bytes, str]) -> str:
        return put_file(files, district_id, file[0], _SUFFIXES[file[1]])

    connection.execute(
        insert(PlanBackdrop).values(
            district_id=district_id,
            id=backdrop_id,
            plan_id=plan_id,
            kind=backdrop.kind,
            name=backdrop.name,
            source_key=put_file(files, district_id, backdrop.raw, "source"),
            size_bytes=len(backdrop.raw),
            picture_key=keep(backdrop.picture),
            width_px=backdrop.size_px[0],
            height_px=backdrop.size_px[1],
            page=backdrop.page,
            pages=backdrop.pages,
            added_by=added_by,
            received_at=at,
            **_place_values(
                backdrop.shown and keep(backdrop.shown), backdrop.placed, backdrop.bounds
            ),
        )
    )


def _place_values(
    key: str | None, placed: dict[str, Any] | None, bounds: Box | None
) -> dict[str, Any]:
    """Columns of a place; none of them where there is none, so that they are NULL."""
    if key is None:
        return {}
    return {"shown_key": key, "placed": placed, "bounds": list(bounds or ())}


def set_place(connection: Connection, files: ObjectStore, row: Row[Any], placed: Placed) -> None:
    """Store where a sheet was placed, and what the map shows of it."""
    media_type = "image/webp" if row.kind == "scan" else "application/geo+json"
    key = put_file(files, row.district_id, placed.shown, _SUFFIXES[media_type])
    connection.execute(
        update(PlanBackdrop)
        .where(PlanBackdrop.district_id == row.district_id, PlanBackdrop.id == row.id)
        .values(_place_values(key, placed.how, placed.bounds))
    )


def backdrops_of(connection: Connection, district_id: int, plan_id: int) -> Sequence[Row[Any]]:
    """The backdrops of a plan, oldest first, with who added each."""
    return connection.execute(
        text(
            "SELECT b.*, c.display_name FROM plan_backdrop AS b "
            "LEFT JOIN account AS c ON c.district_id = b.district_id AND c.id = b.added_by "
            "WHERE b.district_id = :district_id AND b.plan_id = :plan_id "
            "ORDER BY b.received_at, b.id"
        ),
        {"district_id": district_id, "plan_id": plan_id},
    ).all()


def find_backdrop(
    connection: Connection, district_id: int, plan_id: int, backdrop_id: UUID, *, lock: bool = False
) -> Row[Any] | None:
    """The row of a backdrop, or None; with `lock` nobody else changes it meanwhile."""
    asked = select(PlanBackdrop).where(
        PlanBackdrop.district_id == district_id,
        PlanBackdrop.plan_id == plan_id,
        PlanBackdrop.id == backdrop_id,
    )
    return connection.execute(asked.with_for_update() if lock else asked).one_or_none()


def remove_backdrop(connection: Connection, district_id: int, backdrop_id: UUID) -> None:
    """Take a backdrop away; its files go with the next `data.plan_file_care` run."""
    connection.execute(
        delete(PlanBackdrop).where(
            PlanBackdrop.district_id == district_id, PlanBackdrop.id == backdrop_id
        )
    )
