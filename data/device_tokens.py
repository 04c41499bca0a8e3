"""Using a device's token: it is replaced day by day, and a copy of it shows itself.

A token that is a day old is answered with the one that takes its place. The old one stays good
until the new one comes for the first time, so that a lost answer loses nothing, and five minutes
more, for what was on its way. An old one that comes later still is a copy: then the device is let
in no more, whoever has the newer one, until it is registered again.

The next token is made of the one before and of a salt that we keep. So the same one can be given
again, to requests side by side and after a lost answer, though neither is kept here.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, insert, select, text, update

from data.accounts import token_digest
from data.database import query
from data.devices import BEGINS_WITH, revoke_device
from data.rights import let_act
from data.schema import Device, DeviceToken
from data.scope import Scope

TURNS_AFTER: Final = timedelta(days=1)
OVERLAP: Final = timedelta(minutes=5)
# A copy that comes after so long is taken for an unknown token.
REMEMBERED: Final = timedelta(days=180)


@dataclass(frozen=True)
class Use:
    """What came of the use of a token.

    Parameters
    ----------
    refusal
        Why it opens nothing: the device was revoked (perhaps just now), or somebody else has it.
    next_token
        To be kept by the device in place of this one.
    """

    refusal: Literal["device-revoked", "device-changed-hands"] | None = None
    next_token: str | None = None


def use_token(connection: Connection, token: str, at: datetime) -> Use | None:
    """Take note of a token's use; None when there is no such token."""
    known = connection.execute(
        select(DeviceToken.district_id, DeviceToken.device_id, DeviceToken.account_id).where(
            DeviceToken.digest == token_digest(token)
        )
    ).one_or_none()
    if known is None:
        return None
    let_act(connection, Scope(known.district_id, account_id=known.account_id))
    found = _read(connection, token, at)
    if _settled(found, at):
        return Use(refusal=_refusal(found, at))
    connection.execute(
        select(Device.id)
        .where(Device.district_id == known.district_id, Device.id == known.device_id)
        .with_for_update()
    )
    return _act(connection, _read(connection, token, at), token, at)


def _read(connection: Connection, token: str, at: datetime) -> Row[Any]:
    values = {"digest": token_digest(token), "at": at}
    return connection.execute(query("device_of_token"), values).one()


def _settled(found: Row[Any], at: datetime) -> bool:
    """Whether nothing is to be written."""
    if found.revoked_at is not None:
        return True
    old = found.good_until is not None
    if old and found.good_until <= at:
        return False
    fresh = found.used_at is not None and at - found.made_at < TURNS_AFTER
    return (old or fresh) and found.seen_on == found.day


def _refusal(
    found: Row[Any], at: datetime
) -> Literal["device-revoked", "device-changed-hands"] | None:
    if found.revoked_at is not None or (found.good_until is not None and found.good_until <= at):
        return "device-revoked"
    if found.holder_id is None:
        return "device-changed-hands"
    if found.kind != "tracker" and found.holder_id != found.account_id:
        return "device-changed-hands"
    return None


def _act(connection: Connection, found: Row[Any], token: str, at: datetime) -> Use:
    refusal = _refusal(found, at)
    if refusal == "device-revoked" and found.revoked_at is None:
        device = SimpleNamespace(
            district_id=found.district_id, id=found.device_id, name=found.name, kind=found.kind
        )
        owner = found.holder_id or found.account_id
        revoke_device(connection, device, owner, why="reused", by=owner, at=at)
    if refusal is not None:
        return Use(refusal=refusal)
    if found.seen_on != found.day:
        connection.execute(
            update(Device)
            .where(Device.district_id == found.district_id, Device.id == found.device_id)
            .values(seen_on=found.day)
        )
    if found.good_until is not None:
        return Use()
    if found.used_at is None:
        _confirm(connection, found, at)
    if at - found.made_at < TURNS_AFTER:
        return Use()
    return Use(next_token=_next(connection, found, token, at))


def _confirm(connection: Connection, found: Row[Any], at: datetime) -> None:
    """The device has it: the one before is good for a little longer."""
    of_device = (DeviceToken.district_id == found.district_id) & (
        DeviceToken.device_id == found.device_id
    )
    connection.execute(
        update(DeviceToken)
        .where(of_device, DeviceToken.digest != found.digest, DeviceToken.good_until.is_(None))
        .values(good_until=at + OVERLAP)
    )
    connection.execute(
        update(DeviceToken).where(DeviceToken.digest == found.digest).values(used_at=at)
    )


def _next(connection: Connection, found: Row[Any], token: str, at: datetime) -> str:
    if found.next_salt is not None:
        return _made_of(token, found.next_salt)
    salt = secrets.token_bytes(32)
    following = _made_of(token, salt)
    connection.execute(
        insert(DeviceToken).values(
            digest=token_digest(following),
            district_id=found.district_id,
            device_id=found.device_id,
            account_id=found.account_id,
            salt=salt,
            made_at=at,
        )
    )
    return following


def _made_of(token: str, salt: bytes) -> str:
    digest = hashlib.sha256(salt + token.encode()).digest()
    return BEGINS_WITH + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def remove_old_tokens(connection: Connection, at: datetime) -> int:
    """Forget tokens that were replaced long ago; how many."""
    return connection.execute(
        text("DELETE FROM device_token WHERE good_until < :before"), {"before": at - REMEMBERED}
    ).rowcount
