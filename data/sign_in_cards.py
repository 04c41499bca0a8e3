"""Sign-in cards: a QR code on paper, and a PIN that the person chooses at the first use.

One card an account; a new one takes the place of the old. Only digests are kept.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from data.account_events import note_event
from data.rights import let_act
from data.schema import Account, SignInCode
from data.scope import Scope

# Whoever has a card before a PIN is chosen chooses it: so it is handed out soon, or not at all.
FIRST_USE_WITHIN: Final = timedelta(days=14)
CARD_HOLDS: Final = timedelta(days=365)
_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 4, 5


@dataclass(frozen=True)
class Card:
    """A card that is good at this moment, and whose it is.

    Parameters
    ----------
    pin_hash
        argon2; None while no PIN was chosen.
    """

    digest: bytes
    district_id: int
    account_id: UUID
    login: str
    display_name: str
    pin_hash: str | None
    expires_at: datetime


def make_card(
    connection: Connection, district_id: int, account_id: UUID, *, by: UUID, at: datetime
) -> tuple[str, datetime]:
    """Make a card in place of an earlier one; its code, and till when it is to be used first."""
    code = "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)
    )
    _remove(connection, district_id, account_id)
    connection.execute(
        insert(SignInCode).values(
            digest=card_digest(code),
            district_id=district_id,
            account_id=account_id,
            kind="card",
            once=False,
            made_by=by,
            made_at=at,
            expires_at=at + FIRST_USE_WITHIN,
        )
    )
    note_event(connection, district_id, account_id, "card-made", by=by, at=at)
    return code, at + FIRST_USE_WITHIN


def find_card(connection: Connection, code: str, at: datetime) -> Card | None:
    """The card with this code, if it is good and its account may sign in.

    From then on the transaction may touch the rows of the card's district.
    """
    found = connection.execute(
        select(SignInCode.__table__).where(
            SignInCode.digest == card_digest(code),
            SignInCode.kind == "card",
            SignInCode.expires_at > at,
        )
    ).one_or_none()
    if found is None:
        return None
    let_act(connection, Scope(found.district_id, account_id=found.account_id))
    account = connection.execute(
        select(Account.login, Account.display_name).where(
            Account.district_id == found.district_id,
            Account.id == found.account_id,
            Account.active,
        )
    ).one_or_none()
    if account is None:
        return None
    return Card(
        digest=found.digest,
        district_id=found.district_id,
        account_id=found.account_id,
        login=account.login,
        display_name=account.display_name,
        pin_hash=found.pin_hash,
        expires_at=found.expires_at,
    )


def choose_pin(connection: Connection, card: Card, pin_hash: str, at: datetime) -> bool:
    """Set the PIN of a card that has none; False when somebody was quicker."""
    chosen = connection.execute(
        update(SignInCode)
        .where(SignInCode.digest == card.digest, SignInCode.pin_hash.is_(None))
        .values(pin_hash=pin_hash, expires_at=at + CARD_HOLDS)
    )
    if chosen.rowcount == 0:
        return False
    note_event(
        connection, card.district_id, card.account_id, "pin-chosen", by=card.account_id, at=at
    )
    return True


def note_use(connection: Connection, card: Card, at: datetime) -> None:
    """Keep when a card was used last."""
    connection.execute(
        update(SignInCode).where(SignInCode.digest == card.digest).values(used_at=at)
    )


def card_of(
    connection: Connection, district_id: int, account_id: UUID, at: datetime
) -> Row[datetime, datetime, datetime | None, bool] | None:
    """The card of an account that is good at this moment."""
    return connection.execute(
        select(
            SignInCode.made_at,
            SignInCode.expires_at,
            SignInCode.used_at,
            SignInCode.pin_hash.is_not(None).label("pin_chosen"),
        ).where(
            SignInCode.district_id == district_id,
            SignInCode.account_id == account_id,
            SignInCode.kind == "card",
            SignInCode.expires_at > at,
        )
    ).one_or_none()


def revoke_card(
    connection: Connection, district_id: int, account_id: UUID, *, by: UUID, at: datetime
) -> bool:
    """Let the card of an account in no more; False when it has none."""
    if not _remove(connection, district_id, account_id):
        return False
    note_event(connection, district_id, account_id, "card-revoked", by=by, at=at)
    return True


def names_of_cards(connection: Connection, district_id: int, codes: list[str]) -> dict[str, str]:
    """Names on cards of a district that were made and not used yet, by code."""
    rows = connection.execute(
        text(
            "SELECT c.digest, a.display_name FROM sign_in_code AS c"
            " JOIN account AS a ON a.district_id = c.district_id AND a.id = c.account_id"
            " WHERE c.district_id = :district_id AND c.digest = ANY(:digests)"
            " AND c.kind = 'card' AND c.pin_hash IS NULL"
        ),
        {"district_id": district_id, "digests": [card_digest(code) for code in codes]},
    )
    names = {row.digest: row.display_name for row in rows}
    found = {code: names.get(card_digest(code)) for code in codes}
    return {code: name for code, name in found.items() if name is not None}


def card_digest(code: str) -> bytes:
    """What is kept of a card's code; case and dashes do not matter."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"card:{plain}".encode()).digest()


def _remove(connection: Connection, district_id: int, account_id: UUID) -> bool:
    gone = connection.execute(
        delete(SignInCode).where(
            SignInCode.district_id == district_id,
            SignInCode.account_id == account_id,
            SignInCode.kind == "card",
        )
    )
    return gone.rowcount > 0
