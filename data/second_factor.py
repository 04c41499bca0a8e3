"""A second factor beside the password: codes of an app on the telephone (TOTP, RFC 6238).

A code is good for thirty seconds, and for those before and after, since clocks differ. None is
taken twice. For a lost telephone there are ten recovery codes, each good once.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp
from pyotp.utils import strings_equal
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.schema import RecoveryCode, SecondFactor

STEP_S: Final = 30
DIGITS: Final = 6
RECOVERY_CODES: Final = 10
# How many steps before and after ours a code may be of.
_TOLERANCE: Final = 1
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_HALF: Final = 5


class EnrolledError(Exception):
    """The account has a second factor: it is removed before another is begun."""


def new_secret() -> str:
    """A secret for an app, 160 bits in base 32."""
    return pyotp.random_base32()


def address_of_secret(secret: str, login: str, place: str) -> str:
    """What the app reads from the QR code: `otpauth://totp/…`."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    return totp.provisioning_uri(name=login, issuer_name=place)


def step_of_code(secret: str, code: str, at: datetime) -> int | None:
    """The thirty seconds, counted from 1970, that a code is of; None when it is wrong."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    now = int(at.timestamp()) // STEP_S
    for step in range(now - _TOLERANCE, now + _TOLERANCE + 1):
        if strings_equal(totp.generate_otp(step), code):
            return step
    return None


def factor_of(
    connection: Connection, district_id: int, account_id: UUID
) -> tuple[bytes, datetime | None] | None:
    """The sealed secret of an account, and since when it is asked for."""
    found = connection.execute(
        select(SecondFactor.secret, SecondFactor.confirmed_at).where(
            SecondFactor.district_id == district_id, SecondFactor.account_id == account_id
        )
    ).one_or_none()
    return None if found is None else (found.secret, found.confirmed_at)


def begin_factor(
    connection: Connection, district_id: int, account_id: UUID, sealed: bytes, at: datetime
) -> None:
    """Keep a sealed secret that is to be confirmed by a code; an earlier such one is replaced.

    Raises
    ------
    EnrolledError
    """
    begun = upsert(SecondFactor).values(
        district_id=district_id, account_id=account_id, secret=sealed, made_at=at
    )
    kept = connection.execute(
        begun.on_conflict_do_update(
            index_elements=["district_id", "account_id"],
            set_={"secret": sealed, "made_at": at},
            where=SecondFactor.confirmed_at.is_(None),
        ).returning(SecondFactor.account_id)
    )
    if kept.one_or_none() is None:
        raise EnrolledError


def confirm_factor(
    connection: Connection, district_id: int, account_id: UUID, step: int, at: datetime
) -> list[str]:
    """Ask for codes from now on; the recovery codes, which are kept nowhere.

    Raises
    ------
    EnrolledError
        It was confirmed before.
    """
    done = connection.execute(
        update(SecondFactor)
        .where(
            SecondFactor.district_id == district_id,
            SecondFactor.account_id == account_id,
            SecondFactor.confirmed_at.is_(None),
        )
        .values(confirmed_at=at, last_step=step)
    )
    if done.rowcount == 0:
        raise EnrolledError
    return give_recovery_codes(connection, district_id, account_id)


def take_step(connection: Connection, district_id: int, account_id: UUID, step: int) -> bool:
    """Use a code up; False when it, or a later one, was used before."""
    taken = connection.execute(
        update(SecondFactor)
        .where(
            SecondFactor.district_id == district_id,
            SecondFactor.account_id == account_id,
            SecondFactor.last_step < step,
        )
        .values(last_step=step)
    )
    return taken.rowcount == 1


def use_recovery_code(
    connection: Connection, district_id: int, account_id: UUID, code: str, at: datetime
) -> bool:
    """Use a recovery code up; False when it is not this account's, or was used."""
    used = connection.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.district_id == district_id,
            RecoveryCode.account_id == account_id,
            RecoveryCode.digest == _digest(account_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
    )
    return used.rowcount == 1


def recovery_codes_left(connection: Connection, district_id: int, account_id: UUID) -> int:
    """How many recovery codes of an account were not used yet."""
    return connection.execute(
        select(func.count())
        .select_from(RecoveryCode)
        .where(
            RecoveryCode.district_id == district_id,
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
        )
    ).scalar_one()


def remove_factor(connection: Connection, district_id: int, account_id: UUID) -> bool:
    """Ask for no codes any more; False when none were asked for."""
    connection.execute(
        delete(RecoveryCode).where(
            RecoveryCode.district_id == district_id, RecoveryCode.account_id == account_id
        )
    )
    gone = connection.execute(
        delete(SecondFactor)
        .where(SecondFactor.district_id == district_id, SecondFactor.account_id == account_id)
        .returning(SecondFactor.confirmed_at)
    ).one_or_none()
    return gone is not None and gone.confirmed_at is not None


def give_recovery_codes(connection: Connection, district_id: int, account_id: UUID) -> list[str]:
    """Make ten recovery codes in place of those before; they are kept nowhere."""
    connection.execute(
        delete(RecoveryCode).where(
            RecoveryCode.district_id == district_id, RecoveryCode.account_id == account_id
        )
    )
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    connection.execute(
        insert(RecoveryCode),
        [
            {
                "district_id": district_id,
                "digest": _digest(account_id, code),
                "account_id": account_id,
            }
            for code in codes
        ],
    )
    return codes


def _digest(account_id: UUID, code: str) -> bytes:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"recovery:{account_id}:{plain}".encode()).digest()
