"""Devices somebody works by: registered, handed on with a post, revoked."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import Range

from data.account_events import note_event
from data.accounts import token_digest
from data.database import query
from data.notices import notify
from data.schema import Device, DeviceHolding, DeviceToken

MOST_DEVICES: Final = 20
SHOWN_AFTER_REVOKED: Final = timedelta(days=30)
# So that one sees what it is, should it ever turn up somewhere.
BEGINS_WITH: Final = "sanbai-device-"


class TooManyDevicesError(Exception):
    """An account has as many devices as it may."""


@dataclass(frozen=True)
class NewDevice:
    """A device to be registered.

    Parameters
    ----------
    kind
        `phone`, `tablet`, `tracker` or `other`.
    of_post
        It belongs to the post, and goes with it when that is handed over.
    """

    id: UUID
    name: str
    kind: str
    of_post: bool


def register_device(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    new: NewDevice,
    *,
    at: datetime,
    today: date,
) -> str:
    """Register a device of an account; its token, which is kept nowhere.

    Raises
    ------
    TooManyDevicesError
    """
    # Two at once: the second counts the first's.
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"devices/{account_id}"},
    )
    held = connection.execute(
        select(func.count())
        .select_from(DeviceHolding)
        .join(
            Device,
            (Device.district_id == DeviceHolding.district_id)
            & (Device.id == DeviceHolding.device_id),
        )
        .where(
            DeviceHolding.district_id == district_id,
            DeviceHolding.account_id == account_id,
            DeviceHolding.validity.contains(today),
            Device.revoked_at.is_(None),
        )
    ).scalar_one()
    if held >= MOST_DEVICES:
        raise TooManyDevicesError
    connection.execute(
        insert(Device).values(
            district_id=district_id,
            id=new.id,
            name=new.name,
            kind=new.kind,
            of_post=new.of_post,
            made_at=at,
        )
    )
    _hold(connection, district_id, new.id, account_id, Range(today, None, bounds="[)"))
    _note(connection, district_id, account_id, "device-registered", new, by=account_id, at=at)
    return give_token(connection, district_id, account_id, new.id, at)


def give_token(
    connection: Connection, district_id: int, account_id: UUID, device_id: UUID, at: datetime
) -> str:
    """Make a token for a device that the account has; those before it are good no more."""
    connection.execute(
        delete(DeviceToken).where(
            DeviceToken.district_id == district_id, DeviceToken.device_id == device_id
        )
    )
    token = BEGINS_WITH + secrets.token_urlsafe(32)
    connection.execute(
        insert(DeviceToken).values(
            digest=token_digest(token),
            district_id=district_id,
            device_id=device_id,
            account_id=account_id,
            made_at=at,
        )
    )
    return token


def devices_of(
    connection: Connection, district_id: int, account_id: UUID, at: datetime, today: date
) -> Sequence[Row[Any]]:
    """Devices an account has or will have again, and those revoked of late; 50 at most."""
    return connection.execute(
        query("devices_of_account"),
        {
            "district_id": district_id,
            "account_id": account_id,
            "day": today,
            "shown_since": at - SHOWN_AFTER_REVOKED,
            "limit": 2 * MOST_DEVICES + 10,
        },
    ).all()


def find_device(
    connection: Connection, district_id: int, account_id: UUID, device_id: UUID, today: date
) -> Row[Any] | None:
    """A device that an account has or will have again, with `held`: today; locked."""
    return connection.execute(
        select(Device.__table__, DeviceHolding.validity.contains(today).label("held"))
        .join(
            DeviceHolding,
            (DeviceHolding.district_id == Device.district_id)
            & (DeviceHolding.device_id == Device.id),
        )
        .where(
            Device.district_id == district_id,
            Device.id == device_id,
            DeviceHolding.account_id == account_id,
            func.coalesce(func.upper(DeviceHolding.validity) > today, True),
        )
        .order_by(DeviceHolding.validity)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def revoke_device(
    connection: Connection, device: Any, account_id: UUID, *, why: str, by: UUID, at: datetime
) -> None:
    """Let a device in no more; revoking it twice changes nothing.

    Parameters
    ----------
    device
        Its row, or what has the same names.
    account_id
        Whose it is: kept with what was done to this account.
    why
        `owner`, `administrator` or `reused`.
    """
    done = connection.execute(
        update(Device)
        .where(
            Device.district_id == device.district_id,
            Device.id == device.id,
            Device.revoked_at.is_(None),
        )
        .values(revoked_at=at, revoked_why=why)
    )
    if done.rowcount == 0:
        return
    if why == "reused":
        # Whoever has the copy must not be the only one to know.
        notify(
            connection,
            device.district_id,
            at=at,
            key=f"device-reused:{device.id}",
            kind="device-reused",
            account_id=account_id,
            facts={"device": device.name},
        )
    action = "device-reused" if why == "reused" else "device-revoked"
    _note(connection, device.district_id, account_id, action, device, by=by, at=at)


def devices_to_hand_over(
    connection: Connection, district_id: int, holder: UUID, since: date, until: date | None
) -> Sequence[Row[Any]]:
    """Devices of the post that go with it on some days, with the days that they are held."""
    return connection.execute(
        text(
            "SELECT h.id, h.device_id, h.validity, d.name, d.kind FROM device_holding AS h"
            " JOIN device AS d ON d.district_id = h.district_id AND d.id = h.device_id"
            " WHERE h.district_id = :district_id AND h.account_id = :holder"
            " AND d.of_post AND d.revoked_at IS NULL"
            " AND h.validity && daterange(CAST(:since AS date), CAST(:until AS date))"
            " ORDER BY h.id"
        ),
        {"district_id": district_id, "holder": holder, "since": since, "until": until},
    ).all()


def hand_devices_over(
    connection: Connection,
    district_id: int,
    holder: UUID,
    stand_in: UUID,
    *,
    since: date,
    until: date | None,
) -> int:
    """Let the devices of a post go with it for some days; how many went.

    What its holder has before and after he keeps. A tracker goes on by its own token; into any
    other device the stand-in signs himself, by a token of his own.
    """
    going = devices_to_hand_over(connection, district_id, holder, since, until)
    for held in going:
        days = held.validity
        first = max(days.lower, since)
        last = min((day for day in (days.upper, until) if day is not None), default=None)
        mine = (DeviceHolding.district_id == district_id) & (DeviceHolding.id == held.id)
        connection.execute(delete(DeviceHolding).where(mine))
        if days.lower < first:
            before = Range(days.lower, first, bounds="[)")
            _hold(connection, district_id, held.device_id, holder, before)
        between = Range(first, last, bounds="[)")
        _hold(connection, district_id, held.device_id, stand_in, between)
        if last is not None and (days.upper is None or last < days.upper):
            after = Range(last, days.upper, bounds="[)")
            _hold(connection, district_id, held.device_id, holder, after)
    return len(going)


def _hold(
    connection: Connection, district_id: int, device_id: UUID, account_id: UUID, days: Range[date]
) -> None:
    connection.execute(
        insert(DeviceHolding).values(
            district_id=district_id, device_id=device_id, account_id=account_id, validity=days
        )
    )


def _note(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    action: str,
    device: Any,
    *,
    by: UUID,
    at: datetime,
) -> None:
    facts = {"device": device.name, "kind": device.kind}
    note_event(connection, district_id, account_id, action, by=by, at=at, facts=facts)
