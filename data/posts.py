"""Posts: who holds which role from which day to which, and handing them over 离岗、代班.

What was is never rewritten: a role that held yesterday did so. A change splits its days, and what
begins later stands there at once, so that a post comes back by itself on its day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, insert, select, text, update
from sqlalchemy.dialects.postgresql import Range

from data.accounts import NewRole
from data.database import query
from data.devices import hand_devices_over
from data.rota import hand_entries_over
from data.schema import Account, Assignment, PostHandover


class PostError(Exception):
    """A role cannot be given, ended or handed over as asked.

    Parameters
    ----------
    code
        `past`, `order`, `held`, `over`, `nothing`, `same-account`, `unit`, `no-unit`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Days:
    """From a day to the day before another; `until` None: without end."""

    since: date
    until: date | None

    def range(self) -> Range[date]:
        """As PostgreSQL keeps it."""
        return Range(self.since, self.until, bounds="[)")


@dataclass(frozen=True)
class Handover:
    """A post that goes from one account to another for some days.

    Parameters
    ----------
    holder, stand_in
        Accounts: who leaves, and who takes over.
    """

    holder: UUID
    stand_in: UUID
    days: Days
    reason: str = ""


def posts_of(connection: Connection, district_id: int, account_id: UUID) -> Sequence[Row[Any]]:
    """Every role an account had, has or will have, the latest first."""
    return connection.execute(
        query("posts_of_account"), {"district_id": district_id, "account_id": account_id}
    ).all()


def find_post(connection: Connection, district_id: int, post_id: int) -> Row[Any] | None:
    """One role by its number, locked until the transaction ends."""
    return connection.execute(
        select(Assignment)
        .where(Assignment.district_id == district_id, Assignment.id == post_id)
        .with_for_update()
    ).one_or_none()


def give_role(
    connection: Connection, district_id: int, account_id: UUID, role: NewRole, days: Days
) -> None:
    """Give a role for some days, from today on or later.

    Raises
    ------
    PostError
        `order`: it would end before it begins; `held`: the account has it on one of these days;
        `no-unit`: it handles for a unit, and the account belongs to none.
    """
    if role.role == "handler":
        _require_unit(connection, district_id, account_id)
    if days.until is not None and days.until <= days.since:
        raise PostError("order", "It would end before it begins.")
    held = connection.execute(
        text(
            "SELECT 1 FROM assignment WHERE district_id = :district_id"
            " AND account_id = :account_id AND role = :role"
            " AND area_id IS NOT DISTINCT FROM :area_id AND grid_id IS NOT DISTINCT FROM :grid_id"
            " AND validity && daterange(CAST(:since AS date), CAST(:until AS date)) LIMIT 1"
        ),
        {
            "district_id": district_id,
            "account_id": account_id,
            "role": role.role,
            "area_id": role.area_id,
            "grid_id": role.grid_id,
            "since": days.since,
            "until": days.until,
        },
    ).first()
    if held is not None:
        raise PostError("held", "The account holds this role on one of these days.")
    _give(connection, district_id, account_id, role, days)


def end_role(connection: Connection, post: Any, on: date) -> None:
    """End a role: on this day it holds no more. One that never began is taken away.

    Raises
    ------
    PostError
        `over`: it has ended before.
    """
    days = post.validity
    if days.upper is not None and days.upper <= on:
        raise PostError("over", "It has ended before.")
    mine = (Assignment.district_id == post.district_id) & (Assignment.id == post.id)
    if on <= days.lower:
        connection.execute(delete(Assignment).where(mine))
        return
    until = Range(days.lower, on, bounds="[)")
    connection.execute(update(Assignment).where(mine).values(validity=until))


def what_goes(connection: Connection, district_id: int, asked: Handover) -> Sequence[Row[Any]]:
    """What a hand-over would move: each role with its place, its days and its open cases."""
    return connection.execute(query("posts_to_hand_over"), _values(district_id, asked)).all()


