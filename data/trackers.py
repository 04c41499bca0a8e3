"""Trackers: apps that record with the screen off, known by the secret in their address.

A tracker's positions belong to a tracked shift of whoever has the tracker that day. What falls
outside is not kept, only counted: how many of a day, never where.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select

from data.accounts import token_digest
from data.database import query
from data.rights import let_act
from data.schema import TrackerKey
from data.scope import Scope

# Typed by hand where there is no clipboard: no letters that look alike, 24 of them are 118 bits.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 24


@dataclass(frozen=True)
class Tracker:
    """A tracker that sends; who has it depends on the day."""

    district_id: int
    device_id: UUID


@dataclass(frozen=True)
class Discarded:
    """How many positions were not kept: off duty, too far from it, not to be read."""

    off_duty: int = 0
    far_away: int = 0
    unreadable: int = 0


def give_key(connection: Connection, district_id: int, device_id: UUID, at: datetime) -> str:
    """Make the secret of a tracker's address, which is kept nowhere; the one before is void."""
    connection.execute(
        delete(TrackerKey).where(
            TrackerKey.district_id == district_id, TrackerKey.device_id == device_id
        )
    )
    secret = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    connection.execute(
        insert(TrackerKey).values(
            digest=token_digest(secret), district_id=district_id, device_id=device_id, made_at=at
        )
    )
    return secret


def tracker_of(connection: Connection, secret: str, at: datetime) -> Tracker | None:
    """The tracker of a secret, unless it was revoked; from then on its district may be touched."""
    known = connection.execute(
        select(TrackerKey.district_id, TrackerKey.device_id).where(
            TrackerKey.digest == token_digest(secret)
        )
    ).one_or_none()
    if known is None:
        return None
    let_act(connection, Scope(known.district_id))
    values = {"district_id": known.district_id, "device_id": known.device_id, "at": at}
    seen = connection.execute(query("note_tracker"), values).one_or_none()
    return None if seen is None else Tracker(known.district_id, known.device_id)


def duties_at(
    connection: Connection, tracker: Tracker, moments: Sequence[datetime]
) -> Sequence[Row[Any]]:
    """The tracked shift of who had the tracker, for each moment.

    Returns
    -------
    Sequence of Row
        In the order of the moments: `account_id` (None: nobody had it), `shift_id` and
        `started_at` (None: no tracked shift).
    """
    return connection.execute(
        query("duties_of_tracker"),
        {
            "district_id": tracker.district_id,
            "device_id": tracker.device_id,
            "moments": list(moments),
        },
    ).all()


def count_discarded(
    connection: Connection, tracker: Tracker, at: datetime, what: Discarded
) -> None:
    """Add to what was not kept of a tracker today, for whoever has it today."""
    connection.execute(
        query("count_discarded"),
        {
            "district_id": tracker.district_id,
            "device_id": tracker.device_id,
            "at": at,
            "off_duty": what.off_duty,
            "far_away": what.far_away,
            "unreadable": what.unreadable,
        },
    )


def discarded_of(
    connection: Connection, district_id: int, account_id: UUID, since: date
) -> dict[UUID, Discarded]:
    """What was not kept of an account's trackers since a day, by device."""
    rows = connection.execute(
        query("discarded_of_account"),
        {"district_id": district_id, "account_id": account_id, "since": since},
    )
    return {row.device_id: Discarded(row.off_duty, row.far_away, row.unreadable) for row in rows}
