"""Accounts, their dated assignments and their sessions."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import Range

from data.database import query
from data.schema import Account, Area, Assignment, Grid, Session, Unit

LOGIN_PATTERN: Final = r"^[a-z0-9][a-z0-9._-]*$"


class AccountError(Exception):
    """An account cannot be made as asked."""


class LoginTakenError(AccountError):
    """Another account has this login."""


class UnknownPlaceError(AccountError):
    """A role names an area, a grid or a unit that is not there."""


@dataclass(frozen=True)
class NewRole:
    """A role to be given: within an area, or on one grid; one of the two ids is None."""

    role: str
    area_id: int | None = None
    grid_id: int | None = None


@dataclass(frozen=True)
class Held:
    """An account with the assignments that hold on a day."""

    district_id: int
    account_id: UUID
    login: str
    display_name: str
    unit_id: int | None
    must_change: bool
    assignments: tuple[Row[*tuple[Any, ...]], ...]
    device_id: UUID | None = None
    device_kind: str | None = None


@dataclass(frozen=True)
class Origin:
    """By what and from where somebody signs in, as far as known.

    Parameters
    ----------
    way
        `password`, `card`, or another way in.
    browser, system
        Families, such as `Edge` and `Windows`.
    address
        Shortened to a network.
    """

    way: str = "password"
    browser: str | None = None
    system: str | None = None
    address: str | None = None


UNKNOWN: Final = Origin()


def token_digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True)
class ToCheck:
    """An account whose password is about to be checked."""

    district_id: int
    id: UUID
    password_hash: str
    must_change: bool


def account_to_check(connection: Connection, login: str) -> ToCheck | None:
    """The active account of this login."""
    found = connection.execute(
        text("SELECT * FROM account_to_check(:login)"), {"login": login}
    ).one_or_none()
    return None if found is None else ToCheck(**found._mapping)  # noqa: SLF001 (its public name)


def open_session(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    at: datetime,
    hours: float,
    *,
    origin: Origin = UNKNOWN,
) -> str:
    """Begin a session and return its token, of which only a digest is kept."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(Session).values(
            token_digest=token_digest(token),
            id=uuid4(),
            district_id=district_id,
            account_id=account_id,
            way=origin.way,
            browser=origin.browser,
            system=origin.system,
            address=origin.address,
            created_at=at,
            expires_at=at + timedelta(hours=hours),
        )
    )
    return token


def close_session(connection: Connection, token: str) -> None:
    """End a session; ending it twice is no error."""
    connection.execute(delete(Session).where(Session.token_digest == token_digest(token)))


def caller_of_session(connection: Connection, token: str, at: datetime) -> Held | None:
    """Who holds this session at this moment, or None when it is unknown or over."""
    return callers_of_sessions(connection, [token], at).get(token)


def callers_of_sessions(
    connection: Connection, tokens: Sequence[str], at: datetime
) -> dict[str, Held]:
    """Who holds each of these sessions at this moment; one that is unknown or over is left out."""
    digests = {token_digest(token): token for token in tokens}
    rows = connection.execute(
        text("SELECT * FROM signed_in(CAST(:digests AS bytea[]), :at)"),
        {"digests": [*digests], "at": at},
    ).all()
    of_token: dict[str, list[Row[Any]]] = {}
    for row in rows:
        of_token.setdefault(digests[row.token_digest], []).append(row)
    held = {token: _held(found) for token, found in of_token.items()}
    return {token: who for token, who in held.items() if who is not None}


def caller_of_login(connection: Connection, login: str, at: datetime) -> Held | None:
    """Who has this login at this moment, or None: for commands given on the server itself."""
    asked = query("caller", who="c.login = :login")
    return _held(connection.execute(asked, {"login": login, "at": at}).all())


def caller_of_account(
    connection: Connection, district_id: int, account_id: UUID, at: datetime
) -> Held | None:
    """What an account holds at this moment, or None: for work that it has asked for before."""
    asked = query("caller", who="c.district_id = :district_id AND c.id = :id")
    given = {"district_id": district_id, "id": account_id, "at": at}
    return _held(connection.execute(asked, given).all())


def charges_of_late(
    connection: Connection, district_id: int, account_id: UUID, *, since: datetime, at: datetime
) -> Sequence[Row[Any]]:
    """Roles of an account that hold now or ended since, the latest first.

    Returns
    -------
    Sequence of Row
        `role`, `area_id`, `grid_id`, `area_path`, `grid_code`; `until`, the day from which it holds
        no more, or None; `holds`, whether it does now.
    """
    return connection.execute(
        query("charges_of_late"),
        {"district_id": district_id, "account_id": account_id, "since": since, "at": at},
    ).all()


def _held(rows: Sequence[Row[Any]]) -> Held | None:
    if not rows:
        return None
    account = rows[0]
    return Held(
        district_id=account.district_id,
        account_id=account.id,
        login=account.login,
        display_name=account.display_name,
        unit_id=account.unit_id,
        must_change=account.must_change,
        assignments=tuple(row for row in rows if row.role is not None),
        device_id=account._mapping.get("device_id"),  # noqa: SLF001 (its public name)
        device_kind=account._mapping.get("device_kind"),  # noqa: SLF001
    )