def hand_over(
    connection: Connection, district_id: int, handover_id: UUID, asked: Handover, **made: Any
) -> int:
    """Hand a post over; what the stand-in holds himself on these days he keeps as it is.

    Parameters
    ----------
    made
        `made_by` and `made_at`.

    Returns
    -------
    How many roles went.

    Raises
    ------
    PostError
        `same-account`, `order`; `unit`: a handler's post goes to somebody of another unit;
        `nothing`: there is no role to hand over on these days.
    """
    require_possible(connection, district_id, asked)
    posts = connection.execute(
        text(
            "SELECT * FROM assignment WHERE district_id = :district_id AND account_id = :holder"
            " AND validity && daterange(CAST(:since AS date), CAST(:until AS date))"
            " ORDER BY id FOR UPDATE"
        ),
        _values(district_id, asked),
    ).all()
    if not posts:
        raise PostError("nothing", "There is no role to hand over on these days.")
    for post in posts:
        _split(connection, post, asked)
    hand_devices_over(
        connection,
        district_id,
        asked.holder,
        asked.stand_in,
        since=asked.days.since,
        until=asked.days.until,
    )
    hand_entries_over(
        connection,
        district_id,
        (asked.holder, asked.stand_in),
        (asked.days.since, asked.days.until),
        by=made["made_by"],
        at=made["made_at"],
    )
    connection.execute(
        insert(PostHandover).values(
            district_id=district_id,
            id=handover_id,
            account_id=asked.holder,
            stand_in_id=asked.stand_in,
            validity=asked.days.range(),
            reason=asked.reason,
            posts=len(posts),
            **made,
        )
    )
    return len(posts)


def require_possible(connection: Connection, district_id: int, asked: Handover) -> None:
    """Refuse a hand-over that nobody could make; errors as of `hand_over`."""
    if asked.holder == asked.stand_in:
        raise PostError("same-account", "Holder and stand-in are one account.")
    if asked.days.until is not None and asked.days.until <= asked.days.since:
        raise PostError("order", "It would end before it begins.")
    rows = connection.execute(
        select(Account.id, Account.unit_id).where(
            Account.district_id == district_id, Account.id.in_([asked.holder, asked.stand_in])
        )
    )
    units = {row.id: row.unit_id for row in rows}
    handles = any(row.role == "handler" for row in what_goes(connection, district_id, asked))
    if handles and units[asked.holder] != units[asked.stand_in]:
        raise PostError("unit", "A handler's post goes to somebody of the same unit.")


def handles_from(connection: Connection, district_id: int, account_id: UUID, today: date) -> bool:
    """Whether an account handles for its unit today or some day later."""
    return (
        connection.execute(
            select(Assignment.id)
            .where(
                Assignment.district_id == district_id,
                Assignment.account_id == account_id,
                Assignment.role == "handler",
                Assignment.validity.overlaps(Range(today, None, bounds="[)")),
            )
            .limit(1)
        ).first()
        is not None
    )


def _require_unit(connection: Connection, district_id: int, account_id: UUID) -> None:
    unit = select(Account.unit_id).where(
        Account.district_id == district_id, Account.id == account_id
    )
    if connection.execute(unit).scalar() is None:
        raise PostError("no-unit", "A handler belongs to a unit: say which first.")


def handovers_made(
    connection: Connection, district_id: int, account_id: UUID
) -> Sequence[Row[Any]]:
    """Hand-overs from and to an account, the latest first; 50 at most."""
    return connection.execute(
        query("post_handovers"), {"district_id": district_id, "account_id": account_id}
    ).all()


def _split(connection: Connection, post: Row[Any], asked: Handover) -> None:
    """Let the holder keep the days before and after; the stand-in gets those between."""
    role = NewRole(post.role, post.area_id, post.grid_id)
    days, upper = post.validity, post.validity.upper
    since = max(days.lower, asked.days.since)
    until = min((day for day in (upper, asked.days.until) if day is not None), default=None)
    end_role(connection, post, since)
    if until is not None and (upper is None or until < upper):
        _give(connection, post.district_id, post.account_id, role, Days(until, upper))
    if not _holds(connection, post.district_id, asked.stand_in, role, Days(since, until)):
        _give(connection, post.district_id, asked.stand_in, role, Days(since, until))


def _holds(
    connection: Connection, district_id: int, account_id: UUID, role: NewRole, days: Days
) -> bool:
    """Whether an account has a role on every one of some days."""
    return (
        connection.execute(
            select(Assignment.id).where(
                Assignment.district_id == district_id,
                Assignment.account_id == account_id,
                Assignment.role == role.role,
                Assignment.area_id.is_not_distinct_from(role.area_id),
                Assignment.grid_id.is_not_distinct_from(role.grid_id),
                Assignment.validity.contains(days.range()),
            )
        ).first()
        is not None
    )


def _give(
    connection: Connection, district_id: int, account_id: UUID, role: NewRole, days: Days
) -> None:
    connection.execute(
        insert(Assignment).values(
            district_id=district_id,
            account_id=account_id,
            role=role.role,
            area_id=role.area_id,
            grid_id=role.grid_id,
            validity=days.range(),
        )
    )


def _values(district_id: int, asked: Handover) -> dict[str, Any]:
    return {
        "district_id": district_id,
        "holder": asked.holder,
        "stand_in": asked.stand_in,
        "since": asked.days.since,
        "until": asked.days.until,
    }
