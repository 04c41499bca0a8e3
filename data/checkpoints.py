"""Checkpoints: places with a code to scan, for streets on which a track is no use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from secrets import choice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, insert, text

from data.database import query
from data.schema import Checkpoint
from data.scope import Scope, in_place

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody takes for one another."""
_GROUPS: Final = 3
# As the officer's app reads it (`web/src/field/duty/checkpoint.ts`).
_MARK: Final = "#/checkpoint/"


@dataclass(frozen=True)
class NewCheckpoint:
    """A checkpoint to put up in a grid, at WGS 84 degrees."""

    id: UUID
    name: str
    lon: float
    lat: float
    grid_id: int


def make_checkpoint(
    connection: Connection, district_id: int, new: NewCheckpoint, *, by: UUID, at: datetime
) -> None:
    """Put up a checkpoint; its code is made here."""
    connection.execute(
        insert(Checkpoint).values(
            district_id=district_id,
            id=new.id,
            grid_id=new.grid_id,
            code="-".join("".join(choice(ALPHABET) for _ in range(4)) for _ in range(_GROUPS)),
            name=new.name,
            geom=f"SRID=4326;POINT({new.lon} {new.lat})",
            made_by=by,
            made_at=at,
        )
    )


def end_checkpoint(
    connection: Connection, district_id: int, checkpoint_id: UUID, at: datetime
) -> None:
    """Take a checkpoint down: its code counts no more."""
    connection.execute(
        text(
            "UPDATE checkpoint SET ended_at = :at"
            " WHERE district_id = :district_id AND id = :id AND ended_at IS NULL"
        ),
        {"district_id": district_id, "id": checkpoint_id, "at": at},
    )


def list_checkpoints(
    connection: Connection,
    scope: Scope,
    on: date,
    *,
    ids: Sequence[UUID] | None = None,
    limit: int,
    after: tuple[str, UUID] | None = None,
) -> Sequence[Row[Any]]:
    """Checkpoints that are up, by the code of their grid."""
    return connection.execute(
        query("checkpoints_in_scope", seen=in_place("v", scope)),
        {
            **scope.parameters(),
            "on": on,
            "ids": None if ids is None else list(ids),
            "after_code": None if after is None else after[0],
            "after_id": None if after is None else after[1],
            "limit": limit,
        },
    ).all()


def address_of(base: str, code: str) -> str:
    """The address that a checkpoint's QR code opens: the officer's app, at that checkpoint."""
    return f"{base.rstrip('/')}/field/{_MARK}{code}"


def code_in(scanned: str) -> str:
    """The code in what was scanned or typed in: the whole address, or the code alone."""
    return scanned.rsplit(_MARK, 1)[-1].strip().upper()