def whereabouts(
    connection: Connection, district_id: int, assignments: Sequence[Row[Any]], at: datetime
) -> Row[Any]:
    """The district, its box, and the box around the places of these assignments."""
    return connection.execute(
        query("whereabouts"),
        {
            "district_id": district_id,
            "area_ids": [row.area_id for row in assignments if row.area_id is not None],
            "grid_ids": [row.grid_id for row in assignments if row.grid_id is not None],
            "at": at,
        },
    ).one()


def unit_name(connection: Connection, district_id: int, unit_id: int) -> str:
    """What a unit is called."""
    return connection.execute(
        select(Unit.name).where(Unit.district_id == district_id, Unit.id == unit_id)
    ).scalar_one()


def place_paths(connection: Connection, district_id: int, roles: Sequence[NewRole]) -> list[str]:
    """Area paths of the places of roles, in their order; a grid has that of its community.

    Raises
    ------
    UnknownPlaceError
    """
    paths = []
    for role in roles:
        asked = select(text("CAST(area.path AS text)")).select_from(Area)
        if role.grid_id is not None:
            asked = asked.join(
                Grid, (Grid.district_id == Area.district_id) & (Grid.community_id == Area.id)
            ).where(Grid.id == role.grid_id)
        else:
            asked = asked.where(Area.id == role.area_id)
        path = connection.execute(asked.where(Area.district_id == district_id)).scalar()
        if path is None:
            raise UnknownPlaceError(f"area {role.area_id}, grid {role.grid_id}")
        paths.append(path)
    return paths


def create_account(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    *,
    login: str,
    display_name: str,
    password_hash: str,
    unit_id: int | None,
    roles: Sequence[NewRole],
    at: datetime,
    since: date,
    must_change: bool = False,
) -> None:
    """Make an account whose roles hold from a day on.

    Parameters
    ----------
    must_change
        The password was given by somebody else: it is to be changed before anything else.

    Raises
    ------
    LoginTakenError, UnknownPlaceError
    """
    place_paths(connection, district_id, roles)
    _require_unit(connection, district_id, unit_id)
    made = connection.execute(
        text(
            "INSERT INTO account (district_id, id, login, display_name, password_hash, unit_id,"
            " must_change, created_at)"
            " VALUES (:district_id, :id, :login, :name, :hash, :unit_id, :must_change, :at)"
            " ON CONFLICT (login) DO NOTHING"
        ),
        {
            "district_id": district_id,
            "id": account_id,
            "login": login,
            "name": display_name,
            "hash": password_hash,
            "unit_id": unit_id,
            "must_change": must_change,
            "at": at,
        },
    )
    if made.rowcount == 0:
        raise LoginTakenError(login)
    for role in roles:
        connection.execute(
            insert(Assignment).values(
                district_id=district_id,
                account_id=account_id,
                role=role.role,
                area_id=role.area_id,
                grid_id=role.grid_id,
                validity=Range(since, None, bounds="[)"),
            )
        )


def change_account(
    connection: Connection,
    district_id: int,
    account_id: UUID,
    *,
    display_name: str,
    unit_id: int | None,
) -> None:
    """Call somebody by another name, or let him belong to another unit.

    Raises
    ------
    UnknownPlaceError
    """
    _require_unit(connection, district_id, unit_id)
    connection.execute(
        update(Account)
        .where(Account.district_id == district_id, Account.id == account_id)
        .values(display_name=display_name, unit_id=unit_id)
    )


def _require_unit(connection: Connection, district_id: int, unit_id: int | None) -> None:
    known = select(Unit.id).where(Unit.district_id == district_id, Unit.id == unit_id)
    if unit_id is not None and connection.execute(known).scalar() is None:
        raise UnknownPlaceError(f"unit {unit_id}")


def set_password(connection: Connection, login: str, password_hash: str) -> bool:
    """Set a password and end every session of the account; False when there is no such login."""
    return _change(connection, login, {"password_hash": password_hash})


def set_active(connection: Connection, login: str, *, active: bool) -> bool:
    """Let an account sign in or not, and end its sessions; False when there is no such login."""
    return _change(connection, login, {"active": active})


def set_account_active(
    connection: Connection, district_id: int, account_id: UUID, *, active: bool
) -> None:
    """Let an account sign in or not, and end its sessions."""
    connection.execute(
        update(Account)
        .where(Account.district_id == district_id, Account.id == account_id)
        .values(active=active)
    )
    end_sessions(connection, district_id, account_id)


def end_sessions(connection: Connection, district_id: int, account_id: UUID) -> None:
    """End every session of an account."""
    connection.execute(
        delete(Session).where(Session.district_id == district_id, Session.account_id == account_id)
    )


def _change(connection: Connection, login: str, values: dict[str, Any]) -> bool:
    changed = connection.execute(
        update(Account)
        .where(Account.login == login)
        .values(values)
        .returning(Account.district_id, Account.id)
    ).one_or_none()
    if changed is None:
        return False
    end_sessions(connection, changed.district_id, changed.id)
    return True
