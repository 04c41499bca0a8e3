"""Accounts as an office's own identity provider knows them, and journeys there and back.

Nobody gets an account by coming from there: an administrator links it, or, where a setting says
so, a claim that names its login does at the first time.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, text

from data.account_events import note_event
from data.schema import Account, SignInIdentity, SignInJourney

JOURNEY_HOLDS: Final = timedelta(minutes=10)
MOST_JOURNEYS: Final = 10_000


class IdentityTakenError(Exception):
    """Another account has this identity, or this account another one."""


class TooManyJourneysError(Exception):
    """More people are on the way than are believed."""


@dataclass(frozen=True)
class Journey:
    """What a browser takes along to the provider, and what is known only here.

    Parameters
    ----------
    state, nonce
        Sent to the provider, which gives both back: by the address, and in what it signs.
    browser
        Kept by the browser that set out.
    verifier
        Proof to the provider that who asks for tokens is who set out (PKCE, RFC 7636).
    """

    state: str
    browser: str
    nonce: str
    verifier: str


def begin_journey(connection: Connection, at: datetime) -> Journey:
    """Set out for the provider.

    Raises
    ------
    TooManyJourneysError
    """
    remove_old_journeys(connection, at)
    under_way = connection.execute(select(func.count()).select_from(SignInJourney)).scalar_one()
    if under_way >= MOST_JOURNEYS:
        raise TooManyJourneysError
    state, browser, nonce = (secrets.token_urlsafe(32) for _ in range(3))
    journey = Journey(state, browser, nonce, secrets.token_urlsafe(48))
    connection.execute(
        insert(SignInJourney).values(
            digest=_digest(journey.state),
            browser_digest=_digest(journey.browser),
            nonce=journey.nonce,
            verifier=journey.verifier,
            expires_at=at + JOURNEY_HOLDS,
        )
    )
    return journey


def end_journey(connection: Connection, state: str, browser: str, at: datetime) -> Journey | None:
    """Come back, once; None: nobody set out so, it was another browser, or it took too long."""
    row = connection.execute(
        delete(SignInJourney)
        .where(SignInJourney.digest == _digest(state))
        .returning(
            SignInJourney.browser_digest,
            SignInJourney.nonce,
            SignInJourney.verifier,
            SignInJourney.expires_at,
        )
    ).one_or_none()
    if row is None or row.expires_at <= at:
        return None
    if not secrets.compare_digest(row.browser_digest, _digest(browser)):
        return None
    return Journey(state, browser, row.nonce, row.verifier)


def remove_old_journeys(connection: Connection, at: datetime) -> int:
    """Remove journeys of which nobody came back; how many."""
    return connection.execute(
        text("DELETE FROM sign_in_journey WHERE expires_at <= :at"), {"at": at}
    ).rowcount


def account_of_identity(
    connection: Connection, issuer: str, subject: str
) -> tuple[int, UUID] | None:
    """District and account that an identity is linked with."""
    row = connection.execute(
        select(SignInIdentity.district_id, SignInIdentity.account_id).where(
            SignInIdentity.digest == _identity(issuer, subject)
        )
    ).one_or_none()
    return None if row is None else (row.district_id, row.account_id)


def link_identity(
    connection: Connection,
    account: tuple[int, UUID],
    identity: tuple[str, str],
    *,
    by: UUID | None,
    at: datetime,
) -> None:
    """Link an account with an identity.

    Parameters
    ----------
    account
        District and id.
    identity
        Issuer and subject.
    by
        The administrator, who may put one identity in place of another; None: a claim, which may
        not.

    Raises
    ------
    IdentityTakenError
    """
    linked = account_of_identity(connection, *identity)
    if linked == account:
        return
    known = identity_of(connection, *account)
    if linked is not None or (known is not None and by is None):
        raise IdentityTakenError
    unlink_identity(connection, *account)
    connection.execute(
        insert(SignInIdentity).values(
            digest=_identity(*identity),
            district_id=account[0],
            account_id=account[1],
            linked_by=by,
            linked_at=at,
        )
    )
    note_event(connection, *account, "identity-linked", by=by or account[1], at=at)


def unlink_identity(connection: Connection, district_id: int, account_id: UUID) -> None:
    """Let an account be signed in to by itself alone; unlinking twice is no error."""
    connection.execute(
        delete(SignInIdentity).where(
            SignInIdentity.district_id == district_id, SignInIdentity.account_id == account_id
        )
    )


def identity_of(
    connection: Connection, district_id: int, account_id: UUID
) -> Row[datetime, str] | None:
    """When an account was linked, and the name of who did: `linked_at`, `linked_by`."""
    return connection.execute(
        select(SignInIdentity.linked_at, Account.display_name.label("linked_by"))
        .join(
            Account,
            (Account.district_id == SignInIdentity.district_id)
            & (Account.id == SignInIdentity.linked_by),
            isouter=True,
        )
        .where(SignInIdentity.district_id == district_id, SignInIdentity.account_id == account_id)
    ).one_or_none()


def _identity(issuer: str, subject: str) -> bytes:
    return _digest(f"{len(issuer)}:{issuer}{subject}")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
