"""Hand-over of a shift 交接班: the page as it stood, signed by one and acknowledged by another."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, update
from sqlalchemy.exc import IntegrityError

from casework.ledger import canonical_json
from data.database import query
from data.schema import Handover
from data.scope import Scope


class HandoverError(Exception):
    """A shift cannot be handed over as asked.

    Parameters
    ----------
    code
        `exists` (one with this id was signed), `same-person` (who signed it does not acknowledge
        it) or `done` (it was acknowledged before).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Signed:
    """What is signed: the page as it stood at the end of a shift, with what is to be known."""

    id: UUID
    area_id: int
    area_path: str
    starts_at: datetime
    ends_at: datetime
    notes: str
    page: Mapping[str, Any]
    signed_by: UUID

    @property
    def digest(self) -> bytes:
        """SHA-256 over the canonical JSON of all of it."""
        told = {
            "id": str(self.id),
            "area_id": self.area_id,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "notes": self.notes,
            "page": self.page,
            "signed_by": str(self.signed_by),
        }
        return hashlib.sha256(canonical_json(told)).digest()


def sign_handover(connection: Connection, district_id: int, signed: Signed) -> None:
    """Keep a page as signed at its end.

    Raises
    ------
    HandoverError
        `exists`.
    """
    try:
        connection.execute(
            insert(Handover).values(
                district_id=district_id,
                id=signed.id,
                area_id=signed.area_id,
                area_path=signed.area_path,
                starts_at=signed.starts_at,
                ends_at=signed.ends_at,
                notes=signed.notes,
                page=dict(signed.page),
                digest=signed.digest,
                signed_by=signed.signed_by,
                signed_at=signed.ends_at,
            )
        )
    except IntegrityError as error:
        raise HandoverError("exists") from error


def acknowledge_handover(
    connection: Connection,
    district_id: int,
    handover_id: UUID,
    *,
    by: UUID,
    at: datetime,
    remarks: str | None,
) -> None:
    """Take a shift over; from then on nothing of the page changes.

    Raises
    ------
    HandoverError
        `same-person`, `done`.
    """
    row = read_handover(connection, district_id, handover_id)
    if row is not None and row.signed_by == by:
        raise HandoverError("same-person")
    done = connection.execute(
        update(Handover)
        .where(
            Handover.district_id == district_id,
            Handover.id == handover_id,
            Handover.acknowledged_at.is_(None),
        )
        .values(acknowledged_by=by, acknowledged_at=at, remarks=remarks)
    )
    if done.rowcount == 0:
        raise HandoverError("done")


def read_handover(connection: Connection, district_id: int, handover_id: UUID) -> Row[Any] | None:
    """One hand-over with its page; None when there is none."""
    return connection.execute(
        query("handovers", seen="true", page="h.page"),
        {
            "district_id": district_id,
            "id": handover_id,
            "before_at": None,
            "before_id": None,
            "limit": 1,
        },
    ).one_or_none()


def list_handovers(
    connection: Connection,
    scope: Scope,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> Sequence[Row[Any]]:
    """Hand-overs in a scope without their pages, the newest first."""
    before_at, before_id = before or (None, None)
    return connection.execute(
        query(
            "handovers", seen="h.area_path <@ CAST(:scope_paths AS ltree[])", page="NULL AS page"
        ),
        {
            **scope.parameters(),
            "id": None,
            "before_at": before_at,
            "before_id": before_id,
            "limit": limit,
        },
    ).all()


def is_intact(row: Any) -> bool:
    """Whether a hand-over with its page is what was signed."""
    signed = Signed(
        row.id,
        row.area_id,
        row.area_path,
        row.starts_at,
        row.ends_at,
        row.notes,
        row.page,
        row.signed_by,
    )
    return bool(signed.digest == row.digest)
